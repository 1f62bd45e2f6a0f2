"""The report on the discipline of reporting: figures with their lists, scope, periodic parameters."""

from datetime import date, timedelta

import pytest

from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.reporting.registry import find
from supervision.discipline.reports import KEY, ProgressParameters, build_progress
from supervision.inspections.enums import InspectionState
from supervision.rounds.enums import RoundState
from tests.supervision.discipline.test_figures import make_row
from tests.supervision.makers import make_inspection, make_round, make_track

TODAY = date(2026, 4, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_that_day(frozen):
    frozen(TODAY)


ROWS = [
    ("not_started", -1, False, 0, "unit", "yuelu"),
    ("drafting", 1, False, 0, None, "hunan"),
    ("returned", -1, True, 1, "unit", "lusong"),
    ("with_registrar", -1, False, 0, "unit", "lusong"),
    ("concluded", 0, False, 0, "other_unit", "yuelu"),
    ("concluded", 0, True, 1, "other_unit", "yuelu"),
    ("exempted", 0, False, 0, "unit", "yuelu"),
]


@pytest.fixture
def a_round(province):
    track = make_track(make_round())
    for number, row in enumerate(ROWS):
        make_row(province, track, number, row)
    return track.round


def build(actor, **params):
    with acting_as(actor):
        report = build_progress(actor, params, TODAY)
    assert report.problems() == []
    return report


def test_the_report_is_registered():
    assert find(KEY).build is build_progress


def test_every_figure_has_its_list_and_the_text_says_the_same(personas, a_round):
    report = build(personas.department_admin.actor)
    shown = {card.label: (card.cell.display(), card.cell.fraction) for card in report.cards}
    assert shown == {
        "应填报": ("6", ""),
        "报送率": ("66.7%", "4/6"),
        "按时率": ("33.3%", "2/6"),
        "逾期未报": ("2", ""),
        "一次通过率": ("50.0%", "1/2"),
    }
    assert report.title == f"湖南省社会组织{a_round}报送情况通报"
    text = "".join(one.plain() for one in report.narrative)
    assert "应当参加" in text
    assert "6家，已开始填报5家，已报送4家，报送率66.7%" in text
    assert [row.cells[1].value for row in report.annexes[0].rows] == ["社团0", "社团2"]
    assert {one.key for one in report.tables} == {"region", "unit", "committee", "kind"}
    drill = report.drilldowns["overdue:all:"]
    assert drill.query == {"round": str(a_round.pk), "figure": "overdue", "as_of": "2026-04-01"}


def test_the_live_list_behind_a_figure_has_as_many_rows(personas, a_round, sign_in):
    report = build(personas.department_admin.actor)
    client = sign_in(personas.department_admin)
    for key in ("overdue:all:", f"submitted:unit:{personas.province.unit.pk}", "expected:region:430200"):
        drill = report.drilldowns[key]
        page = client.get("/inspections/filings/", drill.query, headers={"HX-Request": "true", "HX-Target": "results"})
        assert page.context["page"].total == len(drill.positions) > 0, key


def test_a_body_reads_its_own_associations_only(personas, province, a_round):
    make_inspection(province.tea, make_track(a_round, mode="dual"), InspectionState.WITH_SUPERVISOR)
    report = build(personas.party_committee.actor)
    assert report.cards[0].cell.display() == "1"
    report = build(personas.department_admin.actor, region=province.zhuzhou.code)
    assert report.cards[0].cell.display() == "2"


def test_parameters_are_the_actors_own(personas, province, a_round):
    make_round(RoundState.DRAFT)
    actor = personas.department_admin.actor
    with acting_as(actor):
        form = ProgressParameters({"as_of": TODAY + timedelta(days=0), "round": a_round.pk}, actor=actor)
        assert list(form.fields["round"].queryset) == [a_round]
        assert form.is_valid(), form.errors
        assert form.to_params() == {"round": str(a_round.pk)}
    for params in ({"region": "110000"}, {"committee": "999"}, {"round": "999999"}):
        with pytest.raises(Refused):
            build(actor, **params)
