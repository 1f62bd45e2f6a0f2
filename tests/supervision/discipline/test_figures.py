"""Card = list: every figure of a round, in total and by body, place and kind, has exactly its list."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.access.actor import acting_as
from supervision.discipline import rules
from supervision.discipline.enums import Dimension, Figure
from supervision.discipline.figures import cells_of, links
from supervision.discipline.selectors import figure_q, progress, standing_of
from supervision.inspections.enums import InspectionState, Stage
from supervision.inspections.models import Inspection
from tests import factories
from tests.supervision.makers import NOW, make_inspection, make_round, make_track

TODAY = date(2026, 4, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_that_day(frozen):
    frozen(TODAY)


ROW = st.tuples(
    st.sampled_from(InspectionState.values),
    st.integers(-2, 2),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from(["unit", "other_unit", None]),
    st.sampled_from(["hunan", "yuelu", "lusong"]),
)


def make_row(province, track, number, row):
    state, offset, is_late, return_count, unit, place = row
    body = getattr(province, unit) if unit else None
    association = factories.make_association(f"社团{number}", region=getattr(province, place), supervising_unit=body)
    due = TODAY + timedelta(days=offset)
    fields = {"filing_due_on": due, "step_due_on": due, "supervisor": body, "return_count": return_count}
    if state not in (InspectionState.NOT_STARTED, InspectionState.DRAFTING, InspectionState.EXEMPTED):
        fields["is_late"] = is_late
    if state == InspectionState.DRAFTING:
        fields["started_at"] = NOW
    if state == InspectionState.RETURNED:
        fields["returned_from"] = Stage.SUPERVISOR
    return make_inspection(association, track, state, **fields)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, min_size=1, max_size=6))
def test_every_figure_has_exactly_its_list(province, personas, rows):
    track = make_track(make_round())
    actor = personas.department_admin.actor
    for number, row in enumerate(rows):
        make_row(province, track, number, row)
    with acting_as(actor):
        found = progress(actor, track.round, TODAY, place=province.hunan)
        here = list(Inspection.objects.unscoped("test").filter(round=track.round))
        for figure in Figure:
            counted = {one.pk for one in here if rules.counts(figure, standing_of(one), TODAY)}
            listed = Inspection.objects.unscoped("test").filter(figure_q(figure, TODAY), round=track.round)
            assert {one.pk for one in listed} == counted, figure
            assert found.total[figure] == len(counted)
            for dimension in Dimension:
                assert sum(group[figure] for group in found.groups[dimension]) == len(counted)


def test_every_link_opens_as_many_rows_as_its_figure_says(province, personas, sign_in):
    track = make_track(make_round())
    rows = [
        ("not_started", -1, False, 0, "unit", "yuelu"),
        ("drafting", 1, False, 0, None, "hunan"),
        ("returned", -1, True, 1, "unit", "lusong"),
        ("concluded", 0, False, 0, "other_unit", "yuelu"),
        ("exempted", 0, False, 0, "unit", "yuelu"),
    ]
    for number, row in enumerate(rows):
        make_row(province, track, number, row)
    persona = personas.department_admin
    with acting_as(persona.actor):
        total, grouped = cells_of(progress(persona.actor, track.round, TODAY, place=province.hunan))
    everything = [total, *(one for groups in grouped.values() for one in groups)]
    url_of = links(f"/inspections/{track.round_id}/filings/", "批次", everything, as_of=TODAY.isoformat())
    client: Client = sign_in(persona)
    checked = 0
    for group in everything:
        for figure in (Figure.EXPECTED, Figure.OVERDUE, Figure.CONCLUDED, Figure.EXEMPTED):
            url = url_of(group.drill(figure))
            assert parse_qs(urlsplit(url).query)["figure"] == [str(figure)]
            if group.by == "region" or checked < 30:
                page = client.get(url, headers={"HX-Request": "true", "HX-Target": "results"})
                assert page.context["page"].total == group.group[figure], url
                checked += 1
    assert checked >= 20


def test_the_progress_page_takes_few_queries(province, personas, sign_in, django_assert_max_num_queries):
    track = make_track(make_round())
    for number in range(12):
        make_row(province, track, number, ("drafting", number - 6, False, 0, "unit", "yuelu"))
    for persona in (personas.department_admin, personas.supervising_unit, personas.party_committee, personas.registrar):
        client = sign_in(persona)
        with django_assert_max_num_queries(15):
            assert client.get(f"/inspections/{track.round_id}/").status_code == 200
        with django_assert_max_num_queries(15):
            assert client.get(f"/inspections/{track.round_id}/filings/").status_code == 200
