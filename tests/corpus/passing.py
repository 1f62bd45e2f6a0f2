"""Files that are read honestly: ugly, and right."""

import datetime as dt
import io

import xlsxwriter
import xlwt

from tests import other_formats, workbooks
from tests.corpus.case import HEAD, Case, book, code, name, new, row, saved, steady, xlsx
from tests.corpus.passing_cells import cells
from tests.corpus.passing_sheets import sheets
from tests.other_formats import cell

PART = "xl/worksheets/sheet1.xml"
DATED = (*HEAD, "成立日期")
DAY = "2024-03-05"


def passing() -> list[Case]:
    return [*headers(), *rows(), *sheets(), *cells(), *formats(), *registers()]


def headers() -> list[Case]:
    two = [
        ("长沙市行业协会商会名录",),
        ("填报单位：长沙市委社会工作部", None, None, "填报日期：2026年6月30日"),
        ("名称", "信用代码", "类型", "登记级别", "所属地区", "责任分工", None, "会员数（家、人）", None),
        (None, None, None, None, None, "主管部门", "责任处室", "单位", "个人"),
        row(1, "省工信厅", "产业处", 30, 5),
    ]
    two_merges = ["A1:I1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:E4", "F3:G3", "H3:I3"]
    three = [
        ("基本情况", None, None, None, None, "党建情况", None),
        ("名称", "统一社会信用代码", "类型", "级别", "登记地", "党员数", None),
        (None, None, None, None, None, "组织关系在本组织", "在本组织工作"),
        row(1, 3, 5),
    ]
    early = [
        ("序号", *HEAD, "会员情况", None, None),
        (None, None, None, None, None, None, "单位会员", "个人会员", "从业人员"),
        ("1", *row(1, 30, 5, 8)),
        (2.0, *row(2, 31, 6, 9)),
    ]
    five = [
        ("附件2",),
        ("一", None, None, None, None, "二", None),
        ("登记情况", None, None, None, None, "人员情况", None),
        ("法人登记", None, None, None, None, "从业人员", None),
        ("证书", None, None, None, None, "全部", None),
        ("名称", "信用代码", "社会组织类型", "登记级别", "登记地", "从业人员数", "专职"),
        row(1, 9, 3),
    ]
    return [
        Case("plain", "xlsx", "列名在第一行", (), xlsx([HEAD, row(1), row(2)]), new(2, header_rows=[1])),
        Case(
            "titles-above",
            "xlsx",
            "表头上面有标题、填报单位和日期",
            (1,),
            xlsx([("名录",), ("填报单位：某市", None, "填报日期：2026.6.30"), (), HEAD, row(1)], merges=["A1:E1"]),
            new(1, header_rows=[4]),
        ),
        Case(
            "long-note-above",
            "xlsx",
            "第一行是很长的填表说明",
            (1,),
            xlsx([("说明：" + "请各单位认真核对本表各项内容，按要求填写，" * 12,), HEAD, row(1)], merges=["A1:E1"]),
            new(1, header_rows=[2]),
        ),
        Case(
            "two-header-rows",
            "xlsx",
            "两行表头，合并单元格",
            (1, 2),
            xlsx(two, merges=two_merges),
            new(
                1,
                header_rows=[3, 4],
                mapping={"责任分工/主管部门": "industry_regulator", "会员数（家、人）/单位": "unit_member_count"},
                records=[{"name": name(1), "unit_member_count": 30, "individual_member_count": 5}],
            ),
        ),
        Case(
            "three-header-rows",
            "xls",
            "三行表头的 .xls",
            (2, 19),
            three_levels_xls(),
            new(1, header_rows=[1, 2, 3], mapping={"基本情况/名称": "name"}),
        ),
        Case(
            "three-header-rows",
            "xlsx",
            "三行表头",
            (2,),
            xlsx(three, merges=["A1:E1", "F1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "F2:G2"]),
            new(1, header_rows=[1, 2, 3]),
        ),
        Case(
            "merge-stops-early",
            "xlsx",
            "上级列名的合并提前结束，最后一列没有上级；序号先文本后数字",
            (2, 6),
            xlsx(early, merges=[f"{letter}1:{letter}2" for letter in "ABCDEF"] + ["G1:H1"]),
            new(2, header_rows=[1, 2], records=[{"name": name(2), "unit_member_count": 31, "staff_count": 9}]),
        ),
        Case(
            "five-header-rows",
            "xlsx",
            "五行表头",
            (2,),
            xlsx(
                five,
                merges=["A1:G1", "A2:E2", "F2:G2", "A3:E3", "F3:G3", "A4:E4", "F4:G4", "A5:E5", "F5:G5"],
            ),
            new(1, records=[{"name": name(1), "staff_count": 9, "full_time_staff_count": 3}]),
        ),
        Case(
            "another-subject-above",
            "xlsx",
            "「党组织建立情况」下的成立时间不是社会组织的成立日期，不对应",
            (2,),
            xlsx(
                [
                    (*HEAD, "党组织建立情况", None, "党建情况"),
                    (None, None, None, None, None, "是否建立", "成立时间", "党建入章"),
                    row(1, "是", "2020.5.1", "是"),
                ],
                merges=[*(f"{letter}1:{letter}2" for letter in "ABCDE"), "F1:G1"],
            ),
            new(
                1,
                unmapped=["党组织建立情况/是否建立", "党组织建立情况/成立时间"],
                records=[{"name": name(1), "established_on": None, "charter_has_party_clause": True}],
            ),
        ),
        Case(
            "code-row-chinese",
            "xlsx",
            "表头下有「甲 乙 1 2 3」代码行",
            (3,),
            xlsx([HEAD, ("甲", "乙", 1, 2, 3), row(1)]),
            new(1),
        ),
        Case(
            "code-row-letters",
            "xlsx",
            "表头下有「A B C D1 D2」代码行",
            (3,),
            xlsx([HEAD, ("A", "B", "C", "D1", "D2"), row(1)]),
            new(1),
        ),
        Case(
            "header-notes",
            "xlsx",
            "列名带星号、单位和提示",
            (22,),
            xlsx(
                [
                    (
                        "*名称",
                        "统一社会信用代码（18位）",
                        "类型*",
                        "登记级别",
                        "登记地",
                        "单位会员数(家)",
                        "是否行业协会商会（是/否）",
                    ),
                    row(1, 12, "是"),
                ]
            ),
            new(1, records=[{"name": name(1), "unit_member_count": 12, "is_industry_association": True}]),
        ),
        Case(
            "header-line-breaks",
            "xlsx",
            "列名里有换行、全角和空格",
            (11,),
            xlsx([("名\n\n称", "统一社会\n信用代码", "社会组织 类型", "登　记级别", "登记地"), row(1)]),
            new(1),
        ),
        Case(
            "columns-in-another-order",
            "xlsx",
            "列的先后与模板不同",
            (23,),
            xlsx([tuple(reversed(HEAD)), tuple(reversed(row(1)))]),
            new(1),
        ),
        Case(
            "unknown-columns",
            "xlsx",
            "有两列系统不认识",
            (23,),
            xlsx([(*HEAD, "内部编号", "考核得分"), row(1, "a", 95)]),
            new(1, unmapped=["内部编号", "考核得分"]),
        ),
        Case(
            "mapped-by-hand",
            "xlsx",
            "人工指定一列、略过一列",
            (23,),
            xlsx([(*HEAD, "主管", "考核得分"), row(1, "省工信厅", 95)]),
            new(1, unmapped=[], mapping={"主管": "industry_regulator", "考核得分": None}),
            columns={"主管": "industry_regulator", "考核得分": ""},
        ),
        Case(
            "code-without-heading",
            "xlsx",
            "信用代码那一列没有列名",
            (23,),
            xlsx([("名称", None, "类型", "登记级别", "登记地"), row(1), row(2), row(3)]),
            new(3),
        ),
        Case(
            "header-said-by-hand",
            "xlsx",
            "人工指定表头行",
            (1,),
            xlsx([("名称",), HEAD, row(1)]),
            new(1, header_rows=[2]),
            header=(2,),
        ),
    ]


def three_levels_xls() -> bytes:
    made, page = other_formats.xls("名录")
    page.write_merge(0, 0, 0, 4, "基本情况")
    page.write_merge(0, 0, 5, 6, "党建情况")
    for column, text in enumerate(("名称", "统一社会信用代码", "类型", "级别", "登记地")):
        page.write_merge(1, 2, column, column, text)
    page.write_merge(1, 1, 5, 6, "党员数")
    page.write(2, 5, "组织关系在本组织")
    page.write(2, 6, "在本组织工作")
    for column, value in enumerate(row(1, 3, 5)):
        page.write(3, column, value)
    return workbooks.to_bytes(made)


def rows() -> list[Case]:
    counted = (*HEAD, "单位会员数")
    merged = [(*HEAD, "行业管理部门"), row(1, "省工信厅"), row(2, None), row(3, None), row(4, None)]
    return [
        Case(
            "totals",
            "xlsx",
            "合计行和填表人不是数据，合计相符",
            (4,),
            xlsx(
                [counted, row(1, 10), row(2, 20), ("合计", None, None, None, None, 30), ("填表人：", None, "审核人：")]
            ),
            new(2, counts={"skipped_total_rows": 1}),
        ),
        Case(
            "totals-do-not-match",
            "xlsx",
            "合计与各行相加不符，要说出来",
            (4,),
            xlsx([counted, row(1, 10), row(2, 20), ("合 计", None, None, None, None, 31)]),
            new(2, counts={"skipped_total_rows": 1}, warnings=["total.mismatch"]),
        ),
        Case(
            "subtotals",
            "xlsx",
            "分组小计和总计",
            (4,),
            xlsx(
                [
                    counted,
                    row(1, 10),
                    row(2, 20),
                    ("小计", None, None, None, None, 30),
                    row(3, 5),
                    ("小计", None, None, None, None, 5),
                    ("总计", None, None, None, None, 35),
                ]
            ),
            new(3, counts={"skipped_total_rows": 3}),
        ),
        Case(
            "merged-down",
            "xlsx",
            "一个部门纵向合并三行；合并之外的空格不填",
            (5,),
            xlsx(merged, merges=["F2:F4"]),
            new(
                4, records=[{"name": name(3), "regulator": "湖南省工业和信息化厅"}, {"name": name(4), "regulator": ""}]
            ),
        ),
        Case(
            "numbered-blank-rows",
            "xlsx",
            "预先编好序号的空行",
            (6,),
            xlsx([("序号", *HEAD), ("1", *row(1)), *((float(number),) for number in range(2, 52))]),
            new(1),
        ),
        Case(
            "repeated-headers",
            "xlsx",
            "每页重印标题和表头",
            (2,),
            xlsx([("名录",), HEAD, row(1), ("名录",), HEAD, row(2), ("第1页，共2页",)]),
            new(2),
        ),
        Case(
            "example-row",
            "xlsx",
            "模板里的填写示例不是数据",
            (6,),
            xlsx([("序号", *HEAD), ("例", *row(8)), ("1", *row(1)), ("示例：", *row(9))]),
            new(1),
        ),
        Case(
            "sections",
            "xlsx",
            "中间有「一、」「二、」分组标题",
            (4,),
            xlsx([HEAD, ("一、省级",), row(1), ("二、其他",), row(2)]),
            new(2),
        ),
        Case(
            "another-table-below",
            "xlsx",
            "下面还有一张不同的表",
            (7,),
            xlsx([HEAD, row(1), (), ("名称", "类别", "代码", "层级"), ("湖南省某厅", "政府部门", "A1", "省级")]),
            new(1, warnings=["table.below"]),
        ),
        Case(
            "another-table-beside",
            "xlsx",
            "右边并排一张同样的表",
            (7,),
            xlsx([(*HEAD, None, *HEAD), row(1, None, *row(2))]),
            new(1, warnings=["table.beside"]),
        ),
        Case("hidden-row-and-column", "xlsx", "隐藏的行和列照读并提醒", (7,), hidden(), hidden_expected()),
        Case(
            "more-than-three-thousand-rows",
            "csv",
            "3,200 行",
            (25,),
            workbooks.as_csv([HEAD, *(row(number) for number in range(3_200))], "utf-8"),
            {"state": "committed", "counts": {"read": 3_200, "new": 3_200}, "rejected": [], "warnings": []},
        ),
    ]


def hidden() -> bytes:
    made, page = book([DATED, row(1, DAY), row(2, DAY)])
    page.row_dimensions[3].hidden = True
    page.column_dimensions["F"].hidden = True
    return saved(made)


def hidden_expected() -> dict:
    return new(2, warnings=["column.hidden", "row.hidden"])


def formats() -> list[Case]:
    lines = [HEAD, row(1), row(2)]
    plain = workbooks.to_bytes(book(lines)[0])
    macro = {
        "[Content_Types].xml": lambda text: text.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
    }
    table = "".join(
        (
            other_formats.row(cell("名录", spanned="5,1")),
            other_formats.row(*(cell(text) for text in (*HEAD, "成立日期"))),
            other_formats.row(*(cell(value) for value in row(1, dt.date(2024, 3, 5)))),
            other_formats.row(*(cell(value) for value in row(2, "2024.3.5")), visibility="collapse"),
            other_formats.row(cell(repeated="1024"), repeated="1048570"),
        )
    )
    dated_xls, page = other_formats.xls("名录")
    for column, text in enumerate(DATED):
        page.write(0, column, text)
    for column, value in enumerate(row(1)):
        page.write(1, column, value)
    page.write(1, 5, dt.date(2024, 3, 5), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    return [
        Case("gb18030", "csv", "GB18030 编码的 CSV", (18,), workbooks.as_csv(lines, "gb18030"), new(2)),
        Case("utf-8-without-mark", "csv", "没有标记的 UTF-8", (18,), workbooks.as_csv(lines, "utf-8"), new(2)),
        Case("utf-8-with-mark", "csv", "带标记的 UTF-8", (18,), workbooks.as_csv(lines, "utf-8-sig"), new(2)),
        Case("utf-16", "csv", "UTF-16", (18,), workbooks.as_csv(lines, "utf-16"), new(2)),
        Case("utf-16-without-mark", "csv", "没有标记的 UTF-16", (18,), workbooks.as_csv(lines, "utf-16-le"), new(2)),
        Case("tabs", "csv", "制表符分隔却叫 .csv", (18,), workbooks.as_csv(lines, "gb18030", "\t"), new(2)),
        Case("tabs", "tsv", "制表符分隔", (18,), workbooks.as_csv(lines, "utf-8", "\t"), new(2)),
        Case(
            "separator-said",
            "csv",
            "第一行写明分隔符",
            (18,),
            b"sep=;\r\n" + workbooks.as_csv(lines, "utf-8", ";"),
            new(2),
        ),
        Case(
            "quoted",
            "csv",
            '引号里有换行和逗号，代码写成 ="…"',
            (18, 21),
            (",".join(HEAD) + f',备注\r\n"{name(1)}","=""{code(1)}""",社会团体,省级,湖南省,"一,\n二"\r\n').encode(),
            new(1, records=[{"name": name(1), "uscc": code(1), "remark": "一, 二"}]),
        ),
        Case(
            "old-excel",
            "xls",
            "Excel 97-2003",
            (19,),
            workbooks.to_bytes(dated_xls),
            new(1, records=[{"name": name(1), "established_on": DAY}]),
        ),
        Case("shared-strings", "xlsx", "文字另存一处，如表格软件所写", (), shared(lines), new(2)),
        Case("macros", "xlsm", "带宏的工作簿，宏从不运行", (19,), steady(plain, macro), new(2)),
        Case(
            "opendocument",
            "ods",
            "OpenDocument，合并的标题和隐藏的行",
            (19, 7),
            other_formats.ods({"名录": table}),
            new(
                2,
                warnings=["row.hidden"],
                records=[{"name": name(number), "established_on": DAY} for number in (1, 2)],
            ),
        ),
    ]


def shared(lines: list[tuple]) -> bytes:
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = made.add_worksheet("名录")
    for number, line in enumerate(lines):
        page.write_row(number, 0, line)
    made.close()
    return steady(stream.getvalue())


def registers() -> list[Case]:
    """Against what is on the register: 湖南省竹木商会 with its code, 12 members, 1 January 2001."""
    known = code(9001)
    return [
        Case(
            "brackets-and-width-of-a-known-name",
            "xlsx",
            "只有名称，括号和空格写法不同",
            (14,),
            xlsx([("名称", "单位会员数"), ("湖南省竹木（楠竹） 商会", 15)]),
            {
                "state": "committed",
                "counts": {"read": 1, "new": 0, "changed": 1, "rejected": 0},
                "rejected": [],
                "warnings": [],
                "records": [{"uscc": known, "name": "湖南省竹木(楠竹)商会", "unit_member_count": 15}],
            },
        ),
        Case(
            "nothing-new",
            "xlsx",
            "与登记库相同，不写",
            (24,),
            xlsx([("统一社会信用代码", "名称", "单位会员数"), (known, "湖南省竹木(楠竹)商会", 12)]),
            {
                "state": "previewed",
                "counts": {"read": 1, "new": 0, "changed": 0, "same": 1, "rejected": 0},
                "rejected": [],
                "warnings": [],
            },
        ),
        Case(
            "blank-never-erases",
            "xlsx",
            "空格和「/」不清空已有内容",
            (17, 24),
            xlsx([("统一社会信用代码", "单位会员数", "成立日期", "住所"), (known, "/", None, "长沙市某路1号")]),
            {
                "state": "committed",
                "counts": {"read": 1, "changed": 1, "rejected": 0},
                "rejected": [],
                "warnings": [],
                "records": [{"uscc": known, "unit_member_count": 12, "established_on": "2001-01-01"}],
            },
        ),
        Case(
            "amount-in-the-other-unit",
            "xlsx",
            "金额与登记库相差万倍，要提醒",
            (16,),
            xlsx([("统一社会信用代码", "注册资金(元)"), (known, 30)]),
            {
                "state": "committed",
                "counts": {"read": 1, "changed": 1, "rejected": 0},
                "rejected": [],
                "warnings": ["number.magnitude"],
            },
        ),
        Case(
            "renamed",
            "xlsx",
            "同一代码换了名称，原名记为曾用名并提醒",
            (14, 24),
            xlsx([("统一社会信用代码", "名称"), (known, "湖南省竹木产业商会")]),
            {
                "state": "committed",
                "counts": {"read": 1, "changed": 1, "rejected": 0},
                "rejected": [],
                "warnings": ["name.changed"],
                "records": [{"uscc": known, "name": "湖南省竹木产业商会"}],
            },
        ),
        Case(
            "departments",
            "xlsx",
            "责任单位：上级就在同一张表里",
            (13,),
            xlsx(
                [
                    ("名称", "类别", "层级", "地域", "上级", "别名/曾用名"),
                    (
                        "湖南省语料行业党委",
                        "综合党委",
                        "省级",
                        "湖南省",
                        "湖南省语料两新工委",
                        "省语料党委；语料行业党委",
                    ),
                    ("湖南省语料两新工委", "两新工委", "省级", "湖南省", None, None),
                ]
            ),
            new(2),
            kind="departments",
        ),
        Case(
            "party-organizations",
            "xlsx",
            "党组织：所在社会组织多家，上级是党委或同表的总支",
            (5, 12),
            xlsx(
                [
                    ("党组织名称", "所在社会组织", "类别", "上级党组织", "成立日期"),
                    ("语料联合党支部", "湖南省竹木(楠竹)商会；湖南省茶业协会", "联合党支部", "语料党总支", "2020.5.1"),
                    ("语料党总支", "湖南省竹木(楠竹)商会", "党总支", "湖南省综合行业党委", "2019年5月1日"),
                ]
            ),
            new(2, warnings=["establishment_mode.assumed"]),
            kind="party_organizations",
        ),
    ]
