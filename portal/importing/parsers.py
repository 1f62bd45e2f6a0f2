"""Cell parsers: one named parser per kind of value. Pure; no database, no clock of their own.

``parse(raw, context)`` returns the value (``None`` when the cell says nothing) and the problems found. A problem of
severity ``error`` rejects the row; what was typed is never repaired by guessing. A message names the column, the
cause with the present value, and what to do.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Protocol

from portal.importing import identifiers
from portal.importing.normalise import BETWEEN_HAN, clean, display_name, half_width, is_blank, name_key
from portal.importing.reader import UNKNOWN_FORMULA, Cell, CellError

ERROR, WARNING = "error", "warning"
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    message: str
    severity: str = ERROR


@dataclass(frozen=True, slots=True)
class CellContext:
    """What a parser may know beside the cell: the column's Chinese label, its unit, and the day of reading."""

    label: str
    today: dt.date
    unit: str = ""


Parsed = tuple[Any, tuple[Problem, ...]]
NOTHING: Parsed = (None, ())


class Parser(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def example(self) -> str: ...

    def parse(self, raw: Cell, context: CellContext) -> Parsed: ...


def shown(raw: Any) -> str:
    """The present value as a person sees it, shortened."""
    if isinstance(raw, CellError):
        return "" if raw.text == UNKNOWN_FORMULA else raw.text
    if isinstance(raw, float):
        text = repr(raw) if abs(raw) < 1e15 else f"{raw:.14E}"
    elif isinstance(raw, dt.datetime):
        text = raw.strftime("%Y-%m-%d")
    else:
        text = clean(str(raw)) if raw is not None else ""
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def reject(code: str, message: str) -> Parsed:
    return None, (Problem(code, message),)


def cell_error(raw: CellError, label: str) -> Parsed:
    """Refusal of a cell that shows an error; nothing is ever recalculated."""
    if raw.text == UNKNOWN_FORMULA:
        return reject(
            "cell.error", f"{label}是公式，但文件里没有保存计算结果。请用表格软件打开并保存一次，或改为直接填写结果。"
        )
    return reject("cell.error", f"{label}显示错误值「{raw.text}」。请修正公式，或改为直接填写结果。")


def _number_text(raw: int | float) -> str:
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15 else str(raw)


@dataclass(frozen=True)
class TextParser:
    """Free text: cleaned of invisible characters; ``/``, ``—``, 无 say nothing."""

    max_length: int = 200
    keeps_none_word: bool = False
    joins_han: bool = False
    name: str = "text"
    example: str = "文字"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        if isinstance(raw, bool):
            text = "是" if raw else "否"
        elif isinstance(raw, (int, float)):
            if abs(raw) >= 1e15:
                return reject(
                    "number.lost_digits",
                    f"{context.label}被表格软件改成了数字「{shown(raw)}」，末几位已丢失。请把该列改为文本格式，重新填写完整内容。",
                )
            text = _number_text(raw)
        elif isinstance(raw, dt.date):
            text = raw.strftime("%Y-%m-%d")
        else:
            text = display_name(raw) if self.joins_han else clean(raw)
        if is_blank(text):
            return NOTHING
        if len(text) > self.max_length:
            return reject(
                "text.too_long",
                f"{context.label}有 {len(text)} 个字，超过 {self.max_length} 个字，"
                f"现在是「{shown(text)}」。请缩短后重新填写。",
            )
        return text, ()


@dataclass(frozen=True)
class NameParser:
    """The name of a body: its own spelling is kept, only blanks between Han characters and line breaks go."""

    max_length: int = 200
    name: str = "name"
    example: str = "湖南省茶叶商会"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        value, problems = TextParser(self.max_length, joins_han=True).parse(raw, context)
        if value is not None and len(name_key(value)) < 2:
            return reject("name.too_short", f"{context.label}只有一个字「{value}」。请填写全称。")
        if value is not None and value.isdigit():
            return reject("name.number", f"{context.label}填的是数字「{value}」。请填写全称，或检查列是否对错。")
        return value, problems


@dataclass(frozen=True)
class NamesParser:
    """Several names in one cell, separated by 、；; or a line break. The value is a list."""

    max_length: int = 200
    name: str = "names"
    example: str = "湖南省茶叶商会、湖南省咖啡商会"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if isinstance(raw, str):
            parts = [display_name(part) for part in re.split(r"[、；;\n\r]+", raw)]
        else:
            value, problems = TextParser(self.max_length).parse(raw, context)
            if problems or value is None:
                return None, problems
            parts = [value]
        names = list(dict.fromkeys(part for part in parts if part and not is_blank(part)))
        for part in names:
            if len(part) > self.max_length:
                return reject(
                    "text.too_long",
                    f"{context.label}中「{shown(part)}」有 {len(part)} 个字，"
                    f"超过 {self.max_length} 个字。请缩短，多个名称之间用顿号分开。",
                )
        return names or None, ()


@dataclass(frozen=True)
class PostHolderParser:
    """The holder of a post as plain text: blanks between two or three Han characters go, dots become ``·``."""

    max_length: int = 60
    name: str = "post_holder"
    example: str = "张三"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if isinstance(raw, str):
            raw = re.sub("[•‧∙・･⋅．]", "·", BETWEEN_HAN.sub("", clean(raw)))
        return TextParser(self.max_length).parse(raw, context)


@dataclass(frozen=True)
class UsccParser:
    """统一社会信用代码 (R-001): normalised, checked, never repaired. A number has lost its last digits."""

    name: str = "uscc"
    example: str = "51430000MJJ0000129"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        label = context.label
        if isinstance(raw, (bool, dt.date)):
            return reject(
                "uscc.checksum", f"{label}应为 18 位，现在是「{shown(raw)}」。请对照登记证书重新填写 18 位代码。"
            )
        if isinstance(raw, (int, float)):
            if abs(raw) >= 1e15:
                return self._lost(raw, label)
            raw = _number_text(raw)
        code = re.sub(r"[\s\-']", "", half_width(raw)).upper()
        if is_blank(code):
            return NOTHING
        if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", code):
            return self._lost(raw, label)
        if identifiers.is_valid(code):
            return code, ()
        if len(code) == identifiers.LENGTH and code.isdigit() and code.endswith("000"):
            return self._lost(raw, label)
        if len(code) != identifiers.LENGTH:
            cause = f"应为 18 位，现在是「{shown(raw)}」，有 {len(code)} 位"
        elif wrong := identifiers.wrong_characters(code):
            cause = f"含有不会出现的字符「{''.join(wrong)}」(代码不用字母 I、O、Z、S、V)，现在是「{shown(raw)}」"
        elif not code[1:8].isdigit():
            cause = f"第 2 至 8 位应为数字，现在是「{shown(raw)}」"
        else:
            cause = f"第 18 位校验不符，现在是「{shown(raw)}」"
        return reject("uscc.checksum", f"{label}{cause}。请对照登记证书重新填写 18 位代码。")

    @staticmethod
    def _lost(raw: Any, label: str) -> Parsed:
        return reject(
            "uscc.lost_digits",
            f"{label}被表格软件改成了数字「{shown(raw)}」，后三位已丢失，不能还原。请把该列改为文本格式，对照登记证书重新填写。",
        )


@dataclass(frozen=True)
class UsccsParser:
    """Several codes in one cell, separated by 、；;，, blanks or a line break. The value is a list."""

    name: str = "usccs"
    example: str = "51430000MJJ0000129、52430100MJK1234524"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        single = UsccParser()
        if not isinstance(raw, str):
            value, problems = single.parse(raw, context)
            return ([value] if value else None), problems
        codes: list[str] = []
        problems_found: list[Problem] = []
        for part in re.split(r"[、；;，,\s]+", raw):
            value, problems = single.parse(part or None, context)
            problems_found.extend(problems)
            if value and value not in codes:
                codes.append(value)
        return codes or None, tuple(problems_found)


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
FIRST_SERIAL, LAST_SERIAL = 20_000, 60_000


@dataclass(frozen=True)
class DateParser:
    """A date in any common shape. Month or year alone is kept as its first day with a warning that says so."""

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
            return self._judge(EXCEL_EPOCH + dt.timedelta(days=int(raw)), "day", raw, context)
        text = _number_text(raw)
        return self._from_text(text, raw, context)

    def _from_text(self, text: str, raw: Any, context: CellContext) -> Parsed:
        if any(character in text for character in "〇○零一二三四五六七八九十"):
            text = TENS.sub(lambda match: f"{match[1] or '一'}{match[2] or '〇'}", text).translate(CHINESE_DIGITS)
        text = text.strip(" .。")
        text = re.sub(r"\s*([-/.年月日])\s*", r"\1", text)
        if match := COMPACT.match(text):
            year, month, day = map(int, match.groups())
            return self._build(year, month, day, "day", raw, context)
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
                    f"{label}「{shown(raw)}」只有{what}，按 {value} 记录。如知道具体日期，请补全。",
                    WARNING,
                )
            )
        if value.year < 1949:
            problems.append(Problem("date.unusual", f"{label} {value} 早于 1949 年。请核对年份。", WARNING))
        elif value > context.today and not self.may_be_future:
            problems.append(
                Problem("date.unusual", f"{label} {value} 晚于今天({context.today})。请核对年份。", WARNING)
            )
        return value, tuple(problems)

    @staticmethod
    def _invalid(raw: Any, context: CellContext, cause: str = "") -> Parsed:
        cause = cause or f"「{shown(raw)}」不是日期"
        return reject("date.invalid", f"{context.label}{cause}。请按 年-月-日 填写，例如 2024-03-01。")


NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
COUNT_UNITS = re.compile(r"(?:人|名|家|个|户|位|年|届|次|岁)$")
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
    """A count: digits, commas and a counting unit; never 约, never a fraction."""

    minimum: int = 0
    maximum: int = 9_999_999
    name: str = "integer"
    example: str = "12"

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
                return NOTHING
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
            number: Decimal | None = Decimal(repr(raw))
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


YES = frozenset(
    {
        "是",
        "有",
        "√",
        "✓",
        "✔",
        "☑",
        "○",
        "〇",
        "1",
        "y",
        "yes",
        "true",
        "t",
        "已",
        "对",
        "v",
        "已写入",
        "已建",
        "已完成",
        "已入章",
        "符合",
        "属于",
    }
)
NO = frozenset(
    {
        "否",
        "无",
        "没有",
        "不是",
        "×",
        "✗",
        "✘",
        "☒",
        "x",
        "0",
        "n",
        "no",
        "false",
        "f",
        "未",
        "未写入",
        "未建",
        "未完成",
        "未入章",
        "不符合",
        "不属于",
    }
)


@dataclass(frozen=True)
class YesNoParser:
    """是/否 in its many spellings; ``/`` and — say nothing."""

    name: str = "yes_no"
    example: str = "是"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        if isinstance(raw, bool):
            return raw, ()
        text = half_width(_number_text(raw) if isinstance(raw, (int, float)) else str(raw)).casefold().strip(" .。")
        for candidate in (text, *_halves(text)):
            if candidate in YES:
                return True, ()
            if candidate in NO:
                return False, ()
        if is_blank(text):
            return NOTHING
        return reject(
            "choice.unknown", f"{context.label}应为「是」或「否」，现在填的是「{shown(raw)}」。请改为「是」或「否」。"
        )


