"""Templates: what stands in them, and that they are recognised when they come back."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from portal import importing
from portal.importing.marks import DICTIONARY, INSTRUCTIONS, LARGEST, PART, mark_of
from portal.importing.selectors import issues
from portal.importing.templates import template, template_mark
from tests.importing.test_small_kinds import codes
from tests.personas import Personas

KINDS = list(importing.kinds())


def filled(content: bytes, row: list[Any]) -> bytes:
    """The template with one row, as a person saves it."""
    book = load_workbook(io.BytesIO(content))
    for number, value in enumerate(row, start=1):
        book.worksheets[0].cell(2, number, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_has_every_column_its_lists_and_how_to_fill_it_in(kind: str, personas: Personas) -> None:
    personas.province.fill()
    resource = importing.resource_for(kind)
    book = load_workbook(io.BytesIO(template(resource, personas.department_admin.actor)))
    assert book.sheetnames[1:] == [DICTIONARY, INSTRUCTIONS]
    sheet = book.worksheets[0]
    kept = [column for column in resource.columns() if column.is_kept]
    assert [cell.value for cell in sheet[1]] == [f"{one.label}*" if one.required else one.label for one in kept]
    assert sheet.freeze_panes == "A2"
    told = [row[0].value for row in book[INSTRUCTIONS].iter_rows()]
    assert [one.label for one in kept] == told[-len(kept) :]
    lists = {cell.value for cell in book[DICTIONARY][1]}
    validated = {str(rule.sqref).split("2:")[0] for rule in sheet.data_validations.dataValidation}
    for cell, column in zip(sheet[1], kept, strict=True):
        if type(column.parser).__name__ in ("ChoiceParser", "YesNoParser"):
            assert column.label in lists
            assert cell.column_letter in validated


def test_names_to_choose_from_are_the_directory_of_the_actor(personas: Personas) -> None:
    personas.province.fill()
    resource = importing.resource_for("associations")
    book = load_workbook(io.BytesIO(template(resource, personas.department_admin.actor)))
    names = {cell.value for row in book[DICTIONARY].iter_rows() for cell in row}
    assert {"湖南省农业农村厅", "湖南省茶叶行业党委", "社会团体", "双重管理"} <= names


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_carries_its_mark_also_after_another_program_saved_it(
    kind: str, personas: Personas, tmp_path: Path
) -> None:
    resource = importing.resource_for(kind)
    content = template(resource, personas.department_admin.actor)
    for name, made in (("ours", content), ("saved", filled(content, ["甲"]))):
        path = tmp_path / name
        path.write_bytes(made)
        assert mark_of(path) == template_mark(resource)


def test_the_own_template_is_recognised_and_its_other_sheets_are_no_data(run_import: Any, personas: Personas) -> None:
    personas.province.fill()
    resource = importing.resource_for("departments")
    row = ["湖南省新设厅", "政府部门", None, None, "省级", "湖南省"]
    batch = run_import(filled(template(resource, personas.department_admin.actor), row), "departments", commit=True)
    assert codes(batch) == []
    assert batch.new_count == 1
    assert [one.code for one in issues(batch, "note")] == ["template.own"]
    assert list(issues(batch, "warning")) == []


def test_a_template_of_another_kind_is_said(run_import: Any, personas: Personas) -> None:
    personas.province.fill()
    other = template(importing.resource_for("departments"), personas.department_admin.actor)
    batch = run_import(filled(other, ["湖南省茶业协会"]), "associations")
    assert "template.other_kind" in {one.code for one in issues(batch, "warning")}


def test_an_older_template_is_said(run_import: Any, personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    personas.province.fill()
    resource = importing.resource_for("departments")
    content = filled(template(resource, personas.department_admin.actor), ["湖南省新设厅"])
    monkeypatch.setattr("portal.importing.staging.template_mark", lambda resource: "departments:00000000")
    assert [one.code for one in issues(run_import(content, "departments"), "note")] == ["template.older"]


@pytest.mark.parametrize("part", [None, b"<broken", b"x" * (LARGEST + 1)])
def test_a_workbook_without_a_readable_mark_has_none(part: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"")
        if part is not None:
            archive.writestr(PART, part)
    assert mark_of(path) == ""
    path.write_bytes(b"no archive")
    assert mark_of(path) == ""


def test_the_page_hands_out_the_template(personas: Personas, sign_in: Any) -> None:
    answer = sign_in(personas.department_admin).get(reverse("importing:template", args=["accounts"]))
    assert load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "账号"
