"""Official documents: the HTML of a report in GB/T 9704 layout, and the child process that makes it a PDF."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from portal.reporting.data import Chart, Definition, ReportData, Table
from portal.reporting.pdf import UNAVAILABLE
from portal.reporting.titles import balanced_lines

TIMEOUT_SECONDS = 180
# A document shows at most this many lines of a table; the rest is in the workbook.
TABLE_ROWS = 40
STYLESHEET = Path("static", "css", "report-document.css")


class PdfUnavailable(Exception):
    """This machine cannot make official documents; says why and the exact remedy."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}{remedy}")
        self.code, self.reason, self.remedy = code, reason, remedy


class PdfFailed(Exception):
    """One document could not be laid out; the machine itself is able."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One attachment of an official document; each begins on a new page (R-164)."""

    title: str
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    definitions: tuple[Definition, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What the official page adds to the report's own data."""

    title_lines: tuple[str, ...]
    number: str
    is_draft: bool
    as_of: str
    signed_on: str
    footnote: str
    sheets: tuple[Sheet, ...]
    stylesheet: SafeString


def document_date(day: date) -> str:
    """2026年6月1日: Arabic figures, no leading zeros (R-163)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _shortened(table: Table) -> Table:
    """The lines of a table that a document shows, and a note about the others."""
    if table.plain_count <= TABLE_ROWS:
        return table
    note = f"{table.note}共{table.plain_count}行，此处列出前{TABLE_ROWS}行，其余见电子表格。"
    return replace(table.first(TABLE_ROWS), note=note)


def sheets_of(report: ReportData) -> tuple[Sheet, ...]:
    """The attachments in the order they are bound: statistics, drawings, lists, definitions."""
    sheets = []
    if report.tables:
        sheets.append(Sheet("统计表", tables=tuple(_shortened(table) for table in report.tables)))
    if report.charts:
        sheets.append(Sheet("示意图", charts=report.charts))
    sheets.extend(Sheet(annex.title, tables=(annex,)) for annex in report.annexes)
    if report.definitions:
        sheets.append(Sheet("指标口径说明", definitions=report.definitions))
    return tuple(sheets)


def official_html(report: ReportData, *, number: str, signed_on: date | None) -> str:
    """The whole document as one HTML text with nothing outside it. Without a signing date it is a draft."""
    document = Document(
        title_lines=balanced_lines(report.title),
        number=number,
        is_draft=signed_on is None,
        as_of=document_date(report.as_of),
        signed_on=document_date(signed_on) if signed_on else "（成文日期待签发）",
        footnote=f"编号：{number}",
        sheets=sheets_of(report),
        stylesheet=mark_safe(  # noqa: S308 - our own file
            (Path(settings.BASE_DIR) / STYLESHEET).read_text(encoding="utf-8")
        ),
    )
    return render_to_string("reports/official.html", {"report": report, "document": document})


def html_to_pdf(source: str) -> bytes:
    """Lay out `source` in a child process with limits. Raises PdfUnavailable or PdfFailed, both with a remedy."""
    workspace = Path(settings.PORTAL_DATA) / "tmp"
    workspace.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pdf-", dir=workspace) as folder:
        page, target = Path(folder, "document.html"), Path(folder, "document.pdf")
        page.write_text(source, encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603 - our own module, no user text among the arguments
                [sys.executable, "-m", "portal.reporting.pdf", str(page), str(target)],
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                cwd=settings.BASE_DIR,
                env=_child_environment(folder),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PdfFailed(
                f"PDF 排版超过 {TIMEOUT_SECONDS} 秒仍未完成，已停止。请缩小报告范围后重新生成，名单请下载 XLSX。"
            ) from None
        if done.returncode == UNAVAILABLE:
            found = json.loads(done.stdout)
            _marker().write_text(f"{found['reason']}{found['remedy']}", encoding="utf-8")
            raise PdfUnavailable(**found)
        if done.returncode != 0 or not target.exists():
            raise PdfFailed(
                f"PDF 排版进程异常结束（代码 {done.returncode}）。请稍后重新申请一次；仍不成功时，"
                "请把本页的编号告诉系统管理员，并先下载 XLSX 使用。"
            )
        _marker().unlink(missing_ok=True)
        return target.read_bytes()


def unavailability() -> str:
    """Why this machine could make no PDF when it last tried, and the remedy; "" while nothing is known against it."""
    marker = _marker()
    return marker.read_text(encoding="utf-8") if marker.exists() else ""


def _marker() -> Path:
    return Path(settings.PORTAL_DATA) / "pdf-unavailable.txt"


def _child_environment(folder: str) -> dict[str, str]:
    """Only what a typesetter needs: no secrets, no proxies, no database address."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE") if name in os.environ}
    home = os.environ.get("HOME", folder)
    return {**kept, "HOME": home, "TMPDIR": folder, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
