"""Phases, steps and methods hold together (R-111, R-112), with the calendar of the 2010 plan as worked example."""

from datetime import date

import pytest

from campaigns.plans.rules import (
    CloseFacts,
    IssueFacts,
    PlanFacts,
    ReviewFacts,
    Span,
    has_document_number,
    may_close,
    may_issue,
    may_review,
    may_submit,
    method_problems,
    overlap,
    phase_clashes,
    phase_gaps,
    step_problems,
)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def span(title: str, start: str, end: str = "", *, may_overlap: bool = False) -> Span:
    return Span(title, day(start), day(end), may_overlap)


# the plan of 2010: two phases, four steps, the last with an open end.
WHOLE = span("创先争优", "2010-04-01", "")
PHASES = [span("第一阶段", "2010-04-01", "2011-06-30"), span("第二阶段", "2011-07-01", "")]
STEPS = [
    span("学习贯彻", ""),
    span("下发方案", ""),
    span("全面争创", "2010-06-01", "2011-06-30"),
    span("总结提高", "2011-07-01", ""),
]


def test_the_calendar_of_2010_holds_together() -> None:
    assert phase_clashes(WHOLE, PHASES) == []
    assert phase_gaps(WHOLE, PHASES) == []
    assert step_problems(WHOLE, STEPS) == []


@pytest.mark.parametrize(
    ("text", "is_number"),
    [
        ("中办发〔2010〕12号", True),
        ("《意见》（粤办发[2010]11号）", True),
        ("湘社工（2026）第 7 号", True),
        ("中央办公厅的通知", False),
        ("2010年第12期", False),
    ],
)
def test_a_basis_is_known_by_its_number(text: str, is_number: bool) -> None:
    assert has_document_number(text) is is_number


@pytest.mark.parametrize(
    ("one", "other", "do_overlap"),
    [
        (("2026-01-01", "2026-01-31"), ("2026-02-01", ""), False),
        (("2026-01-01", "2026-02-01"), ("2026-02-01", ""), True),
        (("2026-01-01", ""), ("2026-05-01", "2026-05-02"), True),
        (("", "2026-01-01"), ("2026-01-02", "2026-01-03"), False),
    ],
)
def test_spans_overlap_when_they_share_a_day(one: tuple[str, str], other: tuple[str, str], do_overlap: bool) -> None:
    assert overlap(span("甲", *one), span("乙", *other)) is do_overlap
    assert overlap(span("乙", *other), span("甲", *one)) is do_overlap


def test_overlapping_phases_are_named_with_their_dates() -> None:
    phases = [span("第一阶段", "2010-04-01", "2011-07-01"), span("第二阶段", "2011-07-01")]
    assert phase_clashes(WHOLE, phases) == [
        "阶段「第一阶段」（2010-04-01 至 2011-07-01）与「第二阶段」（2011-07-01 起，结束时间未定）时间重叠。"
        "各阶段不能重叠，请调整起止日期。"
    ]


def test_a_phase_stays_inside_its_campaign() -> None:
    whole = span("活动", "2026-04-01", "2026-12-31")
    assert phase_clashes(whole, [span("一", "2026-03-31", "2026-05-01"), span("二", "2026-05-02", "2027-01-01")]) == [
        "阶段「一」从 2026-03-31 开始，早于活动开始日期 2026-04-01。请调整日期。",
        "阶段「二」到 2027-01-01 结束，晚于活动结束日期 2026-12-31。请调整日期。",
    ]


def test_days_without_a_phase_are_named() -> None:
    whole = span("活动", "2026-04-01", "2026-12-31")
    found = phase_gaps(whole, [span("二", "2026-07-02", "2026-12-01"), span("一", "2026-04-02", "2026-06-30")])
    assert found == [
        "阶段「一」到 2026-06-30 结束，「二」从 2026-07-02 开始，中间有空档。各阶段应首尾相接，请调整日期。",
        "活动从 2026-04-01 开始，第一个阶段「一」没有从这一天开始。请调整。",
        "活动结束日期为 2026-12-31，最后一个阶段「二」到 2026-12-01 结束。请调整。",
    ]
    assert phase_gaps(whole, []) == []
    assert phase_gaps(WHOLE, [span("一", "2010-04-01", "2011-06-30")]) == [
        "活动结束日期为 未定，最后一个阶段「一」到 2011-06-30 结束。请调整。"
    ]


def test_steps_overlap_only_when_they_say_so() -> None:
    one, other = span("一", "2026-04-01", "2026-06-30"), span("二", "2026-06-01", "2026-08-31")
    whole = span("活动", "2026-04-01", "2026-12-31")
    assert step_problems(whole, [one, other]) == [
        "步骤「一」（2026-04-01 至 2026-06-30）与「二」（2026-06-01 至 2026-08-31）时间重叠。"
        "确需交叉进行的，请勾选「与其他步骤交叉进行」；否则请调整日期。"
    ]
    assert step_problems(whole, [one, span("二", "2026-06-01", "2026-08-31", may_overlap=True)]) == []


