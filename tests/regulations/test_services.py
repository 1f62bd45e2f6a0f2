from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from portal.regulations import calendar
from portal.regulations.models import CalendarDay, CalendarYear, Parameter
from portal.regulations.rules import ConfigurationError, Deadline
from portal.regulations.selectors import value
from portal.regulations.services import ParameterRow, YearRow, load_calendar, load_parameters

pytestmark = pytest.mark.django_db

LIMIT = ParameterRow("test.limit", "测试参数", "integer", "5", "", None, None, "测试依据", "read")
YEAR = YearRow(
    2026,
    False,
    date(2025, 11, 4),
    "测试通知",
    ((date(2026, 1, 1), False, "元旦"), (date(2026, 1, 4), True, "元旦调休上班")),
)


def test_load_parameters_again_writes_nothing() -> None:
    assert (load_parameters([LIMIT]), load_parameters([LIMIT])) == (1, 0)
    assert Parameter.objects.count() == 1


def test_load_parameters_corrects_in_place() -> None:
    load_parameters([LIMIT])
    assert load_parameters([replace(LIMIT, text="6")]) == 1
    assert value("test.limit", on=date(2026, 1, 1)) == 6
    assert str(Parameter.objects.get()) == "测试参数（test.limit）"


def test_load_parameters_of_an_unknown_region_is_refused() -> None:
    with pytest.raises(ValueError, match="地区代码不存在：439999"):
        load_parameters([replace(LIMIT, region="439999")])


def test_load_parameters_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        load_parameters([replace(LIMIT, text="五")])
    assert Parameter.objects.count() == 0


def test_load_parameters_without_a_source_is_refused() -> None:
    with pytest.raises(ValidationError):
        load_parameters([replace(LIMIT, source="")])


def test_load_parameters_that_overlap_is_refused() -> None:
    with pytest.raises(ValueError, match="有效期重叠"):
        load_parameters([LIMIT, replace(LIMIT, starts_on=date(2026, 1, 1))])
    assert Parameter.objects.count() == 0


def test_overlapping_values_entered_behind_the_service_are_refused_sooner_or_later() -> None:
    load_parameters([LIMIT])
    parameter = Parameter.objects.get()
    parameter.pk, parameter.starts_on = None, date(2026, 1, 1)
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError):
            parameter.save()
        return
    parameter.save()
    assert value("test.limit", on=date(2025, 12, 31)) == 5
    with pytest.raises(ConfigurationError, match="有2个取值"):
        value("test.limit", on=date(2026, 1, 1))


def test_a_second_national_value_from_the_same_day_violates_the_database() -> None:
    load_parameters([LIMIT])
    parameter = Parameter.objects.get()
    parameter.pk = None
    with pytest.raises(IntegrityError):
        parameter.save()


def test_load_calendar_again_writes_nothing() -> None:
    assert (load_calendar([YEAR]), load_calendar([YEAR])) == (1, 0)
    assert (CalendarYear.objects.count(), CalendarDay.objects.count()) == (1, 2)


def test_load_calendar_replaces_a_provisional_year_when_published() -> None:
    load_calendar([replace(YEAR, is_provisional=True, published_on=None, days=())])
    assert calendar.add_working_days(date(2026, 1, 1), 1) == Deadline(date(2026, 1, 2), True)
    assert str(CalendarYear.objects.get()) == "2026年（暂定）"
    assert load_calendar([YEAR]) == 1
    assert calendar.add_working_days(date(2026, 1, 2), 1) == Deadline(date(2026, 1, 4), False)
    assert str(CalendarYear.objects.get()) == "2026年"
    assert str(CalendarDay.objects.get(is_working=True)) == "2026-01-04 元旦调休上班"


@pytest.mark.parametrize("day", [(date(2027, 1, 1), False, "元旦"), (date(2026, 1, 5), True, "调休上班")])
def test_load_calendar_with_a_wrong_day_is_refused(day: tuple[date, bool, str]) -> None:
    with pytest.raises(ValueError, match="请核对放假通知"):
        load_calendar([replace(YEAR, days=(day,))])
    assert CalendarYear.objects.count() == 0
