"""What a campaign's plan must hold together: phases, steps, methods, and who may move what (R-111, R-112). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from portal.access.decisions import ALLOWED, Decision
from portal.publishing.rules import has_document_number

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days with its name; either end may be open."""

    title: str
    starts_on: date | None
    ends_on: date | None
    may_overlap: bool = False

    def words(self) -> str:
        """2026-04-01 至 2026-12-31; an open end is not today but not yet fixed."""
        if self.starts_on is None and self.ends_on is None:
            return "未定起止"
        if self.ends_on is None and self.starts_on is not None:
            return f"{self.starts_on.isoformat()} 起，结束时间未定"
        start = self.starts_on.isoformat() if self.starts_on else "…"
        return f"{start} 至 {self.ends_on.isoformat() if self.ends_on else '…'}"


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a day."""
    first = (one.starts_on or date.min, one.ends_on or date.max)
    second = (other.starts_on or date.min, other.ends_on or date.max)
    return first[0] <= second[1] and second[0] <= first[1]


def phase_clashes(whole: Span, phases: Sequence[Span]) -> list[str]:
    """Phases that overlap one another or reach out of the campaign; empty when none does (R-111)."""
    ordered = _in_order(phases)
    found = [problem for one in ordered for problem in _outside(whole, one, "阶段")]
    for one, other in pairwise(ordered):
        if overlap(one, other):
            found.append(
                f"阶段「{one.title}」（{one.words()}）与「{other.title}」（{other.words()}）时间重叠。"
                "各阶段不能重叠，请调整起止日期。"
            )
    return found


def phase_gaps(whole: Span, phases: Sequence[Span]) -> list[str]:
    """Days of the campaign that no phase covers; empty when phases cover all of it, or when there are none (R-111)."""
    ordered = _in_order(phases)
    found = []
    for one, other in pairwise(ordered):
        if one.ends_on is not None and other.starts_on is not None and one.ends_on + DAY < other.starts_on:
            found.append(
                f"阶段「{one.title}」到 {one.ends_on.isoformat()} 结束，「{other.title}」从"
                f" {other.starts_on.isoformat()} 开始，中间有空档。各阶段应首尾相接，请调整日期。"
            )
    return found + (_ends_covered(whole, ordered[0], ordered[-1]) if ordered else [])


def _in_order(spans: Sequence[Span]) -> list[Span]:
    return sorted(spans, key=lambda one: one.starts_on or date.min)


def _outside(whole: Span, one: Span, label: str) -> list[str]:
    """A part that begins before the campaign, or ends after it."""
    if one.starts_on is not None and whole.starts_on is not None and one.starts_on < whole.starts_on:
        return [
            f"{label}「{one.title}」从 {one.starts_on.isoformat()} 开始，早于活动开始日期"
            f" {whole.starts_on.isoformat()}。请调整日期。"
        ]
    if whole.ends_on is not None and one.ends_on is not None and one.ends_on > whole.ends_on:
        return [
            f"{label}「{one.title}」到 {one.ends_on.isoformat()} 结束，晚于活动结束日期"
            f" {whole.ends_on.isoformat()}。请调整日期。"
        ]
    return []


def _ends_covered(whole: Span, first: Span, last: Span) -> list[str]:
    found = []
    if first.starts_on != whole.starts_on and whole.starts_on is not None:
        found.append(
            f"活动从 {whole.starts_on.isoformat()} 开始，第一个阶段「{first.title}」没有从这一天开始。请调整。"
        )
    if last.ends_on is not None and last.ends_on != whole.ends_on:
        end = whole.ends_on.isoformat() if whole.ends_on else "未定"
        found.append(f"活动结束日期为 {end}，最后一个阶段「{last.title}」到 {last.ends_on.isoformat()} 结束。请调整。")
    return found


def step_problems(whole: Span, steps: Sequence[Span]) -> list[str]:
    """Why steps do not fit: outside the campaign, or overlapping without saying so (R-111).

    A step without a first day goes along with the campaign and overlaps nothing.
    """
    found = []
    dated = [one for one in steps if one.starts_on is not None]
    for one in steps:
        found += _outside(whole, one, "步骤")
        if one.starts_on is None and one.ends_on is not None:
            found.append(f"步骤「{one.title}」只有结束日期。请填写开始日期，或两个日期都不填（随活动开展）。")
    for index, one in enumerate(dated):
        for other in dated[index + 1 :]:
            if overlap(one, other) and not (one.may_overlap or other.may_overlap):
                found.append(
                    f"步骤「{one.title}」（{one.words()}）与「{other.title}」（{other.words()}）时间重叠。"
                    "确需交叉进行的，请勾选「与其他步骤交叉进行」；否则请调整日期。"
                )
    return found


def method_problems(methods: Mapping[int, tuple[str, Iterable[int]]]) -> list[str]:
    """Why methods have no order: number → (title, numbers that must be done first). Each needs earlier ones only,
    so nothing can wait for itself (R-112)."""
    found = []
    for number, (title, requires) in sorted(methods.items()):
        for needed in sorted(requires):
            if needed >= number:
                name = methods[needed][0] if needed in methods else str(needed)
                found.append(f"推进方式「{title}」须先完成的「{name}」排在它之后。请调整序号或前置要求。")
    return found


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What is asked before a campaign's document goes out; `problems` are those of phases, steps and methods."""

    is_runner: bool
    document_number: str
    bases: Sequence[str]
    method_count: int
    unit_count: int
    problems: Sequence[str] = field(default_factory=tuple)


