"""Each format beside .xlsx: values, places, merges, what is hidden, errors; and what a person saw of a number."""

import codecs
import datetime as dt

import pytest
import xlwt
from openpyxl import Workbook

from portal.importing import limits, reader
from portal.importing.models import ImportIssue
from portal.importing.pages import shown_as
from portal.importing.reader import CellError
from tests import other_formats, workbooks
from tests.corpus.case import xlsx
from tests.importing.test_reader import read, read_in_child, refusal, rewritten
from tests.other_formats import cell, row

DAY = dt.date(2024, 3, 5)
MONTH = dt.date(2024, 3, 1)


def filled(sheet):
    return [(number, cells) for number, cells in sheet if cells]


# .xls -------------------------------------------------------------------------------------------------------------


def test_xls_values_places_merges_and_what_is_hidden(tmp_path):
    book, page = other_formats.xls("名录")
    page.write(2, 1, "名称")
    page.write_merge(4, 6, 1, 1, "甲")
    page.write(2, 2, 1.5)
    page.write(2, 3, DAY, xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    page.write(2, 4, True)
    page.row(2).set_cell_error(5, "#REF!")
    page.write(6, 2, 7)
    page.row(4).hidden = True
    page.col(2).hidden = True
    book.add_sheet("藏").write(0, 0, "x")
    book.get_sheet(1).visibility = 1
    sheet, hidden = read(tmp_path, workbooks.to_bytes(book), "名录.xls").sheets
    assert filled(sheet) == [
        (3, [None, "名称", 1.5, DAY, True, CellError("#REF!")]),
        (5, [None, "甲"]),
        (7, [None, None, 7]),
    ]
    assert (sheet.merges, sheet.hidden_rows, sheet.hidden_columns) == (((5, 2, 7, 2),), ((5, 5),), (3,))
    assert (sheet.hidden, hidden.hidden, hidden.name) == (False, True, "藏")


def test_xls_from_an_old_macintosh(tmp_path):
    book, page = other_formats.xls()
    book.dates_1904 = 1
    page.write(0, 0, 43894, xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    (sheet,) = read(tmp_path, workbooks.to_bytes(book), "a.xls").sheets
    assert filled(sheet) == [(1, [DAY])]
    assert sheet.is_1904


def test_xls_shows_what_a_person_saw(tmp_path):
    book, page = other_formats.xls()
    page.write(0, 0, MONTH, xlwt.easyxf(num_format_str='yyyy"年"m"月"'))
    page.write(0, 1, 731, xlwt.easyxf(num_format_str="0000"))
    (sheet,) = read(tmp_path, workbooks.to_bytes(book), "a.xls").sheets
    assert filled(sheet) == [(1, ["2024-03", "0731"])]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (other_formats.xls_table([["名称"]]), "a.et", "file.type"),
        (other_formats.xls_table([["名称"]])[:3000], "a.xls", "file.unreadable"),
        (workbooks.old_format(), "a.xls", "file.unreadable"),
        (workbooks.old_format() + "WordDocument".encode("utf-16-le"), "a.xls", "file.type"),
        (workbooks.encrypted(), "a.xls", "file.encrypted"),
        (other_formats.xls_table([]), "a.xls", "file.empty"),
    ],
)
def test_xls_refusals(tmp_path, content, name, code):
    assert refusal(tmp_path, content, name).code == code


# .ods -------------------------------------------------------------------------------------------------------------


