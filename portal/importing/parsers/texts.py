"""Text, names and credit codes. Pure."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from portal.importing import identifiers
from portal.importing.normalise import BETWEEN_HAN, clean, display_name, half_width, is_blank, name_key
from portal.importing.parsers.cells import (
    NOTHING,
    CellContext,
    Parsed,
    Problem,
    cell_error,
    number_text,
    reject,
    shown,
)
from portal.importing.reader import Cell, CellError


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
            text = number_text(raw)
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
            raw = number_text(raw)
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
