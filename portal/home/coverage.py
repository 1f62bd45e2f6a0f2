"""The two coverages on the home page of staff: what is wrong, how far it has come since the last issued close, and
which committees have the longest way to go (R-076 to R-079, X-21)."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from associations.registry.models import Association
from partybuilding.closing.movement import Base, base_of, ledger_counts, reach_of, sums_then
from partybuilding.closing.movement_tables import (
    DRAFT,
    PAGE,
    RATES,
    change_words,
    draft_lines,
    reason_text,
)
from partybuilding.closing.rules import Sums
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.report_figures import GroupCells
from partybuilding.coverage.rules import CoverageCounts, CoverageRules
from partybuilding.coverage.selectors import CoverageSummary, Dimension, coverage_rules_on, coverage_summary
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.home.cards import Block, Figure, Work
from portal.regulations.rules import ConfigurationError
from portal.screens.screen import drilldown_url

LIST = "associations:associations"
SOURCE = "工作台"
LOWEST = 5
# Who looks at several committees.
COMPARING = DEPARTMENT | {Role.REGIONAL_OFFICE}
NAMES = {Measure.COVERED: "organization_rate", Measure.WORK_COVERED: "work_rate"}


def blocks(actor: Actor, today: date, attention: Sequence[Figure]) -> list[Block]:
    """What is wrong (after `attention`, what is late), the rates, the draft of the month, the lowest committees."""
    base = base_of(actor)
    try:
        *before, rules = coverage_rules_on([*([base.as_of] if base else []), today])
        by = Dimension.COMMITTEE if actor.role in COMPARING else Dimension.KIND
        summary = coverage_summary(actor, as_of=today, by=by, rules=rules)
    except ConfigurationError as error:
        return [Block("两个覆盖", empty=str(error))]
    counts = summary.total.counts
    if not counts.in_scope:
        if scoped(Association, actor).exists():
            return []
        return [Block("社会组织", empty="您的范围内还没有社会组织。登记或导入后，这里显示两个覆盖的进展。")]
    found = [
        Block("需要关注", figures=[*attention, *_wrong(counts, today)]),
    ]
    if base is None:
        found.append(_progress(counts, today, {}, ("报告中心", reverse("reporting:centre"))))
    else:
        found += _since(actor, base, before[0], counts, today)
    if actor.role in COMPARING:
        found.append(_lowest(summary, today))
    return found


def _figure(label: str, measure: Measure, today: date, **shown: Any) -> Figure:
    url = drilldown_url(f"{SOURCE}·{label}", LIST, {"coverage": measure.value}, as_of=today)
    return Figure(label, url, unit="家", **shown)


def _wrong(counts: CoverageCounts, today: date) -> list[Figure]:
    wrong = (
        ("应建未建", Measure.SHOULD_NOT_BUILT, "党员人数已够，应当单独组建"),
        ("两个覆盖空白点", Measure.BLANK_SPOT, "没有党组织、指导员和群团组织"),
        ("党员人数未填报", Measure.UNREPORTED, "不能判断是否应当组建"),
    )
    found = [(label, measure, getattr(counts, measure), note) for label, measure, note in wrong]
    return [_figure(label, measure, today, count=count, note=note) for label, measure, count, note in found if count]


def _progress(counts: CoverageCounts, today: date, changes: dict[Measure, str], more: tuple[str, str]) -> Block:
    rates = [
        _figure(label, measure, today, rate=getattr(counts, NAMES[measure]), note=changes.get(measure, ""))
        for measure, label in RATES
    ]
    whole = _figure("纳入统计的社会组织", Measure.IN_SCOPE, today, count=counts.in_scope)
    return Block(f"两个覆盖（截至 {today}）", figures=[*rates, whole], more=more)


def _since(actor: Actor, base: Base, opening: CoverageRules, counts: CoverageCounts, today: date) -> list[Block]:
    """The rates with their change since the last issued close; the draft of the open one for those who sign it."""
    reach = reach_of(actor)
    before = base.totals if reach.is_all and base.totals is not None else sums_then(reach, base, opening)
    changes = {measure: change_words(getattr(counts, NAMES[measure]), base, before, measure) for measure, _ in RATES}
    found = [_progress(counts, today, changes, ("变动名单和原因", reverse(PAGE)))]
    if base.draft is not None and actor.role in DEPARTMENT:
        found.append(_draft(base, before, ledger_counts(reach, base.draft)))
    return found


def _draft(base: Base, before: Sums, steps: dict[Any, int]) -> Block:
    """One line a rate: the rate, its change, and the reasons, the largest first; it opens the names."""
    works: list[Work] = []
    for (measure, _label), line in zip(RATES, draft_lines(base, before, steps), strict=True):
        query = urlencode({"source": DRAFT, "number": measure.value})
        works.append(
            Work(
                f"{line.label} {line.rate.display()}，{line.change}",
                f"{reverse(PAGE)}?{query}",
                note=_reasons(steps, measure),
            )
        )
    return Block(base.draft_label, works, more=("月报和确认情况", reverse("partybuilding:closes")))


def _reasons(steps: dict[Any, int], measure: Measure) -> str:
    """减少：撤销 2、注销 1；增加：新建 1."""
    parts = []
    for delta, words in ((-1, "减少"), (1, "增加")):
        own = sorted(
            ((times, reason) for (one, sign, reason), times in steps.items() if (one, sign) == (measure, delta)),
            reverse=True,
        )
        if own:
            parts.append(f"{words}：" + "、".join(f"{reason_text(reason)} {times}" for times, reason in own))
    return "；".join(parts) or "没有变动"


def _lowest(summary: CoverageSummary, today: date) -> Block:
    """The committees with the lowest rate of organisation; each line opens the associations that are not covered."""
    groups = sorted((GroupCells(Dimension.COMMITTEE, group) for group in summary.groups), key=GroupCells.order)
    works: list[Work] = []
    for one in groups:
        counts, share = one.group.counts, one.organization_share
        if not one.group.key or share is None or share == Fraction(1) or len(works) == LOWEST:
            continue
        rate = counts.organization_rate
        label = f"{one.group.label}：{rate.display()}（{rate.numerator}/{rate.denominator}）"
        url = drilldown_url(f"{SOURCE}·{one.group.label}", LIST, one.group.list_query(Measure.UNCOVERED), as_of=today)
        own = f"，其中应建未建 {counts.should_not_built} 家" if counts.should_not_built else ""
        works.append(Work(label, url, note=f"未覆盖 {counts.uncovered} 家{own}"))
    return Block("组织覆盖率较低的综合（行业）党委", works, more=("全部", reverse("partybuilding:coverage")))
