"""Form files: what is read, and that every mistake is told with its line, all at once."""

import pytest

from portal.filing.definition import FieldType, Operator
from portal.filing.loading import FormErrors, load

SMALL = """\
code: sample
version: 2
title: 样表
declaration: 以上内容真实
sections:
  - code: basic
    title: 基本情况
    minutes: 3
    prepare: [登记证书]
    groups:
      - title: 登记
        fields:
          - {code: name, label: 名称, type: text, source: association.name, locked: true, how_to_change: 到机关变更}
          - {code: members, label: 会员数, type: integer, unit: 家, column: unit_member_count}
          - {code: has_party, label: 是否建立党组织, type: yes_no}
          - code: why_none
            label: 未建立的原因
            type: choice
            choices: [few: 党员不足三名, soon: 正在筹建]
            shown_when: [{field: has_party, is: no}]
  - code: money
    title: 财务
    party: true
    groups:
      - grid:
          code: balance
          title: 资产负债表
          unit: 元
          rows: [cash: 货币资金, total: 资产合计]
          columns: [opening: 年初数, closing: 期末数]
          cells:
            balance_cash_closing: {minimum: -5}
checks:
  - {code: assets, total: balance_total_closing, parts: [balance_cash_closing]}
  - {code: enough, left: members, operator: '>=', right: '3'}
  - {code: roll, field: balance_cash_opening, last: balance_cash_closing}
flags:
  - {code: none, field: has_party, when: [{field: has_party, is: no}], text: 没有党组织}
export_order: [members, name]
"""


def test_a_form_file_is_read():
    form = load(SMALL, sources={"association.name"}, columns={"unit_member_count": "integer"})
    assert (form.code, form.version, [one.code for one in form.sections]) == ("sample", 2, ["basic", "money"])
    assert list(form.fields) == [
        "name",
        "members",
        "has_party",
        "why_none",
        "balance_cash_opening",
        "balance_cash_closing",
        "balance_total_opening",
        "balance_total_closing",
    ]
    why = form.fields["why_none"]
    assert (why.type, why.shown_when[0].operator, why.shown_when[0].value) == (FieldType.CHOICE, Operator.IS, "no")
    cell = form.fields["balance_cash_closing"]
    assert (cell.label, cell.unit, cell.minimum, cell.grid_row, cell.type) == (
        "货币资金（期末数）",
        "元",
        -5,
        "cash",
        FieldType.MONEY,
    )
    assert form.section("money").is_party
    assert form.section("money").groups[0].grid.cell("cash", "opening") == "balance_cash_opening"
    assert form.export_order == ("members", "name")
    with pytest.raises(KeyError):
        form.section("none")


def told(source: str, **known) -> list[str]:
    with pytest.raises(FormErrors) as caught:
        load(source, **known)
    return [str(one) for one in caught.value.errors]


def with_line(number: int, line: str) -> str:
    lines = SMALL.splitlines()
    lines[number - 1] = line
    return "\n".join(lines)


