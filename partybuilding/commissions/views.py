"""Pages of committees and meetings: the register, the desk's forms, meetings with their items."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from associations.directory.views import DepartmentScreen
from associations.registry.enums import DepartmentKind, RegistrationLevel
from associations.registry.forms import EndForm
from associations.registry.models import Department
from partybuilding.commissions import services
from partybuilding.commissions.enums import TOGETHER_TONES, MeetingKind, Together
from partybuilding.commissions.filters import CommitteeFilter, MeetingFilter
from partybuilding.commissions.forms import DecideForm, MeetingForm, ProfileForm, RuleForm, SeatForm
from partybuilding.commissions.models import AgendaItem, CommissionMember, CommissionProfile, CommissionRule, Meeting
from partybuilding.commissions.rules import COMMITTEES, together
from partybuilding.commissions.selectors import (
    committees_in_reach,
    items_of,
    profiles_of,
    targets,
    with_counts,
    with_items,
)
from partybuilding.commissions.services import KEEPERS, MEETERS, may_write
from partybuilding.members.models import ROSTER
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.notices.selectors import open_tasks_about
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing

EDIT = {"GET", "POST"}
LEADERS = ROSTER & WORKSPACE


def desk_url(department: Department) -> str:
    tab = "commission" if department.kind in COMMITTEES else "meetings"
    return f"{reverse('associations:department', args=[department.pk])}?tab={tab}"


def organizations_url(row: Any) -> str | None:
    """The list behind the count of organisations and of their members."""
    if not row.organization_count:
        return None
    return f"{reverse('partybuilding:organizations')}?committee={row.pk}&state=existing"


def together_of(row: Meeting) -> Together:
    return together(row.is_studied, row.is_planned, row.is_deployed)


class CommitteeList(ListScreen):
    """党（工）委: every committee with its host, its people and what it leads (P-02…P-04)."""

    policy = Policy(LEADERS)
    title = "党（工）委"
    unit = "个"
    model = Department
    filterset_class = CommitteeFilter
    actions = (PageAction("党建会议", "partybuilding:meetings", primary=False),)
    default_order = ("region__code", "kind", "name", "pk")
    shows_as_of = True
    columns = (
        Column("name", "名称", link=desk_url, sort="name", card="title"),
        Column("category", "类别", value=lambda row: row.profile.get_category_display() if row.profile else None),
        Column("level", "层级", value=lambda row: RegistrationLevel(row.level), sort="level"),
        Column("region", "地域", value="region.name", sort="region__code"),
        Column("hosted_by", "挂靠部门", value="hosted_by.name", sort="hosted_by__name"),
        Column(
            "association_count",
            "社会组织（家）",
            kind="number",
            sort="association_count",
            link=lambda row: (
                f"{reverse('associations:associations')}?committee={row.pk}" if row.association_count else None
            ),
        ),
        Column("organization_count", "党组织（个）", kind="number", sort="organization_count", link=organizations_url),
        Column("member_count", "正式党员（人）", kind="number", sort="member_count", link=organizations_url),
        Column("seat_count", "组成人员（人）", kind="number", sort="seat_count", link=desk_url),
        Column("last_meeting_on", "最近会议", kind="date", sort="last_meeting_on"),
    )
    empty = Empty("范围内没有党（工）委。在责任单位目录中登记两新工委、综合（行业）党委后出现在这里。")

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = committees_in_reach(actor).filter(ends_on=None).select_related("region", "hosted_by")
        return with_counts(rows, actor, self.as_of)

    def prepare(self, rows: Any) -> Any:
        profiles = profiles_of(self.actor, [row.pk for row in rows])
        for row in rows:
            row.profile = profiles.get(row.pk)
        return rows

    def list_notes(self) -> list[Any]:
        notes: list[Any] = []
        for place, level, number, wanted in targets(committees_in_reach(self.actor), self.as_of):
            query = f"kind={DepartmentKind.PARTY_COMMITTEE}&level={level}&q="
            left = f"还差 {wanted - number} 个" if number < wanted else "已达到"
            notes.append(
                format_html(
                    '{}{}综合（行业）党委 <a href="?{}">{} 个</a>，目标 {} 个，{}。',
                    place.name,
                    RegistrationLevel(level).label,
                    query,
                    number,
                    wanted,
                    left,
                )
            )
        return [*notes, "党组织、正式党员按所属党（工）委计，党员数为上报数。"]


# The desk of one committee


class DeskScreen(DepartmentScreen):
    """What the forms of one committee share."""

    policy = Policy(KEEPERS, EDIT)
    pk_kwarg = "department_pk"

    def cancel_url(self) -> str:
        return desk_url(self.object)  # type: ignore[attr-defined]

    def success_url(self, result: Any) -> str:
        return desk_url(self.object)  # type: ignore[attr-defined]


class ProfileEdit(DeskScreen, FormScreen):
    """Category, principle and founding of a committee."""

    title = "登记党（工）委概况"
    form_class = ProfileForm
    submit_label = "保存"
    success_message = "已保存。"

    @cached_property
    def profile(self) -> CommissionProfile | None:
        return profiles_of(self.actor, [self.object.pk]).get(self.object.pk)

    def current_version(self) -> int | None:
        return self.profile.version if self.profile else None

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.profile, name) for name in ProfileForm.base_fields} if self.profile else {}

    def save(self, form: Any) -> CommissionProfile:
        return services.save_profile(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class SeatNew(DeskScreen, FormScreen):
    """Seat somebody on a committee."""

    title = "登记组成人员"
    form_class = SeatForm
    submit_label = "登记"
    success_message = "组成人员已登记。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> CommissionMember:
        return services.seat_member(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class SeatEnd(DeskScreen, ActionScreen):
    """Somebody leaves a committee."""

    title = "登记任职终止"
    form_class = EndForm
    submit_label = "登记终止"
    success_message = "任职终止已登记。"

    @cached_property
    def seat(self) -> CommissionMember:
        rows = scoped(CommissionMember, self.actor).select_related("department__region")
        return get_object_or_404(rows, pk=self.kwargs["commission_member_pk"], department=self.object)

    def current_version(self) -> int | None:
        return self.seat.version

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从终止日期的第二天起，「{self.seat}」不再是组成人员，经历保留。"]

    def perform(self, form: Any) -> CommissionMember:
        return services.end_seat(
            self.seat,
            ends_on=form.cleaned_data["ends_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


class RuleNew(DeskScreen, FormScreen):
    """A rule of procedure."""

    title = "登记制度"
    form_class = RuleForm
    submit_label = "登记"
    success_message = "制度已登记。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> CommissionRule:
        return services.adopt_rule(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class RuleEnd(DeskScreen, ActionScreen):
    """A rule is no longer in force."""

    title = "登记制度停止执行"
    form_class = EndForm
    submit_label = "登记停止执行"
    success_message = "已登记停止执行。"

    @cached_property
    def rule(self) -> CommissionRule:
        rows = scoped(CommissionRule, self.actor).select_related("department__region")
        return get_object_or_404(rows, pk=self.kwargs["commission_rule_pk"], department=self.object)

    def current_version(self) -> int | None:
        return self.rule.version

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从终止日期的第二天起，《{self.rule}》不再执行，记录保留。"]

    def perform(self, form: Any) -> CommissionRule:
        return services.end_rule(
            self.rule,
            ends_on=form.cleaned_data["ends_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


# Meetings


MEETING_COLUMNS = (
    Column(
        "title",
        "会议名称",
        link=lambda row: reverse("partybuilding:meeting", args=[row.pk]),
        sort="title",
        card="title",
        css="long",
    ),
    Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
    Column("department", "单位", value="department.name", link=lambda row: desk_url(row.department)),
    Column("counterpart", "对方单位", value="counterpart.name"),
    Column("held_on", "日期", kind="date", sort="held_on"),
    Column("items", "议题（项）", value="item_count", kind="number"),
    Column("tasks", "交办（项）", value="task_count", kind="number"),
    Column(
        "together",
        "三同",
        value=lambda row: together_of(row) if row.kind == MeetingKind.LEADERSHIP else None,
        kind="state",
        tone=lambda row: TOGETHER_TONES[together_of(row)],
        card="tag",
    ),
)


class MeetingList(ListScreen):
    """党建会议 of committees and units, and their exchanges."""

    policy = Policy(WORKSPACE)
    title = "党建会议"
    unit = "次"
    model = Meeting
    filterset_class = MeetingFilter
    actions = (PageAction("党（工）委", "partybuilding:commissions", roles=LEADERS, primary=False),)
    default_order = ("-held_on", "department__name", "pk")
    columns = MEETING_COLUMNS
    empty = Empty("还没有登记党建会议。在党（工）委、责任单位的页面登记。")

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return with_items(super().get_queryset(actor)).select_related("department", "counterpart")


class MeetingScreen:
    """What the pages of one meeting share."""

    model = Meeting
    request: HttpRequest
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[Meeting]:
        return scoped(Meeting, actor).select_related("department__region", "counterpart")

    def crumbs(self) -> list[Crumb]:
        one = self.object
        found = [Crumb(one.department.name, desk_url(one.department))]
        return found if isinstance(self, DetailScreen) else [*found, Crumb(one.title, self.success_url(None))]

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:meeting", args=[self.object.pk])


class MeetingDetail(MeetingScreen, DetailScreen):
    """One meeting: its facts, and each item with what was decided."""

    policy = Policy(WORKSPACE)
    subject = "partybuilding.Meeting"
    template_name = "partybuilding/commissions/meeting.html"
    actions = (PageAction("更正", "partybuilding:meeting_edit", roles=MEETERS, icon="edit", primary=False),)

    @cached_property
    def is_kept(self) -> bool:
        return bool(may_write(self.actor, self.object.department)) and self.object.department.ends_on is None

    def page_actions(self) -> Any:
        return self.actions if self.is_kept else ()

    def header(self, obj: Meeting) -> Header:
        tags = [Tag(obj.get_kind_display(), "blue")]
        if obj.kind == MeetingKind.LEADERSHIP:
            tags.append(Tag(str(together_of(obj).label), TOGETHER_TONES[together_of(obj)]))
        return Header(obj.title, tags, [obj.department.name, obj.held_on.isoformat()])

    def context(self) -> dict[str, Any]:
        one = self.object
        is_exchange = one.kind == MeetingKind.EXCHANGE
        shown = [
            fact("单位", one.department.name, url=desk_url(one.department)),
            fact("日期", one.held_on, "date"),
            fact("参加人数", one.attendee_count if one.attendee_count is not None else Missing.NOT_REPORTED, "number"),
        ]
        if is_exchange:
            count = one.record_count if one.record_count is not None else Missing.NOT_REPORTED
            shown += [fact("对方单位", one.counterpart), fact("互通信息（条）", count, "number")]
        if one.kind == MeetingKind.LEADERSHIP:
            shown += [
                fact("同研究", one.is_studied, "bool"),
                fact("同谋划", one.is_planned, "bool"),
                fact("同部署", one.is_deployed, "bool"),
            ]
        return {"facts": shown, "items": self._items(), "text": one.summary}

    def _items(self) -> Any:
        columns = [
            Column("number", "序号", kind="number"),
            Column("title", "议题", css="long", card="title"),
            Column("resolution", "议定事项", value=lambda row: row.resolution or None, css="long"),
            Column("responsible", "责任党（工）委", value="responsible.name"),
            Column("due_on", "完成期限", kind="date"),
            Column("task", "任务", value=_task_state),
        ]
        if self.is_kept:

            def act(row: AgendaItem) -> str:
                return reverse("partybuilding:meeting_item", args=[self.object.pk, row.pk])

            columns.append(
                Column("act", "操作", value=lambda row: "更正" if row.resolution else "登记议定事项", link=act)
            )
        return table("议题", columns, items_of(self.actor, self.object), empty="没有登记议题。")


def _task_state(row: AgendaItem) -> str | SafeString | None:
    if row.responsible_id is None:
        return None
    found = open_tasks_about(row, kind=services.AGENDA_TASK)
    return "办理中" if found else "已办结"


class MeetingForms:
    """The form of a meeting."""

    form_class: ClassVar[type[Any]] = MeetingForm
    intro = "同研究、同谋划、同部署由单位领导班子会议勾选；对方单位和互通信息由互通互联会商填写。"


class MeetingNew(MeetingForms, DepartmentScreen, FormScreen):
    """Record a meeting of a body."""

    policy = Policy(MEETERS, EDIT)
    pk_kwarg = "department_pk"
    title = "登记党建会议"
    submit_label = "登记"
    success_message = "会议已登记，可以逐项填写议定事项。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"department": self.object}

    def initial(self) -> dict[str, Any]:
        kind = MeetingKind.COMMITTEE if self.object.kind in COMMITTEES else MeetingKind.LEADERSHIP
        return {"held_on": self.today, "kind": kind}

    def cancel_url(self) -> str:
        return desk_url(self.object)

    def save(self, form: Any) -> Meeting:
        return services.record_meeting(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:meeting", args=[result.pk])


class MeetingEdit(MeetingForms, MeetingScreen, FormScreen):
    """Correct a meeting."""

    policy = Policy(MEETERS, EDIT)
    title = "更正党建会议"
    submit_label = "保存"
    success_message = "已保存。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"department": self.object.department, "is_new": False}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in MeetingForm.base_fields if name != "agenda"}

    def save(self, form: Any) -> Meeting:
        return services.change_meeting(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class ItemDecide(MeetingScreen, FormScreen):
    """What was decided on one item."""

    policy = Policy(MEETERS, EDIT)
    form_class: ClassVar[type[Any]] = DecideForm
    submit_label = "保存"
    success_message = "议定事项已登记。"

    @cached_property
    def item(self) -> AgendaItem:
        rows = scoped(AgendaItem, self.actor).select_related("meeting__department__region", "responsible")
        return get_object_or_404(rows, pk=self.kwargs["agenda_item_pk"], meeting=self.object)

    def page_title(self) -> str:
        return f"第{self.item.number}项：{self.item.title}"

    def form_kwargs(self) -> dict[str, Any]:
        return {"department": self.object.department}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.item, name) for name in DecideForm.base_fields}

    def save(self, form: Any) -> AgendaItem:
        return services.decide_item(
            self.item, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
