"""Yearly reviews of members and yearly reports with their ratings (R-088, R-096, P-27, P-28, P-80). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from partybuilding.appraisal.enums import Level, ReviewState
from portal.access.decisions import ALLOWED, Decision
from portal.regulations.rules import Rate


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is refused: a word for programs; cause, present value and remedy for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """The parameters of reviews in force on a day: the highest share of 优秀, the usual share of members taking part,
    and the day of the next year by which it is done."""

    excellent_share: Fraction
    participation: Fraction
    due_by: str


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The figures of a review. `member_count` are all members; the probationary among them get no grade."""

    member_count: int
    probationary_count: int
    participant_count: int
    excellent_count: int
    competent_count: int
    basic_count: int
    failing_count: int

    @property
    def graded_count(self) -> int:
        return self.excellent_count + self.competent_count + self.basic_count + self.failing_count

    @property
    def participation(self) -> Rate:
        return Rate(self.participant_count, self.member_count)


def most_excellent(graded: int, share: Fraction) -> int:
    """How many may be 优秀: ten graded and a third make three (R-088)."""
    return graded * share.numerator // share.denominator


def review_problem(one: ReviewFacts, rules: ReviewRules) -> Problem | None:
    """The first reason why a review cannot stand (R-088); none if it can."""
    if not one.member_count:
        return Problem("review.counts", "党员总数是 0。请填写参加民主评议的党员总数。")
    if one.probationary_count > one.member_count:
        text = f"预备党员{one.probationary_count}人，多于党员总数{one.member_count}人。请核对两个数。"
        return Problem("review.counts", text)
    if one.participant_count > one.member_count:
        text = f"参加评议{one.participant_count}人，多于党员总数{one.member_count}人。请核对两个数。"
        return Problem("review.counts", text)
    full = one.member_count - one.probationary_count
    if not one.graded_count:
        return Problem("review.none", "各等次人数都是 0。请填写评定了等次的正式党员人数。")
    if one.graded_count > full:
        return Problem(
            "review.probationary",
            f"评定等次的共{one.graded_count}人，正式党员只有{full}人。预备党员参加评议，但不评定等次。请核对各等次人数。",
        )
    most = most_excellent(one.graded_count, rules.excellent_share)
    if one.excellent_count > most:
        return Problem(
            "review.excellent",
            f"评定等次{one.graded_count}人，优秀{one.excellent_count}人，超过{share_text(rules.excellent_share)}。"
            f"优秀最多{most}人，请重新核定。",
        )
    return None


def share_text(share: Fraction) -> str:
    """评定人数的 1/3, or 95%."""
    if share.numerator == 1:
        return f"评定人数的 1/{share.denominator}"
    return f"{float(share * 100):g}%"


def review_remarks(one: ReviewFacts, rules: ReviewRules) -> list[str]:
    """What is remarked on a review that stands."""
    found = []
    full = one.member_count - one.probationary_count
    if not one.participation.reaches(rules.participation):
        found.append(
            f"参加评议{one.participant_count}人，占{one.participation.display()}，"
            f"不足{share_text(rules.participation)}。请说明未参加的原因并安排补课。"
        )
    if one.graded_count < full:
        found.append(f"正式党员{full}人，评定等次{one.graded_count}人，有{full - one.graded_count}人没有评定。请核对。")
    return found


def grading_problem(grades: Mapping[str, str], states: Mapping[str, str], names: Mapping[str, str]) -> Problem | None:
    """Why grades by name cannot stand: a probationary member among them (R-088)."""
    wrong = [names[key] for key, grade in grades.items() if grade and states[key] != "full"]
    if wrong:
        text = f"{'、'.join(wrong)}是预备党员，参加评议但不评定等次。请把等次改为「不评定」。"
        return Problem("review.probationary", text)
    return None


def day_after_year(year: int, month_day: str) -> date:
    """The day of the next year that a month-day names: 2026 and 01-31 make 2027-01-31."""
    month, day = (int(part) for part in month_day.split("-"))
    return date(year + 1, month, day)


def year_problem(year: int, held_on: date, first: date | None, label: str) -> Problem | None:
    """A review or report of a year is dated in that year or in the next; the organisation existed by its end."""
    if held_on.year not in (year, year + 1):
        text = f"{label}的日期是{held_on.isoformat()}，不在{year}年或{year + 1}年。请核对年度和日期。"
        return Problem("appraisal.year", text)
    if first is not None and held_on < first:
        text = f"日期{held_on.isoformat()}早于党组织成立日期{first.isoformat()}。请核对日期。"
        return Problem("appraisal.before", text)
    if first is not None and first.year > year:
        text = f"党组织{first.isoformat()}成立，{year}年还不存在。请核对年度。"
        return Problem("appraisal.before", text)
    return None


def owes_year(established: date | None, year: int) -> bool:
    """Whether an organisation existed the whole of a year, from its first day on (R-086: full periods only)."""
    return established is None or established <= date(year, 1, 1)


def review_state(has_review: bool, year: int, on: date, due_by: str) -> ReviewState:
    """Done, not due yet, or overdue from the day after the last one."""
    if has_review:
        return ReviewState.DONE
    return ReviewState.OVERDUE if on > day_after_year(year, due_by) else ReviewState.COMING


# Reports and their ratings


@dataclass(frozen=True, slots=True)
class RaterFacts:
    """Who rates what: the level of the report, the body it goes to, and whether the actor is that body."""

    level: str
    superior: str
    is_superior: bool


def may_rate(facts: RaterFacts) -> Decision:
    """An organisation's report is rated by its own committee, a committee's by the 两新工委 above it (R-096)."""
    if not facts.superior:
        return Decision(False, "还没有明确上一级党委，无法评议。请先在党组织的资料中明确所属综合（行业）党委。")
    if facts.is_superior:
        return ALLOWED
    who = "综合（行业）党委" if facts.level == Level.ORGANIZATION else "“两新”工委"
    return Decision(False, f"这份报告由上一级{who}「{facts.superior}」评议，您不能代为评议。")


def sections_problem(sections: Sequence[tuple[str, str]]) -> Problem | None:
    """Every section asked for is written (P-28: 党建引领改革发展 is one of them)."""
    empty = [label for label, text in sections if not text.strip()]
    if empty:
        return Problem("appraisal.section", f"「{'」「'.join(empty)}」没有填写，属于必写内容。请补充后再提交。")
    return None
