"""The XLSX: real numbers that link to their lists, names that stay names, the same figures as the page."""

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from portal.reporting.data import CellKind, ReportData, Roster, RosterColumn, RosterRow, Row, Table, rate, text
from portal.reporting.workbook import workbook
from tests.reporting.samples import coverage_sample

BASE = "https://portal.example/rows/"


def opened(report: ReportData) -> Any:
    content = workbook(
        report,
        number="BG-2026-11-001-v1",
        state_label="草稿",
        made_at=datetime(2026, 11, 22, 9, 0),  # noqa: DTZ001 - a workbook knows no zones
        made_by="张三",
        page_url="https://portal.example/reports/runs/1/",
        link=lambda drill: f"{BASE}{drill}" if drill else "",
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def test_workbook_has_notes_tables_charts_annex_and_lists() -> None:
    assert opened(coverage_sample()).sheetnames == [
        "说明",
        "分市州两个覆盖情况统计表",
        "各市州组织覆盖率",
        "组织覆盖率（由低到高）",
        "空白点名单",
        "名单",
    ]


def test_notes_say_number_state_date_scope_and_definitions() -> None:
    sheet = opened(coverage_sample())["说明"]
    facts = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2, max_row=9)}
    assert facts == {
        "编号": "BG-2026-11-001-v1",
        "状态": "草稿",
        "数据截至": "2026-11-22",
        "统计范围": "湖南省",
        "编制单位": "中共湖南省委社会工作部",
        "生成时间": "2026-11-22 09:00:00",
        "生成人": "张三",
        "网页": "https://portal.example/reports/runs/1/",
    }
    lines = [str(row[1].value) for row in sheet.iter_rows(min_row=10)]
    assert any("组织覆盖率91.9%" in line for line in lines)
    assert any(line.startswith("由单独或者联合") for line in lines)


def test_figures_are_numbers_with_links() -> None:
    sheet = opened(coverage_sample())["分市州两个覆盖情况统计表"]
    total = list(sheet[4])
    assert [cell.value for cell in total[:4]] == ["合计", 149, 100, 137]
    assert total[4].value == pytest.approx(137 / 149)
    assert total[4].number_format == "0.0%"
    assert [cell.data_type for cell in total[1:]] == ["n"] * 7
    assert total[3].hyperlink.target == f"{BASE}covered:"
    assert sheet.freeze_panes == "B4"
    assert sheet.print_title_rows == "$1:$3"


def test_rate_without_denominator_is_a_dash_not_zero() -> None:
    columns = coverage_sample().tables[0].columns[:2]
    table = Table(
        "x", "空", columns, (Row((text("甲"), rate(0, 0, "blank:"))), Row((text("乙"), rate(0, 5, "blank:"))))
    )
    sheet = opened(replace(coverage_sample(), tables=(table,)))["空"]
    assert [(row[1].value, row[1].data_type) for row in sheet.iter_rows(min_row=4)] == [("—", "s"), (0, "n")]


def test_text_is_never_a_formula_and_dates_are_dates() -> None:
    roster = Roster(
        label="名单[1]:*",
        columns=(
            RosterColumn("name", "名称"),
            RosterColumn("count", "党员数", CellKind.COUNT),
            RosterColumn("on", "登记日期"),
        ),
        rows=(
            RosterRow(1, ("=1+1", 3, "2020-05-01")),
            RosterRow(2, ("@SUM(A1)", None, "2020-13-01")),
            RosterRow(3, ("https://x.example", 0, "1234-56-78")),
        ),
    )
    book = opened(replace(coverage_sample(), rosters={"associations": roster}))
    assert book.worksheets[-1].print_title_rows == "$1:$1"
    sheet = book["名单1"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows == [
        ["=1+1", 3, datetime(2020, 5, 1)],  # noqa: DTZ001 - as read
        ["@SUM(A1)", "未填报", "2020-13-01"],
        ["https://x.example", 0, "1234-56-78"],
    ]
    assert [sheet.cell(row, 1).data_type for row in (2, 3, 4)] == ["s", "s", "s"]
    assert sheet.cell(4, 1).hyperlink is None
    assert sheet.auto_filter.ref == "A1:C4"


def test_sheets_of_the_same_name_are_told_apart() -> None:
    report = coverage_sample()
    long = "很长的表名" * 10
    tables = tuple(Table(str(n), long, report.tables[0].columns, report.tables[0].rows[:1]) for n in range(3))
    names = opened(replace(report, tables=tables, charts=(), annexes=(), rosters={})).sheetnames
    assert names == ["说明", long[:31], long[:28] + "（2）", long[:28] + "（3）"]


def test_workbook_carries_its_title_for_who_finds_the_file() -> None:
    properties = opened(coverage_sample()).properties
    assert (properties.title, properties.creator) == (coverage_sample().title, "中共湖南省委社会工作部")
    assert date(2026, 11, 22).isoformat() in properties.description
