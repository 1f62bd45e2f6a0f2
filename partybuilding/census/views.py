"""Pages of a census: the rounds, one round with its units, ending it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from partybuilding.census import services
from partybuilding.census.enums import (
    CENSUS_TONES,
    Aspect,
    CensusState,
    RowState,
    Settled,
)
from partybuilding.census.forms import CensusForm
from partybuilding.census.models import Census, CensusUnit
from partybuilding.census.selectors import (
    ANY_PROBLEM,
    Found,
    by_kind,
    differences_of,
    progress_of,
    total_of,
)
from partybuilding.closing.enums import UNIT_TONES, UnitState
from partybuilding.closing.transitions import CLOSERS
from partybuilding.closing.views import EDIT, closes_crumb
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped
from portal.screens import columns as screen
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, fact
from portal.screens.filters import ScreenFilterSet
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb


def censuses_crumb() -> list[Crumb]:
    return [closes_crumb(), Crumb("摸底调查", reverse("partybuilding:censuses"))]


def census_crumb(census: Census) -> Crumb:
    return Crumb(str(census), reverse("partybuilding:census", args=[census.pk]))


class CensusList(ListScreen):
    policy = Policy(CLOSERS)
    title = "摸底调查"
    unit = "次"
    model = Census
    default_order = ("-as_of", "-pk")
    exports = ()
    columns = (
        Column(
            "title",
            "名称",
            link=lambda row: reverse("partybuilding:census", args=[row.pk]),
            card="title",
        ),
        Column(
            "state",
            "状态",
            value=lambda row: CensusState(row.state),
            kind="state",
            tone=lambda row: CENSUS_TONES[CensusState(row.state)],
            card="tag",
        ),
        Column("number", "依据文号"),
        Column("as_of", "登记数截至", kind="date"),
        Column("due_on", "报送截止", kind="date"),
        Column("units", "单位（个）", kind="number", value="unit_count"),
        Column("answered", "已报送（个）", kind="number", value="answered_count"),
        Column("closed_at", "办结时间", kind="datetime"),
    )
    empty = Empty(
        "还没有摸底调查。部署后，各综合（行业）党委和市州逐家核对登记、报送问题。",
        "部署摸底调查",
        "partybuilding:census_new",
        services.ADMIN,
    )
    actions = (PageAction("部署摸底调查", "partybuilding:census_new", roles=services.ADMIN, icon="plus"),)

    def crumbs(self) -> list[Crumb]:
        return [closes_crumb()]

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """How many of the units that the actor reaches have confirmed."""
        found = scoped(CensusUnit, self.actor).filter(census__in=[row.pk for row in rows]).order_by().values("census")
        answered = Count("pk", filter=Q(state=UnitState.CONFIRMED))
        counts = found.annotate(all=Count("pk"), answered=answered).values_list("census", "all", "answered")
        numbers = {census: (whole, done) for census, whole, done in counts}
        for row in rows:
            row.unit_count, row.answered_count = numbers.get(row.pk, (0, 0))
        return rows


class CensusNew(FormScreen):
    policy = Policy(services.ADMIN, EDIT)
    title = "部署摸底调查"
    form_class = CensusForm
    intro = (
        "部署后按登记数生成各综合（行业）党委和市州的名单。各单位逐家核对登记是否属实、存在什么问题，"
        "写明主要症结和对策后确认报送。"
    )
    submit_label = "部署"
    success_message = "已部署，正在生成各单位的名单。"

    def crumbs(self) -> list[Crumb]:
        return censuses_crumb()

    def initial(self) -> dict[str, Any]:
        return {"as_of": self.today}

    def save(self, form: Any) -> Census:
        return services.open_census(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Census) -> str:
        return reverse("partybuilding:census", args=[result.pk])


class UnitFilter(ScreenFilterSet):
    state = django_filters.ChoiceFilter(label="报送情况", choices=UnitState.choices, empty_label="全部")

    class Meta:
        model = CensusUnit
        fields: Sequence[str] = []


class OfCensus:
    """What the pages about one census share."""

    actor: Actor
    kwargs: dict[str, Any]

    @cached_property
    def census(self) -> Census:
        found: Census = get_object_or_404(scoped(Census, self.actor), pk=self.kwargs["census_pk"])
        return found


class CensusPage(OfCensus, ListScreen):
    """One round: how far each unit is, what was found so far, and which problems."""

    policy = Policy(CLOSERS)
    model = CensusUnit
    template_name = "partybuilding/census/census.html"
    unit = "个单位"
    filterset_class = UnitFilter
    default_order = ("state", "label", "pk")
    columns = (
        Column("label", "单位", link=lambda row: row.url, sort="label", card="title"),
        Column(
            "state",
            "报送情况",
            value=lambda row: UnitState(row.state),
            kind="state",
            tone=lambda row: UNIT_TONES[UnitState(row.state)],
            sort="state",
            card="tag",
        ),
        Column("rows", "社会组织（家）", kind="number", value="progress.rows", sort="association_count"),
        Column("checked", "已核对（家）", kind="number", value="progress.checked"),
        Column("differs", "有出入（家）", kind="number", value="progress.differs"),
        Column("problems", "有问题（家）", kind="number", value="progress.problems"),
        Column("confirmed_at", "报送时间", kind="datetime", sort="confirmed_at"),
    )
    empty = Empty("正在生成名单，请稍候刷新；或者您的范围内没有需要核对的单位。")

    def page_title(self) -> str:
        return str(self.census)

    def crumbs(self) -> list[Crumb]:
        return censuses_crumb()

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return scoped(CensusUnit, actor).filter(census=self.census)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.progress = self.progress[row.pk]
        return rows

    @cached_property
    def progress(self) -> dict[int, Any]:
        """Of all units that the actor reaches, so that the figures on top are those of the list."""
        return progress_of(list(self.get_queryset(self.actor).values_list("pk", flat=True)), self.actor)

    def page_actions(self) -> Sequence[PageAction]:
        found = [
            PageAction("名单", "partybuilding:census_rows", primary=False),
            PageAction("出入清单", "partybuilding:census_differences", primary=False),
        ]
        if not self.census.is_closed:
            found += [
                PageAction("催报", "partybuilding:census_urging", roles=DEPARTMENT, primary=False),
                PageAction("办结", "partybuilding:census_close", roles=services.ADMIN, primary=False),
            ]
        return found

    def context(self) -> dict[str, Any]:
        census, total = self.census, total_of(self.progress.values())
        rows_url = reverse("partybuilding:census_rows", args=[census.pk])
        differences_url = reverse("partybuilding:census_differences", args=[census.pk])
        differing = differences_of(census, self.actor, self.today)
        kinds = by_kind(census, self.actor)
        return {
            "census": census,
            "state": CensusState(census.state),
            "state_tone": CENSUS_TONES[CensusState(census.state)],
            "figures": [
                ("社会组织", total.rows, rows_url),
                ("已核对", total.checked, f"{rows_url}?checked=true"),
                ("有出入", total.differs, f"{rows_url}?state={RowState.DIFFERS}"),
                ("有问题", total.problems, f"{rows_url}?problem={ANY_PROBLEM}"),
            ],
            "facts": [
                fact("依据文号", census.number),
                fact("登记数截至", census.as_of, "date"),
                fact("报送截止", census.due_on, "date" if census.is_closed else "deadline"),
            ],
            "aspects": aspects_table(differing, differences_url),
            "kinds": kinds_table(kinds, rows_url),
            "report_url": reverse("reporting:run_new", args=["census"]),
        }


def aspects_table(found: Sequence[Found], url: str) -> Any:
    """How many associations differ in each aspect, and how many of them the register has put right."""
    counts = {
        aspect: (
            sum(one.difference.aspect == aspect for one in found),
            sum(one.difference.aspect == aspect and one.settled == Settled.DONE for one in found),
        )
        for aspect in Aspect
    }
    shown = [(aspect, *counts[aspect]) for aspect in Aspect if counts[aspect][0]]

    def to(settled: str) -> Any:
        return lambda row: f"{url}?{urlencode({'aspect': row[0], **({'settled': settled} if settled else {})})}"

    columns = [
        Column("aspect", "项目", value=lambda row: row[0].label, card="title"),
        Column("number", "有出入（家）", kind="number", value=lambda row: row[1], link=to("")),
        Column("done", "登记已更正", kind="number", value=lambda row: row[2], link=to(Settled.DONE)),
        Column("waiting", "待更正", kind="number", value=lambda row: row[1] - row[2], link=to(Settled.WAITING)),
    ]
    return screen.table("登记与摸底的出入", columns, shown, empty="还没有发现与登记不一致的。")


def kinds_table(found: Sequence[tuple[Any, int]], url: str) -> Any:
    """How many associations have each problem, and what helps."""
    columns = [
        Column("kind", "问题", value=lambda row: row[0][1], card="title"),
        Column(
            "number", "社会组织（家）", kind="number", value=lambda row: row[1], link=lambda row: _problem(url, row)
        ),
        Column("remedy", "对策", value=lambda row: row[0][2], css="long"),
    ]
    return screen.table("存在的问题", columns, found, empty="还没有登记问题。")


def _problem(url: str, row: Any) -> str:
    return f"{url}?problem={row[0][0]}"


class CensusClose(ActionScreen):
    """End a round."""

    policy = Policy(services.ADMIN, EDIT)
    title = "办结摸底调查"
    model = Census
    success_message = "已办结。"

    def crumbs(self) -> list[Crumb]:
        return [*censuses_crumb(), census_crumb(self.object)]

    def decision(self) -> Decision:
        return services.explain_close(self.object, self.actor)

    def consequences(self) -> list[str]:
        return ["办结后各单位的核对结果不能再改；出入清单继续反映登记更正的进度。"]

    def perform(self, form: Any) -> Census:
        return services.close_census(self.object, actor=self.actor, version=self.version, now=timezone.now())

    def success_url(self, result: Census) -> str:
        return reverse("partybuilding:census", args=[result.pk])
