"""Running one job: lease, heartbeat, actor, work, end. A Celery task is this and one service call.

@shared_task(name="reporting.build_run")
def build_run(job_id: int) -> None:
    run(job_id, lambda context: services.build_run(context.job.parameters["run"], now=context.now()))
"""

import errno
import logging
import secrets
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from portal.access.actor import Actor, acting_as, load_actor
from portal.access.decisions import Conflict, Refused
from portal.access.requests import RequestFacts, request_facts
from portal.audit.models import Result
from portal.audit.services import record
from portal.jobs import rules, services
from portal.jobs.models import Job
from portal.jobs.services import LeaseLost
from portal.regulations.rules import ConfigurationError

logger = logging.getLogger(__name__)
PROGRESS_EVERY_SECONDS = 0.5

Work = Callable[["JobContext"], "dict[str, Any] | None"]
OnFailure = Callable[["JobContext", str, str], None]


class JobContext:
    """What the work knows about its own run."""

    def __init__(self, job: Job, actor: Actor | None) -> None:
        self.job = job
        self.actor = actor
        self._last_progress = 0.0
        self._last_message = ""

    def now(self) -> datetime:
        return timezone.now()

    def beat(self) -> None:
        """Renew the lease by hand; a thread does so anyway. Raises `LeaseLost` when another run has taken over."""
        services.write(self.job, now=self.now())

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is; written at most twice a second. Outside the transaction that writes the result."""
        is_news = message != self._last_message or done >= total
        if not is_news and monotonic() - self._last_progress < PROGRESS_EVERY_SECONDS:
            return
        self._last_progress, self._last_message = monotonic(), message
        services.write(self.job, now=self.now(), done_count=done, total_count=total, message=message[:200])

    def complete(self, result: dict[str, Any] | None = None) -> None:
        """Finish the job, as the last step of the work's own transaction: then effect and job stand or fall together.

        A run that lost its lease gets `LeaseLost` here, and its transaction is rolled back. Work that does not call
        this is finished after it returns, and must find its effect done when it is run a second time.
        """
        services.succeed(self.job, result or {}, now=self.now())


class Beating(threading.Thread):
    """Renews the lease from a connection of its own, so that long work without a database call keeps it.

    While the work's own transaction holds SQLite's write lock a beat may have to wait; the lease outlasts that.
    """

    def __init__(self, job: Job, every: float) -> None:
        super().__init__(name=f"job-{job.pk}-beat", daemon=True)
        self.job = job
        self.every = every
        self.is_over = threading.Event()

    def run(self) -> None:
        try:
            while not self.is_over.wait(self.every):
                try:
                    services.write(self.job, now=timezone.now())
                except LeaseLost:
                    return
                except DatabaseError as error:
                    logger.warning("job %s: a beat was missed: %s", self.job.pk, type(error).__name__)
        finally:
            connection.close()

    def stop(self) -> None:
        self.is_over.set()
        self.join(timeout=30)


def run(job_id: int, work: Work, on_failure: OnFailure | None = None) -> None:
    """Run one job to its end, unless it is finished or another run has it.

    `work` returns the result, or calls `context.complete`. `Refused` and `Conflict` end the job at once; anything else
    is tried again, up to the ceiling. `on_failure(context, code, message)` is called, in a transaction of its own,
    before the job is given up, so that its subject can leave its waiting state.
    """
    job = services.take(job_id, secrets.token_hex(16), now=timezone.now())
    if job is None:
        logger.info("job %s: nothing to do", job_id)
        return
    facts = RequestFacts(request_id=job.reference, address="", method="JOB", path=job.task)
    token = request_facts.set(facts)
    beating = Beating(job, rules.BEAT_EVERY.total_seconds())
    beating.start()
    try:
        _run(job, work, on_failure)
    except LeaseLost:
        logger.warning("job %s was taken over by another run", job.pk)
    finally:
        beating.stop()
        request_facts.reset(token)


def _run(job: Job, work: Work, on_failure: OnFailure | None) -> None:
    context = JobContext(job, None)
    if rules.is_worn_out(job.attempts):
        message = (
            f"处理过程连续 {rules.ATTEMPTS} 次被中断，已停止重试。"
            f"请联系系统管理员检查服务器内存和磁盘，参考编号 {job.reference}。"
        )
        _give_up(context, on_failure, "job.interrupted", message, Result.FAILED)
        return
    try:
        context.actor = _actor_of(job)
        with acting_as(context.actor):
            result = work(context)
        if services.holds(job):
            services.succeed(job, result or {}, now=context.now())
    except LeaseLost:
        raise
    except Refused as refusal:
        _give_up(context, on_failure, refusal.code, refusal.reason, Result.REFUSED)
    except Conflict as conflict:
        _give_up(context, on_failure, "conflict", conflict.reason, Result.REFUSED)
    except ConfigurationError as missing:
        # Trying again does not enter the parameter.
        _give_up(context, on_failure, "configuration", str(missing), Result.FAILED)
    except Exception as error:
        logger.exception("job %s failed in run %s", job.pk, job.attempts)
        code, message = explain(error, job.reference)
        if not services.holds(job):
            return
        # What took too long once will take too long again.
        if rules.is_last_attempt(job.attempts) or isinstance(error, SoftTimeLimitExceeded):
            _give_up(context, on_failure, code, message, Result.FAILED)
        else:
            _try_later(context, message)


def _actor_of(job: Job) -> Actor | None:
    """Who the job acts as, checked again today; work of the installation itself has nobody."""
    if job.user is None:
        return None
    actor = load_actor(job.user, job.membership_id, timezone.localdate()) if job.user.is_active else None
    if actor is None or actor.membership_id != job.membership_id:
        raise Refused(
            "membership.ended",
            f"发起人当时的身份“{job.membership_label}”已经失效，任务没有执行。请由仍在任的人员重新发起。",
        )
    return actor


def _try_later(context: JobContext, message: str) -> None:
    """Back into the queue; the sweep's next bell, half a minute on, is the pause between two runs."""
    with suppress(OperationalError):
        services.put_back(
            context.job, now=context.now(), message=f"第 {context.job.attempts} 次处理未成功，将自动重试。"
        )


