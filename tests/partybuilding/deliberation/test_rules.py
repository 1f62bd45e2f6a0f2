"""R-101: the opinion comes before the vote."""

from datetime import date

import pytest

from partybuilding.deliberation.enums import ReviewState
from partybuilding.deliberation.rules import order_problem, parts_problem, review_state

JUNE_8, JUNE_10, JUNE_12 = date(2026, 6, 8), date(2026, 6, 10), date(2026, 6, 12)


@pytest.mark.parametrize(
    ("reviewed_on", "opinion", "voted_on", "outcome", "state"),
    [
        # The worked example: vote 06-10, opinion 06-12 → violation.
        (JUNE_12, "agree", JUNE_10, "adopted", ReviewState.UNREVIEWED),
        (JUNE_8, "agree", JUNE_10, "adopted", ReviewState.REVIEWED),
        (JUNE_10, "agree", JUNE_10, "adopted", ReviewState.REVIEWED),
        (None, "", JUNE_10, "adopted", ReviewState.UNREVIEWED),
        (None, "", JUNE_10, "rejected", ReviewState.UNREVIEWED),
        (JUNE_8, "agree", None, "", ReviewState.PENDING),
        (JUNE_8, "disagree", JUNE_10, "adopted", ReviewState.CONTRARY),
        (JUNE_8, "defer", JUNE_10, "amended", ReviewState.CONTRARY),
        (JUNE_8, "disagree", JUNE_10, "rejected", ReviewState.REVIEWED),
        (JUNE_8, "change", JUNE_10, "amended", ReviewState.REVIEWED),
    ],
)
def test_how_a_decision_stands(
    reviewed_on: date | None, opinion: str, voted_on: date | None, outcome: str, state: ReviewState
) -> None:
    assert review_state(reviewed_on, opinion, voted_on, outcome) == state


def test_an_opinion_after_the_vote_is_none() -> None:
    assert order_problem(JUNE_8, JUNE_10) == order_problem(JUNE_10, JUNE_10) == ""
    assert order_problem(None, JUNE_10) == order_problem(JUNE_8, None) == ""
    assert order_problem(JUNE_12, JUNE_10).startswith("研究日期2026-06-12晚于表决日期2026-06-10")
    assert order_problem(None, None) == "前置研究和表决都没有填写。请至少登记其中一项。"


def test_a_day_and_what_belongs_to_it_come_together() -> None:
    assert parts_problem("表决", JUNE_10, ("表决机构", "council"), ("表决结果", "adopted")) == ""
    assert parts_problem("表决", None, ("表决机构", ""), ("表决结果", "")) == ""
    text = parts_problem("表决", JUNE_10, ("表决机构", "council"), ("表决结果", ""))
    assert text == "填写了表决日期，没有填写表决结果。请一并填写。"
    text = parts_problem("研究", None, ("党组织意见", "agree"))
    assert text == "没有填写研究日期。请填写日期，或者把研究一栏全部留空。"
