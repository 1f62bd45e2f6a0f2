"""Exports with personal numbers leave only by approval of a second person, once, watermarked, for a day."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from portal import importing
from portal.access.actor import Actor, load_actor
from portal.access.decisions import Refused
from portal.audit.services import record, record_access
from portal.exporting.services import write_rows
from portal.exporting.sources import of_kind
from portal.files import services as files
from portal.importing.exports import filtered, in_words, without_numbers
from portal.importing.resources import NUMBERS
from portal.jobs import services as jobs
from portal.jobs.runner import JobContext
from portal.notices.services import close_for_subject, notify, open_task
from portal.privacy.enums import RequestState
from portal.privacy.models import ExportRequest
from portal.privacy.sealing import SealedReader, SealedWriter
from portal.privacy.services import opened
from portal.privacy.transitions import APPROVE, FETCH, FINISH, LAPSE, REFUSE, RequestFacts
from portal.regulations.calendar import add_working_days
from portal.screens.values import datetime_text
from portal.workflow.services import apply, explain

DECIDED_WITHIN = 3  # working days
KEPT_FOR = timedelta(hours=24)
SHORTEST_PURPOSE = 6
TASK_KIND = "export_approval"
FILE_KIND = "personal_export"
WHY = "a request is built, and lapses, by the installation itself"
NUMBERS_AT_ONCE = 1_000


def personal_kinds() -> dict[str, list[Any]]:
    """Kind → its columns with personal numbers that an export can carry."""
    found = {kind: resource.number_columns() for kind, resource in importing.kinds().items()}
    return {kind: columns for kind, columns in found.items() if columns}


def ask(*, kind: str, fields: Sequence[str], query: str, purpose: str, actor: Actor, now: datetime) -> ExportRequest:
    """Ask for an export with numbers; lays the decision on the other holders of the role, due in three working days.

    Raises `Refused`: `export.kind`, `export.column`, `export.purpose`, and what the kind's own filters refuse.
    """
    columns = {column.code for column in personal_kinds().get(kind, [])}
    if not columns:
        raise Refused("export.kind", f"「{kind}」没有可以申请导出的个人信息列。")
    if not fields or not set(fields) <= columns:
        raise Refused("export.column", "请选择要导出的个人信息列。")
    purpose = " ".join(purpose.split())
    if len(purpose) < SHORTEST_PURPOSE:
        raise Refused("export.purpose", f"用途现在填写的是「{purpose}」。请写清为办理哪件事、给谁使用。")
    today = timezone.localdate(now)
    resource = importing.resource_for(kind)
    filtered(resource, QueryDict(without_numbers(query)), actor, today)
    due_on = add_working_days(today, DECIDED_WITHIN).on
    with transaction.atomic():
        request = ExportRequest.objects.create(
            kind=kind,
            kind_label=resource.label,
            query=query,
            fields=sorted(fields),
            purpose=purpose[:200],
            user_id=actor.user_id,
            membership_id=actor.membership_id,
            membership_label=actor.label,
            role=actor.role,
            scope_pk=actor.scope.pk,
            scope_path=actor.scope.path,
            asked_at=now,
            due_on=due_on,
        )
        record(
            "privacy.ask_export",
            actor=actor,
            subject=request,
            after={"kind": kind, "fields": sorted(fields)},
            purpose=purpose,
            now=now,
        )
        open_task(
            kind=TASK_KIND,
            subject=request,
            title=f"审批含个人信息的导出：{resource.label}",
            url=reverse("privacy:request", args=[request.pk]),
            for_role=actor.role,
            body=actor.scope,
            due_on=due_on,
            actor=actor,
            now=now,
        )
    return request


def facts(request: ExportRequest, actor: Actor, now: datetime) -> RequestFacts:
    is_in_time = timezone.localdate(now) <= request.due_on
    if request.state == RequestState.READY:
        is_in_time = request.is_kept(now)
    return RequestFacts(is_own=request.user_id == actor.user_id, is_in_time=is_in_time)


def approve(request: ExportRequest, *, opinion: str, actor: Actor, version: int, now: datetime) -> ExportRequest:
    """A second person agrees; the file is built in the scope that the asker has then.

    Raises `Refused` for the asker, after the time limit, or when the asker's membership has ended; `Conflict` as usual.
    """
    asker = load_actor(request.user, request.membership_id, timezone.localdate(now)) if request.user.is_active else None
    if asker is None or asker.membership_id != request.membership_id:
        raise Refused("membership.ended", f"申请人当时的身份「{request.membership_label}」已经失效，不能批准。")
    with transaction.atomic():
        _decide(APPROVE, request, opinion=opinion, actor=actor, version=version, now=now)
        jobs.request(
            "privacy.build_export",
            kind="personal_export",
            subject=request,
            label=f"导出：{request}",
            parameters={"request": request.pk},
            actor=asker,
            now=now,
        )
    return request


def refuse(request: ExportRequest, *, opinion: str, actor: Actor, version: int, now: datetime) -> ExportRequest:
    """A second person says no, with the reason."""
    with transaction.atomic():
        _decide(REFUSE, request, opinion=opinion, actor=actor, version=version, now=now)
        _tell(request, f"导出申请 {request.number} 未获批准：{opinion}", now=now)
    return request


def _decide(
    transition: Any, request: ExportRequest, *, opinion: str, actor: Actor, version: int, now: datetime
) -> None:
    apply(
        transition,
        request,
        actor=actor,
        version=version,
        facts=facts(request, actor, now),
        changes={"decided_by_label": actor.label, "opinion": opinion[:300]},
        comment=opinion,
        now=now,
    )
    close_for_subject(request, kinds=(TASK_KIND,), evidence=f"{transition.label}：{opinion}", actor=actor, now=now)


def _tell(request: ExportRequest, text: str, *, now: datetime) -> None:
    notify([request.user_id], text, reverse("privacy:request", args=[request.pk]), now)


# Building ---------------------------------------------------------------------------------------------------------
def build(context: JobContext) -> None:
    """Write the sealed file as the asker; file, state and job end in one transaction. Run twice, it builds once."""
    request = ExportRequest.objects.unscoped(WHY).select_related("user").get(pk=context.job.parameters["request"])
    actor = context.actor
    done = {"url": reverse("privacy:request", args=[request.pk]), "label": "领取文件"}
    if request.state != RequestState.APPROVED or actor is None:
        context.complete(done)
        return
    now = context.now()
    sealed = io.BytesIO()
    with SealedWriter(sealed, context=_context(request)) as writer:
        count = _write(writer, request, actor, now)
    sealed.seek(0)
    name = f"{request.kind_label}-{request.number}.xlsx"
    stored = files.store(sealed, name=name, kind=FILE_KIND, actor=actor, now=now)
    try:
        with transaction.atomic():
            changes = {"file_id": stored.pk, "row_count": count, "expires_at": now + KEPT_FOR}
            apply(FINISH, request, actor=None, version=request.version, changes=changes, now=now)
            _tell(request, f"导出申请 {request.number} 已批准并生成，请在 24 小时内领取。", now=now)
            context.complete(done)
    except BaseException:
        files.path_of(stored).unlink(missing_ok=True)
        raise


def _write(writer: Any, request: ExportRequest, actor: Actor, now: datetime) -> int:
    today = timezone.localdate(now)
    found = of_kind(request.kind, request.query, [], "xlsx", actor=actor, now=now, today=today)
    watermark = f"{request.number}　{request.user.username}　{datetime_text(now)}　含个人信息，不得外传"
    notes = [
        f"申请号：{request.number}",
        f"申请人：{request.user}（{request.membership_label}）",
        f"用途：{request.purpose}",
        f"审批人：{request.decided_by}（{request.decided_by_label}）",
        *found.notes,
        "本表含个人信息，限申请用途使用，用后删除。",
    ]
    rows = _with_numbers(request, found, actor, today)  # the plain rows are left: key and numbers come with these
    columns: list[Any] = [*found.columns, "导出标记"]
    return write_rows(writer, columns, rows, "xlsx", title=found.title, notes=notes, watermark=watermark)


def _with_numbers(request: ExportRequest, found: Any, actor: Actor, today: date) -> Iterator[list[Any]]:
    """The rows of the plain export with the approved numbers in their places, and the mark of the request."""
    resource = importing.resource_for(request.kind)
    places = [(number, column.code) for number, column in enumerate(found.columns) if column.code in request.fields]
    rows = resource.keyed_rows(filtered(resource, QueryDict(request.query), actor, today), today)
    while chunk := list(islice(rows, NUMBERS_AT_ONCE)):
        for place, code in places:
            holders = resource.number_holders([key for key, _row in chunk], code)
            for key, row in chunk:
                holder = holders.get(key)
                row[place] = opened(holder, NUMBERS[code][1]) if holder is not None else None
        for _key, row in chunk:
            yield [*row, request.number]


# Fetching and ending ----------------------------------------------------------------------------------------------
def fetch(request: ExportRequest, *, actor: Actor, version: int, now: datetime) -> bytes:
    """The file, once, for the asker alone; the reading is written down before the content is handed out.

    Raises `Refused` for another person, before it is built, after a day; `Conflict` when it was just fetched.
    """
    if request.state == RequestState.APPROVED:
        raise Refused("export.building", "文件还在生成，请稍后刷新本页。")
    stored = request.file
    if stored is None:
        raise Refused("export.none", "这项申请没有可以领取的文件。")
    if reason := why_not_fetch(request, actor, now):
        raise Refused("export.fetch", reason)
    with files.open_file(stored) as kept, SealedReader(kept, context=_context(request)) as reader:
        content = reader.read()
    words = in_words(importing.resource_for(request.kind), request.query)
    with transaction.atomic():
        apply(FETCH, request, actor=actor, version=version, facts=facts(request, actor, now), now=now)
        record_access(
            "privacy.ExportRequest",
            actor=actor,
            count=request.row_count or 0,
            filters=f"{request.number} {request.kind} {'、'.join(request.fields)} {words}",
            purpose=request.purpose,
            now=now,
        )
    files.remove(stored, now=now)
    return content


def why_not_fetch(request: ExportRequest, actor: Actor, now: datetime) -> str:
    """Why the file cannot be fetched now, before it is opened; empty when it can."""
    decision = explain(FETCH, request, actor=actor, facts=facts(request, actor, now))
    return "" if decision else decision.reason


def lapse_due(now: datetime) -> int:
    """Requests nobody decided in time, and files nobody fetched within a day, end; returns how many."""
    today = timezone.localdate(now)
    late = ExportRequest.objects.unscoped(WHY).filter(state=RequestState.ASKED, due_on__lt=today)
    kept = ExportRequest.objects.unscoped(WHY).filter(state=RequestState.READY, expires_at__lte=now)
    found = [*late.order_by("pk")[:200], *kept.select_related("file").order_by("pk")[:200]]
    for request in found:
        with transaction.atomic():
            apply(LAPSE, request, actor=None, version=request.version, now=now)
            close_for_subject(request, kinds=(TASK_KIND,), evidence="审批期限已过，申请失效", actor=None, now=now)
        if request.file is not None:
            files.remove(request.file, now=now)
    return len(found)


def _context(request: ExportRequest) -> str:
    return f"export-request|{request.pk}"
