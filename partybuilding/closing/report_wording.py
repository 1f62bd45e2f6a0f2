"""What the monthly report says in words: cards, running text, definitions."""

from typing import TYPE_CHECKING

from partybuilding.closing import rules
from partybuilding.closing.enums import Reason, UnitState
from partybuilding.closing.rules import Kept
from partybuilding.closing.selectors import ListLine
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.report_wording import definitions as coverage_definitions
from partybuilding.coverage.rules import CoverageRules
from partybuilding.organizations.enums import Cover
from portal.reporting.data import Card, Cell, Definition, Paragraph
from portal.reporting.printing import document_date

if TYPE_CHECKING:
    from partybuilding.closing.report_figures import Figures

RATES = ((Measure.COVERED, "组织覆盖率"), (Measure.WORK_COVERED, "工作覆盖率"), (Measure.OWN, "单独组建率"))


def cards(found: "Figures") -> tuple[Card, ...]:
    """Both rates with their change, the names behind it in one click, and who has not confirmed."""
    before = "上月{}，比上月{}"
    rates = [
        Card(
            label,
            found.rate("closing", measure),
            before.format(found.rate("opening", measure).display(), found.change(measure)),
        )
        for measure, label in RATES
    ]
    return (
        *rates,
        Card("组织覆盖的变动", found.number(f"moved:{Measure.COVERED}"), _net(found, Measure.COVERED)),
        Card("工作覆盖的变动", found.number(f"moved:{Measure.WORK_COVERED}"), _net(found, Measure.WORK_COVERED)),
        Card("纳入统计", found.number(f"closing:{Measure.IN_SCOPE}"), _net(found, Measure.IN_SCOPE)),
        Card(
            "未确认单位",
            found.number(f"units:{UnitState.AWAITING}"),
            f"应确认 {len(found.units)} 个单位；未确认的沿用上月数",
        ),
    )


def _net(found: "Figures", measure: Measure) -> str:
    plus, minus = (len(found.drills[f"{sign}:{measure}"].positions) for sign in ("plus", "minus"))
    return f"增加 {plus}，减少 {minus}"


def narrative(found: "Figures") -> tuple[Paragraph, ...]:
    """The report in four parts, as an office writes it."""
    said = [
        Paragraph(("一、总体情况",), 1),
        overall(found),
        Paragraph(("二、变动原因",), 1),
        *reasons(found),
        Paragraph(("三、确认情况",), 1),
        _answers(found),
    ]
    return (*said, *corrected(found))


def overall(found: "Figures") -> Paragraph:
    """Both rates in one sentence, each with its change."""
    return Paragraph(
        (
            f"截至{document_date(found.as_of)}，{found.where}纳入统计的社会组织",
            found.number(f"closing:{Measure.IN_SCOPE}"),
            "家，已建立或纳入党组织的",
            found.number(f"closing:{Measure.COVERED}"),
            "家，组织覆盖率",
            found.rate("closing", Measure.COVERED),
            f"，比上月{found.change(Measure.COVERED)}；工作覆盖",
            found.number(f"closing:{Measure.WORK_COVERED}"),
            "家，工作覆盖率",
            found.rate("closing", Measure.WORK_COVERED),
            f"，比上月{found.change(Measure.WORK_COVERED)}。",
        )
    )


def reasons(found: "Figures") -> list[Paragraph]:
    """What moved each number, or that nothing did."""
    moves = [_moves(found, measure) for measure in (Measure.IN_SCOPE, Measure.COVERED, Measure.WORK_COVERED)]
    return [one for one in moves if one is not None] or [Paragraph(("本月没有变动。",))]


def corrected(found: "Figures") -> list[Paragraph]:
    """The part about corrections, where there are any."""
    if not found.corrections:
        return []
    numbers = "、".join(one.number for one in found.corrections)
    return [
        Paragraph(("四、更正情况",), 1),
        Paragraph((f"本月登记更正 {len(found.corrections)} 件，文件为{numbers}，详见附表。",)),
    ]


