"""R-112: which method may be recorded when, and how far a campaign is."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from campaigns.methods.rules import (
    CorrectionFacts,
    Needed,
    PledgeFacts,
    RecordFacts,
    ReviewFacts,
    WithdrawFacts,
    completion,
    coverage,
    may_correct,
    may_record,
    may_record_directly,
    may_withdraw,
    pledge_decision,
    review_decision,
)
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


PUBLIC = CorrectionFacts(
    date(2026, 6, 10), "posted", date(2026, 4, 1), date(2026, 6, 30), was_on=date(2026, 5, 8), reason="更正次数"
)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"was_on": None, "reason": "", "published_on": None, "channel": ""}, ""),
        ({"was_on": None, "reason": ""}, ""),
        ({"channel": ""}, "要么都填，要么都不填"),
        ({"published_on": None}, "要么都填，要么都不填"),
        ({"published_on": date(2026, 7, 1)}, "晚于今天"),
        ({"published_on": date(2026, 3, 31)}, "早于活动开始日期"),
        ({"is_rated": True}, "已评定兑现"),
        ({"published_on": None, "channel": ""}, "更正后须重新公布"),
        ({"published_on": date(2026, 5, 7)}, "更正后须重新公布"),
        ({"reason": " "}, "更正须写明原因"),
    ],
)
def test_a_published_pledge_is_corrected_by_publishing_it_anew(changed: dict[str, Any], words: str) -> None:
    decision = may_correct(replace(PUBLIC, **changed))
    assert (bool(decision), words in decision.reason) == (not words, True)


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
        (WithdrawFacts(True, True, (), is_by_award=True), "撤销表彰时一并撤回"),
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


def test_an_appraisal_is_done_by_its_count() -> None:
    assert may_record_directly(READY)
    appraisal = replace(READY, form=MethodForm.APPRAISAL, title="群众评议")
    assert may_record(appraisal)
    assert "请登记纸质评议的计票，或组织投票" in may_record_directly(appraisal).reason
    assert "已登记完成" in may_record_directly(replace(appraisal, is_done=True)).reason


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (PledgeFacts(published=1, aspects=1, offered=8, expected=12, members=11), ""),
        (PledgeFacts(published=1, aspects=0, offered=0, expected=12, members=0), ""),
        (PledgeFacts(published=0, aspects=0, offered=8, expected=12, members=11), "还没有登记公布的承诺"),
        (PledgeFacts(published=1, aspects=0, offered=8, expected=12, members=11), "至少选择一个方面"),
        (PledgeFacts(published=1, aspects=1, offered=8, expected=12, members=13), "多于应承诺的党员 12 人"),
    ],
)
def test_pledging_needs_one_published_pledge_on_an_aspect(facts: PledgeFacts, words: str) -> None:
    """R-113."""
    decision = pledge_decision(facts)
    assert (decision.allowed, words in decision.reason) == (not words, True)
    assert coverage(11, 12).display() == "91.7%"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (ReviewFacts(10, 9, 9), ""),
        (ReviewFacts(10, 11, 9), "多于应到 10 人"),
        (ReviewFacts(10, 9, 10), "应在 1 到实到 9 人之间"),
        (ReviewFacts(10, 9, 0), "应在 1 到实到 9 人之间"),
    ],
)
def test_a_review_in_numbers(facts: ReviewFacts, words: str) -> None:
    decision = review_decision(facts)
    assert (decision.allowed, words in decision.reason) == (not words, True)
