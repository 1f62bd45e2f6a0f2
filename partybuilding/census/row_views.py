"""Pages of what a census found: every association, every difference beside the register, a task about some."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from associations.registry.enums import AssociationKind
from associations.registry.models import Association
from partybuilding.census import rules
from partybuilding.census.enums import (
    ROW_TONES,
    SETTLED_TONES,
    Aspect,
    RowState,
    Settled,
)
from partybuilding.census.models import CensusDifference, CensusProblem, CensusRow
from partybuilding.census.selectors import (
    ANY_PROBLEM,
    differences_of,
    kind_choices,
    with_problem,
)
from partybuilding.census.views import OfCensus, census_crumb, censuses_crumb
from partybuilding.closing.report_wording import kept_words
from partybuilding.closing.rules import Kept
from partybuilding.closing.selectors import facts_from
from partybuilding.closing.transitions import CLOSERS
from partybuilding.closing.views import Lines
from partybuilding.coverage import services as coverage_services
from partybuilding.coverage.bulk_views import BulkFollowUp
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.notices.models import Task
from portal.screens.columns import BulkAction, Column, Empty, may_see
from portal.screens.filters import ScreenFilterSet, SearchFilter
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb


class RowFilter(ScreenFilterSet):
    """By name, result, problem and kind."""

    q = SearchFilter(fields=["name", "uscc"], label="社会组织")
    state = django_filters.ChoiceFilter(label="核对情况", choices=RowState.choices)
    problem = django_filters.ChoiceFilter(label="问题", choices=[], method="has_problem")
    kind = django_filters.ChoiceFilter(label="类型", choices=AssociationKind.choices)
    checked = django_filters.BooleanFilter(label="已核对", method="is_checked")

    class Meta:
        model = CensusRow
        fields: Sequence[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["problem"].extra["choices"] = [(ANY_PROBLEM, "有问题"), *kind_choices()]

    def has_problem(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qs.filter(with_problem(None if value == ANY_PROBLEM else int(value)))

    def is_checked(self, qs: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        unchecked = Q(state=RowState.UNCHECKED)
        return qs.filter(~unchecked if value else unchecked)


def registered_words(row: CensusRow) -> str:
    """单独组建；有指导员；党员 3／5 人."""
    facts = facts_from(row.cover, row.has_instructor, row.has_group, row.relation_count, row.working_count)
    numbers = "／".join("未填报" if one is None else str(one) for one in (row.relation_count, row.working_count))
    return f"{kept_words(Kept(facts, ''), here=True)}；党员 {numbers} 人"


def found_words(row: Any) -> str | None:
    """Each aspect that differs, as it was found."""
    shown = (f"{one.get_aspect_display()}：{rules.words(one.aspect, one.found)}" for one in row.found)
    return "；".join(shown) or None


def problem_words(row: Any) -> str | None:
    return "、".join(one.kind.label for one in row.troubles) or None


ROW_COLUMNS: tuple[Column, ...] = (
    Column(
        "name",
        "社会组织",
        link=lambda row: reverse("partybuilding:census_row", args=[row.pk]),
        sort="name",
        card="title",
    ),
    Column(
        "state",
        "核对情况",
        value=lambda row: RowState(row.state),
        kind="state",
        tone=lambda row: ROW_TONES[RowState(row.state)],
        sort="state",
        card="tag",
    ),
    Column("registered", "登记（组织关系／在职）", value=registered_words, css="long"),
    Column("found", "查得", value=found_words, css="long"),
    Column("problems", "存在的问题", value=problem_words, css="long"),
    Column("note", "依据和说明", value=lambda row: row.note or None, css="long"),
)


def with_findings(rows: Any, actor: Actor) -> Any:
    """Differences and problems of the rows of a page; two queries."""
    differing = scoped(CensusDifference, actor).order_by("pk")
    problems = scoped(CensusProblem, actor).select_related("kind").order_by("kind__number", "pk")
    return rows.prefetch_related(
        Prefetch("differences", differing, to_attr="found"), Prefetch("problems", problems, to_attr="troubles")
    )


class RowList(OfCensus, ListScreen):
    """Every association of a census that the actor reaches, with what was found of it."""

    policy = Policy(CLOSERS)
    model = CensusRow
    unit = "家"
    filterset_class = RowFilter
    default_order = ("unit__label", "name", "pk")
    columns = (ROW_COLUMNS[0], Column("unit", "单位", value="unit.label", sort="unit__label"), *ROW_COLUMNS[1:])
    bulk_actions = (BulkAction("follow", "交办", "partybuilding:census_follow_up", roles=coverage_services.FOLLOWING),)
    empty = Empty("名单里没有社会组织。")

    def page_title(self) -> str:
        return f"{self.census}名单"

    def crumbs(self) -> list[Crumb]:
        return [*censuses_crumb(), census_crumb(self.census)]

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = scoped(CensusRow, actor).filter(unit__census=self.census).select_related("unit")
        return with_findings(rows, actor)

    def shown_bulk_actions(self) -> list[dict[str, str]]:
        return bulk_here(self, self.census.pk)


def bulk_here(page: ListScreen, pk: int) -> list[dict[str, str]]:
    """The bulk actions of a list that belongs to one record; its filters go along."""
    query = page.request.GET.urlencode()
    return [
        {"code": one.code, "label": one.label, "url": f"{reverse(one.url_name, args=[pk])}?{query}".rstrip("?")}
        for one in page.get_bulk_actions()
        if may_see(one.roles, page.actor)
    ]


class RowFollowUp(OfCensus, BulkFollowUp):
    """Lay one task about each of several associations of the census."""

    filterset_class = RowFilter

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return scoped(CensusRow, actor).filter(unit__census=self.census)

    def crumbs(self) -> list[Crumb]:
        there = reverse("partybuilding:census_rows", args=[self.census.pk])
        return [*censuses_crumb(), census_crumb(self.census), Crumb("名单", there)]

    def one(self, row: Any, form: Any) -> Task:
        association = get_object_or_404(scoped(Association, self.actor).select_related("region"), pk=row.association_id)
        return super().one(association, form)

    def success_url(self, result: Any) -> str:
        return self.cancel_url()


def correction_label(aspect: str) -> str:
    return {
        Aspect.STATUS: "修改登记状态",
        Aspect.OURS: "责任单位",
        Aspect.RELATION: "登记党员人数",
        Aspect.WORKING: "登记党员人数",
    }.get(Aspect(aspect), "党建情况")


def correction_url(aspect: str, association: int) -> str:
    """Where the register itself is put right; the page says who may."""
    there = reverse("associations:association", args=[association])
    return {Aspect.STATUS: there, Aspect.OURS: f"{there}?tab=responsibility"}.get(Aspect(aspect), f"{there}?tab=party")


class DifferenceList(OfCensus, ListScreen):
    """Register and census side by side, by name: what is put right already, and where the rest is corrected."""

    policy = Policy(CLOSERS)
    model = CensusDifference
    template_name = "partybuilding/census/differences.html"
    unit = "项"
    exports = ("xlsx", "csv")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "name",
            "社会组织",
            value=lambda one: one.difference.row.name,
            link=lambda one: reverse("partybuilding:census_row", args=[one.difference.row_id]),
            card="title",
        ),
        Column("unit", "单位", value=lambda one: one.difference.row.unit.label),
        Column("aspect", "项目", value=lambda one: one.difference.get_aspect_display()),
        Column("registered", "登记", value=lambda one: rules.words(one.difference.aspect, one.difference.registered)),
        Column("found", "查得", value=lambda one: rules.words(one.difference.aspect, one.difference.found)),
        Column(
            "settled",
            "更正情况",
            value=lambda one: one.settled,
            kind="state",
            tone=lambda one: SETTLED_TONES[one.settled],
            card="tag",
        ),
        Column("note", "依据和说明", value=lambda one: one.difference.row.note, css="long"),
        Column(
            "correct",
            "更正",
            value=lambda one: correction_label(one.difference.aspect) if one.settled == Settled.WAITING else None,
            link=lambda one: (
                correction_url(one.difference.aspect, one.difference.row.association_id)
                if one.settled == Settled.WAITING
                else None
            ),
            export=False,
        ),
    )
    empty = Empty("没有与登记不一致的。")

    def page_title(self) -> str:
        return "出入清单"

    def crumbs(self) -> list[Crumb]:
        return [*censuses_crumb(), census_crumb(self.census)]

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return scoped(CensusDifference, actor).filter(row__unit__census=self.census)

    @cached_property
    def chosen(self) -> tuple[str, str]:
        """The aspect and the state that are asked for; a word that is neither chooses nothing."""
        aspect, settled = self.request.GET.get("aspect", ""), self.request.GET.get("settled", "")
        return aspect if aspect in Aspect.values else "", settled if settled in Settled.values else ""

    @cached_property
    def rows(self) -> Any:
        aspect, settled = self.chosen
        return Lines(
            one
            for one in differences_of(self.census, self.actor, self.today)
            if (not aspect or one.difference.aspect == aspect) and (not settled or one.settled == settled)
        )

    def context(self) -> dict[str, Any]:
        aspect, settled = self.chosen

        def query(**changed: str) -> str:
            given = {"aspect": aspect, "settled": settled, **changed}
            return urlencode({name: value for name, value in given.items() if value})

        return {
            "aspects": [("全部", query(aspect=""), not aspect)]
            + [(str(one.label), query(aspect=one.value), one.value == aspect) for one in Aspect],
            "states": [("全部", query(settled=""), not settled)]
            + [(str(one.label), query(settled=one.value), one.value == settled) for one in Settled],
        }
