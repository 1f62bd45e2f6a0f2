"""R-078, R-083, P-79 as pure decisions."""

from dataclasses import replace
from datetime import date

import pytest

from partybuilding.coverage.enums import MemberBand
from partybuilding.coverage.rules import AssociationFacts, CoverageRules
from partybuilding.establishment.enums import PlanKind, PlanState, Priority, WhyNot
from partybuilding.establishment.rules import (
    PriorityRules,
    Size,
    organiser_due,
    plan_state,
    pool_since,
    priority,
    rank,
    why_not,
)
from partybuilding.organizations.enums import Cover

RULES = CoverageRules(
    count_functional=False, exclude_new_months=0, member_count_basis="employed", should_establish_member_count=3
)
ORDER = PriorityRules(("industry_association", "large_service_institution", "staffed_foundation", "other"), 20, 5)
BARE = AssociationFacts(is_in_scope=True)


@pytest.mark.parametrize(
    ("facts", "ground", "why"),
    [
        (replace(BARE, relation_count=3), "", WhyNot.SHOULD),
        (replace(BARE, relation_count=3, cover=Cover.SHARED), "", WhyNot.SHOULD),
        (replace(BARE, relation_count=3, cover=Cover.OWN), "", None),
        (replace(BARE, relation_count=3, is_planned=True), "", WhyNot.SHOULD),
        (replace(BARE, relation_count=3, is_deferred=True), "other", WhyNot.DEFERRED),
        (replace(BARE, relation_count=3, is_deferred=True), "dormant", WhyNot.DORMANT),
        (replace(BARE, relation_count=2), "", WhyNot.FEW),
        (replace(BARE, relation_count=2, cover=Cover.SHARED), "", None),
        (replace(BARE, relation_count=0), "", WhyNot.ZERO),
        (BARE, "", WhyNot.UNREPORTED),
        (AssociationFacts(is_in_scope=False, relation_count=9), "", None),
    ],
)
def test_each_without_an_organisation_has_one_reason(facts: AssociationFacts, ground: str, why: WhyNot | None) -> None:
    assert why_not(facts, RULES, ground) == why


@pytest.mark.parametrize(
    ("size", "found"),
    [
        (Size("social_group", True), Priority.INDUSTRY_ASSOCIATION),
        (Size("service_institution", False, 20), Priority.LARGE_SERVICE_INSTITUTION),
        (Size("service_institution", False, 19), Priority.OTHER),
        (Size("service_institution", True, 60), Priority.INDUSTRY_ASSOCIATION),
        (Size("foundation", False, 60, 5), Priority.STAFFED_FOUNDATION),
        (Size("foundation", None, 60, 4), Priority.OTHER),
        (Size("foundation"), Priority.OTHER),
        (Size("social_group", False, 60, 60), Priority.OTHER),
    ],
)
def test_priority_by_kind_and_size(size: Size, found: Priority) -> None:
    assert priority(size, ORDER) == found  # P-79


def test_the_order_is_a_parameter() -> None:
    assert [rank(one, ORDER) for one in Priority] == [0, 1, 2, 3]
    turned = replace(ORDER, order=("staffed_foundation",))
    assert [rank(one, turned) for one in Priority] == [1, 1, 0, 1]


FIRST, DUE = date(2026, 1, 5), date(2026, 6, 30)


@pytest.mark.parametrize(
    ("kind", "ends_on", "outcome", "day", "state"),
    [
        (PlanKind.FOUNDING, None, "", date(2026, 1, 4), PlanState.COMING),
        (PlanKind.FOUNDING, None, "", DUE, PlanState.IN_FORCE),
        (PlanKind.FOUNDING, None, "", date(2026, 7, 1), PlanState.OVERDUE),
        (PlanKind.FOUNDING, date(2026, 5, 1), "founded", date(2026, 5, 2), PlanState.FOUNDED),
        (PlanKind.FOUNDING, date(2026, 5, 1), "replaced", date(2026, 5, 1), PlanState.IN_FORCE),
        (PlanKind.FOUNDING, date(2026, 5, 1), "withdrawn", date(2026, 5, 2), PlanState.WITHDRAWN),
        (PlanKind.DEFERRAL, DUE, "", DUE, PlanState.IN_FORCE),
        (PlanKind.DEFERRAL, DUE, "", date(2026, 7, 1), PlanState.EXPIRED),
        (PlanKind.DEFERRAL, date(2026, 3, 1), "replaced", date(2026, 7, 1), PlanState.REPLACED),
    ],
)
def test_plan_state(kind: str, ends_on: date | None, outcome: str, day: date, state: PlanState) -> None:
    assert plan_state(kind, FIRST, DUE, ends_on, outcome, day) == state


FEW, ZERO, ENOUGH = MemberBand.FEW, MemberBand.ZERO, MemberBand.ENOUGH


@pytest.mark.parametrize(
    ("counts", "since"),
    [
        ([], None),
        ([(date(2025, 6, 30), FEW), (date(2025, 12, 31), FEW)], date(2025, 6, 30)),
        ([(date(2025, 12, 31), FEW), (date(2025, 6, 30), FEW)], date(2025, 6, 30)),
        ([(date(2025, 6, 30), FEW), (date(2025, 9, 30), ZERO), (date(2025, 12, 31), FEW)], date(2025, 12, 31)),
        ([(date(2025, 6, 30), FEW), (date(2025, 12, 31), ENOUGH)], None),
    ],
)
def test_pool_since(counts: list[tuple[date, MemberBand]], since: date | None) -> None:
    assert pool_since(counts) == since


def test_organiser_is_due_thirty_days_after_entering_the_pool() -> None:
    assert organiser_due(date(2026, 6, 1), 30) == date(2026, 7, 1)
