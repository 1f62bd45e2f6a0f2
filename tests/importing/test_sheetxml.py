"""The quick look and the parser see the same in a sheet; what only a parser understands goes to the parser."""

import io
import random
import zipfile

import pytest
from openpyxl import Workbook

from portal.importing import sheetxml
from tests import workbooks

KINDS = ("hidden_rows", "hidden_columns", "errors", "formulas_without_value")
PATH = "xl/worksheets/sheet1.xml"
PART = sheetxml.SheetPart("一", PATH, hidden=False)


def archive_of(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def with_sheet(text: str) -> zipfile.ZipFile:
    return archive_of(workbooks.archive({PATH: text.encode()}))


def seen(notes: sheetxml.SheetNotes) -> list[object]:
    return [getattr(notes, kind) for kind in KINDS]


@pytest.mark.parametrize("seed", range(8))
def test_quick_look_sees_what_the_parser_sees(seed):
    chance = random.Random(seed)
    book = Workbook()
    page = book.active
    for number in range(1, 400):
        for column in range(1, 9):
            cell = page.cell(number, column)
            cell.value = chance.choice([None, "文字", 5, 1.5, "=A1+1", "=SUM(A1:A9)", True, "<c t=e>"])
            if chance.random() < 0.02:
                cell.value, cell.data_type = "#N/A", "e"
        page.row_dimensions[number].hidden = chance.random() < 0.05
    page.column_dimensions["C"].hidden = page.column_dimensions["D"].hidden = True
    archive = archive_of(workbooks.to_bytes(book))
    quick = sheetxml._scan(archive, PART)
    assert quick is not None
    assert seen(quick) == seen(sheetxml._parse(archive, PART, "a.xlsx"))
    assert all(seen(quick))


@pytest.mark.parametrize(
    "rows",
    [
        '<x:row r="2" hidden="1"><x:c r="B2" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c></x:row>',
        "<row r='2' hidden='true'><c t='e' r='B2'><v>#REF!</v></c><c r='C2'><f/></c></row>",
        '<row r="2"><c r="B2"><f>A1</f><v></v></c><c r="C2"><f>A1</f><v>3</v></c></row>',
        '<row r="2"><c r="B2"><f t="shared" si="0"/></c><c r="C2" t="e"/></row>',
    ],
)
def test_other_ways_of_writing_are_seen_alike(rows):
    spaces = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x="urn:x"'
    archive = with_sheet(f"<worksheet {spaces}><sheetData>{rows}</sheetData></worksheet>")
    quick = sheetxml._scan(archive, PART)
    assert quick is not None
    assert seen(quick) == seen(sheetxml._parse(archive, PART, "a.xlsx"))


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c t="e"><v>#REF!</v></c></row>',
        '<row hidden="1"/>',
        "<row r='2'><!-- <c t='e'> --><c r='A2'><v>1</v></c></row>",
        '<row r="2"><c><f>A1</f></c></row>',
    ],
)
def test_what_has_no_address_is_left_to_the_parser(rows):
    assert sheetxml._scan(with_sheet(f"<worksheet><sheetData>{rows}</sheetData></worksheet>"), PART) is None
