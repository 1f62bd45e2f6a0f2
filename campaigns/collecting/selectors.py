"""Reading progress reports: who has reported, who has not, and what they say together."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from campaigns.collecting.enums import OPEN_REPORTS, Asked, ReportState
from campaigns.collecting.models import Collection, UnitReport
from campaigns.collecting.rules import ReportFacts
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import is_own_unit, is_reviewer
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.notices.reminding import distance_text
from portal.notices.urging import Called, urging_text

WHOLE = "the reports of one collection that the caller has reached"
NOBODY = "未明确上级党委"
# Who left is no longer asked; what it handed in before stays.
ASKED_Q = Q(unit__left_on=None) | ~Q(state=ReportState.AWAITING)
IN_TIME = Q(handed_in_on__lte=F("collection__due_on"))


def asked_units(campaign: Campaign, asked: str) -> QuerySet[Unit]:
    """The units that a collection asks."""
    rows = Unit.objects.unscoped(WHOLE).filter(campaign=campaign, left_on=None)
    if asked != Asked.ALL:
        rows = rows.filter(organization__isnull=asked == Asked.COMMITTEES)
    return rows.select_related("organization__committee", "department__parent").order_by("pk")


def reports_for(actor: Actor, collection: Collection) -> QuerySet[UnitReport]:
    """The reports of a collection that the actor reads, awaited ones too."""
    rows = scoped(UnitReport, actor).filter(ASKED_Q, collection=collection)
    return rows.select_related("collection", "unit__organization__committee", "unit__department__parent")


def late_q(day: date) -> Q:
    """`UnitReport.is_late` in SQL."""
    handed_in = Q(handed_in_on__gt=F("collection__due_on"))
    return handed_in | Q(handed_in_on=None, collection__due_on__lt=day)


def collections_for(actor: Actor, campaign: Campaign) -> QuerySet[Collection]:
    """The collections of a campaign, each with how many of the actor's units are asked, have reported, and in time."""
    rows = scoped(Collection, actor).filter(campaign=campaign)
    reached = Q(reports__in=scoped(UnitReport, actor).filter(ASKED_Q))
    handed_in = reached & ~Q(reports__state__in=OPEN_REPORTS)
    in_time = handed_in & Q(reports__handed_in_on__lte=F("due_on"))
    return rows.annotate(
        asked_count=Count("reports", filter=reached),
        reported_count=Count("reports", filter=handed_in),
        timely_count=Count("reports", filter=in_time),
    )


def reports_of_unit(actor: Actor, unit: Unit) -> list[UnitReport]:
    """What one unit is asked for, the latest first."""
    rows = scoped(UnitReport, actor).filter(ASKED_Q, unit=unit).select_related("collection")
    return list(rows.order_by("-collection__number"))


def report_facts(
    report: UnitReport, actor: Actor, *, progress: str | None = None, remark: str | None = None
) -> ReportFacts:
    """What decides whether a report may be handed in or returned by the actor."""
    unit = report.unit
    return ReportFacts(
        unit=str(unit),
        is_own=is_own_unit(unit, actor),
        is_reviewer=is_reviewer(unit, actor),
        is_running=unit.campaign.state == CampaignState.RUNNING,
        has_left=unit.left_on is not None,
        progress=progress,
        remark=remark,
    )


def to_call(actor: Actor, collection: Collection, day: date) -> list[Called]:
    """Who has not reported, by the committee above, with words to pass on; one query."""
    when = distance_text((day - collection.due_on).days, collection.due_on)
    groups: dict[str, list[str]] = defaultdict(list)
    rows = reports_for(actor, collection).filter(state__in=OPEN_REPORTS)
    for row in rows.order_by("unit__organization__name", "unit__department__name", "pk"):
        words = "（退回补充）" if row.state == ReportState.RETURNED else ""
        groups[str(row.unit.committee or NOBODY)].append(f"{row.unit}{words}")
    campaign = collection.campaign
    contact = "，".join(part for part in (campaign.contact_name, campaign.contact_phone) if part)
    closing = f"联系人：{contact}" if contact else ""

    def text(label: str, lines: list[str]) -> str:
        opening = f"下列 {len(lines)} 个单位尚未报送「{collection}」（{when}），请督促尽快在系统报送"
        addressee = "" if label == NOBODY else label
        return urging_text(day, opening, lines, addressee=addressee, closing=closing)

    return [Called(label, lines, text(label, lines)) for label, lines in sorted(groups.items())]


@dataclass(frozen=True, slots=True)
class Said:
    """What units said under one heading: each with its words."""

    label: str
    lines: list[tuple[UnitReport, str]]

    @property
    def text(self) -> str:
        return "\n".join(f"{report.unit}：{words}" for report, words in self.lines)


def together(actor: Actor, collection: Collection) -> list[Said]:
    """What was handed in, put together under its headings in the order of names; one query."""
    rows = reports_for(actor, collection).filter(state=ReportState.SUBMITTED)
    reports = list(rows.order_by("unit__department__name", "unit__organization__name", "pk"))
    found = []
    for name in ("progress", "problems", "suggestions", "plans"):
        label = str(UnitReport._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        words = ((report, " ".join(getattr(report, name).split())) for report in reports)
        found.append(Said(label, [(report, text) for report, text in words if text]))
    return [one for one in found if one.lines]
