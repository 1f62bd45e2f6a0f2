"""Who decides about an export with numbers, and who fetches it: pure."""

import pytest

from portal.privacy.transitions import RequestFacts, may_decide, may_fetch

NOBODY_FOR_ONESELF = "不能审批自己的申请。请由本单位或上级单位另一位同岗位人员审批。"


@pytest.mark.parametrize(
    ("is_own", "is_in_time", "said"),
    [
        (False, True, ""),
        (True, True, NOBODY_FOR_ONESELF),
        (True, False, NOBODY_FOR_ONESELF),
        (False, False, "审批期限已过，申请已失效。需要时请申请人重新提出。"),
    ],
)
def test_another_person_decides_in_time(is_own: bool, is_in_time: bool, said: str) -> None:
    decision = may_decide(RequestFacts(is_own=is_own, is_in_time=is_in_time))
    assert (decision.allowed, decision.reason) == (not said, said)


@pytest.mark.parametrize(
    ("is_own", "is_in_time", "said"),
    [
        (True, True, ""),
        (False, True, "文件只能由申请人本人领取。"),
        (True, False, "文件已过保留期限，现已删除。需要时请重新申请。"),
    ],
)
def test_the_asker_fetches_in_time(is_own: bool, is_in_time: bool, said: str) -> None:
    decision = may_fetch(RequestFacts(is_own=is_own, is_in_time=is_in_time))
    assert (decision.allowed, decision.reason) == (not said, said)
