"""Every write of a review: remarks, the steps of the three stages, the conclusion and what may follow it.

Who may take a step is the transition's (`inspections.transitions`); two people at one filing are settled there too, by
one UPDATE that names the version each of them saw.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from associations.registry.models import Department
from partybuilding.embedding.enums import Stage as Embedded
from partybuilding.embedding.services import keep_check
from portal.access.actor import Actor, Scope
from portal.access.decisions import Conflict, Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.audit.services import record, record_access
from portal.notices.models import Task
from portal.notices.services import close_for_subject, open_task
from portal.privacy.services import PURPOSE_LENGTH, SHORTEST_PURPOSE
from portal.regulations.calendar import work_calendar
from portal.regulations.rules import ConfigurationError, Deadline
from portal.workflow.services import apply, history
from portal.workflow.transitions import Transition
from supervision.inspections.enums import (
    RETURN_TASK,
    STAGE_STATES,
    UNDER_REVIEW,
    URGE_TASK,
    ConclusionSource,
    InspectionState,
    Stage,
)
from supervision.inspections.models import Inspection, Submission
from supervision.inspections.sealed import opened_answers
from supervision.inspections.services import open_for_correction
from supervision.inspections.transitions import (
    AMEND,
    CONCLUDE,
    FORWARD,
    HOLDER,
    RECONSIDER,
    RECORD,
    RETURN,
    STAGE_OF_ROLE,
    STAGE_OF_STATE,
    ReviewFacts,
    may_go_on,
    next_stage,
)
from supervision.reviews.models import Opinion, Remark, Return
from supervision.rounds.selectors import form_of

WATCHERS = DEPARTMENT | {Role.REGIONAL_OFFICE}
RECORDERS = frozenset({str(Role.REGISTRAR), str(Role.DEPARTMENT_ADMIN)})
TEXT_LENGTH = 500
WHY = "the reviewer's own filing, reached through its scope"
GENERAL = ""  # the section under which a general comment is kept until it is sent


def stage_of(actor: Actor) -> Stage | None:
    """The stage that a role holds; none for those who watch."""
    return STAGE_OF_ROLE.get(actor.role)


def forwarding(inspection: Inspection) -> Transition:
    """The step that lets the filing go on from where it is; whoever may not take it is told so by the step itself."""
    stage = STAGE_OF_STATE.get(inspection.state, Stage.SUPERVISOR)
    after = next_stage(stage, inspection.stages) if stage in inspection.stages else None
    return FORWARD.get((stage, after or Stage.REGISTRAR), FORWARD[(Stage.COMMITTEE, Stage.REGISTRAR)])


def returning(inspection: Inspection) -> Transition:
    return RETURN[STAGE_OF_STATE.get(inspection.state, Stage.SUPERVISOR)]


def step_due(inspection: Inspection, now: datetime) -> date | None:
    """By when the next stage is to be done: the round's working days from the hand-over on.

    None while the calendar of that year is not entered: no hand-over fails for that.
    """
    try:
        return work_calendar().add_working_days(timezone.localdate(now), inspection.round.review_working_days).on
    except ConfigurationError:
        return None


def correction_due(inspection: Inspection, now: datetime, days: int | None = None) -> Deadline:
    """By when a return is to be answered; the round says how many working days where the reviewer does not."""
    return work_calendar().add_working_days(timezone.localdate(now), days or inspection.round.correction_working_days)


def open_remarks(inspection: Inspection, stage: Stage) -> Any:
    """What a stage has written about fields and sections and not sent yet."""
    return _drafts(inspection, stage).exclude(section=GENERAL)


def _drafts(inspection: Inspection, stage: Stage) -> Any:
    return Remark.objects.unscoped(WHY).filter(inspection=inspection, stage=stage, sent_in=None)


def draft_comment(inspection: Inspection, stage: Stage) -> str:
    """The general comment that a stage has written and not sent yet."""
    found = _drafts(inspection, stage).filter(section=GENERAL).first()
    return found.text if found else ""


# Remarks


def remark(
    inspection: Inspection, *, section: str, field: str, text: str, actor: Actor, now: datetime, seen: str | None = None
) -> Remark | None:
    """Keep what the stage has to say about a field (or, without one, a section) until it is sent; empty takes it back.

    Without a section it is the general comment. `seen` is what stood there when the person began; another text by now
    is a `Conflict` with both. Raises `Refused` where the filing is not on this actor's desk.
    """
    stage = _on_the_desk_of(inspection, actor)
    text = " ".join(text.split())
    if len(text) > TEXT_LENGTH:
        reason = f"意见最多 {TEXT_LENGTH} 个字，现在是 {len(text)} 个。请缩短后再保存。"
        raise Refused("review.remark", reason)
    with transaction.atomic():
        # Takes the filing's row: a step over this remark comes before it, and is seen, or after it, and counts it.
        held = Inspection.objects.unscoped(WHY).filter(pk=inspection.pk, state=STAGE_STATES[stage])
        if not held.update(updated_at=now):
            raise _not_on_desk(inspection)
        mine = _drafts(inspection, stage).filter(section=section, field=field)
        known = mine.first()
        present = known.text if known else ""
        if text == present:
            return known
        if seen is not None and seen != present:
            raise Conflict(
                "同一项目的意见在您打开之后已被他人修改，您的意见没有保存。",
                ours={"意见": text},
                theirs={"意见": present},
            )
        if not text:
            mine.delete()
            record("supervision.unremark", actor=actor, subject=inspection, before={"text": present}, now=now)
            return None
        written = {"text": text, "written_by_id": actor.user_id, "written_at": now}
        kept, _is_new = Remark.objects.unscoped(WHY).update_or_create(
            inspection=inspection, stage=stage, section=section, field=field, sent_in=None, defaults=written
        )
        record(
            "supervision.remark",
            actor=actor,
            subject=inspection,
            before={"text": present},
            after={"field": field or section or "总体意见", "text": text},
            now=now,
        )
    return kept


def unremark(remark_: Remark, *, actor: Actor, now: datetime) -> None:
    """Take back a remark that was not sent; `Refused` for one that was."""
    if remark_.sent_in_id is not None:
        raise Refused("review.sent", "这条意见已随退回发给社会组织，不能删去。")
    remark(remark_.inspection, section=remark_.section, field=remark_.field, text="", actor=actor, now=now)


def _on_the_desk_of(inspection: Inspection, actor: Actor) -> Stage:
    stage = stage_of(actor)
    within(inspection, actor)
    if stage is None or inspection.state != STAGE_STATES[stage]:
        raise _not_on_desk(inspection)
    return stage


def _not_on_desk(inspection: Inspection) -> Refused:
    inspection.refresh_from_db(fields=["state"])
    state = inspection.get_state_display()
    return Refused("review.desk", f"这份年检现在是「{state}」，不在您的办理环节，意见没有保存。请刷新页面。")


def within(inspection: Inspection, actor: Actor) -> None:
    """Raise `Refused("scope.outside")` for a filing beyond the actor's reach."""
    if not scoped(Inspection, actor).filter(pk=inspection.pk).exists():
        raise Refused("scope.outside", "这份年检不在您的范围内，不能办理。")


