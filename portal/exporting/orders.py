"""Long exports: asked for, built by a job in whatever scope the actor has then, fetched, and gone after a day."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record
from portal.exporting.models import Export, Source
from portal.exporting.services import write_rows
from portal.exporting.sources import Rows, open_source
from portal.files import services as files
from portal.files.models import StoredFile
from portal.importing.exports import without_numbers
from portal.jobs import services as jobs
from portal.jobs.models import Job
from portal.jobs.runner import JobContext

KEPT_FOR = timedelta(hours=24)
PROGRESS_ROWS = 1_000
FILE_KIND = "export"
WHY = "an export is built and deleted by the installation itself, whoever asked for it"


def request_export(
    *,
    source: Source,
    place: str,
    query: str,
    fields: Sequence[str] = (),
    format_: str,
    title: str,
    actor: Actor,
    now: datetime,
) -> Job:
    """Record a long export and have it built; the caller has opened the source, so it exists and is the actor's.

    Raises `Refused` (`export.filter`) for a filter with a personal number in it.
    """
    query = without_numbers(query)
    with transaction.atomic():
        export = Export.objects.create(
            title=title[:200],
            source=source,
            place=place,
            query=query,
            fields=list(fields),
            format=format_,
            user_id=actor.user_id,
            membership_id=actor.membership_id,
            membership_label=actor.label,
            created_at=now,
        )
        record(
            "exporting.request",
            actor=actor,
            subject=export,
            after={"source": source, "place": place, "format": format_},
            now=now,
        )
        return jobs.request(
            "exporting.build",
            kind="export",
            subject=export,
            label=f"导出：{title}",
            parameters={"export": export.pk},
            actor=actor,
            now=now,
        )


def build(context: JobContext) -> None:
    """Write the file of an export; file, row and job are finished in one transaction. Run twice, it builds once."""
    export = Export.objects.unscoped(WHY).select_related("user").get(pk=context.job.parameters["export"])
    actor = context.actor
    if actor is None:
        raise Refused("membership.ended", "导出没有发起人，不能生成。请重新导出。")
    if export.file_id is None:
        now = context.now()
        found = open_source(export, actor=actor, user=export.user, now=now, today=timezone.localdate(now))
        with written(found, export.format, context) as (content, count):
            _finish(export, found, content, count, actor, context)
    else:
        context.complete({"url": reverse("exporting:export", args=[export.pk]), "label": "打开导出文件"})


@contextmanager
def written(found: Rows, format_: str, context: JobContext, watermark: str = "") -> Iterator[tuple[IO[bytes], int]]:
    """The written file while the block runs, and how many rows it has. It has no name on the disk."""
    folder = Path(settings.PORTAL_DATA) / "tmp"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def reported() -> Iterator[Sequence[Any]]:
        for number, row in enumerate(found.rows):
            if not number % PROGRESS_ROWS:
                context.progress(number, found.count, "正在写入文件")
            yield row

    with tempfile.TemporaryFile(dir=folder, prefix="export-") as file:
        count = write_rows(
            file, found.columns, reported(), format_, title=found.title, notes=found.notes, watermark=watermark
        )
        file.seek(0)
        yield file, count


def _finish(export: Export, found: Rows, content: IO[bytes], count: int, actor: Actor, context: JobContext) -> None:
    now = context.now()
    stored = files.store(content, name=found.name, kind=FILE_KIND, actor=actor, now=now)
    try:
        with transaction.atomic():
            Export.objects.unscoped(WHY).filter(pk=export.pk, file=None).update(
                title=found.title, file=stored, row_count=count, ready_at=now, expires_at=now + KEPT_FOR
            )
            found.remember(actor=actor, count=count, now=now)
            record(
                "exporting.build",
                actor=actor,
                subject=export,
                after={"rows": count, "format": export.format, "bytes": stored.size},
                now=now,
            )
            context.complete({"url": reverse("exporting:export", args=[export.pk]), "label": "打开导出文件"})
    except BaseException:
        files.path_of(stored).unlink(missing_ok=True)
        raise


def file_of(export: Export, now: datetime) -> StoredFile:
    """The file of a finished export; raises ``Refused`` when it is not built yet or no longer kept."""
    if export.file is None:
        raise Refused("export.building", f"「{export.title}」还在生成，请稍后再来下载。")
    if not export.is_kept(now):
        raise Refused("export.expired", f"「{export.title}」的文件只保留 24 小时，现已删除。请回到名单页重新导出。")
    return export.file


def expire_due(now: datetime) -> int:
    """Delete the files whose time is up; returns how many."""
    due = Export.objects.unscoped(WHY).filter(expires_at__lte=now, file__deleted_at=None).exclude(file=None)
    found = list(due.select_related("file").order_by("pk")[:200])
    for export in found:
        if export.file is not None:
            files.remove(export.file, now=now)
    return len(found)
