"""What a typed answer means. Tolerant of how people paste; a value is never repaired by guessing.

Answers are kept as typed. `parse` reads one, `display` writes it for people, `canonical` writes it so that two
spellings of one value are the same text.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from portal.filing import wording
from portal.filing.definition import Choice, Field, FieldType, Form
from portal.importing.normalise import clean, half_width
from portal.privacy.masks import mask_phone, mask_text

Raw = str | list[str] | list[dict[str, str]]
Answers = dict[str, Raw]
Value = str | int | Decimal | date | bool | tuple[str, ...] | tuple[dict[str, Any], ...] | None

YES = frozenset({"yes", "是", "有", "true", "1", "√", "已建立", "已写入"})
NO = frozenset({"no", "否", "无", "false", "0", "×", "未建立", "未写入"})
UNITS = "家|人次|人|名|位|个|次|项|件|场|篇|期|份|条|岁|年|小时|%"
NUMBER = re.compile(rf"^([-+(]?)[¥￥]?([\d,. ]+?)\)?(亿|万)?(元|{UNITS})?整?\)?$")
GROUPED = re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d*)?$|^\d{1,4}(?:,\d{4})+(?:\.\d*)?$")
PLAIN = re.compile(r"^\d+(?:\.\d*)?$|^\.\d+$")
TIMES = {"万": Decimal(10_000), "亿": Decimal(100_000_000), None: Decimal(1)}
DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$|^(\d{4})(\d{2})(\d{2})$")
MOBILE = re.compile(r"^1[3-9]\d{9}$")
LANDLINE = re.compile(r"^(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:[-*转]\d{1,6})?$")
SERVICE = re.compile(r"^(?:[48]00-?\d{3}-?\d{4}|1\d{4,5}|9\d{4,5})$")
CENT = Decimal("0.01")


class Parsed(NamedTuple):
    """`value` is None where nothing was typed, and where it cannot be read; then `problem` says why."""

    value: Value
    problem: str


NOTHING = Parsed(None, "")


def parse(field: Field, raw: Raw | None) -> Parsed:
    """The value of an answer as typed, or why it cannot be read. Whether it may be left empty is not decided here."""
    if field.type is FieldType.FILE or not raw:
        return NOTHING
    if field.type is FieldType.CHOICES:
        return _choices(field, [raw] if isinstance(raw, str) else [one for one in raw if isinstance(one, str)])
    if field.type is FieldType.ROWS:
        return _rows(field, [one for one in raw if isinstance(one, dict)])
    text = raw if isinstance(raw, str) else "、".join(one for one in raw if isinstance(one, str))
    if field.type is FieldType.LONG_TEXT:
        return _text(field, "\n".join(clean(line) for line in text.strip().splitlines()).strip())
    text = clean(text)
    if not text:
        return NOTHING
    match field.type:
        case FieldType.TEXT:
            return _text(field, text)
        case FieldType.INTEGER | FieldType.DECIMAL | FieldType.MONEY:
            return _number(field, text)
        case FieldType.DATE:
            return _date(field, text)
        case FieldType.YES_NO:
            return _yes_no(field, text)
        case FieldType.CHOICE:
            return _choice(field, text)
    return _phone(field, text)


def read(form: Form, answers: Answers) -> dict[str, Parsed]:
    """Each field's answer, read."""
    return {code: parse(one, answers.get(code)) for code, one in form.fields.items()}


def _text(field: Field, text: str) -> Parsed:
    if not text:
        return NOTHING
    length = len("".join(text.split())) if field.type is FieldType.LONG_TEXT else len(text)
    if length > field.max_length:
        return Parsed(None, wording.too_long(field, length))
    if length < field.min_length:
        return Parsed(None, wording.too_short(field, length))
    return Parsed(text, "")


def _number(field: Field, raw: str) -> Parsed:
    is_plain = raw.isascii() and raw.isdigit() and len(raw) <= 30
    number = Decimal(raw) if is_plain else _digits(half_width(raw).replace("−", "-").replace("–", "-"))
    if number is None:
        return Parsed(None, wording.not_a_number(field, raw))
    if not is_plain and field.type is FieldType.INTEGER and number != number.to_integral_value():
        return Parsed(None, wording.not_whole(field, raw))
    if not is_plain and field.type is FieldType.MONEY and number != number.quantize(CENT):
        return Parsed(None, wording.too_precise(field, raw))
    if number < wording.lowest(field) or number > wording.highest(field):
        return Parsed(None, wording.outside(field, raw, number))
    if field.type is FieldType.INTEGER:
        return Parsed(int(number), "")
    return Parsed(number.quantize(CENT) if field.type is FieldType.MONEY else number, "")


def _digits(text: str) -> Decimal | None:
    """「１，２００．５０万元」 is 12,005,000; a bracket or a minus is negative; None when it is no single number."""
    match = NUMBER.match(text.replace(" ", ""))
    if match is None:
        return None
    sign, digits, times, _unit = match.groups()
    if len(digits) > 30 or not (PLAIN.match(digits) or GROUPED.match(digits)):
        return None
    if (sign == "(") is not text.rstrip().endswith(")"):
        return None
    number = Decimal(digits.replace(",", "")) * TIMES[times]
    return -number if sign in ("-", "(") and number else number


