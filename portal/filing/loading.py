"""Reading a form file (YAML). Every error names the line it stands on, and all errors are told at once.

The file is read through PyYAML's composed nodes, which keep their lines; all scalars are taken as text, so that
「yes」 or 「2025」 mean what the key says they mean. What the parts say about each other is `checking`'s matter.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portal.filing import checking
from portal.filing.definition import (
    CarryCheck,
    Choice,
    CompareCheck,
    Condition,
    Field,
    FieldType,
    Flag,
    Form,
    Grid,
    Group,
    Operator,
    Section,
    SumCheck,
)
from portal.filing.draft import CODE, CODE_LENGTH, COMPARING, Draft, FormError, FormErrors

__all__ = ["FormError", "FormErrors", "load"]
SIZE_LIMIT = 1_000_000
TRUE, FALSE = frozenset({"true", "yes", "是"}), frozenset({"false", "no", "否"})


class Unread(Exception):
    """A value that could not be read; the mistake is told already."""


Reader = Callable[[Node], Any]


def load(source: str, *, sources: Collection[str] | None = None, columns: dict[str, str] | None = None) -> Form:
    """The form that a file describes.

    `sources` are the names that prefill knows and `columns` the figure columns with their types (`integer`, `money`,
    `yes_no`); None leaves them unchecked, for a text that was checked when it was taken in. Raises FormErrors.
    """
    draft = Draft()
    root = _compose(source, draft)
    form = _Builder(draft).form(root) if root is not None else None
    if form is not None:
        checking.check(draft, sources=sources, columns=columns)
    if draft.errors or form is None:
        raise FormErrors(draft.errors)
    return form


def _compose(source: str, draft: Draft) -> MappingNode | None:
    if len(source) > SIZE_LIMIT:
        draft.say(1, f"文件有 {len(source):,} 个字符，超过 {SIZE_LIMIT:,} 个。请确认选择的是表单文件。")
        return None
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(source, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                draft.say(
                    (event.start_mark.line if event.start_mark else 0) + 1,
                    f"使用了引用「*{event.anchor}」。请把内容直接写出来。",
                )
        root = None if draft.errors else yaml.compose(source, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        draft.say(line, f"这里的写法读不出来（{error.problem}）。请核对缩进、冒号后的空格和引号是否成对。")
        return None
    except yaml.YAMLError as error:
        draft.say(1, f"文件含有不能识别的字符（{error}）。请用 UTF-8 编码保存后再试。")
        return None
    if not draft.errors and not isinstance(root, MappingNode):
        draft.say(1, "文件是空的，或不是「项目: 内容」的写法。请从 code、version、title、sections 写起。")
    return root if isinstance(root, MappingNode) else None


@dataclass
class _Builder:
    draft: Draft

    # Values

    def text(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            self.draft.say(node, "这里应为一段文字，现在是列表或分项。请改为文字。")
            raise Unread
        return str(node.value).strip()

    def filled(self, node: Node) -> str:
        value = self.text(node)
        if not value:
            self.draft.say(node, "这里是空的。请填写内容，或去掉这一行。")
            raise Unread
        return value

    def code(self, node: Node) -> str:
        value = self.filled(node)
        if not CODE.match(value) or len(value) > CODE_LENGTH:
            self.draft.say(
                node,
                f"代码「{value}」应由小写字母、数字和下划线组成，以字母开头，最多 {CODE_LENGTH} 个字符。",
            )
            raise Unread
        return value

    def boolean(self, node: Node) -> bool:
        value = self.text(node).casefold()
        if value in TRUE or value in FALSE:
            return value in TRUE
        self.draft.say(node, f"这里应为 true 或 false，现在是「{value}」。请改为其中之一。")
        raise Unread

    def integer(self, node: Node) -> int:
        value = self.text(node)
        if re.fullmatch(r"\d{1,9}", value):
            return int(value)
        self.draft.say(node, f"这里应为整数，现在是「{value}」。请只写数字，例如 30。")
        raise Unread

    def decimal(self, node: Node) -> Decimal:
        value = self.text(node)
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
        self.draft.say(node, f"这里应为数字，现在是「{value}」。请只写数字，例如 0.01。")
        raise Unread

    def one_of(self, kind: type[StrEnum]) -> Reader:
        def read(node: Node) -> StrEnum:
            value = self.text(node)
            try:
                return kind(value)
            except ValueError:
                known = "、".join(kind)
                self.draft.say(node, f"「{value}」不在可用的写法之中。请改为以下之一：{known}。")
                raise Unread from None

        return read

    def each(self, read: Reader, *, at_least: int = 1) -> Reader:
        def read_all(node: Node) -> tuple[Any, ...]:
            if not isinstance(node, SequenceNode):
                self.draft.say(node, "这里应为列表，每项以「- 」开头。请改为列表。")
                raise Unread
            found = []
            for child in node.value:
                try:
                    found.append(read(child))
                except Unread:
                    continue
            if len(node.value) < at_least:
                self.draft.say(node, f"列表至少要有 {at_least} 项，现在有 {len(node.value)} 项。请补充。")
                raise Unread
            return tuple(found)

        return read_all

    def pairs(self, node: Node) -> dict[str, Node]:
        """The keys of a mapping with their nodes; a key given twice is a mistake."""
        if not isinstance(node, MappingNode):
            self.draft.say(node, "这里应为「项目: 内容」的分项，现在不是。请改写。")
            raise Unread
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name in found:
                self.draft.say(key, f"「{name}」在这里写了两次。请只留一处。")
            found.setdefault(name, value)
        return found

    def read(self, node: Node, readers: dict[str, Reader], needed: tuple[str, ...] = ()) -> dict[str, Any]:
        """A mapping by its readers; tells unknown keys and missing ones. Keys that could not be read are left out."""
        found = self.pairs(node)
        for name, child in found.items():
            if name not in readers:
                self.draft.say(child, f"不认识项目「{name}」。请删除，或改为以下之一：{'、'.join(readers)}。")
        for name in needed:
            if name not in found:
                self.draft.say(node, f"缺少项目「{name}」。请补上。")
        result = {}
        for name, reader in readers.items():
            if name in found:
                try:
                    result[name] = reader(found[name])
                except Unread:
                    continue
        return result

    # Parts

    def choice(self, node: Node) -> Choice:
        """`code: label`, or a label alone, which is then its own code only where it is ASCII."""
        pairs = self.pairs(node)
        if len(pairs) != 1:
            self.draft.say(node, "选项应写成「代码: 名称」，一行一项。请改写。")
            raise Unread
        code, label = next(iter(pairs.items()))
        if not CODE.match(code):
            self.draft.say(node, f"选项代码「{code}」应由小写字母、数字和下划线组成，以字母开头。请改写。")
            raise Unread
        return Choice(code, self.filled(label))

    def condition(self, node: Node) -> Condition:
        readers: dict[str, Reader] = {"field": self.code}
        readers |= {str(one): self.text for one in (Operator.IS, Operator.IS_NOT, *COMPARING)}
        readers |= {"in": self.each(self.text), "filled": self.boolean, "blank": self.boolean}
        found = self.read(node, readers, ("field",))
        code = found.pop("field", None)
        if code is None:
            raise Unread
        if len(found) != 1:
            self.draft.say(node, f"条件应有一种比较，现在有 {len(found)} 种。请只写 is、in、filled、>= 等其中一种。")
            raise Unread
        name, value = next(iter(found.items()))
        if name in (Operator.FILLED, Operator.BLANK):
            is_filled = value is (name == Operator.FILLED)
            return Condition(code, Operator.FILLED if is_filled else Operator.BLANK)
        return Condition(code, Operator(name), value)

    def field_readers(self) -> dict[str, Reader]:
        conditions = self.each(self.condition)
        return {
            "code": self.code,
            "label": self.filled,
            "type": self.one_of(FieldType),
            "unit": self.filled,
            "hint": self.filled,
            "required": self.boolean,
            "required_when": conditions,
            "shown_when": conditions,
            "choices": self.each(self.choice, at_least=2),
            "columns": self.each(self.row_column),
            "max_rows": self.integer,
            "max_length": self.integer,
            "min_length": self.integer,
            "minimum": self.decimal,
            "maximum": self.decimal,
            "source": self.filled,
            "locked": self.boolean,
            "how_to_change": self.filled,
            "explains_difference": self.boolean,
            "last_year": self.boolean,
            "explain_change_over": self.integer,
            "column": self.code,
            "export_label": self.filled,
            "personal": self.boolean,
            "max_files": self.integer,
        }

    def _field(self, node: Node) -> Field:
        before = len(self.draft.errors)
        found = self.read(node, self.field_readers(), ("code", "label", "type"))
        if "code" not in found:
            raise Unread
        made = _field_of(found)
        if len(self.draft.errors) > before:
            self.draft.broken.add(made.code)
        return made

    def row_column(self, node: Node) -> Field:
        return self._field(node)

    def field(self, node: Node) -> Field:
        made = self._field(node)
        self.draft.fields.append((made, node.start_mark.line + 1))
        return made

    def grid_cells(self, node: Node) -> Group:
        """A statement: one field for each line and column, all of one type and unit; `cells` says what differs."""
        shared = {
            name: reader
            for name, reader in self.field_readers().items()
            if name in ("type", "unit", "required", "minimum", "maximum", "last_year", "explain_change_over")
        }
        readers: dict[str, Reader] = {
            "code": self.code,
            "title": self.filled,
            "rows": self.each(self.choice),
            "columns": self.each(self.choice),
            "cells": lambda child: child,
            **shared,
        }
        found = self.read(node, readers, ("code", "title", "rows", "columns"))
        if not {"code", "title", "rows", "columns"} <= found.keys():
            raise Unread
        grid = Grid(found["code"], found["title"], found["rows"], found["columns"], found.get("unit", ""))
        line = node.start_mark.line + 1
        differing = self.differing(found["cells"], grid) if "cells" in found else {}
        cells = []
        for row in grid.rows:
            for column in grid.columns:
                code = grid.cell(row.code, column.code)
                own, own_line = differing.get(code, ({}, line))
                common = {name: found[name] for name in shared if name in found}
                label = f"{row.label}（{column.label}）"
                cell = _field_of({"type": FieldType.MONEY, "label": label, **common, **own, "code": code})
                cells.append(_in_grid(cell, row.code, column.code))
                self.draft.fields.append((cells[-1], own_line))
        return Group(grid.title, tuple(cells), grid)

    def differing(self, node: Node, grid: Grid) -> dict[str, tuple[dict[str, Any], int]]:
        readers = {name: reader for name, reader in self.field_readers().items() if name != "code"}
        known = {grid.cell(row.code, column.code) for row in grid.rows for column in grid.columns}
        found = {}
        for code, child in self.pairs(node).items():
            if code in known:
                found[code] = (self.read(child, readers), child.start_mark.line + 1)
            else:
                self.draft.say(child, f"报表里没有单元格「{code}」。请按「报表_行_列」写它的代码。")
        return found

    def group(self, node: Node) -> Group:
        pairs = self.pairs(node)
        if "grid" in pairs:
            return self.read(node, {"grid": self.grid_cells}).get("grid") or self._nothing()
        found = self.read(node, {"title": self.text, "fields": self.each(self.field)}, ("fields",))
        return Group(found.get("title", ""), found.get("fields", ()))

    @staticmethod
    def _nothing() -> Group:
        raise Unread

    def section(self, node: Node) -> Section:
        readers: dict[str, Reader] = {
            "code": self.code,
            "title": self.filled,
            "minutes": self.integer,
            "intro": self.filled,
            "prepare": self.each(self.filled),
            "may_repeat": self.boolean,
            "party": self.boolean,
            "groups": self.each(self.group),
        }
        found = self.read(node, readers, ("code", "title", "groups"))
        if "code" not in found:
            raise Unread
        section = Section(
            code=found["code"],
            title=found.get("title", found["code"]),
            groups=found.get("groups", ()),
            minutes=found.get("minutes", 5),
            intro=found.get("intro", ""),
            prepare=found.get("prepare", ()),
            may_repeat=found.get("may_repeat", True),
            is_party=found.get("party", False),
        )
        self.draft.section_lines.append((section.code, node.start_mark.line + 1))
        return section

    def check(self, node: Node) -> SumCheck | CompareCheck | CarryCheck:
        pairs = self.pairs(node)
        shared: dict[str, Reader] = {"code": self.code, "text": self.filled}
        line = node.start_mark.line + 1
        made: SumCheck | CompareCheck | CarryCheck
        if "total" in pairs:
            own: dict[str, Reader] = {"total": self.code, "parts": self.each(self.code), "tolerance": self.decimal}
            found = self._whole(node, own | shared, ("code", "total", "parts"))
            made = SumCheck(**found)
        elif "left" in pairs:
            comparing = self.one_of(Operator)
            own = {"left": self.code, "operator": comparing, "right": self.filled}
            found = self._whole(node, own | shared, ("code", "left", "operator", "right"))
            if found["operator"] not in COMPARING:
                self.draft.say(line, f"核对里的比较「{found['operator']}」不能用。请改为 {'、'.join(COMPARING)} 之一。")
                raise Unread
            made = CompareCheck(**found)
        elif "last" in pairs:
            own = {"code": self.code, "field": self.code, "last": self.code}
            made = CarryCheck(**self._whole(node, own, ("code", "field", "last")))
        else:
            self.draft.say(
                node,
                "看不出是哪种核对。合计写 total 和 parts，比较写 left、operator、right，年初结转写 field 和 last。",
            )
            raise Unread
        self.draft.checks.append((made, line))
        return made

    def _whole(self, node: Node, readers: dict[str, Reader], needed: tuple[str, ...]) -> dict[str, Any]:
        found = self.read(node, readers, needed)
        if not set(needed) <= found.keys():
            raise Unread
        return found

    def flag(self, node: Node) -> Flag:
        readers: dict[str, Reader] = {
            "code": self.code,
            "field": self.code,
            "when": self.each(self.condition),
            "text": self.filled,
        }
        made = Flag(**self._whole(node, readers, ("code", "field", "when", "text")))
        self.draft.flags.append((made, node.start_mark.line + 1))
        return made

    def ordered(self, node: Node) -> str:
        code = self.code(node)
        self.draft.export_order.append((code, node.start_mark.line + 1))
        return code

    def form(self, root: Node) -> Form | None:
        readers: dict[str, Reader] = {
            "code": self.code,
            "version": self.integer,
            "title": self.filled,
            "declaration": self.filled,
            "sections": self.each(self.section),
            "checks": self.each(self.check),
            "flags": self.each(self.flag),
            "export_order": self.each(self.ordered),
        }
        found = self.read(root, readers, ("code", "version", "title", "sections"))
        if not {"code", "version", "title", "sections"} <= found.keys():
            return None
        self.draft.sections = list(found["sections"])
        return Form(
            code=found["code"],
            version=found["version"],
            title=found["title"],
            sections=found["sections"],
            checks=found.get("checks", ()),
            flags=found.get("flags", ()),
            declaration=found.get("declaration", ""),
            export_order=found.get("export_order", ()),
        )


NAMES = {"required": "is_required", "locked": "is_locked", "personal": "is_personal"}


def _field_of(found: dict[str, Any]) -> Field:
    """A field from what was read; a condition of its own makes it not required otherwise."""
    made = {NAMES.get(name, name): value for name, value in found.items()}
    made.setdefault("label", made["code"])
    made.setdefault("type", FieldType.TEXT)
    if "required_when" in made:
        made.setdefault("is_required", False)
    if made["type"] is FieldType.LONG_TEXT:
        made.setdefault("max_length", 2000)
    if made["type"] is FieldType.MONEY:
        made.setdefault("unit", "元")
    return Field(**made)


def _in_grid(cell: Field, row: str, column: str) -> Field:
    return replace(cell, grid_row=row, grid_column=column)
