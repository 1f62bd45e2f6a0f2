"""Everything an association writes into its filing: begin, save a section, sign, hand in.

A save is one UPDATE that names the section's version and that it is open; a hand-in closes all sections by one
statement before it reads them. So a save either came before a hand-in and is in it, or finds the section closed.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.filing.definition import FieldType, Form
from portal.filing.examination import NOTE, Problem
from portal.filing.reading import Answers, display, parse
from portal.notices.services import close_for_subject
from portal.regulations.calendar import add_working_days
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import read_at_once, values
from portal.screens.values import datetime_text
from portal.workflow.services import apply, explain
from supervision.inspections import rules
from supervision.inspections.enums import (
    EDITABLE,
    HANDED_IN,
    RETURN_TASK,
    URGE_TASK,
    InspectionState,
    SectionState,
    Stage,
)
from supervision.inspections.issues import ISSUE
from supervision.inspections.models import (
    Inspection,
    InspectionFigures,
    InspectionSection,
    SignaturePage,
    Submission,
)
from supervision.inspections.prefill import as_last_year as taken_over
from supervision.inspections.prefill import beginning, facts_of, last_year_of
from supervision.inspections.sealed import opened_answers, sealed_answers, split
from supervision.inspections.selectors import (
    Filing,
    bodies_of,
    filing_of,
    known_issues,
    latest_sequence,
    latest_submission,
    past_years,
    section_row,
    window_of,
)
from supervision.inspections.streaks import prior_flags, streaks
from supervision.inspections.transitions import FILE_ELSEWHERE, START, SUBMIT
from supervision.rounds.enums import Place
from supervision.rounds.selectors import form_of

WHY = "the parts of a filing that the caller has already reached"
NOT_GIVEN = "（未填写）"


# Beginning --------------------------------------------------------------------------------------------------------
def start(inspection: Inspection, *, actor: Actor, version: int, now: datetime) -> Inspection:
    """Begin the filing: its sections are made, with what the register and last year's report already know.

    Begun twice at once, or by the other person of the association, it is begun once.
    """
    today = timezone.localdate(now)
    form = form_of(inspection.form)
    register, last = facts_of(inspection.association, today), last_year_of(inspection, form)
    rows = []
    for section in form.sections:
        answers, origins = beginning(form, section.fields, register, last, today)
        plain, personal = split(form, answers)
        row = InspectionSection(inspection=inspection, code=section.code, answers=plain, origins=origins)
        row.sealed = sealed_answers(row, personal)
        rows.append(row)
    try:
        with transaction.atomic():
            apply(START, inspection, actor=actor, version=version, now=now)
            InspectionSection.objects.bulk_create(rows)
    except (Conflict, Refused):
        inspection.refresh_from_db()
        if inspection.state == InspectionState.NOT_STARTED or inspection.started_at is None:
            raise
    return inspection


# Sections ---------------------------------------------------------------------------------------------------------
def save_section(
    inspection: Inspection,
    code: str,
    *,
    answers: Answers,
    reasons: dict[str, str],
    version: int,
    actor: Actor,
    now: datetime,
    state: str | None = SectionState.DRAFT,
    as_last_year: bool = False,
) -> InspectionSection:
    """Keep what was typed in one section: the fields that `answers` names, the others stay as they were.

    `state` is what the person says about the section, None says nothing new. Nothing is judged here: whatever was
    typed is kept as typed. Saving what is kept already changes nothing. Raises `Conflict` with both texts by label when
    somebody saved meanwhile, `Refused("filing.closed")` once it is handed in.
    """
    form = form_of(inspection.form)
    fields = {one.code: one for one in form.section(code).fields if one.type is not FieldType.FILE}
    row = _section(inspection, code)
    if not row.is_open:
        raise closed(inspection)
    if state is None:
        state = SectionState.DONE if row.state == SectionState.DONE else SectionState.DRAFT
    before = {**row.answers, **opened_answers(row)}
    origins = dict(row.origins)
    asked = {name: raw for name, raw in answers.items() if name in fields and not fields[name].is_locked}
    if as_last_year:
        last = last_year_of(inspection, form)
        wanted, origins = taken_over(fields.values(), {**before, **asked}, origins, last)
    else:
        wanted = {**before, **asked}
    changed = [name for name, raw in wanted.items() if _differs(raw, before.get(name, ""))]
    if not as_last_year:
        origins = {name: mark for name, mark in origins.items() if name not in changed}
    kept_reasons = {**row.reasons, **{name: text.strip() for name, text in reasons.items() if name in fields}}
    kept_reasons = {name: text for name, text in kept_reasons.items() if text}
    is_repeated = as_last_year or (row.is_as_last_year and not changed)
    if (not changed and kept_reasons == row.reasons) and (row.state, row.is_as_last_year) == (state, is_repeated):
        return row
    if row.version != version:
        if not changed and kept_reasons == row.reasons:
            version = row.version  # the same text, saved by another tab or by the page that was left
        else:
            raise _conflict(form, row, before, wanted, changed)
    plain, personal = split(form, wanted)
    values = {
        "answers": plain,
        "sealed": sealed_answers(row, personal),
        "origins": origins,
        "reasons": kept_reasons,
        "state": state,
        "is_as_last_year": is_repeated,
        "version": version + 1,
        "saved_by_id": actor.user_id,
        "saved_at": now,
    }
    with transaction.atomic():
        with everything("a compare-and-swap by primary key"):
            rows = InspectionSection.objects.filter(pk=row.pk, version=version, is_open=True)
            saved = rows.update(**values)
        if saved:
            record(
                "supervision.save_section",
                actor=actor,
                subject=inspection,
                before={"version": version},
                after={"section": code, "version": version + 1, "fields": changed[:50], "state": state},
                now=now,
            )
    if not saved:
        row = _section(inspection, code)
        if not row.is_open:
            raise closed(inspection)
        raise _conflict(form, row, {**row.answers, **opened_answers(row)}, wanted, changed)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def unlock_section(inspection: Inspection, code: str, *, actor: Actor, now: datetime) -> InspectionSection:
    """Let the association change a section that the return did not name."""
    form_of(inspection.form).section(code)
    with transaction.atomic():
        # Of the filing first, as everywhere: a hand-in at the same moment closes what is opened here, or is seen here.
        with everything("a compare-and-swap by primary key"):
            is_returned = Inspection.objects.filter(pk=inspection.pk, state=InspectionState.RETURNED).exists()
            rows = InspectionSection.objects.filter(inspection=inspection, code=code, is_open=False)
            opened = rows.update(is_open=True) if is_returned else 0
        if opened:
            record(
                "supervision.unlock_section",
                actor=actor,
                subject=inspection,
                after={"section": code},
                now=now,
            )
    if not is_returned:
        raise closed(inspection)
    return _section(inspection, code)


def open_for_correction(inspection: Inspection, fields: Iterable[tuple[str, str]]) -> None:
    """Open what a return names: (section, field) pairs. A return that names nothing opens every section.

    Called inside the transaction that returns the filing.
    """
    named = {section for section, _field in fields}
    with everything(WHY):
        rows = InspectionSection.objects.filter(inspection=inspection)
        (rows.filter(code__in=named) if named else rows).update(is_open=True)


def _section(inspection: Inspection, code: str) -> InspectionSection:
    found = section_row(inspection, code)
    if found is None:
        raise Refused("filing.not_started", "这份年检材料还没有开始填报。请先在任务清单点「开始填报」。")
    return found


def closed(inspection: Inspection) -> Refused:
    """Why nothing can be written any more, with what becomes of the text in hand."""
    inspection.refresh_from_db(fields=["state", "submitted_at"])
    state = InspectionState(inspection.state).label
    at = f"（{datetime_text(inspection.submitted_at)} 提交）" if inspection.submitted_at else ""
    return Refused(
        "filing.closed",
        f"这份材料现在是「{state}」{at}，这一部分不能再修改。您刚才填写的内容列在下面，可以复制；"
        "确需修改的，请联系本页所列咨询电话申请退回。",
    )


def _conflict(form: Form, row: InspectionSection, stored: Answers, ours: Answers, changed: list[str]) -> Conflict:
    section = form.section(row.code)
    labels = {one.code: one for one in section.fields if one.code in changed}
    who = row.saved_by.display_name if row.saved_by else "另一个窗口"
    at = timezone.localtime(row.saved_at).strftime("%H:%M") if row.saved_at else "刚才"
    return Conflict(
        f"{who} 已在 {at} 修改「{section.title}」。您的内容已保留在右侧，请选择保留哪一份。",
        ours={one.label: shown(one, ours.get(code)) for code, one in labels.items()},
        theirs={one.label: shown(one, stored.get(code)) for code, one in labels.items()},
    )


def shown(field: Any, raw: Any) -> str:
    """An answer in words, personal ones masked; what cannot be read as typed."""
    read = parse(field, raw)
    if read.problem:
        return "已脱敏" if field.is_personal else str(raw)
    return display(field, read.value, mask=True) or NOT_GIVEN


def _differs(one: Any, other: Any) -> bool:
    return (one or "") != (other or "")


# Signing ----------------------------------------------------------------------------------------------------------
def make_signature_page(inspection: Inspection, *, actor: Actor, now: datetime) -> SignaturePage:
    """The page to print and sign for exactly what stands in the filing now; asked for twice it is the same page."""
    if not rules.is_editable(inspection.state):
        raise closed(inspection)
    filing = filing_of(inspection, timezone.localdate(now))
    if filing.examination.problems:
        raise Refused(
            "filing.incomplete",
            f"还有 {len(filing.examination.problems)} 处需要填写或说明，暂不能生成签章页。请先在核对页逐项处理。",
        )
    plain, personal = split(filing.form, filing.answers)
    page = SignaturePage(
        inspection=inspection,
        content_code=filing.content_code,
        answers={"answers": plain, "reasons": filing.reasons, "files": filing.file_hashes},
        made_by_id=actor.user_id,
        made_at=now,
    )
    page.sealed = sealed_answers(page, personal)
    with everything(WHY):
        made, is_new = SignaturePage.objects.get_or_create(
            inspection=inspection,
            content_code=page.content_code,
            defaults={
                "id": page.pk,
                "answers": page.answers,
                "sealed": page.sealed,
                "made_by_id": actor.user_id,
                "made_at": now,
            },
        )
    if is_new:
        with transaction.atomic():
            record(
                "supervision.make_signature_page",
                actor=actor,
                subject=inspection,
                after={"content_code": rules.short_code(made.content_code)},
                now=now,
            )
    return made


# Handing in -------------------------------------------------------------------------------------------------------
def submit(inspection: Inspection, *, version: int, content_code: str, actor: Actor, now: datetime) -> Submission:
    """Hand the filing in, once: a second click, another tab or the back button gets the same receipt.

    `version` and `content_code` are what the person saw. Raises `Conflict` when another text stands there meanwhile,
    `Refused` with the reason when the window is closed or something is missing.
    """
    return _once(inspection, content_code, lambda: _submit(inspection, version, content_code, actor, now))


def file_elsewhere(
    inspection: Inspection,
    *,
    filed_on: date,
    acceptance_number: str,
    version: int,
    content_code: str,
    actor: Actor,
    now: datetime,
) -> Submission:
    """Record that what stands here was filed in the registrar's own system, with its day and acceptance number."""
    if filed_on > timezone.localdate(now):
        raise Refused("filing.future", f"报送日期 {filed_on} 还没有到。请填写在登记管理机关系统实际报送的日期。")
    if not acceptance_number.strip():
        raise Refused("filing.number", "没有填写受理编号。请对照登记管理机关系统的回执填写。")
    elsewhere = (filed_on, acceptance_number.strip()[:80])
    return _once(inspection, content_code, lambda: _submit(inspection, version, content_code, actor, now, elsewhere))


