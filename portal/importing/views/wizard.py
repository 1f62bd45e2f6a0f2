"""What the steps of the import wizard share: who may, where a batch stands, waiting for background work."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from portal import importing
from portal.access.policy import Policy
from portal.importing import selectors, services
from portal.importing.enums import OPEN_STATES, BatchState
from portal.importing.models import ImportBatch
from portal.importing.transitions import IMPORTERS
from portal.jobs.selectors import jobs_of
from portal.jobs.services import all_jobs
from portal.screens.screen import Crumb
from portal.screens.wizards import Step, WizardScreen

READ = Policy(IMPORTERS, {"GET"})
WRITE = Policy(IMPORTERS, {"GET", "POST"})


def kind_label(batch: ImportBatch) -> str:
    resource = importing.kinds().get(batch.kind)
    return resource.label if resource else batch.kind


def url_of(batch: ImportBatch) -> str:
    """The step at which a batch stands."""
    step = {
        BatchState.UPLOADED: "sheet",
        BatchState.STAGING: "preview",
        BatchState.PREVIEWED: "preview",
    }.get(BatchState(batch.state), "result")
    return reverse(f"importing:{step}", args=[batch.pk])


def shown_steps_of(urls: dict[str, str]) -> list[Step]:
    labels = {
        "upload": "上传",
        "sheet": "工作表与表头",
        "mapping": "列对应",
        "preview": "预览与纠错",
        "result": "写入与结果",
    }
    return [Step(code, label, urls.get(code, "")) for code, label in labels.items()]


def moved_on(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """The batch stands at another step: go there, from inside a partial too."""
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url_of(batch)
        return response
    return HttpResponseRedirect(url_of(batch))


def refreshed() -> HttpResponse:
    """Tell htmx that what was waited for has come: load the page anew."""
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


def progress_context(batch: ImportBatch) -> dict[str, Any]:
    """The newest job of the batch, for the progress partial."""
    return {"job": jobs_of(batch, all_jobs()).first(), "batch": batch}


class BatchStep(WizardScreen):
    """A step of one batch."""

    policy = WRITE
    model = ImportBatch
    pk_kwarg = "batch_pk"
    states: ClassVar[frozenset[str]] = frozenset()

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    @property
    def batch(self) -> ImportBatch:
        found: ImportBatch = self.object
        return found

    def reference(self) -> str:
        return f"{self.batch.number} · {kind_label(self.batch)} · {self.batch.file_name}"

    def steps(self) -> list[Step]:
        opened = (
            [] if self.batch.state not in OPEN_STATES else ["sheet", "mapping"][: 2 if self.batch.header_rows else 1]
        )
        opened += ["preview"] if self.batch.state == BatchState.PREVIEWED else []
        urls = {code: reverse(f"importing:{code}", args=[self.batch.pk]) for code in opened}
        return shown_steps_of(urls)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("表格导入", reverse("importing:list"))]

    def waiting(self) -> HttpResponse:
        """How far the background work is; asked for by htmx, only the part that changes."""
        progress = progress_context(self.batch)
        if progress["job"] and progress["job"].is_finished and self.has_moved():
            return moved_on(self.request, self.batch)
        name = "progress" if self.request.htmx else "waiting"  # type: ignore[attr-defined]
        return render(self.request, f"importing/{name}.html", {**self.base_context(), **progress})

    def has_moved(self) -> bool:
        """Whether the work ended after the batch was read, which is then read anew."""
        before = self.batch.state
        self.batch.refresh_from_db()
        return self.batch.state != before or (self.batch.state == BatchState.UPLOADED and services.is_read(self.batch))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.state not in self.states:
            return moved_on(request, self.batch)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.state not in self.states:
            return HttpResponseRedirect(url_of(self.batch))
        return super().post(request, *args, **kwargs)
