"""Pages of terms: the list of what is due, recording an election, extending a term."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import covered_associations, existing_on
from partybuilding.organizations.services import RECORDERS
from partybuilding.organizations.views import LIST, PAGE, OrganizationScreen, covered_names, tell
from partybuilding.terms import services
from partybuilding.terms.enums import TERM_TONES, ElectionMethod, TermState
from partybuilding.terms.filters import TermFilter
from partybuilding.terms.forms import ElectionForm, ExtensionForm
from partybuilding.terms.models import TermExtension
from partybuilding.terms.rules import BRANCHES, Term, TermRules
from partybuilding.terms.selectors import (
    attach_terms,
    election_rules,
    present_term,
    state_counts,
    term_rules,
    with_terms,
)
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.screens.columns import Column, Empty
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing, date_text

EDIT = {"GET", "POST"}
TERM_TAB = "?tab=term"


def due_text(term: Term | None) -> Any:
    """2026-06-30, or with the day an extension gives it."""
    if term is None:
        return Missing.NOT_REPORTED
    return f"{date_text(term.due_on)}（已延期）" if term.is_extended else date_text(term.due_on)


class TermList(ListScreen):
    """任期与换届: every organisation by the end of its term, the longest overdue first."""

    policy = Policy(WORKSPACE)
    title = "任期与换届"
    unit = "个"
    model = PartyOrganization
    filterset_class = TermFilter
    default_order = ("term_order", "name", "pk")
    shows_as_of = True
    columns = (
        Column(
            "name",
            "党组织名称",
            link=lambda row: reverse(PAGE, args=[row.pk]) + TERM_TAB,
            sort="name",
            card="title",
        ),
        Column("kind", "类别", value=lambda row: OrganizationKind(row.kind), sort="kind"),
        Column("committee", "综合（行业）党委", value="committee.name", sort="committee__name"),
        Column("associations", "所在社会组织", value=covered_names),
        Column("term_started_on", "本届起始", kind="date", sort="term_started_on"),
        Column("due_on", "届满日期", value=lambda row: due_text(row.term), sort="term_order"),
        Column("late", "逾期（日）", value=lambda row: row.late, kind="number"),
        Column(
            "state",
            "任期",
            value=lambda row: row.term_state,
            kind="state",
            tone=lambda row: TERM_TONES[row.term_state],
            card="tag",
        ),
    )
    empty = Empty("没有党组织。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse(LIST))]

    @cached_property
    def rules(self) -> TermRules:
        return term_rules(self.as_of)

    def list_notes(self) -> list[str]:
        years = self.rules.years
        rule = (
            f"任期：党委 {years['committee']} 年，党总支 {years['general_branch']} 年，党支部 {years['branch']} 年；"
            f"届满前 {self.rules.due_days} 日起列为即将届满，经批准延期的按延期后的日期。"
        )
        return [rule] if self.filter_errors else [self.states(), rule]

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        rows = super().get_queryset(actor).filter(existing_on(self.as_of)).select_related("committee")
        return with_terms(rows, self.rules).prefetch_related(covered_associations(actor))

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        attach_terms(rows, self.as_of, self.rules)
        for row in rows:
            is_late = row.term_state == TermState.OVERDUE
            row.late = (self.as_of - row.term.due_on).days if is_late else None
        return rows

    def states(self) -> SafeString:
        return self.counted(state_counts(self.others("state"), self.as_of, self.rules))


class TermForm(OrganizationScreen, FormScreen):
    """What the pages of one organisation's term share."""

    policy = Policy(RECORDERS, EDIT)
    own_tab = TERM_TAB

    @cached_property
    def term(self) -> Term | None:
        return present_term(self.object, term_rules(self.today))


class ElectionNew(TermForm):
    """Record an election; it begins a term."""

    title = "登记换届选举"
    form_class: ClassVar[type[Any]] = ElectionForm
    success_message = "换届选举已登记，新一届任期开始。"

    def base_context(self) -> dict[str, Any]:
        return {**super().base_context(), "intro": self.rule_text()}

    def rule_text(self) -> str:
        """The arithmetic that the figures are held to, with the parameters in force."""
        rules = election_rules(self.today)
        return (
            f"选举有效：实到会人数达到应到会人数的 {rules.quorum * 100:.0f}%，委员候选人差额不少于应选人数的 "
            f"{rules.surplus * 100:.0f}%，当选人得票超过实到会人数的半数。不符合的不能登记。"
        )

    def initial(self) -> dict[str, Any]:
        one = self.object
        number = one.full_member_count or 0
        is_small = one.kind in BRANCHES and number < election_rules(self.today).committee_member_count
        return {
            "held_on": self.today,
            "method": ElectionMethod.DIRECT if is_small else ElectionMethod.COMMITTEE,
            "eligible_count": one.full_member_count,
        }

    def save(self, form: Any) -> PartyOrganization:
        recorded = services.record_election(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
        tell(self.request, recorded.findings)
        return recorded.organization


class ExtensionNew(TermForm):
    """Record that the superior committee let the term run on."""

    title = "登记任期延期"
    form_class: ClassVar[type[Any]] = ExtensionForm
    success_message = "任期延期已登记。"

    def base_context(self) -> dict[str, Any]:
        months = term_rules(self.today).extension_months
        now = f"本届应于 {date_text(self.term.regular_end)} 届满" if self.term else "没有登记本届起始日期"
        text = f"{now}。延期须经上级党委批准，累计不超过 {months} 个月，这里登记批准结果。"
        return {**super().base_context(), "intro": text}

    def initial(self) -> dict[str, Any]:
        return {"approved_on": self.today}

    def save(self, form: Any) -> TermExtension:
        return services.extend_term(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
