"""分类指导: every association with its category, what the rule suggests, and the measure; deciding for several."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, Exists, QuerySet
from django.urls import reverse
from django.utils import timezone

from associations.registry.enums import AssignmentRole
from associations.registry.filters import AssociationFilter
from associations.registry.models import Association
from associations.registry.selectors import current_assignments
from associations.registry.views import answering_column
from partybuilding.categories import services
from partybuilding.categories.forms import DecideForm
from partybuilding.categories.models import CategoryDecision, GuidanceCategory
from partybuilding.categories.selectors import (
    active_categories,
    current_decisions,
    decided_on,
    differs_q,
    standings,
    suggested_q,
    with_decided,
)
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import CoverageRules
from partybuilding.coverage.selectors import coverage_rules, measured
from partybuilding.coverage.views import EDIT, coverage_crumbs
from partybuilding.establishment.lists import EachOne
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.screens import columns as screen
from portal.screens.columns import BulkAction, Column, Empty, PageAction
from portal.screens.fields import ScreenForm
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

NONE, DIFFERS = "none", "differs"


class CategoryFilter(AssociationFilter):
    """By the category that was decided, or that the rule suggests."""

    category = django_filters.ChoiceFilter(label="指导类别", choices=[], method="decided_as")
    proposal = django_filters.ChoiceFilter(label="系统建议", choices=[], method="suggested_as")
    primary: ClassVar[Sequence[str]] = ("q", "city", "committee", "category", "proposal")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = {one.pk: one for one in active_categories()}
        known = [(str(pk), one.label) for pk, one in self.categories.items()]
        self.filters["category"].extra["choices"] = [(NONE, "没有确定"), (DIFFERS, "与建议不同"), *known]
        self.filters["proposal"].extra["choices"] = known

    def decided_as(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == DIFFERS:
            return qs.filter(differs_q(self.as_of))
        if value == NONE:
            return qs.filter(~Exists(decided_on(self.as_of)))
        return qs.filter(Exists(decided_on(self.as_of).filter(category=int(value))))

    def suggested_as(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qs.filter(suggested_q(self.categories[int(value)], self.as_of))


class CategoryList(ListScreen):
    """Every association that counts, with its category."""

    policy = Policy(WORKSPACE)
    title = "分类指导"
    unit = "家"
    model = Association
    template_name = "partybuilding/categories/list.html"
    filterset_class = CategoryFilter
    default_order = ("name", "pk")
    shows_as_of = True
    columns = (
        Column(
            "name",
            "名称",
            link=lambda row: reverse("associations:association", args=[row.pk]) + "?tab=establishment",
            sort="name",
            card="title",
        ),
        Column("region", "登记地", value="region.name", sort="region__code"),
        answering_column(AssignmentRole.PARTY_COMMITTEE, "committee"),
        Column("situation", "情形", value=lambda row: row.standing and row.standing.situation.label),
        Column("proposal", "系统建议", value="proposal"),
        Column(
            "category",
            "指导类别",
            value=lambda row: row.decision.category.label if row.decision else "没有确定",
            kind="state",
            tone=lambda row: row.tone,
            card="tag",
        ),
        Column("measure", "指导措施", value=lambda row: row.measure, css="long"),
        Column("reason", "理由", value=lambda row: row.decision.reason or None if row.decision else None, css="long"),
        Column("since", "起始日期", value=lambda row: row.decision.starts_on if row.decision else None, kind="date"),
    )
    bulk_actions = (BulkAction("decide", "确定指导类别", "partybuilding:category_decide", roles=services.DECIDERS),)
    actions = (PageAction("未建原因", "partybuilding:not_built", primary=False),)
    empty = Empty("没有纳入统计的社会组织。")

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        rows = super().get_queryset(actor).select_related("region")
        found = measured(rows, Measure.IN_SCOPE, as_of=self.as_of, rules=self.rules)
        return found.prefetch_related(current_assignments(actor, self.as_of))

    @cached_property
    def rules(self) -> CoverageRules:
        return coverage_rules(self.as_of)

    @cached_property
    def categories(self) -> dict[int, GuidanceCategory]:
        filters: Any = self.filterset
        return dict(filters.categories)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        keys = [row.pk for row in rows]
        found = standings(keys, self.as_of, self.actor, rules=self.rules, known=self.categories.values())
        decisions = current_decisions(keys, self.as_of, self.actor)
        for row in rows:
            row.standing, row.decision = found.get(row.pk), decisions.get(row.pk)
            proposal = self.categories.get(row.standing.category) if row.standing else None
            row.proposal = proposal.label if proposal else None
            kept = row.decision.category if row.decision else None
            shown = kept or proposal
            row.measure = shown.measure if shown else None
            row.tone = "grey" if kept is None else "green" if proposal and kept.pk == proposal.pk else "amber"
        return rows

    def list_notes(self) -> list[str]:
        return [
            "类别由系统按组织覆盖、党员人数和评估等级提出建议，由综合（行业）党委或社会工作部确定。"
            "绿色与建议一致，黄色与建议不同，灰色还没有确定，措施按建议显示。"
        ]

    def context(self) -> dict[str, Any]:
        rows: Any = with_decided(self.get_queryset(self.actor).prefetch_related(None), self.as_of).order_by()
        counts = dict(rows.values_list("decided").annotate(number=Count("pk")))
        lines = [(str(pk), one.label, one.measure, counts.get(pk, 0)) for pk, one in self.categories.items()]
        lines.append((NONE, "没有确定", "", counts.get(None, 0)))
        columns = [
            Column("label", "指导类别", value=lambda line: line[1], card="title"),
            Column(
                "number",
                "社会组织（家）",
                kind="number",
                value=lambda line: line[3],
                link=lambda line: f"?category={line[0]}#results",
            ),
            Column("measure", "指导措施", value=lambda line: line[2] or None, css="long"),
        ]
        return {"totals": screen.table("各类家数和措施", columns, lines)}


class CategoryDecide(EachOne):
    """Decide for the chosen ones: one category, or what the rule suggests for each."""

    policy = Policy(services.DECIDERS, EDIT)
    title = "确定指导类别"
    filterset_class = CategoryFilter
    form_class: ClassVar[type[ScreenForm]] = DecideForm
    submit_label = "确定"
    measure = Measure.IN_SCOPE
    list_name = "partybuilding:categories"
    list_title = "分类指导"
    verb = "确定"

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        return measured(scoped(Association, actor).select_related("region"), self.measure, as_of=self.as_of)

    def consequences(self) -> list[str]:
        return ["从起始日期起按这一类别指导，原有类别到前一天为止。", "与系统建议不同的，理由随类别保存。"]

    def one(self, association: Association, form: Any) -> CategoryDecision:
        return services.decide(association, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_text(self, result: list[Any]) -> str:
        return f"已确定 {len(result)} 家的指导类别。"
