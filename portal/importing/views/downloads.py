"""Workbooks of ours: the template and the error workbook."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from portal import importing
from portal.importing import selectors, services
from portal.importing.enums import BatchState
from portal.importing.models import ImportBatch
from portal.importing.templates import template
from portal.importing.views.wizard import READ
from portal.importing.workbooks import error_workbook
from portal.screens.lists import EXPORTS
from portal.screens.screen import Screen

XLSX = EXPORTS["xlsx"][0]


class Download(Screen):
    """A workbook of ours as an attachment."""

    policy = READ

    def answer(self, content: bytes, name: str) -> HttpResponse:
        response = HttpResponse(content, content_type=XLSX)
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class TemplateDownload(Download):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        resource = importing.kinds().get(kwargs["key"])
        if resource is None:
            raise Http404
        return self.answer(template(resource, self.actor), f"{resource.label}导入模板.xlsx")


class ErrorDownload(Download):
    model = ImportBatch
    pk_kwarg = "batch_pk"

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.object
        found = (
            services.current_layout(batch) if batch.state == BatchState.PREVIEWED and services.is_read(batch) else None
        )
        return self.answer(error_workbook(batch, found), f"{batch.number}错误行.xlsx")
