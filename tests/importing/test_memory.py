"""What is decided once is offered again: columns by sender and kind, names by sender. Seen through the wizard."""

import pytest
from openpyxl import Workbook

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association
from portal.importing.models import ImportBatch, RememberedMapping, RememberedReference
from portal.importing.references import likeness, nearest
from portal.importing.selectors import answer, issues
from portal.regions.references import REGIONS
from portal.regions.selectors import find
from tests import workbooks
from tests.factories import uscc
from tests.importing.test_wizard import choices, office, upload, work  # noqa: F401 (fixtures)

HEADER = (*workbooks.PLAIN_HEADER, "主管", "内部编号甲")


def a_file(*regulators: str, header: tuple[str, ...] = HEADER) -> bytes:
    rows = [
        (*workbooks.association_row(f"湖南省第{number}商会"), regulator, number)
        for number, regulator in enumerate(regulators, start=1)
    ]
    return workbooks.table(rows, header)


def latest() -> ImportBatch:
    return ImportBatch.objects.order_by("-pk")[0]


def bases(client, batch: ImportBatch) -> dict[str, str]:
    return {
        match.path: basis for match, basis, *_ in client.get(f"/imports/{batch.pk}/mapping/").context["form"].rows()
    }


def decide(client, batch: ImportBatch, **columns: str):
    """Post the mapping page as shown, with some columns (by letter) chosen otherwise."""
    posted = choices(client, batch) | {f"column_{number[1:]}": code for number, code in columns.items()}
    return client.post(f"/imports/{batch.pk}/mapping/", posted)


def test_only_what_a_person_changed_is_called_so(office, work):  # noqa: F811
    upload(office, a_file("湖南省工业和信息化厅"))
    decide(office, latest(), c6="industry_regulator", c7="-")
    found = {match["path"]: match["basis"] for match in latest().mapping}
    assert found == {
        "名称": "label",
        "统一社会信用代码": "label",
        "社会组织类型": "label",
        "登记级别": "label",
        "登记地": "synonym",
        "主管": "manual",
        "内部编号甲": "ignored",
    } | {"登记地": found["登记地"]}
    assert found["登记地"] in ("label", "synonym")


def test_mapping_is_offered_again_and_versioned(office, work):  # noqa: F811
    upload(office, a_file("湖南省工业和信息化厅"))
    decide(office, latest(), c6="industry_regulator", c7="-")
    first = RememberedMapping.objects.get()
    assert (first.columns, first.version) == ({"主管": "industry_regulator", "内部编号甲": ""}, 1)

    upload(office, a_file("湖南省工业和信息化厅", "湖南省工业和信息化厅"), "二.xlsx")
    page = office.get(f"/imports/{latest().pk}/mapping/")
    assert page.context["remembered"]["version"] == 1
    assert bases(office, latest())["主管"] == "沿用上次"
    assert choices(office, latest())["column_6"] == "industry_regulator"
    decide(office, latest(), c6="supervising_unit")
    changed = RememberedMapping.objects.get()
    assert (changed.columns["主管"], changed.version) == ("supervising_unit", 2)


def test_other_headings_take_over_what_still_fits(office, work):  # noqa: F811
    upload(office, a_file("湖南省工业和信息化厅"))
    decide(office, latest(), c6="industry_regulator", c7="-")
    upload(office, a_file("湖南省工业和信息化厅", header=(*HEADER[:5], "主管", "别的列")), "二.xlsx")
    found = bases(office, latest())
    assert (found["主管"], found["别的列"]) == ("沿用上次", "未识别")


def test_another_sender_is_offered_nothing(office, work, sign_in, personas):  # noqa: F811
    upload(office, a_file("湖南省工业和信息化厅"))
    decide(office, latest(), c6="industry_regulator", c7="-")
    city = sign_in(personas.regional_office)
    upload(city, a_file("湖南省工业和信息化厅"), "市.xlsx")
    assert bases(city, latest())["主管"] == "未识别"


