"""What all cell parsers share: problems, the context of a cell, how a present value is shown. Pure."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from portal.importing.normalise import clean
from portal.importing.pages import UNKNOWN_FORMULA
from portal.importing.reader import Cell, CellError

ERROR, WARNING = "error", "warning"
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    message: str
    severity: str = ERROR


@dataclass(frozen=True, slots=True)
class CellContext:
    """What a parser may know beside the cell: the column's Chinese label, its unit, the day of reading, and whether
    the workbook counts its days from 1904.
    """

    label: str
    today: dt.date
    unit: str = ""
    is_1904: bool = False


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


def number_text(raw: int | float) -> str:
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15 else str(raw)
