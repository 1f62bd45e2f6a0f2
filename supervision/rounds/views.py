"""Pages of rounds: the list, the preparing forms, opening and closing, and the exceptions of single associations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, WORKSPACE, Role
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import number_text
from portal.workflow.services import explain
from supervision.discipline.selectors import figure_q
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection
from supervision.inspections.transitions import EXEMPT, REINSTATE, ReviewFacts
from supervision.rounds import expectation, services
from supervision.rounds.enums import ROUND_TONES, RoundLabel, RoundState
from supervision.rounds.forms import ExtendForm, ReasonForm, RoundForm, TrackForm
from supervision.rounds.models import Round, RoundTrack
from supervision.rounds.rules import OpenFacts
from supervision.rounds.transitions import CLOSE, OPEN

EDIT = {"GET", "POST"}
SECTIONS_TEMPLATE = "associations/registry/association_form.html"
ADMIN = {Role.DEPARTMENT_ADMIN}


def rounds_crumb() -> Crumb:
    return Crumb("年检年报", reverse("supervision:rounds"))


def round_crumb(a_round: Round) -> Crumb:
    return Crumb(str(a_round), reverse("supervision:round", args=[a_round.pk]))


class RoundList(ListScreen):
    """All rounds; those that are being prepared only for the department."""

    policy = Policy(WORKSPACE)
    title = "年检年报"
    unit = "个批次"
    model = Round
    default_order = ("-report_year", "-pk")
    columns = (
        Column(
            "title",
            "批次",
            link=lambda row: reverse("supervision:round", args=[row.pk]),
            sort="title",
            card="title",
        ),
        Column("report_year", "报告年度", value=lambda row: str(row.report_year), sort="report_year"),
        Column(
            "state",
            "状态",
            value=lambda row: RoundState(row.state),
            kind="state",
            tone=lambda row: ROUND_TONES[row.state],
            sort="state",
            card="tag",
        ),
        Column("place", "报送方式", value=lambda row: row.get_place_display()),
        Column("opens_on", "开始填报", kind="date", sort="opens_on"),
        Column("expected", "应填报（家）", kind="number"),
        Column("submitted", "已报送（家）", kind="number"),
        Column("overdue", "逾期未报（家）", kind="number"),
    )
    empty = Empty(
        "还没有年检年报批次。建立批次后，按规定的对象和期限生成填报安排。",
        "建立批次",
        "supervision:round_new",
        DEPARTMENT,
    )
    actions = (PageAction("建立批次", "supervision:round_new", roles=DEPARTMENT, icon="plus"),)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        counted = {
            name: Count("pk", filter=figure_q(name, self.today)) for name in ("expected", "submitted", "overdue")
        }
        found = scoped(Inspection, self.actor).filter(round__in=[row.pk for row in rows]).order_by().values("round")
        numbers: dict[int, Any] = {line["round"]: line for line in found.annotate(**counted)}
        for row in rows:
            for name in counted:
                setattr(row, name, numbers.get(row.pk, {}).get(name, 0) if row.state != RoundState.DRAFT else None)
        return rows


class RoundNew(FormScreen):
    policy = Policy(DEPARTMENT, EDIT)
    title = "建立批次"
    form_class = RoundForm
    template_name = SECTIONS_TEMPLATE
    intro = "建立后按规定生成各类社会组织的填报安排，核对后再启动；启动之前填报人看不到。"
    success_message = "已建立。请核对填报安排，再启动填报。"

    def crumbs(self) -> list[Crumb]:
        return [rounds_crumb()]

    def initial(self) -> dict[str, Any]:
        return {"report_year": self.today.year - 1, "review_working_days": 10, "correction_working_days": 5}

    def context(self) -> dict[str, Any]:
        return {"sections": RoundForm.SECTIONS}

    def save(self, form: Any) -> Round:
        return services.create_round(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Round) -> str:
        return reverse("supervision:round", args=[result.pk])


class RoundScreen:
    """What the pages about one round share."""

    model: Any = Round
    actor: Actor
    object: Any

    def crumbs(self) -> list[Crumb]:
        return [rounds_crumb(), round_crumb(self.object)]

    def success_url(self, result: Any) -> str:
        return reverse("supervision:round", args=[self.object.pk])


class RoundEdit(RoundScreen, FormScreen):
    policy = Policy(DEPARTMENT, EDIT)
    title = "修改批次"
    form_class = RoundForm
    template_name = SECTIONS_TEMPLATE
    submit_label = "保存修改"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in RoundForm.base_fields}

    def context(self) -> dict[str, Any]:
        return {"sections": RoundForm.SECTIONS}

    def save(self, form: Any) -> Round:
        given = {**form.cleaned_data, "title": form.cleaned_data["title"] or self.object.title}
        return services.edit_round(self.object, version=self.version, actor=self.actor, now=timezone.now(), **given)


class TrackNew(RoundScreen, FormScreen):
    policy = Policy(DEPARTMENT, EDIT)
    title = "添加填报安排"
    form_class = TrackForm
    success_message = "已添加。"

    def initial(self) -> dict[str, Any]:
        return {"has_party_clearance": True}

    def save(self, form: Any) -> RoundTrack:
        return services.add_track(
            self.object, version=self.version, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )


class TrackScreen:
    """What the pages of one arrangement share; the version is the round's."""

    model: Any = RoundTrack
    pk_kwarg = "track_pk"
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[RoundTrack]:
        return scoped(RoundTrack, actor).select_related("round")

    def current_version(self) -> int:
        return int(self.object.round.version)

    def crumbs(self) -> list[Crumb]:
        return [rounds_crumb(), round_crumb(self.object.round)]

    def success_url(self, result: Any) -> str:
        return reverse("supervision:round", args=[self.object.round_id])


