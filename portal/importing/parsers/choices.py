"""Yes or no, and one of a list. Pure."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.importing.normalise import half_width, is_blank, name_key
from portal.importing.parsers.cells import NOTHING, CellContext, Parsed, cell_error, number_text, reject, shown
from portal.importing.reader import Cell, CellError

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
        text = half_width(number_text(raw) if isinstance(raw, (int, float)) else str(raw)).casefold().strip(" .。")
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
        text = number_text(raw) if isinstance(raw, (int, float)) and not isinstance(raw, bool) else str(raw)
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
