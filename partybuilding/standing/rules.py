"""The standing of Party members: probation (R-091), losing and finding, restoring. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from partybuilding.organizations.enums import OrganizationKind
from partybuilding.standing.enums import ProbationState
from portal.access.decisions import ALLOWED, Decision
from portal.access.roles import DEPARTMENT, Role
from portal.regulations.rules import add_months

# What the superior committee decides is recorded by it or by the department, never by the branch itself.
APPROVERS = DEPARTMENT | {Role.PARTY_COMMITTEE}


@dataclass(frozen=True, slots=True)
class ProbationRules:
    """The parameters of probation in force on a day."""

    months: int
    extension_least: int
    extension_most: int
    due_days: int


def regular_end(joined_on: date, rules: ProbationRules) -> date:
    """The first day on which a probationary member may become a full one: admitted 2026-05-20, so 2027-05-20."""
    return add_months(joined_on, rules.months)


def probation_end(joined_on: date | None, extended_to: date | None, rules: ProbationRules) -> date | None:
    """The same with an extension; none where the day of joining is not known."""
    if joined_on is None:
        return None
    return extended_to or regular_end(joined_on, rules)


def probation_state(
    joined_on: date | None, extended_to: date | None, on: date, rules: ProbationRules
) -> ProbationState:
    """How a probation stands on a day; on its end it may be decided, the day after it is late."""
    end = probation_end(joined_on, extended_to, rules)
    if end is None:
        return ProbationState.UNREPORTED
    if end < on:
        return ProbationState.OVERDUE
    return ProbationState.DUE if end <= on + timedelta(days=rules.due_days) else ProbationState.RUNNING


def joined_by(end: date, rules: ProbationRules) -> date:
    """The last day of joining whose probation ends by a day: `regular_end` backwards, for a filter of rows."""
    day = add_months(end, -rules.months)
    while regular_end(day + timedelta(days=1), rules) <= end:
        day += timedelta(days=1)
    return day


def may_decide(kind: str, name: str) -> Decision:
    """A temporary branch neither admits nor converts nor disciplines members (R-072)."""
    if kind == OrganizationKind.TEMPORARY_BRANCH:
        return Decision(
            False, f"「{name}」是临时党支部，不发展党员、不办理转正和处分。请由党员组织关系所在的党组织办理。"
        )
    return ALLOWED


def conversion_problem(end: date, decided_on: date, approved_on: date, became_full_on: date) -> str:
    """Why a conversion cannot be recorded; empty if it can. Not decided before the probation ended (R-091)."""
    if decided_on < end:
        return (
            f"预备期到{end.isoformat()}期满，支部大会{decided_on.isoformat()}讨论转正早了。"
            "请核对支部大会日期，或者期满后再讨论。"
        )
    if approved_on < decided_on:
        return f"审批日期{approved_on.isoformat()}早于支部大会日期{decided_on.isoformat()}。请核对两个日期。"
    if not end <= became_full_on <= approved_on:
        return (
            f"转正日期{became_full_on.isoformat()}应在预备期满{end.isoformat()}与审批{approved_on.isoformat()}之间。"
            "按期转正的，填写预备期满之日。"
        )
    return ""


def extension_problem(
    joined_on: date,
    extended_to: date | None,
    until_on: date,
    decided_on: date,
    approved_on: date,
    rules: ProbationRules,
) -> str:
    """Why a probation cannot be extended; empty if it can: once, by half a year to a year (R-091)."""
    if extended_to is not None:
        return f"预备期已延长到{extended_to.isoformat()}，只能延长一次。期满后请办理转正，或者取消预备党员资格。"
    end = regular_end(joined_on, rules)
    first, last = add_months(end, rules.extension_least), add_months(end, rules.extension_most)
    if not first <= until_on <= last:
        return (
            f"预备期到{end.isoformat()}期满，延长不少于{rules.extension_least}个月、不超过{rules.extension_most}个月，"
            f"即{first.isoformat()}至{last.isoformat()}，现在填的是{until_on.isoformat()}。请改填日期。"
        )
    if approved_on < decided_on:
        return f"审批日期{approved_on.isoformat()}早于支部大会日期{decided_on.isoformat()}。请核对两个日期。"
    return ""


def restoring_problem(was_suspended: bool, ended_on: date | None, on: date) -> str:
    """Why a membership cannot be restored; empty if it can: only a suspended one, after it was."""
    if not was_suspended or ended_on is None:
        return "没有停止党籍的记录，不能恢复党籍。重新入党的按发展党员办理，转入的登记组织关系转接。"
    if on <= ended_on:
        return f"恢复日期{on.isoformat()}早于停止党籍的日期{(ended_on + timedelta(days=1)).isoformat()}。请核对日期。"
    return ""


def contact_problem(is_lost: bool, wants_lost: bool, starts_on: date | None, on: date) -> str:
    """Why losing or finding a member cannot be recorded; empty if it can."""
    if is_lost == wants_lost:
        return "已登记失去联系，不必重复登记。" if is_lost else "没有登记失去联系，不必登记恢复联系。"
    if starts_on is not None and on < starts_on:
        return f"日期{on.isoformat()}早于编入名册的日期{starts_on.isoformat()}。请核对日期。"
    return ""
