"""The corpus of files as offices send them, through the command's own way: what is answered, and what is written."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association
from portal.access.actor import acting_as
from portal.access.scoping import everything
from portal.importing.command import Order, carry_out
from tests import factories
from tests.corpus.case import USUAL, code
from tests.corpus.store import FOLDER, cases, orders

ROWS = set(range(1, 27))


@pytest.fixture
def register(province):
    """What the corpus refers to: bodies with aliases, two of one name, an association."""
    assert province.changsha
    assert province.zhuzhou
    assert province.tea
    assert province.committee
    assert province.tea_branch
    factories.make_department_name(province.regulator, "省工信厅")
    factories.make_department_name(province.regulator, "湖南省经济和信息化委员会", "former")
    for city in (province.changsha, province.zhuzhou):
        factories.make_department("语料开发区管委会", region=city)
    factories.make_association(
        "湖南省竹木(楠竹)商会",
        uscc=code(9001),
        region=province.hunan,
        unit_member_count=12,
        registered_fund=300_000,
        established_on="2001-01-01",
    )


def named(outcome: str, *marks: pytest.MarkDecorator) -> list[Any]:
    return [pytest.param(order, id=f"{outcome}-{order['file']}", marks=marks) for order in orders(outcome)]


@pytest.mark.django_db
@pytest.mark.parametrize("order", named("pass") + named("fail", pytest.mark.one_database))
def test_file_is_answered_as_expected(order, register, personas):
    expected = order["expected"]
    actor = personas[order["persona"]].actor
    asked = Order(
        kind=order["kind"],
        path=order["path"],
        sheet=order["sheet"],
        header=tuple(order["header"]),
        columns=order["columns"],
        commit=True,
    )
    before = counted()
    with acting_as(actor):
        said = carry_out(asked, actor=actor, now=timezone.now())
    problems = [f"{one['row']}{one['column']} {one['code']}: {one['message']}" for one in said.get("rejected", [])]
    assert said["state"] == expected["state"], said.get("refusal") or problems
    if "refusal" in expected:
        assert said["refusal"]["code"] == expected["refusal"]
        assert said["refusal"]["message"].endswith("。")
        assert counted() == before
    for name in ("sheet", "sheets", "header_rows", "unmapped", "missing_required"):
        if name in expected:
            assert said[name] == expected[name]
    assert {name: said["counts"][name] for name in expected.get("counts", {})} == expected.get("counts", {})
    assert {path: said["mapping"][path] for path in expected.get("mapping", {})} == expected.get("mapping", {})
    if "rejected" in expected:
        assert [[one["row"], one["column"], one["code"]] for one in said["rejected"]] == expected["rejected"]
    if "warnings" in expected:
        assert sorted({one["code"] for one in said["warnings"]} - USUAL) == expected["warnings"]
    for record in expected.get("records", []):
        assert written(record) == record


def counted() -> int:
    with everything("the whole register"):
        return Association.objects.count()


def written(record: dict[str, Any]) -> dict[str, Any]:
    """The same fields as they stand on the register."""
    key = {"uscc": record["uscc"]} if "uscc" in record else {"name": record["name"]}
    with everything("what was written"):
        found = Association.objects.get(**key)
        regulators = Assignment.objects.filter(association=found, role=AssignmentRole.INDUSTRY_REGULATOR, ends_on=None)
        names = list(regulators.values_list("department__name", flat=True))
    values = {field: getattr(found, field) for field in record if field != "regulator"}
    values = {field: value if _is_plain(value) else str(value) for field, value in values.items()}
    return values | ({"regulator": "".join(names)} if "regulator" in record else {})


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, str))


def test_files_are_those_that_the_generator_makes():
    for outcome, found in cases().items():
        kept = {path.name for path in (FOLDER / outcome).iterdir()}
        made = {f"{case.name}.{case.ending}" for case in found}
        assert kept == made | {f"{name}.json" for name in made}
        for case in found:
            path: Path = FOLDER / outcome / f"{case.name}.{case.ending}.json"
            assert json.loads(path.read_text("utf-8")) == json.loads(json.dumps(case.order()))
        assert len(made) == len(found) >= 40


def test_every_kind_of_ugliness_is_in_the_corpus():
    covered = {number for found in cases().values() for case in found for number in case.ugliness}
    assert covered == ROWS
