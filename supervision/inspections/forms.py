"""A section as a page shows it, and what its form posts. Works without scripts: everything is drawn, also what is
hidden until another answer asks for it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from portal.filing.definition import Condition, Field, FieldType, Grid, Group, Section
from portal.filing.examination import FieldState
from portal.filing.reading import Answers, Raw, display, parse
from supervision.inspections.models import Attachment
from supervision.inspections.prefill import LAST_YEAR, ORIGIN_LABELS
from supervision.inspections.selectors import Filing, Wanted

INPUT_MODES = {
    FieldType.INTEGER: "numeric",
    FieldType.DECIMAL: "decimal",
    FieldType.MONEY: "decimal",
    FieldType.DATE: "numeric",
    FieldType.PHONE: "tel",
}
NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY})
SPARE_ROWS = 1
LONGEST_TYPED = 20_000


@dataclass(frozen=True)
class Option:
    code: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Cell:
    """One input of a row that grows."""

    name: str
    column: Field
    value: str
    options: tuple[Option, ...]
    input_mode: str


@dataclass(frozen=True)
class Control:
    """One thing that is asked, with everything the page says about it."""

    field: Field
    kind: str
    is_shown: bool
    is_optional: bool
    value: str = ""
    options: tuple[Option, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    last: str = ""
    change: str = ""
    needs_reason: str = ""
    reason: str = ""
    is_locked: bool = False
    masked: str = ""
    origin: str = ""
    files: tuple[Attachment, ...] = ()
    file_errors: tuple[str, ...] = ()
    shown_when: str = ""
    input_mode: str = ""

    @property
    def code(self) -> str:
        return self.field.code

    @property
    def element(self) -> str:
        return f"f-{self.field.code}"

    @property
    def may_need_reason(self) -> bool:
        return bool(
            self.field.explain_change_over or self.field.explains_difference or self.needs_reason or self.reason
        )

    @property
    def described(self) -> str:
        """The ids of what stands beside the input."""
        found = []
        if self.field.hint:
            found.append(f"{self.element}-hint")
        if self.remarks:
            found.append(f"{self.element}-remark")
        if self.problems:
            found.append(f"{self.element}-error")
        if self.last or self.origin:
            found.append(f"{self.element}-aside")
        return " ".join(found)

    @property
    def width(self) -> str:
        if self.field.type in NUMBERS or self.field.type in (FieldType.DATE, FieldType.PHONE):
            return "short"
        return "" if self.field.max_length > 60 else "medium"


@dataclass(frozen=True)
class GridRow:
    """A line of a statement: under each column's name its control, none where the form asks nothing."""

    label: str
    cells: tuple[tuple[str, Control | None], ...]


@dataclass(frozen=True)
class Column:
    """A column of a statement that can be filled at once, one line a row; `text` and `problem` are of a failed try."""

    name: str
    label: str
    row_count: int
    text: str = ""
    problem: str = ""


@dataclass(frozen=True)
class ShownGroup:
    """Controls under one heading; the lines of a statement where they stand in one."""

    title: str
    controls: tuple[Control, ...]
    grid: Grid | None = None
    grid_rows: tuple[GridRow, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def has_empty(self) -> bool:
        """A cell that is asked for holds nothing yet."""
        cells = [one for row in self.grid_rows for _label, one in row.cells if one is not None]
        return any(one.is_shown and not one.is_locked and not one.value for one in cells)

    @property
    def has_pasted(self) -> bool:
        """A column that was pasted did not fit."""
        return any(one.problem for one in self.columns)

    @property
    def is_shown(self) -> bool:
        return any(one.is_shown for one in self.controls)

    @property
    def locked(self) -> list[Control]:
        """What the register owns: read together, in a list."""
        return [one for one in self.controls if one.is_locked and one.is_shown]

    @property
    def ways_to_change(self) -> dict[str, list[str]]:
        """How what is locked is changed → the labels it holds for."""
        found: dict[str, list[str]] = {}
        for one in self.locked:
            if one.field.how_to_change:
                found.setdefault(one.field.how_to_change, []).append(one.field.label)
        return found


@dataclass
class Typed:
    """What a form posted: answers and reasons by field, and columns of statements that were pasted and do not fit."""

    answers: Answers = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, tuple[str, str]] = field(default_factory=dict)  # input name → (its text, what is wrong)
    filled_count: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.answers and not self.reasons


