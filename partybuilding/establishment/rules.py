"""Founding: why there is no organisation, what a plan is on a day, what comes first, when an organiser is due.

Pure decisions (R-078, R-083, P-79); no database, no clock. `selectors` says the same in SQL, a test holds both equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from associations.registry.enums import AssociationKind
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import Measure, MemberBand
from partybuilding.coverage.rules import AssociationFacts, CoverageRules
from partybuilding.establishment.enums import Ground, PlanKind, PlanOutcome, PlanState, Priority, WhyNot
from partybuilding.organizations.enums import Cover

ENDED = {
    PlanOutcome.FOUNDED: PlanState.FOUNDED,
    PlanOutcome.REPLACED: PlanState.REPLACED,
    PlanOutcome.WITHDRAWN: PlanState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class PriorityRules:
    """P-79 as parameters: the order of the classes, and from which size a unit or a foundation belongs to its class."""

    order: tuple[str, ...]
    large_staff_count: int
    full_time_count: int


@dataclass(frozen=True, slots=True)
class Size:
    """What the order of foundings reads of an association; a number that nobody reported counts as none."""

    kind: str
    is_industry_association: bool | None = None
    staff_count: int | None = None
    full_time_staff_count: int | None = None


def priority(size: Size, rules: PriorityRules) -> Priority:
    """The class of P-79 in which an association stands: 重中之重 first, then the large units, then foundations."""
    if size.is_industry_association:
        return Priority.INDUSTRY_ASSOCIATION
    if size.kind == AssociationKind.SERVICE_INSTITUTION and (size.staff_count or 0) >= rules.large_staff_count:
        return Priority.LARGE_SERVICE_INSTITUTION
    if size.kind == AssociationKind.FOUNDATION and (size.full_time_staff_count or 0) >= rules.full_time_count:
        return Priority.STAFFED_FOUNDATION
    return Priority.OTHER


def rank(found: str, rules: PriorityRules) -> int:
    """The place of a class in the order of the parameter; one that it does not name comes last."""
    return rules.order.index(found) if found in rules.order else len(rules.order)


def why_not(facts: AssociationFacts, rules: CoverageRules, ground: str = "") -> WhyNot | None:
    """Why an association in scope has no organisation; None when it has one or a shared one suffices (R-078)."""
    if not coverage.counts(Measure.NOT_BUILT, facts, rules):
        return None
    band = facts.band(rules)
    if band == MemberBand.ENOUGH:
        if not facts.is_deferred:
            return WhyNot.SHOULD
        return WhyNot.DORMANT if ground == Ground.DORMANT else WhyNot.DEFERRED
    return {
        MemberBand.FEW: WhyNot.FEW,
        MemberBand.ZERO: WhyNot.ZERO,
        MemberBand.UNREPORTED: WhyNot.UNREPORTED,
    }[band]


def plan_state(kind: str, starts_on: date, due_on: date, ends_on: date | None, outcome: str, day: date) -> PlanState:
    """What a plan is on a day. A deferral ends by itself on its day; a founding waits until it is done or given up."""
    if day < starts_on:
        return PlanState.COMING
    if ends_on is None or day <= ends_on:
        is_late = kind == PlanKind.FOUNDING and day > due_on
        return PlanState.OVERDUE if is_late else PlanState.IN_FORCE
    return ENDED[PlanOutcome(outcome)] if outcome else PlanState.EXPIRED


def pool_since(counts: Iterable[tuple[date, MemberBand]]) -> date | None:
    """Since when the reports say 有党员但不足: the first of the last ones that agree; None when the last does not."""
    since: date | None = None
    for counted_on, band in sorted(counts):
        if band != MemberBand.FEW:
            since = None
        elif since is None:
            since = counted_on
    return since


def organiser_due(since: date, days: int) -> date:
    """R-083: an organiser is named within `days` days of entering the information pool."""
    return since + timedelta(days=days)


def founding_decision(facts: AssociationFacts, rules: CoverageRules, *, plan: str = "", organiser: str = "") -> str:
    """What was decided about a founding, in words; empty when nothing was (R-083, step 2).

    Founded, planned or deferred settles it. With too few members an organiser does; with enough an organiser does not.
    Without members there is nothing to decide; as long as nobody reported them, one cannot tell.
    """
    if coverage.is_covered(facts, rules) and not (coverage.is_eligible(facts, rules) and facts.cover != Cover.OWN):
        return f"已有党组织（{Cover(facts.cover).label}）。"
    if plan:
        return f"{plan}。"
    band = facts.band(rules)
    if band == MemberBand.FEW and organiser:
        return f"列入党建信息库，党建组织员{organiser}。"
    return "没有党员，暂不需要组建。" if band == MemberBand.ZERO else ""
