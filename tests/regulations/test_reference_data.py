"""What load_reference enters, against the rule book and the published notices."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from portal.regions.models import Region
from portal.regulations import calendar
from portal.regulations.models import CalendarDay, Parameter
from portal.regulations.rules import ConfigurationError, Deadline
from portal.regulations.selectors import value
from tests.databases import rolled_back

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def _reference(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once for this file, inside a transaction that is rolled back."""
    with rolled_back(django_db_blocker):
        call_command("load_reference", verbosity=0)
        yield


def test_load_reference_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    call_command("load_reference")
    assert capsys.readouterr().out == (
        "行政区划：新增0，更新0，未变2569。工作日历：更新0年。规则参数：更新0项。清单：更新0份。隶属次序：更新0条。摸底问题类别：更新0项。指导类别：更新0项。评价标准：更新0套。表单：更新0份。\n"
    )


def test_hunan_has_its_prefectures_and_counties() -> None:
    hunan = Region.objects.filter(path__startswith="/430000/")
    assert hunan.filter(level="city").count() == 14
    assert hunan.filter(level="county").count() == 122
    assert hunan.filter(level="township").count() == 1947
    assert Region.objects.filter(level="province").count() == 34


@pytest.mark.parametrize(
    ("code", "name", "short_name", "parent"),
    [
        ("430181", "浏阳市", "浏阳", "430100"),
        ("430182", "宁乡市", "宁乡", "430100"),
        ("433101", "吉首市", "吉首", "433100"),
        ("433100", "湘西土家族苗族自治州", "湘西", "430000"),
        ("431230", "通道侗族自治县", "通道", "431200"),
        ("430223", "攸县", "攸县", "430200"),
        ("430102001", "文艺路街道", "文艺路", "430102"),
        ("340100", "合肥市", "合肥", "340000"),
        ("BT08", "第八师(石河子市)", "第八师", "BT00"),
    ],
)
def test_regions_have_their_official_codes(code: str, name: str, short_name: str, parent: str) -> None:
    region = Region.objects.select_related("parent").get(code=code)
    assert region.parent is not None
    assert (region.name, region.short_name, region.parent.code) == (name, short_name, parent)


@pytest.mark.parametrize(
    ("year", "off_count", "worked_count"), [(2024, 28, 8), (2025, 28, 5), (2026, 33, 6), (2027, 19, 0)]
)
def test_calendar_years_hold_the_days_of_their_notice(year: int, off_count: int, worked_count: int) -> None:
    days = CalendarDay.objects.filter(year=year)
    assert (days.filter(is_working=False).count(), days.filter(is_working=True).count()) == (off_count, worked_count)


@pytest.mark.parametrize(("year", "working_count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_calendar_years_have_their_working_days(year: int, working_count: int) -> None:
    known = calendar.work_calendar()
    days = (date(year, 1, 1) + timedelta(days=offset) for offset in range(366))
    assert sum(known.is_working_day(day) for day in days if day.year == year) == working_count


def test_five_working_days_from_publication() -> None:
    assert calendar.add_working_days(date(2026, 6, 1), 5) == Deadline(date(2026, 6, 8))


def test_a_worked_saturday_is_a_working_day() -> None:
    assert calendar.is_working_day(date(2026, 2, 28))
    assert not calendar.is_working_day(date(2026, 10, 7))


def test_a_missing_year_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="没有2028年"):
        calendar.is_working_day(date(2028, 1, 3))


def test_a_date_in_2027_is_provisional() -> None:
    assert calendar.add_working_days(date(2027, 2, 4), 1).display() == "2027-02-11（暂定）"


@pytest.mark.parametrize(
    ("start", "unit", "end"),
    [
        (date(2026, 5, 20), {"months": 3}, date(2026, 8, 20)),
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),
        (date(2026, 4, 10), {"days": 30}, date(2026, 5, 11)),
    ],
)
def test_legal_periods_end_on_worked_days(start: date, unit: dict[str, int], end: date) -> None:
    assert calendar.period_end_legal(start, **unit) == Deadline(end)


@pytest.mark.parametrize(("on", "regime"), [(date(2026, 2, 28), "2010"), (date(2026, 3, 1), "2026")])
def test_evaluation_regime_changes_on_the_first_of_march(on: date, regime: str) -> None:
    assert value("evaluation.regime", on=on) == regime


def test_functional_organisations_count_only_where_the_province_says_so() -> None:
    on = date(2026, 6, 1)
    assert value("coverage.count_functional", on=on, region=Region.objects.get(code="430100")) is False
    assert value("coverage.count_functional", on=on, region=Region.objects.get(code="320100")) is True


def test_every_parameter_can_be_read_and_names_its_source() -> None:
    assert [row.code for row in Parameter.objects.all() if row.source == "" or row.value == ""] == []
