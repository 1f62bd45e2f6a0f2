"""The association's filing: the list of what is to be done, and one topic a page."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import ASSOCIATION
from portal.filing.definition import Section
from portal.screens.columns import Column, Empty
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.workflow.services import history
from supervision.inspections import attachments, services
from supervision.inspections.enums import EDITABLE, STATE_TONES, InspectionState, SectionState
from supervision.inspections.models import Inspection
from supervision.inspections.selectors import (
    Correction,
    Filing,
    correction_of,
    filing_of,
    filing_row,
    filings,
    first_fix,
    next_section,
    submissions_of,
    window_of,
)
from supervision.rounds.enums import Place

READ, WRITE, BOTH = {"GET"}, {"POST"}, {"GET", "POST"}
FETCH = "fetch"


def url_of(name: str, inspection: Inspection, *further: Any) -> str:
    return reverse(f"supervision:{name}", args=[inspection.pk, *further])


def posted_version(data: Any) -> int:
    """The version that the page showed; 0 when none was posted."""
    posted = data.get("version", "")
    return int(posted) if posted.isdecimal() and len(posted) < 10 else 0


class FilingList(ListScreen):
    """Every filing of the association, the latest year first."""

    policy = Policy(ASSOCIATION, READ)
    title = "年检年报"
    unit = "份"
    model = Inspection
    default_order = ("-round__report_year", "-pk")
    exports = ()
    columns = (
        Column("round", "批次", value="round.title", link=lambda row: url_of("filing", row), card="title"),
        Column("report_year", "报告年度", value="round.report_year"),
        Column("association", "社会组织", value="association.name"),
        Column(
            "state",
            "状态",
            value=lambda row: InspectionState(row.state),
            kind="state",
            tone=lambda row: STATE_TONES[InspectionState(row.state)],
            card="tag",
        ),
        Column("filing_due_on", "报送截止", kind="date"),
        Column("submitted_at", "最近报送", kind="datetime"),
        Column("conclusion", "结论", value=lambda row: row.get_conclusion_display() or None),
    )
    empty = Empty("还没有需要填报的年检。批次启动后会显示在这里和首页。")

    def get_queryset(self, actor: Actor) -> Any:
        return filings(actor)


class FilingScreen(Screen):
    """What every page about one filing shares: whose it is, until when, and whom to call."""

    policy = Policy(ASSOCIATION, READ)
    model = Inspection
    pk_kwarg = "inspection_pk"

    def get_queryset(self, actor: Actor) -> Any:
        return filings(actor)

    @cached_property
    def object(self) -> Inspection:
        found = filing_row(self.actor, self.kwargs[self.pk_kwarg])
        if found is None:
            raise Http404
        return found

    @property
    def inspection(self) -> Inspection:
        found: Inspection = self.object
        return found

    @cached_property
    def filing(self) -> Filing:
        return filing_of(self.inspection, self.today)

    @cached_property
    def correction(self) -> Correction | None:
        return correction_of(self.inspection, self.filing.form)

    def forget(self) -> None:
        """Read anew after a write."""
        for name in ("filing", "correction"):
            self.__dict__.pop(name, None)

    @property
    def is_editable(self) -> bool:
        return self.inspection.state in EDITABLE

    def crumbs(self) -> list[Crumb]:
        return [Crumb("返回任务清单", url_of("filing", self.inspection))]

    def to_overview(self, text: str = "") -> HttpResponse:
        if text:
            messages.warning(self.request, text)
        return HttpResponseRedirect(url_of("filing", self.inspection))

    def base_context(self) -> dict[str, Any]:
        one = self.inspection
        window = window_of(one, self.today)
        return {
            **super().base_context(),
            "inspection": one,
            "round": one.round,
            "window": window,
            "due_on": window.due_on,
            "state": InspectionState(one.state),
            "state_tone": STATE_TONES[InspectionState(one.state)],
            "is_editable": self.is_editable,
            "is_elsewhere": one.round.place == Place.REGISTRAR,
            "filing_url": url_of("filing", one),
        }


class SectionLine:
    """One line of the task list."""

    def __init__(self, filing: Filing, section: Section, correction: Correction | None) -> None:
        self.section = section
        self.url = url_of("filing_section", filing.inspection, section.code)
        row, state = filing.sections[section.code], filing.examination.sections[section.code]
        self.wanted = correction.of_section(section.code) if correction else ()
        self.filled, self.asked = state.filled_count, state.asked_count
        self.is_open = row.is_open
        self.may_repeat = (
            correction is None
            and section.may_repeat
            and not row.is_as_last_year
            and any(one.code in filing.last_year.answers and one.last_year for one in section.fields)
        )
        self.is_as_last_year = row.is_as_last_year
        if self.wanted:
            self.label, self.tone = f"需要修改 {len(self.wanted)} 处", "red"
        elif state.is_complete and (row.state == SectionState.DONE or correction is not None):
            self.label, self.tone = "已完成", "green"
        elif state.is_complete:
            self.label, self.tone = "待核对", "blue"
        elif row.state == SectionState.DONE:
            self.label, self.tone = f"还有 {len(state.problems)} 处", "amber"
        elif row.state == SectionState.EMPTY:
            self.label, self.tone = (f"已带入 {self.filled}/{self.asked}" if self.filled else "未开始"), "grey"
        else:
            self.label, self.tone = f"填写中 {self.filled}/{self.asked}", "blue"


class FilingOverview(FilingScreen):
    """The task list while the association writes; before that what to prepare, after that where the filing is."""

    template_name = "supervision/inspections/overview.html"

    def page_title(self) -> str:
        return f"{self.inspection.round.title}"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("年检年报", reverse("supervision:filings"))]

    def context(self) -> dict[str, Any]:
        one = self.inspection
        is_new = one.state == InspectionState.NOT_STARTED
        form = self.filing.form
        lines = [SectionLine(self.filing, section, self.correction) for section in form.sections]
        context: dict[str, Any] = {
            "form": form,
            "is_new": is_new,
            "minutes": sum(section.minutes for section in form.sections),
            "prepare": list(dict.fromkeys(text for section in form.sections for text in section.prepare)),
            "lines": lines,
            "done_count": 0,
            "repeatable": [],
            "correction": None,
            "fix_url": "",
            "version": one.version,
            "last_year": self.filing.last_year.year,
            "submissions": [],
            "history": [],
            "is_signed": False,
            "is_complete": False,
        }
        if self.is_editable:
            context |= {
                "done_count": sum(line.label == "已完成" for line in lines),
                "repeatable": [line for line in lines if line.may_repeat],
                "correction": self.correction,
                "fix_url": first_fix(self.inspection, self.correction),
                "is_signed": bool(self.filing.signed),
                "is_complete": not self.filing.examination.problems,
            }
        if one.submitted_at is not None:
            context |= {"submissions": submissions_of(one)}
        if not is_new:
            context |= {"history": told(one)}
        return context


def told(inspection: Inspection) -> list[dict[str, Any]]:
    """The moves of a filing in words, the latest first."""
    return [
        {
            "at": event.at,
            "text": str(InspectionState(event.target).label),
            "by": event.membership_label or "系统",
            "comment": event.comment,
        }
        for event in reversed(history(inspection))
    ]


class FilingStart(FilingScreen):
    policy = Policy(ASSOCIATION, WRITE)
    title = "开始填报"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = posted_version(request.POST)
        services.start(self.inspection, actor=self.actor, version=version, now=self.received_at)
        codes = [section.code for section in self.filing.form.sections]
        attachments.repeat_files(self.inspection, codes, actor=self.actor, now=self.received_at)
        return self.to_overview()


class FilingRepeat(FilingScreen):
    """「沿用上年，无变化」 for all sections that may be taken over, or for those that were ticked."""

    policy = Policy(ASSOCIATION, WRITE)
    title = "沿用上年"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = [SectionLine(self.filing, section, self.correction) for section in self.filing.form.sections]
        ticked = set(request.POST.getlist("section"))
        taken = [
            line.section.code
            for line in lines
            if line.may_repeat and (request.POST.get("all") or line.section.code in ticked)
        ]
        if not taken:
            return self.to_overview("没有勾选要沿用上年的部分。请先勾选，再点「沿用上年，无变化」。")
        for code in taken:
            services.save_section(
                self.inspection,
                code,
                answers={},
                reasons={},
                version=self.filing.sections[code].version,
                actor=self.actor,
                now=self.received_at,
                state=SectionState.DONE,
                as_last_year=True,
            )
        self.forget()
        messages.success(request, f"已沿用上年内容 {len(taken)} 个部分。下面是还要填写的。")
        following = next_section(self.filing, "", None)
        if following is None:
            return HttpResponseRedirect(url_of("filing_check", self.inspection))
        return HttpResponseRedirect(url_of("filing_section", self.inspection, following.code))
