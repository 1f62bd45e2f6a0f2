"""The last step: what was written, and taking it back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.access.decisions import Decision, Refused
from portal.importing import jobs, selectors, transitions
from portal.importing.enums import BatchState
from portal.importing.models import ImportBatch
from portal.importing.presentation import rows_context
from portal.importing.views.wizard import READ, WRITE, BatchStep, moved_on, progress_context, refreshed
from portal.screens.actions import ActionScreen
from portal.screens.screen import Crumb
from portal.workflow.services import explain

PAGE_SIZE = 50


class Result(BatchStep):
    """What was written, the undo, or why nothing was."""

    policy = READ
    title = "写入与结果"
    step = "result"
    template_name = "importing/result.html"
    states = frozenset(
        {BatchState.COMMITTING, BatchState.COMMITTED, BatchState.UNDONE, BatchState.REFUSED, BatchState.EXPIRED}
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.batch
        if batch.state not in self.states:
            return moved_on(request, batch)
        progress = progress_context(batch)
        job = progress["job"]
        is_undoing = (
            batch.state == BatchState.COMMITTED and job and job.task == "importing.undo" and not job.is_finished
        )
        if batch.state == BatchState.COMMITTING or is_undoing:
            return self.waiting()
        if request.htmx and request.headers.get("HX-Target") == "job":  # type: ignore[attr-defined]
            return refreshed()
        failed = job if job and job.task == "importing.undo" and job.error_message else None
        rows = rows_context(request, batch, previewing=False) if batch.committed_at else {}
        return self.render(
            **rows,
            left=[
                {"place": batch.say(row.row_number), "label": row.label}
                for row in selectors.left_rows(batch)[:PAGE_SIZE]
            ],
            deadline=selectors.undo_deadline(batch),
            failed=failed,
            may_undo=bool(undo_decision(batch, self.actor)),
        )

    def base_context(self) -> dict[str, Any]:
        return {**super().base_context(), "batch": self.batch, "reference": self.reference()}


def undo_decision(batch: ImportBatch, actor: Any) -> Decision:
    found = explain(transitions.UNDO, batch, actor=actor)
    deadline = selectors.undo_deadline(batch)
    if found and deadline is not None and timezone.now() > deadline:
        return Decision(False, f"撤销期限是写入后 {selectors.UNDO_DAYS} 天，已经过了。请改用新的导入更正数据。")
    return found


class UndoBatch(ActionScreen):
    policy = WRITE
    model = ImportBatch
    pk_kwarg = "batch_pk"
    title = "撤销本次导入"
    is_dangerous = True

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    def crumbs(self) -> list[Crumb]:
        result = reverse("importing:result", args=[self.object.pk])
        return [Crumb("表格导入", reverse("importing:list")), Crumb("写入与结果", result)]

    def consequences(self) -> list[str]:
        batch = self.object
        return [
            f"本批新增的 {batch.new_count:,} 行将从登记库移除，更新的 {batch.changed_count:,} 行恢复原值。",
            "写入之后又有人改过、或已被其他业务引用的行保留不动，并列出清单。",
        ]

    def decision(self) -> Decision:
        return undo_decision(self.object, self.actor)

    def perform(self, form: Any) -> ImportBatch:
        batch = self.object
        found = self.decision()
        if not found:
            raise Refused("import.undo", found.reason)
        jobs.ask("undo", batch, actor=self.actor, now=timezone.now(), version=self.version)
        return batch

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:result", args=[result.pk])
