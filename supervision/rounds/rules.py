"""Who is expected to file in a round, by which arrangement and by when (R-030, R-031). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from associations.registry.enums import AssociationKind, RegistrationMode
from portal.access.decisions import ALLOWED, Decision
from supervision.rounds.enums import RoundLabel


class Arrangement(Protocol):
    """How one kind files; `supervision.rounds.models.RoundTrack` is one."""

    kind: str
    mode: str
    registered_by: date
    to_supervisor_by: date | None
    to_registrar_by: date
    has_first_review: bool


A = TypeVar("A", bound=Arrangement)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What decides about an association on the day the round opens."""

    kind: str
    mode: str
    established_on: date | None
    is_active: bool
    has_supervisor: bool = False
    is_charity: bool | None = None


def arrangement_for(candidate: Candidate, arrangements: Iterable[A]) -> A | None:
    """The arrangement for a kind and mode of registration; one for every mode stands in where none names it."""
    found: A | None = None
    for one in arrangements:
        if one.kind != candidate.kind:
            continue
        if one.mode == candidate.mode and one.mode:
            return one
        if not one.mode:
            found = one
    return found


def files_under(label: str, *, is_charity: bool | None) -> bool:
    """R-030: charities of any kind make the annual report, all others are inspected; unknown is not a charity."""
    return (is_charity is True) is (label == RoundLabel.REPORT)


def is_expected(candidate: Candidate, arrangement: Arrangement | None, label: str) -> bool:
    """R-030: an active association of the kind that files under the round's label, registered by the cut-off day.

    An unknown day of registration counts as long ago.
    """
    if arrangement is None or not candidate.is_active or not files_under(label, is_charity=candidate.is_charity):
        return False
    return candidate.established_on is None or candidate.established_on <= arrangement.registered_by


def filing_due_on(arrangement: Arrangement, *, has_supervisor: bool) -> date:
    """R-031: to the supervising unit where there is one that reviews first, else straight to the registrar."""
    if arrangement.has_first_review and has_supervisor and arrangement.to_supervisor_by:
        return arrangement.to_supervisor_by
    return arrangement.to_registrar_by


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rule book proposes for a kind and mode; a person may change each."""

    kind: str
    mode: str
    registered_by: date
    to_supervisor_by: date | None
    to_registrar_by: date
    has_first_review: bool


def month_day(text: str, year: int) -> date:
    """「03-31」 in a year. Raises ValueError for anything else: such a parameter is a configuration error."""
    month, _, day = text.partition("-")
    return date(year, int(month), int(day))


def proposals(report_year: int, parameters: dict[str, str]) -> list[Proposal]:
    """The usual arrangements of a year (R-031): dual and other modes apart, foundations by their own day."""
    cutoff = month_day(parameters["inspection.cutoff"], report_year)
    supervisor = month_day(parameters["inspection.to_supervisor_by"], report_year + 1)
    registrar = month_day(parameters["inspection.to_registrar_by"], report_year + 1)
    foundation = month_day(parameters["inspection.foundation_by"], report_year + 1)
    found = []
    for kind in AssociationKind:
        if kind == AssociationKind.FOUNDATION:
            found.append(Proposal(kind, "", cutoff, None, foundation, has_first_review=False))
            continue
        found.append(Proposal(kind, RegistrationMode.DUAL, cutoff, supervisor, registrar, has_first_review=True))
        found.append(Proposal(kind, "", cutoff, None, registrar, has_first_review=False))
    return found


@dataclass(frozen=True, slots=True)
class OpenFacts:
    """What decides about opening a round. None: not asked yet."""

    expected_count: int | None = None


def may_open(facts: OpenFacts) -> Decision:
    """A round that expects nobody is not opened."""
    if facts.expected_count == 0:
        return Decision(False, "按现在的填报安排，没有一家社会组织需要填报。请核对类型、管理方式和登记截止日。")
    return ALLOWED


def may_extend(*, until: date, due_on: date, today: date, reason: str) -> Decision:
    """R-031: a later day than the present one, not in the past, with its reason."""
    if until <= due_on:
        return Decision(False, f"延至 {until} 不晚于现在的截止日期 {due_on}。请填写更晚的日期。")
    if until < today:
        return Decision(False, f"延至 {until} 已经过去。请填写今天或以后的日期。")
    if not reason.strip():
        return Decision(False, "没有填写延期理由。请写明依据或情况说明。")
    return ALLOWED
