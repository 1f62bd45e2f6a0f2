"""Checking, signing, handing in, the receipt, and what can be taken home: PDF, workbook."""

from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from portal.access.actor import Actor
from portal.access.decisions import Conflict, Refused
from portal.access.policy import Policy
from portal.access.roles import ASSOCIATION, WORKSPACE
from portal.access.scoping import scoped
from portal.audit.services import record_access
from portal.files.responses import download, shown
from portal.filing.definition import Form
from portal.filing.examination import changed
from portal.screens.dates import parse_date
from portal.screens.errors import render_error
from portal.screens.people import never_kept
from portal.screens.screen import Crumb, Screen
from supervision.inspections import attachments, documents, papers, rules, services
from supervision.inspections.enums import EDITABLE, PaperKind
from supervision.inspections.models import Attachment, FilingPaper, Inspection, SignaturePage, Submission
from supervision.inspections.presentation import answer_groups, handed_in_states
from supervision.inspections.selectors import (
    handed_in_answers,
    handed_in_files,
    latest_submission,
    ready_paper,
    receiver,
    signature_page_of,
    submission_row,
)
from supervision.inspections.views import BOTH, FETCH, READ, WRITE, FilingScreen, posted_version, url_of
from supervision.rounds.selectors import form_of


class EditableScreen(FilingScreen):
    """Pages that make sense only while the association writes; afterwards they lead to what became of it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and self.inspection.state not in EDITABLE:
            return self.gone()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def gone(self) -> HttpResponse:
        """To the receipt, when it was handed in meanwhile."""
        found = latest_submission(self.inspection)
        if found is None:
            return self.to_overview()
        return HttpResponseRedirect(reverse("supervision:receipt", args=[found.pk]))


class FilingCheck(EditableScreen):
    """Everything that was typed on one page, what is missing first, what changed since the last hand-in marked."""

    template_name = "supervision/inspections/check.html"
    title = "核对全部内容"

    def context(self) -> dict[str, Any]:
        filing = self.filing
        before = latest_submission(self.inspection)
        codes = changed(filing.form, handed_in_answers(before), filing.answers) if before else ()
        names = {code: [one.file.name for one in rows] for code, rows in filing.attachments.items()}
        sections = [
            {
                "section": section,
                "url": url_of("filing_section", self.inspection, section.code),
                "is_open": filing.sections[section.code].is_open,
                "problem_count": len(filing.examination.sections[section.code].problems),
                "groups": answer_groups(section, filing.examination.fields, files=names, changed=codes),
            }
            for section in filing.form.sections
        ]
        problems = [
            {
                "section": section,
                "url": url_of("filing_section", self.inspection, section.code),
                "found": filing.examination.sections[section.code].problems,
            }
            for section in filing.form.sections
            if filing.examination.sections[section.code].problems
        ]
        return {
            "sections": sections,
            "problems": problems,
            "problem_count": len(filing.examination.problems),
            "changed_labels": [filing.form.fields[code].label for code in codes],
            "is_again": before is not None,
            "needs_signature": filing.needs_signature,
            "is_ready": not problems,
            "content_code": filing.content_code,
            "version": self.inspection.version,
        }


class FilingSign(EditableScreen):
    """The signature page: made, printed, signed, photographed back, and then handed in."""

    policy = Policy(ASSOCIATION, BOTH)
    template_name = "supervision/inspections/sign.html"
    title = "签章并提交"

    @property
    def page(self) -> SignaturePage | None:
        return signature_page_of(self.inspection, self.filing.content_code)

    def context(self) -> dict[str, Any]:
        filing = self.filing
        return {
            "form": filing.form,
            "problems": [one.text for one in filing.examination.problems],
            "page": self.page,
            "short_code": rules.short_code(filing.content_code),
            "content_code": filing.content_code,
            "version": self.inspection.version,
            "files": filing.signed,
            "changes": self.changes() if not filing.signed and filing.outdated_signed else [],
            "is_outdated": bool(not filing.signed and filing.outdated_signed),
            "needs_signature": filing.needs_signature,
            "printable": documents.signature_lines(filing),
            "file_errors": [],
            "sign_url": url_of("filing_sign", self.inspection),
            "paper": ready_paper(self.inspection, PaperKind.SIGNATURE, filing.content_code),
        }

    def changes(self) -> list[str]:
        """What differs from the page that was signed last."""
        signed = signature_page_of(self.inspection, self.filing.outdated_signed[-1].content_code)
        if signed is None:
            return []
        return documents.differences(self.filing, signed)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action, _, target = request.POST.get("action", "make").partition(":")
        errors: list[str] = []
        if action == "make":
            made = services.make_signature_page(self.inspection, actor=self.actor, now=self.received_at)
            papers.ask_draft(
                self.inspection, PaperKind.SIGNATURE, made.content_code, actor=self.actor, now=self.received_at
            )
        elif action == "remove-file":
            for one in self.filing.attachments.get(Attachment.SIGNATURE, []):
                if str(one.pk) == target:
                    attachments.detach(one, actor=self.actor, now=self.received_at)
        else:
            errors = self.take(request)
        self.forget()
        if errors or request.headers.get("X-Requested-With") == FETCH:
            status = 422 if errors else 200
            drawn = self.render(status=status, file_errors=errors, has_errors=bool(errors))
            if request.headers.get("X-Requested-With") == FETCH:
                return JsonResponse({"html": drawn.content.decode(), "errors": errors}, status=status)
            return drawn
        return HttpResponseRedirect(url_of("filing_sign", self.inspection))

    def take(self, request: HttpRequest) -> list[str]:
        """Keep the photographs; why one was not taken."""
        errors = []
        uploads = request.FILES.getlist("file-signature")
        for one in uploads:
            try:
                attachments.attach(
                    self.inspection,
                    Attachment.SIGNATURE,
                    one,
                    actor=self.actor,
                    now=self.received_at,  # type: ignore[arg-type]
                )
            except Refused as refused:
                errors.append(self.remember(refused))
        if not uploads:
            errors.append("没有收到文件。请重新选择照片或扫描件。")
        return errors


class FilingSubmit(FilingSign):
    """Handing in, with the photographs chosen in the same form: whatever is clicked twice leads to the same receipt."""

    policy = Policy(ASSOCIATION, WRITE)
    title = "签章并提交"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.inspection.state in EDITABLE:
            if request.FILES and (errors := self.take(request)):
                self.forget()
                return self.render(status=422, file_errors=errors, has_errors=True)
            if request.POST.get("confirmed") != "1":
                return self.say("提交前须确认内容真实、完整。请勾选后再提交。")
        try:
            submission = services.submit(
                self.inspection,
                version=posted_version(request.POST),
                content_code=request.POST.get("content_code", ""),
                actor=self.actor,
                now=self.received_at,
            )
        except Refused as refused:
            return self.say(self.remember(refused))
        except Conflict as conflict:
            return self.say(self.remember(conflict), status=409)
        return HttpResponseRedirect(reverse("supervision:receipt", args=[submission.pk]))

    def say(self, text: str, *, status: int = 422) -> HttpResponse:
        self.forget()
        template = "supervision/inspections/not_submitted.html"
        return self.render(status=status, template=template, title="还没有提交", text=text, has_errors=True)


class FilingElsewhere(EditableScreen):
    """Where the registrar's own system takes the filing: take the draft along, come back with the number."""

    policy = Policy(ASSOCIATION, BOTH)
    template_name = "supervision/inspections/elsewhere.html"
    title = "导出并登记受理编号"

    def context(self) -> dict[str, Any]:
        return {
            "problems": [one.text for one in self.filing.examination.problems],
            "content_code": self.filing.content_code,
            "version": self.inspection.version,
            "filed_on": self.request.POST.get("filed_on", ""),
            "acceptance_number": self.request.POST.get("acceptance_number", ""),
            "errors": [],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = request.POST.get("filed_on", "").strip()
        filed_on: date | None = parse_date(typed)
        if filed_on is None:
            shown_text = f"，现在填的是「{typed[:30]}」" if typed else ""
            return self.say(f"填写在登记管理机关系统报送的日期{shown_text}。请按 年-月-日 填写，例如 2026-03-01。")
        try:
            submission = services.file_elsewhere(
                self.inspection,
                filed_on=filed_on,
                acceptance_number=request.POST.get("acceptance_number", ""),
                version=posted_version(request.POST),
                content_code=request.POST.get("content_code", ""),
                actor=self.actor,
                now=self.received_at,
            )
        except Refused as refused:
            return self.say(self.remember(refused))
        except Conflict as conflict:
            return self.say(self.remember(conflict), status=409)
        return HttpResponseRedirect(reverse("supervision:receipt", args=[submission.pk]))

    def say(self, text: str, *, status: int = 422) -> HttpResponse:
        return self.render(status=status, errors=[text], has_errors=True)


class FilingDocument(FilingScreen):
    """What stands in the filing now, to take along: the registrar's workbook at once, PDFs by a job."""

    policy = Policy(ASSOCIATION, WRITE)
    title = "下载材料"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind, filing, now = request.POST.get("kind", ""), self.filing, self.received_at
        if kind == "workbook":
            return handed_over(documents.workbook(filing, now=now, actor=self.actor))
        if kind not in (PaperKind.SIGNATURE, PaperKind.REPORT):
            return no_such_document(request)
        return to_paper(papers.ask_draft(self.inspection, kind, filing.content_code, actor=self.actor, now=now))


def to_paper(paper: FilingPaper) -> HttpResponse:
    """To the file where it is there, else to the page that says how far it is."""
    if paper.stored_id is not None or paper.job_id is None:
        return HttpResponseRedirect(reverse("supervision:filing_paper", args=[paper.pk]))
    return HttpResponseRedirect(reverse("jobs:job", args=[paper.job_id]))


class PaperFile(Screen):
    """A PDF that was asked for."""

    policy = Policy(ASSOCIATION, READ)
    model = FilingPaper
    pk_kwarg = "paper_pk"
    title = "下载材料"

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(FilingPaper, actor).select_related("stored")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        paper: FilingPaper = self.object
        if paper.stored is None:
            return render_error(
                request,
                404,
                title="材料还没有制作好",
                cause=f"{paper.get_kind_display()}正在制作，或者没有制作成功。",
                remedy="请返回填报页面稍后再点下载；仍不成功时，可以在浏览器中直接打印页面。",
            )
        record_access("supervision:filing_paper", actor=self.actor, object_ids=[paper.pk], now=self.received_at)
        return download(paper.stored)  # type: ignore[return-value]


class ReceiptScreen(Screen):
    """The receipt of one hand-in, for good at this address, with everything that was handed in."""

    policy = Policy(ASSOCIATION, READ)
    model = Submission
    pk_kwarg = "submission_pk"
    title = "回执"
    template_name = "supervision/inspections/receipt.html"

    @cached_property
    def object(self) -> Submission:
        found = submission_row(self.actor, self.kwargs[self.pk_kwarg])
        if found is None:
            raise Http404
        return found

    @property
    def inspection(self) -> Inspection:
        found: Inspection = self.object.inspection
        return found

    @cached_property
    def form(self) -> Form:
        return form_of(self.inspection.form)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(self.inspection.round.title, url_of("filing", self.inspection))]

    def context(self) -> dict[str, Any]:
        submission: Submission = self.object
        # In the last hour before a deadline the receipt is what everybody asks for; the content comes on request.
        shows_content = "content" in self.request.GET
        if shows_content:
            submission.refresh_from_db(fields=["answers", "reasons"])
        states = handed_in_states(self.form, submission) if shows_content else {}
        files = handed_in_files(submission) if shows_content else {}
        shown_sections = self.form.sections if shows_content else ()
        return {
            "inspection": self.inspection,
            "round": self.inspection.round,
            "submission": submission,
            "receiver": receiver(self.inspection, submission),
            "is_latest": submission.submitted_at == self.inspection.submitted_at,
            "short_code": rules.short_code(submission.content_code),
            "address": self.request.build_absolute_uri(self.request.path),
            "filing_url": url_of("filing", self.inspection),
            "shows_content": shows_content,
            "sections": [
                {"section": section, "groups": answer_groups(section, states, files=files)}
                for section in shown_sections
            ],
        }