def test_a_step_has_a_first_day_or_none_at_all() -> None:
    whole = span("活动", "2026-04-01", "2026-12-31")
    assert step_problems(whole, [span("一", "", "2026-06-30"), span("二", "2026-03-01")]) == [
        "步骤「一」只有结束日期。请填写开始日期，或两个日期都不填（随活动开展）。",
        "步骤「二」从 2026-03-01 开始，早于活动开始日期 2026-04-01。请调整日期。",
    ]
    assert span("一", "").words() == "未定起止"
    assert span("一", "", "2026-06-30").words() == "… 至 2026-06-30"


def test_a_method_waits_for_earlier_ones_only() -> None:
    """R-112: 领导点评 needs 自我讲评; 评选表彰 needs all four before it."""
    five = {
        1: ("公开承诺", []),
        2: ("自我讲评", [1]),
        3: ("领导点评", [2]),
        4: ("群众评议", []),
        5: ("评选表彰", [1, 2, 3, 4]),
    }
    assert method_problems(five) == []
    assert method_problems({**five, 2: ("自我讲评", [3])}) == [
        "推进方式「自我讲评」须先完成的「领导点评」排在它之后。请调整序号或前置要求。"
    ]
    assert method_problems({1: ("公开承诺", [1, 9])}) == [
        "推进方式「公开承诺」须先完成的「公开承诺」排在它之后。请调整序号或前置要求。",
        "推进方式「公开承诺」须先完成的「9」排在它之后。请调整序号或前置要求。",
    ]


READY = IssueFacts(True, "湘社工〔2026〕12号", ("《意见》（中办发〔2010〕12号）",), 5, 40)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_runner": False}, "这项活动由其他单位组织，您不能印发。请联系组织单位。"),
        ({"document_number": ""}, "还没有填写实施方案文号，不能印发。请先填写文号。"),
        (
            {"bases": ("上级通知",)},
            "依据文件中没有带文号的文件，不能印发。请在依据文件中写明，例如 中办发〔2010〕12号。",
        ),
        ({"method_count": 0}, "还没有推进方式，不能印发。请至少登记一种推进方式。"),
        ({"problems": ("阶段重叠。",)}, "阶段重叠。"),
        ({"unit_count": 0}, "活动范围内没有党组织，不能印发。请核对开展地区和组织单位。"),
    ],
)
def test_a_document_goes_out_only_when_it_holds(change: dict[str, object], reason: str) -> None:
    values = {name: getattr(READY, name) for name in IssueFacts.__slots__} | change
    decision = may_issue(IssueFacts(**values))  # type: ignore[arg-type]
    assert (decision.allowed, decision.reason) == (False, reason)
    assert may_issue(READY).allowed


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            CloseFacts(False, date(2027, 1, 1), date(2026, 12, 31)),
            "这项活动由其他单位组织，您不能结束。请联系组织单位。",
        ),
        (CloseFacts(True, date(2027, 1, 1), None), "活动还没有结束日期。请先填写结束日期，再结束活动。"),
        (
            CloseFacts(True, date(2026, 12, 30), date(2026, 12, 31)),
            "活动到 2026-12-31 结束，今天还不能结束。需要提前的，请先修改结束日期。",
        ),
        (CloseFacts(True, date(2026, 12, 31), date(2026, 12, 31)), ""),
    ],
)
def test_a_campaign_ends_on_its_last_day(facts: CloseFacts, reason: str) -> None:
    assert may_close(facts).reason == reason


PLAN = PlanFacts(True, True, False, "主题", "措施", date(2026, 5, 1), date(2026, 6, 30), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_own": False}, "方案由本单位报送，您不能代报。请联系该单位的书记。"),
        ({"is_running": False}, "活动没有在开展中，不能报送方案。"),
        ({"has_left": True}, "本单位已退出这项活动，不能报送方案。"),
        ({"theme": " "}, "方案须有本单位主题和主要措施。请填写后再报送。"),
        ({"measures": ""}, "方案须有本单位主题和主要措施。请填写后再报送。"),
        (
            {"mobilised_on": date(2026, 7, 1)},
            "动员会议日期 2026-07-01 不在活动开始（2026-04-01）到今天之间。请核对日期。",
        ),
        (
            {"mobilised_on": date(2026, 3, 1)},
            "动员会议日期 2026-03-01 不在活动开始（2026-04-01）到今天之间。请核对日期。",
        ),
        ({}, ""),
        ({"mobilised_on": None}, ""),
    ],
)
def test_a_unit_hands_in_its_own_finished_plan(change: dict[str, object], reason: str) -> None:
    values = {name: getattr(PLAN, name) for name in PlanFacts.__slots__} | change
    assert may_submit(PlanFacts(**values)).reason == reason  # type: ignore[arg-type]


def test_a_plan_is_looked_at_from_above() -> None:
    assert may_review(ReviewFacts(True)).allowed
    assert may_review(ReviewFacts(False)).reason == "方案由上级党组织或活动组织单位审阅，您只能查看。"
