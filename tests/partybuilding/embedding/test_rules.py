"""R-023, R-026, R-080, R-084 and A-45 as pure decisions."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from partybuilding.coverage.rules import AssociationFacts, CoverageRules
from partybuilding.embedding.enums import Looked, Result, Stage
from partybuilding.embedding.rules import (
    CheckRules,
    Subject,
    charter_moments,
    findings,
    precedence,
    result_of,
    veto,
)
from partybuilding.organizations.enums import Cover
from portal.gates import Level

COVERAGE = CoverageRules(
    count_functional=False, exclude_new_months=0, member_count_basis="employed", should_establish_member_count=3
)
RULES = CheckRules(COVERAGE, is_strict=False, charter_days=180)
STRICT = replace(RULES, is_strict=True)
BARE = AssociationFacts(is_in_scope=True)
ON = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("facts", "usual", "strict"),
    [
        # R-023, worked examples: 4 full members and none established; 1 member and none.
        (replace(BARE, relation_count=4), Level.BLOCK, Level.BLOCK),
        (replace(BARE, relation_count=1), Level.WARN, Level.BLOCK),
        (BARE, Level.WARN, Level.BLOCK),
        (replace(BARE, relation_count=4, is_deferred=True), Level.WARN, Level.BLOCK),
        (replace(BARE, relation_count=4, cover=Cover.OWN), Level.OK, Level.OK),
        (replace(BARE, relation_count=4, cover=Cover.SHARED), Level.WARN, Level.WARN),
        (replace(BARE, relation_count=1, cover=Cover.SHARED), Level.OK, Level.OK),
        (replace(BARE, relation_count=1, cover=Cover.FUNCTIONAL), Level.WARN, Level.BLOCK),
    ],
)
def test_veto_of_an_application_for_5a(facts: AssociationFacts, usual: Level, strict: Level) -> None:
    assert (veto(facts, RULES).level, veto(facts, STRICT).level) == (usual, strict)


@pytest.mark.parametrize(
    ("stage", "facts", "level", "result"),
    [
        (Stage.EVALUATION, replace(BARE, relation_count=4), "5A", Result.BLOCK),
        (Stage.EVALUATION, replace(BARE, relation_count=4), "4A", Result.WARN),
        (Stage.PURCHASE, replace(BARE, relation_count=4), "", Result.WARN),
        (Stage.AWARDS, replace(BARE, cover=Cover.OWN), "", Result.OK),
        (Stage.ELECTION, replace(BARE, relation_count=4), "", Result.WARN),
        (Stage.ELECTION, replace(BARE, relation_count=0), "", Result.WARN),
        (Stage.INSPECTION, replace(BARE, cover=Cover.OWN), "", Result.OK),
        (Stage.INSPECTION, replace(BARE, relation_count=0, has_group=True), "", Result.OK),
    ],
)
def test_only_the_evaluation_of_5a_blocks(stage: Stage, facts: AssociationFacts, level: str, result: Result) -> None:
    found = findings(stage, Subject(facts, clause=True), RULES, ON)
    assert result_of(found, stage=stage, level=level) == result


@pytest.mark.parametrize(("looked", "result"), [(Looked.SOUND, Result.OK), (Looked.WEAK, Result.WARN)])
def test_what_was_looked_at_and_is_weak_is_a_warning(looked: Looked, result: Result) -> None:
    found = findings(Stage.ELECTION, Subject(replace(BARE, cover=Cover.OWN), clause=True), RULES, ON)
    assert result_of(found, stage=Stage.ELECTION, looked=[looked, Looked.SOUND]) == result


@pytest.mark.parametrize(
    ("ends_on", "levels"),
    [
        (None, [Level.OK, Level.OK]),
        (date(2026, 6, 29), [Level.OK, Level.WARN, Level.OK]),
        (ON, [Level.OK, Level.OK, Level.OK]),
    ],
)
def test_an_election_looks_at_the_term_of_the_party_organisation(ends_on: date | None, levels: list[Level]) -> None:
    subject = Subject(replace(BARE, cover=Cover.OWN), clause=True, organization_term_ends_on=ends_on)
    assert [one.level for one in findings(Stage.ELECTION, subject, RULES, ON)] == levels


@pytest.mark.parametrize(("clause", "level"), [(True, Level.OK), (False, Level.WARN), (None, Level.WARN)])
def test_charter_clause(clause: bool | None, level: Level) -> None:
    for stage in (Stage.INSPECTION, Stage.EVALUATION, Stage.ELECTION):
        found = findings(stage, Subject(replace(BARE, cover=Cover.OWN), clause), RULES, ON)
        assert found[-1].level == level


@pytest.mark.parametrize(
    ("clause", "term", "grade", "moments"),
    [
        (True, date(2026, 9, 1), date(2026, 9, 1), []),
        (False, None, None, []),
        (None, date(2026, 12, 27), None, ["换届（2026-12-27）"]),
        (False, date(2026, 12, 28), date(2026, 8, 31), ["等级到期复评（2026-08-31）"]),
        (False, date(2026, 6, 29), date(2026, 6, 29), ["换届（已于2026-06-29届满）"]),
    ],
)
def test_moments_to_amend_the_charter(
    clause: bool | None, term: date | None, grade: date | None, moments: list[str]
) -> None:
    assert charter_moments(Subject(BARE, clause, term, grade), RULES, ON) == moments


@pytest.mark.parametrize(
    ("clause", "since", "until", "moments"),
    [
        (False, ON - timedelta(days=180), None, ["变更法定代表人（{since}就任）"]),
        (None, ON, ON, ["变更法定代表人（{since}就任）"]),
        (False, ON - timedelta(days=181), None, []),
        (False, None, ON + timedelta(days=180), ["变更法定代表人（现任到{until}止）"]),
        (False, ON - timedelta(days=900), ON, ["变更法定代表人（现任到{until}止）"]),
        (False, None, ON + timedelta(days=181), []),
        (False, None, ON - timedelta(days=1), []),
        (True, ON, ON, []),
    ],
)
def test_change_of_the_legal_representative_is_a_moment(
    clause: bool | None, since: date | None, until: date | None, moments: list[str]
) -> None:
    subject = Subject(BARE, clause, representative_since=since, representative_until=until)
    assert charter_moments(subject, RULES, ON) == [text.format(since=since, until=until) for text in moments]


def test_order_under_equal_conditions() -> None:
    """R-026: grade, then organisation, then last inspection, then name."""
    wanted = [
        precedence("5A", False, False, "丁"),
        precedence("4A", True, True, "丙"),
        precedence("4A", True, False, "甲"),
        precedence("4A", False, True, "乙"),
        precedence("3A", True, True, "甲"),
        precedence("3A", True, True, "乙"),
        precedence(None, True, True, "甲"),
    ]
    mixed = list(wanted)
    Random(1).shuffle(mixed)
    # 乙 comes before 甲 by code point; the list of the database orders names its own way.
    assert [one[:3] for one in sorted(mixed)] == [one[:3] for one in wanted]
