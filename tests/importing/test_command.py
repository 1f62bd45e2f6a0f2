"""The command line of the import contract."""

import json

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from associations.registry.models import Association
from portal.importing.models import ImportBatch
from tests import factories, workbooks
from tests.workbooks import PLAIN_HEADER, association_row, table


@pytest.fixture
def run(capsys, province, personas):
    """Run a command as the administrator; returns exit status and the JSON object on the last line."""
    username = personas.department_admin.user.username
    assert province.changsha

    def call(*words, spec=username):
        status = 0
        try:
            call_command(*map(str, words), "--as", spec, "--json")
        except SystemExit as end:
            status = end.code
        return status, json.loads(capsys.readouterr().out.strip().splitlines()[-1])

    return call


@pytest.fixture
def file(tmp_path):
    def write(content, name="名录.xlsx"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def test_preview_writes_nothing_and_commit_writes(run, file):
    path = file(table([association_row("甲协会"), association_row("乙协会", "1")]))
    status, said = run("import_spreadsheet", "associations", path)
    assert (status, said["state"], said["counts"]["new"], said["counts"]["rejected"]) == (0, "previewed", 1, 1)
    assert not Association.objects.exists()
    issue = said["rejected"][0]
    assert (issue["row"], issue["column"], issue["field"], issue["value"], issue["code"]) == (
        3,
        "B",
        "uscc",
        "1",
        "uscc.checksum",
    )
    status, said = run("import_spreadsheet", "associations", path, "--commit")
    assert (status, said["state"]) == (0, "committed")
    assert "refusal" not in said
    assert Association.objects.get().name == "甲协会"
    status, said = run("undo_import", said["batch"])
    assert (status, said["state"], said["left"]) == (0, "undone", [])
    assert not Association.objects.exists()


def test_answer_has_exactly_the_keys_of_the_contract(run, file):
    _, said = run(
        "import_spreadsheet", "associations", file(table([(*association_row("甲协会"), 1)], (*PLAIN_HEADER, "来宾")))
    )
    assert list(said) == [
        "batch",
        "state",
        "sheet",
        "header_rows",
        "mapping",
        "unmapped",
        "missing_required",
        "counts",
        "rejected",
        "warnings",
    ]
    assert list(said["counts"]) == [
        "read",
        "new",
        "changed",
        "same",
        "rejected",
        "warned",
        "skipped_total_rows",
        "absent",
        "kept_by_source",
    ]
    assert (said["sheet"], said["header_rows"], said["unmapped"]) == ("Sheet1", [1], ["来宾"])
    assert said["mapping"]["来宾"] is None


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "file.empty"),
        (workbooks.encrypted(), "a.xlsx", "file.encrypted"),
        (workbooks.damaged(), "a.xlsx", "file.unreadable"),
        (workbooks.old_format(), "a.xls", "file.unreadable"),
        (workbooks.bomb(), "a.xlsx", "file.bomb"),
        (table([("x",)], ("甲",)), "a.xlsx", "file.no_header"),
        (table([]), "a.xlsx", "file.no_rows"),
        (table([("甲协会", 3)], ("简称", "从业人员数")), "a.xlsx", "template.missing_required"),
    ],
)
def test_file_that_is_refused_as_a_whole(run, file, content, name, code):
    status, said = run("import_spreadsheet", "associations", file(content, name), "--commit")
    assert (status, said["state"], said["refusal"]["code"]) == (2, "refused", code)
    assert ImportBatch.objects.get().number == said["batch"]


def test_file_that_is_not_there(run, tmp_path):
    status, said = run("import_spreadsheet", "associations", tmp_path / "no.xlsx")
    assert (status, said["refusal"]["code"]) == (2, "file.unreadable")


def test_sheet_header_and_columns_by_hand(run, file):
    book, page = workbooks.sheet([("标题",), ("甲", "乙", "丙", "丁", "戊"), association_row("甲协会")], "一")
    other = book.create_sheet("二")
    other.append(["没有", "表头"])
    assert page.max_row == 3
    path = file(workbooks.to_bytes(book))
    by_hand = ["甲=name", "乙=uscc", "丙=kind", "丁=registration_level", "E=region"]
    words = [word for assignment in by_hand for word in ("--map", assignment)]
    status, said = run("import_spreadsheet", "associations", path, "--sheet", "一", "--header", "2", *words)
    assert (status, said["counts"]["new"], said["mapping"]["戊"]) == (0, 1, "region")
    status, said = run("import_spreadsheet", "associations", path, "--sheet", "三")
    assert (status, said["refusal"]["code"]) == (2, "file.no_header")
    for words in (["--map", "没有=name", "--header", "2"], ["--map", "x"], ["--header", "x"], ["--header", "4-3"]):
        assert run("import_spreadsheet", "associations", path, *words)[1]["refusal"]["code"] == "mapping.unknown"


