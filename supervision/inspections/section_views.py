"""One topic of a filing on one page, and what happens when it is saved."""

from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone

from portal.access.decisions import Conflict, Refused
from portal.access.kept import drop_kept_text, kept_text
from portal.access.policy import Policy
from portal.access.roles import ASSOCIATION
from portal.filing.definition import Section
from portal.screens.people import ShowsPeople, never_kept
from supervision.inspections import attachments, papers, services
from supervision.inspections.enums import PaperKind, SectionState
from supervision.inspections.forms import Typed, fill_with_zero, read_posted, shown_groups
from supervision.inspections.presentation import answer_groups
from supervision.inspections.selectors import file_fields, next_section
from supervision.inspections.services import shown as shown_answer
from supervision.inspections.views import BOTH, FETCH, WRITE, FilingScreen, SectionLine, posted_version, url_of
from supervision.rounds.selectors import form_of

# What a button says about the section; saving by itself says nothing new.
SAID: dict[str, str] = {
    "continue": SectionState.DONE,
    "repeat": SectionState.DONE,
    "later": SectionState.DRAFT,
}


class SectionScreen(ShowsPeople, FilingScreen):
    """One topic: the same POST whether the person presses the button or the page saves by itself."""

    policy = Policy(ASSOCIATION, BOTH)
    template_name = "supervision/inspections/section.html"
    keeps_text: ClassVar[bool] = True

    @cached_property
    def section(self) -> Section:
        try:
            return form_of(self.inspection.form).section(self.kwargs["section"])
        except KeyError:
            raise Http404 from None

    @property
    def row(self) -> Any:
        return self.filing.sections[self.section.code]

    @property
    def is_fetch(self) -> bool:
        return self.request.headers.get("X-Requested-With") == FETCH

    def page_title(self) -> str:
        return self.section.title

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_editable:
            return self.to_overview()
        _ = self.section
        kept = kept_text(request)
        if kept is None:
            # What was just taken over from last year is not yet somebody's mistake.
            is_said = self.row.state == SectionState.DONE and not self.row.is_as_last_year
            return self.draw(says_problems=is_said)
        return self.draw(
            typed=read_posted(self.section, kept.data),
            version=posted_version(kept.data),
            notice=f"登录过期前（{timezone.localtime(kept.at):%H:%M}）填写的内容已找回，显示在下面。请核对后保存。",
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        section = self.section
        typed = read_posted(section, request.POST)
        if request.POST.get("merge"):
            typed = merged(typed, request.POST)
        action, _, target = request.POST.get("action", "continue").partition(":")
        if action == "zero":
            fill_with_zero(section, target, typed)
        try:
            row = services.save_section(
                self.inspection,
                section.code,
                answers=typed.answers,
                reasons=typed.reasons,
                version=posted_version(request.POST),
                actor=self.actor,
                now=self.received_at,
                state=SAID.get(action),
                as_last_year=action == "repeat",
            )
        except Conflict as conflict:
            self.remember(conflict)
            return self.answer_conflict(typed, conflict)
        except Refused as refused:
            self.remember(refused)
            return self.answer_closed(typed, refused)
        drop_kept_text(request)
        self.forget()
        if action == "autosave":
            return self.answer_saved(row)
        if action == "upload":
            return self.upload(target)
        if action == "remove-file":
            return self.remove_file(target)
        if action == "row":
            return self.draw(spare={target: 2})
        if typed.unfit or action in ("fill", "zero"):
            return self.answer_filled(typed)
        if request.FILES and (errors := self.take_chosen()):
            self.forget()
            return self.draw(status=422, says_problems=True, file_errors=errors)
        if action == "later":
            return self.to_overview()
        if self.filing.examination.sections[section.code].problems:
            return self.draw(says_problems=True, status=422)
        return self.go_on()

    def go_on(self) -> HttpResponse:
        following = next_section(self.filing, self.section.code, self.correction)
        if following is None:
            return self.all_done()
        anchor = ""
        if self.correction and (wanted := self.correction.of_section(following.code)) and wanted[0].field:
            anchor = f"#f-{wanted[0].field}"
        return HttpResponseRedirect(f"{url_of('filing_section', self.inspection, following.code)}{anchor}")

    def all_done(self) -> HttpResponse:
        """To the check page; a correction goes straight to signing, which names what changed."""
        if self.correction is None or not self.filing.needs_signature:
            return HttpResponseRedirect(url_of("filing_check", self.inspection))
        if not self.filing.signed:
            made = services.make_signature_page(self.inspection, actor=self.actor, now=self.received_at)
            papers.ask_draft(
                self.inspection, PaperKind.SIGNATURE, made.content_code, actor=self.actor, now=self.received_at
            )
        return HttpResponseRedirect(url_of("filing_sign", self.inspection))

    # Files

    def take(self, field: str) -> list[str]:
        """Keep the files chosen for a field; why one was not taken."""
        errors = []
        for one in self.request.FILES.getlist(f"file-{field}"):
            try:
                attachments.attach(self.inspection, field, one, actor=self.actor, now=self.received_at)  # type: ignore[arg-type]
            except Refused as refused:
                errors.append(self.remember(refused))
        return errors

    def take_chosen(self) -> dict[str, list[str]]:
        """Files that were chosen and not sent by themselves go with the form's button."""
        found = {code: self.take(code) for code in file_fields(self.section)}
        self.forget()
        return {code: errors for code, errors in found.items() if errors}

    def upload(self, field: str) -> HttpResponse:
        errors = self.take(field)
        if not self.request.FILES.getlist(f"file-{field}"):
            errors.append("没有收到文件。请重新选择文件。")
        return self.answer_files(field, errors)

    def remove_file(self, target: str) -> HttpResponse:
        for code, rows in self.filing.attachments.items():
            for one in rows:
                if str(one.pk) == target and code in self.filing.form.section_of:
                    attachments.detach(one, actor=self.actor, now=self.received_at)
                    return self.answer_files(code, [])
        return self.answer_files("", [])

    def answer_files(self, field: str, errors: list[str]) -> HttpResponse:
        self.forget()
        status = 422 if errors else 200
        drawn = self.draw(status=status, file_errors={field: errors} if errors else {})
        if self.is_fetch:
            return JsonResponse(
                {"html": drawn.content.decode(), "errors": errors, "version": self.row.version}, status=status
            )
        return drawn

    # Answers

    def answer_filled(self, typed: Typed) -> HttpResponse:
        """The columns that were pasted, in their cells; what did not fit, with its text."""
        if typed.filled_count:
            notice = f"已填入 {typed.filled_count} 格，内容已保存，请核对。"
        elif typed.unfit:
            notice = ""
        elif self.request.POST.get("action") == "fill":
            notice = "没有粘贴内容。请先从电子表格复制一列数，粘贴到框里，再点「填入表格」。"
        else:
            notice = "表中没有空格。"
        return self.draw(typed=Typed(unfit=typed.unfit), notice=notice, status=422 if typed.unfit else 200)

    def answer_saved(self, row: Any) -> HttpResponse:
        """What the page shows after it saved by itself."""
        states = self.filing.examination.fields
        told_fields = {
            one.code: {
                "change": states[one.code].change,
                "reason": states[one.code].needs_reason,
                "problem": "".join(states[one.code].problems) if states[one.code].raw else "",
            }
            for one in self.section.fields
        }
        return JsonResponse(
            {
                "version": row.version,
                "saved_at": timezone.localtime(row.saved_at).strftime("%H:%M:%S") if row.saved_at else "",
                "fields": told_fields,
            }
        )

    def answer_conflict(self, typed: Typed, conflict: Conflict) -> HttpResponse:
        self.forget()
        if self.is_fetch:
            return JsonResponse({"conflict": conflict.reason, "labels": list(conflict.ours)}, status=409)
        fields = {one.code: one for one in self.section.fields}
        stored = self.filing.section_answers(self.section.code)
        differing = []
        for code, raw in typed.answers.items():
            if (raw or "") == (stored.get(code) or ""):
                continue
            differing.append(
                {
                    "code": code,
                    "label": fields[code].label,
                    "ours": shown_answer(fields[code], raw),
                    "theirs": shown_answer(fields[code], stored.get(code)),
                }
            )
        codes = {one["code"] for one in differing}
        return never_kept(
            self.render(
                status=409,
                template="supervision/inspections/merge.html",
                section_code=self.section.code,
                title="这一部分刚刚在别处修改过",
                message=conflict.reason,
                differing=differing,
                posted=posted_of(self.request, codes),
                fields=",".join(sorted(codes)),
                version=self.row.version,
            )
        )

    def answer_closed(self, typed: Typed, refused: Refused) -> HttpResponse:
        if self.is_fetch:
            return JsonResponse({"closed": refused.reason}, status=409)
        fields = {one.code: one for one in self.section.fields}
        rows = [
            {"label": fields[code].label, "value": shown_answer(fields[code], raw)}
            for code, raw in typed.answers.items()
            if raw
        ]
        self.forget()
        return self.render(
            status=409,
            template="supervision/inspections/closed.html",
            title="这一部分不能再修改",
            message=refused.reason,
            rows=rows,
        )

    def draw(
        self,
        *,
        typed: Typed | None = None,
        says_problems: bool = False,
        status: int = 200,
        version: int | None = None,
        notice: str = "",
        spare: dict[str, int] | None = None,
        file_errors: dict[str, list[str]] | None = None,
    ) -> HttpResponse:
        section = self.section
        wanted = self.correction.of_section(section.code) if self.correction else ()
        groups = shown_groups(
            self.filing,
            section,
            typed=typed,
            says_problems=says_problems,
            wanted=wanted,
            spare=spare,
            file_errors=file_errors,
        )
        controls = [one for group in groups for one in group.controls]
        state = self.filing.examination.sections[section.code]
        problems = (
            [(f"#f-{one.field}" if one.field else "", one.text) for one in state.problems] if says_problems else []
        )
        codes = [one.code for one in self.filing.form.sections]
        if any(one.field.is_personal for one in controls):
            self.show_people([self.inspection.pk], tab=section.code)
        drawn = self.render(
            status=status,
            section=section,
            place=codes.index(section.code) + 1,
            section_count=len(codes),
            groups=groups,
            answers=[] if self.row.is_open else answer_groups(section, self.filing.examination.fields),
            wanted_controls=[one for one in controls if one.remarks],
            section_remarks=[one.text for one in wanted if not one.field],
            is_correction=self.correction is not None,
            is_open=self.row.is_open,
            fields=",".join(one.code for one in controls if not one.is_locked and one.kind != "file"),
            has_files=any(one.kind == "file" for one in controls),
            version=self.row.version if version is None else version,
            is_dirty=typed is not None and not typed.is_empty,
            saved_at=self.row.saved_at,
            problems=problems,
            has_errors=bool(problems or file_errors or any(group.has_pasted for group in groups)),
            notice=notice,
            may_repeat=SectionLine(self.filing, section, self.correction).may_repeat,
            is_as_last_year=self.row.is_as_last_year,
            left=[] if says_problems else [(f"#f-{one.field}", one.text) for one in state.problems if one.field],
            last_year=self.filing.last_year.year,
        )
        return never_kept(drawn)


def merged(typed: Typed, data: Any) -> Typed:
    """The person's choice in the merge page: theirs is what is stored, so only ours is written."""
    ours = {code: raw for code, raw in typed.answers.items() if data.get(f"choose-{code}") != "theirs"}
    return Typed(ours, {code: text for code, text in typed.reasons.items() if code in ours})


def posted_of(request: HttpRequest, codes: set[str]) -> list[tuple[str, str]]:
    """The inputs of some fields as they were posted, to be posted again."""
    found: list[tuple[str, str]] = []
    for name, values in request.POST.lists():
        owner = name.removeprefix("reason-").removeprefix("clear-")
        if owner in codes or any(owner.startswith(f"{code}-") for code in codes):
            found.extend((name, value) for value in values)
    return found


class SectionUnlock(FilingScreen):
    """「修改这一部分」 of a section that the return did not name."""

    policy = Policy(ASSOCIATION, WRITE)
    title = "修改这一部分"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            section = self.filing.form.section(self.kwargs["section"])
        except KeyError:
            raise Http404 from None
        services.unlock_section(self.inspection, section.code, actor=self.actor, now=self.received_at)
        return HttpResponseRedirect(url_of("filing_section", self.inspection, section.code))
