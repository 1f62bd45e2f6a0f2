"""Asking for a report, building it, signing it, making its documents. Every write of report runs is here."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Conflict, Refused
from portal.access.roles import WORKSPACE, Role
from portal.audit.services import record
from portal.gates import Level
from portal.jobs.runner import JobContext
from portal.jobs.services import request as request_job
from portal.notices.selectors import people_at
from portal.notices.services import notify
from portal.reporting.data import ReportData
from portal.reporting.enums import FileFormat, RunState
from portal.reporting.models import ReportDrill, ReportFile, ReportRow, ReportRun, Schedule
from portal.reporting.registry import Report, find
from portal.reporting.rules import LockFacts, digest, fingerprint, month_of, run_number
from portal.reporting.transitions import FAIL, FINISH, GIVE_BACK, LOCK, RETRY, SEND
from portal.workflow.services import apply

ROW_CHUNK = 2000
SQLITE_PAUSE_SECONDS = 0.02
NUMBER_ATTEMPTS = 5


def request_run(
    key: str,
    *,
    params: dict[str, Any],
    as_of: date,
    actor: Actor,
    now: datetime,
    schedule: Schedule | None = None,
    period: str = "",
) -> ReportRun:
    """Ask for a report; it is built in the background. The same request while one is being built returns that run.

    Raises `Refused` when the role may not ask for it, or `as_of` lies after today; IntegrityError when `schedule` has
    made `period` already.
    """
    report = _report_for(key, actor)
    if as_of > timezone.localdate(now):
        raise Refused(
            "report.as_of_future", f"截至日期 {as_of.isoformat()} 还没有到。报告只能截至今天或以前的日期，请重新填写。"
        )
    return _create(report, params=params, as_of=as_of, actor=actor, now=now, schedule=schedule, period=period)


def new_version(run: ReportRun, *, actor: Actor, now: datetime) -> ReportRun:
    """A correction: the same report of the same date, built again by what is known now, as the next edition.

    The earlier edition stays as it is. Raises `Refused` when the actor reads other rows than the run's asker, or the
    run is still being built; `Conflict` when a newer edition exists.
    """
    report = _report_for(run.key, actor)
    if not run.is_of(actor):
        raise Refused(
            "report.other_scope",
            f"这份报告的范围是“{run.scope_label}”（{run.membership_label}），您当前的范围是“{actor.scope.label}”，"
            "重新生成会得到另一套数字。请由同一范围的人员生成新版。",
        )
    if not run.is_finished:
        raise Refused("report.unfinished", f"报告 {run.number} 还没有生成完，不能生成新版。请等它完成后再试。")
    if report.is_final_when_signed and run.is_locked:
        raise Refused("report.final", f"报告 {run.number} 已经签发，不再生成新版。发现的差错在下一期更正。")
    if _has_successor(run):
        raise _newer_exists(run)
    try:
        return _create(report, params=run.params, as_of=run.as_of, actor=actor, now=now, previous=run)
    except IntegrityError as error:
        if _has_successor(run):
            raise _newer_exists(run) from error
        raise


def retry_run(run: ReportRun, *, actor: Actor, version: int, now: datetime) -> ReportRun:
    """Build a failed run again, under its number. Raises `Refused` or `Conflict`."""
    if not run.is_of(actor):
        raise Refused("report.other_scope", f"这份报告的范围是“{run.scope_label}”，请由同一范围的人员重新生成。")
    with transaction.atomic():
        job = _request_build(run, actor, now)
        changes = {
            "job_id": job.pk,
            "failed_at": None,
            "failure_code": "",
            "failure_text": "",
            "user_id": actor.user_id,
            "membership_id": actor.membership_id,
            "membership_label": actor.label,
            "role": actor.role,
        }
        return apply(RETRY, run, actor=actor, version=version, now=now, changes=changes)


def build_run(run_pk: int, context: JobContext) -> dict[str, Any]:
    """Build a run in the background: read once from one consistent picture, store figures and lists, become a draft.

    Running it twice is harmless: rows left by a run that was killed are replaced, a finished run is left alone.
    """
    run = _all_runs().get(pk=run_pk)
    if run.state != RunState.BUILDING:
        return {"run": run.pk}
    if context.actor is None:
        raise Refused("report.no_actor", "这份报告没有申请人，不能确定统计范围。请重新申请。")
    report = _report_for(run.key, context.actor)
    context.progress(0, 0, "正在读取数据并计算")
    if report.prepare is not None:
        report.prepare(run, context)
    with consistent_snapshot():
        data = report.build(context.actor, run.params, run.as_of)
    problems = data.problems()
    if problems:
        raise AssertionError(f"report {run.key}: figures and lists disagree: {problems[:5]}")
    total = sum(len(roster.rows) for roster in data.rosters.values())
    _replace_rows(run, data, context, total)
    context.progress(total, total, "正在保存报告")
    with transaction.atomic():
        stored = data.without_rows().to_json()
        changes = {"data": stored, "data_sha256": digest(stored), "title": data.title[:200]}
        apply(FINISH, run, actor=None, version=run.version, now=context.now(), changes=changes)
        if run.schedule_id:
            _tell(run, f"定时报告已生成草稿，请核对：{run}。", context.now())
        context.complete({"run": run.pk})
    return {"run": run.pk}


def fail_run(context: JobContext, code: str, message: str) -> None:
    """Leave the waiting state when the job is given up: the run says why and what to do."""
    run = _all_runs().get(pk=context.job.parameters["run"])
    if run.state == RunState.BUILDING:
        changes = {"failure_code": code[:60], "failure_text": message[:500]}
        apply(FAIL, run, actor=None, version=run.version, now=context.now(), changes=changes, comment=message)
        if run.schedule_id:
            _tell(run, f"定时报告没有生成：{run}。{message}", context.now())


def lock_run(run: ReportRun, *, actor: Actor, version: int, base_url: str, now: datetime) -> ReportRun:
    """签发: freeze figures, lists and documents. The final documents are made in the background, without watermark.

    Raises `Refused` when the role, the state or a newer edition says no, `Conflict` when the run moved meanwhile.
    """
    report = _report_for(run.key, actor)
    facts = lock_facts(run)
    with transaction.atomic():
        locked = apply(LOCK, run, actor=actor, version=version, now=now, facts=facts)
        if report.signed is not None:
            report.signed(locked, actor, now)
        if locked.user_id != actor.user_id:
            _tell(locked, f"您申请的报告已签发：{locked}。", now)
        for file_format in FileFormat:
            request_file(locked, file_format, actor=actor, base_url=base_url, now=now)
    return locked


def send_run(run: ReportRun, *, actor: Actor, version: int, now: datetime) -> ReportRun:
    """送审: ask the administrators for a decision. Raises `Refused`, `Conflict`."""
    with transaction.atomic():
        sent = apply(SEND, run, actor=actor, version=version, now=now, facts=lock_facts(run))
        deciders = [user for user in admins(now) if user != actor.user_id]
        notify(deciders, f"报告送审，请核对签发：{sent}。", reverse("reporting:run", args=[sent.pk]), now)
    return sent


def give_back_run(run: ReportRun, *, words: str, actor: Actor, version: int, now: datetime) -> ReportRun:
    """退回修改, with what has to be mended. Raises `Refused` without words, `Conflict` when the run moved meanwhile."""
    if not words.strip():
        raise Refused("report.words", "退回意见是空的。请写明需要核对或修改的内容。")
    with transaction.atomic():
        back = apply(GIVE_BACK, run, actor=actor, version=version, now=now, comment=words.strip())
        if back.user_id != actor.user_id:
            _tell(back, f"报告退回修改：{back}。{words.strip()}"[:300], now)
    return back


def admins(now: datetime) -> list[int]:
    """The users who may sign today."""
    return list(people_at("province", (), roles={Role.DEPARTMENT_ADMIN}, on=timezone.localdate(now)))


def lock_facts(run: ReportRun) -> LockFacts:
    """What the guards of sending and signing ask for; the report's own objections are those that block."""
    report = find(run.key)
    findings = report.blockers(run) if report and report.blockers and run.is_finished else []
    return LockFacts(
        has_successor=_has_successor(run),
        needs_review=bool(report and report.needs_review),
        is_in_review=run.state == RunState.IN_REVIEW,
        blocks=tuple(one.text for one in findings if one.level == Level.BLOCK),
    )