class ReceiptDocument(ReceiptScreen):
    policy = Policy(ASSOCIATION, WRITE)
    title = "下载回执"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind, submission = request.POST.get("kind", ""), self.object
        if kind not in (PaperKind.RECEIPT, PaperKind.REPORT):
            return no_such_document(request)
        address = request.build_absolute_uri(reverse("supervision:receipt", args=[submission.pk]))
        return to_paper(
            papers.ask_submission(submission, kind, address=address, actor=self.actor, now=self.received_at)
        )


def no_such_document(request: HttpRequest) -> HttpResponse:
    return render_error(
        request,
        400,
        title="没有这份材料",
        cause="这次没有指明要下载哪一份材料，或者没有这一份。",
        remedy="请返回上一页，从页面上的下载按钮进入。",
    )


def handed_over(made: documents.Made) -> HttpResponse:
    response = HttpResponse(made.content, content_type=made.media_type)
    response["Content-Disposition"] = content_disposition_header(True, made.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return never_kept(response)


class FilingFile(Screen):
    """A file that was handed in: shown where a page can show it, else given as a download. Its reading is kept."""

    policy = Policy(ASSOCIATION | WORKSPACE, READ)
    model = Attachment
    pk_kwarg = "attachment_pk"
    title = "附件"
    preview = False

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(Attachment, actor).select_related("file", "preview")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stored = (self.object.preview if self.preview else None) or self.object.file
        view = "supervision:filing_preview" if self.preview else "supervision:filing_file"
        record_access(view, actor=self.actor, object_ids=[self.object.pk], now=self.received_at)
        return shown(stored)  # type: ignore[return-value]


class FilingPreview(FilingFile):
    """Several photographs as one PDF."""

    title = "附件合并预览"
    preview = True
