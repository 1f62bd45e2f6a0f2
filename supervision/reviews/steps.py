"""Pages of the single steps: send back, record, reconsider, urge, a batch; and what was before."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import ALLOWED, Conflict, Decision, Refused
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE, Role
from portal.people.screens import RevealScreen
from portal.privacy.masks import mask_text
from portal.regulations.rules import ConfigurationError, Deadline
from portal.screens.actions import ActionScreen, BulkActionScreen
from portal.screens.errors import render_error
from portal.screens.people import ShowsPeople, never_kept
from portal.screens.screen import Crumb, Screen
from portal.workflow.services import explain, history
from supervision.inspections.enums import InspectionState, Stage
from supervision.inspections.models import Inspection
from supervision.inspections.transitions import AMEND, RECONSIDER, RECORD, STAGE_OF_ROLE, TRANSITIONS, ReviewFacts
from supervision.reviews import services
from supervision.reviews.batches import Batch, batch_conclude, batch_forward, batch_plan
from supervision.reviews.comparison import Known, compare
from supervision.reviews.desk import EDIT, REVIEWERS, ReviewScreen
from supervision.reviews.dossier import Dossier, dossier, submission_known
from supervision.reviews.enums import Queue, Show
from supervision.reviews.filters import ReviewFilter
from supervision.reviews.forms import BatchForm, ReconsiderForm, RecordForm, ReturnForm, UrgeForm
from supervision.reviews.resources import UNDONE
from supervision.reviews.selectors import queue_q, reviewable
from supervision.rounds.selectors import form_of

BATCH_LIMIT = 200
LABELS = {one.name: one.label for one in TRANSITIONS} | {UNDONE: "撤销导入，恢复原状态"}


class StepScreen(ReviewScreen, ActionScreen):
    """A step with a page of its own; two people at it at once see both versions."""

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.object.association), self.page_url())]

    def success_url(self, result: Any) -> str:
        return self.page_url()

    def cancel_url(self) -> str:
        return self.page_url()

    def render_conflict(self, form: Any, conflict: Conflict) -> HttpResponse:
        return self.conflict(conflict)


class ReturnPage(StepScreen):
    """Who gets which words back, by when; one POST sends them."""

    policy = Policy(REVIEWERS, EDIT)
    title = "退回补正"
    template_name = "supervision/reviews/return.html"
    form_class = ReturnForm
    is_dangerous = True

    @cached_property
    def drafts(self) -> list[tuple[str, str]]:
        """What is sent, in the form's order: (where, words)."""
        stage = STAGE_OF_ROLE[self.actor.role]
        form = form_of(self.object.form)
        order = {code: place for place, code in enumerate(form.fields)}
        rows = list(services.open_remarks(self.object, stage).order_by("pk"))
        sections = {section.code: (place, section.title) for place, section in enumerate(form.sections)}
        rows.sort(key=lambda one: (sections.get(one.section, (99, ""))[0], order.get(one.field, -1)))
        return [
            (
                form.fields[one.field].label
                if one.field in form.fields
                else f"{sections.get(one.section, (0, one.section))[1]}（整个部分）",
                one.text,
            )
            for one in rows
        ]

    @cached_property
    def comment(self) -> str:
        return services.draft_comment(self.object, STAGE_OF_ROLE[self.actor.role])

    def initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("days", "")
        days = int(asked) if asked.isdecimal() and 0 < int(asked[:3]) <= 60 else 0
        return {"days": days or self.object.round.correction_working_days}

    def decision(self) -> Decision:
        facts = ReviewFacts(remark_count=len(self.drafts), comment=self.comment)
        decision = explain(services.returning(self.object), self.object, actor=self.actor, facts=facts)
        return Decision(False, str(self.due)) if decision and isinstance(self.due, ConfigurationError) else decision

    @cached_property
    def due(self) -> Deadline | ConfigurationError:
        """By when the correction is due; the calendar may lack the year."""
        try:
            return services.correction_due(self.object, timezone.now(), self.initial()["days"])
        except ConfigurationError as problem:
            return problem

    def consequences(self) -> Sequence[str]:
        if isinstance(self.due, ConfigurationError):
            return ()
        days, due = self.initial()["days"], self.due.display()
        opened = "只有下列项目所在的部分可以修改，其余部分保持不变。" if self.drafts else "全部内容重新开放修改。"
        return [
            f"「{self.object.association}」收到退回通知，须在 {due} 前补正（今天起 {days} 个工作日）。",
            opened,
            "补正后直接回到本环节，届时只显示改动的内容。",
        ]

    def context(self) -> dict[str, Any]:
        count = len(self.drafts)
        return {
            "drafts": self.drafts,
            "comment": self.comment,
            "submit_label": f"退回 {count} 处" if count else "退回全部材料",
        }

    def perform(self, form: Any) -> Any:
        self.onward = self.after_step_url()
        due = services.correction_due(self.object, timezone.now(), form.cleaned_data["days"])
        return services.send_back(
            self.object,
            comment=self.comment,
            due_on=due.on,
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )

    def success_text(self, result: Any) -> str:
        provisional = "（暂定）" if result.is_due_provisional else ""
        return f"「{self.object.association}」已退回，补正期限 {result.due_on}{provisional}。"

    def success_url(self, result: Any) -> str:
        return self.onward


