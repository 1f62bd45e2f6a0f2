"""群团组织 in spreadsheets: read in an office's words, refused as on the page, undone whole."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.selectors import measured
from partybuilding.organizations.models import GroupOrganization
from portal.importing import services
from portal.importing.models import ImportBatch
from portal.importing.selectors import issues
from tests.importing.conftest import run_import as engine_run  # noqa: F401  the fixture of the engine's tests
from tests.personas import Personas, Province
from tests.workbooks import table

UNION, LEAGUE = "湖南省茶业协会工会委员会", "湖南省茶业协会团支部"
Run = Any
pytestmark = pytest.mark.usefixtures("parameters")
HEADER = ("社会组织信用代码", "群团类别", "群团组织名称", "成立日期", "撤销日期")


def make_group(association: Association, starts_on: date, **values: Any) -> GroupOrganization:
    given = {"kind": "union", "name": UNION, "starts_on": starts_on}
    return GroupOrganization.objects.create(association=association, **given | values)


@pytest.fixture
def groups(engine_run: Run, province: Province) -> Run:  # noqa: F811
    def run(*rows: tuple[Any, ...], commit: bool = True, **options: Any) -> ImportBatch:
        content = table([(province.tea.uscc, *row) for row in rows], HEADER)
        return engine_run(content, "group_organizations", commit=commit, **options)

    return run


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new_count, batch.changed_count, batch.same_count, batch.rejected_count


def said(batch: ImportBatch, severity: str = "error") -> list[tuple[str, str]]:
    return list(issues(batch, severity).order_by("row_number", "pk").values_list("field", "code"))


def stands() -> list[tuple[Any, ...]]:
    rows = GroupOrganization.objects.order_by("kind", "starts_on")
    return list(rows.values_list("kind", "name", "starts_on", "ends_on"))


def test_groups_come_in_count_by_work_and_are_taken_back(groups: Run, province: Province, personas: Personas) -> None:
    batch = groups(("工会", UNION, "2021-05-01", None), ("团支部", LEAGUE, "2022-05-04", None))
    assert (batch.state, counts(batch)) == ("committed", (2, 0, 0, 0))
    assert stands() == [
        ("union", UNION, date(2021, 5, 1), None),
        ("youth_league", LEAGUE, date(2022, 5, 4), None),
    ]
    assert set(GroupOrganization.objects.values_list("source", flat=True)) == {"import"}
    reached = measured(Association.objects.all(), Measure.WORK_COVERED, as_of=date(2021, 5, 1))
    assert list(reached) == [province.tea]
    again = groups(("工会", UNION, "2021-05-01", None), commit=False)
    assert counts(again) == (0, 0, 1, 0)
    services.undo(batch, actor=personas.department_admin.actor, now=timezone.now(), version=batch.version)
    assert stands() == []


def test_an_end_ends_the_one_that_exists_and_undo_opens_it(groups: Run, province: Province, personas: Personas) -> None:
    make_group(province.tea, date(2020, 1, 1))
    batch = groups(("工会委员会", UNION, None, "2026-03-31"))
    assert (counts(batch), stands()) == ((0, 1, 0, 0), [("union", UNION, date(2020, 1, 1), date(2026, 3, 31))])
    assert counts(groups(("工会", UNION, None, "2026-03-31"), commit=False)) == (0, 0, 1, 0)
    services.undo(batch, actor=personas.department_admin.actor, now=timezone.now(), version=batch.version)
    assert stands() == [("union", UNION, date(2020, 1, 1), None)]


def test_a_new_name_of_the_one_that_exists_is_a_warning(groups: Run, province: Province) -> None:
    make_group(province.tea, date(2020, 1, 1))
    batch = groups(("工会", "湖南省茶业协会联合工会", None, None), commit=False)
    assert (counts(batch), said(batch, "warning")) == ((0, 1, 0, 0), [("name", "name.changed")])


@pytest.mark.parametrize("is_turned", [False, True], ids=["end first", "successor first"])
def test_end_and_successor_in_one_file(groups: Run, province: Province, is_turned: bool) -> None:
    make_group(province.tea, date(2020, 1, 1))
    rows = [("工会", UNION, None, "2025-12-31"), ("工会", "湖南省茶业协会联合工会", "2026-01-01", None)]
    batch = groups(*(reversed(rows) if is_turned else rows))
    assert counts(batch) == (1, 1, 0, 0)
    assert stands() == [
        ("union", UNION, date(2020, 1, 1), date(2025, 12, 31)),
        ("union", "湖南省茶业协会联合工会", date(2026, 1, 1), None),
    ]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("工会", UNION, "2021-05-01", "2020-05-01"), [("ends_on", "date.conflict")]),
        (("工会", UNION, "2001-05-01", None), [("starts_on", "date.conflict")]),
        (("工会", UNION, "2999-05-01", None), [("starts_on", "date.invalid")]),
        (("老年协会", UNION, "2021-05-01", None), [("kind", "choice.unknown")]),
        (("工会", None, "2021-05-01", None), [("name", "required")]),
        (("妇联", "湖南省茶业协会妇委会", "2023-01-01", None), [("starts_on", "date.conflict")]),
    ],
    ids=["turned", "before the association", "future", "kind", "no name", "overlap"],
)
def test_what_the_page_refuses_the_sheet_refuses(
    groups: Run, province: Province, row: tuple[Any, ...], found: list[tuple[str, str]]
) -> None:
    Association.objects.filter(pk=province.tea.pk).update(established_on=date(2015, 3, 1))
    make_group(province.tea, date(2020, 1, 1), kind="women", name="旧妇委会", ends_on=date(2024, 12, 31))
    batch = groups(row, commit=False)
    assert (counts(batch), said(batch)) == ((0, 0, 0, 1), found)


def test_other_peoples_associations_are_outside(engine_run: Run, personas: Personas) -> None:  # noqa: F811
    province = personas.province
    content = table([(province.trade.uscc, "工会", "甲工会", "2021-05-01", None)], HEADER)
    batch = engine_run(content, "group_organizations", actor=personas.regional_office.actor)
    assert said(batch) == [("association_uscc", "scope.outside")]
