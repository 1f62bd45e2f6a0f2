from datetime import date
from decimal import Decimal

import pytest

from portal.regions.models import Region
from portal.regions.services import RegionRow, load_regions
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import value, values
from portal.regulations.services import ParameterRow, load_parameters


def parameter(
    text: str,
    *,
    code: str = "test.limit",
    region: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    kind: str = "integer",
) -> ParameterRow:
    return ParameterRow(code, "测试参数", kind, text, region, starts_on, ends_on, "测试依据", "read")


@pytest.fixture
def county(db: None) -> Region:
    rows = [
        ("430000", "湖南省", "湖南", "province", ""),
        ("430100", "长沙市", "长沙", "city", "430000"),
        ("430181", "浏阳市", "浏阳", "county", "430100"),
        ("320000", "江苏省", "江苏", "province", ""),
    ]
    load_regions([RegionRow(*row, source="测试数据") for row in rows])
    return Region.objects.get(code="430181")


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("on", "regime"), [(date(2026, 2, 28), "2010"), (date(2026, 3, 1), "2026")])
def test_value_follows_the_date_of_the_event(on: date, regime: str) -> None:
    load_parameters(
        [
            parameter("2010", code="evaluation.regime", ends_on=date(2026, 2, 28), kind="text"),
            parameter("2026", code="evaluation.regime", starts_on=date(2026, 3, 1), kind="text"),
        ]
    )
    assert value("evaluation.regime", on=on) == regime


def test_value_takes_the_most_specific_jurisdiction(county: Region) -> None:
    on, city = date(2026, 6, 1), county.parent
    assert city is not None
    load_parameters([parameter("1")])
    assert value("test.limit", on=on, region=county) == 1
    load_parameters([parameter("2", region="430000")])
    assert value("test.limit", on=on, region=county) == 2
    load_parameters([parameter("3", region="430100")])
    assert value("test.limit", on=on, region=county) == 3
    load_parameters([parameter("4", region="430181")])
    assert value("test.limit", on=on, region=county) == 4
    assert value("test.limit", on=on, region=city) == 3
    assert value("test.limit", on=on) == 1
    assert value("test.limit", on=on, region=Region.objects.get(code="320000")) == 1


def test_value_of_an_outer_jurisdiction_holds_while_the_inner_is_not_in_force(county: Region) -> None:
    load_parameters([parameter("1"), parameter("4", region="430181", starts_on=date(2026, 7, 1))])
    assert value("test.limit", on=date(2026, 6, 30), region=county) == 1
    assert value("test.limit", on=date(2026, 7, 1), region=county) == 4


def test_value_without_a_row_is_a_configuration_error(county: Region) -> None:
    with pytest.raises(ConfigurationError, match=r"规则参数 test.limit 在2026-06-01、浏阳市没有取值"):
        value("test.limit", on=date(2026, 6, 1), region=county)


@pytest.mark.usefixtures("county")
def test_value_outside_its_dates_is_a_configuration_error() -> None:
    load_parameters([parameter("1", starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31))])
    assert value("test.limit", on=date(2026, 3, 31)) == 1
    with pytest.raises(ConfigurationError, match="全国没有取值"):
        value("test.limit", on=date(2026, 4, 1))


@pytest.mark.usefixtures("county")
def test_values_reads_several_codes_with_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    load_parameters(
        [
            parameter("3", code="a"),
            parameter("0.9", code="b", kind="decimal"),
            parameter("true", code="c", kind="boolean"),
        ]
    )
    with django_assert_num_queries(1):
        assert values(["a", "b", "c"], on=date(2026, 1, 1)) == {"a": 3, "b": Decimal("0.9"), "c": True}
