"""What the parts of a form file say about each other: codes, references, circles, units, types."""

from collections import Counter
from collections.abc import Collection, Iterable

from portal.filing.definition import (
    NUMERIC,
    CarryCheck,
    CompareCheck,
    Condition,
    Field,
    FieldType,
    Operator,
    SumCheck,
)
from portal.filing.draft import CODE, COMPARING, Draft

TEXTS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})
# What an option of a field means something for; anything else is a mistake in the file.
OPTIONS: dict[str, frozenset[FieldType]] = {
    "choices": frozenset({FieldType.CHOICE, FieldType.CHOICES}),
    "columns": frozenset({FieldType.ROWS}),
    "minimum": NUMERIC,
    "maximum": NUMERIC,
    "explain_change_over": NUMERIC,
    "min_length": TEXTS,
    "is_personal": frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PHONE, FieldType.ROWS}),
    "source": frozenset(FieldType) - {FieldType.FILE, FieldType.ROWS},
    "column": frozenset({FieldType.INTEGER, FieldType.MONEY, FieldType.YES_NO}),
}
KEYS = {"is_personal": "personal", "is_locked": "locked"}
NEEDED = {FieldType.CHOICE: "choices", FieldType.CHOICES: "choices", FieldType.ROWS: "columns"}
ROW_TYPES = frozenset(FieldType) - {FieldType.FILE, FieldType.ROWS, FieldType.CHOICES}


def check(draft: Draft, *, sources: Collection[str] | None, columns: dict[str, str] | None) -> None:
    """Adds to `draft.errors` everything that does not hold between the parts."""
    fields = {one.code: one for one, _line in draft.fields}
    _codes(draft)
    for field, line in draft.fields:
        if field.code not in draft.broken:
            _field(draft, field, line, sources, columns)
        for condition in (*field.shown_when, *field.required_when):
            _condition(draft, condition, line, fields)
    _circles(draft)
    for one, line in draft.checks:
        match one:
            case SumCheck():
                _sum(draft, one, line, fields)
            case CompareCheck():
                _compare(draft, one, line, fields)
            case CarryCheck():
                _carry(draft, one, line, fields)
    _sum_circles(draft)
    for flag, line in draft.flags:
        _known(draft, flag.field, line, fields)
        for condition in flag.when:
            _condition(draft, condition, line, fields)
    for code, line in draft.export_order:
        _known(draft, code, line, fields)
    _repeats(draft, draft.export_order, "导出顺序里字段")


def _codes(draft: Draft) -> None:
    _repeats(draft, [(one.code, line) for one, line in draft.fields], "字段代码")
    _repeats(draft, draft.section_lines, "部分的代码")
    _repeats(draft, [(one.code, line) for one, line in draft.checks], "核对的代码")
    _repeats(draft, [(one.code, line) for one, line in draft.flags], "提示的代码")
    uses = [(one.column, line) for one, line in draft.fields if one.column]
    _repeats(draft, uses, "统计列")


def _repeats(draft: Draft, codes: Iterable[tuple[str, int]], what: str) -> None:
    first: dict[str, int] = {}
    for code, line in codes:
        if code in first:
            draft.say(line, f"{what}「{code}」在第 {first[code]} 行已经用过。请换一个，代码不能重复。")
        first.setdefault(code, line)


def _field(
    draft: Draft, field: Field, line: int, sources: Collection[str] | None, columns: dict[str, str] | None
) -> None:
    def say(text: str) -> None:
        draft.say(line, f"字段「{field.label}」{text}")

    for option, types in OPTIONS.items():
        value = getattr(field, option)
        if value not in ("", (), None, 0, False) and field.type not in types:
            key = KEYS.get(option, option)
            say(f"的类型是 {field.type}，不能有「{key}」。请删除「{key}」，或改换类型。")
    needed = NEEDED.get(field.type)
    if needed and not getattr(field, needed):
        say(f"的类型是 {field.type}，却没有「{needed}」。请补上。")
    _twice_in(draft, field, line)
    if field.is_locked and not field.source:
        say("锁定了却没有来源（source）。请写明来源，或去掉 locked。")
    if field.is_locked and not field.how_to_change:
        say("锁定了却没有写如何变更（how_to_change）。请写明到哪里变更。")
    if field.explains_difference and (not field.source or field.is_locked):
        say("要求说明与登记库的差异，须有来源且不锁定。请补上 source、去掉 locked，或去掉 explains_difference。")
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        say(f"的最小值 {field.minimum} 大于最大值 {field.maximum}。请核对。")
    if field.min_length > field.max_length:
        say(f"的最少字数 {field.min_length} 大于最多字数 {field.max_length}。请核对。")
    if sources is not None and field.source and field.source not in sources:
        say(f"的来源「{field.source}」不存在。可用来源：{'、'.join(sorted(sources))}。")
    if columns is not None and field.column:
        if field.column not in columns:
            say(f"的统计列「{field.column}」不存在。可用统计列：{'、'.join(sorted(columns))}。")
        elif columns[field.column] != field.type:
            say(f"的类型是 {field.type}，统计列「{field.column}」要 {columns[field.column]}。请改为一致。")
    for column in field.columns:
        if column.type not in ROW_TYPES:
            say(f"的列「{column.label}」类型是 {column.type}，表格里不能用。请改换类型。")
        if column.shown_when or column.required_when or column.source or column.column:
            say(f"的列「{column.label}」不能有条件、来源或统计列。请删除这些项目。")


