"""What the database itself refuses: overlaps, on PostgreSQL; dates in the wrong order, everywhere."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from associations.registry.enums import AssignmentRole
from tests import factories
from tests.personas import Province

POSTGRESQL = connection.vendor == "postgresql"
SPANS = [
    ((None, None), (date(2026, 1, 1), date(2026, 1, 2)), True),
    ((date(2025, 1, 1), date(2025, 12, 31)), (date(2025, 12, 31), None), True),
    ((None, date(2025, 12, 31)), (date(2026, 1, 1), None), False),
]


@pytest.mark.parametrize(("first", "second", "overlaps"), SPANS)
def test_assignments_of_one_role_do_not_overlap(
    province: Province,
    first: tuple[date | None, date | None],
    second: tuple[date | None, date | None],
    overlaps: bool,
) -> None:
    association = factories.make_association(region=province.hunan)
    role = AssignmentRole.INDUSTRY_REGULATOR
    factories.make_assignment(association, province.unit, role, *first)
    factories.make_assignment(association, province.unit, AssignmentRole.SUPERVISING_UNIT, *second)
    assert _is_kept(lambda: factories.make_assignment(association, province.other_unit, role, *second)) == (
        not (overlaps and POSTGRESQL)
    )


@pytest.mark.parametrize(("first", "second", "overlaps"), SPANS)
def test_an_organisation_covers_an_association_once_at_a_time(
    province: Province,
    first: tuple[date | None, date | None],
    second: tuple[date | None, date | None],
    overlaps: bool,
) -> None:
    organization = factories.make_organization("")
    organization.covered.create(association=province.tea, starts_on=first[0], ends_on=first[1])
    organization.covered.create(association=province.trade, starts_on=second[0], ends_on=second[1])
    instructor = factories.make_instructor()
    factories.make_instructor_assignment(instructor, province.tea, first[0] or date(2000, 1, 1), first[1])
    expected = not (overlaps and POSTGRESQL)
    assert (
        _is_kept(lambda: organization.covered.create(association=province.tea, starts_on=second[0], ends_on=second[1]))
        == expected
    )
    assert (
        _is_kept(lambda: factories.make_instructor_assignment(instructor, province.tea, second[0], second[1]))
        == expected
    )


def test_dates_in_the_wrong_order_are_refused_everywhere(province: Province) -> None:
    wrong = {"starts_on": date(2026, 1, 2), "ends_on": date(2026, 1, 1)}
    assert not _is_kept(lambda: factories.make_assignment(province.tea, province.unit, "industry_regulator", **wrong))


def _is_kept(make: object) -> bool:
    try:
        with transaction.atomic():
            make()  # type: ignore[operator]
    except IntegrityError:
        return False
    return True
