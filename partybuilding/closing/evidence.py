"""The dated facts behind the changes of a few associations: what began or ended, and when (R-076, R-077)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from associations.registry.enums import AssociationStatus
from associations.registry.models import Association
from partybuilding.closing.models import CorrectionItem
from partybuilding.closing.rules import Evidence, Fact, Window
from partybuilding.closing.whole import whole
from partybuilding.coverage.enums import GUIDING
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.coverage.rules import CoverageRules
from partybuilding.organizations.enums import Cover
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization, PartyOrganization
from partybuilding.organizations.rules import cover_of
from portal.regulations.rules import add_months

AT_ONCE = 500
Found = dict[int, dict[str, list[Fact]]]


def evidence_of(pks: Collection[int], window: Window, close_pk: int | None = None) -> dict[int, Evidence]:
    """What could explain a change of these associations; a few queries for each 500 of them."""
    wanted = sorted(pks)
    found: Found = defaultdict(lambda: defaultdict(list))
    documents: dict[int, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        documents |= _register(found, some, window, close_pk)
        _covers(found, some, window)
        _instructors(found, some, window)
        for row in whole(GroupOrganization).filter(association__in=some).order_by("starts_on", "pk"):
            _dated(found, row, "group", row.name, window)
    return {
        pk: Evidence(**{name: tuple(facts) for name, facts in found[pk].items()}, document=documents.get(pk, ""))
        for pk in wanted
    }


def counts_from(established_on: date | None, parameters: CoverageRules) -> date | None:
    """The first day on which a new association is counted (R-076, option of the rule)."""
    if established_on is None or not parameters.exclude_new_months:
        return established_on
    return add_months(established_on, parameters.exclude_new_months)


def _register(found: Found, pks: list[int], window: Window, close_pk: int | None) -> dict[int, str]:
    """The facts of the register; returns the number of the document that corrects an association in the close."""
    items = whole(CorrectionItem).filter(correction__close=close_pk, association=OuterRef("pk")).order_by("-pk")
    rows = whole(Association).filter(pk__in=pks).annotate(document=Subquery(items.values("correction__number")[:1]))
    documents: dict[int, str] = {}
    columns = ("pk", "status", "status_on", "established_on", "document")
    for pk, status, status_on, established_on, document in rows.values_list(*columns):
        if document:
            documents[pk] = document
        label = str(AssociationStatus(status).label)
        if status == AssociationStatus.ACTIVE and status_on is not None:
            found[pk]["resumed"].append(Fact(status_on, f"{status_on.isoformat()} 恢复为{label}"))
        since = f"{established_on.isoformat()} 成立登记" if established_on else "成立日期未登记"
        found[pk]["registered"].append(Fact(counts_from(established_on, window.closing_rules), since))
        on = f"{status_on.isoformat()} " if status_on else ""
        if status in {AssociationStatus.DEREGISTERED, AssociationStatus.REVOKED}:
            found[pk]["deregistered"].append(Fact(status_on, f"{on}{label}"))
        elif status != AssociationStatus.ACTIVE:
            found[pk]["stopped"].append(Fact(status_on, f"{on}{label}"))
    return documents


def _covers(found: Found, pks: list[int], window: Window) -> None:
    rows = whole(CoveredAssociation).filter(association__in=pks).select_related("organization")
    for row in rows.order_by("starts_on", "pk"):
        organization = row.organization
        cover = cover_of(organization.kind, organization.establishment_mode)
        if cover == Cover.NONE:
            continue
        name = "own" if cover == Cover.OWN else "cover"
        begins = _latest(row.starts_on, organization.established_on)
        ended = first_without(row.ends_on, organization.dissolved_on)
        if ended is None or ended > window.closing_on:
            if begins is None or begins <= window.closing_on:
                found[row.association_id][name].append(Fact(begins, _founded(organization, begins)))
        elif begins is None or begins < ended:
            found[row.association_id][f"{name}_ended"].append(Fact(ended, _ended(organization, ended)))


def _founded(organization: PartyOrganization, begins: date | None) -> str:
    number = f"，{organization.approval_number}" if organization.approval_number else ""
    return f"{organization.name}{number}" + (f"，{begins.isoformat()} 起" if begins else "")


def _ended(organization: PartyOrganization, ended: date) -> str:
    if organization.dissolved_on is not None and organization.dissolved_on <= ended:
        return f"{organization.name}，{organization.dissolved_on.isoformat()} 撤销"
    return f"{organization.name} 不再覆盖，{(ended - timedelta(days=1)).isoformat()} 止"


def _instructors(found: Found, pks: list[int], window: Window) -> None:
    rows = whole(InstructorAssignment).filter(association__in=pks, instructor__kind__in=GUIDING)
    # The post, not the person: a report is read by many.
    for row in rows.select_related("instructor").order_by("starts_on", "pk"):
        _dated(found, row, "instructor", str(row.instructor.get_kind_display()), window)


def _dated(found: Found, row: Any, name: str, who: str, window: Window) -> None:
    """A dated row that is current at the end is a gain, one that has ended a loss."""
    ended = first_without(row.ends_on, None)
    if ended is not None and ended <= window.closing_on:
        found[row.association_id][f"{name}_ended"].append(Fact(ended, f"{who}，{row.ends_on.isoformat()} 止"))
    elif row.starts_on is None or row.starts_on <= window.closing_on:
        since = f"，{row.starts_on.isoformat()} 起" if row.starts_on else ""
        found[row.association_id][name].append(Fact(row.starts_on, f"{who}{since}"))


def _latest(*days: date | None) -> date | None:
    """The latest of the days that are known; none when one is unknown and nothing later is."""
    known = [day for day in days if day is not None]
    return max(known) if known else None


def first_without(ends_on: date | None, dissolved_on: date | None) -> date | None:
    """The first day on which a relation no longer holds; none while it is open."""
    ends = [day for day in (ends_on and ends_on + timedelta(days=1), dissolved_on) if day is not None]
    return min(ends) if ends else None
