"""The first day of an office: an empty database, the reference data, and every kind of workbook in the order that
`load_order` prints, all by the command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from associations.registry.models import Association, Department
from portal.importing import kinds
from tests import factories, workbooks

TEA, HOME = factories.uscc(1, prefix="51430000"), factories.uscc(2, prefix="51430100")
# Kind → header and rows, in words an office uses.
FILES: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {
    "regions_below_county": (
        ("名称", "代码", "上级", "层级", "来源"),
        [("试点社区", "430104001998", "望月湖街道", "社区", "岳麓区民政局 2026 年批复")],
    ),
    "departments": (
        ("单位名称", "类别", "别名", "层级", "上级"),
        [
            ("湖南省两新工委", "两新工委", "", "省级", ""),
            ("湖南省茶叶行业党委", "综合（行业）党委", "茶叶党委", "省级", "湖南省两新工委"),
            ("湖南省农业农村厅", "政府部门", "省农业厅", "省级", ""),
            ("湖南省民政厅", "登记管理机关", "", "省级", ""),
        ],
    ),
    "associations": (
        (
            "名称",
            "统一社会信用代码",
            "社会组织类型",
            "登记级别",
            "登记地",
            "业务主管单位",
            "所属党委",
            "会长",
            "联系电话",
        ),
        [
            ("湖南省茶业协会", TEA, "社会团体", "省级", "湖南省", "省农业厅", "茶叶党委", "陈建国", "0731-84120001"),
            ("长沙市家政协会", HOME, "社会团体", "市级", "长沙市", "", "", "刘秀英", "13800000002"),
        ],
    ),
    "evaluation_results": (
        ("社会组织名称", "评估等级", "公告日期", "公告文号"),
        [("湖南省茶业协会", "4A", "2026-04-10", "湘民发〔2026〕12号")],
    ),
    "party_organizations": (
        ("党组织名称", "所在社会组织", "类别", "上级党组织", "成立日期", "批复文号"),
        [
            (
                "中共湖南省茶业协会支部委员会",
                "湖南省茶业协会",
                "支部",
                "湖南省茶叶行业党委",
                "2020-05-01",
                "湘茶党〔2020〕3号",
            )
        ],
    ),
    "party_members": (
        ("姓名", "公民身份号码", "人员类别", "入党日期", "所在党组织"),
        [("陈建国", "", "正式", "1999-07-01", "中共湖南省茶业协会支部委员会")],
    ),
    "officers": (
        ("统一社会信用代码", "姓名", "职务", "政治面貌"),
        [(TEA, "李春梅", "秘书长", "群众")],
    ),
    "contacts": (
        ("统一社会信用代码", "姓名", "联系电话"),
        [(HOME, "王小丽", "13800000003")],
    ),
    "member_units": (
        ("社会组织信用代码", "单位名称"),
        [(TEA, "长沙市金井茶厂")],
    ),
    "instructors": (
        ("姓名", "选派单位"),
        [("周建军", "湖南省茶叶行业党委")],
    ),
    "group_organizations": (
        ("统一社会信用代码", "群团类别", "群团组织名称", "成立时间"),
        [
            (TEA, "工会", "湖南省茶业协会工会委员会", "2021-05-01"),
            (TEA, "团支部", "湖南省茶业协会团支部", "2022-05-04"),
        ],
    ),
    "accounts": (
        ("姓名", "角色", "范围"),
        [("茶业协会秘书处", "社会组织填报人", TEA), ("茶叶党委办公室", "综合（行业）党委", "湖南省茶叶行业党委")],
    ),
}


@pytest.mark.django_db
def test_every_kind_is_written_on_an_empty_database_and_again_without_a_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("load_reference")
    monkeypatch.setattr("sys.stdin", io.StringIO("first-day-only-4711"))
    call_command("add_user", "first", role="department_admin", password_stdin=True)
    # A conclusion needs the filing of a round, which no first day has.
    first_day = [kind for kind in kinds() if kind != "inspection_conclusions"]
    assert FILES.keys() == set(first_day)

    def written(kind: str) -> tuple[Any, ...]:
        """State, new, changed, same, what was rejected and what nobody mapped."""
        header, rows = FILES[kind]
        path = tmp_path / f"{kind}.xlsx"
        path.write_bytes(workbooks.table(rows, header))
        capsys.readouterr()
        call_command("import_spreadsheet", kind, str(path), "--as", "first", "--commit", "--json")
        answer = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
        counts = answer["counts"]
        found = counts["new"], counts["changed"], counts["same"]
        return answer["state"], *found, answer["rejected"], answer["unmapped"]

    lengths = {kind: len(FILES[kind][1]) for kind in first_day}
    once = {kind: written(kind) for kind in first_day}
    assert once == {kind: ("committed", length, 0, 0, [], []) for kind, length in lengths.items()}
    assert (Association.objects.count(), Department.objects.count()) == (2, 4)
    again = {kind: written(kind) for kind in first_day}
    # With nothing to write the batch ends as a preview.
    assert again == {kind: ("previewed", 0, 0, length, [], []) for kind, length in lengths.items()}
