"""Pages of study: the figures of a year, programmes with their coverage, problems, pioneer records."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from partybuilding.life import study_services as services
from partybuilding.life.board import Shown
from partybuilding.life.enums import PROBLEM_TONES, Area, Education, PioneerKind, ProblemState, StudyForm, StudyMode
from partybuilding.life.filters import ALL, WITH, WITHOUT, PioneerFilter, ProblemFilter
from partybuilding.life.forms import PioneerEndForm, PioneerForm, ProblemForm, ProgrammeForm, RectifyForm
from partybuilding.life.models import PioneerRecord, StudyProblem, StudyProgramme
from partybuilding.life.rules import problem_state
from partybuilding.life.study import having_studied, study_figures
from partybuilding.members.models import ROSTER
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on
from partybuilding.organizations.views import PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped
from portal.regulations.rules import Rate
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, fact, table
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.panels import PanelContent
from portal.screens.screen import Crumb, Screen, drilldown_url
from portal.screens.values import period_text

EDIT = {"GET", "POST"}
TAB = "?tab=study"
RECORDS, PROBLEMS, BRANCHES = (
    "partybuilding:life_records",
    "partybuilding:study_problems",
    "partybuilding:life_branches",
)
YEARS_SHOWN = 3


def study_crumbs() -> list[Crumb]:
    return [Crumb("学习教育", reverse("partybuilding:study"))]


class StudyBoard(Screen):
    """学习教育 of a year: ways, forms, who came; problems found and mended; programmes with their coverage."""

    policy = Policy(ROSTER)
    title = "学习教育"
    template_name = "partybuilding/life/study.html"
    actions: ClassVar[Sequence[PageAction]] = (
        PageAction("查摆问题", PROBLEMS, roles=ROSTER, primary=False),
        PageAction("先锋模范", "partybuilding:pioneers", roles=ROSTER, primary=False),
        PageAction("登记专项学习", "partybuilding:programme_new", roles=DEPARTMENT, icon="plus"),
    )

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        return int(asked) if asked in {str(one) for one in self.years()} else self.today.year

    def years(self) -> list[int]:
        return list(range(self.today.year, self.today.year - YEARS_SHOWN, -1))

    @property
    def last(self) -> date:
        return min(self.today, date(self.year, 12, 31))

    def context(self) -> dict[str, Any]:
        found = study_figures(self.actor, date(self.year, 1, 1), self.last)
        return {
            "year": self.year,
            "years": self.years(),
            "last": self.last,
            "scope_label": self.actor.scope.label,
            "figures": [
                self._records("学习次数", found.sessions, note="学习教育和党课"),
                Shown("参学率", self._url("参学率", RECORDS, study=ALL), rate=found.present, note="实到/应到（人次）"),
                Shown(
                    "查摆问题整改率",
                    self._url("已整改", PROBLEMS, state=ProblemState.RECTIFIED),
                    rate=Rate(found.rectified, found.found),
                    note="已整改/查摆（个）",
                ),
                Shown("查摆问题", self._url("查摆问题", PROBLEMS), count=found.found),
                Shown("建立或修订制度", self._url("制度", PROBLEMS, linked="true"), count=found.linked, unit="项"),
            ],
            "joined": [
                fact("社会组织负责人（人次）", found.officers, "number"),
                fact("会员企业代表（人次）", found.member_units, "number"),
                fact("开展学习的党组织（个）", found.organizations, "number"),
            ],
            "ways": [
                (
                    "学习方式（三学）",
                    [self._records(str(one.label), found.by_mode[one], mode=one) for one in StudyMode],
                ),
                (
                    "教育形式（三育）",
                    [self._records(str(one.label), found.by_education[one], education=one) for one in Education],
                ),
                ("组织形式", [self._records(str(one.label), found.by_form[one], form=one) for one in StudyForm]),
            ],
            "programmes": self._programmes(),
        }

    def _url(self, label: str, name: str, **query: str) -> str:
        span = {"since": date(self.year, 1, 1).isoformat(), "until": self.last.isoformat()}
        # A past year's problems are looked at as they stood at its end.
        day = self.last if name == PROBLEMS and self.last != self.today else None
        return drilldown_url(f"{self.title}·{label}", name, {**query, **span}, as_of=day)

    def _records(self, label: str, count: int, note: str = "", **query: str) -> Shown:
        return Shown(label, self._url(label, RECORDS, study=ALL, **query), count=count, unit="次", note=note)

    def _day(self, row: StudyProgramme) -> date:
        """A programme that is over is looked at as it ended."""
        return min(self.today, row.ends_on or self.today)

    def _coverage(self, row: StudyProgramme) -> Rate:
        """学习教育全覆盖 (P-55): of the organisations that existed, how many have a record of the programme."""
        day = self._day(row)
        organizations = scoped(PartyOrganization, self.actor).filter(existing_on(day))
        has = Q(pk__in=having_studied(organizations, row.pk, day).order_by().values("pk"))
        found = organizations.order_by().aggregate(all=Count("pk"), done=Count("pk", filter=has))
        return Rate(found["done"], found["all"])

    def _programmes(self) -> Any:
        rows = list(scoped(StudyProgramme, self.actor))
        lines = [(row, self._coverage(row)) for row in rows]

        def link(row: StudyProgramme, studied: str) -> str:
            query = {"programme": row.pk, "studied": studied, "as_of": self._day(row).isoformat()}
            return f"{reverse(BRANCHES)}?{urlencode(query | {'from': f'{self.title}·{row.name}'})}"

        may_edit = self.actor.role in DEPARTMENT
        return table(
            "专项学习",
            (
                Column(
                    "name",
                    "专项学习",
                    value=lambda line: line[0].name,
                    link=lambda line: f"{reverse(RECORDS)}?programme={line[0].pk}",
                    card="title",
                ),
                Column("period", "起止", value=lambda line: period_text(line[0].starts_on, line[0].ends_on)),
                Column("rate", "覆盖率", value=lambda line: line[1], kind="rate"),
                Column(
                    "done",
                    "已开展（个）",
                    value=lambda line: line[1].numerator,
                    kind="number",
                    link=lambda line: link(line[0], WITH),
                ),
                Column(
                    "missing",
                    "未开展（个）",
                    value=lambda line: line[1].denominator - line[1].numerator,
                    kind="number",
                    link=lambda line: link(line[0], WITHOUT),
                ),
                Column("required", "要求全覆盖", value=lambda line: line[0].is_required, kind="bool"),
                Column(
                    "edit",
                    "办理",
                    value=lambda line: "修改" if may_edit else None,
                    link=lambda line: reverse("partybuilding:programme_edit", args=[line[0].pk]) if may_edit else None,
                ),
            ),
            lines,
            empty="还没有登记专项学习。",
        )


class ProgrammeNew(FormScreen):
    """Enter a named study programme."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "登记专项学习"
    form_class: ClassVar[type[Any]] = ProgrammeForm
    success_message = "专项学习已登记，党组织登记学习时可以选择。"

    def crumbs(self) -> list[Crumb]:
        return study_crumbs()

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> StudyProgramme:
        return services.add_programme(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:study")


class ProgrammeEdit(ProgrammeNew):
    """Change a programme."""

    title = "修改专项学习"
    model = StudyProgramme
    pk_kwarg = "study_programme_pk"
    submit_label = "保存"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in services.PROGRAMME}

    def save(self, form: Any) -> StudyProgramme:
        return services.change_programme(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


# Problems


class ProblemList(ListScreen):
    """Problems found in study, what is due first."""

    policy = Policy(ROSTER)
    title = "查摆问题"
    unit = "个"
    model = StudyProblem
    filterset_class = ProblemFilter
    default_order = ("rectified_on", "due_on", "pk")
    shows_as_of = True
    shows_people = True
    columns = (
        Column("text", "问题", card="title", css="long"),
        Column("area", "所属方面", value=lambda row: Area(row.area)),
        Column(
            "organization",
            "党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
            sort="organization__name",
        ),
        Column("found_on", "查摆日期", kind="date", sort="found_on"),
        Column("due_on", "整改期限", kind="date", sort="due_on"),
        Column(
            "state",
            "整改情况",
            value=lambda row: row.state,
            kind="state",
            tone=lambda row: PROBLEM_TONES[row.state],
            card="tag",
        ),
        Column("rectified_on", "完成日期", kind="date", sort="rectified_on"),
        Column("linked_system", "建立或修订的制度", value=lambda row: row.linked_system or None, css="long"),
    )
    empty = Empty("还没有登记查摆问题。党组织在本组织的「学习教育」页签登记。")

    def crumbs(self) -> list[Crumb]:
        return study_crumbs()

    def get_queryset(self, actor: Actor) -> QuerySet[StudyProblem]:
        return super().get_queryset(actor).select_related("organization")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.state = problem_state(row.rectified_on, row.due_on, self.as_of)
        return rows


class OwnStudy(OrganizationScreen):
    """What the pages of one organisation's study share."""

    own_tab = TAB


class ProblemNew(OwnStudy, FormScreen):
    """Record what was found wrong."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记查摆问题"
    form_class: ClassVar[type[Any]] = ProblemForm
    success_message = "查摆问题已登记。"

    def initial(self) -> dict[str, Any]:
        return {"found_on": self.today}

    def save(self, form: Any) -> StudyProblem:
        return services.find_problem(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class ProblemRectify(OwnStudy, ActionScreen):
    """Record that it was mended."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记整改完成"
    form_class: ClassVar[type[Any]] = RectifyForm
    submit_label = "登记"
    success_message = "整改完成已登记。"

    @cached_property
    def problem(self) -> StudyProblem:
        rows = scoped(StudyProblem, self.actor).select_related("organization__committee")
        return get_object_or_404(rows, pk=self.kwargs["study_problem_pk"], organization=self.object)

    def current_version(self) -> int | None:
        return self.problem.version

    def initial(self) -> dict[str, Any]:
        return {"rectified_on": self.today}

    def consequences(self) -> list[str]:
        return [f"「{self.problem}」计为已整改。整改中建立或修订了制度的，请写明制度名称。"]

    def perform(self, form: Any) -> StudyProblem:
        return services.rectify_problem(
            self.problem, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


# Pioneer records


class PioneerList(ListScreen):
    """Posts, areas and teams in which members go ahead."""

    policy = Policy(ROSTER)
    title = "先锋模范记录"
    unit = "个"
    model = PioneerRecord
    filterset_class = PioneerFilter
    default_order = ("organization__name", "name", "pk")
    shows_as_of = True
    columns = (
        Column("name", "名称", card="title"),
        Column("kind", "类别", value=lambda row: PioneerKind(row.kind), sort="kind", card="tag"),
        Column(
            "organization",
            "党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
            sort="organization__name",
        ),
        Column("member_count", "参加党员（人）", kind="number", sort="member_count"),
        Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on), sort="starts_on"),
        Column("result", "发挥作用情况", value=lambda row: row.result or None, css="long"),
    )
    empty = Empty("还没有登记先锋模范记录。党组织在本组织的「学习教育」页签登记。")

    def crumbs(self) -> list[Crumb]:
        return study_crumbs()

    def get_queryset(self, actor: Actor) -> QuerySet[PioneerRecord]:
        return super().get_queryset(actor).select_related("organization")


