"""Kind inspection_conclusions: what the file brings, what it may not, and that it can be taken back."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.exporting.sources import of_kind
from portal.importing.selectors import issues
from portal.importing.services import undo
from portal.workflow.services import history
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection
from tests.importing.conftest import run_import  # noqa: F401
from tests.personas import Personas
from tests.supervision.makers import make_inspection
from tests.workbooks import table

HEAD = ("统一社会信用代码", "社会组织名称", "年度", "年检结果", "文号", "发文日期", "说明")
KIND = "inspection_conclusions"
NUMBER = "湘民年检〔2026〕12号"
State = InspectionState


def codes(batch: Any) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in issues(batch, "error")]


def row(name: str, **given: Any) -> tuple[Any, ...]:
    wanted = {"year": 2025, "result": "合格", "number": NUMBER, "on": "2026-05-20", "reason": None} | given
    return (None, name, *wanted.values())


@pytest.fixture
def filing(personas: Personas) -> Inspection:
    return make_inspection(personas.province.tea, state=State.FILED_ELSEWHERE)


def fresh(filing: Inspection) -> Inspection:
    with everything("test data"):
        return Inspection.objects.get(pk=filing.pk)


def test_conclusions_are_written_and_taken_back(run_import: Any, personas: Personas, filing: Inspection) -> None:  # noqa: F811
    rows = [row("湖南省茶业协会", result="基本合格", reason="未按期换届")]
    batch = run_import(table(rows, HEAD), KIND, commit=True)
    assert codes(batch) == []
    done = fresh(filing)
    assert (done.state, done.conclusion, done.conclusion_number, done.conclusion_on, done.conclusion_source) == (
        State.CONCLUDED,
        "basic",
        NUMBER,
        date(2026, 5, 20),
        "import",
    )
    assert [(one.transition, one.source, one.target, one.comment) for one in history(filing)] == [
        ("record_conclusion", "filed_elsewhere", "concluded", f"{NUMBER}（{batch.number} 表格导入）")
    ]
    assert done.concluded_at is not None
    assert abs((timezone.now() - done.concluded_at).total_seconds()) < 600
    actor = personas.department_admin.actor
    now = timezone.now()
    out = list(of_kind(KIND, "", [], "xlsx", actor=actor, now=now, today=timezone.localdate(now)).rows)
    assert out == [[done.association.uscc, "湖南省茶业协会", 2025, "基本合格", NUMBER, date(2026, 5, 20), "未按期换届"]]
    again = run_import(table(rows, HEAD), KIND)
    assert (again.same_count, again.rejected_count) == (1, 0)
    undo(batch, actor=actor, version=batch.version, now=timezone.now())
    back = fresh(filing)
    last = history(filing)[-1]
    assert (last.transition, last.target, last.version) == ("undo_import", "filed_elsewhere", back.version)
    assert (back.state, back.conclusion, back.conclusion_number, back.concluded_at, back.conclusion_on) == (
        State.FILED_ELSEWHERE,
        "",
        "",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"number": None}, ("conclusion_number", "inspection.guard")),
        ({"result": None}, ("conclusion", "inspection.guard")),
        ({"result": "不合格"}, ("conclusion_reason", "inspection.guard")),
        ({"on": None}, ("conclusion_on", "required")),
        ({"on": "2099-01-01"}, ("conclusion_on", "date.future")),
        ({"year": 2019}, ("report_year", "inspection.none")),
    ],
)
def test_what_entering_refuses_a_file_refuses_too(
    run_import: Any,  # noqa: F811
    filing: Inspection,
    given: dict[str, Any],
    expected: tuple[str, str],
) -> None:
    batch = run_import(table([row("湖南省茶业协会", **given)], HEAD), KIND)
    assert expected in codes(batch)
    assert batch.rejected_count == 1


def test_another_conclusion_is_amended_on_its_page(run_import: Any, personas: Personas) -> None:  # noqa: F811
    make_inspection(personas.province.tea, state=State.CONCLUDED, conclusion_number="1号", conclusion_source="entry")
    batch = run_import(table([row("湖南省茶业协会")], HEAD), KIND)
    assert [code for _field, code in codes(batch)] == ["inspection.concluded"]


def test_an_exempted_filing_and_two_rounds_are_told(run_import: Any, personas: Personas) -> None:  # noqa: F811
    make_inspection(personas.province.tea, state=State.EXEMPTED, exempt_reason="新登记")
    make_inspection(personas.province.trade)
    make_inspection(personas.province.trade)
    batch = run_import(table([row("湖南省茶业协会"), row("湖南省商贸业协会")], HEAD), KIND)
    assert sorted(code for _field, code in codes(batch)) == ["inspection.several", "inspection.state"]


def test_only_whoever_may_record_may_import(run_import: Any, personas: Personas, filing: Inspection) -> None:  # noqa: F811
    batch = run_import(table([row("湖南省茶业协会")], HEAD), KIND, actor=personas.department_staff.actor)
    assert codes(batch) == [("conclusion", "scope.outside")]
    assert fresh(filing).state == State.FILED_ELSEWHERE


def test_registrar_brings_in_its_own_conclusions_and_nothing_else(
    run_import: Any,  # noqa: F811
    personas: Personas,
    filing: Inspection,
) -> None:
    actor = personas.registrar.actor
    foreign = make_inspection(personas.province.city_tea, state=State.FILED_ELSEWHERE)
    batch = run_import(table([row("湖南省茶业协会"), row("长沙市茶业协会")], HEAD), KIND, actor=actor, commit=True)
    assert [code for _field, code in codes(batch)] == ["scope.outside"]
    assert (fresh(filing).state, fresh(foreign).state) == (State.CONCLUDED, State.FILED_ELSEWHERE)
    with pytest.raises(Refused, match="不能导入「社会组织名录」。请改为以下之一：inspection_conclusions（年检结论）"):
        run_import(table([row("湖南省茶业协会")], HEAD), "associations", actor=actor)
