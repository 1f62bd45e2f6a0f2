"""One object, every renderer: round trip, and the promise that a figure is as long as its list."""

import json
from dataclasses import replace

import pytest

from portal.reporting.codec import decode
from portal.reporting.data import Card, CellKind, ReportData, count, rate, text
from tests.reporting.samples import coverage_sample


def test_cells_show_hefei_as_the_rule_book_does() -> None:
    """R-076: 137/149 = 91.946 % is shown as 91.9 %; R-077: 147/149 = 98.7 %."""
    assert rate(137, 149).display() == "91.9%"
    assert rate(137, 149).fraction == "137/149"
    assert rate(147, 149).display() == "98.7%"
    assert rate(0, 0).display() == "—"
    assert count(1024).display() == "1,024"
    assert count(1024).display(grouped=False) == "1024"
    assert text("未填报").display() == "未填报"


def test_sample_keeps_every_promise() -> None:
    assert coverage_sample().problems() == []


def test_report_round_trips_through_json() -> None:
    report = coverage_sample()
    assert ReportData.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_report_without_rows_keeps_figures_and_drops_lists() -> None:
    slim = coverage_sample().without_rows()
    assert [len(roster.rows) for roster in slim.rosters.values()] == [0]
    assert slim.drilldowns == {}
    assert slim.tables == coverage_sample().tables


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (count(136, "covered:"), "card:组织已覆盖: says 136, list covered: has 137"),
        (count(137), "card:组织已覆盖: no list behind 137"),
        (count(137, "nowhere"), "card:组织已覆盖: drill-down nowhere is missing"),
        (rate(136, 149, "covered:"), "card:组织已覆盖: says 136, list covered: has 137"),
    ],
)
def test_problems_name_a_broken_promise(cell: object, problem: str) -> None:
    broken = replace(coverage_sample(), cards=(Card("组织已覆盖", cell),))  # type: ignore[arg-type]
    assert broken.problems() == [problem]


def test_problems_name_lists_that_count_twice_or_do_not_exist() -> None:
    report = coverage_sample()
    drill = report.drilldowns["blank:"]
    twice = replace(report, drilldowns={**report.drilldowns, "blank:": replace(drill, positions=(147, 147))})
    outside = replace(report, drilldowns={**report.drilldowns, "blank:": replace(drill, positions=(147, 149))})
    unknown = replace(report, drilldowns={**report.drilldowns, "blank:": replace(drill, roster="people")})
    assert twice.problems() == ["blank:: a row is counted twice"]
    assert outside.problems() == ["blank:: positions outside roster associations"]
    assert unknown.problems() == ["blank:: roster people is missing"]


def test_decode_refuses_what_does_not_fit() -> None:
    with pytest.raises(TypeError):
        decode(ReportData, [])
    with pytest.raises(TypeError):
        decode(int, "1")
    with pytest.raises(TypeError):
        decode(int | None, "1")
    with pytest.raises(ValueError, match="pie"):
        decode(CellKind, "pie")
    stored = coverage_sample().to_json()
    stored["charts"][0]["kind"] = "pie"
    with pytest.raises(TypeError, match="pie"):
        ReportData.from_json(stored)


def test_rows_of_lists_the_subjects_in_order() -> None:
    assert [row.subject_pk for row in coverage_sample().rows_of("blank:")] == [148, 149]