WRONG = [
    (1, "kode: sample", ["第 1 行：不认识项目「kode」。", "第 1 行：缺少项目「code」。请补上。"]),
    (2, "version: two", ["第 2 行：这里应为整数，现在是「two」。"]),
    (1, "code: Sample", ["第 1 行：代码「Sample」应由小写字母"]),
    (4, "title: 又一个", ["第 4 行：「title」在这里写了两次。"]),
    (8, "    minutes: [3]", ["第 8 行：这里应为一段文字"]),
    (9, "    prepare: 登记证书", ["第 9 行：这里应为列表"]),
    (9, "    prepare: []", ["第 9 行：列表至少要有 1 项，现在有 0 项。"]),
    (13, "          - {code: name, label: 名称, type: words}", ["第 13 行：「words」不在可用的写法之中。"]),
    (
        13,
        "          - {code: members, label: 名称, type: text}",
        ["第 14 行：字段代码「members」在第 13 行已经用过。", "第 39 行：提到的字段「name」不存在。"],
    ),
    (14, "          - {code: members, label: 会员数, type: text, explain_change_over: 3}", None),
    (15, "          - {code: has_party, label: 党, type: text}", None),
    (
        15,
        "          - {code: has_party, label: 党, type: yes_no, required: maybe}",
        ["第 15 行：这里应为 true 或 false"],
    ),
    (19, "            choices: [few: 一, few: 二]", ["第 16 行：字段「未建立的原因」的选项「few」出现 2 次。"]),
    (19, "            choices: [few]", ["第 19 行：这里应为「项目: 内容」", "第 19 行：列表至少要有 2 项"]),
    (19, "            hint: 无选项", ["第 16 行：字段「未建立的原因」的类型是 choice，却没有「choices」。"]),
    (20, "            shown_when: [{field: nobody, is: no}]", ["第 16 行：提到的字段「nobody」不存在。"]),
    (20, "            shown_when: [{field: has_party, is: sometimes}]", ["第 16 行：条件里的「sometimes」不是"]),
    (
        20,
        "            shown_when: [{field: has_party, is: no, in: [a]}]",
        ["第 20 行：条件应有一种比较，现在有 2 种。"],
    ),
    (20, "            shown_when: [{field: name, is: 甲}]", ["第 16 行：条件用「is」比较「名称」"]),
    (20, "            shown_when: [{field: has_party, '>': 3}]", ["第 16 行：条件用「>」比较「是否建立党组织」"]),
    (20, "            shown_when: [{field: members, '>': 三}]", ["第 16 行：条件里的「三」不是数字。"]),
    (
        20,
        "            shown_when: [{field: why_none, filled: true}]",
        ["第 16 行：条件绕成了圈：why_none → why_none。"],
    ),
    (29, "          rows: [cash: 货币资金]", None),
    (32, "            balance_gold_closing: {minimum: -5}", ["第 32 行：报表里没有单元格「balance_gold_closing」。"]),
    (32, "            balance_cash_closing: {unit: 万元}", ["第 34 行：合计核对「assets」各项的单位不同"]),
    (34, "  - {code: assets, total: name, parts: [balance_cash_closing]}", None),
    (34, "  - {code: assets, total: members, parts: [members]}", ["第 34 行：合计绕成了圈：members → members。"]),
    (35, "  - {code: enough, left: name, operator: '>=', right: '3'}", ["第 35 行：比较核对「enough」里的「名称」"]),
    (35, "  - {code: enough, left: members, operator: is, right: '3'}", ["第 35 行：核对里的比较「is」不能用。"]),
    (35, "  - {code: enough, left: members, operator: '>', right: 三}", ["第 35 行：比较核对「enough」右边的「三」"]),
    (35, "  - {code: assets, left: members, operator: '>', right: '3'}", ["第 35 行：核对的代码「assets」"]),
    (36, "  - {code: roll}", ["第 36 行：看不出是哪种核对。"]),
    (36, "  - {code: roll, field: members, last: name}", ["第 36 行：结转核对「roll」里的「名称」"]),
    (36, "  - {code: roll, field: members, last: gone}", ["第 36 行：提到的字段「gone」不存在。"]),
    (38, "  - {code: none, field: has_party, when: [], text: 没有}", ["第 38 行：列表至少要有 1 项"]),
    (39, "export_order: [members, members]", ["第 39 行：导出顺序里字段「members」在第 39 行已经用过。"]),
    (5, "sections: &all", None),
    (39, "export_order: *all", ["第 39 行：使用了引用「*all」。"]),
    (39, "export_order: [members", ["第 40 行：这里的写法读不出来"]),
]


