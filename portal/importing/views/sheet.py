"""The second step: which sheet, which header rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal import importing
from portal.access.decisions import Refused
from portal.importing import layout, masks, reader, services
from portal.importing.enums import BatchState
from portal.importing.forms import SheetForm
from portal.importing.layout import Layout
from portal.importing.mapping import UnknownHeading
from portal.importing.models import ImportBatch
from portal.importing.parsers import shown
from portal.importing.refusals import FileRefused
from portal.importing.sheetxml import column_letter
from portal.importing.views.wizard import BatchStep, refreshed

PREVIEW_ROWS = 14
PREVIEW_COLUMNS = 40
ROWS_ABOVE = 5


@dataclass(frozen=True)
class Asked:
    sheet: reader.Sheet
    header: list[int]
    start: int


class SheetStep(BatchStep):
    title = "工作表与表头"
    step = "sheet"
    form_class = SheetForm
    submit_label = "下一步：列对应"
    template_name = "importing/sheet.html"
    states = frozenset({BatchState.UPLOADED, BatchState.PREVIEWED})
    is_read_again = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.state == BatchState.UPLOADED and not services.is_read(self.batch):
            return self.waiting()
        if request.htmx and request.headers.get("HX-Target") == "job":  # type: ignore[attr-defined]
            return refreshed()
        return super().get(request, *args, **kwargs)

    @cached_property
    def reading(self) -> reader.Reading:
        return reader.load(services.folder_of(self.batch))

    @cached_property
    def together(self) -> list[str]:
        """The sheets that are read as one unless a person picks one of them."""
        found = self._look("", ())
        return found.sheet_names if found else []

    def _look(self, sheet: str, header: Sequence[int]) -> Layout | None:
        columns = importing.resource_for(self.batch.kind).columns()
        try:
            return layout.find(self.reading, columns, sheet_name=sheet, header_rows=header)
        except FileRefused:
            return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"reading": self.reading, "together": self.together}

    @cached_property
    def asked(self) -> Asked:
        """What the page is asked to show: a sheet, a row of it as the header, or rows further down."""
        query, batch = self.request.GET, self.batch
        sheet = self.reading.sheet(query.get("sheet", "")) or self.reading.sheet(batch.sheet_name)
        if sheet is None:
            raise Http404
        row = _number(query.get("header", ""))
        rows = list(batch.header_rows) if sheet.name == batch.sheet_name else []
        if row or not rows:
            found = self._look(sheet.name, (row,) if row else ())
            rows = list(found.header.rows) if found else [row] if row else []
        start = _number(query.get("from", "")) or max(1, (rows or [1])[0] - ROWS_ABOVE)
        return Asked(sheet, rows, min(start, max(1, sheet.rows)))

    def initial(self) -> dict[str, Any]:
        rows, sheet = self.asked.header, self.asked.sheet
        is_together = len(self.together) > 1 and "sheet" not in self.request.GET and not self.batch.given.get("sheet")
        return {
            "sheet": "" if is_together else sheet.name,
            "header": f"{rows[0]}-{rows[-1]}" if len(rows) > 1 else "".join(map(str, rows)),
            "encoding": sheet.encoding,
        }

    def context(self) -> dict[str, Any]:
        sheet, header, start = self.asked.sheet, self.asked.header, self.asked.start
        window = [(number, cells) for number, cells in sheet.head(start + PREVIEW_ROWS - 1) if number >= start]
        head = [(number, cells[:PREVIEW_COLUMNS]) for number, cells in window]
        width = max((len(cells) for _, cells in head), default=0)
        return {
            "letters": [column_letter(number) for number in range(1, width + 1)],
            "preview": [
                (number, self._words(number, cells, width, max(header, default=0)), number in header)
                for number, cells in head
            ],
            "sheet": sheet,
            "others": [one.name for one in self.reading.sheets if one.filled_rows],
            "before": max(1, start - PREVIEW_ROWS) if start > 1 else 0,
            "after": start + PREVIEW_ROWS if start + PREVIEW_ROWS <= sheet.rows else 0,
            "is_doubtful": self.reading.is_doubtful,
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
        encoding = form.cleaned_data.get("encoding", "")
        if encoding and encoding != self.reading.sheets[0].encoding:
            self.is_read_again = True
            now = timezone.now()
            return services.read_again(self.batch, encoding=encoding, actor=self.actor, version=self.version, now=now)
        given = services.decide(self.batch.given, sheet=sheet, header=header)
        try:
            return services.propose(self.batch, given=given, actor=self.actor, version=self.version)
        except FileRefused as refusal:
            raise Refused(refusal.code, refusal.message) from refusal
        except UnknownHeading as unknown:
            raise Refused("mapping.unknown", str(unknown)) from unknown

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:sheet" if self.is_read_again else "importing:mapping", args=[result.pk])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else 0
