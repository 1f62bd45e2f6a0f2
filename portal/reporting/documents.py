"""Making the documents of a run: in the background, the first time they are asked for."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.files.models import StoredFile
from portal.files.services import store
from portal.jobs.runner import JobContext
from portal.reporting.data import ReportData
from portal.reporting.enums import FileFormat
from portal.reporting.models import ReportFile, ReportRun
from portal.reporting.printing import PdfFailed, PdfUnavailable, html_to_pdf, official_html
from portal.reporting.selectors import load_report
from portal.reporting.workbook import workbook

FILE_KIND = "report"


def build_file(file_pk: int, context: JobContext) -> dict[str, Any]:
    """Render one document and keep it. A second run finds it kept and does nothing."""
    wanted = _wanted(file_pk)
    if wanted.is_ready:
        return {"file": wanted.pk}
    run = wanted.run
    if wanted.is_final != run.is_locked:
        raise Refused("report.signed_meanwhile", f"报告 {run.number} 已经签发，草稿文件不再制作。请下载签发稿。")
    context.progress(0, 0, "正在排版" if wanted.format == FileFormat.PDF else "正在制作表格")
    content = _render(wanted, run, context.now())
    with transaction.atomic():
        stored = _keep(content, wanted, run, context.actor, context.now())
        ReportFile.objects.unscoped("the document of one job").filter(pk=wanted.pk).update(
            stored=stored, error_code="", error_text=""
        )
        context.complete({"file": wanted.pk})
    return {"file": wanted.pk}


def fail_file(context: JobContext, code: str, message: str) -> None:
    """Say on the run's page why there is no document, and what to do."""
    ReportFile.objects.unscoped("the document of one job").filter(
        pk=context.job.parameters["file"], stored=None
    ).update(error_code=code[:60], error_text=message[:500])


def file_name(run: ReportRun, file_format: str) -> str:
    mark = "" if run.is_locked else "（草稿）"
    return f"{run.title}{mark} {run.as_of.isoformat()} {run.number}.{file_format}"


def _wanted(file_pk: int) -> ReportFile:
    files = ReportFile.objects.unscoped("the document of one job")
    found: ReportFile = files.select_related("run", "run__user").get(pk=file_pk)
    return found


def _render(wanted: ReportFile, run: ReportRun, now: datetime) -> bytes:
    if wanted.format == FileFormat.XLSX:
        return _xlsx(load_report(run, with_rows=True), wanted, run)
    signed_on = timezone.localdate(run.locked_at) if run.locked_at else None
    try:
        return html_to_pdf(official_html(load_report(run), number=run.number, signed_on=signed_on))
    except PdfUnavailable as unavailable:
        raise Refused(
            unavailable.code, f"{unavailable.reason}{unavailable.remedy}。网页和 XLSX 不受影响。"
        ) from unavailable
    except PdfFailed as failed:
        raise Refused("pdf.failed", str(failed)) from failed


def _xlsx(report: ReportData, wanted: ReportFile, run: ReportRun) -> bytes:
    def link(drill: str | None) -> str:
        return f"{wanted.base_url}{reverse('reporting:run_rows', args=[run.pk, drill])}" if drill else ""

    return workbook(
        report,
        number=run.number,
        state_label=run.get_state_display(),
        made_at=timezone.localtime(run.built_at),
        made_by=f"{run.user}（{run.membership_label}）",
        page_url=f"{wanted.base_url}{reverse('reporting:run', args=[run.pk])}",
        link=link,
    )


def _keep(content: bytes, wanted: ReportFile, run: ReportRun, actor: Actor | None, now: datetime) -> StoredFile:
    return store(content, name=file_name(run, wanted.format), kind=FILE_KIND, actor=actor, now=now)
