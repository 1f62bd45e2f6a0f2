"""Cells that are read honestly: dates, numbers, codes, names, and nothing at all."""

import datetime as dt

from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.corpus.case import HEAD, Case, book, code, name, new, row, saved, steady, xlsx

PART = "xl/worksheets/sheet1.xml"
DATED = (*HEAD, "成立日期")
DAY = "2024-03-05"


def cells() -> list[Case]:
    shapes = [
        "2024-03-05",
        "2024/3/5",
        "2024.3.5",
        "2024年3月5日",
        "20240305",
        "２０２４－０３－０５",
        "二〇二四年三月五日",
        dt.date(2024, 3, 5),
        dt.datetime(2024, 3, 5, 8, 30),  # noqa: DTZ001 (a cell has no zone)
        45356,
    ]
    made, page = book([DATED, row(1)])
    made.epoch = CALENDAR_MAC_1904
    page["F2"] = dt.date(2024, 3, 5)
    return [
        Case(
            "dates-of-every-shape",
            "xlsx",
            "日期的各种写法",
            (10, 11),
            xlsx([DATED, *(row(number, shape) for number, shape in enumerate(shapes))]),
            new(10, records=[{"name": name(number), "established_on": DAY} for number in range(10)]),
        ),
        Case(
            "dates-without-a-day",
            "xlsx",
            "只有年月或年份，按首日记录并提醒",
            (10,),
            xlsx(
                [DATED, row(1, "2024.3"), row(2, "2024年"), row(3, dt.date(2024, 3, 1))],
                formats={"F4": 'yyyy"年"m"月"'},
            ),
            new(
                3,
                warnings=["date.precision"],
                records=[
                    {"name": name(1), "established_on": "2024-03-01"},
                    {"name": name(2), "established_on": "2024-01-01"},
                ],
            ),
        ),
        Case(
            "dates-from-1904",
            "xlsx",
            "按 1904 年起算的工作簿",
            (10,),
            saved(made),
            new(1, records=[{"name": name(1), "established_on": DAY}]),
        ),
        Case(
            "dates-unusual",
            "xlsx",
            "早于 1949 年、两位年份要提醒",
            (10,),
            xlsx([DATED, row(1, "1930-01-01"), row(2, "24.3.5")]),
            new(2, warnings=["date.two_digit_year", "date.unusual"]),
        ),
        Case(
            "nothing-said",
            "xlsx",
            "「无」「/」「—」「不详」不写入",
            (17,),
            xlsx(
                [
                    (*HEAD, "成立日期", "住所", "简称", "单位会员数"),
                    row(1, "不详", "/", "无", "—"),
                    row(2, "——", "－", "／", "/"),
                ]
            ),
            new(2, records=[{"name": name(1), "established_on": None, "domicile": "", "unit_member_count": None}]),
        ),
        Case(
            "zero-is-a-number",
            "xlsx",
            "0 是数，不是空",
            (17,),
            xlsx([(*HEAD, "单位会员数"), row(1, 0), row(2, "0")]),
            new(2, records=[{"name": name(number), "unit_member_count": 0} for number in (1, 2)]),
        ),
        Case(
            "none-is-zero-for-counts",
            "xlsx",
            "人数栏的「无」是 0，「—」和空格什么都不说",
            (17,),
            xlsx([(*HEAD, "单位会员数"), row(1, "无"), row(2, "—"), row(3, None)]),
            new(
                3,
                records=[
                    {"name": name(number), "unit_member_count": said} for number, said in ((1, 0), (2, None), (3, None))
                ],
            ),
        ),
        Case(
            "full-width",
            "xlsx",
            "全角字母数字、零宽字符、不间断空格",
            (11,),
            xlsx(
                [
                    (*HEAD, "单位会员数"),
                    (
                        f" {name(1)}\u200b\xa0",
                        code(1).translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789MJ"}),
                        "社会团体 ",
                        "省　级",
                        "湖南省\n",
                        "１２",
                    ),
                ]
            ),
            new(1, records=[{"name": name(1), "uscc": code(1), "unit_member_count": 12}]),
        ),
        Case(
            "spaces-inside-names",
            "xlsx",
            "名称里有空格和换行，会长姓名有空格",
            (11, 12),
            xlsx([(*HEAD, "会长"), ("湖南省 语料\n第1商 会", *row(1)[1:], "张　三")]),
            new(1, records=[{"name": name(1)}]),
        ),
        Case(
            "codes-with-noise",
            "xlsx",
            "信用代码有空格、连字符、小写、撇号",
            (8,),
            xlsx(
                [
                    HEAD,
                    (name(1), f"'{code(1)[:8]} {code(1)[8:]} ".lower(), *row(1)[2:]),
                    (name(2), f"{code(2)[:6]}-{code(2)[6:]}", *row(2)[2:]),
                ]
            ),
            new(2, records=[{"name": name(1), "uscc": code(1)}, {"name": name(2), "uscc": code(2)}]),
        ),
        Case(
            "telephones",
            "xlsx",
            "电话是数字、多个号码、带区号",
            (9,),
            xlsx(
                [
                    (*HEAD, "联系电话"),
                    row(1, 13800001234.0),
                    row(2, "0731-84567890/13800001234、13900001234"),
                    row(3, "（0731）84567890"),
                ]
            ),
            new(3),
        ),
        Case(
            "codes-with-labels",
            "xlsx",
            "「1-是」「01-社会团体」这类代码加名称",
            (15,),
            xlsx([(*HEAD, "党建入章"), (name(1), code(1), "01-社会团体", "2、省级", "湖南省", "1-是"), row(2, "0-否")]),
            new(
                2,
                records=[
                    {"name": name(1), "charter_has_party_clause": True, "kind": "social_group"},
                    {"name": name(2), "charter_has_party_clause": False},
                ],
            ),
        ),
        Case(
            "yes-and-no",
            "xlsx",
            "是否的各种写法",
            (15,),
            xlsx(
                [
                    (*HEAD, "是否行业协会商会"),
                    *(row(number, said) for number, said in enumerate(["√", "是", "有", "1", 1, "Y", "○", True])),
                    *(row(number, said) for number, said in enumerate(["×", "否", "无", "0", 0, "N", False], start=8)),
                    row(15, "/"),
                ]
            ),
            new(
                16,
                records=[
                    *({"name": name(number), "is_industry_association": True} for number in range(8)),
                    *({"name": name(number), "is_industry_association": False} for number in range(8, 15)),
                    {"name": name(15), "is_industry_association": None},
                ],
            ),
        ),
        Case(
            "numbers-with-units",
            "xlsx",
            "数字带单位、千分位",
            (16,),
            xlsx(
                [
                    (*HEAD, "从业人员数", "注册资金(万元)"),
                    row(1, "1,200人", "3万元"),
                    row(2, "５０", 30),
                    row(3, "8 名", "300000元"),
                ]
            ),
            new(
                3,
                records=[
                    {"name": name(1), "staff_count": 1200, "registered_fund": "30000.00"},
                    {"name": name(2), "staff_count": 50, "registered_fund": "300000.00"},
                    {"name": name(3), "staff_count": 8, "registered_fund": "300000.00"},
                ],
            ),
        ),
        Case(
            "money-in-yuan",
            "xlsx",
            "列名写明单位是元",
            (16,),
            xlsx([(*HEAD, "注册资金（元）"), row(1, 300000)]),
            new(1, records=[{"name": name(1), "registered_fund": "300000.00"}]),
        ),
        Case(
            "aliases-of-departments",
            "xlsx",
            "部门写简称、机构改革前的名称",
            (13,),
            xlsx([(*HEAD, "行业管理部门"), row(1, "省工信厅"), row(2, "湖南省经济和信息化委员会")]),
            new(
                2,
                records=[{"name": name(number), "regulator": "湖南省工业和信息化厅"} for number in (1, 2)],
            ),
        ),
        Case(
            "formulas-with-values",
            "xlsx",
            "公式只取保存下来的结果",
            (20,),
            steady(
                xlsx([(*HEAD, "单位会员数"), row(1, 12)]),
                {PART: lambda text: text.replace(b"<v>12</v>", b"<f>SUM([1]Sheet1!A1:A9)</f><v>12</v>")},
            ),
            new(1, records=[{"name": name(1), "unit_member_count": 12}]),
        ),
        Case(
            "text-that-looks-like-a-formula",
            "xlsx",
            "以 = + - @ 开头的文字只是文字",
            (21,),
            steady(
                xlsx([(*HEAD, "备注"), row(1, "TEXT-1"), row(2, "+86 联系"), row(3, "@某人")]),
                {PART: lambda text: text.replace(b"TEXT-1", b"=HYPERLINK(1)")},
            ),
            new(3, records=[{"name": name(1), "remark": "=HYPERLINK(1)"}, {"name": name(3), "remark": "@某人"}]),
        ),
    ]
