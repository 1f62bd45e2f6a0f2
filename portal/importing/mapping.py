"""Which column of a file is which field: by headings and by what the cells look like, never by position. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from portal.importing import identifiers, identities
from portal.importing.header import Header, HeaderColumn
from portal.importing.normalise import asks_yes_or_no, half_width, header_key, heading_parts

# Columns that only number the rows, and those that our own error workbook adds.
SERIAL_KEYS = frozenset({"序号", "编号", "no", "行号", "项次", "顺序号", "次序", "№"})
SHEET_NAME = "工作表名"
REMARK_KEYS = frozenset({"错误原因", "怎么改"})
# Whom a group of columns may be about.
SUBJECTS = ("党", "书记", "指导员", "会长", "理事长", "秘书长", "法定代表人", "法人代表", "负责人", "联系人", "监事")
BASIS_LABELS = {
    "label": "列名相同",
    "synonym": "同义列名",
    "samples": "按内容识别",
    "manual": "人工对应",
    "remembered": "沿用上次",
    "ignored": "不导入",
    "serial": "序号",
    "duplicate": "与另一列重复",
    "": "未识别",
}


class FieldSpec(Protocol):
    """What mapping needs to know of a column declaration."""

    code: str
    label: str
    synonyms: Sequence[str]


@dataclass(frozen=True)
class Match:
    """One column of the file and the field it was given; ``code`` is ``None`` when it is not imported."""

    number: int
    letter: str
    path: str
    code: str | None
    basis: str
    unit: str = ""
    is_sheet_name: bool = False

    @property
    def place(self) -> str:
        """``B列「名称」``."""
        return f"「{self.path}」" if self.is_sheet_name else f"{self.letter}列「{self.path}」"

    @property
    def is_open(self) -> bool:
        """Still to be decided by a person: neither mapped nor set aside."""
        return self.code is None and self.basis in ("", "duplicate")


class UnknownHeading(ValueError):
    """A given assignment names a heading or a field that does not exist, or gives one field to two columns."""


def vocabulary(fields: Iterable[FieldSpec]) -> dict[str, str]:
    """``{comparable heading: field code}``; a heading belongs to the first field that claims it."""
    words: dict[str, str] = {}
    for field in fields:
        words.setdefault(path_key(field.label), field.code)
        words.setdefault(field.code.casefold(), field.code)
    for field in fields:
        for word in field.synonyms:
            words.setdefault(path_key(word), field.code)
    return words


def path_key(text: str) -> str:
    """The comparable form of a heading or of a path of headings joined by ``/``."""
    key = "/".join(key for key in (header_key(part) for part in heading_parts(text)) if key)
    return f"{key}?" if asks_yes_or_no(text) else key


def propose(
    header: Header,
    fields: Sequence[FieldSpec],
    samples: Sequence[Sequence[Any]],
    given: Mapping[str, str] | None = None,
    *,
    remembered: Mapping[str, str] | None = None,
    sheet_names: Sequence[str] = (),
    width: int = 0,
) -> tuple[Match, ...]:
    """One ``Match`` per column, in file order. ``given`` holds what a person decided: heading (path, leaf or column
    letter) to field code, ``""`` to leave a column out; it wins over every guess, also over what is ``remembered``
    of the same sender's earlier files. Raises ``UnknownHeading``.

    Where several sheets are read as one, their names are a column of their own behind the last one (``width``).
    """
    words = vocabulary(fields)
    labels = {path_key(field.label): field.code for field in fields}
    own = next((_texts_of(field) for field in fields if field.code == "name"), "")
    texts = {field.code: f"{_texts_of(field)} {own}" for field in fields}
    columns = _with_headless(header, samples)
    sheet_number = max([width, *(column.number for column in columns)]) + 1 if len(sheet_names) > 1 else 0
    if sheet_number:
        columns.append(HeaderColumn(number=sheet_number, path=(SHEET_NAME,)))
    paths = _paths(columns)
    decided = _resolve(given or {}, columns, paths, {field.code for field in fields})
    leaf_count: dict[str, int] = {}
    for column in columns:
        for key in column.keys[-1:]:
            leaf_count[key] = leaf_count.get(key, 0) + 1

    claims: dict[str, tuple[int, int, str]] = {}
    guesses: dict[int, tuple[str, str]] = {}
    for column in columns:
        if column.number in decided:
            continue
        for depth, key in enumerate(column.keys):
            is_leaf = depth == len(column.keys) - 1 > 0
            is_repeated_leaf = is_leaf and leaf_count.get(key, 0) > 1
            if key in words and not is_repeated_leaf and not (is_leaf and _is_of_another(column, texts[words[key]])):
                basis = "label" if key in labels else "synonym"
                guesses[column.number] = (words[key], basis)
                rank = (0 if basis == "label" else 1, column.number, words[key])
                claims[words[key]] = min(claims.get(words[key], rank), rank)
                break

    taken = {code for code in decided.values() if code}
    earlier = _recall(remembered or {}, columns, paths, {field.code for field in fields} - taken, decided)
    taken |= {code for code in earlier.values() if code}
    matches = []
    for column in columns:
        code, basis = guesses.get(column.number, (None, ""))
        if column.number in decided:
            code = decided[column.number] or None
            basis = "manual" if code else "ignored"
        elif column.number in earlier:
            code, basis = earlier[column.number] or None, "remembered"
        elif column.number == sheet_number:
            code, basis = None, "ignored"
        elif code is not None and (code in taken or claims[code][1] != column.number):
            code, basis = None, "duplicate"
        elif code is None and is_remark(column):
            basis = "serial"
        is_sheet_name = column.number == sheet_number
        letter = "" if is_sheet_name else column.letter
        matches.append(Match(column.number, letter, paths[column.number], code, basis, column.unit, is_sheet_name))
    return _by_samples(tuple(matches), fields, samples)


def _texts_of(field: FieldSpec) -> str:
    return " ".join((field.label, *field.synonyms))


def _is_of_another(column: HeaderColumn, known: str) -> bool:
    """Whether the levels above a leaf speak of somebody else than the field: 成立时间 under 党组织建立情况 is not the
    day on which an association was founded.
    """
    above = "".join(column.path[:-1])
    return any(subject in above and subject not in known for subject in SUBJECTS)


def missing(matches: Iterable[Match], codes: Iterable[str]) -> list[str]:
    """Those of ``codes`` that no column carries."""
    carried = {match.code for match in matches}
    return [code for code in codes if code not in carried]


def is_remark(column: HeaderColumn) -> bool:
    """Whether a column only numbers the rows or repeats what our error workbook says."""
    return bool(column.keys) and column.keys[-1] in SERIAL_KEYS | REMARK_KEYS


def _with_headless(header: Header, samples: Sequence[Sequence[Any]]) -> list[HeaderColumn]:
    """The header's columns, and those that hold data under an empty heading."""
    known = {column.number: column for column in header.columns}
    beside = {column.number for column in header.beside}
    width = max((len(cells) for cells in samples), default=0)
    for number in range(1, width + 1):
        if (
            number not in known
            and number not in beside
            and any(len(cells) >= number and cells[number - 1] is not None for cells in samples)
        ):
            known[number] = HeaderColumn(number=number, path=())
    return [known[number] for number in sorted(known)]