def _twice_in(draft: Draft, field: Field, line: int) -> None:
    for what, codes in (
        ("选项", [one.code for one in field.choices]),
        ("选项名称", [one.label for one in field.choices]),
        ("列", [one.code for one in field.columns]),
    ):
        for code, times in Counter(codes).items():
            if times > 1:
                draft.say(line, f"字段「{field.label}」的{what}「{code}」出现 {times} 次。请只留一个。")


def _known(draft: Draft, code: str, line: int, fields: dict[str, Field]) -> Field | None:
    """The field called `code`; None (and, unless it is there but broken, a mistake told) when it cannot be judged."""
    field = fields.get(code)
    if field is None:
        draft.say(line, f"提到的字段「{code}」不存在。请核对代码，或先在表单里加上这个字段。")
    return None if code in draft.broken else field


def _condition(draft: Draft, condition: Condition, line: int, fields: dict[str, Field]) -> None:
    field = _known(draft, condition.field, line, fields)
    if field is None or condition.operator in (Operator.FILLED, Operator.BLANK):
        return
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if condition.operator in COMPARING:
        if not field.is_numeric:
            draft.say(
                line, f"条件用「{condition.operator}」比较「{field.label}」，但它不是数字。请改用 is、in 或 filled。"
            )
        elif not _is_number(values[0]):
            draft.say(line, f"条件里的「{values[0]}」不是数字。请只写数字，例如 3。")
        return
    if field.type is FieldType.YES_NO:
        known = {"yes", "no"}
    elif field.type in (FieldType.CHOICE, FieldType.CHOICES):
        known = {one.code for one in field.choices}
    else:
        draft.say(
            line,
            f"条件用「{condition.operator}」比较「{field.label}」，但它不是选择项。请改用 filled、blank 或 >= 等。",
        )
        return
    for value in values:
        if value not in known:
            draft.say(line, f"条件里的「{value}」不是「{field.label}」的选项。可用选项：{'、'.join(sorted(known))}。")


def _sum(draft: Draft, one: SumCheck, line: int, fields: dict[str, Field]) -> None:
    known = [_known(draft, code, line, fields) for code in (one.total, *one.parts)]
    whole = [field for field in known if field is not None]
    _numbers(draft, whole, line, f"合计核对「{one.code}」")
    for code, times in Counter(one.parts).items():
        if times > 1:
            draft.say(line, f"合计核对「{one.code}」把「{code}」加了 {times} 次。请只留一次。")


def _numbers(draft: Draft, fields: list[Field], line: int, what: str) -> None:
    """All are numbers, and of one unit."""
    for field in fields:
        if not field.is_numeric:
            draft.say(line, f"{what}里的「{field.label}」类型是 {field.type}，不是数字。请改换字段。")
    units = {field.unit: field.label for field in reversed(fields) if field.is_numeric}
    if len(units) > 1:
        listed = "、".join(f"「{label}」是「{unit or '无单位'}」" for unit, label in units.items())
        draft.say(line, f"{what}各项的单位不同：{listed}。请统一单位。")


def _compare(draft: Draft, one: CompareCheck, line: int, fields: dict[str, Field]) -> None:
    left = _known(draft, one.left, line, fields)
    if left is not None and left.type not in NUMERIC | {FieldType.DATE}:
        draft.say(line, f"比较核对「{one.code}」里的「{left.label}」类型是 {left.type}，不能比较大小。请改换字段。")
        return
    if not CODE.match(one.right):
        if not _is_number(one.right):
            draft.say(line, f"比较核对「{one.code}」右边的「{one.right}」既不是字段代码，也不是数字。请改写。")
        return
    right = _known(draft, one.right, line, fields)
    if left is None or right is None:
        return
    if FieldType.DATE in (left.type, right.type):
        if left.type != right.type:
            draft.say(line, f"比较核对「{one.code}」把日期和别的类型相比。请改换字段。")
        return
    _numbers(draft, [left, right], line, f"比较核对「{one.code}」")


def _carry(draft: Draft, one: CarryCheck, line: int, fields: dict[str, Field]) -> None:
    known = [_known(draft, code, line, fields) for code in (one.field, one.last)]
    _numbers(draft, [field for field in known if field is not None], line, f"结转核对「{one.code}」")


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def _circles(draft: Draft) -> None:
    """No field may be shown or required by an answer that itself depends on this field."""
    edges = {
        field.code: {one.field for one in (*field.shown_when, *field.required_when)} for field, _line in draft.fields
    }
    lines = {field.code: line for field, line in draft.fields}
    for circle in circles(edges):
        draft.say(lines[circle[0]], f"条件绕成了圈：{' → '.join((*circle, circle[0]))}。请去掉其中一个条件。")


def _sum_circles(draft: Draft) -> None:
    edges: dict[str, set[str]] = {}
    lines: dict[str, int] = {}
    for one, line in draft.checks:
        if isinstance(one, SumCheck):
            edges.setdefault(one.total, set()).update(one.parts)
            lines.setdefault(one.total, line)
    for circle in circles(edges):
        draft.say(lines[circle[0]], f"合计绕成了圈：{' → '.join((*circle, circle[0]))}。请去掉其中一项。")


def circles(edges: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """The circles of a graph, each once, beginning with the node that comes first in `edges`."""
    order = {code: place for place, code in enumerate(edges)}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    done: set[str] = set()

    def walk(code: str, path: tuple[str, ...]) -> None:
        if code in path:
            circle = path[path.index(code) :]
            first = min(circle, key=lambda one: order[one])
            start = circle.index(first)
            found.setdefault(frozenset(circle), (*circle[start:], *circle[:start]))
            return
        if code in done or code not in edges:
            return
        for other in sorted(edges[code]):
            walk(other, (*path, code))
        done.add(code)

    for code in edges:
        walk(code, ())
    return list(found.values())
