"""Workbooks of several sheets: one table in parts, dictionaries, older issues, hidden drafts."""

from openpyxl import Workbook

from tests.corpus.case import HEAD, Case, new, row, saved


def sheets() -> list[Case]:
    cities = Workbook()
    for number, title in enumerate(("长沙", "株洲")):
        page = cities.active if number == 0 else cities.create_sheet()
        page.title = title
        for line in ((f"{title}名录",), HEAD, row(2 * number + 1), row(2 * number + 2)):
            page.append(list(line))
    dictionary = Workbook()
    dictionary.active.title = "填表说明"
    dictionary.active.append(["1. 日期按 年-月-日 填写"])
    data = dictionary.create_sheet("名录")
    for line in (HEAD, row(1)):
        data.append(list(line))
    for line in (("名称", "代码"), ("社会团体", 1), ("基金会", 2)):
        dictionary.create_sheet("字典").append(list(line)) if "字典" not in dictionary.sheetnames else dictionary[
            "字典"
        ].append(list(line))
    dictionary.create_sheet("Sheet3")
    years = Workbook()
    for number, title in enumerate(("2025年", "2026年")):
        page = years.active if number == 0 else years.create_sheet()
        page.title = title
        for line in (HEAD, row(number + 1)):
            page.append(list(line))
    concealed = Workbook()
    concealed.active.title = "名录"
    for line in (HEAD, row(1)):
        concealed.active.append(list(line))
    old = concealed.create_sheet("旧稿")
    for line in (HEAD, row(2)):
        old.append(list(line))
    old.sheet_state = "hidden"
    return [
        Case(
            "one-sheet-a-city",
            "xlsx",
            "每市一张列名相同的工作表，合并读取",
            (7,),
            saved(cities),
            new(4, warnings=["sheet.several"], sheets=["长沙", "株洲"]),
        ),
        Case(
            "one-of-several-sheets",
            "xlsx",
            "人工只选其中一张",
            (7,),
            saved(cities),
            new(2, sheet="株洲"),
            sheet="株洲",
        ),
        Case("dictionary-sheet", "xlsx", "另有说明、字典和空表", (7,), saved(dictionary), new(1, sheet="名录")),
        Case(
            "issues-of-two-years",
            "xlsx",
            "两年的名录各一张，只读新的",
            (7,),
            saved(years),
            new(1, sheet="2026年", warnings=["sheet.not_read"]),
        ),
        Case(
            "hidden-sheet",
            "xlsx",
            "隐藏的旧稿不读但要说",
            (7,),
            saved(concealed),
            new(1, sheet="名录", warnings=["sheet.not_read"]),
        ),
    ]
