"""`load_order` and `check_readiness`: the first day, and what is still missing."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from portal import importing
from portal.home.readiness import CHECKS
from tests import factories
from tests.personas import Personas


def run(command: str, *arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command(command, *arguments, stdout=out)
    except SystemExit as status:
        return int(str(status.code)), out.getvalue()
    return 0, out.getvalue()


def lacks(*, must: bool) -> set[str]:
    _status, said = run("check_readiness", "--json")
    return {lack["text"] for kind in json.loads(said)["kinds"] for lack in kind["lacks"] if lack["must"] == must}


def test_every_kind_comes_after_what_it_refers_to() -> None:
    _status, said = run("load_order", "--json")
    steps = json.loads(said)["steps"]
    order = [step["kind"] for step in steps]
    assert order == list(importing.kinds())
    for before, after in (
        ("regions_below_county", "departments"),
        ("departments", "associations"),
        ("associations", "party_organizations"),
        ("party_organizations", "party_members"),
        ("associations", "officers"),
        ("associations", "evaluation_results"),
        ("party_organizations", "accounts"),
        ("instructors", "accounts"),
    ):
        assert order.index(before) < order.index(after)
    assert steps[order.index("associations")]["required"][:2] == ["uscc", "name"]


def test_the_order_for_people_names_each_step() -> None:
    _status, said = run("load_order")
    assert said.splitlines()[0].startswith("先运行 load_reference")
    for kind, resource in importing.kinds().items():
        assert f"{resource.label}（{kind}）" in said


def test_every_kind_is_checked() -> None:
    assert set(CHECKS) == set(importing.kinds())


@pytest.mark.django_db
def test_an_empty_database_says_what_must_be_there() -> None:
    status, said = run("check_readiness")
    assert status == 1
    for text in (
        "行政区划没有导入。",
        "名录中没有正常运行的社会组织。",
        "没有安全审计员账号。",
        "没有综合（行业）党委。",
    ):
        assert f"必须补齐：{text}" in said
    assert said.strip().endswith("暂不能开始使用。")


def test_a_filled_province_may_begin_and_lists_its_gaps(personas: Personas, settings: Any) -> None:
    call_command("load_reference", verbosity=0)
    province = personas.province.fill()
    for key in ("department_admin", "system_admin", "security_admin", "auditor", "association_filer"):
        assert personas[key]
    assert lacks(must=True) == set()
    gaps = lacks(must=False)
    assert {"3 家社会组织没有填报账号。", "5 个账号还没有激活。", "2 家没有行业管理部门。", "没有两新工委。"} <= gaps
    factories.make_committee("湖南省两新工委").__class__.objects.filter(name="湖南省两新工委").update(
        kind="working_committee"
    )
    factories.make_membership(factories.make_user(password=factories.PASSWORD), "association_signer", province.trade)
    gaps = lacks(must=False)
    assert "2 家社会组织没有填报账号。" in gaps
    assert "没有两新工委。" not in gaps
    status, said = run("check_readiness")
    assert (status, said.strip().splitlines()[-1]) == (0, "可以开始使用。")
