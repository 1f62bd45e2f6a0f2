"""Correcting a wrong dated fact of an association, together with the document that says so (X-21, 更正).

What is corrected is the fact itself, so that every list and every later month is right; the close keeps the document.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from associations.registry.enums import AssociationStatus
from associations.registry.models import Association, Dated
from associations.registry.services import change_association, checked, refuse_future, touch
from partybuilding.closing.models import Close, Correction
from partybuilding.closing.selectors import Row, kept_rows, opening_edition, row_of
from partybuilding.closing.services import accept_lists, correct
from partybuilding.closing.whole import whole
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.coverage.selectors import coverage_facts
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization, PartyOrganization
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.audit.services import record
from portal.files.models import StoredFile

REGISTER = "register"


@dataclass(frozen=True, slots=True)
class DatedFact:
    """One fact of an association that has dates; `key` names it in a form."""

    key: str
    label: str
    starts_on: date | None
    ends_on: date | None
    starts_label: str = "起始日期"
    ends_label: str = "终止日期"
    status: str = ""


def facts_of(association: Association, actor: Actor) -> list[DatedFact]:
    """Everything dated that decides where an association is counted, what ended last first; four queries."""
    covers = scoped(CoveredAssociation, actor).filter(association=association).select_related("organization")
    found = [
        DatedFact(f"cover-{row.pk}", f"覆盖关系：{row.organization.name}", row.starts_on, row.ends_on)
        for row in covers.order_by("pk")
    ]
    dissolved = {row.organization.pk: row.organization for row in covers if row.organization.dissolved_on is not None}
    found += [
        DatedFact(
            f"organization-{pk}", f"党组织：{one.name}", one.established_on, one.dissolved_on, "成立日期", "撤销日期"
        )
        for pk, one in dissolved.items()
    ]
    guiding = (
        scoped(InstructorAssignment, actor).filter(association=association).select_related("instructor__department")
    )
    found += [
        DatedFact(f"instructor-{row.pk}", _post(row.instructor), row.starts_on, row.ends_on)
        for row in guiding.order_by("pk")
    ]
    groups = scoped(GroupOrganization, actor).filter(association=association).order_by("pk")
    found += [
        DatedFact(f"group-{row.pk}", f"{row.get_kind_display()}：{row.name}", row.starts_on, row.ends_on)
        for row in groups
    ]
    found.sort(key=lambda one: (one.ends_on is None, -(one.ends_on or date.max).toordinal(), one.label))
    register = DatedFact(
        REGISTER,
        f"登记状态：{association.get_status_display()}",
        association.established_on,
        association.status_on,
        "成立日期",
        "状态日期",
        association.status,
    )
    return [*found, register]


def _post(instructor: Instructor) -> str:
    """The post and who sent it; the name is not needed to tell which."""
    sent = f"（{instructor.department}选派）" if instructor.department else ""
    return f"{instructor.get_kind_display()}{sent}"


def correct_fact(
    close: Close,
    association: Association,
    *,
    fact: str,
    starts_on: date | None,
    ends_on: date | None,
    status: str = "",
    number: str,
    text: str,
    file: StoredFile | None,
    actor: Actor,
    version: int,
    now: datetime,
) -> Correction:
    """Correct one dated fact and record the document, in one transaction; without `fact` only the document.

    A confirmed list stays confirmed as the correction leaves it. Raises `Refused` without document, for dates the wrong
    way round, in the future, before the association existed, or overlapping another row; `Conflict` on a stale version.
    """
    with transaction.atomic():
        made = correct(close, [association], number=number, text=text, file=file, actor=actor, now=now)
        if fact:
            known = {one.key: one for one in facts_of(association, actor)}
            if fact not in known:
                raise Refused("correction.fact", "所选的事实已不存在。请重新打开本页选择。")
            _check_dates(known[fact], association, starts_on, ends_on, now)
            before = known[fact]
            if fact == REGISTER:
                _correct_register(association, starts_on, ends_on, status, actor, version, now)
            else:
                touch(association, version=version, now=now)
                kind, _, pk = fact.partition("-")
                _CORRECT[kind](int(pk), starts_on, ends_on)
            record(
                "partybuilding.correct_fact",
                actor=actor,
                subject=association,
                before={"fact": before.label, "starts_on": before.starts_on, "ends_on": before.ends_on},
                after={"starts_on": starts_on, "ends_on": ends_on, "status": status},
                reason=f"{made.number}：{made.text}",
                now=now,
            )
        accept_lists(close, _units_of(close, association, actor), actor)
    return made


def _check_dates(
    fact: DatedFact, association: Association, starts_on: date | None, ends_on: date | None, now: datetime
) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Refused(
            "correction.dates",
            f"{fact.ends_label}{ends_on.isoformat()}早于{fact.starts_label}{starts_on.isoformat()}。请核对两个日期。",
        )
    refuse_future(starts_on, now, fact.starts_label)
    existed = association.established_on
    if fact.key != REGISTER and starts_on is not None and existed is not None and starts_on < existed:
        raise Refused(
            "correction.before",
            f"{fact.starts_label}{starts_on.isoformat()}早于「{association}」成立的{existed.isoformat()}。请核对日期。",
        )


def _correct_register(
    association: Association,
    established_on: date | None,
    status_on: date | None,
    status: str,
    actor: Actor,
    version: int,
    now: datetime,
) -> None:
    if status and status not in AssociationStatus.values:
        raise Refused("correction.status", "登记状态不在列表中。请重新选择。")
    change_association(
        association,
        actor=actor,
        now=now,
        version=version,
        established_on=established_on,
        status=status or association.status,
        status_on=status_on,
    )


def _save(row: Dated, starts_on: date | None, ends_on: date | None, same: Q) -> None:
    row.starts_on, row.ends_on = starts_on, ends_on
    later = Q() if ends_on is None else Q(starts_on=None) | Q(starts_on__lte=ends_on)
    earlier = Q() if starts_on is None else Q(ends_on=None) | Q(ends_on__gte=starts_on)
    if whole(type(row)).filter(same, later, earlier).exclude(pk=row.pk).exists():
        raise Refused("correction.overlap", f"「{row}」在这段时间里另有一条记录，更正后会重复。请先核对另一条记录。")
    checked(row).save(update_fields=["starts_on", "ends_on"])


def _correct_cover(pk: int, starts_on: date | None, ends_on: date | None) -> None:
    row = whole(CoveredAssociation).select_related("organization").get(pk=pk)
    gone = row.organization.dissolved_on
    if gone is not None and (ends_on is None or ends_on >= gone):
        raise Refused(
            "correction.dissolved",
            f"「{row.organization}」已于{gone.isoformat()}撤销，覆盖关系不能延续到那天以后。撤销日期有误的，请更正党组织的撤销日期。",
        )
    _save(row, starts_on, ends_on, Q(organization=row.organization_id, association=row.association_id))


def _correct_instructor(pk: int, starts_on: date | None, ends_on: date | None) -> None:
    row = whole(InstructorAssignment).get(pk=pk)
    _save(row, starts_on, ends_on, Q(instructor=row.instructor_id, association=row.association_id))


def _correct_group(pk: int, starts_on: date | None, ends_on: date | None) -> None:
    row = whole(GroupOrganization).get(pk=pk)
    _save(row, starts_on, ends_on, Q(association=row.association_id, kind=row.kind))


def _correct_organization(pk: int, established_on: date | None, dissolved_on: date | None) -> None:
    """A wrong day of dissolution; the covers that ended with the organisation follow it."""
    organization = whole(PartyOrganization).get(pk=pk)
    before = organization.dissolved_on
    organization.established_on, organization.dissolved_on = established_on, dissolved_on
    checked(organization)
    changes = {"established_on": established_on, "dissolved_on": dissolved_on, "version": organization.version + 1}
    whole(PartyOrganization).filter(pk=pk).update(**changes)
    if before is not None:
        ended = whole(CoveredAssociation).filter(organization=pk, ends_on=before - timedelta(days=1))
        for row in ended:
            last = dissolved_on and dissolved_on - timedelta(days=1)
            _save(row, row.starts_on, last, Q(organization=pk, association=row.association_id))


_CORRECT: dict[str, Callable[[int, date | None, date | None], None]] = {
    "cover": _correct_cover,
    "instructor": _correct_instructor,
    "group": _correct_group,
    "organization": _correct_organization,
}


def _units_of(close: Close, association: Association, actor: Actor) -> set[str]:
    """The units on whose lists an association stands: last month's and the present one."""
    live = coverage_facts(actor, as_of=close.as_of, queryset=scoped(Association, actor).filter(pk=association.pk))
    rows: list[Row] = [row_of(one) for one in live]
    rows += kept_rows(opening_edition(close), Q(association=association.pk)).values()
    return {row.kept.unit for row in rows}


def open_close_today() -> Close | None:
    """The one close that is open, if any."""
    found: Close | None = whole(Close).filter(final=None).order_by("month").first()
    return found