class PioneerNew(OwnStudy, FormScreen):
    """Record a post, an area or a team."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记先锋模范记录"
    form_class: ClassVar[type[Any]] = PioneerForm
    success_message = "先锋模范记录已登记。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> PioneerRecord:
        return services.add_pioneer(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class PioneerEnd(OwnStudy, ActionScreen):
    """Record the last day of it."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记结束"
    form_class: ClassVar[type[Any]] = PioneerEndForm
    submit_label = "登记结束"
    success_message = "已登记结束。"

    @cached_property
    def pioneer(self) -> PioneerRecord:
        rows = scoped(PioneerRecord, self.actor).select_related("organization__committee")
        return get_object_or_404(rows, pk=self.kwargs["pioneer_record_pk"], organization=self.object)

    def current_version(self) -> int | None:
        return self.pioneer.version

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today, "result": self.pioneer.result}

    def consequences(self) -> list[str]:
        return [f"从最后一天的第二天起，「{self.pioneer}」不再列为正在开展，记录保留。"]

    def perform(self, form: Any) -> PioneerRecord:
        return services.end_pioneer(
            self.pioneer, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


# The tab


def study_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """学习型党组织 (P-72): the year's indicators, problems found and mended, posts and teams of members."""
    own = scoped(PartyOrganization, actor).filter(pk=organization.pk)
    found = study_figures(actor, date(day.year, 1, 1), day, own)
    is_kept = organization.dissolved_on is None and bool(may_keep(actor, organization))
    problems = list(scoped(StudyProblem, actor).filter(organization=organization, found_on__lte=day))
    pioneers = list(scoped(PioneerRecord, actor).filter(organization=organization, starts_on__lte=day))
    args = [organization.pk]

    def action(name: str, row: Any, is_open: bool) -> str | None:
        return reverse(name, args=[organization.pk, row.pk]) if is_kept and is_open else None

    return PanelContent(
        "partybuilding/life/study_panel.html",
        {
            "year": day.year,
            "facts": [
                fact("学习次数（学习教育和党课）", found.sessions, "number"),
                fact("参学率", found.present, "rate"),
                *(fact(str(one.label), found.by_mode[one], "number") for one in StudyMode),
                *(fact(str(one.label), found.by_education[one], "number") for one in Education),
                fact("社会组织负责人参加（人次）", found.officers, "number"),
                fact("会员企业代表参加（人次）", found.member_units, "number"),
                fact("查摆问题整改率", Rate(found.rectified, found.found), "rate"),
            ],
            "problems": table(
                "查摆问题",
                (
                    Column("text", "问题", card="title", css="long"),
                    Column("area", "所属方面", value=lambda row: Area(row.area)),
                    Column("due_on", "整改期限", kind="date"),
                    Column(
                        "state",
                        "整改情况",
                        value=lambda row: problem_state(row.rectified_on, row.due_on, day),
                        kind="state",
                        tone=lambda row: PROBLEM_TONES[problem_state(row.rectified_on, row.due_on, day)],
                    ),
                    Column("linked", "建立或修订的制度", value=lambda row: row.linked_system or None),
                    Column(
                        "act",
                        "办理",
                        value=lambda row: "登记整改完成" if is_kept and row.rectified_on is None else None,
                        link=lambda row: action("partybuilding:problem_rectify", row, row.rectified_on is None),
                    ),
                ),
                problems,
                empty="没有登记查摆问题。",
            ),
            "pioneers": table(
                "先锋模范记录",
                (
                    Column("name", "名称", card="title"),
                    Column("kind", "类别", value=lambda row: PioneerKind(row.kind)),
                    Column("member_count", "参加党员（人）", kind="number"),
                    Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
                    Column("result", "发挥作用情况", value=lambda row: row.result or None, css="long"),
                    Column(
                        "act",
                        "办理",
                        value=lambda row: "登记结束" if is_kept and row.ends_on is None else None,
                        link=lambda row: action("partybuilding:pioneer_end", row, row.ends_on is None),
                    ),
                ),
                pioneers,
                empty="没有登记先锋模范记录。",
            ),
            "problem_url": reverse("partybuilding:problem_new", args=args) if is_kept else "",
            "pioneer_url": reverse("partybuilding:pioneer_new", args=args) if is_kept else "",
        },
        people=[organization.pk],
    )
