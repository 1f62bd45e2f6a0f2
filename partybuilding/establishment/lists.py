"""Lists of foundings: 应建未建, all without an organisation by reason, the information pool; bulk actions."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from associations.registry.enums import AssignmentRole
from associations.registry.models import Association, current_on
from associations.registry.selectors import current_assignments
from associations.registry.views import answering_column
from partybuilding.coverage import services as coverage_services
from partybuilding.coverage.enums import GUIDING, InstructorKind, Measure
from partybuilding.coverage.forms import FoundingForm
from partybuilding.coverage.listing import COVER, annotate, cover_of_row, instead_text, reported
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.coverage.rules import AssociationFacts, CoverageRules
from partybuilding.coverage.selectors import coverage_rules, measured
from partybuilding.coverage.views import EDIT, coverage_crumbs
from partybuilding.coverage.workload import open_tasks
from partybuilding.establishment import services
from partybuilding.establishment.enums import WHY_TONES, PlanKind, Priority, WhyNot
from partybuilding.establishment.filters import EstablishFilter, NotBuiltFilter, PoolFilter
from partybuilding.establishment.forms import FoundingPlanForm, OrganiserForm
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.establishment.rules import PriorityRules, Size, organiser_due, priority, why_not
from partybuilding.establishment.selectors import (
    current_plans,
    organiser_days,
    priority_rules,
    ranked,
    with_pool,
)
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.screens.actions import BulkActionScreen
from portal.screens.columns import BulkAction, Column, Empty, PageAction
from portal.screens.fields import ScreenForm
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import date_text


def guides(actor: Actor, day: Any, *kinds: str) -> Prefetch:
    """Who of some kinds looks after the associations of a page on a day; one query."""
    rows = scoped(InstructorAssignment, actor).filter(current_on(day), instructor__kind__in=kinds)
    rows = rows.select_related("instructor__person").order_by("pk")
    return Prefetch("instructor_assignments", queryset=rows, to_attr="instructors_on_day")


def guide_names(row: Any) -> str | None:
    return "、".join(one.instructor.name for one in row.instructors_on_day) or None


def plan_text(plan: EstablishmentPlan | None) -> str | None:
    """拟 2026-12-31 前组建（组织处处长）, 暂缓至 2027-06-30（湘…〔2026〕3号）."""
    if plan is None:
        return None
    if plan.kind == PlanKind.FOUNDING:
        return f"拟 {date_text(plan.due_on)} 前组建（{plan.responsible}）"
    return f"暂缓至 {date_text(plan.due_on)}（{plan.document_number}）"


def party_link(row: Any) -> str:
    return reverse("associations:association", args=[row.pk]) + "?tab=party"


NAME = Column("name", "名称", link=party_link, sort="name", card="title")
REGION = Column("region", "登记地", value="region.name", sort="region__code")
RELATION = Column(
    "relation", "组织关系（人）", value=lambda row: reported(row.relation_on_day), kind="number", sort="relation_on_day"
)
WORKING = Column(
    "working", "在职（人）", value=lambda row: reported(row.working_on_day), kind="number", sort="working_on_day"
)


class ShouldEstablishList(ListScreen):
    """应建未建 (R-078): enough full members, no organisation of its own; with what is already under way."""

    policy = Policy(WORKSPACE)
    title = "应建未建名单"
    unit = "家"
    model = Association
    filterset_class = EstablishFilter
    default_order = ("priority_rank", "name", "pk")
    shows_as_of = True
    measure: ClassVar[Measure] = Measure.SHOULD_NOT_BUILT
    columns: ClassVar[Sequence[Column]] = (
        NAME,
        REGION,
        answering_column(AssignmentRole.PARTY_COMMITTEE, "committee"),
        Column("priority", "优先次序", value="priority", sort="priority_rank"),
        RELATION,
        WORKING,
        Column("reason", "原因", value="reason", css="long"),
        Column("plan", "组建安排", value=lambda row: plan_text(row.plan), css="long"),
        Column("instructor", "指导员、联络员", value=guide_names),
        Column("due_on", "任务期限", value="task_due_on", kind="deadline"),
    )
    empty = Empty("没有应建未建的社会组织。党员人数未填报的不在此列，请到名录中按「党员人数未填报」查看。")
    bulk_actions: ClassVar[Sequence[BulkAction]] = (
        BulkAction("assign", "指派指导员并交办组建", "partybuilding:bulk_assign", roles=coverage_services.INSTRUCTING),
        BulkAction("plan", "列入组建计划", "partybuilding:bulk_plan", roles=services.PLANNERS),
    )
    actions: ClassVar[Sequence[PageAction]] = (
        PageAction("未建原因", "partybuilding:not_built", primary=False),
        PageAction("党建信息库", "partybuilding:info_pool", primary=False),
    )

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    @cached_property
    def rules(self) -> CoverageRules:
        return coverage_rules(self.as_of)

    @cached_property
    def order(self) -> PriorityRules:
        return priority_rules(self.as_of)

    def list_notes(self) -> list[str]:
        order = "、".join(str(Priority(one).label) for one in self.order.order)
        return [
            f"口径：状态正常，正式党员 {self.rules.should_establish_member_count} 名以上，没有单独组建党组织，"
            "也没有经批准暂缓。由联合、挂靠等党组织覆盖的也在此列。",
            f"先后次序：{order}。",
        ]

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        rows = annotate(super().get_queryset(actor).select_related("region"), actor, self.as_of)
        found = measured(rows, self.measure, as_of=self.as_of, rules=self.rules)
        found = ranked(found, self.order)
        return found.prefetch_related(current_assignments(actor, self.as_of), guides(actor, self.as_of, *GUIDING))

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        keys = [row.pk for row in rows]
        tasks, plans = open_tasks(self.actor, keys), current_plans(self.actor, keys, self.as_of)
        for row in rows:
            row.plan = plans.get(row.pk)
            row.facts = AssociationFacts(
                True,
                cover_of_row(row),
                False,
                row.relation_on_day,
                row.working_on_day,
                is_deferred=row.plan is not None and row.plan.kind == PlanKind.DEFERRAL,
            )
            size = Size(row.kind, row.is_industry_association, row.staff_count, row.full_time_staff_count)
            row.priority = priority(size, self.order)
            row.reason = self.reason(row)
            row.task_due_on = tasks.get(row.pk)
        return rows

    def reason(self, row: Any) -> Any:
        return instead_text(row.facts, self.rules)


class NotBuiltList(ShouldEstablishList):
    """All without an organisation, each with its one reason (R-078, R-083)."""

    title = "未建党组织原因"
    filterset_class = NotBuiltFilter
    measure = Measure.NOT_BUILT
    columns = (
        NAME,
        REGION,
        answering_column(AssignmentRole.PARTY_COMMITTEE, "committee"),
        Column(
            "why",
            "未建原因",
            value="reason",
            kind="state",
            tone=lambda row: WHY_TONES[row.reason],
            card="tag",
        ),
        Column("priority", "优先次序", value="priority", sort="priority_rank"),
        RELATION,
        WORKING,
        COVER,
        Column("plan", "组建安排", value=lambda row: plan_text(row.plan), css="long"),
        Column("instructor", "指导员、联络员", value=guide_names),
    )
    empty = Empty("没有未建党组织的社会组织。")
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    actions = (
        PageAction("应建未建名单", "partybuilding:should_establish", primary=False),
        PageAction("党建信息库", "partybuilding:info_pool", primary=False),
        PageAction("分类指导", "partybuilding:categories", primary=False),
    )

    def list_notes(self) -> list[str]:
        return [
            "口径：状态正常，没有单独组建党组织，并且组织未覆盖或者人数已够。由联合等党组织覆盖、人数不足的不在此列。",
            "每家只有一个原因；各原因家数之和等于本名单家数。",
        ]

    def reason(self, row: Any) -> WhyNot:
        found = why_not(row.facts, self.rules, row.plan.ground if row.plan else "")
        assert found is not None  # the list holds only those  # noqa: S101
        return found


class InfoPoolList(ListScreen):
    """党建信息库 (R-083): some members, too few for an organisation, covered by none; who prepares it, by when."""

    policy = Policy(WORKSPACE)
    title = "党建信息库"
    unit = "家"
    model = Association
    filterset_class = PoolFilter
    default_order = ("pool_since", "name", "pk")
    shows_as_of = True
    columns = (
        NAME,
        REGION,
        answering_column(AssignmentRole.PARTY_COMMITTEE, "committee"),
        RELATION,
        WORKING,
        Column("since", "列入日期", value="pool_since", kind="date", sort="pool_since"),
        Column("organiser", "党建组织员", value=guide_names),
        Column("due_on", "明确组织员期限", value=lambda row: row.organiser_due, kind="deadline"),
    )
    empty = Empty("信息库中没有社会组织。有党员、暂不具备条件又没有党组织覆盖的，自动列入。")
    bulk_actions: ClassVar[Sequence[BulkAction]] = (
        BulkAction("organiser", "指派党建组织员", "partybuilding:bulk_organiser", roles=coverage_services.INSTRUCTING),
    )
    actions = (PageAction("应建未建名单", "partybuilding:should_establish", primary=False),)

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    @cached_property
    def rules(self) -> CoverageRules:
        return coverage_rules(self.as_of)

    @cached_property
    def days(self) -> int:
        return organiser_days(self.as_of)

    def list_notes(self) -> list[str]:
        least, days = self.rules.should_establish_member_count, self.days
        return [
            f"口径：状态正常，有正式党员、不足 {least} 名，没有党组织覆盖。"
            "列入日期是最近连续填报为这种情况的第一次统计日期；"
            f"列入后 {days} 日内明确党建组织员。"
        ]

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        rules = self.rules
        rows = annotate(super().get_queryset(actor).select_related("region"), actor, self.as_of)
        found = with_pool(measured(rows, Measure.INFO_POOL, as_of=self.as_of, rules=rules), self.as_of, rules)
        return found.prefetch_related(
            current_assignments(actor, self.as_of), guides(actor, self.as_of, InstructorKind.ORGANISER)
        )

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            waits = row.pool_since is not None and not row.instructors_on_day
            row.organiser_due = (organiser_due(row.pool_since, self.days), self.as_of) if waits else None
        return rows


class EachOne(BulkActionScreen):
    """One decision for several associations; those that refuse it are named, the others are done."""

    model = Association
    measure: ClassVar[Measure] = Measure.SHOULD_NOT_BUILT
    list_name: ClassVar[str] = "partybuilding:should_establish"
    list_title: ClassVar[str] = "应建未建名单"
    verb: ClassVar[str] = "办理"

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        return measured(scoped(Association, actor), self.measure, as_of=self.as_of)

    def crumbs(self) -> list[Crumb]:
        return [*coverage_crumbs(), Crumb(self.list_title, reverse(self.list_name))]

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def one(self, association: Association, form: Any) -> Any:
        raise NotImplementedError

    def perform(self, form: Any) -> list[Any]:
        done, refused = [], []
        for association in self.objects:
            try:
                done.append(self.one(association, form))
            except Refused as reason:
                refused.append(f"「{association}」没有{self.verb}：{reason.reason}")
        if not done:
            raise Refused("bulk.none_done", " ".join(refused))
        for text in refused:
            messages.warning(self.request, text)
        return done

    def success_url(self, result: Any) -> str:
        return reverse(self.list_name)


class BulkAssign(EachOne):
    """Assign one instructor to several associations and lay a task on each one's committee."""

    policy = Policy(coverage_services.INSTRUCTING, EDIT)
    title = "指派指导员并交办组建"
    filterset_class = EstablishFilter
    form_class: ClassVar[type[ScreenForm]] = FoundingForm
    submit_label = "指派并交办"
    verb = "指派"
    assign: ClassVar[Callable[..., Any]] = staticmethod(coverage_services.assign_instructor)

    def consequences(self) -> list[str]:
        return [
            "所选社会组织各增加一名指导员，从起始日期起计入工作覆盖。",
            "每家社会组织所属的综合（行业）党委收到一项有期限的组建任务，登记党组织后自动办结。",
        ]

    def one(self, association: Association, form: Any) -> Any:
        given = {"due_on": None, **form.cleaned_data}
        return self.assign(association, actor=self.actor, now=timezone.now(), **given)

    def perform(self, form: Any) -> list[Any]:
        done = super().perform(form)
        for finding in done[-1].findings:
            messages.warning(self.request, finding.text)
        return done

    def success_text(self, result: list[Any]) -> str:
        return f"已指派 {len(result)} 家，并交办组建任务。"


