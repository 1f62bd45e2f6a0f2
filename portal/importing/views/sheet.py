"""The second step: which sheet, which header rows."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from portal import importing
from portal.access.decisions import Refused
from portal.importing import masks, reader, services
from portal.importing.enums import BatchState
from portal.importing.forms import SheetForm
from portal.importing.mapping import UnknownHeading
from portal.importing.models import ImportBatch
from portal.importing.parsers import shown
from portal.importing.refusals import FileRefused
from portal.importing.sheetxml import column_letter
from portal.importing.views.wizard import BatchStep, refreshed

PREVIEW_ROWS = 14
PREVIEW_COLUMNS = 40


class SheetStep(BatchStep):
    title = "工作表与表头"
    step = "sheet"
    form_class = SheetForm
    submit_label = "下一步：列对应"
    template_name = "importing/sheet.html"
    states = frozenset({BatchState.UPLOADED, BatchState.PREVIEWED})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.state == BatchState.UPLOADED and not services.is_read(self.batch):
            return self.waiting()
        if request.htmx and request.headers.get("HX-Target") == "job":  # type: ignore[attr-defined]
            return refreshed()
        return super().get(request, *args, **kwargs)

    @cached_property
    def reading(self) -> reader.Reading:
        return reader.load(services.folder_of(self.batch))

    def form_kwargs(self) -> dict[str, Any]:
        return {"reading": self.reading}

    def initial(self) -> dict[str, Any]:
        query = self.request.GET
        names = {sheet.name for sheet in self.reading.sheets}
        sheet = query.get("sheet", "")
        rows = self.batch.header_rows if sheet in ("", self.batch.sheet_name) else []
        text = f"{rows[0]}-{rows[-1]}" if len(rows) > 1 else "".join(map(str, rows))
        asked = query.get("header", "")
        return {
            "sheet": sheet if sheet in names else self.batch.sheet_name,
            "header": asked if asked.isdecimal() and len(asked) < 6 else text,
        }

    def context(self) -> dict[str, Any]:
        chosen = self.initial()
        sheet = self.reading.sheet(chosen["sheet"])
        if sheet is None:
            raise Http404
        head = [(number, cells[:PREVIEW_COLUMNS]) for number, cells in sheet.head(PREVIEW_ROWS)]
        width = max((len(cells) for _, cells in head), default=0)
        try:
            first, _, last = str(chosen["header"]).partition("-")
            header = range(int(first), int(last or first) + 1)
        except ValueError:
            header = range(0)
        return {
            "letters": [column_letter(number) for number in range(1, width + 1)],
            "preview": [
                (number, self._words(number, cells, width, max(header, default=0)), number in header)
                for number, cells in head
            ],
            "sheet": sheet,
            "batch": self.batch,
        }

    def _words(self, number: int, cells: Sequence[Any], width: int, last_header: int) -> list[str]:
        """Cells in words; below the header nothing of a personal column is shown."""
        resource = importing.resource_for(self.batch.kind)
        personal = {column.code for column in resource.columns() if column.personal}
        hidden = {match["number"] for match in self.batch.mapping if match["code"] in personal}
        words = [
            "***" if index in hidden and number > last_header and cell is not None else masks.mask(shown(cell))
            for index, cell in enumerate(cells, start=1)
        ]
        return words + [""] * (width - len(words))

    def save(self, form: Any) -> ImportBatch:
        sheet, header = form.cleaned_data["sheet"], form.cleaned_data["header"]
        given = services.decide(self.batch.given, sheet=sheet, header=header)
        try:
            return services.propose(self.batch, given=given, actor=self.actor, version=self.version)
        except FileRefused as refusal:
            raise Refused(refusal.code, refusal.message) from refusal
        except UnknownHeading as unknown:
            raise Refused("mapping.unknown", str(unknown)) from unknown

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:mapping", args=[result.pk])
