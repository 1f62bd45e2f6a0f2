"""What a person reads off a report: its figures and tables on the page, the same in the spreadsheet and on paper."""

import io
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from pypdf import PdfReader, PdfWriter

# A file is examined, and a PDF laid out, in a process of its own; this is how long a person would wait.
PATIENCE_MS = 60_000


def paper() -> dict[str, Any]:
    """An empty page, as an office scans one."""
    writer, content = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(content)
    return {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": content.getvalue()}


def figures_of(page: Page) -> dict[str, tuple[str, str]]:
    """Label → (value, fraction) of the headline figures."""
    page.wait_for_load_state()
    found = {}
    for figure in page.locator(".figure").all():
        notes = figure.locator(".figure-note").all_inner_texts()
        value = figure.locator(".figure-value").inner_text().strip()
        found[figure.locator(".figure-label").inner_text()] = (value, notes[0] if notes else "")
    return found


def table_of(page: Page, key: str) -> list[list[str]]:
    page.wait_for_load_state()
    rows = page.locator(f"#table-{key} tbody tr")
    return [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows.all()]


def sheet_of(book: Any, title: str) -> list[list[str]]:
    sheet = next(one for one in book.worksheets if str(one["A1"].value) == title)
    rows = [[cell for cell in row if cell.value is not None] for row in sheet.iter_rows(min_row=4)]
    return [[as_shown(cell) for cell in row] for row in rows if len(row) > 1]


def as_shown(cell: Any) -> str:
    value = cell.value
    if "%" in cell.number_format:
        return f"{value * 100:.1f}%"
    return f"{value:,}" if isinstance(value, int) else str(value)


def download(page: Page, kind: str) -> bytes:
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile(f"^下载 {kind}")).click()
    return Path(downloading.value.path()).read_bytes()


def words_of(pdf: bytes) -> str:
    """Everything a PDF says, without blanks and page numbers."""
    pages = [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]
    return "".join(re.sub(r"^—\d+—|—\d+—$", "", text) for text in pages)
