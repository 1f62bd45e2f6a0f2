"""Seed 001, Hefei: the worked examples of R-076 to R-079, built by services and read back by the report."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from associations.registry.models import Association
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.reports import build_coverage
from partybuilding.coverage.selectors import Dimension, coverage_summary, measured
from portal.access.actor import Actor, acting_as
from portal.access.scoping import scoped
from portal.regulations.rules import Rate
from portal.reporting.data import ReportData
from tests import scenarios
from tests.scenarios import AS_OF, Story, card, total_row

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """Hefei's 149 associations, built once for this file."""
    with scenarios.administrator(django_db_blocker) as told:
        with acting_as(told.actor):
            scenarios.hefei(told)
        yield told


@pytest.fixture
def actor(story: Story) -> Actor:
    return story.actor


@pytest.fixture
def report(actor: Actor) -> ReportData:
    with acting_as(actor):
        return build_coverage(actor, {}, AS_OF)


def test_hefei_covers_137_of_149(actor: Actor) -> None:
    with acting_as(actor):
        counts = coverage_summary(actor, as_of=AS_OF).total.counts
    assert (counts.in_scope, counts.own, counts.shared, counts.covered) == (149, 100, 37, 137)
    assert (counts.organization_rate, counts.organization_rate.display()) == (Rate(137, 149), "91.9%")
    assert counts.organization_rate.display(0) == "92%"
    assert counts.organization_rate.reaches(Decimal("0.92")) is False
    assert counts.organization_rate.missing(Decimal("0.92")) == 1


def test_hefei_reaches_147_with_instructors_and_has_two_blank_spots(actor: Actor) -> None:
    with acting_as(actor):
        counts = coverage_summary(actor, as_of=AS_OF).total.counts
        blank = measured(scoped(Association, actor), Measure.BLANK_SPOT, as_of=AS_OF).count()
    assert (counts.work_rate, counts.work_rate.display()) == (Rate(147, 149), "98.7%")
    assert (counts.blank_spot, blank) == (2, 2)
    assert counts.work_rate.change_from(counts.organization_rate).display() == "+6.7个百分点"


def test_hefei_should_establish_four_more(actor: Actor) -> None:
    with acting_as(actor):
        counts = coverage_summary(actor, as_of=AS_OF).total.counts
    assert counts.should_not_built == 4
    assert (counts.built_rate, counts.built_rate.display()) == (Rate(100, 104), "96.2%")
    assert (counts.own_rate, counts.own_rate.display()) == (Rate(100, 149), "67.1%")


def test_hefei_had_nothing_before_the_branches_were_founded(actor: Actor) -> None:
    with acting_as(actor):
        counts = coverage_summary(actor, as_of=date(2024, 2, 29)).total.counts
    assert (counts.in_scope, counts.covered, counts.work_covered, counts.unreported) == (149, 0, 0, 149)


def test_hefei_report_says_the_same_as_the_selectors(report: ReportData) -> None:
    assert report.problems() == []
    assert card(report, "组织覆盖率") == "91.9%"
    assert card(report, "工作覆盖率") == "98.7%"
    totals = total_row(report, Dimension.REGION)
    assert (totals["in_scope"], totals["covered"], totals["should_not_built"]) == ("149", "137", "4")