# The steps


def forward(
    inspection: Inspection,
    *,
    text: str,
    actor: Actor,
    version: int,
    now: datetime,
    set_aside: bool = False,
    is_batch: bool = False,
) -> Inspection:
    """The supervising unit's first-review opinion, or the committee's clearance of the Party block; on to the next.

    `set_aside`: remarks written and not sent are dropped, which is recorded; without it they hold the filing back.
    Raises `Refused`, or `Conflict` when somebody else was faster.
    """
    within(inspection, actor)
    text = _fits(text)
    step = forwarding(inspection)
    stage = STAGE_OF_STATE.get(inspection.state, Stage.SUPERVISOR)
    with transaction.atomic():
        count = _remarks_left(inspection, stage, actor=actor, now=now, set_aside=set_aside)
        due = step_due(inspection, now) if inspection.state in UNDER_REVIEW else None
        is_sampled = inspection.sampled_stage == stage
        _move(
            step,
            inspection,
            actor=actor,
            version=version,
            now=now,
            facts=ReviewFacts(remark_count=count),
            changes={"step_due_on": due, "sampled_stage": ""},
            comment=text,
        )
        _none_left(inspection, stage)
        _opine(inspection, stage, text or "同意。", actor=actor, now=now, is_batch=is_batch, is_sampled=is_sampled)
    return inspection