def test_ods_values_places_merges_and_what_is_hidden(tmp_path):
    note = "<office:annotation><text:p>批注不是内容</text:p></office:annotation>"
    plain = "".join(
        (
            '<table:table-column/><table:table-column/><table:table-column table:visibility="collapse"/>',
            row(cell(), repeated="2"),
            row(
                cell(),
                cell("名称", inside=note),
                cell(1.5),
                cell(DAY),
                cell(True),
                cell("#REF!", formula="of:=[.A1]"),
                cell(None, formula="of:=1"),
            ),
            row(cell(repeated="1024")),
            row(cell(), cell("甲", spanned="1,3"), visibility="filter"),
            row(cell()),
            row(cell(repeated="2"), cell(7, repeated="2")),
            row(cell(repeated="1024"), repeated="1048569"),
        )
    )
    content = other_formats.ods({"名录": plain, "藏": row(cell("x\ny"))}, hidden=["藏"])
    sheet, hidden = read(tmp_path, content, "名录.ods").sheets
    assert filled(sheet) == [
        (3, [None, "名称", 1.5, DAY, True, CellError("#REF!"), CellError("#FORMULA")]),
        (5, [None, "甲"]),
        (7, [None, None, 7, 7]),
    ]
    assert (sheet.merges, sheet.hidden_rows, sheet.hidden_columns) == (((5, 2, 7, 2),), ((5, 5),), (3,))
    assert (sheet.hidden, hidden.hidden, hidden.name) == (False, True, "藏")
    assert filled(hidden) == [(1, ["x\ny"])]


def test_ods_text_of_several_pieces_is_one_text(tmp_path):
    inside = "<text:p>张<text:s text:c='2'/>三<text:line-break/><text:span>李四</text:span></text:p>"
    content = other_formats.ods({"a": row(f"<table:table-cell>{inside}</table:table-cell>")})
    (sheet,) = read(tmp_path, content, "a.ods").sheets
    assert filled(sheet) == [(1, ["张  三\n李四"])]


def test_ods_month_is_read_as_it_is_shown(tmp_path):
    content = other_formats.ods({"a": row(cell(MONTH, style="month"), cell(DAY, style="month"), cell(MONTH))})
    (sheet,) = read(tmp_path, content, "a.ods").sheets
    assert filled(sheet) == [(1, ["2024-03", DAY, MONTH])]


def test_ods_large_table_is_read_in_the_child(tmp_path):
    rows = [["名称", "代码"], *([f"湖南省第{number}号商会", number] for number in range(6_000))]
    (sheet,) = read_in_child(tmp_path, other_formats.ods_table(rows), "a.ods").sheets
    assert [cells for _, cells in sheet] == rows


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (other_formats.ods_of(b"<nothing"), "file.unreadable"),
        (other_formats.ods_of(b'<!DOCTYPE x [<!ENTITY a "a">]><office:x>&a;</office:x>'), "file.unreadable"),
        (other_formats.ods({"a": row(cell("x", repeated="257"))}), "file.too_large"),
        (other_formats.ods({"a": row(cell("x", repeated="250"), repeated="1048576")}), "file.too_large"),
        (
            other_formats.ods({"a": row(cell("x"))}, more={"META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
            "file.encrypted",
        ),
        (other_formats.ods_of(b"x", kind="application/vnd.oasis.opendocument.text"), "file.type"),
        (other_formats.ods({}), "file.empty"),
    ],
)
def test_ods_refusals(tmp_path, content, code):
    assert refusal(tmp_path, content, "a.ods").code == code


# .xlsx, .xlsm -----------------------------------------------------------------------------------------------------


def test_workbook_with_macros_is_read_and_they_never_run(tmp_path):
    plain = workbooks.table([workbooks.association_row("湖南省茶叶商会")])
    content = rewritten(plain, "docProps/app.xml", lambda text: text)
    (sheet,) = read(tmp_path, content, "a.xlsm").sheets
    assert sheet.filled_rows == 2


@pytest.mark.parametrize(
    ("code", "sense"),
    [
        ('yyyy"年"m"月"', "month"),
        ('[$-804]yyyy"年"m"月";@', "month"),
        ("yyyy-mm", "month"),
        ("yyyy", "year"),
        ("yyyy/m/d", ""),
        ('m"月"d"日"', ""),
        ("h:mm", ""),
        ("0000", "0000"),
        ("0", ""),
        ("0.00", ""),
        ("General", ""),
    ],
)
def test_what_a_number_format_shows(code, sense):
    assert shown_as(code) == sense


