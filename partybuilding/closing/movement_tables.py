"""What the workbench says of the last issued close: both rates with their change, the equation, the draft's reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from partybuilding.closing.enums import Reason
from partybuilding.closing.movement import Base, Movement, Step, after
from partybuilding.closing.rules import MEASURES, Sums
from partybuilding.coverage.enums import Measure
from portal.regulations.rules import Rate
from portal.reporting.data import Align, Cell, Column, Row, Table, count, text

LABELS = {
    Measure.IN_SCOPE: "纳入统计",
    Measure.COVERED: "组织覆盖",
    Measure.WORK_COVERED: "工作覆盖",
    Measure.OWN: "单独组建",
}
SIGNS = {1: "增加", -1: "减少"}
SIGN_CODES = {1: "plus", -1: "minus"}
RATES = ((Measure.COVERED, "组织覆盖率"), (Measure.WORK_COVERED, "工作覆盖率"))
DRAFT = "draft"
NO_REASON = "none"
PAGE = "partybuilding:coverage_changes"


def reason_text(reason: str) -> str:
    return str(Reason(reason).label) if reason else "没有原因"


def steps_url(filters: Mapping[str, str], measure: str, delta: int, reason: str | None = None, source: str = "") -> str:
    """The page of changes, narrowed to the steps that a number counts."""
    query = {**filters, "number": measure, "sign": SIGN_CODES[delta]}
    if reason is not None:
        query["reason"] = reason or NO_REASON
    if source:
        query["source"] = source
    return f"{reverse(PAGE)}?{urlencode(query)}#results"


def rate_of(sums: Sums, measure: Measure) -> Rate:
    return Rate(sums[measure], sums.in_scope)


def change_words(now: Rate, base: Base, before: Sums, measure: Measure) -> str:
    """比2026年10月月报下降0.7个百分点."""
    return f"比{base.label}{now.change_from(rate_of(before, measure)).words()}"


@dataclass(frozen=True, slots=True)
class RateLine:
    """One rate of the draft: 组织覆盖率, the rate, how it changed."""

    label: str
    rate: Rate
    change: str


def draft_lines(base: Base, before: Sums, steps: Mapping[Step, int]) -> list[RateLine]:
    """Both rates as the draft has them: last month and the sum of its ledger."""
    closing = after(before, dict(steps))
    return [
        RateLine(label, (now := rate_of(closing, measure)), change_words(now, base, before, measure))
        for measure, label in RATES
    ]


Links = dict[str, str]


def equation(found: Movement, now: Mapping[Measure, Cell], filters: Mapping[str, str], links: Links) -> Table:
    """上期 + 增加 − 减少 = 现在, for each of the four numbers; what entered and left opens its names."""
    lines = []
    for measure in MEASURES:
        cells = []
        for delta, side in ((1, found.plus), (-1, found.minus)):
            key = f"step:{measure.value}:{delta}"
            cells.append(count(side[measure], key if side[measure] else None))
            if side[measure]:
                links[key] = steps_url(filters, measure.value, delta)
        lines.append(Row((text(LABELS[measure]), count(found.before[measure]), *cells, now[measure])))
    return Table(
        key="equation",
        title=f"与{found.base.label}相比",
        columns=(
            Column("label", "数字", Align.LEFT, 8),
            Column("before", "上期", width=6),
            Column("plus", "增加", width=5),
            Column("minus", "减少", width=5),
            Column("now", "现在", width=6),
        ),
        rows=tuple(lines),
        unit="家",
    )


def reasons(base: Base, steps: Mapping[Step, int], filters: Mapping[str, str], links: Links) -> Table:
    """The ledger of the draft by reason; only columns in which something moved."""
    moved = [
        (measure, delta)
        for measure in MEASURES
        for delta in SIGNS
        if any(step[:2] == (measure, delta) for step in steps)
    ]
    present = [reason for reason in (*Reason.values, "") if any(step[2] == reason for step in steps)]
    lines = []
    for reason in present:
        cells = []
        for measure, delta in moved:
            number = steps.get((measure, delta, reason), 0)
            key = f"draft:{measure.value}:{delta}:{reason}"
            cells.append(count(number, key if number else None))
            if number:
                links[key] = steps_url(filters, measure.value, delta, reason, DRAFT)
        lines.append(Row((text(reason_text(reason)), *cells)))
    columns = [Column(f"{measure}{delta}", f"{LABELS[measure]}{SIGNS[delta]}", width=5) for measure, delta in moved]
    return Table(
        key="reasons",
        title=f"{base.draft_label}列明的变动原因",
        columns=(Column("label", "原因", Align.LEFT, 8), *columns),
        rows=tuple(lines),
        unit="家",
        note="" if lines else "草稿没有列出变动。",
    )
