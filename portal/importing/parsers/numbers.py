"""Counts, and amounts in 元. Pure."""

import datetime as dt
import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from portal.importing.normalise import half_width, is_blank
from portal.importing.parsers.cells import (
    NOTHING,
    WARNING,
    CellContext,
    Parsed,
    Problem,
    cell_error,
    reject,
    shown,
)
from portal.importing.reader import Cell, CellError

NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
COUNT_UNITS = re.compile(r"(?:人|名|家|个|户|位|年|届|次|岁)$")
NONE_WORDS = frozenset({"无", "無", "没有"})
ABOUT = re.compile(r"(?:约|大约|近|左右|余|多|以上|以下|不足|\+)")
MONEY_FACTOR = {
    "": None,
    "元": Decimal(1),
    "万元": Decimal(10_000),
    "万": Decimal(10_000),
    "亿元": Decimal(100_000_000),
}


def _plain_number(text: str) -> Decimal | None:
    """The number in ``text`` (commas, sign, accounting brackets), or ``None``."""
    text = text.replace(",", "").replace("，", "").replace(" ", "")
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    if not NUMBER.match(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


@dataclass(frozen=True)
class IntegerParser:
    """A count: digits, commas and a counting unit; never 约, never a fraction. 无 says nothing, or, where a form asks
    to write it for want of any (``none_is_zero``), 0; ``/`` and — never say a number.
    """

    minimum: int = 0
    maximum: int = 9_999_999
    name: str = "integer"
    example: str = "12"
    none_is_zero: bool = False

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        if isinstance(raw, (bool, dt.date)):
            return self._invalid(raw, context, "")
        if isinstance(raw, (int, float)):
            number: Decimal | None = Decimal(repr(raw))
        else:
            text = half_width(raw)
            if is_blank(text):
                return (0, ()) if self.none_is_zero and text in NONE_WORDS else NOTHING
            number = _plain_number(COUNT_UNITS.sub("", text))
            if number is None:
                digits = re.search(r"\d+", text)
                return self._invalid(raw, context, digits.group() if digits and ABOUT.search(text) else "")
        if number is None or number != number.to_integral_value() or not self.minimum <= number <= self.maximum:
            return self._invalid(raw, context, "")
        return int(number), ()

    def _invalid(self, raw: Any, context: CellContext, suggestion: str) -> Parsed:
        return reject(
            "number.invalid",
            f"{context.label}应为 {self.minimum}～{self.maximum} 的整数，现在填的是「{shown(raw)}」。"
            f"请只填数字，例如 {suggestion or self.example}。",
        )


@dataclass(frozen=True)
class MoneyParser:
    """An amount; the value is in 元. The cell's own unit counts first, then the heading's, then the default."""

    default_unit: str = "万元"
    unusual_from: Decimal = Decimal(1_000_000_000)
    maximum: Decimal = Decimal(1_000_000_000_000)
    name: str = "money"
    example: str = "30"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        unit = context.unit or self.default_unit
        if isinstance(raw, (bool, dt.date)):
            return self._invalid(raw, context, unit)
        if isinstance(raw, (int, float)):
            number: Decimal | None = Decimal(repr(raw)) if math.isfinite(raw) else None
        else:
            text = half_width(raw)
            if is_blank(text):
                return NOTHING
            text = re.sub(r"^(?:人民币|RMB|¥|￥)|(?:人民币|整)$", "", text.replace(" ", ""))
            for candidate in ("亿元", "万元", "万", "元"):
                if text.endswith(candidate):
                    unit, text = candidate, text[: -len(candidate)]
                    break
            number = _plain_number(text)
        factor = MONEY_FACTOR.get(unit)
        if number is None or factor is None or number < 0 or number * factor > self.maximum:
            return self._invalid(raw, context, unit)
        value = (number * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if value >= self.unusual_from:
            text = f"{context.label}「{shown(raw)}」折合 {value:,.2f} 元，金额很大。请核对单位是元还是万元。"
            return value, (Problem("number.unusual", text, WARNING),)
        return value, ()

    def _invalid(self, raw: Any, context: CellContext, unit: str) -> Parsed:
        return reject(
            "number.invalid",
            f"{context.label}应为不小于 0 的金额({unit})，现在填的是「{shown(raw)}」。请只填数字，"
            f"例如 {self.example}。",
        )