def send_back(
    inspection: Inspection,
    *,
    comment: str,
    actor: Actor,
    version: int,
    now: datetime,
    due_on: date | None = None,
) -> Return:
    """Send the filing back with the remarks of this stage and a general comment; only what they name is opened.

    Without a field named the whole filing is opened. `due_on`: the last day for the correction, by default the round's
    working days. Raises `Refused` when nothing says what to mend, `Conflict` when somebody else was faster.
    """
    within(inspection, actor)
    comment = _fits(comment)
    calendar = work_calendar()
    if due_on is None:
        due = correction_due(inspection, now)
    elif due_on <= timezone.localdate(now):
        raise Refused("return.due", f"补正期限 {due_on} 不晚于今天。请给社会组织留出办理时间。")
    else:
        due = Deadline(due_on, calendar.is_provisional(due_on))
    stage = STAGE_OF_STATE.get(inspection.state, Stage.SUPERVISOR)
    with transaction.atomic():
        count = open_remarks(inspection, stage).count()
        _move(
            returning(inspection),
            inspection,
            actor=actor,
            version=version,
            now=now,
            facts=ReviewFacts(remark_count=count, comment=comment),
            changes={
                "returned_from": stage,
                "return_count": inspection.return_count + 1,
                "step_due_on": due.on,
            },
            comment=comment,
        )
        submission = Submission.objects.unscoped(WHY).filter(inspection=inspection).order_by("-sequence").first()
        if submission is None:
            raise Refused("return.submission", "没有找到报送的材料，不能退回。请联系系统管理员。")
        sent = Return.objects.create(
            inspection=inspection,
            submission=submission,
            stage=stage,
            comment=comment,
            due_on=due.on,
            is_due_provisional=due.is_provisional,
            returned_by_id=actor.user_id,
            returner_label=actor.scope.label,
            returned_at=now,
        )
        remarks = open_remarks(inspection, stage)
        named = list(remarks.values_list("section", "field"))
        remarks.update(sent_in=sent)
        open_for_correction(inspection, named)
        open_task(
            kind=RETURN_TASK,
            subject=inspection,
            title=f"{inspection.round.report_year} 年度年检退回补正：{len(named)} 处" if named else "年检材料退回补正",
            url=reverse("supervision:filing", args=[inspection.pk]),
            for_role=Role.ASSOCIATION_FILER,
            body=Scope("association", inspection.association_id, inspection.association.name),
            due_on=due.on,
            actor=actor,
            now=now,
        )
    return sent


def conclude(
    inspection: Inspection,
    *,
    conclusion: str,
    reason: str,
    on: date,
    actor: Actor,
    version: int,
    now: datetime,
    number: str = "",
    set_aside: bool = False,
    is_batch: bool = False,
) -> Inspection:
    """The registrar concludes, 基本合格 and 不合格 with their reason (R-032); nobody else can."""
    within(inspection, actor)
    reason = _fits(reason)
    _refuse_future(on, now)
    with transaction.atomic():
        count = _remarks_left(inspection, Stage.REGISTRAR, actor=actor, now=now, set_aside=set_aside)
        is_sampled = inspection.sampled_stage == Stage.REGISTRAR
        _move(
            CONCLUDE,
            inspection,
            actor=actor,
            version=version,
            now=now,
            facts=ReviewFacts(remark_count=count, conclusion=conclusion, reason=reason),
            changes=_concluded(conclusion, number, on, reason, ConclusionSource.ACCOUNT),
            comment=reason,
        )
        _none_left(inspection, Stage.REGISTRAR)
        text = reason or f"结论：{inspection.get_conclusion_display()}。"
        _opine(inspection, Stage.REGISTRAR, text, actor=actor, now=now, is_batch=is_batch, is_sampled=is_sampled)
        note = f"{inspection.round.report_year}年度年检，结论{inspection.get_conclusion_display()}。"
        keep_check(inspection.association, Embedded.INSPECTION, on=on, actor=actor, now=now, note=note)
    return inspection


