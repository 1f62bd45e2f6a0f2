"""Floating members (流动党员, R-093). Pure."""

from dataclasses import dataclass
from datetime import date

from partybuilding.floating.enums import FloatingState
from portal.regulations.rules import add_months


@dataclass(frozen=True, slots=True)
class FloatingRules:
    """After how many months a member is floating, and how often one abroad is to be contacted."""

    months: int
    abroad_contact_months: int


def contact_due(starts_on: date, contacted_on: date | None, rules: FloatingRules) -> date:
    """The last day on which somebody abroad is to be contacted again: half a year after leaving or the last contact."""
    latest = max(starts_on, contacted_on) if contacted_on is not None else starts_on
    return add_months(latest, rules.abroad_contact_months)


def floating_state(
    starts_on: date, ends_on: date | None, is_abroad: bool, contacted_on: date | None, on: date, rules: FloatingRules
) -> FloatingState:
    """How a member who is away stands on a day. A contact is due for those abroad once in each half-year."""
    if ends_on is not None and ends_on <= on:
        return FloatingState.RETURNED
    if is_abroad and contact_due(starts_on, contacted_on, rules) < on:
        return FloatingState.OVERDUE
    return FloatingState.FLOATING if add_months(starts_on, rules.months) <= on else FloatingState.AWAY


def begun_by(on: date, months: int) -> date:
    """The last day whose corresponding day `months` later is not after `on`: `add_months` backwards, for a filter."""
    day = add_months(on, -months)
    while add_months(next_day := date.fromordinal(day.toordinal() + 1), months) <= on:
        day = next_day
    return day


def away_problem(is_on_roster: bool, has_relation: bool, roster_since: date | None, starts_on: date) -> str:
    """Why somebody cannot be recorded as away; empty if he can."""
    if not is_on_roster:
        return "已不在名册上，不能登记外出流动。"
    if not has_relation:
        return "组织关系不在本组织，由组织关系所在党组织登记。"
    if roster_since is not None and starts_on < roster_since:
        return f"外出日期{starts_on.isoformat()}早于编入名册的日期{roster_since.isoformat()}。请核对日期。"
    return ""


def later_problem(what: str, on: date, starts_on: date, ends_on: date | None) -> str:
    """Why a contact or a return cannot be recorded on a day; empty if it can."""
    if ends_on is not None:
        return f"已登记{ends_on.isoformat()}返回，不必再登记。"
    if on < starts_on:
        return f"{what}日期{on.isoformat()}早于外出日期{starts_on.isoformat()}。请核对日期。"
    return ""
