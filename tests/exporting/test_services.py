"""The one writer: types, formulas, notes, limits; in every format."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.access.decisions import Refused
from portal.exporting.cells import as_text, for_csv, for_json, typed
from portal.exporting.services import export_rows
from portal.screens.columns import Column

PAYLOADS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


def book(columns, rows, **options):
    content = export_rows(columns, rows, "xlsx", title=options.pop("title", "名单"), **options)
    return load_workbook(io.BytesIO(content))


def test_cells_keep_their_types():
    day, moment = dt.date(2024, 3, 5), timezone.make_aware(dt.datetime(2024, 3, 5, 8, 30))  # noqa: DTZ001
    labels = ["文字", "代码", "数", "率", "日期", "时刻", "是否", "空"]
    row = ["甲", "00123", 12, Decimal("0.5"), day, moment, True, None]
    sheet = book(labels, [row]).worksheets[0]
    assert [cell.value for cell in sheet[1]] == labels
    assert [cell.value for cell in sheet[2]] == [
        "甲",
        "00123",
        12,
        0.5,
        dt.datetime(2024, 3, 5),  # noqa: DTZ001
        dt.datetime(2024, 3, 5, 8, 30),  # noqa: DTZ001
        "是",
        None,
    ]
    assert [cell.data_type for cell in sheet[2]][:4] == ["s", "s", "n", "n"]
    assert sheet.freeze_panes == "A2"


def test_notes_say_what_the_file_is():
    workbook = book(["名称"], [["甲"]], title="名录/2026", notes=["范围：全省", "数据截至：2026-06-30"])
    assert workbook.sheetnames == ["名录2026", "说明"]
    assert [row[0].value for row in workbook["说明"].iter_rows()] == [
        "名录/2026",
        "范围：全省",
        "数据截至：2026-06-30",
        "共 1 行",
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_formula_from_data(payload):
    cell = book(["名称"], [[payload]]).worksheets[0]["A2"]
    assert (cell.data_type, cell.value.replace("_x000D_", "\r")) == ("s", payload)
    text = export_rows(["名称"], [[payload]], "csv", title="名单").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [f"'{payload}"]
    assert json.loads(export_rows(["名称"], [[payload]], "json", title="名单"))["rows"] == [{"名称": payload}]


def test_numbers_in_text_files_keep_their_sign():
    assert [for_csv(value) for value in (-3, Decimal("-0.50"), 1e-7, True, None)] == [
        "-3",
        "-0.5",
        "0.0000001",
        "是",
        "",
    ]


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(),
        st.dates(),
        st.decimals(allow_nan=False, allow_infinity=False, places=2),
    )
)
def test_every_value_has_a_cell(value):
    assert typed(value) is None or isinstance(typed(value), (str, int, float, dt.date))
    assert isinstance(as_text(value), str)
    json.dumps(for_json(value))


def test_large_numbers_are_text_because_spreadsheets_round_them():
    assert typed(10**15) == "1000000000000000"
    assert typed(10**15 - 1) == 10**15 - 1


def test_too_many_rows_are_refused_in_words():
    with pytest.raises(Refused) as refused:
        export_rows(["名称"], [["甲"]] * 3, "csv", title="名单", limit=2)
    assert refused.value.code == "export.too_many"
    assert len(export_rows(["名称"], [["甲"]] * 3, "csv", title="名单", limit=None)) > 0


def test_unknown_format():
    with pytest.raises(ValueError, match="pdf"):
        export_rows(["名称"], [], "pdf", title="名单")


def test_empty_list_is_a_file_too():
    assert book(["名称"], []).worksheets[0].max_row == 1


def test_text_file_opens_in_office_software():
    assert export_rows(["名称"], [["甲"]], "csv", title="名单").startswith(b"\xef\xbb\xbf")


def test_json_calls_a_column_by_its_code_and_says_what_people_call_it():
    column = Column("unit_member_count", "单位会员数（家）", kind="number")
    said = json.loads(export_rows([column, "备注"], [[12, None]], "json", title="名单", notes=["范围：全省"]))
    assert said == {
        "title": "名单",
        "notes": ["范围：全省"],
        "columns": [
            {"code": "unit_member_count", "label": "单位会员数（家）"},
            {"code": "备注", "label": "备注"},
        ],
        "rows": [{"unit_member_count": 12, "备注": None}],
        "count": 1,
    }