def _date(field: Field, raw: str) -> Parsed:
    match = DAY.match(half_width(raw))
    if match is None:
        return Parsed(None, wording.not_a_date(field, raw))
    year, month, day = (int(one) for one in match.groups() if one)
    try:
        return Parsed(date(year, month, day), "")
    except ValueError:
        return Parsed(None, wording.no_such_day(field, raw))


def _yes_no(field: Field, raw: str) -> Parsed:
    text = half_width(raw).casefold()
    if text in YES or text in NO:
        return Parsed(text in YES, "")
    return Parsed(None, wording.not_a_choice(field, raw))


def _match(choices: Iterable[Choice], raw: str) -> str | None:
    text = half_width(raw)
    for one in choices:
        if text in (one.code, one.label, half_width(one.label)):
            return one.code
    return None


def _choice(field: Field, raw: str) -> Parsed:
    code = _match(field.choices, raw)
    return Parsed(None, wording.not_a_choice(field, raw)) if code is None else Parsed(code, "")


def _choices(field: Field, raws: list[str]) -> Parsed:
    """In the form's order, each once."""
    chosen = set()
    for raw in (clean(one) for one in raws):
        code = _match(field.choices, raw) if raw else ""
        if code is None:
            return Parsed(None, wording.not_a_choice(field, raw))
        chosen.add(code)
    found = tuple(one.code for one in field.choices if one.code in chosen)
    return Parsed(found or None, "")


def _phone(field: Field, raw: str) -> Parsed:
    text = half_width(raw).replace(" ", "").replace("(", "").replace(")", "-").removeprefix("+86").strip("-")
    digits = text.replace("-", "")
    if MOBILE.match(digits):
        return Parsed(digits, "")
    if LANDLINE.match(text) or SERVICE.match(text):
        return Parsed(text, "")
    return Parsed(None, wording.not_a_phone(field))


def _rows(field: Field, raws: list[dict[str, str]]) -> Parsed:
    """The rows in which anything was typed; the first problem of a cell names its row."""
    found = []
    for number, raw in enumerate(raws, start=1):
        if not any(clean(str(raw.get(column.code, ""))) for column in field.columns):
            continue
        row: dict[str, Any] = {}
        for column in field.columns:
            value, problem = parse(column, str(raw.get(column.code, "")))
            if value is None and not problem and column.is_required:
                problem = wording.missing(column) + "。"
            if problem:
                return Parsed(None, wording.in_row(field, number, problem))
            row[column.code] = value
        found.append(row)
    if len(found) > field.max_rows:
        return Parsed(None, wording.too_many_rows(field, len(found)))
    return Parsed(tuple(found) or None, "")


def display(field: Field, value: Value, *, mask: bool = False) -> str:
    """A value as people read it, without its unit; empty for None (「未填报」 is the caller's word)."""
    if value is None:
        return ""
    if mask and field.is_personal:
        return _masked(field, value)
    match value:
        case bool():
            return "是" if value else "否"
        case Decimal():
            return f"{value:,.2f}" if field.type is FieldType.MONEY else wording.plain(value)
        case int():
            return f"{value:,}"
        case date():
            return value.isoformat()
        case tuple():
            return _listed(field, value)
    if field.type is FieldType.CHOICE:
        return _label(field, str(value))
    return str(value)


def _label(field: Field, code: str) -> str:
    return next((one.label for one in field.choices if one.code == code), code)


def _listed(field: Field, value: tuple[Any, ...]) -> str:
    if field.type is FieldType.CHOICES:
        return "、".join(_label(field, str(one)) for one in value)
    lines = []
    for row in value:
        cells = [display(column, row.get(column.code)) for column in field.columns]
        lines.append("，".join(cell for cell in cells if cell))
    return "；".join(lines)


def _masked(field: Field, value: Value) -> str:
    if field.type is FieldType.PHONE:
        return mask_phone(str(value))
    if field.type is FieldType.ROWS:
        return "已脱敏"
    return _masked_name(mask_text(str(value))) if field.type is FieldType.TEXT else "已脱敏"


def _masked_name(text: str) -> str:
    """王明 → 王*, 王小明 → 王*明."""
    return text[:1] + "*" * (len(text) - 2 or 1) + text[-1] if len(text) > 2 else text[:1] + "*"


def canonical(field: Field, value: Value) -> str:
    """One text for one value, whatever the spelling: for the content code and for comparisons. Empty for None."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value.normalize():f}" if value else "0"
        case tuple():
            if field.type is FieldType.CHOICES:
                return "\x1f".join(str(one) for one in value)
            cells = (
                [canonical(column, row.get(column.code)) for column in field.columns]
                for row in value
                if isinstance(row, dict)
            )
            return "\x1e".join("\x1f".join(row) for row in cells)
    return value.isoformat() if isinstance(value, date) else str(value)
