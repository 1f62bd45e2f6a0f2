"""The report centre, the page of a run, the lists behind its figures, its documents, and schedules."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote

import django_filters
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, WORKSPACE, Role
from portal.access.scoping import scoped
from portal.files.responses import download
from portal.gates import Finding
from portal.reporting import printing, selectors, services
from portal.reporting.data import CellKind
from portal.reporting.documents import file_name
from portal.reporting.enums import FileFormat, RunState
from portal.reporting.models import ReportRun, Schedule
from portal.reporting.registry import Report, find, reports_for
from portal.reporting.rules import digest
from portal.reporting.transitions import GIVE_BACK, LOCK, RETRY, SEND
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, Tag
from portal.screens.errors import render_error
from portal.screens.filters import ScreenFilterSet
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.screens.values import Missing
from portal.workflow.models import WorkflowEvent
from portal.workflow.services import explain, history

RECENT = 10
POLLING_SECONDS = 2
KEY_MARK = "0-key-0"
TABLE_ROWS = 30


def centre_crumb() -> Crumb:
    return Crumb("报告中心", reverse("reporting:centre"))


def run_crumb(run: ReportRun) -> Crumb:
    return Crumb(f"{run.title} {run.number}", reverse("reporting:run", args=[run.pk]))


def _state_column() -> Column:
    return Column(
        "state",
        "状态",
        value=lambda run: RunState(run.state),
        kind="state",
        tone=lambda run: RunState(run.state).tone,
        card="tag",
        sort="state",
    )


RUN_COLUMNS: Sequence[Column] = (
    Column("title", "报告", link=lambda run: reverse("reporting:run", args=[run.pk]), card="title", sort="title"),
    _state_column(),
    Column("number", "编号", css="code", sort="month,series,edition"),
    Column("as_of", "数据截至", kind="date", sort="as_of"),
    Column("scope_label", "范围"),
    Column("user", "申请人", value=lambda run: str(run.user)),
    Column("requested_at", "申请时间", kind="datetime", sort="requested_at"),
)


class ReportCentre(Screen):
    """Which reports there are, what was made lately, what makes itself."""

    policy = Policy(WORKSPACE, {"GET"})
    title = "报告中心"
    template_name = "reporting/centre.html"

    def context(self) -> dict[str, Any]:
        runs = scoped(ReportRun, self.actor).defer("data").select_related("user").order_by("-requested_at", "-pk")
        active = scoped(Schedule, self.actor).filter(is_active=True)
        return {
            "reports": reports_for(self.actor.role),
            "recent": [(run, RunState(run.state)) for run in runs[:RECENT]],
            "run_count": runs.count(),
            "schedule_count": active.count(),
        }


class RunFilter(ScreenFilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=RunState.choices, empty_label="全部")
    month = django_filters.CharFilter(label="数据月份", max_length=7)

    class Meta:
        model = ReportRun
        fields: Sequence[str] = []


class RunList(ListScreen):
    policy = Policy(WORKSPACE, {"GET"})
    title = "报告历史"
    unit = "份"
    model = ReportRun
    columns = RUN_COLUMNS
    filterset_class = RunFilter
    default_order = ("-requested_at", "-pk")
    empty = Empty("还没有生成过报告。可以从报告中心选择一种报告生成。", "到报告中心", "reporting:centre")

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(ReportRun, actor).defer("data").select_related("user")

    def crumbs(self) -> list[Crumb]:
        return [centre_crumb()]


class ReportForm(FormScreen):
    """A form about one declared report, named in the URL."""

    @cached_property
    def report(self) -> Report:
        report = find(self.kwargs["key"])
        if report is None or self.actor.role not in report.roles:
            raise Http404
        return report

    def crumbs(self) -> list[Crumb]:
        return [centre_crumb()]


class RunNew(ReportForm):
    policy = Policy(WORKSPACE, {"GET", "POST"})
    submit_label = "生成报告"

    def page_title(self) -> str:
        return f"生成{self.report.title}"

    def base_context(self) -> dict[str, Any]:
        return {**super().base_context(), "intro": self.report.summary}

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        return self.report.parameters(data, files, actor=self.actor, initial={"as_of": self.as_of})

    def save(self, form: Any) -> ReportRun:
        return services.request_run(
            self.report.key,
            params=form.to_params(),
            as_of=form.cleaned_data["as_of"],
            actor=self.actor,
            now=timezone.now(),
        )

    def success_url(self, result: ReportRun) -> str:
        return reverse("reporting:run", args=[result.pk])


class OneRun(Screen):
    model = ReportRun
    pk_kwarg = "run_pk"

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(ReportRun, actor).select_related("user", "job", "locked_by", "schedule")

    def crumbs(self) -> list[Crumb]:
        return [centre_crumb()]


class Links:
    """Where the figures of a run lead: the live list while it is a draft, the stored rows otherwise or on demand."""

    def __init__(self, run: ReportRun, actor: Actor, *, stored: bool) -> None:
        self.live = None if stored else selectors.LiveLists(run, actor)
        self.pattern = reverse("reporting:run_rows", args=[run.pk, KEY_MARK])

    def __call__(self, drill: str | None) -> str:
        if drill is None:
            return ""
        return (self.live and self.live.url(drill)) or self.pattern.replace(KEY_MARK, quote(drill, safe=":"))


class RunPage(OneRun):
    """Progress while building; then the report itself, every figure a link to its list."""

    policy = Policy(WORKSPACE, {"GET"})
    template_name = "reporting/run.html"

    def page_title(self) -> str:
        return self.object.title

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run: ReportRun = self.object
        if request.headers.get("HX-Target") == "files" and run.is_finished:
            return self.render(template="reporting/files.html")
        if request.headers.get("HX-Target") == "run-progress":
            if run.state != RunState.BUILDING:
                response = HttpResponse()
                response["HX-Refresh"] = "true"
                return response
            return self.render(template="reporting/progress.html")
        if run.state in {RunState.BUILDING, RunState.FAILED}:
            return self.render(template="reporting/waiting.html")
        return self.render()

    def context(self) -> dict[str, Any]:
        run: ReportRun = self.object
        state = RunState(run.state)
        context = {
            "run": run,
            "state": Tag(state.label, state.tone),
            "polling_seconds": POLLING_SECONDS,
            "retry": explain(RETRY, run, actor=self.actor),
            "is_own": run.is_of(self.actor) and not self._is_final(run),
        }
        return context | self._report_context(run) if run.is_finished else context

    def _report_context(self, run: ReportRun) -> dict[str, Any]:
        report = selectors.load_report(run)
        shows_stored = run.is_locked or self.request.GET.get("lists") == "stored"
        editions = selectors.editions(run, self.actor)
        newest = editions[-1]
        files = self._files(run)
        return {
            "report": report,
            "tables": (*report.tables, *report.annexes),
            "table_limit": TABLE_ROWS,
            "whole_key": self.request.GET.get("table", ""),
            "links": Links(run, self.actor, stored=shows_stored),
            "shows_stored": shows_stored,
            "is_intact": digest(run.data or {}) == run.data_sha256,
            "editions": [(one, RunState(one.state)) for one in editions],
            "newest": newest if newest.pk != run.pk else None,
            "lock": explain(LOCK, run, actor=self.actor, facts=services.lock_facts(run)),
            "send": explain(SEND, run, actor=self.actor, facts=services.lock_facts(run)),
            "may_send": self.actor.role in DEPARTMENT and run.state == RunState.DRAFT and self._is_reviewed(run),
            "may_give_back": self.actor.role == Role.DEPARTMENT_ADMIN and run.state == RunState.IN_REVIEW,
            "findings": self._findings(run),
            "words": self._words(run),
            "may_lock": self.actor.role == Role.DEPARTMENT_ADMIN
            and not run.is_locked
            and (run.state == RunState.IN_REVIEW or not self._is_reviewed(run)),
            "files": files,
            "is_making_files": any(one["is_waiting"] for one in files),
        }

    def _is_final(self, run: ReportRun) -> bool:
        report = find(run.key)
        return run.is_locked and bool(report and report.is_final_when_signed)

    def _is_reviewed(self, run: ReportRun) -> bool:
        report = find(run.key)
        return bool(report and report.needs_review)

    def _findings(self, run: ReportRun) -> list[Finding]:
        """What the report itself says about signing it, while it can still be signed."""
        report = find(run.key)
        return report.blockers(run) if report and report.blockers and not run.is_locked else []

    def _words(self, run: ReportRun) -> WorkflowEvent | None:
        """Why a draft came back from review, until it is sent again."""
        moves = history(run) if run.state == RunState.DRAFT and self._is_reviewed(run) else []
        last = max(moves, key=lambda one: one.pk, default=None)
        return last if last is not None and last.transition == GIVE_BACK.name else None

    def _files(self, run: ReportRun) -> list[dict[str, Any]]:
        """Each format with what can be done about it now."""
        known = selectors.files_of(run, self.actor)
        unavailable = {FileFormat.PDF: printing.unavailability()}
        found = []
        for file_format in FileFormat:
            row = known.get(file_format)
            found.append(
                {
                    "label": file_format.label,
                    "url": reverse("reporting:run_file", args=[run.pk, file_format]),
                    "is_ready": row is not None and row.is_ready,
                    "is_waiting": row is not None and not row.is_ready and not row.error_code,
                    "size": row.stored.size if row is not None and row.stored else 0,
                    "error": row.error_text if row is not None else "",
                    "warning": "" if row is not None else unavailable.get(file_format, ""),
                }
            )
        return found


class RunRows(OneRun, ListScreen):
    """The list behind one figure, as it stood when the report was built."""

    policy = Policy(WORKSPACE, {"GET"})
    template_name = "reporting/rows.html"
    unit = "家"

    @cached_property
    def as_of(self) -> date:
        """The list is of the report's date, whatever the address says."""
        day: date = self.object.as_of
        return day

    @cached_property
    def drill_page(self) -> selectors.DrillPage:
        page = selectors.stored_list(self.object, self.kwargs["key"], self.actor)
        if page is None:
            raise Http404
        return page

    def page_title(self) -> str:
        return self.drill_page.drill.label

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), run_crumb(self.object)]

    @cached_property
    def rows(self) -> Any:
        return self.drill_page.rows

    def get_columns(self) -> Sequence[Column]:
        """The roster's columns; the first one is the subject's name and leads to its page."""
        roster = self.drill_page.roster
        columns = []
        for place, column in enumerate(roster.columns):
            columns.append(
                Column(
                    column.code,
                    column.label,
                    value=_cell_getter(place, is_count=column.kind is CellKind.COUNT),
                    kind="number" if column.kind is CellKind.COUNT else "text",
                    link=self._subject_url if place == 0 else None,
                    card="title" if place == 0 else "row",
                )
            )
        if roster.action_url_name and not self.object.is_locked and self.object.is_of(self.actor):
            columns.append(
                Column(
                    "action",
                    "办理",
                    value=lambda row: roster.action_label,
                    link=lambda row: self._url(roster.action_url_name, row),
                    export=False,
                )
            )
        return columns

    def _subject_url(self, row: selectors.StoredRow) -> str | None:
        return self._url(self.drill_page.roster.subject_url_name, row)

    def _url(self, name: str, row: selectors.StoredRow) -> str | None:
        """The page of a row's subject under a name; none where it is not installed."""
        try:
            return reverse(name, kwargs={self.drill_page.roster.subject_url_kwarg: row.pk}) if name else None
        except NoReverseMatch:
            return None

    def context(self) -> dict[str, Any]:
        run = self.object
        return {
            "run": run,
            "live_url": selectors.live_url(self.drill_page.drill, run.title),
        }


