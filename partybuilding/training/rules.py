"""Training hours (R-094) and who attended what. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from partybuilding.training.enums import HoursState

SEPARATORS = re.compile(r"[\t,，;；、 　]+")
MOST_HOURS_A_DAY = 12


@dataclass(frozen=True, slots=True)
class HoursRules:
    """What a year asks, by the parameters in force."""

    member_hours: Decimal
    team_hours: Decimal
    team_central: int


def required_hours(is_team: bool, rules: HoursRules) -> Decimal:
    return rules.team_hours if is_team else rules.member_hours


def gap(hours: Decimal, required: Decimal) -> Decimal:
    """How many hours are missing: 30 of 32 → 2."""
    return max(Decimal(0), required - hours)


def hours_state(hours: Decimal, central_count: int, is_team: bool, rules: HoursRules) -> HoursState:
    """Members 32 hours; secretaries and team 56 and one central training at least (R-094)."""
    if hours < required_hours(is_team, rules):
        return HoursState.SHORT
    return HoursState.CENTRAL if is_team and central_count < rules.team_central else HoursState.MET


def session_problem(starts_on: date, ends_on: date, hours: Decimal, today: date) -> str:
    """Why a session cannot be recorded; empty if it can."""
    if ends_on < starts_on:
        return f"结束日期{ends_on.isoformat()}早于开始日期{starts_on.isoformat()}。请核对两个日期。"
    if ends_on > today:
        return f"培训到{ends_on.isoformat()}结束，还没有办完。请在结束后登记。"
    most = ((ends_on - starts_on).days + 1) * MOST_HOURS_A_DAY
    if not 0 < hours <= most:
        return f"学时填的是{hours}，应大于0、不超过{most}（每天最多{MOST_HOURS_A_DAY}学时）。请核对学时。"
    return ""


def hours_text(hours: Decimal) -> str:
    """16, 7.5: no idle zero."""
    return f"{hours.normalize():f}"


def attendance_problem(name: str, hours: Decimal, session_hours: Decimal) -> str:
    """Nobody attends longer than the session lasts."""
    if hours <= 0:
        return f"「{name}」的学时填的是{hours}，应大于0。请核对。"
    if hours > session_hours:
        return f"「{name}」的学时{hours_text(hours)}超过本次培训的{hours_text(session_hours)}学时。请核对。"
    return ""


@dataclass(frozen=True, slots=True)
class Line:
    """One participant as a list of signatures has him."""

    name: str
    body: str
    hours: Decimal | None


def parse_line(text: str) -> Line | None:
    """姓名 [党组织或社会组织] [学时], as pasted from a table; none for an empty line."""
    parts = [part for part in SEPARATORS.split(text.strip()) if part]
    if not parts:
        return None
    hours = None
    if len(parts) > 1:
        try:
            hours = Decimal(parts[-1])
            parts.pop()
        except InvalidOperation:
            pass
    return Line(parts[0], "".join(parts[1:]), hours)