def _once(inspection: Inspection, content_code: str, hand_in: Any) -> Submission:
    """Hand in, or find that exactly this was handed in already."""
    if inspection.state in EDITABLE:
        try:
            return hand_in()  # type: ignore[no-any-return]
        except (Conflict, Refused):
            inspection.refresh_from_db()
            done = _handed_in_already(inspection, content_code)
            if done is None:
                raise
            return done
    return _handed_in_already(inspection, content_code) or hand_in()


def _handed_in_already(inspection: Inspection, content_code: str) -> Submission | None:
    found = latest_submission(inspection) if inspection.state in HANDED_IN else None
    return found if found is not None and found.content_code == content_code else None


def _submit(
    inspection: Inspection,
    version: int,
    content_code: str,
    actor: Actor,
    now: datetime,
    elsewhere: tuple[date, str] | None = None,
) -> Submission:
    today = timezone.localdate(now)
    open_window = window_of(inspection, today)
    is_elsewhere = inspection.round.place == Place.REGISTRAR
    step = SUBMIT[Stage.REGISTRAR] if elsewhere is None else FILE_ELSEWHERE
    facts = rules.submit_facts(open_window, is_elsewhere=is_elsewhere)
    allowed = explain(step, inspection, actor=actor, facts=facts)
    if not allowed:
        raise Refused("filing.deadline" if not open_window.is_open else "filing.submit", allowed.reason)
    bodies = bodies_of(inspection.association, today)
    # What was read with this version is what it says: the move below finds the version or nothing is handed in.
    is_first = inspection.first_submitted_at is None
    with transaction.atomic():
        with everything(WHY):
            InspectionSection.objects.filter(inspection=inspection, is_open=True).update(is_open=False)
        filing = filing_of(inspection, today)
        if filing.content_code != content_code:
            raise Conflict(
                "您打开核对页之后，填报内容又有改动，这次没有提交。请重新核对后再提交。",
                ours={"内容码": rules.short_code(content_code)},
                theirs={"内容码": rules.short_code(filing.content_code)},
            )
        blockers = filing.blockers if elsewhere is None else [one.text for one in filing.examination.problems]
        is_late = elsewhere[0] > open_window.due_on if elsewhere else open_window.is_late
        flags = _flags(filing, today)
        changes: dict[str, Any] = {
            **bodies,
            "is_late": inspection.is_late or is_late,
            "first_submitted_at": inspection.first_submitted_at or now,
            "flag_count": len(flags),
        }
        stage: str = ""
        if elsewhere is None:
            stages = _stages(inspection, bodies)
            stage = rules.receiving_stage(inspection.returned_from, stages)
            changes |= {"step_due_on": _review_due(inspection, today), "returned_from": ""}
        apply(
            SUBMIT[Stage(stage)] if stage else FILE_ELSEWHERE,
            inspection,
            actor=actor,
            version=version,
            now=now,
            facts=rules.submit_facts(open_window, blockers, is_elsewhere=is_elsewhere),
            changes=changes | ({} if stage else {"step_due_on": None}),
        )
        sequence = 1 if is_first else latest_sequence(inspection) + 1
        submission = _keep(filing, sequence, stage, content_code, is_late, actor, now, elsewhere, flags)
        if not is_first:
            _answer_return(inspection, submission)
        _keep_figures(filing)
        said = f"已于 {datetime_text(now)} 提交"
        close_for_subject(inspection, kinds=(RETURN_TASK, URGE_TASK), evidence=said, actor=actor, now=now)
    return submission


