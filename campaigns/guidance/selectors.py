"""Reading how a campaign is guided: contact points, inspections, notices."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet

from campaigns.guidance.enums import NoticeState, VisitState
from campaigns.guidance.models import CampaignInspection, ContactPoint, InspectedUnit, RectificationNotice, Visit
from campaigns.guidance.rules import NoticeFacts, visit_state
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import WHOLE, is_own_unit, is_reviewer, is_runner
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.regulations import selectors as regulations
from portal.sampling import draw_by_stratum, share_count

LEAST_VISITS = "campaign.contact_visits"
NO_STRATUM = "未明确党委"


def least_visits(day: date) -> int:
    """How many visits a contact point has a half-year at least (R-118)."""
    return int(regulations.value(LEAST_VISITS, on=day))


def points_for(actor: Actor, campaign: Campaign) -> QuerySet[ContactPoint]:
    """The contact points of a campaign that the actor reads."""
    rows = scoped(ContactPoint, actor).filter(unit__campaign=campaign)
    return rows.select_related("unit__organization__committee", "unit__department__parent", "leader", "body")


def with_visits(points: Iterable[ContactPoint], day: date) -> list[ContactPoint]:
    """The points with their visits (`dates`, newest first) and how they stand (`visit_state`); two queries."""
    rows, least = list(points), least_visits(day)
    dates: dict[int, list[date]] = defaultdict(list)
    visits = Visit.objects.unscoped(WHOLE).filter(point__in=[row.pk for row in rows], visited_on__lte=day)
    for point, visited_on in visits.order_by("-visited_on").values_list("point", "visited_on"):
        dates[point].append(visited_on)
    for row in rows:
        found = dates[row.pk]
        row.dates = found  # type: ignore[attr-defined]
        assert row.starts_on is not None  # noqa: S101  a constraint of the table
        row.visit_state = visit_state(row.starts_on, row.ends_on, found, day, least=least)  # type: ignore[attr-defined]
    return rows


def points_behind(actor: Actor, campaign: Campaign, day: date) -> list[ContactPoint]:
    """Points with a half-year that is over and had too few visits."""
    rows = with_visits(points_for(actor, campaign).filter(ends_on=None), day)
    return [row for row in rows if row.visit_state == VisitState.BEHIND]  # type: ignore[attr-defined]


def is_inspector(inspection: CampaignInspection, actor: Actor) -> bool:
    """Whether the inspection is the actor's: of its committee, or of the campaign it runs."""
    if inspection.body_id is not None:
        return actor.role == Role.PARTY_COMMITTEE and inspection.body_id in actor.scope.department_pks
    return is_runner(inspection.campaign, actor)


def inspections_for(actor: Actor, campaign: Campaign) -> QuerySet[CampaignInspection]:
    """The inspections of a campaign that the actor reads, with how many units were chosen and how many visited."""
    return (
        scoped(CampaignInspection, actor)
        .filter(campaign=campaign)
        .select_related("campaign__region", "body")
        .annotate(
            chosen_count=Count("inspected", filter=Q(inspected__is_chosen=True)),
            visited_count=Count("inspected", filter=Q(inspected__visited_on__isnull=False)),
        )
    )


def inspected_for(actor: Actor, inspection: CampaignInspection) -> QuerySet[InspectedUnit]:
    """The chosen units of an inspection that the actor reads."""
    rows = scoped(InspectedUnit, actor).filter(inspection=inspection, is_chosen=True)
    return rows.select_related("unit__organization__committee", "unit__department__parent").order_by("stratum", "pk")


def inspectable(actor: Actor, campaign: Campaign, body: int | None) -> list[Unit]:
    """The Party organisations an inspection may reach: all of the campaign, or those below the inspecting committee."""
    rows = scoped(Unit, actor).filter(campaign=campaign, left_on=None, organization__isnull=False)
    if body is not None:
        rows = rows.filter(organization__committee__in=actor.scope.department_pks)
    return list(rows.select_related("organization__committee").order_by("pk"))


def stratum_of(unit: Unit) -> str:
    """Draws take their share of every committee."""
    return unit.committee.name[:80] if unit.committee else NO_STRATUM


def redraw(inspection: CampaignInspection) -> tuple[int, list[int], bool]:
    """A draw made again from what was kept: size of the population, keys drawn, and whether it is the same list."""
    rows = InspectedUnit.objects.unscoped(WHOLE).filter(inspection=inspection)
    strata: dict[str, list[int]] = defaultdict(list)
    kept = set()
    for unit, stratum, is_chosen in rows.values_list("unit", "stratum", "is_chosen"):
        strata[stratum].append(unit)
        if is_chosen:
            kept.add(unit)
    number = sum(map(len, strata.values()))
    assert inspection.share is not None  # noqa: S101  a constraint of the table
    drawn = draw_by_stratum(strata, seed=inspection.seed, count=share_count(number, inspection.share))
    again = sorted(key for keys in drawn.values() for key in keys)
    return number, again, set(again) == kept


def notices_for(actor: Actor, campaign: Campaign) -> QuerySet[RectificationNotice]:
    """The rectification notices of a campaign that the actor reads."""
    rows = scoped(RectificationNotice, actor).filter(unit__campaign=campaign)
    return rows.select_related("unit__organization__committee", "unit__department__parent")


def late_notices(day: date) -> Q:
    """Notices without a report after their last day, as `is_notice_late` says for one."""
    return Q(state=NoticeState.ISSUED, due_on__lt=day)


def notice_facts(notice: RectificationNotice, actor: Actor, answer: str = "") -> NoticeFacts:
    return NoticeFacts(
        is_own=is_own_unit(notice.unit, actor), is_reviewer=is_reviewer(notice.unit, actor), answer=answer
    )
