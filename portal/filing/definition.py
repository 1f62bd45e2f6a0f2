"""What a form asks: sections of fields, and the checks between fields. Pure data, made by `loading` from a file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class FieldType(StrEnum):
    """How an answer is typed and what it means once read (`reading.parse`)."""

    TEXT = "text"  # one line
    LONG_TEXT = "long_text"
    INTEGER = "integer"  # whole number, not negative unless the field says so
    DECIMAL = "decimal"
    MONEY = "money"  # 元, two decimals
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"  # several of the choices
    PHONE = "phone"
    FILE = "file"  # attachments, not an answer
    ROWS = "rows"  # a list that grows: each row has the field's `columns`


NUMERIC = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY})


class Operator(StrEnum):
    """How a condition or a comparison holds two values together."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    FILLED = "filled"
    BLANK = "blank"
    EQUAL = "="
    AT_MOST = "<="
    LESS = "<"
    AT_LEAST = ">="
    MORE = ">"


@dataclass(frozen=True, slots=True)
class Condition:
    """「`field` operator `value`」 over the answers; a list of conditions holds when each of them does."""

    field: str
    operator: Operator
    value: str | tuple[str, ...] = ""


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked. `code` is unique in the whole form and stays the same from year to year."""

    code: str
    label: str
    type: FieldType
    unit: str = ""
    hint: str = ""
    is_required: bool = True
    required_when: tuple[Condition, ...] = ()  # besides `is_required=False`
    shown_when: tuple[Condition, ...] = ()
    choices: tuple[Choice, ...] = ()
    columns: tuple["Field", ...] = ()  # of a `rows` field
    max_rows: int = 20
    max_length: int = 200
    min_length: int = 0
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    source: str = ""  # what the register knows about it, by the name of the prefill source
    is_locked: bool = False  # the register owns the fact: shown, not typed
    how_to_change: str = ""  # of a locked field
    explains_difference: bool = False  # a value other than the source's needs a reason
    last_year: bool = True  # last year's value stands beside it and may be taken over
    explain_change_over: int | None = None  # per cent against last year; more needs a reason
    column: str = ""  # the column of the wing's figures table that reports count
    export_label: str = ""  # what the registrar's own form calls it; empty: the label
    is_personal: bool = False  # kept sealed, shown masked
    max_files: int = 3
    grid_row: str = ""  # the line and column of the statement that this cell stands in
    grid_column: str = ""

    @property
    def is_numeric(self) -> bool:
        return self.type in NUMERIC


@dataclass(frozen=True, slots=True)
class Grid:
    """A statement with fixed lines and columns; its cells are fields `<code>_<row>_<column>`."""

    code: str
    title: str
    rows: tuple[Choice, ...]
    columns: tuple[Choice, ...]
    unit: str = ""

    def cell(self, row: str, column: str) -> str:
        """The code of the field in a cell."""
        return f"{self.code}_{row}_{column}"


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading on the page; `grid` is set when they are the cells of a statement."""

    title: str
    fields: tuple[Field, ...]
    grid: Grid | None = None


@dataclass(frozen=True)
class Section:
    """One topic on one page."""

    code: str
    title: str
    groups: tuple[Group, ...]
    minutes: int = 5
    intro: str = ""
    prepare: tuple[str, ...] = ()  # what to have at hand
    may_repeat: bool = True  # 「沿用上年，无变化」 is offered
    is_party: bool = False  # what the committee clears

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return tuple(one for group in self.groups for one in group.fields)


@dataclass(frozen=True, slots=True)
class SumCheck:
    """The parts add up to the total; parts left empty count as 0, a total left empty is not checked."""

    code: str
    total: str
    parts: tuple[str, ...]
    text: str = ""
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class CompareCheck:
    """`left` operator `right`, where both are filled; `right` is a field's code or a number."""

    code: str
    left: str
    operator: Operator
    right: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class CarryCheck:
    """This year's opening figure is last year's closing figure (`last`); another one needs a reason."""

    code: str
    field: str
    last: str


Check = SumCheck | CompareCheck | CarryCheck


@dataclass(frozen=True, slots=True)
class Flag:
    """What a reviewer is shown beside `field` when the conditions hold; the association is not stopped by it."""

    code: str
    field: str
    when: tuple[Condition, ...]
    text: str


@dataclass(frozen=True)
class Form:
    """A version of a form. `code` names the form, `version` counts its editions."""

    code: str
    version: int
    title: str
    sections: tuple[Section, ...]
    checks: tuple[Check, ...] = ()
    flags: tuple[Flag, ...] = ()
    declaration: str = ""  # what the signer declares on the signature page
    export_order: tuple[str, ...] = ()  # field codes in the registrar's order; empty: the form's own
    fields: dict[str, Field] = field(init=False, compare=False)
    section_of: dict[str, str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        pairs = [(one, section.code) for section in self.sections for one in section.fields]
        object.__setattr__(self, "fields", {one.code: one for one, _section in pairs})
        object.__setattr__(self, "section_of", {one.code: section for one, section in pairs})

    def section(self, code: str) -> Section:
        """The section called `code`; KeyError when the form has none."""
        for one in self.sections:
            if one.code == code:
                return one
        raise KeyError(code)

    @property
    def asked(self) -> Iterator[Field]:
        """The fields that are typed; attachments are not among them."""
        return (one for one in self.fields.values() if one.type is not FieldType.FILE)