def read_posted(section: Section, data: QueryDict | Mapping[str, Any]) -> Typed:
    """The answers of the fields that the form says it showed; a box that was not ticked is an empty answer.

    A personal answer left empty is one that was not touched: its input is never filled.
    """
    shown = set(",".join(_list(data, "fields")).split(","))
    typed = Typed()
    for one in section.fields:
        if one.code not in shown or one.is_locked or one.type is FieldType.FILE:
            continue
        raw = _raw(one, data)
        if one.is_personal and not raw and not _list(data, f"clear-{one.code}"):
            continue
        typed.answers[one.code] = raw
        if (reasons := _list(data, f"reason-{one.code}")) != []:
            typed.reasons[one.code] = reasons[0][:500]
    for group in section.groups:
        if group.grid is not None:
            _paste(group.grid, data, typed)
    return typed


def _paste(grid: Grid, data: Any, typed: Typed) -> None:
    """A whole column in one box, as it comes from a spreadsheet: a line a row, an empty line changes nothing.

    What does not fit is not guessed: nothing of that column is filled in.
    """
    for column in grid.columns:
        name = paste_name(grid, column.code)
        text = "".join(_list(data, name)[:1])[:LONGEST_TYPED]
        if not text.strip():
            continue
        lines = text.rstrip("\r\n").splitlines()
        codes = [grid.cell(row.code, column.code) for row in grid.rows]
        if any("\t" in line.strip() for line in lines):
            problem = f"粘贴的内容有不止一列。请只复制「{column.label}」一列，再粘贴。"
        elif len(lines) > len(codes):
            problem = f"粘贴了 {len(lines)} 行，「{grid.title}」只有 {len(codes)} 行，没有填入。请去掉表头和多余的行。"
        else:
            problem = ""
        if problem:
            typed.unfit[name] = (text, problem)
            continue
        for code, line in zip(codes, lines, strict=False):
            if line.strip() and code in typed.answers:
                typed.answers[code] = line.strip()
                typed.filled_count += 1


def fill_with_zero(section: Section, grid: str, typed: Typed) -> None:
    """「空格填 0」: the person says that what was left empty in a statement did not happen."""
    for group in section.groups:
        for one in group.fields if group.grid is not None and group.grid.code == grid else ():
            if one.code in typed.answers and not typed.answers[one.code]:
                typed.answers[one.code] = "0"
                typed.filled_count += 1


def paste_name(grid: Grid, column: str) -> str:
    return f"paste-{grid.code}-{column}"


def _list(data: Any, name: str) -> list[str]:
    found = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
    return [found] if isinstance(found, str) else list(found)


def _raw(one: Field, data: Any) -> Raw:
    if one.type is FieldType.CHOICES:
        return [text for text in _list(data, one.code) if text]
    if one.type is FieldType.ROWS:
        return _rows(one, data)
    found = _list(data, one.code)
    return found[0].strip()[:LONGEST_TYPED] if found else ""


def _rows(one: Field, data: Any) -> list[dict[str, str]]:
    counts = _list(data, f"{one.code}-count")
    count = int(counts[0]) if counts and counts[0].isdecimal() and len(counts[0]) < 4 else 0
    found = []
    for number in range(min(count, one.max_rows + 20)):
        row = {}
        for column in one.columns:
            typed = _list(data, f"{one.code}-{number}-{column.code}")
            row[column.code] = typed[0].strip()[:LONGEST_TYPED] if typed else ""
        if any(row.values()):
            found.append(row)
    return found


# Drawing ----------------------------------------------------------------------------------------------------------
def shown_groups(
    filing: Filing,
    section: Section,
    *,
    typed: Typed | None = None,
    says_problems: bool = False,
    wanted: Iterable[Wanted] = (),
    spare: Mapping[str, int] | None = None,
    file_errors: Mapping[str, list[str]] | None = None,
) -> list[ShownGroup]:
    """The section's fields as the page draws them.

    `typed` overlays what was just posted; `says_problems` is set once the person said that the section is complete;
    `wanted` are a reviewer's words; `spare` asks for more empty rows.
    """
    remarks: dict[str, list[str]] = {}
    for one in wanted:
        remarks.setdefault(one.field, []).append(one.text)
    row = filing.sections[section.code]
    overlay = typed or Typed()

    def control(one: Field) -> Control:
        state = filing.examination.fields[one.code]
        origin = row.origins.get(one.code)
        return _control(
            one,
            state,
            overlay=overlay,
            origin=origin,
            on=str(filing.on),
            files=tuple(filing.attachments.get(one.code, [])),
            remarks=tuple(remarks.get(one.code, [])),
            says_problems=says_problems,
            spare=(spare or {}).get(one.code, SPARE_ROWS),
            file_errors=tuple((file_errors or {}).get(one.code, ())),
        )

    return [_group(group, {one.code: control(one) for one in group.fields}, overlay) for group in section.groups]


