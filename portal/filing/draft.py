"""What a form file said so far and what is wrong with it; shared by `loading` and `checking`."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from yaml.nodes import Node

from portal.filing.definition import CarryCheck, CompareCheck, Field, Flag, Operator, Section, SumCheck

CODE = re.compile(r"^[a-z][a-z0-9_]*$")
CODE_LENGTH = 60
COMPARING = (Operator.EQUAL, Operator.AT_MOST, Operator.LESS, Operator.AT_LEAST, Operator.MORE)


class FormError(NamedTuple):
    """One mistake in a form file: the line, and in Chinese the cause, the present value and the remedy."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"第 {self.line} 行：{self.text}"


class FormErrors(Exception):
    """A form file that cannot be used; `errors` are in the order of their lines."""

    def __init__(self, errors: Collection[FormError]) -> None:
        self.errors = sorted(errors, key=lambda one: one.line)
        super().__init__("\n".join(str(one) for one in self.errors))


@dataclass
class Draft:
    """What was read so far: the parts with their lines, for the checks between them."""

    errors: list[FormError] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    section_lines: list[tuple[str, int]] = field(default_factory=list)
    fields: list[tuple[Field, int]] = field(default_factory=list)
    checks: list[tuple[SumCheck | CompareCheck | CarryCheck, int]] = field(default_factory=list)
    flags: list[tuple[Flag, int]] = field(default_factory=list)
    export_order: list[tuple[str, int]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)  # codes of fields that have a mistake of their own

    def say(self, node: Node | int, text: str) -> None:
        line = node if isinstance(node, int) else node.start_mark.line + 1
        self.errors.append(FormError(line, text))