def _halves(text: str) -> Sequence[str]:
    """``1-是`` → ``是``, ``1``: a code with its label."""
    parts = re.split(r"[-、.:：_\s]", text, maxsplit=1)
    return [parts[1].strip(), parts[0].strip()] if len(parts) == 2 else []


class ChoiceParser:
    """One of a list, by label, ASCII code, synonym or ``code-label``; the value is the code."""

    name = "choice"

    def __init__(self, choices: Iterable[tuple[str, str]], synonyms: Mapping[str, Iterable[str]] | None = None) -> None:
        self.labels = {str(code): str(label) for code, label in choices}
        self.example = next(iter(self.labels.values()), "")
        self._by_key: dict[str, str] = {}
        for code, label in self.labels.items():
            for text in (label, code, *(synonyms or {}).get(code, ())):
                self._by_key.setdefault(name_key(str(text)), code)

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        text = _number_text(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else str(raw)
        key = name_key(text)
        for candidate in (key, *_halves(half_width(text).casefold())):
            code = self._by_key.get(name_key(candidate))
            if code is not None:
                return code, ()
        if is_blank(text):
            return NOTHING
        near = difflib.get_close_matches(key, self._by_key, n=1, cutoff=0.6)
        hint = f"是否应为「{self.labels[self._by_key[near[0]]]}」？" if near else ""
        return reject(
            "choice.unknown",
            f"{context.label}「{shown(raw)}」不在可选范围。{hint}请改为以下之一：{'、'.join(self.labels.values())}。",
        )
