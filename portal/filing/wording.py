"""The sentences that people read beside a field and in the summary: the cause with the present value, the remedy.

Both places use the same text (ux.md §4.2). Nothing is decided here.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from portal.filing.definition import Field, FieldType

SHOWN = 30
LIMIT = Decimal(1_000_000_000)
MONEY_LIMIT = Decimal(10_000_000_000_000)
EXAMPLES = {
    FieldType.INTEGER: "12",
    FieldType.DECIMAL: "12.5",
    FieldType.MONEY: "1200000.00",
    FieldType.DATE: "2024-03-01",
    FieldType.PHONE: "0731-84502000",
}
OPERATORS = {"=": "等于", "<=": "不大于", "<": "小于", ">=": "不小于", ">": "大于"}


def shortened(raw: str) -> str:
    return raw if len(raw) <= SHOWN else raw[: SHOWN - 1] + "…"


def plain(number: Decimal | int) -> str:
    """A number with its thousands marked; whole ones without decimals, amounts with two."""
    value = Decimal(number)
    return f"{int(value):,}" if value == value.to_integral_value() else f"{value.normalize():,f}"


def amount(number: Decimal, field: Field) -> str:
    """A number as the field writes it, with its unit."""
    text = f"{number:,.2f}" if field.type is FieldType.MONEY else plain(number)
    return f"{text} {field.unit}" if field.unit else text


def lowest(field: Field) -> Decimal:
    """What a number may not go below: 0, unless the form says otherwise."""
    return Decimal(0) if field.minimum is None else field.minimum


def highest(field: Field) -> Decimal:
    if field.maximum is not None:
        return field.maximum
    return MONEY_LIMIT if field.type is FieldType.MONEY else LIMIT


def missing(field: Field) -> str:
    """What is asked for, as the thing to do."""
    match field.type:
        case FieldType.FILE:
            return f"上传{field.label}"
        case FieldType.CHOICE | FieldType.CHOICES | FieldType.YES_NO:
            return f"选择{field.label}"
    return f"填写{field.label}"


def range_text(field: Field) -> str:
    """「 0～9999 的整数」; without an upper bound 「不小于 0 的整数」."""
    what = {FieldType.INTEGER: "整数", FieldType.MONEY: "金额"}.get(field.type, "数字")
    if field.maximum is not None:
        return f" {plain(lowest(field))}～{plain(field.maximum)} 的{what}"
    if lowest(field) < 0:
        return what
    return f"不小于 {plain(lowest(field))} 的{what}"


def not_a_number(field: Field, raw: str) -> str:
    example = EXAMPLES[field.type]
    unit = f"，单位为{field.unit}" if field.unit else ""
    return f"{field.label}应为{range_text(field)}，现在填的是「{shortened(raw)}」。请只填数字，例如 {example}{unit}。"


def not_whole(field: Field, raw: str) -> str:
    return f"{field.label}应为整数，现在填的是「{shortened(raw)}」，带有小数。请填写整数，例如 12。"


def outside(field: Field, raw: str, number: Decimal) -> str:
    if number < 0 <= lowest(field):
        return f"{field.label}不能是负数，现在填的是「{shortened(raw)}」。请核对后填写{range_text(field)}。"
    if number >= highest(field) and field.maximum is None:
        return f"{field.label}填的是「{shortened(raw)}」，位数过多。请核对数字和单位（{field.unit or '无'}）。"
    return f"{field.label}应为{range_text(field)}，现在填的是「{shortened(raw)}」。请核对后重新填写。"


def too_precise(field: Field, raw: str) -> str:
    return f"{field.label}最多保留两位小数，现在填的是「{shortened(raw)}」。请四舍五入到分，单位为元。"


def no_such_day(field: Field, raw: str) -> str:
    return f"{field.label}「{shortened(raw)}」不存在。请按 年-月-日 填写，例如 2024-03-01。"


def not_a_date(field: Field, raw: str) -> str:
    return f"{field.label}应为日期，现在填的是「{shortened(raw)}」。请按 年-月-日 填写，例如 2024-03-01。"


def not_a_phone(field: Field) -> str:
    """The number itself is personal and is not repeated."""
    return f"{field.label}应为手机号或带区号的固定电话，现在填的读不出来。请重新填写，例如 0731-84502000。"


def not_a_choice(field: Field, raw: str) -> str:
    labels = "、".join(one.label for one in field.choices) or "是、否"
    return f"{field.label}「{shortened(raw)}」不在可选范围。请选择以下之一：{labels}。"


def too_long(field: Field, length: int) -> str:
    return f"{field.label}有 {length} 个字，超过 {field.max_length} 个字。请精简到 {field.max_length} 个字以内。"


def too_short(field: Field, length: int) -> str:
    return f"{field.label}有 {length} 个字，少于 {field.min_length} 个字。请补充到 {field.min_length} 个字以上。"


def too_many_rows(field: Field, count: int) -> str:
    return f"{field.label}有 {count} 行，超过 {field.max_rows} 行。请只填主要的 {field.max_rows} 行。"


def in_row(field: Field, number: int, text: str) -> str:
    return f"{field.label}第 {number} 行：{text}"


def too_many_files(field: Field, count: int) -> str:
    return f"{field.label}有 {count} 个文件，超过 {field.max_files} 个。请删除多余的，或合并成一个文件。"


def sum_differs(total: Field, parts: Sequence[Field], stated: Decimal, added: Decimal, remedy: str) -> str:
    names = "、".join(one.label for one in parts) if len(parts) <= 4 else f"{parts[0].label}等 {len(parts)} 项"
    return (
        f"{names}合计 {amount(added, total)}，与{total.label} {amount(stated, total)}"
        f"相差 {amount(abs(stated - added), total)}。{remedy or '请修改其中一项。'}"
    )


def sum_unit(field: Field, value: Decimal, total: Field, other: Decimal) -> str:
    """A sum that would hold if this one were 10,000 times as much, or as little."""
    against = "各项之和" if field == total else total.label
    return (
        f"{field.label} {amount(value, field)}与{against}对不上，相差 1 万倍，可能把万元当成{field.unit}填写了。"
        f"本表单位是{field.unit}，请核对是否应为 {amount(other, field)}。"
    )


def does_not_compare(left: Field, value: str, operator: str, right: str, remedy: str) -> str:
    return f"{left.label}（{value}）应{OPERATORS[operator]}{right}。{remedy or '请核对这两项。'}"


def unit_doubt(field: Field, value: Decimal, last: Decimal) -> str:
    direction = "扩大" if abs(value) > abs(last) else "缩小"
    return (
        f"{field.label}上年 {amount(last, field)}，本年 {amount(value, field)}，{direction}约 1 万倍，"
        f"可能把万元当成{field.unit}填写了。请按{field.unit}修改；确属实情的，写明原因。"
    )


def changed_much(field: Field, value: Decimal, last: Decimal, per_cent: int) -> str:
    return (
        f"{field.label}上年 {amount(last, field)}，本年 {amount(value, field)}，"
        f"变动超过 {per_cent}%。请核对；确属实情的，写明原因。"
    )


def from_nothing(field: Field, value: Decimal) -> str:
    return f"{field.label}上年为 0，本年 {amount(value, field)}。请核对；确属实情的，写明原因。"


def differs_from_register(field: Field, value: str, known: str) -> str:
    return f"{field.label}填的是「{value}」，登记库中是「{known}」。请核对；确有变化的，写明原因。"


def not_carried(field: Field, value: Decimal, last_field: Field, last: Decimal) -> str:
    return (
        f"{field.label}本年填 {amount(value, field)}，上年报告中{last_field.label}是 {amount(last, last_field)}，"
        "两者应当相同。请核对；有调整的，写明原因。"
    )


def register_changed(field: Field, value: str, known: str) -> str:
    return f"{field.label}报送的是「{value}」，登记库现在是「{known}」。"


def register_lacks(field: Field) -> str:
    return f"登记库中没有{field.label}，报告里是空的。"


def day(value: date) -> str:
    return value.isoformat()