def _cell_getter(place: int, *, is_count: bool) -> Callable[[selectors.StoredRow], Any]:
    """The value in one place of a stored row; a count that is not there was not reported."""

    def get(row: selectors.StoredRow) -> Any:
        value = row.cells[place]
        return Missing.NOT_REPORTED if value is None and is_count else value

    return get


class RunAction(OneRun, ActionScreen):
    def cancel_url(self) -> str:
        return reverse("reporting:run", args=[self.object.pk])

    def crumbs(self) -> list[Crumb]:
        return [centre_crumb(), run_crumb(self.object)]

    def success_url(self, result: ReportRun) -> str:
        return reverse("reporting:run", args=[result.pk])


class RunLock(RunAction):
    policy = Policy({Role.DEPARTMENT_ADMIN}, {"GET", "POST"})
    title = "签发报告"
    submit_label = "签发"

    def consequences(self) -> list[str]:
        return [
            "数字、名单和文件就此固定，以后数据变化也不再改动。",
            "PDF 和 XLSX 重新制作，不再带“草稿”水印，成文日期为今天。",
            "发现错误时只能生成新版，本版仍然保留。",
        ]

    def decision(self) -> Decision:
        return explain(LOCK, self.object, actor=self.actor, facts=services.lock_facts(self.object))

    def perform(self, form: Any) -> ReportRun:
        return services.lock_run(
            self.object,
            actor=self.actor,
            version=self.version,
            base_url=base_url(self.request),
            now=timezone.now(),
        )

    def success_text(self, result: ReportRun) -> str:
        return f"已签发 {result.number}。"


