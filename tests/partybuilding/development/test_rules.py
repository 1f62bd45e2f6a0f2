"""R-091: the order of the stages, and the lengths between them where they are entered."""

from datetime import date

import pytest

from partybuilding.development.enums import ORDER, Stage, Standing
from partybuilding.development.rules import (
    Intervals,
    age_problem,
    interval_findings,
    interval_refusal,
    introducer_problem,
    next_stages,
    stage_problem,
    standing_of,
)

# The figures of 2014, as an example: which of them hold since May 2026 is not verified, so none is entered.
OLD = Intervals(talk_within=1, education_least=12, congress_within=1, approval_within=3, approval_latest=6)
WAY = {
    Stage.APPLIED: date(2025, 1, 10),
    Stage.TALKED: date(2025, 2, 1),
    Stage.ACTIVIST: date(2025, 3, 1),
    Stage.TARGET: date(2026, 3, 1),
    Stage.REVIEWED: date(2026, 3, 20),
    Stage.TRAINED: date(2026, 4, 1),
    Stage.PREREVIEWED: date(2026, 5, 1),
    Stage.ADMITTED: date(2026, 5, 20),
    Stage.APPROVED: date(2026, 6, 20),
}


def until(stage: Stage) -> dict[Stage, date]:
    """The way as far as before a stage."""
    return {one: day for one, day in WAY.items() if ORDER.index(one) < ORDER.index(stage)}


@pytest.mark.parametrize("stage", ORDER)
def test_each_stage_follows_what_it_needs(stage: Stage) -> None:
    assert stage_problem(stage, WAY[stage], until(stage)) == ""
    assert stage in next_stages(until(stage))
    assert "不必重复登记" in stage_problem(stage, WAY[stage], WAY)


@pytest.mark.parametrize(
    ("stage", "on", "days", "told"),
    [
        (Stage.TARGET, date(2026, 3, 1), until(Stage.ACTIVIST), "「确定为发展对象」之前须先有「确定为入党积极分子」"),
        (Stage.PREREVIEWED, date(2026, 5, 1), until(Stage.TRAINED), "须先有「短期集中培训」"),
        (Stage.APPROVED, date(2026, 6, 1), until(Stage.ADMITTED), "须先有「支部大会接收为预备党员」"),
        (Stage.APPROVED, date(2026, 5, 19), until(Stage.APPROVED), "早于「支部大会接收为预备党员」的日期2026-05-20"),
        (Stage.ACTIVIST, date(2025, 1, 20), until(Stage.ACTIVIST), "早于「派人谈话」的日期2025-02-01"),
        (
            Stage.TALKED,
            date(2025, 1, 20),
            {Stage.APPLIED: WAY[Stage.APPLIED], Stage.ACTIVIST: WAY[Stage.ACTIVIST]},
            "谈话应在此之前",
        ),
    ],
)
def test_a_stage_out_of_order_is_refused(stage: Stage, on: date, days: dict[Stage, date], told: str) -> None:
    assert told in stage_problem(stage, on, days)


def test_the_talk_may_be_left_out() -> None:
    days = {Stage.APPLIED: WAY[Stage.APPLIED]}
    assert next_stages(days) == [Stage.TALKED, Stage.ACTIVIST]
    assert next_stages(days | {Stage.ACTIVIST: WAY[Stage.ACTIVIST]}) == [Stage.TARGET]
    assert (next_stages({}), next_stages(WAY)) == ([Stage.APPLIED], [])


@pytest.mark.parametrize(
    ("until_stage", "standing"),
    [
        (Stage.TALKED, Standing.APPLICANT),
        (Stage.TARGET, Standing.ACTIVIST),
        (Stage.REVIEWED, Standing.TARGET),
        (Stage.ADMITTED, Standing.TARGET),
        (Stage.APPROVED, Standing.ADMITTED),
    ],
)
def test_what_somebody_is_called(until_stage: Stage, standing: Standing) -> None:
    assert standing_of(until(until_stage), is_closed=False) == standing
    assert standing_of(until(until_stage), is_closed=True) == Standing.CLOSED
    assert standing_of(WAY, is_closed=True) == Standing.MEMBER


def test_nobody_applies_before_eighteen() -> None:
    born = date(2008, 6, 2)
    assert "时17周岁，未满18周岁" in age_problem(born, date(2026, 6, 1), 18)
    assert age_problem(born, date(2026, 6, 2), 18) == ""
    assert age_problem(None, date(2026, 6, 1), 18) == ""


@pytest.mark.parametrize(
    ("names", "probationary", "told"),
    [
        (["王明"], [], "现在填了1名"),
        (["王明", "王明"], [], "现在填了1名"),
        (["王明", "李四", "赵五"], [], "现在填了3名"),
        (["王明", "李四"], ["李四"], "「李四」在名册上是预备党员"),
        (["王明", "李四"], [], ""),
    ],
)
def test_two_full_members_introduce(names: list[str], probationary: list[str], told: str) -> None:
    problem = introducer_problem(names, probationary)
    assert (told in problem, bool(problem)) == (True, bool(told))


def test_worked_example_of_the_lengths() -> None:
    """Activist 2025-03-01 → target earliest 2026-03-01; congress 2026-05-20, approval 2026-11-25: must restart."""
    early = interval_refusal(Stage.TARGET, date(2026, 2, 28), until(Stage.TARGET), OLD)
    assert "最早2026-03-01可以确定为发展对象" in early
    assert interval_refusal(Stage.TARGET, date(2026, 3, 1), until(Stage.TARGET), OLD) == ""
    late = interval_refusal(Stage.APPROVED, date(2026, 11, 25), until(Stage.APPROVED), OLD)
    assert "须由支部大会重新讨论" in late
    assert interval_refusal(Stage.APPROVED, date(2026, 11, 20), until(Stage.APPROVED), OLD) == ""


def test_lengths_that_are_not_entered_are_not_asked_for() -> None:
    none = Intervals()
    assert interval_refusal(Stage.TARGET, date(2025, 3, 2), until(Stage.TARGET), none) == ""
    assert interval_refusal(Stage.APPROVED, date(2030, 1, 1), until(Stage.APPROVED), none) == ""
    assert interval_findings(until(Stage.APPROVED), date(2030, 1, 1), none) == []


@pytest.mark.parametrize(
    ("days", "on", "told"),
    [
        ({Stage.APPLIED: date(2026, 1, 10)}, date(2026, 2, 10), []),
        (
            {Stage.APPLIED: date(2026, 1, 10)},
            date(2026, 2, 11),
            ["党组织派人谈话应在2026-02-10以前，还没有登记。请核对进度。"],
        ),
        ({Stage.APPLIED: date(2026, 1, 10), Stage.ACTIVIST: date(2026, 2, 9)}, date(2026, 3, 1), []),
        (
            until(Stage.APPROVED),
            date(2026, 8, 21),
            ["上级党委审批应在2026-08-20以前，还没有登记。请核对进度。"],
        ),
        (
            WAY | {Stage.ADMITTED: date(2026, 6, 2)},
            date(2026, 7, 1),
            ["召开支部大会应在2026-06-01以前，实际是2026-06-02。"],
        ),
    ],
)
def test_what_takes_too_long_is_said(days: dict[Stage, date], on: date, told: list[str]) -> None:
    assert [finding.text for finding in interval_findings(days, on, OLD)] == told