def _group(group: Group, controls: dict[str, Control], typed: Typed) -> ShownGroup:
    rows: tuple[GridRow, ...] = ()
    columns: list[Column] = []
    if group.grid is not None:
        for column in group.grid.columns:
            cells = [controls.get(group.grid.cell(line.code, column.code)) for line in group.grid.rows]
            if any(one is not None and not one.is_locked for one in cells):
                name = paste_name(group.grid, column.code)
                columns.append(Column(name, column.label, len(cells), *typed.unfit.get(name, ())))
        rows = tuple(
            GridRow(
                line.label,
                tuple(
                    (column.label, controls.get(group.grid.cell(line.code, column.code)))
                    for column in group.grid.columns
                ),
            )
            for line in group.grid.rows
        )
    return ShownGroup(group.title, tuple(controls.values()), group.grid, rows, tuple(columns))


def _control(
    one: Field,
    state: FieldState,
    *,
    overlay: Typed,
    origin: dict[str, str] | None,
    on: str,
    files: tuple[Attachment, ...],
    remarks: tuple[str, ...],
    says_problems: bool,
    spare: int,
    file_errors: tuple[str, ...],
) -> Control:
    raw = overlay.answers.get(one.code, state.raw)
    value, masked = _value(one, raw, state, is_typed=one.code in overlay.answers)
    origin_text = ""
    if one.is_locked:
        origin_text = f"来自登记库，{on} 读取"
    elif origin and (value or masked or raw):
        origin_text = f"来自{ORIGIN_LABELS.get(origin['from'], '上年年检')}，{origin['on']}"
    needs_reason = state.needs_reason
    # What cannot be read is said at once; what is missing or does not add up, once the section is called done.
    is_unread = bool(raw) and state.value is None
    problems = state.problems if says_problems or is_unread else ()
    is_carried = origin is not None and origin["from"] == LAST_YEAR and one.code not in overlay.answers
    return Control(
        field=one,
        kind=str(one.type),
        is_shown=state.is_shown,
        is_optional=not state.is_required and not one.is_locked,
        value=value,
        options=_options(one, raw),
        rows=_row_cells(one, () if one.is_personal and one.code not in overlay.answers else raw, spare),
        problems=tuple(problems),
        remarks=remarks,
        last="" if is_carried else _last(one, state),
        change="" if is_carried else state.change,
        needs_reason=needs_reason,
        reason=overlay.reasons.get(one.code, state.reason),
        is_locked=one.is_locked,
        masked=masked,
        origin=origin_text,
        files=files,
        file_errors=file_errors,
        shown_when=_conditions(one.shown_when),
        input_mode=INPUT_MODES.get(one.type, ""),
    )


def _value(one: Field, raw: Raw | None, state: FieldState, *, is_typed: bool) -> tuple[str, str]:
    """(what the input holds, what is known of a personal answer)."""
    if one.is_personal and not is_typed:
        return "", display(one, state.value, mask=True)
    if one.is_locked:
        return display(one, state.value), ""
    return raw if isinstance(raw, str) else "", ""


def _last(one: Field, state: FieldState) -> str:
    """Last year's answer where it says something: beside figures always, beside words when they differ."""
    if not one.last_year or one.is_locked or (state.last == state.value and not one.is_numeric):
        return ""
    return _with_unit(one, display(one, state.last, mask=True))


def _with_unit(one: Field, text: str) -> str:
    return f"{text} {one.unit}".strip() if text else ""


def _options(one: Field, raw: Raw | None) -> tuple[Option, ...]:
    if one.type is FieldType.YES_NO:
        read = parse(one, raw).value
        return (Option("yes", "是", read is True), Option("no", "否", read is False))
    if one.type is FieldType.CHOICE:
        read = parse(one, raw).value
        return tuple(Option(choice.code, choice.label, choice.code == read) for choice in one.choices)
    if one.type is FieldType.CHOICES:
        chosen = raw if isinstance(raw, list) else [raw]
        return tuple(Option(choice.code, choice.label, choice.code in chosen) for choice in one.choices)
    return ()


def _row_cells(one: Field, raw: Any, spare: int) -> tuple[tuple[Cell, ...], ...]:
    if one.type is not FieldType.ROWS:
        return ()
    rows = [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []
    rows += [{} for _ in range(max(0, min(spare, one.max_rows - len(rows))))]
    return tuple(
        tuple(
            Cell(
                name=f"{one.code}-{number}-{column.code}",
                column=column,
                value=str(row.get(column.code, "")),
                options=_options(column, row.get(column.code, "")),
                input_mode=INPUT_MODES.get(column.type, ""),
            )
            for column in one.columns
        )
        for number, row in enumerate(rows)
    )


def _conditions(conditions: tuple[Condition, ...]) -> str:
    """The conditions for the script that shows and hides; the server decides by itself."""
    if not conditions:
        return ""
    plain = [
        {"field": one.field, "operator": str(one.operator), "value": one.value if one.value != () else ""}
        for one in conditions
    ]
    return json.dumps(plain, ensure_ascii=False)
