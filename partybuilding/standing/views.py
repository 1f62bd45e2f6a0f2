"""Pages of a member's standing: who is on probation until when, and the acts that change a standing."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from partybuilding.members.models import ROSTER, PartyMember
from partybuilding.members.rules import KEEPERS
from partybuilding.members.views import PartyMemberRow
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.views import PAGE
from partybuilding.standing import services
from partybuilding.standing.enums import PROBATION_TONES, ProbationState
from partybuilding.standing.filters import ProbationFilter
from partybuilding.standing.forms import ConvertForm, ExtendForm, FindForm, LoseForm, RestoreForm
from partybuilding.standing.rules import APPROVERS, ProbationRules, may_decide, probation_end
from partybuilding.standing.selectors import (
    attach_probation,
    probation_counts,
    probation_rules,
    probationary,
    probationary_of,
)
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, may_see
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.panels import AttentionItem
from portal.screens.screen import Crumb
from portal.screens.values import date_text

EDIT = {"GET", "POST"}
LIST = "partybuilding:probation"


class ProbationList(ListScreen):
    """预备党员: who is on probation, whose ended first."""

    policy = Policy(ROSTER)
    title = "预备党员"
    unit = "名"
    model = PartyMember
    filterset_class = ProbationFilter
    default_order = ("joined_on", "pk")
    shows_as_of = True
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
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + "?tab=members",
            sort="organization__name",
        ),
        Column("committee", "综合（行业）党委", value="organization.committee.name"),
        Column("joined_on", "入党日期", kind="date", sort="joined_on"),
        Column("end", "预备期满", value=lambda row: row.probation_end, kind="date"),
        Column("extended", "延长", value=lambda row: "已延长" if row.probation_until_on else None),
        Column(
            "state",
            "预备期",
            value=lambda row: row.probation_state,
            kind="state",
            tone=lambda row: PROBATION_TONES[row.probation_state],
            card="tag",
        ),
    )
    empty = Empty("名册上没有预备党员。只报人数的党组织，预备党员数见党组织名录。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党员名册", reverse("partybuilding:party_members"))]

    @cached_property
    def rules(self) -> ProbationRules:
        return probation_rules(self.as_of)

    def get_queryset(self, actor: Actor) -> QuerySet[PartyMember]:
        rows = probationary(super().get_queryset(actor), self.as_of)
        return rows.select_related("person", "organization__committee")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        attach_probation(rows, self.as_of, self.rules)
        return rows

    def list_notes(self) -> list[str]:
        rule = (
            f"预备期 {self.rules.months} 个月，从支部大会通过之日算起；可以延长一次，"
            f"不少于 {self.rules.extension_least} 个月、不超过 {self.rules.extension_most} 个月。"
            f"期满前 {self.rules.due_days} 日起列为即将期满。"
        )
        return [rule] if self.filter_errors else [self.states(), rule]

    def states(self) -> SafeString:
        return self.counted(probation_counts(self.others("state"), self.as_of, self.rules))


class StandingAct(PartyMemberRow):
    """What the acts on one member share."""

    today: Any
    model = PartyMember
    related = ("person", "phone", "organization__committee")

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:party_member", args=[result.pk])


class DecidedAct(StandingAct):
    """An act that the superior committee decided."""

    policy = Policy(APPROVERS, EDIT)

    @cached_property
    def end(self) -> Any:
        return probation_end(self.object.joined_on, self.object.probation_until_on, probation_rules(self.today))

    def decision(self) -> Decision:
        return may_decide(self.object.organization.kind, self.object.organization.name)


class Convert(DecidedAct, ActionScreen):
    """转正."""

    title = "登记转正"
    form_class: ClassVar[type[Any]] = ConvertForm
    submit_label = "登记转正"
    success_message = "转正已登记。"

    def initial(self) -> dict[str, Any]:
        return {"became_full_on": self.end, "approved_on": self.today}

    def consequences(self) -> list[str]:
        end = f"预备期到 {date_text(self.end)} 期满。" if self.end else "没有登记入党日期，请先补填。"
        return [end, f"「{self.object}」从转正日期起计为正式党员。"]

    def perform(self, form: Any) -> PartyMember:
        return services.convert(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class Extend(DecidedAct, ActionScreen):
    """延长预备期."""

    title = "登记延长预备期"
    form_class: ClassVar[type[Any]] = ExtendForm
    submit_label = "登记延长"
    success_message = "预备期延长已登记。"

    def initial(self) -> dict[str, Any]:
        return {"approved_on": self.today}

    def consequences(self) -> list[str]:
        rules = probation_rules(self.today)
        end = f"预备期到 {date_text(self.end)} 期满，" if self.end else ""
        return [f"{end}只能延长一次，不少于 {rules.extension_least} 个月、不超过 {rules.extension_most} 个月。"]

    def perform(self, form: Any) -> PartyMember:
        return services.extend_probation(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class Lose(StandingAct, ActionScreen):
    """失去联系."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记失去联系"
    form_class: ClassVar[type[Any]] = LoseForm
    submit_label = "登记失去联系"
    success_message = "已登记失去联系，党员仍在名册上。"

    def initial(self) -> dict[str, Any]:
        return {"happened_on": self.today}

    def consequences(self) -> list[str]:
        return [f"「{self.object}」仍计入「{self.object.organization}」的党员数，并列入失联名单，继续查找。"]

    def perform(self, form: Any) -> PartyMember:
        return services.lose(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class Find(StandingAct, ActionScreen):
    """恢复联系."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记恢复联系"
    form_class: ClassVar[type[Any]] = FindForm
    submit_label = "登记恢复联系"
    success_message = "已登记恢复联系。"

    def initial(self) -> dict[str, Any]:
        return {"happened_on": self.today}

    def perform(self, form: Any) -> PartyMember:
        return services.find(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class Restore(StandingAct, FormScreen):
    """恢复党籍 of who was suspended."""

    policy = Policy(APPROVERS, EDIT)
    title = "登记恢复党籍"
    form_class: ClassVar[type[Any]] = RestoreForm
    submit_label = "登记恢复党籍"
    intro = "被停止党籍的党员经批准恢复党籍的，在这里登记批准结果，从恢复之日起重新编入原党组织名册。"
    success_message = "恢复党籍已登记。"

    def initial(self) -> dict[str, Any]:
        return {"restored_on": self.today}

    def save(self, form: Any) -> PartyMember:
        return services.restore(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


def attention(actor: Actor, organization: PartyOrganization, day: Any) -> list[AttentionItem]:
    """Probations that ended or soon will, for who reads the roster."""
    if organization.dissolved_on is not None or not may_see(ROSTER, actor):
        return []
    counts = probation_counts(probationary_of(actor, organization.pk, day), day, probation_rules(day))
    late, soon = counts[ProbationState.OVERDUE], counts[ProbationState.DUE]
    parts = [f"{late} 名预备党员预备期已满，没有办理转正"] if late else []
    parts += [f"{soon} 名预备党员即将期满"] if soon else []
    url = f"{reverse(LIST)}?q={organization.name}"
    return [AttentionItem(f"{'；'.join(parts)}。请安排支部大会讨论。", url=url)] if parts else []