def _flags(filing: Filing, today: date) -> list[dict[str, str]]:
    """What a reviewer should look at: the examination's flags, what the register and the years before say (R-033)."""
    found = [one._asdict() for one in filing.examination.flags]
    inspection = filing.inspection
    try:
        with read_at_once(today):
            known = known_issues(inspection.association, today)
    except ConfigurationError:
        # A parameter that is not entered stops no hand-in; the reviewer's page asks again and says so.
        known = ()
    found += [Problem("", "", ISSUE, one.text, NOTE)._asdict() for one in known]
    years = streaks(past_years(inspection.association, today), inspection.round.report_year)
    if not years.needs_rectification_report:
        return found
    limit = int(values(["inspection.revoke_years"], on=today)["inspection.revoke_years"])
    prior = (Problem("", "", "prior_year", text, NOTE) for text in prior_flags(years, revoke_years=limit))
    return [*(one._asdict() for one in prior), *found]


def _stages(inspection: Inspection, bodies: dict[str, Any]) -> tuple[Stage, ...]:
    """The stages with the bodies that answer today."""
    for name, value in bodies.items():
        setattr(inspection, name, value)
    return inspection.stages


def _review_due(inspection: Inspection, today: date) -> date | None:
    """The reviewer's day; none while the calendar of that year is not entered: no hand-in fails for that."""
    try:
        return add_working_days(today, inspection.round.review_working_days).on
    except ConfigurationError:
        return None


