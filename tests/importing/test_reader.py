"""Reading uploads in the child process: what is read, and what is refused with which code."""

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from portal.importing import child, limits, reader
from portal.importing.reader import CellError
from portal.importing.refusals import FileRefused
from portal.privacy.sealing import SealedWriter
from tests import workbooks


def read(tmp_path: Path, content: bytes, name: str = "名录.xlsx", *, max_bytes: int = limits.BROWSER_BYTES):
    """What the child does, without the process around it, so that coverage sees it."""
    source, folder = tmp_path / "upload", tmp_path / "out"
    source.write_bytes(content)
    folder.mkdir(exist_ok=True)
    pages: list[list[str]] = []

    def put(tag: bytes, what: object) -> None:
        if tag == child.PAGE:
            pages.append([])
        else:
            pages[-1].append(json.dumps(what))

    answer = child.read(source, name, put, max_bytes=max_bytes)
    kept = {child.sheet_file(number): "\n".join(lines) for number, lines in enumerate(pages)}
    for name_of_file, text in (kept | {reader.READING: json.dumps(answer)}).items():
        with (folder / name_of_file).open("wb") as file, SealedWriter(file, context=folder.name) as sealed:
            sealed.write(text.encode("utf-8", "surrogatepass"))
    return reader.load(folder)


def read_in_child(tmp_path: Path, content: bytes, name: str = "名录.xlsx", **options):
    source = tmp_path / "upload"
    source.write_bytes(content)
    return reader.read(source, name, tmp_path / "out", max_bytes=limits.BROWSER_BYTES, **options)


def refusal(tmp_path: Path, content: bytes, name: str = "名录.xlsx", **options) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, content, name, **options)
    assert caught.value.message.endswith("。")
    return caught.value


def test_values_places_merges_and_what_is_hidden(tmp_path):
    book = Workbook()
    page = book.active
    page.title = "名录"
    page["B3"], page["C3"], page["D3"], page["E3"] = "名称", 1.5, dt.date(2024, 3, 5), True
    page["F3"] = "=1/0"
    page["G3"], page["G3"].data_type = "#REF!", "e"
    page["B5"] = "甲"
    page.merge_cells("B5:B7")
    page["C7"] = 7
    page.row_dimensions[5].hidden = True
    page.column_dimensions["C"].hidden = True
    book.create_sheet("藏").sheet_state = "hidden"
    book["藏"]["A1"] = "x"
    sheet, hidden = read(tmp_path, workbooks.to_bytes(book)).sheets
    assert [(number, cells) for number, cells in sheet if cells] == [
        (3, [None, "名称", 1.5, dt.date(2024, 3, 5), True, CellError("#FORMULA"), CellError("#REF!")]),
        (5, [None, "甲"]),
        (7, [None, None, 7]),
    ]
    assert sheet.merges == ((5, 2, 7, 2),)
    assert (sheet.hidden_rows, sheet.hidden_columns) == (((5, 5),), (3,))
    assert (sheet.hidden, hidden.hidden, hidden.name) == (False, True, "藏")
    assert sheet.head(3)[-1][0] == 3


def test_days_of_a_workbook_from_an_old_macintosh(tmp_path):
    book, page = workbooks.sheet([["名称"]])
    book.epoch = CALENDAR_MAC_1904
    page["A2"] = dt.date(2024, 3, 5)
    (sheet,) = read(tmp_path, workbooks.to_bytes(book)).sheets
    assert dict(sheet)[2] == [dt.date(2024, 3, 5)]


def test_row_numbers_survive_many_blank_rows(tmp_path):
    book, page = workbooks.sheet([["名称"]])
    page["A1300"] = "末"
    (sheet,) = read(tmp_path, workbooks.to_bytes(book)).sheets
    assert [(number, cells) for number, cells in sheet if cells] == [(1, ["名称"]), (1300, ["末"])]
    assert (sheet.rows, sheet.filled_rows, sheet.columns) == (1300, 2, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_every_encoding_and_delimiter(tmp_path, encoding, delimiter):
    lines = [
        ["名称", "信用代码", "类型"],
        ["湖南省茶叶商会", "51430000MJJ0000129", "社会团体"],
        ["长沙市咖啡协会", "x", "y"],
    ]
    (sheet,) = read(tmp_path, workbooks.as_csv(lines, encoding, delimiter), "名录.csv").sheets
    assert [cells for _, cells in sheet] == lines
    assert sheet.name == "名录"


def test_text_cells_with_line_breaks_quotes_and_tricks(tmp_path):
    content = '名称,代码\r\n"甲\n协会","=""00123"""\r\n\r\n\'=1+1,乙\r\n'.encode()
    (sheet,) = read(tmp_path, content, "a.csv").sheets
    assert list(sheet) == [(1, ["名称", "代码"]), (2, ["甲\n协会", "00123"]), (3, []), (4, ["=1+1", "乙"])]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "file.empty"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "file.empty"),
        (workbooks.to_bytes(Workbook()), "a.xlsx", "file.empty"),
        (workbooks.encrypted(), "a.xlsx", "file.encrypted"),
        (workbooks.old_format(), "a.xls", "file.unreadable"),
        (workbooks.web_page(), "a.xls", "file.type"),
        (workbooks.web_page(), "a.csv", "file.type"),
        (b"%PDF-1.7 x", "a.pdf", "file.type"),
        (b"\xff\xd8\xff\xe0", "a.xlsx", "file.type"),
        (b"a,b\n1,2\n", "a.txt", "file.type"),
        (b"a,b\n1,2\n", "noname", "file.type"),
        (workbooks.archive({"word/document.xml": b"x"}), "a.docx", "file.type"),
        (workbooks.archive({"content.xml": b"x", "mimetype": b"y"}), "a.ods", "file.type"),
        (workbooks.archive({"xl/workbook.bin": b"x"}), "a.xlsb", "file.type"),
        (workbooks.archive({"a.txt": b"x"}), "a.zip", "file.type"),
        (workbooks.damaged(), "a.xlsx", "file.unreadable"),
        (workbooks.archive({"xl/workbook.xml": b"<nothing"}), "a.xlsx", "file.unreadable"),
        (b"\x00\x01\x02\x03" * 50, "a.csv", "file.unreadable"),
        (b"\xff\xff\xfe\x81\x00\x30", "a.csv", "file.unreadable"),
        (b'a,b\n"' + b"x" * 200_000, "a.csv", "file.unreadable"),
        (b",".join([b"x"] * 300), "a.csv", "file.too_large"),
        (workbooks.bomb(), "a.xlsx", "file.bomb"),
        (workbooks.archive({"xl/workbook.xml": b"x"} | {f"x{n}": b"" for n in range(4100)}), "a.xlsx", "file.bomb"),
    ],
)
def test_refusals(tmp_path, content, name, code):
    assert refusal(tmp_path, content, name).code == code


