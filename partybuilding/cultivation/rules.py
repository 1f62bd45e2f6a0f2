"""Dual cultivation (双培双推, R-082). Pure."""

from dataclasses import dataclass
from datetime import date

from partybuilding.cultivation.enums import RESULTS, Direction, Result


@dataclass(frozen=True, slots=True)
class Evidence:
    """Since when the registers say of the person what a result claims; none where they do not."""

    probationary_since: date | None = None
    secretary_since: date | None = None
    officer_since: date | None = None
    is_party_member: bool = False


def beginning_problem(direction: str, evidence: Evidence, on: date) -> str:
    """Why nobody can be cultivated in a direction he has behind him, or is not in a position for; empty if he can."""
    if direction == Direction.TO_MEMBER:
        if evidence.is_party_member:
            return "此人已是党员，不能再列入「培养成党员」。请改选其他培养方向。"
        return ""
    if not evidence.is_party_member:
        return f"「{Direction(direction).label}」的培养对象须是党员，名册上没有此人。请先登记党员名册，或改选培养方向。"
    if direction == Direction.TO_SECRETARY and evidence.secretary_since is not None:
        return "此人已任书记、副书记，不必再列入这一方向。"
    if direction == Direction.INTO_BOARD and evidence.secretary_since is None:
        return "这一方向培养的是现任书记、副书记，此人没有登记任职。请先登记书记或党内职务。"
    return ""


def result_problem(direction: str, result: str, started_on: date, on: date, evidence: Evidence) -> str:
    """Why a result cannot be recorded; empty if it can. 成为党员 asks for a probationary member at least (R-082 a)."""
    wanted = Direction(direction)
    if result not in RESULTS[wanted]:
        allowed = "、".join(str(one.label) for one in RESULTS[wanted])
        return f"「{wanted.label}」的结果应为：{allowed}。现在选的是「{Result(result).label}」。请重新选择。"
    if on < started_on:
        return f"结果日期{on.isoformat()}早于培养开始日期{started_on.isoformat()}。请核对两个日期。"
    since = {
        Result.MEMBER: (evidence.probationary_since, "支部大会接收为预备党员的记录，请先在「党员发展」中登记到审批"),
        Result.SECRETARY: (evidence.secretary_since, "任书记、副书记的记录，请先登记书记或党内职务"),
        Result.BOARD: (evidence.officer_since, "任负责人的记录，请先在社会组织的「负责人」中登记"),
    }.get(Result(result))
    if since is None:
        return ""
    day, missing = since
    if day is None:
        return f"结果填的是「{Result(result).label}」，没有此人{missing}。"
    if day < started_on:
        return (
            f"登记的「{Result(result).label}」日期{day.isoformat()}早于培养开始日期{started_on.isoformat()}，"
            "不是这次培养的结果。请核对日期。"
        )
    if on < day:
        return f"结果日期{on.isoformat()}早于登记的日期{day.isoformat()}。请核对两个日期。"
    return ""
