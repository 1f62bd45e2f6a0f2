"""The fourth step: what will happen, before anything is written; and the decision to write."""

from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.access.decisions import Decision
from portal.importing import jobs, selectors, services, transitions
from portal.importing.enums import BatchState, Severity
from portal.importing.models import ImportBatch
from portal.importing.presentation import rows_context
from portal.importing.views.names import open_names
from portal.importing.views.wizard import READ, WRITE, BatchStep, moved_on, refreshed
from portal.screens.actions import ActionScreen
from portal.screens.screen import Crumb
from portal.workflow.services import explain


class Preview(BatchStep):
    """Counts and one page of rows or problems; never the file."""

    policy = READ
    title = "预览与纠错"
    step = "preview"
    template_name = "importing/preview.html"
    states = frozenset({BatchState.STAGING, BatchState.PREVIEWED})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.batch
        if batch.state not in self.states:
            return moved_on(request, batch)
        if batch.state == BatchState.STAGING:
            return self.waiting()
        if request.htmx and request.headers.get("HX-Target") == "job":  # type: ignore[attr-defined]
            return refreshed()
        return self.render(**rows_context(request, batch, previewing=True))

    @cached_property
    def open_names(self) -> int:
        """How many names of the file a person may match by hand."""
        is_open = self.batch.state == BatchState.PREVIEWED and services.is_read(self.batch)
        return len(open_names(self.batch)) if is_open and self.batch.rejected_count else 0

    def base_context(self) -> dict[str, Any]:
        batch = self.batch
        warnings = selectors.issue_counts(batch)[Severity.WARNING] if batch.state == BatchState.PREVIEWED else 0
        writable = batch.new_count + batch.changed_count
        return {
            **super().base_context(),
            "batch": batch,
            "writable": writable,
            "warnings": warnings,
            "open_names": self.open_names,
        }


class Commit(ActionScreen):
    policy = WRITE
    model = ImportBatch
    pk_kwarg = "batch_pk"
    title = "写入登记库"

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    def crumbs(self) -> list[Crumb]:
        preview = reverse("importing:preview", args=[self.object.pk])
        return [Crumb("表格导入", reverse("importing:list")), Crumb("预览与纠错", preview)]

    def consequences(self) -> list[str]:
        batch = self.object
        return [
            f"新增 {batch.new_count:,} 行，更新 {batch.changed_count:,} 行（共 {batch.changed_cell_count:,} 格）。",
            f"跳过有错误的 {batch.rejected_count:,} 行；无变化的 {batch.same_count:,} 行不动。",
            f"整批一次写入，写入后 {selectors.UNDO_DAYS} 天内可以撤销。上传的文件在写入后删除。",
        ]

    def decision(self) -> Decision:
        found = explain(transitions.CONFIRM, self.object, actor=self.actor)
        if found and not services.has_changes(self.object):
            return Decision(False, "这一批没有可写入的行：没有新增，也没有变化。请改正错误后重新上传。")
        return found

    def perform(self, form: Any) -> ImportBatch:
        now = timezone.now()
        with transaction.atomic():
            batch = services.confirm(self.object, actor=self.actor, version=self.version, now=now)
            jobs.ask("commit", batch, actor=self.actor, now=now)
        return batch

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:result", args=[result.pk])