def record_conclusion(
    inspection: Inspection,
    *,
    conclusion: str,
    number: str,
    on: date,
    reason: str,
    actor: Actor,
    version: int,
    now: datetime,
    source: str = ConclusionSource.ENTRY,
) -> Inspection:
    """Enter a conclusion that the registrar made on paper or in its own system; never without the document's number."""
    within(inspection, actor)
    reason, number = _fits(reason), number.strip()
    _refuse_future(on, now)
    step = AMEND if inspection.state == InspectionState.CONCLUDED else RECORD
    facts = ReviewFacts(
        conclusion=conclusion,
        number=number,
        reason=reason,
        is_by_account=inspection.conclusion_source == ConclusionSource.ACCOUNT,
    )
    with transaction.atomic():
        changes = _concluded(conclusion, number, on, reason, source)
        _move(step, inspection, actor=actor, version=version, now=now, facts=facts, changes=changes, comment=number)
    return inspection


def reconsider(inspection: Inspection, *, reason: str, actor: Actor, version: int, now: datetime) -> Inspection:
    """The registrar takes its conclusion back and looks again; the former one stays in the history."""
    within(inspection, actor)
    reason = _fits(reason)
    facts = ReviewFacts(reason=reason, is_submitted=inspection.submitted_at is not None)
    due = step_due(inspection, now)
    with transaction.atomic():
        former = inspection.get_conclusion_display()
        changes = _concluded("", "", None, "", "") | {"concluded_at": None, "step_due_on": due}
        comment = f"原结论「{former}」{inspection.conclusion_number}。{reason}"
        _move(
            RECONSIDER, inspection, actor=actor, version=version, now=now, facts=facts, changes=changes, comment=comment
        )
    return inspection


def urge(inspection: Inspection, *, text: str, due_on: date, actor: Actor, now: datetime) -> Task:
    """The department (or a regional office) reminds whoever has the filing in hand: a task on their desk."""
    within(inspection, actor)
    if actor.role not in WATCHERS:
        raise Refused("role", f"您当前的身份是「{actor.label}」，催办由社会工作部办理。")
    if due_on <= timezone.localdate(now):
        raise Refused("urge.due", f"办理期限 {due_on} 不晚于今天。请给承办单位留出办理时间。")
    role, body = holder_of(inspection)
    title = f"催办：{inspection.association.name} {inspection.round.report_year} 年度年检"
    return open_task(
        kind=URGE_TASK,
        subject=inspection,
        title=f"{title}（{text}）" if text else title,
        url=reverse("supervision:review", args=[inspection.pk])
        if inspection.state in UNDER_REVIEW
        else reverse("supervision:filing", args=[inspection.pk]),
        for_role=role,
        body=body,
        due_on=due_on,
        actor=actor,
        now=now,
    )


def holder_of(inspection: Inspection) -> tuple[Role, Scope]:
    """Whose turn it is, as a role and a body; `Refused` when it is nobody's."""
    stage = STAGE_OF_STATE.get(inspection.state)
    if stage is not None:
        body: Department | None = getattr(inspection, str(stage))
        if body is None:
            raise Refused("urge.body", f"「{stage.label}」没有登记承办单位，无法催办。请先明确责任单位。")
        return HOLDER[stage], Scope("department", body.pk, body.name)
    if inspection.state in {InspectionState.CONCLUDED, InspectionState.EXEMPTED}:
        raise Refused("urge.state", f"这份年检现在是「{inspection.get_state_display()}」，没有需要催办的单位。")
    return Role.ASSOCIATION_FILER, Scope("association", inspection.association_id, inspection.association.name)


# Shared by the steps


def _move(step: Transition, inspection: Inspection, *, now: datetime, actor: Actor, **given: Any) -> None:
    """Apply the step and close what reminded of it; a conflict says what the other one did and keeps our words."""
    try:
        apply(step, inspection, actor=actor, now=now, **given)
    except Conflict as conflict:
        raise _with_both(conflict.reason, inspection, step.label, given.get("comment", "")) from None
    # The general comment went with the step.
    Remark.objects.unscoped(WHY).filter(inspection=inspection, section=GENERAL, sent_in=None).delete()
    close_for_subject(inspection, kinds=(URGE_TASK,), evidence=f"已{step.label}", actor=actor, now=now)


def moved_on(inspection: Inspection, asked: str, comment: str) -> Conflict:
    """For a page that was opened before somebody else took a step: the same answer as when both come at once."""
    step = {"forward": forwarding(inspection).label, "conclude": CONCLUDE.label}.get(asked, "退回补正")
    reason = f"「{inspection}」在您打开之后已被他人办理，您的办理没有保存。"
    return _with_both(reason, inspection, step, comment)


