"""The page of organisation life: three levels (P-71), who is behind, by duty and by committee; each number a list."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from partybuilding.coverage.enums import Measure
from partybuilding.coverage.selectors import Dimension, coverage_summary
from partybuilding.life.enums import FIRST_ITEM_KINDS, Duty, Standing
from partybuilding.life.filters import ALL, DUE, WITH, periods
from partybuilding.life.models import LifeRecord
from partybuilding.life.rules import Compliance, Period, period_from, usual_period
from partybuilding.life.selectors import bare, compliances, life_rules
from partybuilding.members.models import ROSTER
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on
from partybuilding.organizations.views import PAGE
from portal.access.policy import Policy
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.regulations.rules import Rate
from portal.screens.columns import Column, PageAction, table
from portal.screens.screen import Screen, drilldown_url

LIST, RECORDS, ASSOCIATIONS = "partybuilding:life_branches", "partybuilding:life_records", "associations:associations"
UNASSIGNED = "未明确党委"


@dataclass
class Group:
    """Organisations that are counted together; `query` makes the list of exactly those."""

    label: str
    query: dict[str, str]
    total: int = 0
    complete: int = 0
    behind: int = 0
    missed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def rate(self) -> Rate:
        """按期开展率: of those that owed something, how many held all of it."""
        return Rate(self.complete, self.complete + self.behind)

    def add(self, one: Compliance) -> None:
        self.total += 1
        self.complete += one.standing == Standing.COMPLETE
        self.behind += one.standing == Standing.BEHIND
        for duty, count in one.counts.items():
            self.missed[duty] += count.is_behind


@dataclass
class DutyLine:
    """One duty over all organisations: how many owed it, how many missed it, and how often it was held."""

    duty: Duty
    owing: int = 0
    behind: int = 0
    required: int = 0
    done: int = 0

    def add(self, one: Compliance) -> None:
        count = one.counts.get(self.duty)
        if count is not None and count.required:
            self.owing += 1
            self.behind += count.is_behind
            self.required += count.required
            self.done += count.done


def total_of(found: Iterable[Compliance]) -> Group:
    total = Group("合计", {})
    for one in found:
        total.add(one)
    return total


def by_committee(
    rows: Sequence[PartyOrganization], found: Mapping[int, Compliance], names: Mapping[int, str]
) -> list[Group]:
    """Each committee's organisations, the lowest rate first, those without anything due last."""
    groups: dict[int | None, Group] = {}
    for row in rows:
        key = row.committee_id
        if key not in groups:
            query = {"committee": str(key)} if key else {"unassigned": "true"}
            groups[key] = Group(names.get(key, "") if key else UNASSIGNED, query)
        groups[key].add(found[row.pk])

    def order(one: Group) -> Any:
        share = one.rate.value
        return (share is None, share or 0, -one.behind, one.label)

    return sorted(groups.values(), key=order)


def by_duty(found: Iterable[Compliance]) -> list[DutyLine]:
    lines = [DutyLine(duty) for duty in Duty]
    for one in found:
        for line in lines:
            line.add(one)
    return lines


@dataclass(frozen=True)
class Shown:
    """A figure on the page: words, the number or the rate, where it leads."""

    label: str
    url: str
    rate: Rate | None = None
    count: int | None = None
    unit: str = "个"
    note: str = ""