def _give_up(context: JobContext, on_failure: OnFailure | None, code: str, message: str, result: Result) -> None:
    """End the job without success, after its subject has been told, and remember why."""
    job, now = context.job, context.now()
    if on_failure:
        try:
            with transaction.atomic(), acting_as(context.actor):
                on_failure(context, code, message)
        except Exception:
            logger.exception("job %s: telling the subject of the failure failed", job.pk)
    with transaction.atomic():
        services.fail(job, code, message, now=now)
        record(
            f"jobs.{job.kind}"[:80],
            actor=context.actor,
            user=job.user,
            subject=job,
            result=result,
            reason=f"{code}: {message}",
            now=now,
        )


def explain(error: Exception, reference: str) -> tuple[str, str]:
    """A stable code and a Chinese sentence (cause, remedy, reference number) for an error nobody foresaw."""
    ask = f"请联系系统管理员，参考编号 {reference}。"
    if isinstance(error, SoftTimeLimitExceeded):
        return "job.time_limit", f"处理时间超过上限，任务已停止。请缩小范围后重新发起；仍不成功时{ask}"
    if isinstance(error, MemoryError):
        return "job.memory", f"服务器内存不足，任务没有完成。请缩小范围后重新发起；仍不成功时{ask}"
    if _is_disk_full(error):
        return "disk.full", f"服务器磁盘空间不足，任务没有完成，已有数据没有变化。清理磁盘后请重新发起。{ask}"
    if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "disk.unwritable", f"服务器的数据目录无法写入，任务没有完成。{ask}"
    if isinstance(error, OperationalError):
        return "database.unavailable", f"数据库暂时不能写入，任务没有完成。请稍后重新发起；仍不成功时{ask}"
    return "job.unexpected", f"处理时出现意外错误，多次重试没有成功，已有数据没有变化。{ask}"


def _is_disk_full(error: BaseException | None) -> bool:
    """No space left, said by the system or by either database, here or in what the error came from."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return True
        if isinstance(error, sqlite3.Error) and error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            return True
        if getattr(error, "sqlstate", None) == "53100":
            return True
        error = error.__cause__ or error.__context__
    return False
