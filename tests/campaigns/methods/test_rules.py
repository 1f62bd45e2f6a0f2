"""R-112: which method may be recorded when, and how far a campaign is."""

from dataclasses import replace
from datetime import date

import pytest

from campaigns.methods.rules import Needed, RecordFacts, WithdrawFacts, completion, may_record, may_withdraw
from campaigns.plans.enums import MethodForm

READY = RecordFacts(
    form=MethodForm.REVIEW,
    title="自我讲评",
    unit="茶叶支部",
    is_keeper=True,
    is_reviewer=False,
    is_branch=True,
    is_running=True,
    has_left=False,
    is_done=False,
    starts_on=date(2026, 4, 1),
    today=date(2026, 6, 30),
    needed=(Needed("公开承诺", date(2026, 5, 1)),),
)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ""),
        ({"done_on": date(2026, 5, 1)}, ""),
        ({"done_on": date(2026, 6, 30)}, ""),
        ({"needed": (), "done_on": date(2026, 4, 1)}, ""),
        ({"form": MethodForm.COMMENT, "is_keeper": False, "is_reviewer": True}, ""),
        ({"form": MethodForm.COMMENT}, "由上级党组织或活动组织单位登记"),
        ({"form": MethodForm.COMMENDATION}, "由上级党组织或活动组织单位登记"),
        ({"is_keeper": False}, "由「茶叶支部」书记或所属党委登记"),
        ({"is_branch": False}, "是党委，推进方式由所属党组织登记"),
        ({"is_running": False}, "活动没有在开展中"),
        ({"has_left": True}, "已退出这项活动"),
        ({"is_done": True}, "已登记完成，不必重复登记"),
        ({"needed": (Needed("公开承诺", None),)}, "「自我讲评」须先完成「公开承诺」"),
        ({"needed": (Needed("甲", None), Needed("乙", None))}, "须先完成「甲」、「乙」"),
        ({"done_on": date(2026, 3, 31)}, "不在活动开始（2026-04-01）到今天（2026-06-30）之间"),
        ({"done_on": date(2026, 7, 1)}, "不在活动开始"),
        ({"done_on": date(2026, 4, 30)}, "早于「公开承诺」的完成日期 2026-05-01"),
    ],
)
def test_a_method_is_recorded_in_its_order_by_whom_it_concerns(change: dict[str, object], words: str) -> None:
    decision = may_record(replace(READY, **change))  # type: ignore[arg-type]
    assert (decision.allowed, words in decision.reason) == (not words, True)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (WithdrawFacts(True, True), ""),
        (WithdrawFacts(False, True), "由其他单位登记"),
        (WithdrawFacts(True, False), "没有在开展中"),
        (WithdrawFacts(True, True, ("领导点评",)), "请先撤回「领导点评」"),
    ],
)
def test_a_record_goes_unless_something_rests_on_it(facts: WithdrawFacts, words: str) -> None:
    decision = may_withdraw(facts)
    assert (decision.allowed, words in decision.reason) == (not words, True)


def test_forty_branches_with_133_of_200_are_at_66_5_per_cent() -> None:
    """The worked example of R-112."""
    rate = completion({1: 40, 2: 38, 3: 30, 4: 20, 5: 5}, 40)
    assert (rate.numerator, rate.denominator, rate.display()) == (133, 200, "66.5%")
    assert completion({1: 0}, 0).display() == "—"
