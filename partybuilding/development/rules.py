"""Admitting members: stage, day, paper (R-091). Pure.

The order of the stages is the Party constitution's and stands here. The lengths between them were revised in May 2026
and wait to be verified: each is a parameter, and one that is not entered is not asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from partybuilding.development.enums import NEEDS, ORDER, Stage, Standing
from partybuilding.organizations.rules import Finding
from portal.regulations.rules import add_months, age

Days = Mapping[Stage, date]


@dataclass(frozen=True, slots=True)
class Intervals:
    """Lengths in months by the parameters in force; none is not verified yet."""

    talk_within: int | None = None
    education_least: int | None = None
    congress_within: int | None = None
    approval_within: int | None = None
    approval_latest: int | None = None


def standing_of(days: Days, *, is_closed: bool) -> Standing:
    """What the person is called now."""
    if Stage.APPROVED in days:
        return Standing.MEMBER
    if is_closed:
        return Standing.CLOSED
    if Stage.ADMITTED in days:
        return Standing.ADMITTED
    if Stage.TARGET in days:
        return Standing.TARGET
    return Standing.ACTIVIST if Stage.ACTIVIST in days else Standing.APPLICANT


def next_stages(days: Days) -> list[Stage]:
    """The stages that may be recorded now; the talk not after the next one is."""
    return [stage for stage in ORDER if not stage_problem(stage, date.max, days)]


def stage_problem(stage: Stage, on: date, days: Days) -> str:
    """Why a stage cannot be recorded on a day; empty if it can."""
    if stage in days:
        return f"「{stage.label}」已登记在{days[stage].isoformat()}，不必重复登记。"
    for needed in NEEDS[stage]:
        if needed not in days:
            return f"「{stage.label}」之前须先有「{needed.label}」，现在没有登记。请先登记「{needed.label}」。"
    later = [other for other in ORDER[ORDER.index(stage) + 1 :] if other in days and stage == Stage.TALKED]
    if later:
        return f"已登记「{later[0].label}」，谈话应在此之前。请核对。"
    before = [other for other in NEEDS[stage] if days[other] > on]
    if Stage.TALKED in days and stage != Stage.TALKED and days[Stage.TALKED] > on:
        before.append(Stage.TALKED)
    if before:
        return (
            f"「{stage.label}」的日期{on.isoformat()}早于「{before[0].label}」的日期{days[before[0]].isoformat()}。"
            "请核对日期。"
        )
    return ""


def age_problem(born_on: date | None, applied_on: date, least: int) -> str:
    """Nobody applies before the least age (党章第一条); unknown birthdays are not asked about."""
    years = least if born_on is None else age(born_on, applied_on)
    if years >= least:
        return ""
    return f"申请日期{applied_on.isoformat()}时{years}周岁，未满{least}周岁，不能申请入党。请核对出生日期和申请日期。"


def introducer_problem(names: list[str], probationary: list[str]) -> str:
    """Two full members introduce (R-091); who the roster knows as probationary cannot."""
    if len(set(names)) != 2 or len(names) != 2:
        return f"入党介绍人应为两名正式党员，现在填了{len(set(names))}名。请填写两名，用顿号分开。"
    if probationary:
        return f"「{probationary[0]}」在名册上是预备党员，不能作入党介绍人。请另选正式党员。"
    return ""


def interval_refusal(stage: Stage, on: date, days: Days, intervals: Intervals) -> str:
    """An interval that makes the step void: education too short, approval too late (R-091)."""
    months = intervals.education_least
    if stage == Stage.TARGET and months is not None and on < add_months(days[Stage.ACTIVIST], months):
        return (
            f"确定为入党积极分子的日期是{days[Stage.ACTIVIST].isoformat()}，培养教育不少于{months}个月，"
            f"最早{add_months(days[Stage.ACTIVIST], months).isoformat()}可以确定为发展对象。请核对日期。"
        )
    months = intervals.approval_latest
    if stage == Stage.APPROVED and months is not None and on > add_months(days[Stage.ADMITTED], months):
        return (
            f"支部大会日期是{days[Stage.ADMITTED].isoformat()}，审批最迟不超过{months}个月，"
            f"现在填的是{on.isoformat()}。须由支部大会重新讨论。"
        )
    return ""


def interval_findings(days: Days, on: date, intervals: Intervals) -> list[Finding]:
    """What took, or takes, longer than the rule book says; only by parameters that are entered."""
    watched = (
        (Stage.APPLIED, Stage.TALKED, intervals.talk_within, "党组织派人谈话"),
        (Stage.PREREVIEWED, Stage.ADMITTED, intervals.congress_within, "召开支部大会"),
        (Stage.ADMITTED, Stage.APPROVED, intervals.approval_within, "上级党委审批"),
    )
    found = []
    for first, then, months, what in watched:
        if months is None or first not in days:
            continue
        due, done = add_months(days[first], months), days.get(then)
        overtaken = then == Stage.TALKED and Stage.ACTIVIST in days
        if done is not None and done > due:
            text = f"{what}应在{due.isoformat()}以前，实际是{done.isoformat()}。"
            found.append(Finding("R-091", "warn", text))
        elif done is None and on > due and not overtaken:
            found.append(Finding("R-091", "warn", f"{what}应在{due.isoformat()}以前，还没有登记。请核对进度。"))
    return found
