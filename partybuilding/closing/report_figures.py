"""The figures of a close, or of the list of one unit: cells, tables and the rows that were kept behind each of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch
from django.utils import timezone

from associations.registry.enums import AssociationKind
from partybuilding.closing import rules
from partybuilding.closing.enums import Reason, UnitState
from partybuilding.closing.models import Close, CloseChange, CloseEdition, CloseUnit, Correction, CorrectionItem
from partybuilding.closing.rules import MEASURES, Window, counted
from partybuilding.closing.selectors import Row, kept_rows, opening_edition, window_of
from partybuilding.coverage.enums import Measure
from partybuilding.organizations.enums import Cover
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regions.models import Region
from portal.reporting.data import (
    Align,
    Cell,
    Column,
    DrillDown,
    Roster,
    RosterColumn,
    RosterRow,
    Table,
    count,
    rate,
    text,
)
from portal.reporting.data import Row as Line

ROWS, CHANGES, UNITS = "associations", "changes", "units"
ANNEX_LINES = 100
ASSOCIATION_PAGE = ("associations:association", "association_pk")
LABELS = {
    Measure.IN_SCOPE: "纳入统计",
    Measure.COVERED: "组织已覆盖",
    Measure.WORK_COVERED: "工作已覆盖",
    Measure.OWN: "单独组建",
}
ANSWER_WORDS = {
    UnitState.AWAITING: "未确认，沿用上月",
    UnitState.CONFIRMED: "已确认",
    UnitState.REOPENED: "确认后有变化，待再确认",
}


ROW_COLUMNS = (
    RosterColumn("name", "名称", width=16),
    RosterColumn("uscc", "统一社会信用代码", width=10),
    RosterColumn("kind", "类型", width=6),
    RosterColumn("region", "登记地", width=7),
    RosterColumn("unit", "确认单位", width=10),
    RosterColumn("cover_before", "上月组织覆盖", width=7),
    RosterColumn("cover", "本月组织覆盖", width=7),
    RosterColumn("work_before", "上月指导员、群团", width=6),
    RosterColumn("work", "本月指导员、群团", width=6),
    RosterColumn("carried", "本月数据", width=5),
)
CHANGE_COLUMNS = (
    RosterColumn("name", "名称", width=16),
    RosterColumn("number", "数字", width=6),
    RosterColumn("direction", "变动", width=4),
    RosterColumn("reason", "原因", width=6),
    RosterColumn("on", "日期", width=6),
    RosterColumn("evidence", "依据", width=20),
    RosterColumn("unit", "单位", width=10),
)
UNIT_COLUMNS = (
    RosterColumn("label", "单位", width=14),
    RosterColumn("state", "确认情况", width=8),
    RosterColumn("how", "确认方式", width=8),
    RosterColumn("at", "确认时间", width=9),
    RosterColumn("by", "确认单位（人）", width=10),
)


@dataclass(frozen=True)
class Contents:
    """What a report of a close counts: the rows of both ends, the ledger between them, and the bodies that answer."""

    close: Close
    window: Window
    opening: Mapping[int, Row]
    closing: Mapping[int, Row]
    units: Mapping[str, CloseUnit]
    changes: Sequence[CloseChange]
    corrections: Sequence[Correction]


def of_edition(close: Close, edition: CloseEdition, actor: Actor) -> Contents:
    """Everything that was kept for an edition."""
    units = scoped(CloseUnit, actor).filter(close=close).order_by("label", "pk")
    return Contents(
        close,
        window_of(close),
        kept_rows(opening_edition(close)),
        kept_rows(edition),
        {unit.key: unit for unit in units},
        list(scoped(CloseChange, actor).filter(edition=edition).order_by("name", "association", "pk")),
        corrections_of(close, actor),
    )


def corrections_of(close: Close, actor: Actor, about: Collection[int] | None = None) -> list[Correction]:
    """The corrections of a close in their order; those about some associations alone name only them."""
    items = scoped(CorrectionItem, actor)
    rows = scoped(Correction, actor).filter(close=close)
    if about is not None:
        items = items.filter(association__in=about)
        rows = rows.filter(pk__in=items.values("correction"))
    return list(rows.prefetch_related(Prefetch("items", items)).order_by("recorded_at", "pk"))


class Figures:
    """The rows of a close beside those of the month before, as one roster with its lists."""

    where = "全省"

    def __init__(self, kept: Contents) -> None:
        self.close, self.window, self.as_of = kept.close, kept.window, kept.close.as_of
        self.opening, self.closing = kept.opening, kept.closing
        self.units, self.changes, self.corrections = kept.units, kept.changes, kept.corrections
        self.keys = sorted(self.opening.keys() | self.closing.keys(), key=lambda pk: (self.row(pk).name, pk))
        self.drills: dict[str, DrillDown] = {}
        self._lists()

    def row(self, pk: int) -> Row:
        return self.closing.get(pk) or self.opening[pk]

    # Lists behind the figures

    def _lists(self) -> None:
        found: dict[str, list[int]] = {}
        for position, pk in enumerate(self.keys):
            before, now = self.opening.get(pk), self.closing.get(pk)
            for end, row, parameters in (
                ("opening", before, self.window.opening_rules),
                ("closing", now, self.window.closing_rules),
            ):
                if row is None:
                    continue
                for measure, is_counted in counted(row.kept, parameters).items():
                    if is_counted:
                        found.setdefault(f"{end}:{measure}", []).append(position)
                        found.setdefault(f"{end}:{measure}:{row.kept.unit}", []).append(position)
        for end, words in (("opening", "上月数"), ("closing", "本月数")):
            for measure in MEASURES:
                for key in ("", *self.units):
                    name = f"{end}:{measure}:{key}" if key else f"{end}:{measure}"
                    where = f"{self.units[key].label}·" if key else ""
                    self.keep(name, f"{where}{LABELS[measure]}（{words}）", ROWS, found.get(name, []))
        moved: dict[str, list[int]] = {}
        for position, change in enumerate(self.changes):
            sign = "plus" if change.delta > 0 else "minus"
            for name in (
                f"{sign}:{change.measure}",
                f"{sign}:{change.measure}:{change.reason}",
                f"moved:{change.measure}",
                f"moved:{change.unit_key}",
            ):
                moved.setdefault(name, []).append(position)
        reasons = list(dict.fromkeys(change.reason for change in self.changes))
        for sign, words in (("plus", "增加"), ("minus", "减少")):
            for measure in MEASURES:
                for reason in ("", *reasons):
                    name = f"{sign}:{measure}:{reason}" if reason else f"{sign}:{measure}"
                    why = f"·{reason_label(reason)}" if reason else ""
                    self.keep(name, f"{LABELS[measure]}{words}{why}", CHANGES, moved.get(name, []))
        for measure in MEASURES:
            self.keep(f"moved:{measure}", f"{LABELS[measure]}的变动", CHANGES, moved.get(f"moved:{measure}", []))
        for key, unit in self.units.items():
            self.keep(f"moved:{key}", f"{unit.label}的变动", CHANGES, moved.get(f"moved:{key}", []))
        for state in UnitState:
            positions = [place for place, unit in enumerate(self.units.values()) if unit.state == state]
            self.keep(f"units:{state}", f"{state.label}的单位", UNITS, positions)
        self.keep("units", "确认单位", UNITS, list(range(len(self.units))))

    def keep(self, key: str, label: str, roster: str, positions: Iterable[int]) -> None:
        """Remember the list behind a figure."""
        self.drills[key] = DrillDown(label, roster, tuple(positions))

    # Cells

    def number(self, key: str) -> Cell:
        return count(len(self.drills[key].positions), key)

    def rate(self, end: str, measure: str, unit: str = "") -> Cell:
        part = f":{unit}" if unit else ""
        below = len(self.drills[f"{end}:{Measure.IN_SCOPE}{part}"].positions)
        above = f"{end}:{measure}{part}"
        return rate(len(self.drills[above].positions), below, above)

    def change(self, measure: str, unit: str = "", *, words: bool = True) -> str:
        now, before = self.rate("closing", measure, unit).ratio, self.rate("opening", measure, unit).ratio
        found = now.change_from(before)
        return found.words() if words else found.display().removesuffix("个百分点")

    # Tables

    def equation(self) -> Table:
        """上月数 + 增加 − 减少 = 本月数, for each of the four numbers."""
        lines = [
            Line(
                (
                    text(LABELS[measure]),
                    self.number(f"opening:{measure}"),
                    self.number(f"plus:{measure}"),
                    self.number(f"minus:{measure}"),
                    self.number(f"closing:{measure}"),
                )
            )
            for measure in MEASURES
        ]
        return Table(
            key="equation",
            title="两个覆盖数字平衡表",
            columns=(
                Column("label", "数字", Align.LEFT, 8),
                Column("opening", "上月数", width=6),
                Column("plus", "增加", width=5),
                Column("minus", "减少", width=5),
                Column("closing", "本月数", width=6),
            ),
            rows=tuple(lines),
            unit="家",
            note="上月数加增加、减减少等于本月数；单位之间的划转在增加和减少中各计一次。",
        )

    def reasons(self) -> Table:
        """What moved each number, by reason."""
        present = [reason for reason in (*Reason.values, "") if any(one.reason == reason for one in self.changes)]
        signs = [(measure, sign) for measure in MEASURES for sign in ("plus", "minus")]
        lines = [
            Line(
                (
                    text(reason_label(reason)),
                    *(
                        self.number(f"{sign}:{measure}:{reason}" if reason else self._nameless(sign, measure))
                        for measure, sign in signs
                    ),
                )
            )
            for reason in present
        ]
        total = Line((text("合计"), *(self.number(f"{sign}:{measure}") for measure, sign in signs)), is_total=True)
        columns = [
            Column(f"{measure}_{sign}", f"{LABELS[measure]}{'增加' if sign == 'plus' else '减少'}", width=4)
            for measure, sign in signs
        ]
        return Table(
            key="reasons",
            title="变动原因统计表",
            columns=(Column("label", "原因", Align.LEFT, 8), *columns),
            rows=(total, *lines),
            unit="家",
        )

    def _nameless(self, sign: str, measure: str) -> str:
        key = f"{sign}:{measure}:none"
        wanted = 1 if sign == "plus" else -1
        positions = [
            place
            for place, one in enumerate(self.changes)
            if not one.reason and one.measure == measure and one.delta == wanted
        ]
        self.keep(key, f"{LABELS[Measure(measure)]}没有原因的变动", CHANGES, positions)
        return key

    def by_unit(self) -> Table:
        """Every unit with its answer; what is carried is marked."""
        lines = [self._unit_line(key, unit) for key, unit in self.units.items()]
        total = Line(
            (text("合计"), text(""), *self._figures("", self.number(f"moved:{Measure.IN_SCOPE}"))[:-1], text("—")),
            is_total=True,
        )
        return Table(
            key="units",
            title="分单位两个覆盖情况表",
            columns=(
                Column("label", "单位", Align.LEFT, 13),
                Column("answer", "确认情况", Align.LEFT, 8),
                Column("in_scope", "纳入统计"),
                Column("covered", "组织已覆盖"),
                Column("organization_rate", "组织覆盖率", width=5),
                Column("organization_change", "比上月（百分点）", width=5),
                Column("work_covered", "工作已覆盖"),
                Column("work_rate", "工作覆盖率", width=5),
                Column("work_change", "比上月（百分点）", width=5),
                Column("moved", "变动项数"),
            ),
            rows=(total, *lines),
            unit="家",
            note="“未确认，沿用上月”的单位没有确认本月名单，其数字为上月数。",
        )

    def _unit_line(self, key: str, unit: CloseUnit) -> Line:
        answer = ANSWER_WORDS[UnitState(unit.state)]
        return Line((text(unit.label), text(answer), *self._figures(key, self.number(f"moved:{key}"))))

    def _figures(self, key: str, moved: Cell) -> tuple[Cell, ...]:
        part = f":{key}" if key else ""
        return (
            self.number(f"closing:{Measure.IN_SCOPE}{part}"),
            self.number(f"closing:{Measure.COVERED}{part}"),
            self.rate("closing", Measure.COVERED, key),
            text(self.change(Measure.COVERED, key, words=False)),
            self.number(f"closing:{Measure.WORK_COVERED}{part}"),
            self.rate("closing", Measure.WORK_COVERED, key),
            text(self.change(Measure.WORK_COVERED, key, words=False)),
            moved,
        )

    def ledger(self) -> Table:
        """Every change by name, as an annex."""
        merged: dict[tuple[str, ...], list[str]] = {}
        for one in self.changes:
            sign = "增加" if one.delta > 0 else "减少"
            key = (one.name, self._unit_label(one.unit_key), sign, reason_label(one.reason), evidence_text(one))
            merged.setdefault(key, []).append(LABELS[Measure(one.measure)])
        lines = [
            Line((text(name), text(unit), text(f"{'、'.join(numbers)}{sign}"), text(reason), text(evidence)))
            for (name, unit, sign, reason, evidence), numbers in merged.items()
        ]
        note = f"共 {len(lines)} 项，此处列出前 {ANNEX_LINES} 项，其余见电子表格。" if len(lines) > ANNEX_LINES else ""
        return Table(
            key="ledger",
            title="变动名单",
            columns=(
                Column("name", "社会组织", Align.LEFT, 12),
                Column("unit", "单位", Align.LEFT, 8),
                Column("number", "变动", Align.LEFT, 9),
                Column("reason", "原因", Align.LEFT, 5),
                Column("evidence", "依据", Align.LEFT, 14),
            ),
            rows=tuple(lines[:ANNEX_LINES]),
            note=note or ("" if lines else "本月没有变动。"),
        )

    def corrected(self) -> Table | None:
        """The documents of the corrections."""
        if not self.corrections:
            return None
        return Table(
            key="corrections",
            title="更正文件",
            columns=(
                Column("number", "文号", Align.LEFT, 9),
                Column("about", "社会组织", Align.LEFT, 12),
                Column("text", "更正内容", Align.LEFT, 16),
                Column("by", "登记单位", Align.LEFT, 8),
            ),
            rows=tuple(
                Line(
                    (
                        text(one.number),
                        text(rules.some([item.name for item in one.items.all()])),
                        text(one.text),
                        text(one.recorded_label),
                    )
                )
                for one in self.corrections
            ),
        )

    # Rosters

    def rosters(self) -> dict[str, Roster]:
        places = places_of(self.row(pk).region_path for pk in self.keys)
        return {
            ROWS: self.associations(ROW_COLUMNS, [self._cells(pk, places) for pk in self.keys]),
            CHANGES: replace(self.moves(), action_label="更正", action_url_name="partybuilding:close_correct"),
            UNITS: Roster(
                "确认单位",
                UNIT_COLUMNS,
                tuple(RosterRow(unit.pk, _unit_cells(unit)) for unit in self.units.values()),
                "partybuilding:close_unit",
                "close_unit_pk",
            ),
        }

    def associations(self, columns: Sequence[RosterColumn], cells: Sequence[tuple[str | int | None, ...]]) -> Roster:
        """Everything that is counted at either end; `cells` in the order of the keys."""
        rows = tuple(RosterRow(pk, line) for pk, line in zip(self.keys, cells, strict=True))
        return Roster("纳入统计的社会组织", tuple(columns), rows, *ASSOCIATION_PAGE)

    def moves(self) -> Roster:
        """The ledger."""
        rows = tuple(RosterRow(one.association_id, self._change_cells(one)) for one in self.changes)
        return Roster("变动台账", CHANGE_COLUMNS, rows, *ASSOCIATION_PAGE)

    def _cells(self, pk: int, places: dict[str, str]) -> tuple[str | int | None, ...]:
        row, before, now = self.row(pk), self.opening.get(pk), self.closing.get(pk)
        return (
            row.name,
            row.uscc,
            str(AssociationKind(row.kind).label),
            places[row.region_path],
            self._unit_label(row.kept.unit),
            _cover(before),
            _cover(now),
            _looked_after(before),
            _looked_after(now),
            "沿用上月" if row.kept.is_carried else "已确认",
        )

    def _change_cells(self, one: CloseChange) -> tuple[str | int | None, ...]:
        return (
            one.name,
            LABELS[Measure(one.measure)],
            "增加" if one.delta > 0 else "减少",
            reason_label(one.reason),
            one.on.isoformat() if one.on else "未登记",
            evidence_text(one),
            self._unit_label(one.unit_key),
        )

    def _unit_label(self, key: str) -> str:
        unit = self.units.get(key)
        return unit.label if unit is not None else "已不承担"


def reason_label(reason: str) -> str:
    return str(Reason(reason).label) if reason else "没有原因"


def evidence_text(one: CloseChange) -> str:
    document = f"更正文件：{one.document}" if one.document else ""
    return "；".join(part for part in (one.text, document) if part) or "—"


def _cover(row: Row | None) -> str:
    return str(Cover(row.kept.facts.cover).label) if row is not None else "不计入"


def _looked_after(row: Row | None) -> str:
    if row is None:
        return "不计入"
    facts = row.kept.facts
    found = [word for word, is_so in (("指导员", facts.has_instructor), ("群团", facts.has_group)) if is_so]
    return "、".join(found) or "无"


def _unit_cells(unit: CloseUnit) -> tuple[str | int | None, ...]:
    at = timezone.localtime(unit.confirmed_at).strftime("%Y-%m-%d %H:%M") if unit.confirmed_at else "—"
    return (
        unit.label,
        ANSWER_WORDS[UnitState(unit.state)],
        str(unit.get_how_display()) if unit.how else "—",
        at,
        unit.confirmed_label or "—",
    )


def places_of(paths: Iterable[str]) -> dict[str, str]:
    """长沙市岳麓区 for each region path; one query."""
    wanted = set(paths)
    names = dict(
        Region.objects.filter(code__in={code for path in wanted for code in path.strip("/").split("/")}).values_list(
            "code", "name"
        )
    )
    found = {}
    for path in wanted:
        codes = path.strip("/").split("/")
        found[path] = "".join(names.get(code, "") for code in (codes[1:] or codes))
    return found