def request_file(run: ReportRun, file_format: str, *, actor: Actor, base_url: str, now: datetime) -> ReportFile:
    """Ask for a document of a finished run; made once, then kept. Asking again after a failure tries again."""
    if not run.is_finished:
        raise Refused(
            "report.unfinished",
            f"报告 {run.number} 现在是“{run.get_state_display()}”，还不能制作文件。请等它生成后再试。",
        )
    with transaction.atomic():
        files = ReportFile.objects.unscoped("the document of a run that the caller has reached")
        wanted, created = files.get_or_create(
            run=run,
            format=file_format,
            is_final=run.is_locked,
            defaults={"requested_at": now, "base_url": base_url},
        )
        if not created and (wanted.is_ready or not wanted.error_code):
            return wanted
        job = request_job(
            "reporting.build_file",
            kind="report_file",
            subject=run,
            label=f"{run.title} {file_format.upper()}",
            parameters={"file": wanted.pk},
            actor=actor,
            now=now,
        )
        wanted.job, wanted.requested_at, wanted.base_url = job, now, base_url
        wanted.error_code = wanted.error_text = ""
        wanted.save(update_fields=["job", "requested_at", "base_url", "error_code", "error_text"])
        record(
            "reporting.request_file",
            actor=actor,
            subject=run,
            after={"format": str(file_format), "is_final": run.is_locked},
            now=now,
        )
    return wanted


