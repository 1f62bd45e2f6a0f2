"""Pages of the discipline of reporting: the progress of a round, and the list behind each of its figures."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.registry.selectors import home_region
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, WORKSPACE, Role
from portal.access.scoping import scoped
from portal.notices.calls import calls_table
from portal.notices.forms import CallForm
from portal.notices.reminding import distance_text
from portal.reporting.data import Align, Column, Table
from portal.screens import columns as screen
from portal.screens.columns import Empty, PageAction, fact
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen, Page, page_numbers
from portal.screens.people import ShowsPeople, never_kept
from portal.screens.screen import Crumb, Screen, query_without
from portal.screens.values import Missing
from supervision.discipline import services, urging
from supervision.discipline.enums import Dimension
from supervision.discipline.figures import COLUMNS, DEFINITIONS, cells_of, headline, links
from supervision.discipline.filters import AllFilingFilter, FilingFilter
from supervision.discipline.models import UrgeCall
from supervision.discipline.rules import WAITING, due_on
from supervision.discipline.selectors import progress, standing_of
from supervision.inspections.enums import CONCLUSION_TONES, STATE_TONES, Conclusion, InspectionState
from supervision.inspections.models import Inspection
from supervision.rounds.enums import ROUND_TONES, RoundLabel, RoundState
from supervision.rounds.models import Round, RoundTrack
from supervision.rounds.services import CAN_EXTEND
from supervision.rounds.views import ExceptionScreen, charity_said, round_crumb, rounds_crumb

TABLE_ROWS = 30
DIMENSIONS = (
    (Dimension.REGION, "分地区", "地区"),
    (Dimension.UNIT, "分业务主管单位", "业务主管单位"),
    (Dimension.COMMITTEE, "分综合（行业）党委", "综合（行业）党委"),
    (Dimension.KIND, "分类型", "类型"),
)
ADMIN = {Role.DEPARTMENT_ADMIN}


class RoundProgress(Screen):
    """One round: its arrangements and how far everybody is; every figure opens its list."""

    policy = Policy(WORKSPACE)
    model = Round
    template_name = "supervision/discipline/progress.html"

    def page_title(self) -> str:
        return str(self.object)

    def crumbs(self) -> list[Crumb]:
        return [rounds_crumb()]

    def page_actions(self) -> Sequence[PageAction]:
        if self.object.state == RoundState.DRAFT:
            return (
                PageAction("启动填报", "supervision:round_open", roles=ADMIN),
                PageAction("修改批次", "supervision:round_edit", roles=DEPARTMENT, primary=False),
                PageAction("添加填报安排", "supervision:track_new", roles=DEPARTMENT, primary=False),
            )
        if self.object.state == RoundState.OPEN:
            return (
                PageAction("填报名单", "supervision:round_filings"),
                PageAction("催报", "supervision:urging", primary=False),
                PageAction("补充填报名单", "supervision:round_fill", roles=DEPARTMENT, primary=False),
                PageAction("修改批次", "supervision:round_edit", roles=DEPARTMENT, primary=False),
                PageAction("结束填报", "supervision:round_close", roles=ADMIN, primary=False),
            )
        return (PageAction("填报名单", "supervision:round_filings"),)

    def context(self) -> dict[str, Any]:
        one = self.object
        return {
            "round": one,
            "state": RoundState(one.state),
            "state_tone": ROUND_TONES[one.state],
            "facts": self._facts(),
            "tracks": self._tracks(),
            "is_draft": one.state == RoundState.DRAFT,
            "charity_said": charity_said(one, self.actor, self.today),
            **({} if one.state == RoundState.DRAFT else self._figures()),
        }

    def _facts(self) -> list[Any]:
        one = self.object
        return [
            fact("报告年度", str(one.report_year)),
            fact("填报对象", "慈善组织" if one.label == RoundLabel.REPORT else "慈善组织以外的社会组织"),
            fact("报送方式", one.get_place_display()),
            fact("开始填报", one.opens_on, "date"),
            fact("停止受理", one.closes_on or "不设，逾期仍可报送", "date" if one.closes_on else "text"),
            fact("审核时限", f"{one.review_working_days} 个工作日"),
            fact("补正时限", f"{one.correction_working_days} 个工作日"),
            fact("依据", one.basis or Missing.NOT_REPORTED),
            fact("咨询", f"{one.help_office} {one.help_phone}"),
        ]

    def _tracks(self) -> Any:
        rows = scoped(RoundTrack, self.actor).filter(round=self.object).select_related("form").defer("form__source")
        shown = [
            screen.Column("kind", "类型和管理方式", value=str),
            screen.Column("form", "表单", value=lambda row: str(row.form)),
            screen.Column("registered_by", "登记截止日", kind="date"),
            screen.Column(
                "to_supervisor_by",
                "报业务主管单位",
                value=lambda row: row.to_supervisor_by if row.has_first_review else Missing.NOT_APPLICABLE,
                kind="date" if all(row.has_first_review for row in rows) else "text",
            ),
            screen.Column("to_registrar_by", "报登记管理机关", kind="date"),
            screen.Column("party", "党建内容由党委审核", value="has_party_clearance", kind="bool"),
        ]
        if self.object.state == RoundState.DRAFT and self.actor.role in DEPARTMENT:
            edit = screen.Column(
                "edit",
                "修改",
                value=lambda row: "修改",
                link=lambda row: reverse("supervision:track_edit", args=[row.pk]),
            )
            remove = screen.Column(
                "remove",
                "删除",
                value=lambda row: "删除",
                link=lambda row: reverse("supervision:track_remove", args=[row.pk]),
            )
            shown += [edit, remove]
        return screen.table("填报安排", shown, list(rows), empty="还没有填报安排。请添加后再启动。")

    def _figures(self) -> dict[str, Any]:
        place = home_region(self.actor)
        found = progress(self.actor, self.object, self.as_of, place=place)
        total, grouped = cells_of(found)
        base = reverse("supervision:round_filings", args=[self.object.pk])
        everything = [total, *(one for groups in grouped.values() for one in groups)]
        return {
            "cards": headline(total),
            "tables": [
                Table(
                    key=str(by),
                    title=title,
                    columns=(Column("label", head, Align.LEFT, 13), *COLUMNS),
                    rows=(total.row("合计"), *(one.row() for one in grouped[by])),
                    unit="家",
                )
                for by, title, head in DIMENSIONS
            ],
            "table_limit": TABLE_ROWS,
            "whole_key": self.request.GET.get("table", ""),
            "definitions": DEFINITIONS,
            "links": links(base, str(self.object), everything, as_of=self.as_of.isoformat() if self.is_dated else ""),
            "scope_label": self.actor.scope.label,
        }

    @property
    def is_dated(self) -> bool:
        return self.as_of != self.today


def deadline(row: Any) -> Any:
    return due_on(standing_of(row))


def exempting(row: Any) -> str | None:
    """The exception that the state of a filing allows: leaving it out, or taking it in again."""
    if row.state == InspectionState.EXEMPTED:
        return "恢复填报"
    return "列为不需填报" if row.state in WAITING else None


def exempting_link(row: Any) -> str | None:
    name = "reinstate" if row.state == InspectionState.EXEMPTED else "exempt" if row.state in WAITING else ""
    return reverse(f"supervision:{name}", args=[row.pk]) if name else None


def extending(row: Any) -> str | None:
    return "批准延期" if row.state in CAN_EXTEND else None


def extending_link(row: Any) -> str | None:
    return reverse("supervision:extend", args=[row.pk]) if row.state in CAN_EXTEND else None


EXCEPTIONS: tuple[tuple[frozenset[Role], screen.Column], ...] = (
    (
        frozenset({Role.REGISTRAR}),
        screen.Column("extend", "延期", value=extending, link=extending_link, export=False),
    ),
    (
        frozenset({Role.REGISTRAR, Role.DEPARTMENT_ADMIN}),
        screen.Column("exempt", "例外", value=exempting, link=exempting_link, export=False),
    ),
)


class FilingList(ListScreen):
    """Every filing of a round; what a figure counts is a filter of this list."""

    policy = Policy(WORKSPACE)
    title = "填报名单"
    unit = "家"
    model = Inspection
    filterset_class = FilingFilter
    default_order: ClassVar[Sequence[str]] = ("filing_due_on", "number", "pk")
    columns = (
        screen.Column(
            "association",
            "社会组织",
            value="association.name",
            link=lambda row: reverse("associations:association", args=[row.association_id]),
            sort="association__name",
            card="title",
        ),
        screen.Column("number", "编号", sort="number", css="code"),
        screen.Column("region", "登记地", value="association.region.name", sort="association__region__code"),
        screen.Column(
            "state",
            "环节",
            value=lambda row: InspectionState(row.state),
            kind="state",
            tone=lambda row: STATE_TONES[row.state],
            sort="state",
            card="tag",
        ),
        screen.Column("due", "期限", value=deadline, kind="deadline", sort="filing_due_on"),
        screen.Column("first_submitted_at", "首次报送", kind="datetime", sort="first_submitted_at"),
        screen.Column("is_late", "逾期报送", value=lambda row: row.is_late if row.submitted_at else None, kind="bool"),
        screen.Column("return_count", "退回次数", kind="number", sort="return_count"),
        screen.Column("supervisor", "业务主管单位", value="supervisor.name"),
        screen.Column("committee", "综合（行业）党委", value="committee.name"),
        screen.Column(
            "conclusion",
            "结论",
            value=lambda row: Conclusion(row.conclusion) if row.conclusion else None,
            kind="state",
            tone=lambda row: CONCLUSION_TONES[row.conclusion] if row.conclusion else "",
        ),
    )
    empty = Empty("名单是空的。批次启动后由系统生成；刚刚启动的请稍候刷新。")

    def get_columns(self) -> Sequence[screen.Column]:
        return [*self.columns, *(one for roles, one in EXCEPTIONS if self.actor.role in roles)]

    @cached_property
    def round(self) -> Round:
        return get_object_or_404(scoped(Round, self.actor), pk=self.kwargs["round_pk"])

    def page_title(self) -> str:
        return f"{self.round}填报名单"

    def crumbs(self) -> list[Crumb]:
        return [rounds_crumb(), round_crumb(self.round)]

    def get_queryset(self, actor: Actor) -> QuerySet[Inspection]:
        rows = super().get_queryset(actor).filter(round=self.round)
        return rows.select_related("round", "association__region", "supervisor", "committee")


class AllFilings(FilingList):
    """The filings of all rounds: where the figures of a signed report lead."""

    filterset_class = AllFilingFilter
    default_order = ("-round__report_year", "filing_due_on", "number", "pk")

    def page_title(self) -> str:
        return "年检填报名单"

    def crumbs(self) -> list[Crumb]:
        return [rounds_crumb()]

    def get_queryset(self, actor: Actor) -> QuerySet[Inspection]:
        rows = scoped(Inspection, actor)
        return rows.select_related("round", "association__region", "supervisor", "committee")


class Urging(ShowsPeople, Screen):
    """Whom to call: grouped by committee or unit, with a text to pass on. Numbers stay masked; reading is logged."""

    policy = Policy(WORKSPACE)
    model = Round
    template_name = "supervision/discipline/urging.html"

    def page_title(self) -> str:
        return f"{self.object}催报"

    def crumbs(self) -> list[Crumb]:
        return [rounds_crumb(), round_crumb(self.object)]

    @cached_property
    def by(self) -> str:
        asked = self.request.GET.get("by", "")
        return asked if asked in urging.BY else "committee"

    @cached_property
    def ahead(self) -> int:
        asked = self.request.GET.get("ahead", "")
        return int(asked) if asked in {str(one) for one in urging.AHEAD} else 0

    def context(self) -> dict[str, Any]:
        rows = urging.to_call(self.actor, self.object, self.today, ahead=self.ahead)
        all_of = urging.totals(rows, by=self.by)
        page = self.page_of(sum(all_of.values()))
        lines = urging.lines_of(self.actor, rows, self.today, by=self.by, first=max(0, page.first - 1))
        shown = [line.contact.pk for line in lines if line.contact is not None]
        if shown:
            self.show_people(shown, filters=f"{self.object} {urging.BY[self.by]}")
        groups = urging.grouped(lines, all_of, by=self.by)
        return {
            "round": self.object,
            "groups": [(group, group.text(self.object, self.today)) for group in groups],
            "page": page,
            "query": self.request.GET.urlencode(),
            "page_links": [
                (number, query_without(self.request.GET, page=str(number)) if number else "")
                for number in page_numbers(page.number, page.page_count)
            ],
            "choices": [(f"?by={by}&ahead={self.ahead}", label, by == self.by) for by, label in urging.BY.items()],
            "spans": [
                (f"?by={self.by}&ahead={days}", f"{days} 天内到期" if days else "已逾期", days == self.ahead)
                for days in urging.AHEAD
            ],
        }

    def page_of(self, total: int) -> Page:
        asked = self.request.GET.get("page", "")
        page_count = max(1, -(-total // urging.LIMIT))
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        return Page(min(max(number, 1), page_count), page_count, urging.LIMIT, total)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return never_kept(super().get(request, *args, **kwargs))


class CallNew(ExceptionScreen, FormScreen):
    """Write down a call, beside those that were made."""

    policy = Policy(WORKSPACE, {"GET", "POST"})
    title = "登记催报电话"
    form_class = CallForm
    template_name = "notices/call.html"
    submit_label = "登记"
    success_message = "已登记。"

    def crumbs(self) -> list[Crumb]:
        return [rounds_crumb(), round_crumb(self.object.round), Crumb("催报", self.list_url())]

    def list_url(self) -> str:
        """The page of the list that the reader came from."""
        return f"{reverse('supervision:urging', args=[self.object.round_id])}?{self.request.GET.urlencode()}".rstrip(
            "?"
        )

    def context(self) -> dict[str, Any]:
        calls = scoped(UrgeCall, self.actor).filter(inspection=self.object)
        one = self.object
        due = due_on(standing_of(one))
        said = f"{one.get_state_display()}，{distance_text((self.today - due).days, due)}" if due else ""
        return {"subject_label": one.association.name, "subject_note": said, "calls": calls_table(calls)}

    def save(self, form: Any) -> UrgeCall:
        return services.log_call(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return self.list_url()
