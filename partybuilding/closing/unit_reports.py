"""The list of one unit of a close as a report: what a committee or a city confirms, to be printed and filed (X-21).

It reads the same list as the page of the unit, so that both say the same; of an issued close, what was issued.
"""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from associations.registry.enums import AssociationKind
from partybuilding.closing.enums import UnitState
from partybuilding.closing.keeping import change_row
from partybuilding.closing.models import Close, CloseUnit
from partybuilding.closing.report_figures import (
    CHANGES,
    ROWS,
    Contents,
    Figures,
    corrections_of,
    places_of,
)
from partybuilding.closing.report_wording import (
    before_words,
    cards,
    changed_words,
    corrected,
    definitions,
    members_words,
    now_words,
    overall,
    reasons,
)
from partybuilding.closing.rules import month_of
from partybuilding.closing.selectors import answers_for, unit_list
from partybuilding.closing.transitions import CLOSERS
from partybuilding.coverage.enums import Measure
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.reporting.data import Align, Card, Column, Paragraph, ReportData, Roster, RosterColumn, Table, text
from portal.reporting.data import Row as Line
from portal.reporting.forms import ReportParameters
from portal.reporting.printing import document_date
from portal.reporting.registry import Report

KEY = "close_unit"
# A list on paper; what is longer stands whole in the spreadsheet.
LIST_LINES = 500
UNIT_ROWS = (
    RosterColumn("name", "名称", width=16),
    RosterColumn("uscc", "统一社会信用代码", width=10),
    RosterColumn("kind", "类型", width=6),
    RosterColumn("region", "登记地", width=7),
    RosterColumn("changed", "对照", width=5),
    RosterColumn("before", "上月", width=10),
    RosterColumn("now", "本月", width=10),
    RosterColumn("members", "正式党员（人）", width=6),
)


class UnitFigures(Figures):
    """The figures of one unit's list."""

    def __init__(self, unit: CloseUnit, actor: Actor, as_of: date) -> None:
        found = unit_list(unit, actor)
        self.unit, self.where = unit, f"{unit.label}负责的"
        self.lines = {line.pk: line for line in found.lines}
        ledger = sorted(found.changes, key=lambda one: (found.names[one.association], one.association))
        super().__init__(
            Contents(
                unit.close,
                found.window,
                {pk: row for pk, row in found.opening.items() if row.kept.unit == unit.key},
                {pk: row for pk, row in found.closing.items() if row.kept.unit == unit.key},
                {unit.key: unit},
                [change_row(one, found.names[one.association]) for one in ledger],
                corrections_of(unit.close, actor, self.lines.keys()),
            )
        )
        self.as_of = as_of
        differing = [place for place, pk in enumerate(self.keys) if self.lines[pk].is_changed]
        self.keep("differing", "与上月不同", ROWS, differing)

    def rosters(self) -> dict[str, Roster]:
        """What a person who confirms compares, in the words of the page; what is wrong is mended there."""
        places = places_of(self.row(pk).region_path for pk in self.keys)
        cells = [self._line_cells(pk, places) for pk in self.keys]
        return {**super().rosters(), ROWS: self.associations(UNIT_ROWS, cells), CHANGES: self.moves()}

    def _line_cells(self, pk: int, places: dict[str, str]) -> tuple[str | int | None, ...]:
        row, line = self.row(pk), self.lines[pk]
        return (
            row.name,
            row.uscc,
            str(AssociationKind(row.kind).label),
            places[row.region_path],
            changed_words(line),
            before_words(line),
            now_words(line),
            members_words(line),
        )

    def list_table(self) -> Table:
        """The list itself, what changed on top."""
        lines = [line for line in self.lines.values() if line.was_here or line.is_here]
        more = f"共 {len(lines)} 家，此处列出前 {LIST_LINES} 家，其余见电子表格。" if len(lines) > LIST_LINES else ""
        return Table(
            key="list",
            title="社会组织名单",
            columns=(
                Column("name", "社会组织", Align.LEFT, 13),
                Column("changed", "对照", Align.LEFT, 5),
                Column("before", "上月", Align.LEFT, 10),
                Column("now", "本月", Align.LEFT, 10),
                Column("members", "正式党员（人）", Align.LEFT, 6),
            ),
            rows=tuple(
                Line(
                    (
                        text(line.name),
                        text(changed_words(line)),
                        text(before_words(line)),
                        text(now_words(line)),
                        text(members_words(line)),
                    )
                )
                for line in lines[:LIST_LINES]
            ),
            note=more,
        )

    def answer(self) -> Paragraph:
        """Who has confirmed the list, and when."""
        unit = self.unit
        if unit.confirmed_at is None:
            said = f"{unit.label}尚未确认本月名单，确认截止{document_date(unit.close.due_on)}。"
            return Paragraph((said,))
        on = document_date(timezone.localdate(unit.confirmed_at))
        said = f"本月名单已于{on}由{unit.confirmed_label}确认（{unit.get_how_display()}）"
        again = "；确认以后名单又有变化，待再次确认。" if unit.state == UnitState.REOPENED else "。"
        return Paragraph((said, again))


