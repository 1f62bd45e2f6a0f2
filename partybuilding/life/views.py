"""Pages of organisation life: who is behind, single records, recording on a telephone, Party groups."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from partybuilding.life import services
from partybuilding.life.enums import STANDING_TONES, Duty, LifeKind
from partybuilding.life.filters import BranchFilter, RecordFilter
from partybuilding.life.forms import GroupEndForm, GroupForm, LifeForm, RemoveForm
from partybuilding.life.models import LifeFile, LifeRecord, PartyGroup
from partybuilding.life.overview import done_text, record_kind
from partybuilding.life.rules import LifeRules, Period, due_now, has_committee
from partybuilding.life.selectors import compliances, facts_of, held_by, life_rules
from partybuilding.members.models import ROSTER
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on
from partybuilding.organizations.services import RECORDERS
from partybuilding.organizations.views import PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.files.responses import shown
from portal.screens.actions import ActionScreen
from portal.screens.columns import BulkAction, Column, Empty, PageAction, Tag, fact
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.screens.values import datetime_text

EDIT = {"GET", "POST"}
TAB = "?tab=life"


class BranchList(ListScreen):
    """组织生活开展情况: every branch in a period, with what it owed and what it held."""

    policy = Policy(ROSTER)
    title = "组织生活开展情况"
    unit = "个"
    model = PartyOrganization
    filterset_class = BranchFilter
    default_order = ("name", "pk")
    shows_as_of = True
    empty = Empty("没有党组织。")
    actions = (
        PageAction("组织生活记录", "partybuilding:life_records", roles=ROSTER, primary=False),
        PageAction("催办文本", "partybuilding:life_urging", roles=RECORDERS, primary=False),
    )
    bulk_actions = (BulkAction("urge", "催办", "partybuilding:life_urge", roles=RECORDERS),)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("组织生活", reverse("partybuilding:life"))]

    @property
    def period(self) -> Period:
        assert isinstance(self.filterset, BranchFilter)  # noqa: S101  declared above
        return self.filterset.chosen

    @cached_property
    def rules(self) -> LifeRules:
        return life_rules(min(self.period.last, self.as_of))

    def get_columns(self) -> Sequence[Column]:
        def count(duty: Duty) -> Column:
            return Column(
                duty.value,
                str(duty.label),
                value=lambda row: done_text(row.life, duty),
                align="end",
            )

        return (
            Column(
                "name", "党组织名称", link=lambda row: reverse(PAGE, args=[row.pk]) + TAB, sort="name", card="title"
            ),
            Column("kind", "类别", value=lambda row: OrganizationKind(row.kind), sort="kind"),
            Column("committee", "综合（行业）党委", value="committee.name", sort="committee__name"),
            Column(
                "standing",
                "开展情况",
                value=lambda row: row.life.standing,
                kind="state",
                tone=lambda row: STANDING_TONES[row.life.standing],
                card="tag",
            ),
            *(count(duty) for duty in Duty),
        )

    def list_notes(self) -> list[str]:
        if self.filter_errors:
            return []
        day = min(self.period.last, self.as_of)
        return [
            f"{self.period.label}，截至 {day.isoformat()} 已结束的月份、季度、年度计为到期；"
            "各栏为已开展/应开展的次数。期间成立的，从第一个完整的月份、季度起计。",
        ]

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        return super().get_queryset(actor).filter(existing_on(self.as_of)).select_related("committee")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        found = compliances(rows, self.period, self.as_of, self.actor, self.rules)
        for row in rows:
            row.life = found[row.pk]
        return rows


class RecordList(ListScreen):
    """All records in scope, the latest first."""

    policy = Policy(ROSTER)
    title = "组织生活记录"
    model = LifeRecord
    filterset_class = RecordFilter
    default_order = ("-held_on", "-pk")
    shows_people = True
    columns = (
        Column("held_on", "开展日期", kind="date", sort="held_on"),
        Column("kind", "类别", value=lambda row: LifeKind(row.kind), sort="kind", card="tag"),
        Column(
            "topic",
            "主题",
            link=lambda row: reverse("partybuilding:life_record", args=[row.pk]),
            card="title",
            css="long",
        ),
        Column(
            "organization",
            "党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
            sort="organization__name",
        ),
        Column("expected_count", "应到（人）", kind="number", sort="expected_count"),
        Column("present_count", "实到（人）", kind="number", sort="present_count"),
        Column("first", "第一议题", value="has_first_item", kind="bool"),
        Column("created_at", "登记时间", kind="datetime", sort="created_at", card="hide"),
    )
    empty = Empty("还没有组织生活记录。党组织书记在本组织的「组织生活」页签登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("组织生活", reverse("partybuilding:life"))]

    def get_queryset(self, actor: Actor) -> QuerySet[LifeRecord]:
        return super().get_queryset(actor).select_related("organization")


class LifeScreen(OrganizationScreen):
    """What the pages of one organisation's life share."""

    own_tab = TAB


