"""Terms of Party organisations and the arithmetic of their elections (R-071, R-074, R-075). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.rules import Finding
from partybuilding.terms.enums import ElectionMethod, TermState
from portal.regulations.rules import Rate, add_months, term_end

BRANCHES = frozenset({OrganizationKind.BRANCH, OrganizationKind.JOINT_BRANCH, OrganizationKind.FUNCTIONAL_BRANCH})


@dataclass(frozen=True, slots=True)
class TermRules:
    """The parameters of terms in force on a day; `years` by kind, a kind without an entry has no term."""

    years: Mapping[str, int]
    extension_months: int
    due_days: int
    early_days: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its regular last day, and the last day with an extension."""

    regular_end: date
    due_on: date

    @property
    def is_extended(self) -> bool:
        return self.due_on > self.regular_end


def term_of(kind: str, started: date | None, extended_to: date | None, rules: TermRules) -> Term | None:
    """The present term, none without a first day or for a kind that has no term (R-074)."""
    if started is None or kind not in rules.years:
        return None
    end = term_end(started, rules.years[kind])
    return Term(end, max(end, extended_to) if extended_to else end)


def term_state(kind: str, term: Term | None, on: date, rules: TermRules) -> TermState:
    """How a term stands on a day; its last day still belongs to it."""
    if kind not in rules.years:
        return TermState.NONE
    if term is None:
        return TermState.UNREPORTED
    if term.due_on < on:
        return TermState.OVERDUE
    return TermState.DUE if term.due_on <= on + timedelta(days=rules.due_days) else TermState.RUNNING


def is_reminder_day(due_on: date, on: date, days: Collection[int], overdue_every: int) -> bool:
    """T−180, −90, −30, 0, and every so many days after (R-075)."""
    distance = (on - due_on).days
    return distance in days or (distance > 0 and distance % overdue_every == 0)


def extension_problem(until: date, term: Term, rules: TermRules) -> str:
    """Why a term cannot be extended until a day; empty if it can (R-075: one year in all)."""
    if until <= term.due_on:
        return f"延期至{until.isoformat()}，不晚于现在的届满日{term.due_on.isoformat()}。请填写更晚的日期。"
    last = add_months(term.regular_end, rules.extension_months)
    if until > last:
        return (
            f"本届应于{term.regular_end.isoformat()}届满，延期累计不超过{rules.extension_months}个月，"
            f"最晚到{last.isoformat()}，现在填的是{until.isoformat()}。请改填日期，并在此之前换届。"
        )
    return ""


def is_early(held_on: date, term: Term | None, rules: TermRules) -> bool:
    """Whether an election is an early one, which the superior committee has to approve beforehand (R-075)."""
    return term is not None and held_on < term.regular_end - timedelta(days=rules.early_days)


@dataclass(frozen=True, slots=True)
class ElectionRules:
    """The parameters of elections in force on a day (R-071, R-075)."""

    quorum: Decimal
    surplus: Decimal
    committee_member_count: int
    committee_least: int
    committee_usual: int
    committee_most: int
    congress_member_count: int