class TrackEdit(TrackScreen, FormScreen):
    policy = Policy(DEPARTMENT, EDIT)
    title = "修改填报安排"
    form_class = TrackForm
    submit_label = "保存修改"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in TrackForm.base_fields}

    def save(self, form: Any) -> RoundTrack:
        return services.edit_track(
            self.object, version=self.version, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )


class TrackRemove(TrackScreen, ActionScreen):
    policy = Policy(DEPARTMENT, EDIT)
    title = "删除填报安排"
    is_dangerous = True
    success_message = "已删除。"

    def consequences(self) -> list[str]:
        return ["这一类型和管理方式的社会组织不再列入本批次；其他安排不受影响。"]

    def perform(self, form: Any) -> None:
        services.remove_track(self.object, version=self.version, actor=self.actor, now=timezone.now())


class RoundOpen(RoundScreen, ActionScreen):
    """Says exactly how many of which kind will be expected, and opens."""

    policy = Policy(ADMIN, EDIT)
    title = "启动填报"
    success_message = "已启动，正在生成填报名单。"

    @property
    def expected(self) -> list[expectation.Expected]:
        if "_expected" not in self.__dict__:
            self.__dict__["_expected"] = expectation.expected(self.object, timezone.localdate())
        return self.__dict__["_expected"]  # type: ignore[no-any-return]

    def decision(self) -> Decision:
        facts = OpenFacts(sum(one.count for one in self.expected))
        return explain(OPEN, self.object, actor=self.actor, facts=facts)

    def consequences(self) -> list[str]:
        total = sum(one.count for one in self.expected)
        said = [f"共 {number_text(total)} 家社会组织列入填报名单，填报人即可开始填报。"]
        said += [_said(one) for one in self.expected]
        said += [one for one in [charity_said(self.object, self.actor, timezone.localdate())] if one]
        without = sum(one.without_registrar for one in self.expected)
        if without:
            said.append(f"其中 {number_text(without)} 家没有对应的登记管理机关，请在责任单位名录中补齐后再审查。")
        missing = expectation.uncovered(self.object, timezone.localdate())
        said += [f"{label} {number_text(count)} 家没有填报安排，不列入名单。" for label, count in missing]
        said.append("启动后填报对象、表单和截止日期不能再改；新登记入库的由系统每天补充。")
        return said

    def perform(self, form: Any) -> Round:
        return services.open_round(self.object, actor=self.actor, version=self.version, now=timezone.now())


def charity_said(a_round: Round, actor: Actor, day: date) -> str:
    """R-030 for the reader's own scope: those of whom nobody has said whether they are charities; empty without any."""
    count = expectation.charity_unknown(a_round, actor, day)
    taken = "不列入年度报告" if a_round.label == RoundLabel.REPORT else "列入年度检查"
    return f"{number_text(count)} 家未填报是否慈善组织，按非慈善组织处理，{taken}。" if count else ""


def _said(one: expectation.Expected) -> str:
    track = one.track
    parts = [f"{track}：{number_text(one.count)} 家"]
    if track.has_first_review:
        parts.append(
            f"其中 {number_text(one.with_supervisor)} 家由业务主管单位初审（{track.to_supervisor_by} 截止），"
            f"其余直接报登记管理机关（{track.to_registrar_by} 截止）"
        )
    else:
        parts.append(f"直接报登记管理机关（{track.to_registrar_by} 截止）")
    if one.late_registered:
        parts.append(f"另有 {number_text(one.late_registered)} 家在 {track.registered_by} 以后登记，不列入")
    return "，".join(parts) + "。"


