"""Workbooks of ours: the template and the error workbook."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from portal import importing
from portal.files import services as files
from portal.importing import selectors
from portal.importing.errorbook import issue_workbook
from portal.importing.models import ImportBatch
from portal.importing.templates import template
from portal.importing.views.wizard import READ
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
        return selectors.batches(actor).select_related("error_file")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever sent the file gets its own rows back; to others the values are masked."""
        batch, stored = self.object, self.object.error_file
        if stored is None or stored.deleted_at is not None or batch.user_id != self.actor.user_id:
            return self.answer(issue_workbook(batch), f"{batch.number}错误行.xlsx")
        with files.open_file(stored) as content:
            return self.answer(content.read(), stored.name)
