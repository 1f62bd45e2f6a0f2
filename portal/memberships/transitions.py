"""How a request for a new password moves: asked, confirmed after a call-back or refused, used in the asking browser."""

from dataclasses import dataclass

from portal.access.decisions import ALLOWED, Decision
from portal.memberships.enums import ResetState
from portal.workflow.transitions import SYSTEM, Transition


@dataclass(frozen=True)
class ResetFacts:
    """What decides: whether the office alone looks after the account, whether it is the own one, whether in time."""

    is_managed_alone: bool
    is_own: bool
    is_in_time: bool
    is_number_right: bool | None


def may_confirm(facts: ResetFacts) -> Decision:
    """The office that alone looks after the account, never for oneself, in time, with the number read out."""
    if facts.is_own:
        return Decision(False, "不能核实自己的申请。请由本单位另一位管理员或上级办理。")
    if not facts.is_managed_alone:
        return Decision(False, "这个账号还有其他单位管理的身份，请由上级社会工作部办理。")
    if not facts.is_in_time:
        return Decision(False, "这项申请已过有效期。请对方在登录页重新申请，再回电核实。")
    if facts.is_number_right is False:
        return Decision(False, "申请号与对方页面上显示的不一致。请回电再核对一次；不是本人申请的，请选择“不予办理”。")
    return ALLOWED


def may_decline(facts: ResetFacts) -> Decision:
    if facts.is_own:
        return Decision(False, "不能办理自己的申请。请由本单位另一位管理员或上级办理。")
    return ALLOWED


def may_use(facts: ResetFacts) -> Decision:
    if not facts.is_in_time:
        return Decision(False, "这项申请已过有效期，请重新申请。")
    return ALLOWED


MANAGERS = frozenset({"department_admin", "regional_office", "party_committee"})
CONFIRM = Transition(
    name="confirm_reset",
    sources=frozenset({ResetState.WAITING}),
    target=ResetState.APPROVED,
    roles=MANAGERS,
    label="核实无误",
    guard=may_confirm,
    stamps={"called_at": "now", "decided_by_id": "user"},
)
DECLINE = Transition(
    name="decline_reset",
    sources=frozenset({ResetState.WAITING, ResetState.APPROVED}),
    target=ResetState.REFUSED,
    roles=MANAGERS | {SYSTEM},
    label="不予办理",
    guard=may_decline,
    stamps={"decided_by_id": "user"},
)
USE = Transition(
    name="use_reset",
    sources=frozenset({ResetState.APPROVED}),
    target=ResetState.USED,
    roles=frozenset({SYSTEM}),
    label="设置新密码",
    guard=may_use,
    stamps={"used_at": "now"},
)
