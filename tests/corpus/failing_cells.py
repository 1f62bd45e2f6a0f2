"""Cells that keep a row out, each with its code, all at once."""

import datetime as dt

from openpyxl import Workbook

from tests import workbooks
from tests.corpus.case import HEAD, Case, book, code, name, rejected, row, saved, steady, xlsx

PART = "xl/worksheets/sheet1.xml"


def with_code(number: int, text: object) -> tuple:
    return (name(number), text, *row(number)[2:])


def one(
    heading: str, *found: tuple[object, str], why: str, title: str, ugliness: tuple[int, ...], ending: str = "xlsx"
) -> Case:
    """Bad cells of one column, one a row from row 2 on, and a good row at the end."""
    lines = [(*HEAD, heading), *(row(number, cell) for number, (cell, _) in enumerate(found)), row(99)]
    wanted = rejected(*((number, "F", answer) for number, (_, answer) in enumerate(found, start=2)))
    content = xlsx(lines) if ending == "xlsx" else workbooks.as_csv(lines)
    return Case(title, ending, why, ugliness, content, wanted)


def values() -> list[Case]:
    broken = workbooks.to_bytes(book([(*HEAD, "单位会员数"), row(1, 12), row(2, 13), row(3, 14)])[0])
    invalid, ambiguous = "date.invalid", "date.ambiguous"
    return [
        one(
            "成立日期",
            ("2024-02-30", invalid),
            ("去年", invalid),
            ("2024-13-01", invalid),
            (0, invalid),
            (dt.date(1899, 12, 31), invalid),
            why="不存在的日期",
            title="dates-that-do-not-exist",
            ugliness=(10,),
        ),
        one(
            "成立日期",
            (2024.1, ambiguous),
            ("3/4/2024", ambiguous),
            why="分不清的日期",
            title="dates-ambiguous",
            ugliness=(10,),
        ),
        one(
            "单位会员数",
            ("约50", "number.invalid"),
            ("50余家", "number.invalid"),
            (1.5, "number.invalid"),
            (-3, "number.invalid"),
            ("多", "number.invalid"),
            why="不确定的数",
            title="numbers-that-are-not",
            ugliness=(16,),
        ),
        one(
            "注册资金(万元)",
            ("三十万", "number.invalid"),
            ("(5)", "number.invalid"),
            why="不是金额",
            title="money-that-is-not",
            ugliness=(16,),
        ),
        one(
            "党建入章",
            ("部分", "choice.unknown"),
            ("待定", "choice.unknown"),
            why="是否之外的字",
            title="neither-yes-nor-no",
            ugliness=(15,),
        ),
        Case(
            "choice-unknown",
            "xlsx",
            "类型不在可选范围",
            (15,),
            xlsx([HEAD, (name(1), code(1), "行业组织", "省级", "湖南省"), row(2)]),
            rejected((2, "C", "choice.unknown")),
        ),
        Case(
            "error-cells",
            "xlsx",
            "错误值和没有保存结果的公式",
            (20,),
            steady(
                broken,
                {
                    PART: lambda text: text.replace(
                        b'<c r="F2" t="n"><v>12</v></c>', b'<c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
                    ).replace(b'<c r="F3" t="n"><v>13</v></c>', b'<c r="F3"><f>A1+1</f></c>')
                },
            ),
            rejected((2, "F", "cell.error"), (3, "F", "cell.error")),
        ),
        one("简称", ("长" * 201, "text.too_long"), why="太长", title="too-long", ugliness=(11,)),
        Case(
            "name-blank",
            "xlsx",
            "没有名称",
            (17,),
            xlsx([HEAD, (None, *row(1)[1:]), row(2)]),
            rejected((2, "A", "required")),
        ),
        Case(
            "name-of-one-character",
            "xlsx",
            "名称只有一个字、是数字",
            (14,),
            xlsx([HEAD, ("甲", *row(1)[1:]), (12345, *row(2)[1:]), row(3)]),
            rejected((2, "A", "name.too_short"), (3, "A", "name.number")),
        ),
        Case(
            "all-problems-at-once",
            "xlsx",
            "一行的所有问题一次说全，行号是原文件的",
            (26,),
            xlsx(
                [
                    ("标题",),
                    (*HEAD, "成立日期", "单位会员数", "行业管理部门"),
                    (),
                    (name(1), "1", "不知道", "省级", "湖南省", "无此日", "约5", "没有这个厅"),
                    row(2, "2024-03-05", 5, None),
                ]
            ),
            rejected(
                (4, "B", "uscc.checksum"),
                (4, "C", "choice.unknown"),
                (4, "F", "date.invalid"),
                (4, "G", "number.invalid"),
                (4, "H", "reference.unknown"),
            ),
        ),
        Case(
            "rows-of-several-sheets",
            "xlsx",
            "几张工作表里的错误各有其表名和行号",
            (7, 26),
            several(),
            rejected((3, "B", "uscc.checksum"), (2, "B", "uscc.checksum"), good=2, warnings=["sheet.several"]),
        ),
    ]


def several() -> bytes:
    made = Workbook()
    for number, title in enumerate(("长沙", "株洲")):
        page = made.active if number == 0 else made.create_sheet()
        page.title = title
        good, bad = row(10 + number), with_code(20 + number, "1")
        for line in (HEAD, *((good, bad) if number == 0 else (bad, good))):
            page.append(list(line))
    return saved(made)