def test_unknown_name_is_matched_once_and_remembered(office, work, province):  # noqa: F811
    regulator = province.regulator
    short = "省" + regulator.name.removeprefix("湖南省")[:2] + "X厅"
    header = (*workbooks.PLAIN_HEADER, "行业管理部门")
    rows = [(*workbooks.association_row(f"湖南省第{number}商会"), short) for number in range(3)]
    upload(office, workbooks.table(rows, header))
    batch = latest()
    decide(office, batch)
    work()
    preview = office.get(f"/imports/{batch.pk}/preview/")
    assert preview.context["open_names"] == 1
    page = office.get(f"/imports/{batch.pk}/names/")
    ((name, _, _),) = page.context["form"].rows()
    assert (name.text, name.count) == (short, 3)
    version = ImportBatch.objects.get(pk=batch.pk).version

    empty = office.post(f"/imports/{batch.pk}/names/", {"version": version})
    assert empty.status_code == 422
    wrong = office.post(f"/imports/{batch.pk}/names/", {"version": version, "typed_0": "没有这个单位的"})
    assert wrong.status_code == 422
    assert "没有「没有这个单位的」" in wrong.content.decode()

    answered = office.post(f"/imports/{batch.pk}/names/", {"version": version, "typed_0": regulator.name})
    assert answered.headers["Location"] == f"/imports/{batch.pk}/preview/"
    work()
    batch.refresh_from_db()
    assert (batch.rejected_count, batch.new_count) == (0, 3)
    assert RememberedReference.objects.get().object_pk == regulator.pk

    second = [(*workbooks.association_row("湖南省第九商会"), short)]
    upload(office, workbooks.table(second, header), "二.xlsx")
    decide(office, latest())
    work()
    later = latest()
    assert (later.rejected_count, later.new_count) == (0, 1)
    office.post(f"/imports/{later.pk}/commit/", {"version": later.version})
    work()
    made = Association.objects.get(name="湖南省第九商会")
    found = Assignment.objects.get(association=made, role=AssignmentRole.INDUSTRY_REGULATOR)
    assert found.department_id == regulator.pk
    assert office.get(f"/imports/{latest().pk}/names/").status_code == 302


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("省工信厅", "湖南省工业和信息化厅"),
        ("省市场监管局", "湖南省市场监督管理局"),
        ("湖南省工业与信息化厅", "湖南省工业和信息化厅"),
        ("省民政局", "湖南省民政厅"),
    ],
)
def test_nearest_name(text, name):
    names = ["湖南省工业和信息化厅", "湖南省市场监督管理局", "湖南省民政厅", "湖南省商务厅", "长沙市工业和信息化局"]
    assert nearest(text, names, 1) == [name]


def test_names_that_share_nothing_are_not_near():
    assert likeness("", "湖南省民政厅") == 0.0
    assert nearest("教育部", ["湖南省民政厅"], 3) == []


def test_sheets_of_one_shape_are_read_together_and_named(run_import):
    book = Workbook()
    for number, name in enumerate(("长沙", "株洲", "湘潭")):
        page = book.active if number == 0 else book.create_sheet()
        page.title = name
        page.append([f"{name}名录"])
        page.append(list(workbooks.PLAIN_HEADER))
        page.append(list(workbooks.association_row(f"湖南省{name}甲商会")))
        page.append(list(workbooks.association_row(f"湖南省{name}乙商会", "坏代码" if name == "株洲" else uscc())))
    batch = run_import(workbooks.to_bytes(book))
    assert (batch.read_count, batch.new_count, batch.rejected_count) == (6, 5, 1)
    assert batch.sheet_names == ["长沙", "株洲", "湘潭"]
    said = answer(batch)
    assert said["sheets"] == ["长沙", "株洲", "湘潭"]
    assert [(one["sheet"], one["row"], one["column"]) for one in said["rejected"]] == [("株洲", 4, "B")]
    assert "sheet.several" in {one.code for one in issues(batch, "warning")}
    assert said["mapping"]["工作表名"] is None


def test_name_of_the_sheet_fills_a_field(run_import, province):
    assert province.zhuzhou
    book = Workbook()
    header = [label for label in workbooks.PLAIN_HEADER if label != "登记地"]
    for number, name in enumerate(("长沙市", "株洲市")):
        page = book.active if number == 0 else book.create_sheet()
        page.title = name
        page.append(header)
        row = workbooks.association_row(f"{name}甲商会", uscc(9600 + number, prefix="51430100"), level="市级")
        page.append(list(row[:4]))
    batch = run_import(workbooks.to_bytes(book), given={"columns": {"工作表名": "region"}}, commit=True)
    assert list(issues(batch, "error").values_list("message", flat=True)) == []
    places = dict(Association.objects.filter(name__endswith="甲商会").values_list("name", "region__name"))
    assert places == {"长沙市甲商会": "长沙市", "株洲市甲商会": "株洲市"}