class RecordNew(LifeScreen, FormScreen):
    """Record one meeting or activity. First what it was, then only what that asks for."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记组织生活"
    form_class: ClassVar[type[Any]] = LifeForm
    success_message = "已登记。"
    submit_label = "登记"

    @cached_property
    def kind(self) -> str:
        asked = self.request.GET.get("kind", "")
        return asked if asked in LifeKind.values else ""

    def page_title(self) -> str:
        return f"登记{LifeKind(self.kind).label}" if self.kind else self.title

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.kind:
            return super().get(request, *args, **kwargs)
        return self.render(template="partybuilding/life/choose.html", kinds=self.choices())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.kind else self.get(request, *args, **kwargs)

    def choices(self) -> list[tuple[str, str, str]]:
        """Each kind with its page, and by when one is still due; no page where there is nobody to meet, but why."""
        rules = life_rules(self.today)
        facts = facts_of([self.object], self.actor)[self.object.pk]
        held = held_by([self.object.pk], self.today.replace(month=1, day=1), self.today, self.actor)
        due = {
            record_kind(one.duty): f"{one.due_on.month}月{one.due_on.day}日前还应开展"
            for one in reversed(due_now(facts, held.get(self.object.pk, []), self.today, rules))
        }
        missing = {}
        if not has_committee(facts, self.today, rules):
            missing[LifeKind.COMMITTEE] = "没有设支部委员会"
        if not any(group.span.has(self.today) for group in facts.groups):
            missing[LifeKind.GROUP] = "没有设党小组"
        return [
            (str(kind.label), f"?kind={kind}" if kind not in missing else "", due.get(kind, missing.get(kind, "")))
            for kind in LifeKind
        ]

    def form_kwargs(self) -> dict[str, Any]:
        return {"kind": self.kind, "organization": self.object, "today": self.today}

    def initial(self) -> dict[str, Any]:
        one = self.object
        expected = None
        if self.kind not in (LifeKind.COMMITTEE, LifeKind.COUNCIL, LifeKind.GROUP) and one.full_member_count:
            expected = one.full_member_count + (one.probationary_member_count or 0)
        return {"held_on": self.today, "expected_count": expected}

    def save(self, form: Any) -> LifeRecord:
        recorded = services.record_life(
            self.object, kind=self.kind, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )
        for text in recorded.remarks:
            messages.warning(self.request, text)
        return recorded.record


class RecordScreen:
    """What the pages of one record share."""

    model = LifeRecord
    pk_kwarg = "life_record_pk"
    request: HttpRequest
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[LifeRecord]:
        return scoped(LifeRecord, actor).select_related("organization__committee", "group", "programme")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb(one.organization.name, reverse(PAGE, args=[one.organization_id]) + TAB),
            Crumb(str(one), reverse("partybuilding:life_record", args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:life_record", args=[self.object.pk])  # type: ignore[attr-defined]


class RecordDetail(RecordScreen, DetailScreen):
    """One record, with its files."""

    policy = Policy(ROSTER)
    template_name = "partybuilding/life/record.html"
    actions = (
        PageAction("修改", "partybuilding:life_edit", roles=KEEPERS, icon="edit"),
        PageAction("删除", "partybuilding:life_remove", roles=KEEPERS, primary=False),
    )

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:1]

    def page_actions(self) -> Any:
        return self.actions if may_keep(self.actor, self.object.organization) else ()

    def header(self, obj: LifeRecord) -> Header:
        return Header(obj.topic, [Tag(obj.get_kind_display(), "blue")], [obj.organization.name])

    def context(self) -> dict[str, Any]:
        one = self.object
        self.show_people([one.pk])
        facts = [
            fact("开展日期", one.held_on, "date"),
            fact("应到（人）", one.expected_count, "number"),
            fact("实到（人）", one.present_count, "number"),
        ]
        asked = (
            ("group", fact("党小组", one.group)),
            ("by_secretary", fact("书记讲党课", one.by_secretary, "bool")),
            ("has_first_item", fact("落实第一议题", one.has_first_item, "bool")),
            ("first_item", fact("第一议题学习内容", one.first_item or None)),
            ("mode", fact("学习方式", one.get_mode_display() or None)),
            ("form", fact("组织形式", one.get_form_display() or None)),
            ("education", fact("教育形式", one.get_education_display() or None)),
            ("programme", fact("所属专项学习", one.programme)),
            ("officer_count", fact("参加的社会组织负责人（人）", one.officer_count, "number")),
            ("member_unit_count", fact("参加的会员企业代表（人）", one.member_unit_count, "number")),
        )
        facts += [shown for name, shown in asked if name in services.ASKED[one.kind]]
        facts += [
            fact("内容和决定事项", one.content or None),
            fact("登记", f"{one.recorded_by}，{datetime_text(one.created_at)}"),
        ]
        files = scoped(LifeFile, self.actor).filter(record=one).select_related("file")
        return {"facts": facts, "files": list(files)}


class RecordEdit(RecordScreen, FormScreen):
    """Correct a record, add files."""

    policy = Policy(KEEPERS, EDIT)
    form_class: ClassVar[type[Any]] = LifeForm
    submit_label = "保存"
    success_message = "已保存。"

    def page_title(self) -> str:
        return f"修改{self.object.get_kind_display()}记录"

    def form_kwargs(self) -> dict[str, Any]:
        return {"kind": self.object.kind, "organization": self.object.organization, "today": self.today}

    def initial(self) -> dict[str, Any]:
        one = self.object
        names = [name for name in LifeForm.base_fields if name != "uploads"]
        found = {name: getattr(one, name) for name in names}
        found |= {"group": one.group_id, "programme": one.programme_id}
        return found | {"has_first_item": str(one.has_first_item).lower()}

    def save(self, form: Any) -> LifeRecord:
        recorded = services.correct_life(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
        for text in recorded.remarks:
            messages.warning(self.request, text)
        return recorded.record


class RecordRemove(RecordScreen, ActionScreen):
    """Take out a record made by mistake."""

    policy = Policy(KEEPERS, EDIT)
    title = "删除组织生活记录"
    form_class: ClassVar[type[Any]] = RemoveForm
    submit_label = "删除"
    success_message = "记录已删除。"
    is_dangerous = True

    def consequences(self) -> list[str]:
        return ["这条记录不再计入开展情况，附件一并删除。删除的原因和原来的数字留在操作记录中。"]

    def perform(self, form: Any) -> PartyOrganization:
        organization: PartyOrganization = self.object.organization
        services.remove_life(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
        return organization

    def success_url(self, result: Any) -> str:
        return reverse(PAGE, args=[result.pk]) + TAB


class RecordFile(Screen):
    """A file of a record."""

    policy = Policy(ROSTER)
    model = LifeFile

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = scoped(LifeFile, self.actor).select_related("file")
        return shown(get_object_or_404(rows, pk=self.kwargs["life_file_pk"]).file)


class GroupNew(LifeScreen, FormScreen):
    """Record a Party group."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记党小组"
    form_class: ClassVar[type[Any]] = GroupForm
    intro = "设了党小组的，从第一个完整的月份起每月登记党小组会。"
    success_message = "党小组已登记。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> PartyGroup:
        return services.add_group(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class GroupEnd(LifeScreen, ActionScreen):
    """Record the last day of a Party group."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记党小组撤销"
    form_class: ClassVar[type[Any]] = GroupEndForm
    submit_label = "登记撤销"
    success_message = "党小组撤销已登记。"

    @cached_property
    def group(self) -> PartyGroup:
        rows = scoped(PartyGroup, self.actor).select_related("organization__committee")
        return get_object_or_404(rows, pk=self.kwargs["party_group_pk"], organization=self.object)

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从最后一天的第二天起，「{self.group}」不再计入党小组会的要求，已有的记录保留。"]

    def perform(self, form: Any) -> PartyGroup:
        return services.end_group(self.group, actor=self.actor, now=timezone.now(), **form.cleaned_data)
