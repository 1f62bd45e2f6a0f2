"""Pages of transfers: the list, one transfer with both sides, sending, receiving, sending back, taking back."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from partybuilding.members.models import ROSTER
from partybuilding.members.rules import KEEPERS
from partybuilding.members.views import SECTIONS_TEMPLATE, PartyMemberRow
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.views import PAGE, OrganizationScreen
from partybuilding.transfers import services
from partybuilding.transfers.enums import TONES, TransferState
from partybuilding.transfers.filters import TransferFilter
from partybuilding.transfers.forms import ReasonForm, ReceiveForm, SendForm, SendOneForm, TakeInForm
from partybuilding.transfers.models import MemberTransfer
from partybuilding.transfers.transitions import RECEIVE, RETURN, WITHDRAW, TransferFacts
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, Fact, PageAction, Tag, fact
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing
from portal.workflow.services import explain, history

EDIT = {"GET", "POST"}
RELATED = (
    *("member__person", "arrived__person", "source__committee", "target__committee", "target_committee"),
    "member__organization",
)
ROSTERS = "partybuilding:party_members"
LIST = "partybuilding:transfers"
PAGE_OF_ONE = "partybuilding:transfer"
TITLE = "组织关系转接"


def person_of(row: MemberTransfer) -> str:
    return str(row.member or row.arrived)


class TransferList(ListScreen):
    """All transfers that this person's side sent or receives."""

    policy = Policy(ROSTER)
    title = TITLE
    unit = "笔"
    model = MemberTransfer
    filterset_class = TransferFilter
    default_order = ("-issued_on", "-pk")
    shows_people = True
    columns = (
        Column("name", "姓名", value=person_of, link=lambda row: reverse(PAGE_OF_ONE, args=[row.pk]), card="title"),
        Column("from", "转出党组织", value=lambda row: row.from_name),
        Column("to", "转入党组织", value=lambda row: row.to_name),
        Column("issued_on", "转出日期", kind="date", sort="issued_on"),
        Column("received_on", "接收日期", kind="date", sort="received_on"),
        Column("letter_number", "介绍信编号", css="code"),
        Column("whole", "整建制", value=lambda row: "整建制" if row.is_whole else None),
        Column(
            "state",
            "状态",
            value=lambda row: TransferState(row.state).label,
            kind="state",
            tone=lambda row: TONES[TransferState(row.state)],
            card="tag",
        ),
    )
    empty = Empty("没有组织关系转接。在党员的页面上可以转出；从系统外转入的，在党组织的「党员名册」页签登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党员名册", reverse(ROSTERS))]

    def get_queryset(self, actor: Actor) -> QuerySet[MemberTransfer]:
        return super().get_queryset(actor).select_related(*RELATED)


class TransferRow:
    """What the pages of one transfer share."""

    model = MemberTransfer
    pk_kwarg = "member_transfer_pk"
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[MemberTransfer]:
        return scoped(MemberTransfer, actor).select_related(*RELATED)

    @cached_property
    def facts(self) -> TransferFacts:
        return services.facts_of(self.object, self.actor)

    def crumbs(self) -> list[Crumb]:
        own = reverse(PAGE_OF_ONE, args=[self.object.pk])
        return [Crumb(TITLE, reverse(LIST)), Crumb(person_of(self.object), own)]

    def success_url(self, result: Any) -> str:
        return reverse(PAGE_OF_ONE, args=[self.object.pk])


class TransferDetail(TransferRow, DetailScreen):
    """One transfer: both sides, the letter, what became of it."""

    policy = Policy(ROSTER)
    template_name = "people/role_row.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:1]

    def header(self, obj: MemberTransfer) -> Header:
        state = TransferState(obj.state)
        return Header(person_of(obj), [Tag(str(state.label), TONES[state])], [f"{obj.from_name} → {obj.to_name}"])

    def page_actions(self) -> list[PageAction]:
        found = []
        for transition, name, primary in (
            (RECEIVE, "partybuilding:transfer_receive", True),
            (RETURN, "partybuilding:transfer_return", False),
            (WITHDRAW, "partybuilding:transfer_withdraw", False),
        ):
            if explain(transition, self.object, actor=self.actor, facts=self.facts):
                found.append(PageAction(transition.label, name, roles=KEEPERS, primary=primary))
        return found

    def context(self) -> dict[str, Any]:
        one = self.object
        self.show_people([one.pk])
        return {"sections": [("转接", self._facts(one)), ("双方", self._sides(one))], "reveal_url": ""}

    def _facts(self, one: MemberTransfer) -> list[Fact]:
        moves = history(one)
        row = one.arrived or one.member
        assert row is not None  # noqa: S101  the table has one of both
        return [
            fact("党员", row.person.name),
            fact("党员类别", row.get_membership_state_display()),
            fact("转出日期", one.issued_on, "date"),
            fact("接收日期", one.received_on, "date"),
            fact("介绍信编号", one.letter_number or Missing.NOT_REPORTED),
            fact("整建制", one.is_whole, "bool"),
            fact("转接事由", one.reason or Missing.NOT_REPORTED),
            *(fact("退回或撤回原因", move.comment) for move in moves if move.comment),
        ]

    def _sides(self, one: MemberTransfer) -> list[Fact]:
        mine = {row.pk for row in scoped(PartyOrganization, self.actor).filter(pk__in=[one.source_id, one.target_id])}
        return [
            fact("转出党组织", one.from_name, url=_page(one.source_id, mine)),
            fact("转入党组织", one.to_name, url=_page(one.target_id, mine)),
            fact("接收的党委", one.target_committee or (one.target.committee if one.target else None)),
        ]


