"""The error workbook: the person's own sheet, corrected and uploaded again it imports cleanly, whatever it came as."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from portal.files.services import open_file, path_of
from portal.importing import errorbook
from portal.importing.jobs import expire_stale
from portal.importing.selectors import UNDO_DAYS
from tests import other_formats, workbooks
from tests.factories import uscc
from tests.workbooks import PLAIN_HEADER, association_row, table

HEADER = (*PLAIN_HEADER, "单位会员数", "联系电话")


def rows(codes):
    """A title, a header, a good row and two with mistakes."""
    return [
        ("湖南省社会组织名录",),
        HEADER,
        (*association_row("湖南省茶叶商会", codes[0]), 12, "13800000001"),
        (*association_row("湖南省咖啡商会", "51430000"), 13, "13800000002"),
        (*association_row("湖南省竹木商会", codes[2]), "约十家", "13800000003"),
    ]


def as_csv(rows):
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode("gb18030")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("名录.xlsx", lambda rows: workbooks.to_bytes(workbooks.sheet(rows)[0])),
        ("名录.xls", other_formats.xls_table),
        ("名录.ods", other_formats.ods_table),
        ("名录.csv", as_csv),
    ],
)
def test_corrected_workbook_imports_cleanly(run_import, name, make):
    codes = [uscc(number) for number in range(9400, 9403)]
    batch = run_import(make(rows(codes)), name=name, commit=True)
    assert (batch.state, batch.new_count, batch.rejected_count) == ("committed", 1, 2)
    with open_file(batch.error_file) as content:
        book = load_workbook(io.BytesIO(content.read()))
    sheet = book.worksheets[0]
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0][0] == "湖南省社会组织名录"
    assert found[1] == [*HEADER, "行号", "错误原因", "怎么改"]
    assert [row[-3] for row in found[2:]] == [4, 5]
    assert found[2][:2] == ["湖南省咖啡商会", "51430000"]
    assert found[2][6] == "13800000002"
    assert [cell.fill.fgColor.rgb == "FFFFF3A6" for cell in sheet[3]].index(True) == 1
    assert "应为 18 位，现在是「51430000」" in found[2][-2]
    assert "请对照登记证书重新填写 18 位代码" in found[2][-1]
    sheet["B3"], sheet["F4"] = codes[1], 10
    stream = io.BytesIO()
    book.save(stream)
    again = run_import(stream.getvalue(), name="改正.xlsx", commit=True)
    assert (again.state, again.new_count, again.rejected_count) == ("committed", 2, 0)


def test_error_workbook_lies_sealed_and_is_gone_when_the_undo_is(run_import):
    batch = run_import(table(rows([uscc(9400)] * 3)[2:], HEADER), commit=True)
    stored = path_of(batch.error_file).read_bytes()
    assert (stored[:4], b"PK" in stored[:200]) == (b"SWPS", False)
    expire_stale(timezone.now() + dt.timedelta(days=UNDO_DAYS - 1))
    batch.error_file.refresh_from_db()
    assert batch.error_file.deleted_at is None
    expire_stale(timezone.now() + dt.timedelta(days=UNDO_DAYS + 1))
    batch.error_file.refresh_from_db()
    assert batch.error_file.deleted_at is not None


def test_many_mistakes_are_cut_and_said(run_import, monkeypatch):
    monkeypatch.setattr(errorbook, "MOST_ROWS", 3)
    batch = run_import(table([association_row(f"第{number}商会", "1") for number in range(5)]))
    with open_file(batch.error_file) as content:
        book = load_workbook(io.BytesIO(content.read()))
    assert book.worksheets[0].max_row == 4
    assert "有错误的共 5 行，本表列出前 3 行。" in "".join(str(row[0].value) for row in book["说明"].iter_rows())


def test_colleague_sees_masked_values_only(run_import, sign_in, personas):
    batch = run_import(table(rows([uscc(9400)] * 3)[2:], HEADER))
    own = sign_in(personas.department_admin).get(f"/imports/{batch.pk}/errors/").content
    other = sign_in(personas.department_staff).get(f"/imports/{batch.pk}/errors/").content
    texts = [
        str([[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()])
        for content in (own, other)
    ]
    assert ["13800000002" in text for text in texts] == [True, False]
