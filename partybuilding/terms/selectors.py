"""Reading terms: their parameters, how each stands, as one number that a list filters and orders by."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth, ExtractYear, Greatest

from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.terms.enums import TermState
from partybuilding.terms.models import PartyElection, TermExtension
from partybuilding.terms.rules import ElectionRules, Term, TermRules, term_of, term_state
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import values

# Whose years a kind has; a temporary branch has no term.
YEARS = {
    OrganizationKind.BRANCH: "party_organization.term_years.branch",
    OrganizationKind.JOINT_BRANCH: "party_organization.term_years.branch",
    OrganizationKind.FUNCTIONAL_BRANCH: "party_organization.term_years.branch",
    OrganizationKind.GENERAL_BRANCH: "party_organization.term_years.general_branch",
    OrganizationKind.COMMITTEE: "party_organization.term_years.committee",
}
EXTENSION, REMIND, EVERY, EARLY = (
    "party_organization.extension_months",
    "party_organization.term_remind_days",
    "party_organization.term_overdue_days",
    "party_organization.early_election_days",
)
ELECTION = {
    "party_organization.branch_committee_member_count": "committee_member_count",
    "party_organization.branch_committee_least": "committee_least",
    "party_organization.branch_committee_usual": "committee_usual",
    "party_organization.branch_committee_most": "committee_most",
    "party_organization.congress_member_count": "congress_member_count",
}
SHARES = {"party_organization.election_quorum": "quorum", "party_organization.candidate_surplus": "surplus"}
YEAR, MONTH = 10_000, 100


def remind_days(text: object) -> tuple[int, ...]:
    """「-180,-90,-30,0」; ConfigurationError for anything else."""
    try:
        return tuple(int(part) for part in str(text).split(","))
    except ValueError:
        raise ConfigurationError(
            f"参数 {REMIND} 的取值「{text}」不是用逗号分开的天数。", "请由系统管理员改正。"
        ) from None


def term_rules(day: date) -> TermRules:
    """The parameters of terms in force on a day; what is due soon begins with the first reminder (R-000)."""
    found = values({*YEARS.values(), EXTENSION, REMIND, EARLY}, on=day)
    return TermRules(
        years={str(kind): int(found[code]) for kind, code in YEARS.items()},
        extension_months=int(found[EXTENSION]),
        due_days=-min(remind_days(found[REMIND])),
        early_days=int(found[EARLY]),
    )


def election_rules(day: date) -> ElectionRules:
    """The parameters of elections in force on a day."""
    found = values({**ELECTION, **SHARES}, on=day)
    counts = {field: int(found[code]) for code, field in ELECTION.items()}
    return ElectionRules(**counts, **{field: found[code] for code, field in SHARES.items()})  # type: ignore[arg-type]


def _key(field: str) -> Any:
    """A date as one number, 20260701: what Python and every database order alike."""
    return ExtractYear(field) * YEAR + ExtractMonth(field) * MONTH + ExtractDay(field)


def day_key(day: date) -> int:
    return day.year * YEAR + day.month * MONTH + day.day


def with_terms(rows: QuerySet[PartyOrganization], rules: TermRules) -> QuerySet[PartyOrganization]:
    """Annotates `extended_to`; `term_over`, the number of the first day after the present term, or null; and
    `term_order`, the same with the unknown ones last on every database."""
    extended = TermExtension.objects.filter(organization=OuterRef("pk"), term_started_on=OuterRef("term_started_on"))
    latest = extended.order_by().values("organization").annotate(latest=Max("until_on")).values("latest")
    anniversary = Case(
        *(
            When(kind=kind, term_started_on__isnull=False, then=_key("term_started_on") + years * YEAR)
            for kind, years in rules.years.items()
        ),
        output_field=IntegerField(),
    )
    rows = rows.annotate(extended_to=Subquery(latest), anniversary=anniversary)
    # Never as a day of the calendar, but in its order: the day after the 30th is the 31st, be there one or not.
    extension = Coalesce(_key("extended_to") + 1, Value(0), output_field=IntegerField())
    rows = rows.annotate(
        term_over=Case(
            When(anniversary__isnull=False, then=Greatest(F("anniversary"), extension)),
            default=None,
            output_field=IntegerField(),
        )
    )
    return rows.annotate(term_order=Coalesce("term_over", Value(9999 * YEAR)))


def in_state(state: str, day: date, rules: TermRules) -> Q:
    """`rules.term_state` as a filter of rows with terms."""
    today, soon = day_key(day), day_key(day + timedelta(days=rules.due_days + 1))
    return {
        TermState.OVERDUE: Q(term_over__lte=today),
        TermState.DUE: Q(term_over__gt=today, term_over__lte=soon),
        TermState.RUNNING: Q(term_over__gt=soon),
        TermState.UNREPORTED: Q(term_over=None, kind__in=list(rules.years)),
        TermState.NONE: ~Q(kind__in=list(rules.years)),
    }[TermState(state)]


def state_counts(rows: QuerySet[PartyOrganization], day: date, rules: TermRules) -> dict[TermState, int]:
    """How many rows with terms are in each state: one query."""
    counted = rows.order_by().aggregate(
        **{state: Count("pk", filter=in_state(state, day, rules)) for state in TermState}
    )
    return {state: counted[state] for state in TermState}


def extended_to(organization: PartyOrganization) -> date | None:
    """Until when the present term was extended; none if it was not."""
    if organization.term_started_on is None:
        return None
    with everything("the extensions of one organisation"):
        rows = organization.term_extensions.filter(term_started_on=organization.term_started_on)
        found: date | None = rows.aggregate(latest=Max("until_on"))["latest"]
    return found


def present_term(organization: PartyOrganization, rules: TermRules) -> Term | None:
    return term_of(organization.kind, organization.term_started_on, extended_to(organization), rules)


def attach_terms(rows: Iterable[Any], day: date, rules: TermRules) -> None:
    """Sets `term` and `term_state` on rows that came through `with_terms`."""
    for row in rows:
        row.term = term_of(row.kind, row.term_started_on, row.extended_to, rules)
        row.term_state = term_state(row.kind, row.term, day, rules)


def elections_of(actor: Actor, organization: PartyOrganization) -> list[PartyElection]:
    return list(scoped(PartyElection, actor).filter(organization=organization).order_by("-held_on", "-pk"))


def extensions_of(actor: Actor, organization: PartyOrganization) -> list[TermExtension]:
    return list(scoped(TermExtension, actor).filter(organization=organization).order_by("-until_on", "-pk"))
