"""Dates in every common shape, with what is known of their precision. Pure."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from portal.importing.normalise import half_width, is_blank
from portal.importing.parsers.cells import (
    NOTHING,
    WARNING,
    CellContext,
    Parsed,
    Problem,
    cell_error,
    number_text,
    reject,
    shown,
)
from portal.importing.partial import PartialDate
from portal.importing.reader import Cell, CellError

CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
TENS = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")
YMD = re.compile(
    r"^(\d{4}|\d{2})[-/.年\s]+(\d{1,2})[-/.月\s]+(\d{1,2})日?(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
)
YM = re.compile(r"^(\d{4})[-/.年\s]+(\d{1,2})月?$")
YEAR = re.compile(r"^(\d{4})年?$")
SLASHED = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
COMPACT_MONTH = re.compile(r"^((?:19|20)\d{2})(0[1-9]|1[0-2])$")
EXCEL_EPOCH = dt.date(1899, 12, 30)
MAC_EPOCH = dt.date(1904, 1, 1)
FIRST_SERIAL, LAST_SERIAL = 20_000, 60_000


@dataclass(frozen=True)
class DateParser:
    """A date in any common shape. Month or year alone is kept as what it is, with a warning that says so."""

    may_be_future: bool = False
    name: str = "date"
    example: str = "2024-03-05"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        if isinstance(raw, dt.datetime):
            return self._judge(raw.date(), "day", raw, context)
        if isinstance(raw, dt.date):
            return self._judge(raw, "day", raw, context)
        if isinstance(raw, bool):
            return self._invalid(raw, context)
        if isinstance(raw, (int, float)):
            return self._from_number(raw, context)
        text = half_width(raw)
        if is_blank(text):
            return NOTHING
        return self._from_text(text, raw, context)

    def _from_number(self, raw: int | float, context: CellContext) -> Parsed:
        if isinstance(raw, float) and 1900 <= raw < 2100 and not raw.is_integer():
            year, _, month = f"{raw:.4f}".rstrip("0").partition(".")
            if month == "1":
                return reject(
                    "date.ambiguous",
                    f"{context.label}是数字「{shown(raw)}」，可能是 {year}年1月，"
                    f"也可能是 {year}年10月。请改为文本或日期，例如 {year}-10-01。",
                )
            if len(month) <= 2:
                return self._build(int(year), int(month), 1, "month", raw, context)
            return self._invalid(raw, context)
        if FIRST_SERIAL <= raw <= LAST_SERIAL:
            return self._judge(
                (MAC_EPOCH if context.is_1904 else EXCEL_EPOCH) + dt.timedelta(days=int(raw)), "day", raw, context
            )
        text = number_text(raw)
        return self._from_text(text, raw, context)

    def _from_text(self, text: str, raw: Any, context: CellContext) -> Parsed:
        if any(character in text for character in "〇○零一二三四五六七八九十"):
            text = TENS.sub(lambda match: f"{match[1] or '一'}{match[2] or '〇'}", text).translate(CHINESE_DIGITS)
        text = text.strip(" .。")
        text = re.sub(r"\s*([-/.年月日])\s*", r"\1", text)
        if match := COMPACT.match(text):
            return self._build(int(match[1]), int(match[2]), int(match[3]), "day", raw, context)
        if match := YMD.match(text):
            year, month, day = map(int, match.groups())
            if len(match[1]) == 4:
                return self._build(year, month, day, "day", raw, context)
            return self._two_digit_year(year, month, day, raw, context)
        if match := COMPACT_MONTH.match(text):
            return self._build(int(match[1]), int(match[2]), 1, "month", raw, context)
        if match := YM.match(text):
            return self._build(int(match[1]), int(match[2]), 1, "month", raw, context)
        if match := YEAR.match(text):
            return self._build(int(match[1]), 1, 1, "year", raw, context)
        if match := SLASHED.match(text):
            first, second, year = map(int, match.groups())
            if first <= 12 and second <= 12 and first != second:
                return reject(
                    "date.ambiguous",
                    f"{context.label}「{shown(raw)}」分不清月和日。请按 年-月-日 填写，"
                    f"例如 {year}-{first:02d}-{second:02d}。",
                )
            month, day = (first, second) if first <= 12 else (second, first)
            return self._build(year, month, day, "day", raw, context)
        return self._invalid(raw, context)

    def _two_digit_year(self, year: int, month: int, day: int, raw: Any, context: CellContext) -> Parsed:
        century = 2000 if year <= context.today.year % 100 + 1 else 1900
        value, problems = self._build(century + year, month, day, "day", raw, context)
        if value is not None:
            text = f"{context.label}「{shown(raw)}」的年份只有两位，按 {value} 读取。请核对，必要时改为四位年份。"
            problems = (*problems, Problem("date.two_digit_year", text, WARNING))
        return value, problems

    def _build(self, year: int, month: int, day: int, precision: str, raw: Any, context: CellContext) -> Parsed:
        try:
            value = dt.date(year, month, day)
        except ValueError:
            return self._invalid(raw, context, f"「{shown(raw)}」不存在")
        return self._judge(value, precision, raw, context)

    def _judge(self, value: dt.date, precision: str, raw: Any, context: CellContext) -> Parsed:
        label = context.label
        if not 1900 <= value.year <= 2100:
            return self._invalid(raw, context)
        problems = []
        if precision != "day":
            what = "年月" if precision == "month" else "年份"
            problems.append(
                Problem(
                    "date.precision",
                    f"{label}「{shown(raw)}」只有{what}，日期不详，按{what}登记。如知道具体日期，请补全。",
                    WARNING,
                )
            )
        if value.year < 1949:
            problems.append(Problem("date.unusual", f"{label} {value} 早于 1949 年。请核对年份。", WARNING))
        elif value > context.today and not self.may_be_future:
            problems.append(
                Problem("date.unusual", f"{label} {value} 晚于今天({context.today})。请核对年份。", WARNING)
            )
        return PartialDate.of(value, precision), tuple(problems)

    @staticmethod
    def _invalid(raw: Any, context: CellContext, cause: str = "") -> Parsed:
        cause = cause or f"「{shown(raw)}」不是日期"
        return reject("date.invalid", f"{context.label}{cause}。请按 年-月-日 填写，例如 2024-03-01。")