def test_ignored_column_is_no_longer_open(run, file):
    path = file(table([(*association_row("甲协会"), 1)], (*PLAIN_HEADER, "来宾")))
    _, said = run("import_spreadsheet", "associations", path, "--map", "来宾=")
    assert (said["unmapped"], said["mapping"]["来宾"]) == ([], None)


def test_who_may_import(run, file, personas):
    path = file(table([association_row("甲协会")]))
    status, said = run("import_spreadsheet", "associations", path, spec="nobody")
    assert (status, said["refusal"]["code"]) == (2, "membership.user")
    auditor = personas.auditor.user.username
    status, said = run("import_spreadsheet", "associations", path, spec=auditor)
    assert (status, said["refusal"]["code"]) == (2, "policy.role")
    assert run("undo_import", "DR-1", spec=auditor)[1]["refusal"]["code"] == "policy.role"
    assert run("undo_import", "DR-1")[1]["refusal"]["code"] == "import.unknown"
    assert run("export_spreadsheet", "associations", path, spec=auditor)[1]["refusal"]["code"] == "policy.role"


def test_same_answer_in_words(file, province, personas, capsys):
    path = file(table([association_row("甲协会"), association_row("乙协会", "1")]))
    assert province.hunan
    username = personas.department_admin.user.username
    call_command("import_spreadsheet", "associations", str(path), "--as", username, "--commit")
    said = capsys.readouterr().out
    assert "已写入：读取 2 行，新增 1" in said
    assert "错误 3 行 B 列" in said
    call_command("undo_import", ImportBatch.objects.get().number, "--as", username)
    assert "已撤销" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["associations", "departments", "party_organizations"])
def test_what_is_exported_reads_back_unchanged(run, tmp_path, province, kind):
    province.fill()
    factories.make_association_name(province.tea, "省茶协")
    factories.make_department_name(province.unit, "省农业厅")
    for format_ in ("xlsx", "csv"):
        path = tmp_path / f"out.{format_}"
        status, said = run("export_spreadsheet", kind, path)
        assert (status, said["state"]) == (0, "exported")
        status, again = run("import_spreadsheet", kind, path)
        assert status == 0
        assert again["rejected"] == []
        counts = again["counts"]
        assert (counts["read"], counts["same"]) == (said["rows"], said["rows"])
        assert again["unmapped"] == []


def test_export_formats_and_filters(run, tmp_path, province):
    assert province.tea
    status, said = run("export_spreadsheet", "associations", tmp_path / "a.pdf")
    assert (status, said["refusal"]["code"]) == (2, "export.format")
    status, said = run("export_spreadsheet", "associations", tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text())["count"] == 1
    status, said = run("export_spreadsheet", "associations", tmp_path / "a.xlsx", "--filter", "nothing=1")
    assert (status, said["refusal"]["code"]) == (2, "export.filter")
    status, said = run("export_spreadsheet", "associations", tmp_path / "missing" / "a.xlsx")
    assert (status, said["refusal"]["code"]) == (2, "file.write")
    assert province.city_tea
    for query, rows in {"level=city": 1, "level=city&status=active": 1, "kind=foundation": 0}.items():
        _, said = run("export_spreadsheet", "associations", tmp_path / "a.csv", "--filter", query)
        assert said["rows"] == rows
    _, said = run("export_spreadsheet", "associations", tmp_path / "a.csv", "--filter", "level=nowhere")
    assert said["refusal"]["code"] == "export.filter"
    _, said = run("export_spreadsheet", "party_organizations", tmp_path / "a.csv", "--filter", "nothing=1")
    assert said["refusal"]["code"] == "export.filter"
    run("export_spreadsheet", "associations", tmp_path / "a.xlsx")
    assert load_workbook(tmp_path / "a.xlsx").worksheets[0]["A1"].value == "统一社会信用代码"