class LifeBoard(Screen):
    """组织生活: how complete it is, and who is behind."""

    policy = Policy(ROSTER)
    title = "组织生活"
    template_name = "partybuilding/life/board.html"
    actions: ClassVar[Any] = (
        PageAction("开展情况名单", LIST, roles=ROSTER),
        PageAction("组织生活记录", RECORDS, roles=ROSTER, primary=False),
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.actor.role == Role.BRANCH_SECRETARY:
            return HttpResponseRedirect(reverse(PAGE, args=[self.actor.scope.pk]) + "?tab=life")
        return super().get(request, *args, **kwargs)

    @cached_property
    def period(self) -> Period:
        return period_from(self.request.GET.get("period", "")) or usual_period(self.as_of)

    @cached_property
    def day(self) -> date:
        """The last day that is looked at: a past period is looked at as it ended."""
        return min(self.as_of, self.period.last)

    def context(self) -> dict[str, Any]:
        rows = scoped(PartyOrganization, self.actor).filter(existing_on(self.as_of))
        organizations = bare(rows)
        found = compliances(organizations, self.period, self.as_of, self.actor, life_rules(self.day))
        total = total_of(found.values())
        committees = by_committee(organizations, found, self._names())
        return {
            "period": self.period,
            "periods": periods(self.as_of),
            "day": self.day,
            "scope_label": self.actor.scope.label,
            "levels": self._levels(total),
            "figures": self._figures(total),
            "duties": table("分内容开展情况", self._duty_columns(), by_duty(found.values())),
            "committees": table("分党委开展情况", self._committee_columns(total), committees, empty="没有党组织。"),
        }

    def _names(self) -> dict[int, str]:
        rows = scoped(PartyOrganization, self.actor).filter(committee__isnull=False).order_by()
        return dict(rows.values_list("committee", "committee__name").distinct())

    def _link(self, label: str, **query: str) -> str:
        return drilldown_url(
            f"{self.title}·{label}", LIST, {"period": self.period.code, **query}, as_of=self.requested_as_of
        )

    def _levels(self, total: Group) -> list[Shown]:
        """P-71: people → work, members → organisation, organisation → life."""
        counts = coverage_summary(self.actor, as_of=self.day, by=Dimension.KIND).total.counts

        def coverage(label: str, measure: Measure) -> str:
            return drilldown_url(f"{self.title}·{label}", ASSOCIATIONS, {"coverage": measure.value}, as_of=self.day)

        return [
            Shown(
                "哪里有群众，哪里就有党的工作",
                coverage("工作覆盖", Measure.WORK_COVERED),
                rate=counts.work_rate,
                note="工作覆盖率（家）",
            ),
            Shown(
                "哪里有党员，哪里就有党组织",
                coverage("单独组建", Measure.OWN),
                rate=counts.built_rate,
                note="应建已建率（家）",
            ),
            Shown(
                "哪里有党组织，哪里就有健全的组织生活",
                self._link("按期开展", standing=Standing.COMPLETE),
                rate=total.rate,
                note="按期开展率（个）",
            ),
        ]

    def _figures(self, total: Group) -> list[Shown]:
        since, until = self.period.first, self.day
        meetings = scoped(LifeRecord, self.actor).filter(
            kind__in=FIRST_ITEM_KINDS, held_on__gte=since, held_on__lte=until
        )
        first = meetings.order_by().aggregate(all=Count("pk"), done=Count("pk", filter=Q(has_first_item=True)))
        dates = {"since": since.isoformat(), "until": until.isoformat()}
        return [
            Shown("有欠开的党组织", self._link("有欠开", standing=Standing.BEHIND), count=total.behind),
            Shown("有到期要求的党组织", self._link("有到期要求", standing=DUE), count=total.complete + total.behind),
            Shown("党组织", self._link("党组织"), count=total.total, note="含不适用频次要求的"),
            Shown(
                "第一议题落实率",
                drilldown_url(f"{self.title}·第一议题", RECORDS, {"first": WITH, **dates}),
                rate=Rate(first["done"], first["all"]),
                note="支委会、理事会（次）",
            ),
            Shown(
                "应落实第一议题的会议",
                drilldown_url(f"{self.title}·第一议题", RECORDS, {"first": ALL, **dates}),
                count=first["all"],
                unit="次",
            ),
        ]

    def _duty_columns(self) -> list[Column]:
        return [
            Column("duty", "内容", value=lambda line: line.duty.label, card="title"),
            Column(
                "owing",
                "有到期要求（个）",
                value="owing",
                kind="number",
                link=lambda line: self._link(str(line.duty.label), owed=line.duty.value),
            ),
            Column(
                "behind",
                "有欠开（个）",
                value="behind",
                kind="number",
                link=lambda line: self._link(f"欠开{line.duty.label}", missed=line.duty.value),
            ),
            Column("done", "已开展/应开展（次）", value=lambda line: f"{line.done}/{line.required}", align="end"),
            Column("rate", "开展率", value=lambda line: Rate(line.done, line.required).display(), align="end"),
        ]

    def _committee_columns(self, total: Group) -> list[Column]:
        def number(code: str, label: str, value: Any, **query: str) -> Column:
            column = Column(
                code,
                label,
                value=value,
                kind="number",
                link=lambda group: (
                    self._link(f"{group.label}·{label}", **group.query, **query) if column.raw(group) else None
                ),
            )
            return column

        def missed(duty: Duty) -> Column:
            return number(duty.value, f"欠{duty.label}", lambda group: group.missed[duty.value], missed=duty.value)

        return [
            Column("label", "综合（行业）党委", card="title"),
            Column("rate", "按期开展率", value=lambda group: group.rate.display(), align="end"),
            number("behind", "有欠开", "behind", standing=Standing.BEHIND),
            number("complete", "按期开展", "complete", standing=Standing.COMPLETE),
            number("total", "党组织", "total"),
            *(missed(duty) for duty in Duty if total.missed[duty.value]),
        ]
