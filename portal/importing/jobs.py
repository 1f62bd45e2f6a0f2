"""Imports as background jobs: asking for one, and what it does. Every piece of work may run twice."""

import datetime as dt
from typing import Any

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.importing import services, transitions
from portal.importing.enums import BatchState
from portal.importing.models import ImportBatch
from portal.importing.selectors import stale, with_old_errors
from portal.jobs.models import Job, JobState
from portal.jobs.runner import JobContext
from portal.jobs.selectors import jobs_of
from portal.jobs.services import all_jobs, request
from portal.workflow.services import apply

LABELS = {"read": "读取文件", "stage": "校验表格", "commit": "写入登记库", "undo": "撤销导入"}


def ask(verb: str, batch: ImportBatch, *, actor: Actor, now: dt.datetime, **parameters: Any) -> Job:
    """Record the job for one verb on one version of the batch: asking twice gives the same job, unless it failed."""
    failed = jobs_of(batch, all_jobs()).filter(task=f"importing.{verb}", state=JobState.FAILED).count()
    return request(
        f"importing.{verb}",
        kind=f"importing.{verb}",
        subject=batch,
        label=f"{LABELS[verb]} {batch.number}",
        parameters={"batch": batch.pk, **parameters},
        actor=actor,
        now=now,
        unique_key=f"importing.{verb}:{batch.pk}:{batch.version}:{failed}",
    )


def _subject(context: JobContext) -> tuple[ImportBatch, Actor]:
    if context.actor is None:
        raise Refused("import.actor", "发起导入的身份已经终止，本批没有继续。请由在任人员重新导入。")
    return scoped(ImportBatch, context.actor).get(pk=context.job.parameters["batch"]), context.actor


def read(context: JobContext) -> dict[str, Any]:
    batch, actor = _subject(context)
    if batch.state == BatchState.UPLOADED and not batch.header_rows:
        context.progress(0, 1, "正在读取文件")
        batch = services.read(batch, actor=actor, now=context.now())
    return {"batch": batch.number, "state": batch.state}


def stage(context: JobContext) -> dict[str, Any]:
    batch, actor = _subject(context)
    batch = services.stage(batch, actor=actor, now=context.now(), progress=context.progress)
    return {"batch": batch.number, "state": batch.state}


def commit(context: JobContext) -> dict[str, Any]:
    batch, actor = _subject(context)
    if batch.state == BatchState.COMMITTING:
        context.progress(0, batch.new_count + batch.changed_count, "正在写入")
    batch = services.commit(batch, actor=actor, now=context.now(), complete=context.complete)
    if batch.state == BatchState.STAGING:
        batch = services.stage(batch, actor=actor, now=context.now(), progress=context.progress)
    if batch.state == BatchState.COMMITTED:
        services.delete_upload(batch, now=context.now())
    return {"batch": batch.number, "state": batch.state}


def undo(context: JobContext) -> dict[str, Any]:
    batch, actor = _subject(context)
    if batch.state == BatchState.COMMITTED:
        context.progress(0, batch.new_count + batch.changed_count, "正在撤销")
        version = context.job.parameters["version"]
        batch = services.undo(batch, actor=actor, version=version, now=context.now(), complete=context.complete)
    return {"batch": batch.number, "state": batch.state}


def give_up(context: JobContext, code: str, message: str) -> None:
    """The job ended without its effect: the batch leaves its waiting state."""
    batch = ImportBatch.objects.unscoped("a job that failed frees its own batch").get(
        pk=context.job.parameters["batch"]
    )
    back = {BatchState.STAGING: transitions.STOP, BatchState.COMMITTING: transitions.RETURN}.get(
        BatchState(batch.state)
    )
    if back is not None:
        changes = {"notice": message[:300]}
        apply(back, batch, actor=None, version=batch.version, now=context.now(), changes=changes, comment=code)


def expire_stale(now: dt.datetime) -> None:
    """The minute's tick: delete uploads nobody came back to for 24 hours."""
    for batch in stale(now):
        services.expire(batch, now=now)
    for batch in with_old_errors(now):
        services.delete_errors(batch, now=now)