def _page(pk: int | None, mine: set[int]) -> str:
    return reverse(PAGE, args=[pk]) + "?tab=members" if pk in mine else ""


class TransferNew(PartyMemberRow, FormScreen):
    """Send one member's relation elsewhere."""

    policy = Policy(KEEPERS, EDIT)
    title = "转出组织关系"
    form_class: ClassVar[type[Any]] = SendOneForm
    submit_label = "转出"
    intro = "转往本单位范围内的党组织，两边名册同时变更；转往其他党委的，由对方接收后变更，接收前仍在原支部。"
    success_message = "已登记。两边名册和变动记录已按转接状态更新。"

    def initial(self) -> dict[str, Any]:
        return {"issued_on": self.today}

    def save(self, form: Any) -> MemberTransfer:
        return services.send(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )

    def success_url(self, result: MemberTransfer) -> str:
        return reverse(PAGE_OF_ONE, args=[result.pk])


class TransferAll(OrganizationScreen, FormScreen):
    """Send everybody: the organisation is dissolved or goes to another committee."""

    policy = Policy(KEEPERS, EDIT)
    title = "整建制转接"
    form_class: ClassVar[type[Any]] = SendForm
    submit_label = "整建制转出"
    intro = "名册上组织关系在本组织的党员全部转往同一去向，要么全部登记，要么一个也不登记。"

    def initial(self) -> dict[str, Any]:
        return {"issued_on": self.today}

    def save(self, form: Any) -> list[MemberTransfer]:
        return services.send_all(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )

    def success_text(self, result: list[MemberTransfer]) -> str:
        return f"已登记 {len(result)} 名党员的整建制转接。"

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=members"


class TransferIn(OrganizationScreen, FormScreen):
    """A member comes from outside the register."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记转入党员"
    form_class: ClassVar[type[Any]] = TakeInForm
    template_name = SECTIONS_TEMPLATE
    intro = "从系统外转入的党员在这里登记。本系统内党组织之间的转接由转出方发起，不在这里重复登记。"
    success_message = "转入已登记，党员已编入名册。"

    def context(self) -> dict[str, Any]:
        return {"sections": TakeInForm.SECTIONS}

    def initial(self) -> dict[str, Any]:
        return {"issued_on": self.today, "received_on": self.today}

    def save(self, form: Any) -> MemberTransfer:
        return services.take_in(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=members"


class TransferReceive(TransferRow, ActionScreen):
    """Receive a relation on a roster of one's own."""

    policy = Policy(KEEPERS, EDIT)
    title = "接收组织关系"
    form_class: ClassVar[type[Any]] = ReceiveForm
    submit_label = "接收"
    success_message = "已接收，两边名册已变更。"

    def decision(self) -> Decision:
        return explain(RECEIVE, self.object, actor=self.actor, facts=self.facts)

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        form = super().get_form(data, files)
        if self.object.target_id is not None:
            del form.fields["target"]
        return form

    def initial(self) -> dict[str, Any]:
        return {"received_on": max(self.today, self.object.issued_on)}

    def consequences(self) -> list[str]:
        one = self.object
        where = f"「{one.target}」" if one.target else "所填党组织"
        return [
            f"「{person_of(one)}」从接收日期起在{where}的名册上，在「{one.from_name}」的名册上到前一天为止。",
            "党内职务和联系电话不随组织关系带走，需要的请另行登记。",
        ]

    def perform(self, form: Any) -> MemberTransfer:
        return services.receive(
            self.object,
            target=form.cleaned_data.get("target"),
            received_on=form.cleaned_data["received_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


class TransferReturn(TransferRow, ActionScreen):
    """Send a transfer back to who sent it."""

    policy = Policy(KEEPERS, EDIT)
    title = "退回转接"
    form_class: ClassVar[type[Any]] = ReasonForm
    submit_label = "退回"
    success_message = "已退回，组织关系仍在原党组织。"

    def decision(self) -> Decision:
        return explain(RETURN, self.object, actor=self.actor, facts=self.facts)

    def consequences(self) -> list[str]:
        return [f"「{person_of(self.object)}」的组织关系仍在「{self.object.from_name}」，需要转接的由对方重新办理。"]

    def perform(self, form: Any) -> MemberTransfer:
        return services.send_back(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class TransferWithdraw(TransferRow, ActionScreen):
    """Take a transfer back that nobody received yet."""

    policy = Policy(KEEPERS, EDIT)
    title = "撤回转接"
    form_class: ClassVar[type[Any]] = ReasonForm
    submit_label = "撤回"
    success_message = "已撤回，组织关系仍在原党组织。"

    def decision(self) -> Decision:
        return explain(WITHDRAW, self.object, actor=self.actor, facts=self.facts)

    def consequences(self) -> list[str]:
        return [f"「{person_of(self.object)}」的组织关系仍在「{self.object.from_name}」，接收方的待办同时办结。"]

    def perform(self, form: Any) -> MemberTransfer:
        return services.withdraw(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
