"""R-098: the order decides. The shipped orders are what the tests read."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from partybuilding.affiliation.enums import Standing
from partybuilding.affiliation.rules import STREET_BODY, Answer, Bodies, Body, Route, Subject, overlaps, route, standing

FILE = Path(__file__).resolve().parents[3] / "fixtures" / "reference" / "affiliation.csv"


def order(region: str) -> list[Route]:
    """The shipped order of a place: "" that of seed 000, 430000 that of seed 004."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] == region]
    return [
        Route(
            number=int(row["number"]),
            title=row["title"],
            target=row["target"],
            source=row["source"],
            kind=row["kind"],
            words=tuple(filter(None, row["words"].split("/"))),
            is_industry={"": None, "yes": True}[row["is_industry"]],
            body_words=tuple(filter(None, row["body_words"].split("/"))),
            body_level=row["body_level"],
            otherwise=row["otherwise"],
        )
        for row in rows
    ]


PROVINCE, CITY, COUNTY, OTHER = "430000", "430100", "430104", "430103"
UNIT, REGULATOR = 11, 12
OF_UNIT = Body(21, "省科学技术厅机关党委", "province", PROVINCE, UNIT)
OF_REGULATOR = Body(22, "湖南省工业行业党委", "province", PROVINCE, REGULATOR, parent=20)
GENERAL = Body(23, "湖南省社会组织综合党委", "province", PROVINCE, 13)
CITY_SCHOOLS = Body(24, "长沙市委教育工委", "city", CITY, 14)
CITY_HEALTH = Body(25, "长沙市委卫生健康工委", "city", CITY, 15)
DISTRICT_SCHOOLS = Body(26, "岳麓区教育系统党委", "county", COUNTY, 16)
OTHER_HEALTH = Body(27, "天心区卫生健康系统党委", "county", OTHER, 17)
BODIES = [OF_UNIT, OF_REGULATOR, GENERAL, CITY_SCHOOLS, CITY_HEALTH, DISTRICT_SCHOOLS, OTHER_HEALTH]
DUAL = Subject("湖南省机械行业协会", "social_group", True, "province", (PROVINCE,), UNIT, REGULATOR)


def private(name: str) -> Subject:
    return Subject(name, "service_institution", False, "county", (PROVINCE, CITY, COUNTY))


def found(subject: Subject, region: str = "430000", bodies: list[Body] | None = None) -> Answer:
    answer = route(subject, order(region), Bodies(BODIES if bodies is None else bodies))
    assert answer is not None
    return answer


def test_one_dual_managed_association_by_two_orders_has_two_answers() -> None:
    ministry, province = found(DUAL, ""), found(DUAL, "430000")
    assert (ministry.bodies, province.bodies) == ((OF_UNIT,), (OF_REGULATOR,))
    assert ministry.reason == "第5条「有业务主管单位的社会组织」"
    assert province.reason == "第5条「行业协会商会」"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (private("长沙涉外学院"), CITY_SCHOOLS),
        (private("岳麓区麓山医院"), CITY_HEALTH),
        (private("岳麓区阳光幼儿园"), DISTRICT_SCHOOLS),
        (private("岳麓区启明培训学校"), DISTRICT_SCHOOLS),
        (replace(DUAL, is_industry=False), OF_UNIT),
        (replace(DUAL, supervising=None, regulator=None), GENERAL),
        (replace(DUAL, is_industry=None, supervising=None), GENERAL),
        (replace(DUAL, supervising=99, regulator=99), GENERAL),
        # Only a 民办非企业单位 is a clinic: an association of clinics is an association.
        (replace(DUAL, name="湖南省诊所协会"), OF_REGULATOR),
    ],
)
def test_the_first_rule_with_a_body_wins(subject: Subject, body: Body) -> None:
    assert found(subject).bodies == (body,)


@pytest.mark.parametrize("region", ["", "430000"])
def test_a_clinic_in_a_district_without_a_health_committee_belongs_to_the_subdistrict(region: str) -> None:
    answer = found(private("岳麓区惠民诊所"), region)
    assert (answer.label, answer.is_fallback) == (STREET_BODY, True)
    assert answer.reason == "第4条「民办诊所」；按「民办诊所」没有找到相应党委"
    own = Body(28, "岳麓区卫生健康系统党委", "county", COUNTY, 18)
    assert found(private("岳麓区惠民诊所"), region, [*BODIES, own]).bodies == (own,)


def test_nothing_at_all_belongs_to_the_subdistrict() -> None:
    answer = found(DUAL, bodies=[])
    assert (answer.label, answer.is_fallback) == (STREET_BODY, True)
    assert "「行业协会商会」「有业务主管单位的社会组织」「其他社会组织」没有找到" in answer.reason


def test_without_an_order_there_is_no_answer() -> None:
    assert route(DUAL, [], Bodies(BODIES)) is None
    assert route(DUAL, [one for one in order("430000") if one.words], Bodies(BODIES)) is None


def test_several_bodies_of_one_host_are_all_named() -> None:
    second = replace(OF_REGULATOR, pk=29, name="湖南省装备行业党委")
    assert found(DUAL, bodies=[*BODIES, second]).label == "湖南省工业行业党委或湖南省装备行业党委"


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (22, Standing.SAME),
        (31, Standing.SAME),
        (23, Standing.DIFFERENT),
        (20, Standing.DIFFERENT),
        (None, "unassigned"),
    ],
)
def test_how_the_present_committee_compares(present: int | None, expected: str) -> None:
    parents = {31: 22, 22: 20, 23: 20, 20: None}
    assert standing(found(DUAL), present, parents) == expected


def test_what_cannot_be_told_is_not_called_different() -> None:
    """An industry association without a recorded regulator may well belong where it is."""
    unknown = found(replace(DUAL, supervising=None, regulator=None))
    assert (unknown.bodies, unknown.lacks_regulator) == ((GENERAL,), True)
    assert standing(unknown, 22, {}) == Standing.UNCLEAR
    assert standing(unknown, GENERAL.pk, {}) == Standing.SAME
    assert not found(replace(DUAL, supervising=None, regulator=99)).lacks_regulator


def test_a_circle_in_the_directory_ends_and_the_subdistrict_is_not_compared() -> None:
    assert standing(found(DUAL), 40, {40: 41, 41: 40}) == Standing.DIFFERENT
    assert standing(found(private("岳麓区惠民诊所")), 22, {}) == Standing.STREET


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(None, None)], False),
        ([(None, date(2025, 12, 31)), (date(2026, 1, 1), None)], False),
        ([(None, None), (date(2026, 1, 1), None)], True),
        ([(None, date(2026, 1, 1)), (date(2026, 1, 1), None)], True),
    ],
)
def test_two_orders_of_one_place_never_share_a_day(
    spans: list[tuple[date | None, date | None]], expected: bool
) -> None:
    assert overlaps(spans) == expected