def test_lists_of_two_years_are_not_one_list(run_import):
    book = Workbook()
    for number, name in enumerate(("2025年名录", "2026年名录")):
        page = book.active if number == 0 else book.create_sheet()
        page.title = name
        page.append(list(workbooks.PLAIN_HEADER))
        page.append(list(workbooks.association_row("湖南省甲商会")))
    batch = run_import(workbooks.to_bytes(book))
    assert (batch.sheet_name, batch.read_count) == ("2026年名录", 1)
    assert "sheet.not_read" in {one.code for one in issues(batch, "warning")}


def test_text_in_doubt_is_asked_about_and_read_again(office):  # noqa: F811
    header = ",".join(("名稱", "統一社會信用代碼", "社會組織類型", "登記級別", "登記地"))
    content = (header + "\r\n湖南省茶葉商會聯合會館與學術團體,51430000MJJ0000129,社會團體,省級,湖南省\r\n").encode(
        "big5"
    )
    upload(office, content, "名录.csv")
    batch = latest()
    assert batch.state == "uploaded"
    page = office.get(f"/imports/{batch.pk}/sheet/")
    assert page.context["is_doubtful"] is True
    posted = {"sheet": "名录", "header": "", "version": batch.version}
    other = next(code for code, _ in page.context["form"].fields["encoding"].choices if code == "big5hkscs")
    shown = page.context["form"]["encoding"].value()
    if shown != other:
        answered = office.post(f"/imports/{batch.pk}/sheet/", posted | {"encoding": other})
        assert answered.headers["Location"] == f"/imports/{batch.pk}/sheet/"
    assert "湖南省茶葉商會" in office.get(f"/imports/{batch.pk}/sheet/").content.decode()


def test_file_without_a_header_waits_for_a_person(office):  # noqa: F811
    rows = [("某某表",), ("甲", "乙", "丙"), ("湖南省甲商会", "x", "y")]
    upload(office, workbooks.table(rows[1:], rows[0]))
    batch = latest()
    assert (batch.state, batch.header_rows) == ("uploaded", [])
    assert "没有认出表头" in office.get(f"/imports/{batch.pk}/sheet/").content.decode()
    assert office.get(f"/imports/{batch.pk}/mapping/").headers["Location"] == f"/imports/{batch.pk}/sheet/"
    answered = office.post(f"/imports/{batch.pk}/sheet/", {"sheet": "Sheet1", "header": "2", "version": batch.version})
    assert answered.headers["Location"] == f"/imports/{batch.pk}/mapping/"
    batch.refresh_from_db()
    assert (batch.header_rows, batch.notice) == ([2], "")


def test_place_nobody_knows_is_matched_once(office, work, province):  # noqa: F811
    assert province.yuelu
    row = ("长沙市第一商会", uscc(9700, prefix="51430100"), "社会团体", "市级", "河西新区")
    upload(office, workbooks.table([row]))
    batch = latest()
    decide(office, batch)
    work()
    assert office.get(f"/imports/{batch.pk}/preview/").context["open_names"] == 1
    page = office.get(f"/imports/{batch.pk}/names/")
    assert page.context["form"].rows()[0][0].domain.code == "regions"
    version = ImportBatch.objects.get(pk=batch.pk).version
    office.post(f"/imports/{batch.pk}/names/", {"version": version, "typed_0": "430104"})
    work()
    batch.refresh_from_db()
    assert (batch.rejected_count, batch.new_count) == (0, 1)


def test_places_of_a_template_are_names_that_mean_one_place(province, personas):
    for place in (province.yuelu, province.lusong):
        assert place
    everywhere = REGIONS.names(personas.department_admin.actor, 50)
    assert everywhere == ["湖南省", "长沙市", "长沙市岳麓区", "株洲市", "株洲市芦淞区"]
    assert REGIONS.names(personas.regional_office.actor, 50) == ["长沙市", "长沙市岳麓区"]
    assert all(len(find(name)) == 1 for name in everywhere)