@contextmanager
def consistent_snapshot() -> Iterator[None]:
    """One picture of the data for a whole build: later writes of others are not seen, and nobody waits for it.

    PostgreSQL: REPEATABLE READ, READ ONLY. SQLite: a deferred transaction, which never asks for the write lock.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        database: Any = connection
        mode = database.transaction_mode
        database.transaction_mode = "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            database.transaction_mode = mode
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _create(
    report: Report,
    *,
    params: dict[str, Any],
    as_of: date,
    actor: Actor,
    now: datetime,
    schedule: Schedule | None = None,
    period: str = "",
    previous: ReportRun | None = None,
) -> ReportRun:
    scope = f"{actor.scope.kind}:{actor.scope.pk}"
    # A correction and a scheduled month are asked for once by other means, and are not the same as a plain request.
    purpose = f"edition after {previous.pk}" if previous else f"schedule {schedule.pk} {period}" if schedule else ""
    print_of = fingerprint(report.key, params, as_of, actor.role, scope, purpose)
    for attempt in range(NUMBER_ATTEMPTS):
        try:
            with transaction.atomic():
                building = _all_runs().filter(fingerprint=print_of, state=RunState.BUILDING).first()
                if building is not None and not purpose:
                    return building
                return _insert(report, params, as_of, actor, now, schedule, period, previous, print_of)
        except IntegrityError:
            # Two requests took the same number, or the same report at once: look again. A real clash stays one.
            if attempt == NUMBER_ATTEMPTS - 1 or (schedule and _all_runs().filter(schedule=schedule, period=period)):
                raise
    raise AssertionError("unreachable")


def _insert(
    report: Report,
    params: dict[str, Any],
    as_of: date,
    actor: Actor,
    now: datetime,
    schedule: Schedule | None,
    period: str,
    previous: ReportRun | None,
    print_of: str,
) -> ReportRun:
    month = previous.month if previous else month_of(as_of)
    series = previous.series if previous else _next_series(month)
    edition = previous.edition + 1 if previous else 1
    run = ReportRun.objects.create(
        state=RunState.BUILDING,
        key=report.key,
        number=run_number(month, series, edition),
        month=month,
        series=series,
        edition=edition,
        previous=previous,
        as_of=as_of,
        params=params,
        fingerprint=print_of,
        title=report.title,
        schedule=schedule,
        period=period,
        requested_at=now,
        user_id=actor.user_id,
        membership_id=actor.membership_id,
        membership_label=actor.label,
        role=actor.role,
        scope_kind=actor.scope.kind,
        scope_pk=actor.scope.pk,
        scope_label=actor.scope.label,
    )
    run.job = _request_build(run, actor, now)
    run.save(update_fields=["job"])
    record(
        "reporting.request",
        actor=actor,
        subject=run,
        after={"key": run.key, "as_of": as_of.isoformat(), "number": run.number, "params": params},
        now=now,
    )
    return run


def _request_build(run: ReportRun, actor: Actor, now: datetime) -> Any:
    return request_job(
        "reporting.build_run",
        kind="report",
        subject=run,
        label=f"{run.title} {run.number}",
        parameters={"run": run.pk},
        actor=actor,
        now=now,
    )


def _replace_rows(run: ReportRun, data: ReportData, context: JobContext, total: int) -> None:
    """Store the lists in short transactions, so that on SQLite other writers get their turn between them.

    Nobody sees them before the run is a draft; a build that was killed half way begins here again.
    """
    rows = ReportRow.objects.unscoped("the stored lists of one run")
    drills = ReportDrill.objects.unscoped("the stored lists of one run")
    with transaction.atomic():
        rows.filter(run=run)._raw_delete(rows.db)
        drills.filter(run=run)._raw_delete(drills.db)
    done = 0
    pending = [
        ReportRow(run=run, roster=name, position=position, subject_pk=row.subject_pk, cells=list(row.cells))
        for name, roster in data.rosters.items()
        for position, row in enumerate(roster.rows)
    ]
    for start in range(0, len(pending), ROW_CHUNK):
        chunk = pending[start : start + ROW_CHUNK]
        rows.bulk_create(chunk)
        done += len(chunk)
        context.progress(done, total, "正在写入名单")
        if connection.vendor == "sqlite" and done < total:
            time.sleep(SQLITE_PAUSE_SECONDS)
    drills.bulk_create(
        [
            ReportDrill(
                run=run,
                key=key,
                label=drill.label[:200],
                roster=drill.roster,
                list_url_name=drill.list_url_name,
                query=drill.query,
                positions=list(drill.positions),
                row_count=len(drill.positions),
            )
            for key, drill in data.drilldowns.items()
        ],
        batch_size=200,
    )


def _report_for(key: str, actor: Actor) -> Report:
    report = find(key)
    if report is None:
        raise Refused("report.unknown", f"没有名为「{key}」的报告。请从报告中心重新选择。")
    if actor.role not in report.roles or actor.role not in WORKSPACE:
        raise Refused("report.role", f"您当前的身份是「{actor.label}」，不能生成「{report.title}」。")
    return report


def _tell(run: ReportRun, words: str, now: datetime) -> None:
    """A message to who asked; a schedule speaks up only when somebody has to look."""
    notify([run.user_id], words, reverse("reporting:run", args=[run.pk]), now)


def _all_runs() -> Any:
    return ReportRun.objects.unscoped("numbers, periods and background work of report runs")


def _next_series(month: str) -> int:
    return (_all_runs().filter(month=month).aggregate(last=Max(F("series")))["last"] or 0) + 1


def _has_successor(run: ReportRun) -> bool:
    return bool(_all_runs().filter(previous=run).exists())


def _newer_exists(run: ReportRun) -> Conflict:
    newer = _all_runs().get(previous=run)
    return Conflict(f"报告 {run.number} 已有更新的版本 {newer.number}。请打开新版查看，不必再生成。")
