from dataclasses import replace
from fractions import Fraction

import pytest

from partybuilding.coverage.enums import Measure, MemberBand
from partybuilding.coverage.rules import (
    AssociationFacts,
    CoverageCounts,
    CoverageRules,
    added,
    counts,
    instructor_findings,
    measures,
    member_band,
    strongest,
)
from partybuilding.organizations.enums import Cover

RULES = CoverageRules(
    count_functional=False, exclude_new_months=0, member_count_basis="employed", should_establish_member_count=3
)
RELATION_ONLY = replace(RULES, member_count_basis="relation_only")
BARE = AssociationFacts(is_in_scope=True)
OWN = replace(BARE, cover=Cover.OWN)
SHARED = replace(BARE, cover=Cover.SHARED)
FUNCTIONAL = replace(BARE, cover=Cover.FUNCTIONAL)


def total(*groups: tuple[int, AssociationFacts]) -> CoverageCounts:
    return added((measures(facts, RULES), times) for times, facts in groups)


def test_organization_rate_counts_each_covered_association_once() -> None:
    figures = total((100, OWN), (37, SHARED), (12, BARE))  # Hefei
    assert figures.organization_rate.value == Fraction(137, 149)
    assert figures.organization_rate.display() == "91.9%"
    assert figures.organization_rate.display(0) == "92%"


def test_work_rate_adds_those_with_an_instructor() -> None:
    figures = total((100, OWN), (37, SHARED), (10, replace(BARE, has_instructor=True)), (2, BARE))
    assert figures.work_rate.display() == "98.7%"
    assert figures.blank_spot == 2


@pytest.mark.parametrize(
    ("facts", "reached"),
    [
        (replace(BARE, has_group=True), True),
        (replace(BARE, has_instructor=True), True),
        (SHARED, True),
        (FUNCTIONAL, False),
        (BARE, False),
        (AssociationFacts(is_in_scope=False, has_group=True), False),
    ],
)
def test_work_reaches_by_organisation_instructor_or_group(facts: AssociationFacts, reached: bool) -> None:
    assert counts(Measure.WORK_COVERED, facts, RULES) is reached
    assert counts(Measure.BLANK_SPOT, facts, RULES) is (facts.is_in_scope and not reached)


def test_built_rate_compares_own_organisations_with_should_not_built() -> None:
    figures = total((100, OWN), (4, replace(BARE, relation_count=3)))
    assert figures.built_rate.value == Fraction(100, 104)
    assert figures.built_rate.display() == "96.2%"


def test_own_rate() -> None:
    assert total((100, OWN), (49, BARE)).own_rate.display() == "67.1%"


def test_rates_without_associations_are_neither_zero_nor_full() -> None:
    empty = CoverageCounts()
    assert [empty.organization_rate.display(), empty.work_rate.display(), empty.built_rate.display()] == ["—"] * 3


def test_out_of_scope_counts_nowhere() -> None:
    gone = AssociationFacts(is_in_scope=False, cover=Cover.OWN, has_instructor=True, relation_count=9)
    assert measures(gone, RULES) == ()


@pytest.mark.parametrize(
    ("relation", "working", "rules", "band"),
    [
        (None, None, RULES, MemberBand.UNREPORTED),
        (0, None, RULES, MemberBand.ZERO),
        (0, 0, RULES, MemberBand.ZERO),
        (2, 0, RULES, MemberBand.FEW),
        (None, 1, RULES, MemberBand.FEW),
        (2, 3, RULES, MemberBand.ENOUGH),
        (3, None, RULES, MemberBand.ENOUGH),
        (2, 3, RELATION_ONLY, MemberBand.FEW),
        (3, 0, RELATION_ONLY, MemberBand.ENOUGH),
        (None, 5, RELATION_ONLY, MemberBand.UNREPORTED),
        (0, 5, RELATION_ONLY, MemberBand.ZERO),
    ],
)
def test_member_band_keeps_unreported_apart_from_zero(
    relation: int | None, working: int | None, rules: CoverageRules, band: MemberBand
) -> None:
    assert member_band(relation, working, rules) == band


@pytest.mark.parametrize(
    ("facts", "measure", "is_counted"),
    [
        (replace(SHARED, relation_count=3), Measure.SHOULD_NOT_BUILT, True),
        (replace(OWN, relation_count=3), Measure.SHOULD_NOT_BUILT, False),
        (replace(OWN, relation_count=3), Measure.SHOULD_ESTABLISH, True),
        (replace(BARE, relation_count=2), Measure.SHOULD_NOT_BUILT, False),
        (BARE, Measure.SHOULD_NOT_BUILT, False),
        (BARE, Measure.UNREPORTED, True),
        (replace(BARE, relation_count=0), Measure.UNREPORTED, False),
        (replace(BARE, relation_count=0), Measure.NO_MEMBERS, True),
        (replace(SHARED, relation_count=0), Measure.NO_MEMBERS, False),
        (replace(BARE, relation_count=2), Measure.INFO_POOL, True),
        (replace(SHARED, relation_count=2), Measure.INFO_POOL, False),
        (FUNCTIONAL, Measure.COVERED, False),
        (FUNCTIONAL, Measure.FUNCTIONAL, True),
        (FUNCTIONAL, Measure.UNCOVERED, True),
        (replace(FUNCTIONAL, has_instructor=True), Measure.BLANK_SPOT, False),
        (SHARED, Measure.SHARED, True),
    ],
)
def test_counts_decides_each_measure(facts: AssociationFacts, measure: Measure, is_counted: bool) -> None:
    assert counts(measure, facts, RULES) is is_counted


def test_functional_counts_where_the_parameter_says_so() -> None:
    counting = replace(RULES, count_functional=True)
    assert counts(Measure.COVERED, FUNCTIONAL, counting)
    assert not counts(Measure.OWN, FUNCTIONAL, counting)
    assert not counts(Measure.BLANK_SPOT, FUNCTIONAL, counting)


def test_strongest_cover_wins() -> None:
    assert strongest([Cover.FUNCTIONAL, Cover.OWN, Cover.SHARED]) == Cover.OWN
    assert strongest([Cover.NONE, Cover.SHARED]) == Cover.SHARED
    assert strongest([]) == Cover.NONE


def test_every_measure_is_a_figure() -> None:
    assert list(CoverageCounts.__dataclass_fields__) == Measure.values


@pytest.mark.parametrize(("load", "found"), [(5, []), (6, [("R-095", "warn")])])
def test_instructor_load_above_five_is_a_warning(load: int, found: list[tuple[str, str]]) -> None:
    assert [(one.rule, one.level) for one in instructor_findings(load, limit=5)] == found