class RoundFill(RoundScreen, ActionScreen):
    policy = Policy(DEPARTMENT, EDIT)
    title = "补充填报名单"
    success_message = "正在补充名单。"

    def consequences(self) -> list[str]:
        return [
            "按填报安排把名录中新增的、应当填报而不在名单内的社会组织列入；已有记录不变。",
            "已注销、撤销而没有报送的列为不需填报。",
        ]

    def perform(self, form: Any) -> Any:
        return services.request_filling(self.object, actor=self.actor, now=timezone.now())


class RoundClose(RoundScreen, ActionScreen):
    policy = Policy(ADMIN, EDIT)
    title = "结束填报"
    is_dangerous = True
    success_message = "已结束。"

    def decision(self) -> Decision:
        return explain(CLOSE, self.object, actor=self.actor)

    def consequences(self) -> list[str]:
        waiting = Q(state__in=["not_started", "drafting"])
        count = scoped(Inspection, self.actor).filter(waiting, round=self.object).count()
        return [
            f"{number_text(count)} 家还没有报送，结束后不能再提交；已填内容仍可查看和导出。",
            "退回补正的仍可在补正期限内重新报送；登记管理机关批准延期的仍可报送。",
            "审核和作结论不受影响。",
        ]

    def perform(self, form: Any) -> Round:
        return services.close_round(self.object, actor=self.actor, version=self.version, now=timezone.now())


class ExceptionScreen:
    """What the pages of an exception of one association share."""

    model: Any = Inspection
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[Inspection]:
        return scoped(Inspection, actor).select_related("round", "association", "form").defer("form__source")

    def crumbs(self) -> list[Crumb]:
        there = reverse("supervision:round_filings", args=[self.object.round_id])
        return [rounds_crumb(), round_crumb(self.object.round), Crumb("填报名单", there)]

    def success_url(self, result: Any) -> str:
        return f"{reverse('supervision:round_filings', args=[self.object.round_id])}?q={self.object.number}"


class Extend(ExceptionScreen, ActionScreen):
    """R-031: an extension is the registrar's decision."""

    policy = Policy({Role.REGISTRAR}, EDIT)
    title = "批准延期报送"
    form_class = ExtendForm
    success_message = "已批准延期。"

    def consequences(self) -> list[str]:
        one = self.object
        is_returned = one.state == InspectionState.RETURNED and one.step_due_on
        what, day = ("补正期限", one.step_due_on) if is_returned else ("报送截止日期", one.filing_due_on)
        return [f"{what}由 {day} 改为所填日期，在这一天以前（含当天）报送不记为逾期。"]

    def perform(self, form: Any) -> Any:
        return services.extend(
            self.object,
            form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
            number=form.cleaned_data["number"],
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )


class Exempt(ExceptionScreen, ActionScreen):
    policy = Policy({Role.REGISTRAR, Role.DEPARTMENT_ADMIN}, EDIT)
    title = "列为不需填报"
    form_class = ReasonForm
    success_message = "已列为不需填报。"

    def decision(self) -> Decision:
        return explain(EXEMPT, self.object, actor=self.actor, facts=ReviewFacts())

    def consequences(self) -> list[str]:
        return ["不再计入应填报，也不再提醒；已填内容保留，可以恢复。"]

    def perform(self, form: Any) -> Any:
        reason = form.cleaned_data["reason"]
        return services.exempt(self.object, reason=reason, actor=self.actor, version=self.version, now=timezone.now())


class Reinstate(ExceptionScreen, ActionScreen):
    policy = Policy({Role.REGISTRAR, Role.DEPARTMENT_ADMIN}, EDIT)
    title = "恢复填报"
    form_class = ReasonForm
    success_message = "已恢复填报。"

    def decision(self) -> Decision:
        return explain(REINSTATE, self.object, actor=self.actor, facts=ReviewFacts())

    def consequences(self) -> list[str]:
        return ["重新计入应填报，按原截止日期提醒；已填内容还在。"]

    def perform(self, form: Any) -> Any:
        reason = form.cleaned_data["reason"]
        return services.reinstate(
            self.object, reason=reason, actor=self.actor, version=self.version, now=timezone.now()
        )
