"""What a census compares, and who may say what (P-64)."""

from dataclasses import replace

import pytest

from partybuilding.census import rules
from partybuilding.census.enums import Aspect, RowState
from partybuilding.census.rules import CloseFacts, Difference, Standing, UnitFacts

REGISTER = Standing(cover="none", relation_count=2)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (REGISTER, []),
        (replace(REGISTER, cover="own"), [Difference(Aspect.COVER, "none", "own")]),
        (replace(REGISTER, relation_count=None), [Difference(Aspect.RELATION, "2", "unknown")]),
        (replace(REGISTER, working_count=0), [Difference(Aspect.WORKING, "unknown", "0")]),
        (
            replace(REGISTER, has_instructor=True, has_group=True),
            [Difference(Aspect.INSTRUCTOR, "no", "yes"), Difference(Aspect.GROUP, "no", "yes")],
        ),
        # Gone, or somebody else's: nothing further is asked.
        (replace(REGISTER, status="suspended", cover="own"), [Difference(Aspect.STATUS, "active", "suspended")]),
        (replace(REGISTER, is_ours=False, cover="own"), [Difference(Aspect.OURS, "yes", "no")]),
    ],
)
def test_differences_by_aspect(found: Standing, expected: list[Difference]) -> None:
    assert rules.differences(REGISTER, found) == expected
    assert rules.state_of(expected) == (RowState.DIFFERS if expected else RowState.AGREES)


@pytest.mark.parametrize(
    ("aspect", "code", "expected"),
    [
        (Aspect.STATUS, "suspended", "限期停止活动"),
        (Aspect.OURS, "yes", "由本单位负责"),
        (Aspect.OURS, "no", "不由本单位负责"),
        (Aspect.COVER, "own", "单独组建"),
        (Aspect.INSTRUCTOR, "yes", "有"),
        (Aspect.GROUP, "no", "没有"),
        (Aspect.RELATION, "12", "12 人"),
        (Aspect.WORKING, "unknown", "未填报"),
    ],
)
def test_words_of_what_is_kept(aspect: Aspect, code: str, expected: str) -> None:
    assert rules.words(aspect, code) == expected


def test_settled_when_the_register_says_what_was_found() -> None:
    assert not rules.is_settled(Aspect.RELATION, "5", REGISTER)
    assert rules.is_settled(Aspect.RELATION, "5", replace(REGISTER, relation_count=5))
    assert rules.is_settled(Aspect.OURS, "no", replace(REGISTER, is_ours=False))


def facts(**given: object) -> UnitFacts:
    return UnitFacts(**{"answers": True, "urges": False, "unit_label": "茶叶行业党委", "is_closed": False} | given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "check", "confirm", "reopen"),
    [
        ({}, True, True, True),
        ({"unchecked_count": 1}, True, False, True),
        ({"is_confirmed": True}, False, False, True),
        ({"answers": False}, False, False, False),
        ({"answers": False, "urges": True}, False, False, True),
        ({"is_closed": True}, False, False, False),
    ],
)
def test_who_may_check_and_confirm(given: dict[str, object], check: bool, confirm: bool, reopen: bool) -> None:
    one = facts(**given)
    assert bool(rules.may_check(one)) is check
    assert bool(rules.may_confirm(one)) is confirm
    assert bool(rules.may_reopen(one)) is reopen


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        (CloseFacts(0), False),
        (CloseFacts(2, ("甲",)), False),
        (CloseFacts(2), True),
    ],
)
def test_a_census_ends_when_everybody_has_answered(given: CloseFacts, allowed: bool) -> None:
    assert bool(rules.may_close(given)) is allowed


def test_more_than_five_are_counted() -> None:
    assert "一、二、三、四、五等 6 个单位" in rules.may_close(CloseFacts(9, tuple("一二三四五六"))).reason