def _moves(found: "Figures", measure: Measure) -> Paragraph | None:
    parts: list[str | Cell] = []
    for sign, words in (("plus", "增加"), ("minus", "减少")):
        if not found.drills[f"{sign}:{measure}"].positions:
            continue
        parts += ["；" if parts else f"{_LABELS[measure]}", words, found.number(f"{sign}:{measure}"), "家（"]
        reasons = [
            reason for reason in Reason.values if found.drills.get(f"{sign}:{measure}:{reason}", _EMPTY).positions
        ]
        for place, reason in enumerate(reasons):
            parts += [
                "、" if place else "",
                f"{Reason(reason).label}",
                found.number(f"{sign}:{measure}:{reason}"),
                "家",
            ]
        parts.append("）")
    return Paragraph((*parts, "。")) if parts else None


class _Empty:
    positions: tuple[int, ...] = ()


_EMPTY = _Empty()
_LABELS = {Measure.IN_SCOPE: "纳入统计的社会组织", Measure.COVERED: "组织覆盖", Measure.WORK_COVERED: "工作覆盖"}


def _answers(found: "Figures") -> Paragraph:
    waiting = [unit.label for unit in found.units.values() if unit.state == UnitState.AWAITING]
    reopened = [unit.label for unit in found.units.values() if unit.state == UnitState.REOPENED]
    parts: list[str | Cell] = [
        "应确认名单的单位",
        found.number("units"),
        "个，已确认",
        found.number(f"units:{UnitState.CONFIRMED}"),
        "个",
    ]
    if waiting:
        parts += [
            "，未确认",
            found.number(f"units:{UnitState.AWAITING}"),
            f"个（{rules.some(waiting)}），按上月数列入并在表中标明",
        ]
    if reopened:
        parts += ["，确认后又有变化", found.number(f"units:{UnitState.REOPENED}"), f"个（{rules.some(reopened)}）"]
    return Paragraph((*parts, "。"))


# One association of a list


def kept_words(kept: Kept | None, *, here: bool) -> str:
    """单独组建；有指导员."""
    if kept is None:
        return "不计入"
    parts = [str(Cover(kept.facts.cover).label)]
    parts += [
        word for word, is_so in (("有指导员", kept.facts.has_instructor), ("有群团组织", kept.facts.has_group)) if is_so
    ]
    return "；".join(parts) if here else f"由其他单位负责（{'；'.join(parts)}）"


def changed_words(line: ListLine) -> str:
    return "有变化" if line.is_changed else "无变化"


def before_words(line: ListLine) -> str:
    return kept_words(line.before, here=line.was_here)


def now_words(line: ListLine) -> str:
    return kept_words(line.now, here=line.is_here)


def members_words(line: ListLine) -> str:
    """The larger of the two reported numbers; last month's before it where they differ."""
    before, now = _members(line.before), _members(line.now)
    return now if before == now or line.before is None or line.now is None else f"{before} → {now}"


def _members(kept: Kept | None) -> str:
    if kept is None:
        return "—"
    known = [one for one in (kept.facts.relation_count, kept.facts.working_count) if one is not None]
    return str(max(known)) if known else "未填报"


OWN_DEFINITIONS = (
    Definition("上月数", "上一期签发的月报留存的数字；第一期为当月前一日的登记数字。", "X-21"),
    Definition("变动原因", "按有日期的登记事实认定；发生在上月以前、本月才登记的列为更正，须有文件。", "X-21"),
    Definition("沿用上月", "到出稿时没有确认名单的单位，其社会组织按上月数列入并标明。", "X-21"),
    Definition("划转", "社会组织改由另一单位负责，两个单位都确认后各记一次，全省合计为零。", "R-171"),
)


def definitions(parameters: CoverageRules) -> tuple[Definition, ...]:
    return (*coverage_definitions(parameters), *OWN_DEFINITIONS)
