"""Pages of floating members: the list, and the three acts."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from partybuilding.floating import services
from partybuilding.floating.enums import FLOATING_TONES
from partybuilding.floating.filters import FloatingFilter
from partybuilding.floating.forms import AwayForm, BackForm, ContactForm
from partybuilding.floating.models import FloatingMember
from partybuilding.floating.rules import FloatingRules, floating_state
from partybuilding.floating.selectors import floating_counts, floating_rules
from partybuilding.members.models import ROSTER
from partybuilding.members.rules import KEEPERS
from partybuilding.members.views import PartyMemberRow
from partybuilding.organizations.views import PAGE
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, may_see
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

EDIT = {"GET", "POST"}
LIST = "partybuilding:floating"
TITLE = "流动党员"


class FloatingList(ListScreen):
    """Everybody who is away, whose contact is due first."""

    policy = Policy(ROSTER)
    title = TITLE
    unit = "名"
    model = FloatingMember
    filterset_class = FloatingFilter
    default_order = ("starts_on", "pk")
    shows_as_of = True
    shows_people = True
    empty = Empty("没有登记流动党员。在党员的页面上登记外出流动。")
    columns = (
        Column(
            "name",
            "姓名",
            value="member.person.name",
            link=lambda row: reverse("partybuilding:party_member", args=[row.member_id]),
            card="title",
        ),
        Column(
            "organization",
            "所在党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + "?tab=members",
            sort="organization__name",
        ),
        Column("place", "流入地和单位"),
        Column("abroad", "出国（境）", value=lambda row: "出国（境）" if row.is_abroad else None),
        Column("starts_on", "外出日期", kind="date", sort="starts_on"),
        Column("keeper", "联系人"),
        Column("contacted_on", "最近联系", kind="date", sort="contacted_on"),
        Column(
            "state",
            "情况",
            value=lambda row: row.state,
            kind="state",
            tone=lambda row: FLOATING_TONES[row.state],
            card="tag",
        ),
    )
    acts = (
        Column("contact", "联系", value=lambda row: _act(row, "登记联系"), link=lambda row: _url(row, "contact")),
        Column("back", "返回", value=lambda row: _act(row, "登记返回"), link=lambda row: _url(row, "back")),
    )

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党员名册", reverse("partybuilding:party_members"))]

    def get_columns(self) -> Sequence[Column]:
        return (*self.columns, *self.acts) if may_see(KEEPERS, self.actor) else self.columns

    @cached_property
    def rules(self) -> FloatingRules:
        return floating_rules(self.as_of)

    def get_queryset(self, actor: Actor) -> QuerySet[FloatingMember]:
        return super().get_queryset(actor).select_related("member__person", "organization")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.state = floating_state(
                row.starts_on, row.ends_on, row.is_abroad, row.contacted_on, self.as_of, self.rules
            )
        return rows

    def list_notes(self) -> list[str]:
        rule = (
            f"外出 {self.rules.months} 个月以上、没有转接组织关系的为流动党员；出国（境）的每 "
            f"{self.rules.abroad_contact_months} 个月至少联系一次。"
        )
        return [rule] if self.filter_errors else [self.states(), rule]

    def states(self) -> SafeString:
        return self.counted(floating_counts(self.others("state"), self.as_of, self.rules))


def _act(row: FloatingMember, label: str) -> str | None:
    return label if row.ends_on is None else None


def _url(row: FloatingMember, act: str) -> str | None:
    return reverse(f"partybuilding:floating_{act}", args=[row.pk]) if row.ends_on is None else None


class FloatingNew(PartyMemberRow, FormScreen):
    """A member is away."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记外出流动"
    form_class: ClassVar[type[Any]] = AwayForm
    submit_label = "登记"
    intro = "外出而没有转接组织关系的党员在这里登记，保持联系。组织关系已转出的用「转出组织关系」。"
    success_message = "外出流动已登记。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> FloatingMember:
        return services.go_away(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class FloatingAct(ActionScreen):
    """What the later acts share."""

    policy = Policy(KEEPERS, EDIT)
    model = FloatingMember
    pk_kwarg = "floating_member_pk"
    act: ClassVar[Any]

    def get_queryset(self, actor: Actor) -> QuerySet[FloatingMember]:
        return scoped(FloatingMember, actor).select_related("member__person", "organization__committee")

    def crumbs(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse(LIST))]

    def success_url(self, result: Any) -> str:
        return reverse(LIST)

    def perform(self, form: Any) -> FloatingMember:
        done: FloatingMember = type(self).act(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
        return done


class FloatingContact(FloatingAct):
    """Somebody spoke to the member."""

    title = "登记联系"
    form_class: ClassVar[type[Any]] = ContactForm
    submit_label = "登记联系"
    success_message = "联系已登记。"
    act = services.contact

    def initial(self) -> dict[str, Any]:
        return {"contacted_on": self.today}


class FloatingBack(FloatingAct):
    """The member is back."""

    title = "登记返回"
    form_class: ClassVar[type[Any]] = BackForm
    submit_label = "登记返回"
    success_message = "返回已登记。"
    act = services.come_back

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}