@pytest.mark.parametrize(("number", "line", "expected"), WRONG, ids=[f"{one[0]}-{i}" for i, one in enumerate(WRONG)])
def test_a_mistake_in_a_form_file_is_told_with_its_line(number, line, expected):
    if expected is None:
        text = with_line(number, line)
        if line.startswith("sections"):
            assert load(text).code == "sample"
        else:
            assert told(text)
        return
    found = told(with_line(number, line))
    assert len(found) >= len(expected)
    for start in expected:
        assert any(one.startswith(start) for one in found), found


def test_unknown_sources_and_columns_are_told_where_they_are_known():
    found = told(SMALL, sources={"association.uscc"}, columns={"staff_count": "integer"})
    assert [one.split("字")[0] for one in found] == ["第 13 行：", "第 14 行："]
    assert "可用来源：association.uscc" in found[0]
    found = told(SMALL, columns={"unit_member_count": "money"})
    assert found == ["第 14 行：字段「会员数」的类型是 integer，统计列「unit_member_count」要 money。请改为一致。"]


def test_all_mistakes_are_told_at_once():
    text = (
        SMALL.replace("version: 2", "version: x").replace("minutes: 3", "minutes: y").replace("type: yes_no", "type: z")
    )
    assert [one.split("：")[0] for one in told(text)] == ["第 2 行", "第 8 行", "第 15 行"]


def test_a_circle_over_three_fields_names_the_way():
    rows = "\n".join(
        f"          - {{code: {one}, label: {one}, type: yes_no, {key}: [{{field: {other}, is: yes}}]}}"
        for one, other, key in [("a", "b", "shown_when"), ("b", "c", "required_when"), ("c", "a", "shown_when")]
    )
    text = (
        f"code: x\nversion: 1\ntitle: 圈\nsections:\n  - code: s\n    title: 甲\n    groups:\n      - fields:\n{rows}\n"
    )
    assert told(text) == ["第 9 行：条件绕成了圈：a → b → c → a。请去掉其中一个条件。"]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", "第 1 行：文件是空的"),
        ("- 1", "第 1 行：文件是空的"),
        ("code: \x00", "第 1 行：文件含有不能识别的字符"),
        ("a: 1\n\tb: 2", "第 2 行：这里的写法读不出来"),
        ("x" * 1_000_001, "第 1 行：文件有 1,000,001 个字符"),
    ],
    ids=["empty", "list", "control", "tab", "large"],
)
def test_a_file_that_is_no_form_is_refused(text, start):
    assert told(text)[0].startswith(start)


def options(**keys: str) -> str:
    given = "".join(f", {key}: {value}" for key, value in keys.items())
    return (
        "code: x\nversion: 1\ntitle: 项\nsections:\n  - code: s\n    title: 甲\n    groups:\n      - fields:\n"
        f"          - {{code: a, label: 甲{given}}}\n"
    )


@pytest.mark.parametrize(
    ("keys", "part"),
    [
        ({"type": "text", "locked": "true"}, "锁定了却没有来源"),
        ({"type": "text", "locked": "true", "source": "x"}, "没有写如何变更"),
        ({"type": "text", "explains_difference": "true"}, "须有来源且不锁定"),
        ({"type": "integer", "minimum": "5", "maximum": "3"}, "的最小值 5 大于最大值 3"),
        ({"type": "text", "min_length": "5", "max_length": "3"}, "的最少字数 5 大于最多字数 3"),
        ({"type": "date", "personal": "true"}, "不能有「personal」"),
        ({"type": "integer", "minimum": "abc"}, "这里应为数字"),
        ({"type": "rows", "columns": "[{code: f, label: 件, type: file}]"}, "的列「件」类型是 file"),
        (
            {"type": "rows", "columns": "[{code: f, label: 件, type: text, source: x}]"},
            "的列「件」不能有条件、来源或统计列",
        ),
        ({"type": "text", "hint": "''"}, "这里是空的"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_an_option_that_does_not_fit_is_told(keys, part):
    found = told(options(**keys))
    assert part in found[0], found
    assert found[0].startswith("第 9 行：")
