"""Who reports by when, and who may return a report (C-31, C-38). Pure."""

from dataclasses import dataclass
from datetime import date

from portal.access.decisions import ALLOWED, Decision


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What is asked before a report is handed in or returned; `progress` and `remark` None: not asked yet."""

    unit: str
    is_own: bool = True
    is_reviewer: bool = False
    is_running: bool = True
    has_left: bool = False
    progress: str | None = None
    remark: str | None = None


def may_submit(facts: ReportFacts) -> Decision:
    """A unit reports for itself, while the campaign runs, also after the last day: late is better than never."""
    if not facts.is_own:
        return Decision(False, f"进展情况由「{facts.unit}」自己报送，您只能查看。")
    if not facts.is_running:
        return Decision(False, "活动没有在开展中，不能报送。")
    if facts.has_left:
        return Decision(False, f"「{facts.unit}」已退出这项活动，不必报送。")
    if facts.progress is not None and not facts.progress.strip():
        return Decision(False, "还没有填写开展情况和成效。请填写后再报送。")
    return ALLOWED


def may_return(facts: ReportFacts) -> Decision:
    """Whoever stands above the unit asks for more, in words."""
    if not facts.is_reviewer:
        return Decision(False, "由上级党组织或活动组织单位退回，您只能查看。")
    if facts.remark is not None and not facts.remark.strip():
        return Decision(False, "退回须写明还要补充什么。请填写。")
    return ALLOWED


def due_problem(due_on: date, starts_on: date, ends_on: date | None, today: date) -> str:
    """Why a last day does not hold: it is over, or the campaign does not reach it; "" when it does."""
    if due_on < today:
        return f"报送截止 {due_on.isoformat()} 早于今天。请填写今天或以后的日期。"
    if due_on < starts_on or (ends_on is not None and due_on > ends_on):
        until = f"{starts_on.isoformat()} 至 {ends_on.isoformat()}" if ends_on else f"{starts_on.isoformat()} 起"
        return f"报送截止 {due_on.isoformat()} 不在活动起止（{until}）之内。请核对日期。"
    return ""