class RunNewVersion(RunAction):
    policy = Policy(WORKSPACE, {"GET", "POST"})
    title = "生成新版"
    submit_label = "生成新版"

    def consequences(self) -> list[str]:
        return [
            f"按现在的数据重新统计截至 {self.object.as_of.isoformat()} 的情况，编号的版次加一。",
            "本版保留，可以继续查看和对照。",
        ]

    def perform(self, form: Any) -> ReportRun:
        return services.new_version(self.object, actor=self.actor, now=timezone.now())


class RunRetry(RunAction):
    policy = Policy(WORKSPACE, {"GET", "POST"})
    title = "重新生成"
    submit_label = "重新生成"

    def consequences(self) -> list[str]:
        return ["按原来的选项和编号再生成一次。"]

    def decision(self) -> Decision:
        return explain(RETRY, self.object, actor=self.actor)

    def perform(self, form: Any) -> ReportRun:
        return services.retry_run(self.object, actor=self.actor, version=self.version, now=timezone.now())


class RunFile(OneRun):
    """POST asks for a document, GET fetches it."""

    policy = Policy(WORKSPACE, {"GET", "POST"})

    @cached_property
    def file_format(self) -> FileFormat:
        if self.kwargs["format"] not in FileFormat.values:
            raise Http404
        return FileFormat(self.kwargs["format"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        run: ReportRun = self.object
        found = selectors.files_of(run, self.actor).get(self.file_format)
        if found is None or found.stored is None:
            return render_error(
                request,
                404,
                title="文件还没有制作",
                cause=f"报告 {run.number} 的 {self.file_format.upper()} 文件还没有制作，或者正在制作。",
                remedy="请回到报告页面，按“制作”按钮；制作中的请稍候片刻再下载。",
            )
        return download(found.stored, file_name(run, self.file_format))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.request_file(
            self.object,
            self.file_format,
            actor=self.actor,
            base_url=base_url(request),
            now=timezone.now(),
        )
        return HttpResponseRedirect(f"{reverse('reporting:run', args=[self.object.pk])}#files")


def base_url(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")