def _keep(
    filing: Filing,
    sequence: int,
    stage: str,
    content_code: str,
    is_late: bool,
    actor: Actor,
    now: datetime,
    elsewhere: tuple[date, str] | None,
    flags: Sequence[dict[str, str]] = (),
) -> Submission:
    plain, personal = split(filing.form, filing.answers)
    by_section: dict[str, Answers] = {section.code: {} for section in filing.form.sections}
    for code, raw in plain.items():
        by_section[filing.form.section_of[code]][code] = raw
    inspection = filing.inspection
    submission = Submission(
        inspection=inspection,
        sequence=sequence,
        stage=stage,
        answers=by_section,
        reasons=filing.reasons,
        as_last_year=[code for code, row in filing.sections.items() if row.is_as_last_year],
        flags=list(flags),
        content_code=content_code,
        check_code=rules.short_code(secrets.token_hex(4)),
        is_late=is_late,
        filed_on=elsewhere[0] if elsewhere else None,
        acceptance_number=elsewhere[1] if elsewhere else "",
        submitted_by_id=actor.user_id,
        submitter_label=actor.label[:200],
        submitted_at=now,
    )
    submission.sealed = sealed_answers(submission, personal)
    submission.save(force_insert=True)
    return submission


def _answer_return(inspection: Inspection, submission: Submission) -> None:
    """The return that waits for this hand-in, if there is one."""
    with everything(WHY):
        returns: QuerySet[Any] = inspection.returns.filter(answered_by=None)
        if waiting := returns.order_by("-returned_at", "-pk").first():
            type(waiting).objects.filter(pk=waiting.pk).update(answered_by=submission)


def _keep_figures(filing: Filing) -> None:
    """The figures that reports count; a field that is not shown or not filled is 未填报."""
    figures: dict[str, Any] = {}
    for code, one in filing.form.fields.items():
        if one.column:
            figures[one.column] = filing.examination.value(code)
    row = InspectionFigures(inspection=filing.inspection, **figures)
    with everything(WHY):
        # One statement, whether it is the first hand-in or a later one.
        InspectionFigures.objects.bulk_create(
            [row],
            update_conflicts=bool(figures),
            ignore_conflicts=not figures,
            unique_fields=["inspection"],
            update_fields=list(figures),
        )
