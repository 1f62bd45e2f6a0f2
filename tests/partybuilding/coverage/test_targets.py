"""Targets by grade and year (R-024), charter clause (R-080): exact, with how many are missing; figure = list."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from associations.evaluation.models import Grade
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import CoverageCounts
from partybuilding.coverage.selectors import Dimension, Group, coverage_summary
from partybuilding.coverage.targets import TargetLine, target_lines, targets_on, year_end
from portal.access.actor import acting_as
from portal.regulations.rules import Rate
from tests import factories
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

SignIn = Callable[[Persona], Client]
NOBODY = Group("", "", CoverageCounts())


def line(numerator: int, denominator: int, target: str) -> TargetLine:
    return TargetLine("", Rate(numerator, denominator), Fraction(target), NOBODY, Measure.COVERED)


@pytest.mark.parametrize(
    ("found", "reached", "missing", "gap", "verdict"),
    [
        # 2016, 5A 6/6, 4A 15/20 of 80 %, 3A 31/50 of 60 %.
        (line(6, 6, "1"), True, 0, "", "已达到"),
        (line(15, 20, "0.8"), False, 1, "5.0个百分点", "未达到，还差1家"),
        (line(31, 50, "0.6"), True, 0, "", "已达到"),
        # shown as 90.0 % and not reached.
        (line(9089, 10100, "0.9"), False, 1, "不足0.1个百分点", "未达到，还差1家"),
        (line(9090, 10100, "0.9"), True, 0, "", "已达到"),
        (line(0, 0, "0.9"), None, 0, "", "没有对象"),
    ],
)
def test_targets_are_compared_exactly(
    found: TargetLine, reached: bool | None, missing: int, gap: str, verdict: str
) -> None:
    assert (found.is_reached, found.missing, found.verdict) == (reached, missing, verdict)
    assert found.gap == gap


def test_the_shown_rate_of_the_charter_is_ninety_and_the_target_is_not_reached() -> None:
    found = line(9089, 10100, "0.9")
    assert (found.rate.display(), found.target_text, found.is_reached) == ("90.0%", "90%", False)
    assert line(1, 1, "0.925").target_text == "92.5%"
    assert line(1, 1, "1").target_text == "100%"


@pytest.mark.parametrize(
    ("year", "today", "day"),
    [(2016, date(2026, 6, 30), date(2016, 12, 31)), (2026, date(2026, 6, 30), date(2026, 6, 30))],
)
def test_a_year_is_looked_at_on_its_last_day_or_today(year: int, today: date, day: date) -> None:
    assert year_end(year, today) == day


@pytest.mark.usefixtures("parameters")
@pytest.mark.parametrize(
    ("year", "targets"),
    [
        (2015, {}),
        (2016, {"grade.5A": "1", "grade.4A": "0.8", "grade.3A": "0.6"}),
        (2017, {"grade.5A": "1", "grade.4A": "0.95", "grade.3A": "0.95", "charter": "0.9"}),
    ],
)
def test_the_targets_of_the_seed_are_reference_data(province: Province, year: int, targets: dict[str, str]) -> None:
    found = targets_on(date(year, 12, 31), province.hunan)
    assert found == {code: Fraction(text) for code, text in targets.items()}


@pytest.fixture
def graded(province: Province) -> Province:
    """20 of 4A, 15 of them with an organisation; 2 of 5A with one."""
    for level, number, built in (("4A", 20, 15), ("5A", 2, 2)):
        for at in range(number):
            one = factories.make_association(region=province.hunan, charter_has_party_clause=at % 2 == 0)
            Grade.objects.create(
                association=one,
                level=level,
                announced_on=date(2015, 1, 1),
                starts_on=date(2015, 1, 1),
                ends_on=date(2019, 12, 31),
            )
            if at < built:
                factories.make_organization("", one)
    return province


@pytest.mark.usefixtures("parameters")
def test_four_a_of_2016_needs_one_more(graded: Province, personas: Personas) -> None:
    day, actor = date(2016, 12, 31), personas.department_staff.actor
    with acting_as(actor):
        summary = coverage_summary(actor, as_of=day, by=Dimension.GRADE)
    found = {one.label[:3]: one.verdict for one in target_lines(summary, targets_on(day, graded.hunan))}
    assert found == {
        "5A级": "已达到",
        "4A级": "未达到，还差1家",
        "3A级": "没有对象",
    }


@pytest.mark.usefixtures("parameters")
def test_every_number_of_the_page_is_its_list(graded: Province, personas: Personas, sign_in: SignIn) -> None:
    from tests.partybuilding.coverage.test_views import Figures  # noqa: F401

    client = sign_in(personas.department_staff)
    page: Any = client.get("/coverage/targets/?year=2017")
    assert page.status_code == 200
    rows = page.context["lines"].rows
    assert [row.name for row in rows]
    text = page.content.decode()
    import re

    links = re.findall(r'<a href="(/associations/\?[^"]+)">([\d,]+)</a>', text)
    assert len(links) == 8
    for href, said in links:
        listed = client.get(href.replace("&amp;", "&"), headers={"HX-Request": "true"})
        assert listed.context["page"].total == int(said.replace(",", "")), href
    assert client.get("/coverage/targets/?year=1999").context["year"] > 2020
    assert query_count(client, "/coverage/targets/?year=2017") <= 15