def may_issue(facts: IssueFacts) -> Decision:
    """A campaign goes out with its own number, a basis that has one, methods, units, and an order that holds."""
    if not facts.is_runner:
        return Decision(False, "这项活动由其他单位组织，您不能印发。请联系组织单位。")
    if not facts.document_number:
        return Decision(False, "还没有填写实施方案文号，不能印发。请先填写文号。")
    if not any(has_document_number(text) for text in facts.bases):
        return Decision(False, "依据文件中没有带文号的文件，不能印发。请在依据文件中写明，例如 中办发〔2010〕12号。")
    if not facts.method_count:
        return Decision(False, "还没有推进方式，不能印发。请至少登记一种推进方式。")
    if facts.problems:
        return Decision(False, facts.problems[0])
    if not facts.unit_count:
        return Decision(False, "活动范围内没有党组织，不能印发。请核对开展地区和组织单位。")
    return ALLOWED


@dataclass(frozen=True, slots=True)
class CloseFacts:
    is_runner: bool
    today: date
    ends_on: date | None


def may_close(facts: CloseFacts) -> Decision:
    """A campaign ends on its last day or after it; an open end is set first."""
    if not facts.is_runner:
        return Decision(False, "这项活动由其他单位组织，您不能结束。请联系组织单位。")
    if facts.ends_on is None:
        return Decision(False, "活动还没有结束日期。请先填写结束日期，再结束活动。")
    if facts.today < facts.ends_on:
        return Decision(
            False, f"活动到 {facts.ends_on.isoformat()} 结束，今天还不能结束。需要提前的，请先修改结束日期。"
        )
    return ALLOWED


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What is asked before a unit's plan is handed in."""

    is_own: bool
    is_running: bool
    has_left: bool
    theme: str
    measures: str
    mobilised_on: date | None
    today: date
    starts_on: date


def may_submit(facts: PlanFacts) -> Decision:
    """A unit hands in its own plan, with theme and measures, while the campaign runs (C-02, C-41)."""
    if not facts.is_own:
        return Decision(False, "方案由本单位报送，您不能代报。请联系该单位的书记。")
    if not facts.is_running:
        return Decision(False, "活动没有在开展中，不能报送方案。")
    if facts.has_left:
        return Decision(False, "本单位已退出这项活动，不能报送方案。")
    if not facts.theme.strip() or not facts.measures.strip():
        return Decision(False, "方案须有本单位主题和主要措施。请填写后再报送。")
    if facts.mobilised_on is not None and not facts.starts_on <= facts.mobilised_on <= facts.today:
        return Decision(
            False,
            f"动员会议日期 {facts.mobilised_on.isoformat()} 不在活动开始（{facts.starts_on.isoformat()}）到今天之间。"
            "请核对日期。",
        )
    return ALLOWED


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    is_reviewer: bool


def may_review(facts: ReviewFacts) -> Decision:
    """A plan is looked at by the body above the unit, or by whoever runs the campaign."""
    if facts.is_reviewer:
        return ALLOWED
    return Decision(False, "方案由上级党组织或活动组织单位审阅，您只能查看。")
