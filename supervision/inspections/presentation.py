"""The answers of a filing as they are read: on the check page, in a receipt, on paper, in the registrar's order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portal.filing.definition import Field, FieldType, Form, Grid, Group, Section
from portal.filing.examination import FieldState, Given, examine
from portal.filing.reading import Answers, Raw, Value, display, parse
from supervision.inspections.models import Submission
from supervision.inspections.selectors import handed_in_answers


@dataclass(frozen=True)
class Answer:
    """One answer in words. `change` and `last` are empty where there is nothing to compare."""

    code: str
    label: str
    text: str
    unit: str = ""
    last: str = ""
    change: str = ""
    reason: str = ""
    problems: tuple[str, ...] = ()
    is_changed: bool = False


@dataclass(frozen=True)
class GridCell:
    column: str
    text: str


@dataclass(frozen=True)
class GridLine:
    label: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class AnswerGroup:
    title: str
    answers: tuple[Answer, ...]
    grid: Grid | None = None
    lines: tuple[GridLine, ...] = ()

    @property
    def is_shown(self) -> bool:
        return bool(self.answers or self.lines)


def answer_groups(
    section: Section,
    states: Mapping[str, FieldState],
    *,
    files: Mapping[str, Collection[str]] | None = None,
    changed: Collection[str] = (),
    with_problems: bool = False,
) -> list[AnswerGroup]:
    """A section's answers, what is not asked left out; `files` are the names handed in under a field."""
    return [_group(group, states, files or {}, changed, with_problems) for group in section.groups]


def _group(
    group: Group,
    states: Mapping[str, FieldState],
    files: Mapping[str, Collection[str]],
    changed: Collection[str],
    with_problems: bool,
) -> AnswerGroup:
    if group.grid is not None:
        return AnswerGroup(group.title, (), group.grid, _lines(group.grid, states))
    answers = tuple(
        Answer(
            code=one.code,
            label=one.label,
            text=answer_text(one, state, files.get(one.code, ())),
            unit=one.unit,
            last=_last(one, state),
            change=state.change,
            reason=state.reason,
            problems=state.problems if with_problems else (),
            is_changed=one.code in changed,
        )
        for one in group.fields
        if (state := states[one.code]).is_shown
    )
    return AnswerGroup(group.title, answers)


def _last(one: Field, state: FieldState) -> str:
    """Last year's answer: beside figures always, beside words when they differ."""
    if not one.last_year or (state.last == state.value and not one.is_numeric):
        return ""
    return display(one, state.last, mask=True)


def _lines(grid: Grid, states: Mapping[str, FieldState]) -> tuple[GridLine, ...]:
    lines = []
    for row in grid.rows:
        cells = []
        for column in grid.columns:
            state = states.get(grid.cell(row.code, column.code))
            cells.append(GridCell(column.label, answer_text(state.field, state) if state else "—"))
        lines.append(GridLine(row.label, tuple(cells)))
    return tuple(lines)


def answer_text(one: Field, state: FieldState, files: Collection[str] = ()) -> str:
    """An answer in words with its unit, personal ones masked; empty where there is none."""
    if one.type is FieldType.FILE:
        return "、".join(files)
    if state.value is None and state.raw and not one.is_personal:
        return str(state.raw) if isinstance(state.raw, str) else "（读不出来）"
    text = display(one, state.value, mask=True)
    return f"{text} {one.unit}" if text and one.unit and not one.grid_row else text


def handed_in_states(form: Form, submission: Submission) -> dict[str, FieldState]:
    """The answers of a hand-in as they were, by the form they were given in."""
    given = Given(form=form, answers=handed_in_answers(submission), reasons=submission.reasons)
    return dict(examine(given).fields)


def registrar_rows(form: Form, answers: Answers, states: Mapping[str, FieldState]) -> list[tuple[str, str, Value, str]]:
    """(number, what the registrar's form calls it, the answer with its own type, unit) in the registrar's order."""
    order = form.export_order or tuple(one.code for one in form.asked)
    rows: list[tuple[str, str, Value, str]] = []
    for code in order:
        one = form.fields[code]
        if one.type is FieldType.FILE or not states[code].is_shown:
            continue
        rows.append((str(len(rows) + 1), one.export_label or one.label, _typed(one, answers.get(code)), one.unit))
    return rows


def _typed(one: Field, raw: Raw | None) -> Value:
    """A number stays a number, a date a date; the rest in words."""
    read = parse(one, raw)
    if read.problem:
        return raw if isinstance(raw, str) and not one.is_personal else "（读不出来）"
    if one.is_numeric or one.type is FieldType.DATE:
        return read.value
    return display(one, read.value, mask=True)
