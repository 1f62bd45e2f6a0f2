"""Pages of care records: the list without names and amounts, one record, keeping, reading what is sealed."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from partybuilding.care import services
from partybuilding.care.filters import CareFilter
from partybuilding.care.forms import CareForm, HardshipForm, RemoveForm
from partybuilding.care.models import CareRecord
from partybuilding.care.rules import CARERS
from partybuilding.care.selectors import kind_counts
from partybuilding.members.models import PartyMember
from partybuilding.organizations.selectors import may_manage
from partybuilding.organizations.views import PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.people.screens import RevealScreen
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, fact
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing, date_text

EDIT = {"GET", "POST"}
LIST = "partybuilding:care_records"
ONE = "partybuilding:care_record"
TAB = "?tab=care"
TITLE = "关怀激励"
SEALED = (("amount", "金额（元）"), ("reason", "事由"))


class CareList(ListScreen):
    """What was done where and when; for whom, how much and why stands on the record."""

    policy = Policy(CARERS)
    title = TITLE
    unit = "条"
    model = CareRecord
    filterset_class = CareFilter
    default_order = ("-happened_on", "pk")
    exports: ClassVar[tuple[str, ...]] = ()
    columns = (
        Column(
            "kind",
            "类别",
            value=lambda row: row.get_kind_display(),
            link=lambda row: reverse(ONE, args=[row.pk]),
            sort="kind",
            card="title",
        ),
        Column(
            "organization",
            "党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
            sort="organization__name",
        ),
        Column("happened_on", "日期", kind="date", sort="happened_on"),
    )
    actions = (PageAction("生活困难党员", "partybuilding:party_members", query="hardship=true", primary=False),)
    empty = Empty("还没有登记关怀激励。在党组织的「关怀激励」页签登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse("partybuilding:organizations"))]

    def get_queryset(self, actor: Actor) -> QuerySet[CareRecord]:
        return super().get_queryset(actor).select_related("organization")

    def list_notes(self) -> list[str]:
        rule = "只有党组织的上级党委和社会工作部可以查看；对象、金额和事由不在名单上显示，不能导出。"
        return [rule] if self.filter_errors else [self.kinds(), rule]

    def kinds(self) -> SafeString:
        return self.counted(kind_counts(self.others("kind")), "kind")


class CareRow:
    """What the pages of one record share."""

    model = CareRecord
    pk_kwarg = "care_record_pk"
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[CareRecord]:
        return scoped(CareRecord, actor).select_related("organization__committee", "person")

    def crumbs(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse(LIST)), Crumb(str(self.object), reverse(ONE, args=[self.object.pk]))]

    def success_url(self, result: Any) -> str:
        return reverse(LIST)


class CareDetail(CareRow, DetailScreen):
    """One record: for whom; that there is an amount and a reason, and the way to read them."""

    policy = Policy(CARERS)
    template_name = "people/role_row.html"
    actions = (
        PageAction("查看金额或事由", "partybuilding:care_reveal", primary=False),
        PageAction("删除", "partybuilding:care_remove", primary=False),
    )

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:1]

    def header(self, obj: CareRecord) -> Header:
        return Header(str(obj.get_kind_display()), [], [obj.organization.name, date_text(obj.happened_on)])

    def context(self) -> dict[str, Any]:
        one = self.object
        self.show_people([str(one.pk)])
        facts = [
            fact("党组织", one.organization.name, url=reverse(PAGE, args=[one.organization_id]) + TAB),
            fact("类别", one.get_kind_display()),
            fact("日期", one.happened_on, "date"),
            fact("对象", one.person.name if one.person else "党组织"),
            *(fact(label, "已登记，不显示" if getattr(one, name) else Missing.NOT_REPORTED) for name, label in SEALED),
        ]
        return {"sections": [("记录", facts)], "reveal_url": ""}


class CareReveal(CareRow, RevealScreen):
    """Amount or reason, once, for a purpose; the reading is written down first."""

    policy = Policy(CARERS, EDIT)
    title = "查看金额或事由"
    template_name = "partybuilding/care/reveal.html"
    intro = "金额和事由加密保存。查看会记入查阅日志：谁、何时、为办理哪件事。一次查看一项。"

    def numbers(self) -> list[tuple[str, str]]:
        return [(name, label) for name, label in SEALED if getattr(self.object, name)]


class CareNew(OrganizationScreen, FormScreen):
    """Keep what was done."""

    policy = Policy(CARERS, EDIT)
    own_tab = TAB
    title = "登记关怀激励"
    form_class: ClassVar[type[Any]] = CareForm
    intro = "由党组织的上级党委或社会工作部登记。金额和事由加密保存，查看留痕。党费和工资不在这里登记。"
    success_message = "已登记。"

    def initial(self) -> dict[str, Any]:
        return {"happened_on": self.today}

    def save(self, form: Any) -> CareRecord:
        return services.keep_care(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class CareRemove(CareRow, ActionScreen):
    """Take a wrong record away."""

    policy = Policy(CARERS, EDIT)
    title = "删除关怀激励记录"
    form_class: ClassVar[type[Any]] = RemoveForm
    submit_label = "删除"
    success_message = "记录已删除。"
    is_dangerous = True

    def consequences(self) -> list[str]:
        return ["记录连同金额和事由一并删除，不能恢复；操作日志保留谁、何时、为什么删除。"]

    def perform(self, form: Any) -> None:
        services.remove_care(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class MemberHardship(ActionScreen):
    """Note whether a member lives in need."""

    policy = Policy(CARERS, EDIT)
    model = PartyMember
    pk_kwarg = "party_member_pk"
    title = "登记生活困难"
    form_class: ClassVar[type[Any]] = HardshipForm
    submit_label = "保存"
    intro = (
        "由党组织的上级党委或社会工作部登记，只有这两方可以查看，不在名单上显示，不随名册导出。"
        "慰问和补助登记在关怀激励中。"
    )
    success_message = "已保存。"

    def get_queryset(self, actor: Actor) -> QuerySet[PartyMember]:
        return scoped(PartyMember, actor).select_related("organization__committee", "person")

    def crumbs(self) -> list[Crumb]:
        one = self.object
        return [
            Crumb(one.organization.name, reverse(PAGE, args=[one.organization_id]) + "?tab=members"),
            Crumb(str(one), self.success_url(None)),
        ]

    def context(self) -> dict[str, Any]:
        self.show_people([self.object.pk])
        return super().context()

    def decision(self) -> Decision:
        """A committee reads more rosters than those whose care it keeps, as of a joint branch of another committee."""
        return may_manage(self.actor, self.object.organization.committee, f"「{self.object.organization}」")

    def initial(self) -> dict[str, Any]:
        return {"is_in_hardship": self.object.is_in_hardship} if self.decision() else {}

    def perform(self, form: Any) -> PartyMember:
        return services.note_hardship(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:party_member", args=[self.object.pk])
