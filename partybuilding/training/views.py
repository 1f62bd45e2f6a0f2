"""Pages of training: what was held, who attended, the hours of a year, the rotation of two groups, academies."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from associations.governance.enums import Post
from associations.governance.models import Officer
from partybuilding.members.models import ROSTER, PartyMember, Secretary
from partybuilding.members.rules import KEEPERS
from partybuilding.organizations.views import PAGE, OrganizationScreen
from partybuilding.standing.rules import APPROVERS
from partybuilding.training import services
from partybuilding.training.enums import HOURS_TONES, Audience
from partybuilding.training.filters import (
    NO,
    YES,
    HoursFilter,
    LeaderRotationFilter,
    RotationFilter,
    SecretaryRotationFilter,
    SessionFilter,
)
from partybuilding.training.forms import AcademyForm, AttendForm, HoldForm, SessionForm
from partybuilding.training.models import Academy, TrainingAttendance, TrainingSession
from partybuilding.training.rules import HoursRules, gap, hours_state, hours_text
from partybuilding.training.selectors import (
    hours_counts,
    hours_rules,
    leaders_on,
    rotated,
    secretaries_on,
    with_hours,
)
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, WORKSPACE
from portal.access.scoping import scoped
from portal.regulations.rules import Rate
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, fact, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing, date_text

EDIT = {"GET", "POST"}
LIST = "partybuilding:trainings"
ONE = "partybuilding:training"
TAB = "?tab=training"
TITLE = "教育培训"


class TrainingList(ListScreen):
    """Every training that was held."""

    policy = Policy(ROSTER)
    title = TITLE
    unit = "次"
    model = TrainingSession
    filterset_class = SessionFilter
    default_order = ("-starts_on", "-pk")
    columns = (
        Column("title", "培训名称", link=lambda row: reverse(ONE, args=[row.pk]), sort="title", card="title"),
        Column("audience", "培训对象", value=lambda row: row.get_audience_display(), sort="audience"),
        Column("held_by", "举办单位", value=lambda row: row.held_by),
        Column("academy", "培训学院", value="academy.name"),
        Column("starts_on", "开始日期", kind="date", sort="starts_on"),
        Column("hours", "学时", kind="number", sort="hours"),
        Column("central", "集中培训", value=lambda row: "集中培训" if row.is_centralized else None),
        Column("number", "登记参训（人）", value=lambda row: row.number, kind="number"),
        Column(
            "participant_count",
            "上报参训（人）",
            value=lambda row: Missing.NOT_REPORTED if row.participant_count is None else row.participant_count,
            kind="number",
        ),
    )
    empty = Empty("还没有登记培训。")
    actions = (
        PageAction("登记培训", "partybuilding:training_new", roles=APPROVERS, icon="plus"),
        PageAction("党员学时", "partybuilding:training_hours", primary=False),
        PageAction("书记轮训", "partybuilding:secretary_rotation", primary=False),
        PageAction("负责人轮训", "partybuilding:leader_rotation", roles=ROSTER & WORKSPACE, primary=False),
        PageAction("培训学院", "partybuilding:academies", primary=False),
    )

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = super().get_queryset(actor).select_related("academy", "organizer", "organization")
        here = scoped(TrainingAttendance, actor)
        return rows.annotate(number=Count("attendances", filter=Q(attendances__in=here), distinct=True))


class TrainingRow:
    """What the pages of one training share."""

    model = TrainingSession
    pk_kwarg = "training_session_pk"
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[TrainingSession]:
        return scoped(TrainingSession, actor).select_related("academy", "organizer", "organization__committee")

    def crumbs(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse(LIST)), Crumb(str(self.object), reverse(ONE, args=[self.object.pk]))]

    def success_url(self, result: Any) -> str:
        return reverse(ONE, args=[self.object.pk])


class TrainingDetail(TrainingRow, DetailScreen):
    """One training and who attended it, as far as this person may read."""

    policy = Policy(ROSTER)
    template_name = "partybuilding/training/session.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:1]

    @cached_property
    def is_ours(self) -> bool:
        return bool(services.may_hold(self.actor, self.object.organization, self.object.organizer))

    def page_actions(self) -> list[PageAction]:
        if not self.is_ours:
            return []
        return [
            PageAction("登记参训人员", "partybuilding:training_attend", roles=KEEPERS, icon="plus"),
            PageAction("修改", "partybuilding:training_edit", roles=KEEPERS, primary=False),
        ]

    def header(self, obj: TrainingSession) -> Header:
        return Header(obj.title, [], [obj.get_audience_display(), obj.held_by])

    def context(self) -> dict[str, Any]:
        one = self.object
        rows = scoped(TrainingAttendance, self.actor).filter(session=one)
        listed = list(rows.select_related("person", "organization", "association").order_by("person__name_key", "pk"))
        if listed:
            self.show_people([row.pk for row in listed[:50]])
        columns = [
            Column("name", "姓名", value="person.name", card="title"),
            Column("body", "党组织或社会组织", value=lambda row: str(row.organization or row.association)),
            Column("hours", "学时", kind="number"),
        ]
        if self.is_ours:
            columns.append(
                Column(
                    "remove",
                    "操作",
                    value=lambda row: "删除",
                    link=lambda row: reverse("partybuilding:attendance_remove", args=[one.pk, row.pk]),
                )
            )
        reported = Missing.NOT_REPORTED if one.participant_count is None else one.participant_count
        return {
            "facts": [
                fact("培训对象", one.get_audience_display()),
                fact("举办单位", one.held_by),
                fact("培训学院", one.academy),
                fact("起止日期", f"{date_text(one.starts_on)} 至 {date_text(one.ends_on)}"),
                fact("学时", one.hours, "number"),
                fact("集中培训", one.is_centralized, "bool"),
                fact("地点", one.place or Missing.NOT_REPORTED),
                fact("上报参训人数（人）", reported, "number"),
                fact("登记参训人数（人）", len(listed), "number"),
                fact("内容", one.remark),
            ],
            "table": table("参训人员", columns, listed, empty="没有登记参训名单；只报人数的，以上报人数为准。"),
        }


class TrainingNew(FormScreen):
    """A committee or the department held a training."""

    policy = Policy(APPROVERS, EDIT)
    title = "登记培训"
    form_class: ClassVar[type[Any]] = HoldForm
    success_message = "培训已登记，可以接着登记参训人员。"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse(LIST))]

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today, "ends_on": self.today}

    def save(self, form: Any) -> TrainingSession:
        return services.hold(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: TrainingSession) -> str:
        return reverse(ONE, args=[result.pk])


class OwnTrainingNew(OrganizationScreen, FormScreen):
    """A Party organisation trained its own members."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记本组织的培训"
    form_class: ClassVar[type[Any]] = SessionForm
    success_message = "培训已登记，可以接着登记参训人员。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today, "ends_on": self.today, "audience": Audience.MEMBER}

    def save(self, form: Any) -> TrainingSession:
        return services.hold(organization=self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: TrainingSession) -> str:
        return reverse(ONE, args=[result.pk])


