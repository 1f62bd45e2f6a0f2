"""Papers of a filing: the signature page, the receipt, the whole report on A4, the draft in the registrar's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.exporting.services import export_rows
from portal.filing.definition import Form
from portal.filing.examination import FieldState, changed
from portal.reporting.printing import PdfFailed, PdfUnavailable, document_date, html_to_pdf
from portal.reporting.titles import balanced_lines
from portal.screens.values import datetime_text
from supervision.inspections import rules
from supervision.inspections.enums import PaperKind
from supervision.inspections.models import Inspection, SignaturePage, Submission
from supervision.inspections.presentation import answer_groups, answer_text, handed_in_states, registrar_rows
from supervision.inspections.sealed import opened_answers
from supervision.inspections.selectors import Filing, handed_in_files

STYLESHEET = Path("static", "css", "filing-document.css")
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRINTED_ON_SIGNATURE = 14  # of the figures that reports count, what fits one page


@dataclass(frozen=True)
class Made:
    """A document in memory and what to call it."""

    content: bytes
    name: str
    media_type: str


def draft_paper(filing: Filing, kind: str, now: datetime) -> Made:
    """What stands in the filing now as a signature page or a whole report.

    Raises `Refused("filing.pdf")` where this machine can make no PDF.
    """
    return _signature(filing, now) if kind == PaperKind.SIGNATURE else _draft_report(filing, now)


def submission_paper(submission: Submission, form: Form, kind: str, *, receiver: str, address: str) -> Made:
    """A hand-in as a receipt or a whole report; raises like `draft_paper`."""
    inspection = submission.inspection
    if kind == PaperKind.RECEIPT:
        context = {
            "inspection": inspection,
            "submission": submission,
            "receiver": receiver,
            "address": address,
            "submitted_at": datetime_text(submission.submitted_at, seconds=True),
            "short_code": rules.short_code(submission.content_code),
        }
        return Made(_pdf("reports/filing_receipt.html", context), f"回执-{inspection.number}.pdf", PDF)
    states = handed_in_states(form, submission)
    mark = f"第 {submission.sequence} 次报送 {datetime_text(submission.submitted_at)}"
    files = handed_in_files(submission)
    return _report(inspection, form, states, submission.content_code, files, mark=mark, is_draft=False)


def signature_lines(filing: Filing) -> list[tuple[str, str]]:
    """What the signer sees on the page: who reports, and the figures that count."""
    association = filing.inspection.association
    lines = [("单位名称", association.name), ("统一社会信用代码", association.uscc)]
    for code, state in filing.examination.fields.items():
        one = filing.form.fields[code]
        if one.column and state.is_shown:
            lines.append((one.label, answer_text(one, state) or "未填报"))
    return lines[:PRINTED_ON_SIGNATURE]


def differences(filing: Filing, signed: SignaturePage) -> list[str]:
    """What differs between the filing and the page that was signed, by label."""
    before = {**signed.answers.get("answers", {}), **opened_answers(signed)}
    found = [filing.form.fields[code].label for code in changed(filing.form, before, filing.answers)]
    reasons, files = signed.answers.get("reasons", {}), signed.answers.get("files", {})
    for code in filing.form.fields:
        label = filing.form.fields[code].label
        if (reasons.get(code) or "") != (filing.reasons.get(code) or ""):
            found.append(f"{label}的原因说明")
        if files.get(code, []) != filing.file_hashes.get(code, []):
            found.append(f"{label}的附件")
    return found


def _signature(filing: Filing, now: datetime) -> Made:
    inspection = filing.inspection
    context = {
        "inspection": inspection,
        "form": filing.form,
        "title_lines": balanced_lines(filing.form.title),
        "short_code": rules.short_code(filing.content_code),
        "content_code": filing.content_code,
        "lines": signature_lines(filing),
        "made_at": datetime_text(now),
    }
    return Made(_pdf("reports/filing_signature.html", context), f"签章页-{inspection.number}.pdf", PDF)


def _draft_report(filing: Filing, now: datetime) -> Made:
    mark = f"草稿 {datetime_text(now)}"
    states = filing.examination.fields
    files = {code: [one.file.name for one in rows] for code, rows in filing.attachments.items()}
    return _report(filing.inspection, filing.form, states, filing.content_code, files, mark=mark, is_draft=True)


def _report(
    inspection: Inspection,
    form: Form,
    states: Mapping[str, FieldState],
    content_code: str,
    files: Mapping[str, list[str]],
    *,
    mark: str,
    is_draft: bool,
) -> Made:
    context = {
        "inspection": inspection,
        "form": form,
        "title_lines": balanced_lines(f"{form.title}"),
        "year": inspection.round.report_year,
        "mark": mark,
        "is_draft": is_draft,
        "short_code": rules.short_code(content_code),
        "day": document_date(timezone.localdate(inspection.submitted_at)) if inspection.submitted_at else "",
        "sections": [
            {"section": section, "groups": [one for one in answer_groups(section, states, files=files) if one.is_shown]}
            for section in form.sections
        ],
    }
    name = f"{'草稿-' if is_draft else ''}{form.title}-{inspection.number}.pdf"
    return Made(_pdf("reports/filing_report.html", context), name, PDF)


def workbook(filing: Filing, *, now: datetime, actor: Actor) -> Made:
    """The answers in the order of the registrar's own form, one a row."""
    inspection = filing.inspection
    rows = registrar_rows(filing.form, filing.answers, filing.examination.fields)
    content = export_rows(
        ["序号", "项目", "填报内容", "单位"],
        [list(row) for row in rows],
        "xlsx",
        title=f"{inspection.round.report_year}年度报送内容",
        notes=[
            f"{inspection.association.name} {inspection.round.title}",
            f"按登记管理机关表单的顺序排列；内容码 {rules.short_code(filing.content_code)}",
            "个人信息已脱敏，报送时请按本单位掌握的完整内容填写。",
            f"导出人 {actor.label}，{datetime_text(now)}",
        ],
    )
    return Made(content, f"报送内容-{inspection.number}.xlsx", XLSX)


def _pdf(template: str, context: dict[str, Any]) -> bytes:
    style = (Path(settings.BASE_DIR) / STYLESHEET).read_text(encoding="utf-8")
    try:
        return html_to_pdf(render_to_string(template, {**context, "stylesheet": mark_safe(style)}))  # noqa: S308 (ours)
    except (PdfFailed, PdfUnavailable) as error:
        raise Refused("filing.pdf", f"{error}也可以在浏览器中直接打印本页。") from error