def rewritten(content: bytes, part: str, change) -> bytes:
    """The workbook with one part changed."""
    source = zipfile.ZipFile(io.BytesIO(content))
    return workbooks.archive(
        {name: change(source.read(name)) if name == part else source.read(name) for name in source.namelist()}
    )


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = workbooks.table([workbooks.association_row("湖南省茶叶商会")])


def test_entities_in_a_sheet_are_refused(tmp_path):
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    content = rewritten(PLAIN, SHEET, lambda text: evil + text)
    assert refusal(tmp_path, content).code == "file.unreadable"


def test_cell_far_to_the_right_or_far_below_is_refused_before_it_costs_memory(tmp_path):
    book, page = workbooks.sheet([["名称"]])
    page["XFD1"] = 1
    assert refusal(tmp_path, workbooks.to_bytes(book)).code == "file.too_large"
    book, page = workbooks.sheet([["名称"]])
    page["IV1048576"] = 1
    assert refusal(tmp_path, workbooks.to_bytes(book)).code == "file.too_large"


def test_formatted_blanks_down_to_the_last_row_cost_nothing(tmp_path):
    book, page = workbooks.sheet([["名称"], ["甲"]])
    page.cell(1_048_576, 2).number_format = "0.00"
    (sheet,) = read(tmp_path, workbooks.to_bytes(book)).sheets
    assert sheet.filled_rows == 2


def test_sheet_that_lies_about_its_dimension_is_read_as_it_is(tmp_path):
    content = rewritten(PLAIN, SHEET, lambda text: text.replace(b'ref="A1:E2"', b'ref="A1:XFD1048576"'))
    (sheet,) = read(tmp_path, content).sheets
    assert (sheet.filled_rows, sheet.columns) == (2, 5)


def test_file_over_the_limit(tmp_path):
    assert refusal(tmp_path, b"x" * 2048, "a.csv", max_bytes=1024).code == "file.too_large"


def test_child_gives_what_it_read(tmp_path):
    reading = read_in_child(tmp_path, PLAIN)
    assert (reading.type, [sheet.filled_rows for sheet in reading.sheets]) == ("xlsx", [2])
    with pytest.raises(FileRefused) as caught:
        read_in_child(tmp_path, workbooks.damaged())
    assert caught.value.code == "file.unreadable"


def test_child_without_memory_is_answered(tmp_path):
    with pytest.raises(FileRefused) as caught:
        read_in_child(tmp_path, PLAIN, memory_bytes=limits.MEGABYTE)
    assert caught.value.code in ("file.bomb", "file.unreadable")


def test_child_that_takes_too_long_is_answered(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "CHILD_SECONDS", 0.001)
    with pytest.raises(FileRefused) as caught:
        read_in_child(tmp_path, PLAIN)
    assert caught.value.code == "file.bomb"


def test_child_program_answers_through_its_output_and_writes_no_file(tmp_path):
    (tmp_path / "upload").write_bytes(PLAIN)
    asked = {"source": str(tmp_path / "upload"), "name": "a.xlsx", "encoding": ""}
    done = subprocess.run(
        [sys.executable, "-m", "portal.importing.child"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(reader.PROJECT)},
        input=json.dumps(asked | {"max_bytes": 10**7, "memory_bytes": 2**30}).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert [line[:1] for line in done.stdout.splitlines()] == [b"p", b"r", b"a"]
    assert json.loads(done.stdout.splitlines()[-1][1:])["type"] == "xlsx"
    assert [path.name for path in tmp_path.iterdir()] == ["upload"]


def test_what_is_kept_of_an_upload_is_sealed(tmp_path):
    read_in_child(tmp_path, PLAIN)
    kept = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in kept] == ["reading", "sheet-0"]
    assert [path.read_bytes()[:4] for path in kept] == [b"SWPS", b"SWPS"]
