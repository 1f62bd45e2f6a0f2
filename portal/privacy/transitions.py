"""How a request for personal numbers moves: decided by a second person in time, built, fetched once."""

from dataclasses import dataclass

from portal.access.decisions import ALLOWED, Decision
from portal.access.roles import WORKSPACE
from portal.privacy.enums import RequestState as S
from portal.workflow.transitions import SYSTEM, Transition


@dataclass(frozen=True)
class RequestFacts:
    is_own: bool
    is_in_time: bool


def may_decide(facts: RequestFacts) -> Decision:
    """Never oneself, and within the time limit."""
    if facts.is_own:
        return Decision(False, "不能审批自己的申请。请由本单位或上级单位另一位同岗位人员审批。")
    if not facts.is_in_time:
        return Decision(False, "审批期限已过，申请已失效。需要时请申请人重新提出。")
    return ALLOWED


def may_fetch(facts: RequestFacts) -> Decision:
    if not facts.is_own:
        return Decision(False, "文件只能由申请人本人领取。")
    if not facts.is_in_time:
        return Decision(False, "文件已过保留期限，现已删除。需要时请重新申请。")
    return ALLOWED


WHO = frozenset(str(role) for role in WORKSPACE)
DECIDED = {"decided_at": "now", "decided_by_id": "user"}
APPROVE = Transition("approve_export", frozenset({S.ASKED}), S.APPROVED, WHO, "批准", may_decide, DECIDED)
REFUSE = Transition("refuse_export", frozenset({S.ASKED}), S.REFUSED, WHO, "不批准", may_decide, DECIDED)
FINISH = Transition("finish_export", frozenset({S.APPROVED}), S.READY, frozenset({SYSTEM}), "生成完成")
FETCH = Transition("fetch_export", frozenset({S.READY}), S.FETCHED, WHO, "领取文件", may_fetch, {"fetched_at": "now"})
LAPSE = Transition("lapse_export", frozenset({S.ASKED, S.APPROVED, S.READY}), S.LAPSED, frozenset({SYSTEM}), "失效")