class RecordPage(StepScreen):
    """A conclusion made elsewhere, with the number of its document; the same page corrects what was copied wrongly."""

    policy = Policy(services.RECORDERS, EDIT)
    title = "录入年检结论"
    form_class = RecordForm

    def page_title(self) -> str:
        return "更正录入的年检结论" if self.is_amended else self.title

    @property
    def is_amended(self) -> bool:
        return bool(self.object.state == InspectionState.CONCLUDED)

    def initial(self) -> dict[str, Any]:
        one = self.object
        return {
            "conclusion": one.conclusion,
            "number": one.conclusion_number,
            "on": one.conclusion_on or self.today,
            "reason": one.conclusion_reason,
        }

    def decision(self) -> Decision:
        facts = ReviewFacts(is_by_account=self.object.conclusion_source == "account")
        return explain(AMEND if self.is_amended else RECORD, self.object, actor=self.actor, facts=facts)

    def consequences(self) -> Sequence[str]:
        return [
            "结论由登记管理机关作出，这里按文书录入，文号和录入人记入办理经过。",
            "社会组织可以看到结论、文号和说明。",
        ]

    def context(self) -> dict[str, Any]:
        return {"submit_label": self.page_title()}

    def perform(self, form: Any) -> Any:
        return services.record_conclusion(
            self.object, actor=self.actor, version=self.version, now=timezone.now(), **form.cleaned_data
        )

    def success_text(self, result: Any) -> str:
        return f"已录入：{result.get_conclusion_display()}，{result.conclusion_number}。"


class ReconsiderPage(StepScreen):
    """The registrar takes its conclusion back."""

    policy = Policy({Role.REGISTRAR}, EDIT)
    title = "撤回结论重新审查"
    form_class = ReconsiderForm
    is_dangerous = True
    success_message = "结论已撤回，这份年检回到您的待审核队列。"

    def decision(self) -> Decision:
        facts = ReviewFacts(is_submitted=self.object.submitted_at is not None)
        return explain(RECONSIDER, self.object, actor=self.actor, facts=facts)

    def consequences(self) -> Sequence[str]:
        label = self.object.get_conclusion_display() or "—"
        return [f"原结论「{label}」不再有效，留在办理经过中。", "社会组织看到的状态变为「登记管理机关审查中」。"]

    def perform(self, form: Any) -> Any:
        return services.reconsider(
            self.object,
            reason=form.cleaned_data["reason"],
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )


class UrgePage(StepScreen):
    """The department reminds whoever has the filing in hand."""

    policy = Policy(services.WATCHERS, EDIT)
    title = "催办"
    form_class = UrgeForm
    submit_label = "发出催办"

    @cached_property
    def holder(self) -> tuple[str, str] | Refused:
        try:
            role, body = services.holder_of(self.object)
        except Refused as refused:
            return refused
        return Role(role).label, body.label

    def decision(self) -> Decision:
        return Decision(False, self.holder.reason) if isinstance(self.holder, Refused) else ALLOWED

    def initial(self) -> dict[str, Any]:
        due_on = self.object.due_on
        return {"due_on": due_on if due_on is not None and due_on > self.today else None}

    def consequences(self) -> Sequence[str]:
        if isinstance(self.holder, Refused):
            return ()
        role, body = self.holder
        return [f"「{body}」（{role}）收到一项有期限的任务，办理后自动办结。", "办理由承办单位决定，催办不改变环节。"]

    def perform(self, form: Any) -> Any:
        return services.urge(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_text(self, result: Any) -> str:
        return f"已催办「{result.body_label}」，期限 {result.due_on}。"


class BatchPage(BulkActionScreen):
    """Several filings without flags at once; who passes, who is drawn for a look, who is refused and why."""

    policy = Policy(REVIEWERS, EDIT)
    title = "批量通过"
    template_name = "supervision/reviews/batch.html"
    model = Inspection
    filterset_class = ReviewFilter
    form_class = BatchForm

    def get_queryset(self, actor: Actor) -> QuerySet[Inspection]:
        return reviewable(actor).filter(queue_q(Queue.MINE, actor.role, self.today))

    def crumbs(self) -> list[Crumb]:
        return [Crumb("年检审核", reverse("supervision:reviews"))]

    @property
    def is_concluding(self) -> bool:
        return STAGE_OF_ROLE.get(self.actor.role) == Stage.REGISTRAR

    @cached_property
    def plan(self) -> tuple[list[Inspection], list[Inspection], list[tuple[Inspection, str]]]:
        return batch_plan(self.objects, actor=self.actor, now=timezone.now())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if len(self.objects) > BATCH_LIMIT:
            return render_error(
                request,
                400,
                title="一次选择的件数太多",
                cause=f"批量通过一次最多 {BATCH_LIMIT} 件，现在选择了 {len(self.objects)} 件。",
                remedy="请先用筛选条件分批，再逐批办理。",
            )
        return super().post(request, *args, **kwargs)

    def decision(self) -> Decision:
        passing, sampled, _refused = self.plan
        if passing or sampled:
            return ALLOWED
        return Decision(False, "所选各件都不能批量办理，原因见上。请逐件审核。")

    def consequences(self) -> Sequence[str]:
        what = "结论均为「合格」" if self.is_concluding else "均按「同意」办理，报下一环节"
        return [f"下列没有规则提示的各件，{what}。", "抽查件留在队列中，须逐件审核。"]

    def context(self) -> dict[str, Any]:
        passing, sampled, refused = self.plan
        verb = "作出合格结论" if self.is_concluding else "通过"
        return {
            "passing": passing,
            "sampled": sampled,
            "refused": refused,
            "submit_label": f"{verb} {len(passing)} 件",
            "seen": [f"{one.pk}:{one.version}" for one in [*passing, *sampled]],
        }

    def perform(self, form: Any) -> Batch:
        versions = form.versions()
        given = [(one, versions[one.pk]) for one in self.objects if one.pk in versions]
        if not given:
            raise Refused("batch.empty", "没有可以办理的件。请回到名单重新选择。")
        done = (batch_conclude if self.is_concluding else batch_forward)(given, actor=self.actor, now=timezone.now())
        for one, why in done.refused:
            messages.warning(self.request, f"「{one.association}」没有办理：{why}")
        for one in done.sampled:
            messages.info(self.request, f"「{one.association}」抽为抽查件，请逐件审核。")
        return done

    def success_text(self, result: Batch) -> str:
        return f"已办理 {len(result.done)} 件。" if result.done else ""

    def success_url(self, result: Batch) -> str:
        return reverse("supervision:reviews")


class HistoryPage(ReviewScreen, ShowsPeople, Screen):
    """Every move, opinion, return and hand-in; each hand-in can be read as it was (`?submission=2`)."""

    policy = Policy(WORKSPACE)
    title = "办理经过和历次报送"
    template_name = "supervision/reviews/history.html"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.object.association), self.page_url())]

    @cached_property
    def dossier(self) -> Dossier:
        return dossier(self.object, self.actor, self.today)

    def context(self) -> dict[str, Any]:
        found = self.dossier
        asked = self.request.GET.get("submission", "")
        chosen = next((one for one in found.submissions if str(one.sequence) == asked), None)
        known: Known | None = submission_known(found, chosen) if chosen is not None else None
        if known is not None and found.is_personal:
            self.show_people([self.object.pk], tab=f"submission{chosen.sequence}" if chosen else "")
        moves = [(one, LABELS.get(one.transition, one.transition)) for one in history(self.object)]
        return {
            "inspection": self.object,
            "moves": moves,
            "returns": [(one, [said for said in found.remarks if said.sent_in_id == one.pk]) for one in found.returns],
            "labels": {code: one.label for code, one in found.form.fields.items()},
            "opinions": found.opinions,
            "submissions": found.submissions,
            "chosen": chosen,
            "parts": compare(known, Show.ALL, party_first=False) if known is not None else [],
            "this_label": f"第 {chosen.sequence} 次报送" if chosen else "",
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self.render()
        return never_kept(response) if self.has_shown_people else response


class AnswerReveal(ReviewScreen, RevealScreen):
    """One personal answer of the latest hand-in in full, for a purpose, written down first."""

    policy = Policy(WORKSPACE, EDIT)
    title = "查看完整内容"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.object.association), self.page_url())]

    def cancel_url(self) -> str:
        return self.page_url()

    def subject_of(self) -> str:
        return str(self.object.association)

    @cached_property
    def personal(self) -> tuple[Any, list[tuple[str, str]]]:
        return services.personal_answers(self.object)

    def numbers(self) -> list[tuple[str, str]]:
        return self.personal[1]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if not form.is_valid():
            return never_kept(self.render_form(form, status=422))
        submission, numbers = self.personal
        field, purpose = form.cleaned_data["field"], mask_text(form.words)
        try:
            value = services.reveal_answer(submission, field, purpose=purpose, actor=self.actor, now=timezone.now())
        except Refused as refused:
            form.add_error(None, self.remember(refused))
            return never_kept(self.render_form(form, status=422))
        label = dict(numbers)[field]
        shown = self.render(form=self.get_form(), version=None, value=value, value_label=label, purpose=purpose)
        return never_kept(shown)