class BulkOrganiser(BulkAssign):
    """Name one 党建组织员 for several associations of the information pool."""

    title = "指派党建组织员"
    filterset_class = PoolFilter
    form_class = OrganiserForm
    submit_label = "指派"
    measure = Measure.INFO_POOL
    list_name = "partybuilding:info_pool"
    list_title = "党建信息库"

    def consequences(self) -> list[str]:
        return ["所选社会组织明确了党建组织员，负责掌握党员变化、做好组建准备。党建组织员不计入工作覆盖。"]

    def success_text(self, result: list[Any]) -> str:
        return f"已为 {len(result)} 家明确党建组织员。"


class BulkPlan(EachOne):
    """Plan the founding in several associations by one day."""

    policy = Policy(services.PLANNERS, EDIT)
    title = "列入组建计划"
    filterset_class = EstablishFilter
    form_class = FoundingPlanForm
    submit_label = "列入计划"

    def consequences(self) -> list[str]:
        return [
            "所选社会组织各登记一项组建计划，已有的计划改按新的期限执行。",
            "所属综合（行业）党委收到或更新组建任务。列入计划的仍计为应建未建，直到组建完成。",
        ]

    def one(self, association: Association, form: Any) -> Any:
        return services.record_plan(
            association, kind=PlanKind.FOUNDING, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )

    def success_text(self, result: list[Any]) -> str:
        return f"已将 {len(result)} 家列入组建计划。"