def unit_cards(found: UnitFigures) -> tuple[Card, ...]:
    """As on the month's report, and what the unit has to look at."""
    *shared, _waiting = cards(found)
    here = found.number(f"closing:{Measure.IN_SCOPE}").display()
    return (*shared, Card("与上月不同", found.number("differing"), f"本月名单 {here} 家"))


def units_of(actor: Actor, as_of: date) -> Any:
    """The units of the month of a day that the actor reaches."""
    rows = scoped(CloseUnit, actor).filter(close__month=month_of(as_of))
    return rows.select_related("close__previous", "department", "region").order_by("label", "pk")


class UnitParameters(ReportParameters):
    """A month by one of its days, and one of the units that the actor reaches in it."""

    unit = forms.ChoiceField(label="单位")
    field_order = ("as_of", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = scoped(CloseUnit, self.actor).select_related("close", "department", "region").order_by("-close__month")
        known: dict[str, CloseUnit] = {}
        for unit in rows:
            known.setdefault(unit.key, unit)
        units = sorted(known.values(), key=lambda unit: (unit.label, unit.key))
        self.fields["unit"].choices = [(unit.key, unit.label) for unit in units]  # type: ignore[attr-defined]
        own = [unit for unit in units if answers_for(self.actor, unit)]
        if len(own) == 1:
            self.initial["unit"] = own[0].key
        self.fields["as_of"].label = "月份"
        self.fields["as_of"].help_text = "当月的任意一天；月末已过的，按当月最后一天统计。"

    def clean_as_of(self) -> date:
        """The last day of the month, today while it lasts."""
        day: date = self.cleaned_data["as_of"]
        close = scoped(Close, self.actor).filter(month=month_of(day)).first()
        if close is None:
            raise forms.ValidationError(f"{month_of(day)} 没有建立月报。请填写已建立月报的月份中的一天。")
        return min(close.as_of, timezone.localdate())

    def to_params(self) -> dict[str, Any]:
        return {"unit": self.cleaned_data["unit"]}


def build_unit(actor: Actor, params: dict[str, Any], as_of: date) -> ReportData:
    """The list of a unit in the month of a day. Raises `Refused` for a month or unit that the actor does not reach."""
    unit = units_of(actor, as_of).filter(key=str(params.get("unit", ""))).first()
    if unit is None:
        raise Refused(
            "close.unit", f"{month_of(as_of)} 的月报里没有所选的单位，或者不在您的范围内。请重新选择月份和单位。"
        )
    found = UnitFigures(unit, actor, as_of)
    annexes = (found.ledger().without("unit"), found.corrected(), found.list_table())
    said = [
        Paragraph(("一、总体情况",), 1),
        overall(found),
        Paragraph(("二、变动原因",), 1),
        *reasons(found),
        Paragraph(("三、确认情况",), 1),
        found.answer(),
        *corrected(found),
    ]
    return ReportData(
        title=f"{unit.label}社会组织两个覆盖月报",
        subtitle=f"（{unit.close.label}）",
        as_of=as_of,
        scope_label=unit.label,
        issuer=unit.department.name if unit.department is not None else f"中共{unit.region.name}委社会工作部",
        cards=unit_cards(found),
        narrative=tuple(said),
        tables=(found.equation(), found.reasons()),
        annexes=tuple(one for one in annexes if one is not None),
        definitions=definitions(found.window.closing_rules),
        rosters=found.rosters(),
        drilldowns=found.drills,
    )


REPORT = Report(
    key=KEY,
    title="单位两个覆盖月报",
    summary="一个综合（行业）党委或市州当月确认的名单：两个覆盖与上月对照，变动列明社会组织和原因，可打印存档。",
    parameters=UnitParameters,
    roles=frozenset(CLOSERS),
    build=build_unit,
)