@dataclass(frozen=True, slots=True)
class ElectionFacts:
    """The figures of one election meeting. `least_votes`: of whoever was elected with the fewest."""

    kind: str
    method: str
    eligible_count: int
    present_count: int
    seat_count: int
    candidate_count: int
    elected_count: int
    least_votes: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an election is not valid: the rule in a word for programs, and cause with remedy for people."""

    code: str
    text: str


def least_candidates(seats: int, rules: ElectionRules) -> int:
    """How many candidates a committee needs at least: five seats need six (R-075)."""
    return seats + ceil(seats * rules.surplus)


def election_problem(facts: ElectionFacts, rules: ElectionRules) -> Problem | None:
    """The first reason why an election is not valid (R-071, R-075); none if it is."""
    return _counts(facts) or _quorum(facts, rules) or _size(facts, rules) or _surplus(facts, rules) or _majority(facts)


def _counts(facts: ElectionFacts) -> Problem | None:
    if not facts.eligible_count:
        return Problem("election.counts", "应到会人数是 0。请填写有选举权的党员人数。")
    for label, number, most_label, most in (
        ("实到会人数", facts.present_count, "应到会人数", facts.eligible_count),
        ("当选人数", facts.elected_count, "应选人数", facts.seat_count),
        ("当选人数", facts.elected_count, "候选人数", facts.candidate_count),
        ("最低得票数", facts.least_votes, "实到会人数", facts.present_count),
    ):
        if number > most:
            return Problem("election.counts", f"{label}{number}多于{most_label}{most}。请核对两个数。")
    if not facts.elected_count:
        return Problem("election.counts", "当选人数是 0，不能作为换届结果登记。请选举产生后再登记。")
    return None


def _quorum(facts: ElectionFacts, rules: ElectionRules) -> Problem | None:
    rate = Rate(facts.present_count, facts.eligible_count)
    if rate.reaches(rules.quorum):
        return None
    needed = facts.present_count + rate.missing(rules.quorum)
    return Problem(
        "election.quorum",
        f"应到会{facts.eligible_count}人，实到会{facts.present_count}人（{rate.display()}），"
        f"不足应到会人数的{_percent(rules.quorum)}，至少要到会{needed}人，不能进行选举。请重新召开选举会议。",
    )


def _size(facts: ElectionFacts, rules: ElectionRules) -> Problem | None:
    if facts.method == ElectionMethod.DIRECT:
        if facts.seat_count > 2:
            text = f"不设委员会的只选书记1名，必要时增选副书记1名，现在填的应选人数是{facts.seat_count}。请核对。"
            return Problem("election.size", text)
        return None
    if facts.kind not in BRANCHES or rules.committee_least <= facts.seat_count <= rules.committee_most:
        return None
    return Problem(
        "election.size",
        f"支部委员会由{rules.committee_least}至{rules.committee_usual}人组成，一般不超过{rules.committee_most}人，"
        f"现在填的应选人数是{facts.seat_count}。请核对应选人数。",
    )


def _surplus(facts: ElectionFacts, rules: ElectionRules) -> Problem | None:
    least = least_candidates(facts.seat_count, rules)
    if facts.method == ElectionMethod.DIRECT or facts.candidate_count >= least:
        return None
    return Problem(
        "election.surplus",
        f"应选{facts.seat_count}人，候选人{facts.candidate_count}人，差额不足{_percent(rules.surplus)}，"
        f"候选人至少{least}人。请核对候选人数。",
    )


def _majority(facts: ElectionFacts) -> Problem | None:
    if 2 * facts.least_votes > facts.present_count:
        return None
    return Problem(
        "election.majority",
        f"实到会{facts.present_count}人，当选人最低得{facts.least_votes}票，没有超过半数"
        f"（至少{facts.present_count // 2 + 1}票）。得票不过半的不能当选，请核对当选人数。",
    )


def election_findings(facts: ElectionFacts, full_member_count: int | None, rules: ElectionRules) -> list[Finding]:
    """What is remarked on a valid election (R-071, R-075)."""
    found = []
    least, number = rules.committee_member_count, full_member_count
    if facts.eligible_count >= rules.congress_member_count:
        text = (
            f"应到会{facts.eligible_count}人，达到{rules.congress_member_count}人的一般召开党员代表大会选举。请核对。"
        )
        found.append(Finding("R-075", "warn", text))
    if number is not None and facts.eligible_count > number:
        text = f"应到会{facts.eligible_count}人，多于登记的正式党员{number}名。预备党员没有选举权，请核对两个数。"
        found.append(Finding("R-075", "warn", text))
    if number is not None and facts.kind in BRANCHES:
        if number >= least and facts.method == ElectionMethod.DIRECT:
            text = f"正式党员{number}名，达到{least}名的应当设支部委员会。请安排选举委员会。"
            found.append(Finding("R-071", "warn", text))
        if number < least and facts.method == ElectionMethod.COMMITTEE:
            text = f"正式党员{number}名，不足{least}名的一般只设书记1名，必要时设副书记1名。请核对。"
            found.append(Finding("R-071", "info", text))
    is_branch_committee = facts.kind in BRANCHES and facts.method == ElectionMethod.COMMITTEE
    if is_branch_committee and facts.seat_count > rules.committee_usual:
        text = f"支部委员会一般{rules.committee_least}至{rules.committee_usual}人，本届应选{facts.seat_count}人。"
        found.append(Finding("R-071", "info", text))
    return found


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"