class TrainingEdit(TrainingRow, FormScreen):
    """Correct a training."""

    policy = Policy(KEEPERS, EDIT)
    title = "修改培训"
    form_class: ClassVar[type[Any]] = SessionForm
    submit_label = "保存"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in SessionForm.base_fields}

    def save(self, form: Any) -> TrainingSession:
        return services.correct_session(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class TrainingAttend(TrainingRow, FormScreen):
    """Who attended, as pasted from the list of signatures."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记参训人员"
    form_class: ClassVar[type[Any]] = AttendForm
    submit_label = "登记"

    def base_context(self) -> dict[str, Any]:
        one = self.object
        intro = (
            f"本次培训 {hours_text(one.hours)} 学时，在{one.get_audience_display()}名单中按姓名查找，"
            "要么全部登记，要么一个也不登记。名单上没有的，先登记再补。"
        )
        return {**super().base_context(), "intro": intro}

    def save(self, form: Any) -> list[TrainingAttendance]:
        return services.attend(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )

    def success_text(self, result: list[TrainingAttendance]) -> str:
        return f"已登记 {len(result)} 人参训。"


class AttendanceRemove(TrainingRow, ActionScreen):
    """Take a wrong line away."""

    policy = Policy(KEEPERS, EDIT)
    title = "删除参训记录"
    submit_label = "删除"
    success_message = "参训记录已删除。"
    is_dangerous = True

    @cached_property
    def attendance(self) -> TrainingAttendance:
        rows = scoped(TrainingAttendance, self.actor).select_related("person", "session__organization__committee")
        return get_object_or_404(rows, pk=self.kwargs["training_attendance_pk"], session=self.object)

    def consequences(self) -> list[str]:
        return [f"「{self.attendance.person}」不再计入本次培训，学时相应减少。"]

    def perform(self, form: Any) -> None:
        services.remove_attendance(self.attendance, actor=self.actor, now=timezone.now(), version=self.version)


class OfYear:
    """A list of one year: `?year=`, else this one; up to today."""

    request: Any
    today: date

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        is_year = asked.isdecimal() and len(asked) == 4 and 2000 <= int(asked) <= self.today.year
        return int(asked) if is_year else self.today.year

    @property
    def days(self) -> tuple[date, date]:
        return date(self.year, 1, 1), min(date(self.year, 12, 31), self.today)


class HoursList(OfYear, ListScreen):
    """党员学时 (R-094): everybody on a roster with the hours of the year and what is missing."""

    policy = Policy(ROSTER)
    title = "党员学时"
    unit = "名"
    model = PartyMember
    filterset_class = HoursFilter
    default_order = ("organization__name", "person__name", "pk")
    shows_people = True
    columns = (
        Column(
            "name",
            "姓名",
            value="person.name",
            link=lambda row: reverse("partybuilding:party_member", args=[row.pk]),
            sort="person__name",
            card="title",
        ),
        Column(
            "organization",
            "所在党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
            sort="organization__name",
        ),
        Column("group", "类别", value=lambda row: "书记、班子成员" if row.is_team else "党员"),
        Column("hours", "学时", kind="number", sort="hours"),
        Column("required", "应达", kind="number"),
        Column("gap", "差", value=lambda row: gap(row.hours, row.required), kind="number", sort="missing"),
        Column("central_count", "集中培训（次）", kind="number"),
        Column(
            "state",
            "学时情况",
            value=lambda row: row.state,
            kind="state",
            tone=lambda row: HOURS_TONES[row.state],
            card="tag",
        ),
    )
    empty = Empty("没有登记党员名册，不能按人统计学时；只报人数的，参训人数见各次培训。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse(LIST))]

    @cached_property
    def rules(self) -> HoursRules:
        return hours_rules(self.as_of)

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = super().get_queryset(actor).filter(ends_on=None).exclude(relation_in_organization=False)
        return with_hours(rows.select_related("person", "organization"), actor, *self.days, self.rules)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.state = hours_state(row.hours, row.central_count, row.is_team, self.rules)
        return rows

    def list_notes(self) -> list[str]:
        rule = (
            f"{self.year} 年学时截至 {date_text(self.days[1])}：党员不少于 {self.rules.member_hours} 学时，"
            f"书记和班子成员不少于 {self.rules.team_hours} 学时、集中培训至少 {self.rules.team_central} 次。"
            "年中只作进度参考。"
        )
        return [rule] if self.filter_errors else [self.states(), rule]

    def states(self) -> SafeString:
        return self.counted(hours_counts(self.others("state"), self.rules))


class RotationList(OfYear, ListScreen):
    """轮训: a group, who of it was trained in the year, and the rate (R-094)."""

    audiences: ClassVar[tuple[Audience, ...]] = ()
    filterset_class: ClassVar[type[Any]] = RotationFilter
    unit = "名"
    shows_people = True

    def crumbs(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse(LIST))]

    def list_notes(self) -> list[Any]:
        return [] if self.filter_errors else [self.rate()]

    def rate(self) -> SafeString:
        """The rate with both numbers, each opening its list."""
        counted = self.others("trained").aggregate(
            every=Count("pk"), done=Count("pk", filter=Q(trained_on__isnull=False))
        )
        number = counted["every"] - counted["done"]
        return format_html(
            '{} 年轮训率 {}：应训 {}，<a href="?{}">已参加 {}</a>，<a href="?{}">未参加 {}</a>。',
            self.year,
            Rate(counted["done"], counted["every"]).display(),
            counted["every"],
            self.query_with(trained=YES),
            counted["done"],
            self.query_with(trained=NO),
            number,
        )


TRAINED = (
    Column("trained_on", "最近参训", kind="date", sort="trained_on"),
    Column(
        "state",
        "轮训",
        value=lambda row: "已参加" if row.trained_on else "未参加",
        kind="state",
        tone=lambda row: "green" if row.trained_on else "amber",
        card="tag",
    ),
)


class SecretaryRotation(RotationList):
    """书记轮训."""

    policy = Policy(ROSTER)
    title = "书记轮训"
    model = Secretary
    filterset_class = SecretaryRotationFilter
    default_order = ("organization__name", "pk")
    audiences = (Audience.SECRETARY, Audience.CADRE)
    columns = (
        Column("name", "姓名", value="person.name", sort="person__name", card="title"),
        Column(
            "organization",
            "党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + "?tab=secretary",
            sort="organization__name",
        ),
        Column("origin", "书记来源", value=lambda row: row.get_origin_display() or None),
        Column("starts_on", "任职起始", kind="date", sort="starts_on"),
        *TRAINED,
    )
    empty = Empty("还没有登记书记。")

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = secretaries_on(actor, self.days[1]).select_related("person", "organization")
        return rotated(rows, actor, self.audiences, *self.days)


class LeaderRotation(RotationList):
    """负责人轮训: 会长、副会长、秘书长、监事长, each post once."""

    policy = Policy(ROSTER & WORKSPACE)
    title = "负责人轮训"
    unit = "项任职"
    model = Officer
    filterset_class = LeaderRotationFilter
    default_order = ("association__name", "pk")
    audiences = (Audience.OFFICER, Audience.MEMBER_PRESIDENT)
    columns = (
        Column("name", "姓名", value="person.name", sort="person__name", card="title"),
        Column(
            "association",
            "社会组织",
            value="association.name",
            link=lambda row: reverse("associations:association", args=[row.association_id]) + "?tab=officers",
            sort="association__name",
        ),
        Column("post", "职务", value=lambda row: Post(row.post), sort="post"),
        *TRAINED,
    )
    empty = Empty("还没有登记负责人。")

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = leaders_on(actor, self.days[1]).select_related("person", "association")
        return rotated(rows, actor, self.audiences, *self.days)


class AcademyList(ListScreen):
    """Places that train year after year."""

    policy = Policy(ROSTER)
    title = "培训学院"
    unit = "个"
    model = Academy
    default_order = ("name", "pk")
    columns = (
        Column("name", "名称", link=lambda row: f"{reverse(LIST)}?academy={row.pk}", sort="name", card="title"),
        Column("host", "主办单位", value=lambda row: row.host or None),
        Column("opened_on", "成立日期", kind="date"),
        Column("number", "培训（次）", value=lambda row: row.number, kind="number"),
    )
    empty = Empty("还没有登记培训学院。")
    actions = (PageAction("登记培训学院", "partybuilding:academy_new", roles=DEPARTMENT, icon="plus"),)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse(LIST))]

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        here = scoped(TrainingSession, actor)
        return super().get_queryset(actor).annotate(number=Count("sessions", filter=Q(sessions__in=here)))


class AcademyNew(FormScreen):
    """Put an academy on the list."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "登记培训学院"
    form_class: ClassVar[type[Any]] = AcademyForm
    success_message = "培训学院已登记。"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("培训学院", reverse("partybuilding:academies"))]

    def save(self, form: Any) -> Academy:
        return services.open_academy(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:academies")