def _paths(columns: Sequence[HeaderColumn]) -> dict[int, str]:
    """The heading path of each column as in the file; repeated or empty ones carry their letter."""
    plain = {column.number: "/".join(column.path) for column in columns}
    counts: dict[str, int] = {}
    for path in plain.values():
        counts[path] = counts.get(path, 0) + 1
    return {
        column.number: path
        if (path := plain[column.number]) and counts[path] == 1
        else f"{path or '(无列名)'}〔{column.letter}列〕"
        for column in columns
    }


def _resolve(
    given: Mapping[str, str], columns: Sequence[HeaderColumn], paths: Mapping[int, str], codes: set[str]
) -> dict[int, str]:
    decided: dict[int, str] = {}
    for heading, code in given.items():
        if code and code not in codes:
            raise UnknownHeading(f"没有字段「{code}」。可用的字段：{'、'.join(sorted(codes))}。")
        wanted = path_key(heading)
        found = [column.number for column in columns if paths[column.number] == heading]
        found = found or [column.number for column in columns if wanted and column.keys[:1] == (wanted,)]
        found = found or [column.number for column in columns if wanted and column.keys and column.keys[-1] == wanted]
        found = found or [column.number for column in columns if column.letter == heading.strip().upper()]
        if not found:
            raise UnknownHeading(f"表头里没有「{heading}」这一列。现有的列：{'、'.join(paths.values())}。")
        if len(found) > 1 and code:
            raise UnknownHeading(f"表头里有 {len(found)} 列叫「{heading}」。请写完整的列路径，或写列的字母。")
        for number in found:
            decided[number] = code
    used = [code for code in decided.values() if code]
    for code in used:
        if used.count(code) > 1:
            raise UnknownHeading(f"字段「{code}」对应了两列。一个字段只能对应一列，请把其中一列改为不导入。")
    return decided


def _recall(
    remembered: Mapping[str, str],
    columns: Sequence[HeaderColumn],
    paths: Mapping[int, str],
    free: set[str],
    decided: Mapping[int, str],
) -> dict[int, str]:
    """What the same sender decided before, where it still fits: same heading, field not given away."""
    found: dict[int, str] = {}
    for column in columns:
        code = remembered.get(paths[column.number])
        if code is None or column.number in decided or (code and code not in free):
            continue
        found[column.number] = code
        free = free - {code}
    return found


def _by_samples(
    matches: tuple[Match, ...], fields: Sequence[FieldSpec], samples: Sequence[Sequence[Any]]
) -> tuple[Match, ...]:
    """Credit codes, identity numbers and mobile telephones are told by their own form: a column of them needs no
    heading.
    """
    found = list(matches)
    carried = {match.code for match in matches}
    for field in fields:
        holds = TOLD_BY_FORM.get(field.code)
        if holds is None or field.code in carried:
            continue
        for index, match in enumerate(found):
            if match.is_open and _mostly(holds, match.number, samples):
                found[index] = replace(match, code=field.code, basis="samples")
                break
    return tuple(found)


TOLD_BY_FORM: dict[str, Callable[[str], bool]] = {
    "uscc": identifiers.is_valid,
    "id_number": lambda text: (
        identities.SEVENTEEN_DIGITS.match(text) is not None and identities.check_character(text) == text[-1]
    ),
    "phone": lambda text: re.fullmatch(r"1[3-9]\d{9}", text) is not None,
}


def _mostly(holds: Callable[[str], bool], number: int, samples: Sequence[Sequence[Any]]) -> bool:
    """At least three cells of a column, and four of five, pass."""
    cells = [cells[number - 1] for cells in samples if len(cells) >= number and cells[number - 1] is not None]
    texts = [half_width(str(cell)).replace(" ", "").upper() for cell in cells if isinstance(cell, (str, int))]
    valid = sum(1 for text in texts if holds(text))
    return valid >= 3 and valid >= 0.8 * len(cells)