def test_month_year_and_padded_number_are_read_as_they_are_shown(tmp_path):
    book, page = workbooks.sheet([["甲"]])
    for number, (value, code) in enumerate(
        [
            (MONTH, 'yyyy"年"m"月"'),
            (DAY, 'yyyy"年"m"月"'),
            (dt.date(2024, 1, 1), "yyyy"),
            (731, "0000"),
            (2024.1, "0.00"),
            (-5, "0000"),
        ],
        start=1,
    ):
        page.cell(2, number, value).number_format = code
    page.row_dimensions[2].hidden = True
    (sheet,) = read(tmp_path, workbooks.to_bytes(book)).sheets
    assert filled(sheet)[1] == (2, ["2024-03", DAY, "2024", "0731", 2024.1, -5])


# Text -------------------------------------------------------------------------------------------------------------

TEXT = "名称,信用代码\r\n湖南省茶叶商会,51430000MJJ0000129\r\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_told_by_its_zero_bytes(tmp_path, encoding):
    reading = read(tmp_path, TEXT.encode(encoding), "a.csv")
    assert next(iter(reading.sheets[0])) == (1, ["名称", "信用代码"])
    assert (reading.encodings, reading.is_doubtful) == ((encoding,), False)


def test_traditional_text_is_in_doubt_and_read_as_a_person_says(tmp_path):
    content = "名稱,信用代碼\r\n湖南省茶葉商會聯合會館與學術團體,51430000MJJ0000129\r\n".encode("big5")
    reading = read(tmp_path, content, "a.csv")
    assert reading.is_doubtful
    assert set(reading.encodings) == {"gb18030", "big5hkscs"}
    source = tmp_path / "upload"
    said = reader.read(source, "a.csv", tmp_path / "o", max_bytes=limits.BROWSER_BYTES, encoding="big5hkscs")
    assert not said.is_doubtful
    assert list(said.sheets[0])[1][1][0] == "湖南省茶葉商會聯合會館與學術團體"


def test_first_line_that_names_the_separator_is_not_a_row(tmp_path):
    (sheet,) = read(tmp_path, codecs.BOM_UTF8 + "sep=;\r\n名称;代码\r\n甲;1,5\r\n".encode(), "a.csv").sheets
    assert list(sheet) == [(1, ["名称", "代码"]), (2, ["甲", "1,5"])]


@pytest.mark.parametrize(
    "text",
    [
        '名称,代码,类型\n"甲,1,x\n乙,2,x\n丙",3,x\n',
        '名称,代码,类型\n甲,1,x\n乙,"2,x\n',
        '名称,代码,类型\n甲,1,x\n乙,2,"x\n丙,3,y\n',
    ],
)
def test_quotation_mark_that_swallows_lines_is_refused(tmp_path, text):
    refused = refusal(tmp_path, text.encode(), "a.csv")
    assert refused.code == "file.unreadable"
    assert "引号" in refused.message


def test_tabs_under_either_ending(tmp_path):
    content = workbooks.as_csv([["名称", "代码"], ["甲", "1"]], "utf-8", "\t")
    for name in ("a.tsv", "a.csv"):
        assert list(read(tmp_path, content, name).sheets[0])[1] == (2, ["甲", "1"])


def test_empty_workbook_of_several_sheets_is_empty(tmp_path):
    book = Workbook()
    book.create_sheet("乙")
    assert refusal(tmp_path, workbooks.to_bytes(book)).code == "file.empty"


def test_what_was_filled_down_from_a_merged_cell_is_said(run_import, province):
    tea, trade = province.fill().tea, province.trade
    rows = [("统一社会信用代码", "住所"), (tea.uscc, "长沙市芙蓉区"), (trade.uscc, None)]
    batch = run_import(xlsx(rows, merges=["B2:B3"]))
    assert batch.changed_count == 2
    noted = ImportIssue.objects.get(batch=batch, code="cell.filled_down")
    assert (noted.row_number, noted.column, noted.severity) == (2, "B", "note")
    assert noted.message == "「住所」第 3 行与第 2 行是同一个合并单元格，按第 2 行的值读取。请核对是否适用。"