def _with_both(reason: str, inspection: Inspection, step: str, comment: str) -> Conflict:
    ours = {"办理": step, "意见": comment}
    return Conflict(reason, ours=ours, theirs={"办理": inspection.get_state_display(), "意见": _last_words(inspection)})


def _last_words(inspection: Inspection) -> str:
    moves = history(inspection)
    return f"{moves[-1].membership_label}：{moves[-1].comment or '（没有意见）'}" if moves else ""


def _opine(
    inspection: Inspection, stage: Stage, text: str, *, actor: Actor, now: datetime, is_batch: bool, is_sampled: bool
) -> None:
    submission = Submission.objects.unscoped(WHY).filter(inspection=inspection).order_by("-sequence").first()
    Opinion.objects.create(
        inspection=inspection,
        submission=submission,
        stage=stage,
        text=text,
        is_batch=is_batch,
        is_sampled=is_sampled,
        given_by_id=actor.user_id,
        giver_label=actor.scope.label,
        given_at=now,
    )


def _remarks_left(inspection: Inspection, stage: Stage, *, actor: Actor, now: datetime, set_aside: bool) -> int:
    """How many remarks hold the filing back; dropped ones are written into history first."""
    remarks = open_remarks(inspection, stage)
    if not set_aside:
        return int(remarks.count())
    dropped = list(remarks.values_list("text", flat=True))
    if dropped and stage_of(actor) == stage:
        remarks.delete()
        record("supervision.set_aside", actor=actor, subject=inspection, before={"texts": dropped}, now=now)
    return 0


def _none_left(inspection: Inspection, stage: Stage) -> None:
    """A colleague may have written a remark between our count and our step; the step then waits."""
    decision = may_go_on(ReviewFacts(remark_count=open_remarks(inspection, stage).count()))
    if not decision:
        raise Refused("review.remarks", decision.reason)


def _concluded(conclusion: str, number: str, on: date | None, reason: str, source: str) -> dict[str, Any]:
    return {
        "conclusion": conclusion,
        "conclusion_number": number.strip(),
        "conclusion_on": on,
        "conclusion_reason": reason,
        "conclusion_source": source,
        "step_due_on": None,
        "sampled_stage": "",
    }


def _refuse_future(on: date, now: datetime) -> None:
    if on > timezone.localdate(now):
        raise Refused("conclusion.future", f"结论日期 {on} 还没有到。请填写文书上的日期。")


def _fits(text: str) -> str:
    text = text.strip()
    if len(text) > TEXT_LENGTH:
        raise Refused("review.text", f"意见最多 {TEXT_LENGTH} 个字，现在是 {len(text)} 个。请缩短后再办理。")
    return text


def personal_answers(inspection: Inspection) -> tuple[Submission | None, list[tuple[str, str]]]:
    """The latest hand-in and its personal answers that have a value: (field, label)."""
    submission = Submission.objects.unscoped(WHY).filter(inspection=inspection).order_by("-sequence").first()
    if submission is None:
        return None, []
    given = opened_answers(submission)
    fields = form_of(inspection.form).fields
    return submission, [(code, fields[code].label) for code in fields if given.get(code)]


def reveal_answer(submission: Submission, field: str, *, purpose: str, actor: Actor, now: datetime) -> str:
    """One personal answer in full, after the reading was written down for good; same rules as `privacy.reveal`.

    Must not run inside a transaction: the access event is committed before the value is returned.
    """
    within(submission.inspection, actor)
    purpose = " ".join(purpose.split())
    if len(purpose) < SHORTEST_PURPOSE:
        raise Refused(
            "privacy.purpose", f"查看完整内容须写明用途，现在填写的是「{purpose}」。请写清为办理哪件事而查看。"
        )
    answers = opened_answers(submission)
    if not answers.get(field):
        raise Refused("privacy.empty", "这一项没有填写。")
    with transaction.atomic(durable=True):
        record_access(
            f"supervision.Submission.{field}",
            actor=actor,
            object_ids=[str(submission.pk)],
            purpose=purpose[:PURPOSE_LENGTH],
            now=now,
        )
    return str(answers[field])
