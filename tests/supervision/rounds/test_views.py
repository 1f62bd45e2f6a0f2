"""Pages of rounds: prepared, opened with what it says, corrected, excepted."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.jobs.models import Job
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection
from supervision.rounds import editions
from supervision.rounds.enums import RoundState
from supervision.rounds.models import Extension, Round, RoundTrack
from tests import factories
from tests.supervision.makers import make_inspection, make_round, make_track

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_bells")]
ROUND = {
    "report_year": "2025",
    "label": "inspection",
    "title": "",
    "place": "here",
    "opens_on": "2026-1-1",
    "review_working_days": "10",
    "correction_working_days": "5",
    "help_office": "社会组织处",
    "help_phone": "0731-84502000",
}


def text(response) -> str:
    return response.content.decode()


def test_a_round_is_prepared_and_opened_on_pages(personas, province, reference, sign_in):
    editions.take_in_shipped(now=timezone.now())
    factories.make_association(region=province.hunan, supervising_unit=province.unit, registration_mode="dual")
    client = sign_in(personas.department_admin)
    made = client.post(reverse("supervision:round_new"), ROUND)
    a_round = Round.objects.get()
    assert made.url == reverse("supervision:round", args=[a_round.pk])
    page = text(client.get(made.url))
    assert "填报安排" in page
    assert "社会团体·双重管理" in page
    wrong = client.post(reverse("supervision:round_new"), {**ROUND, "closes_on": "2025-12-31"})
    assert wrong.status_code == 422
    assert "停止受理日期早于开始填报日期" in text(wrong)
    opening = reverse("supervision:round_open", args=[a_round.pk])
    page = text(client.get(opening))
    assert "共 1 家社会组织列入填报名单" in page
    assert "社会团体·双重管理：1 家，其中 1 家由业务主管单位初审（2026-03-31 截止）" in page
    assert client.post(opening, {"version": a_round.version}).status_code == 302
    assert client.post(opening, {"version": a_round.version}).status_code == 409
    assert Round.objects.get().state == RoundState.OPEN
    assert Job.objects.unscoped("test").count() == 1


def test_arrangements_are_edited_on_pages(personas, reference, sign_in):
    editions.take_in_shipped(now=timezone.now())
    client = sign_in(personas.department_staff)
    client.post(reverse("supervision:round_new"), ROUND)
    a_round = Round.objects.get()
    track = RoundTrack.objects.get(kind="foundation")
    edit = reverse("supervision:track_edit", args=[track.pk])
    assert client.get(edit).status_code == 200
    given = {
        "version": a_round.version,
        "kind": "foundation",
        "mode": "",
        "form": track.form_id,
        "registered_by": "2025-12-31",
        "to_registrar_by": "2026-04-30",
    }
    assert client.post(edit, {**given, "has_first_review": "on"}).status_code == 422
    assert client.post(edit, given).status_code == 302
    track.refresh_from_db()
    assert (track.to_registrar_by, track.has_party_clearance) == (date(2026, 4, 30), False)
    assert client.post(edit, given).status_code == 409
    version = Round.objects.get().version
    remove = reverse("supervision:track_remove", args=[track.pk])
    assert client.get(remove).status_code == 200
    assert client.post(remove, {"version": version}).status_code == 302
    new = reverse("supervision:track_new", args=[a_round.pk])
    assert client.get(new).status_code == 200
    assert client.post(new, {**given, "version": version + 1}).status_code == 302
    change = reverse("supervision:round_edit", args=[a_round.pk])
    assert client.get(change).status_code == 200
    again = {**ROUND, "help_phone": "12345", "version": version + 2}
    assert client.post(change, again).status_code == 302
    assert Round.objects.get().help_phone == "12345"


def test_the_list_shows_rounds_with_their_figures(personas, province, sign_in):
    draft, a_round = make_round(RoundState.DRAFT), make_round()
    make_inspection(province.tea, make_track(a_round))
    page = text(sign_in(personas.department_admin).get(reverse("supervision:rounds")))
    assert draft.title in page
    page = text(sign_in(personas.registrar).get(reverse("supervision:rounds")))
    assert draft.title not in page
    assert a_round.title in page


def test_a_round_is_completed_and_closed_on_pages(personas, sign_in):
    a_round, client = make_round(), sign_in(personas.department_admin)
    make_track(a_round)
    for name in ("round_fill", "round_close"):
        url = reverse(f"supervision:{name}", args=[a_round.pk])
        assert client.get(url).status_code == 200
        assert client.post(url, {"version": Round.objects.get().version}).status_code == 302
    assert Round.objects.get().state == RoundState.CLOSED


def test_exceptions_are_made_on_pages(personas, province, sign_in):
    inspection = make_inspection(province.tea)
    client = sign_in(personas.registrar)
    url = reverse("supervision:extend", args=[inspection.pk])
    assert client.get(url).status_code == 200
    far = {"until": "2099-06-30", "reason": "换届", "version": 1}
    assert client.post(url, {**far, "until": "2020-01-01"}).status_code == 422
    assert client.post(url, far).status_code == 302
    assert Extension.objects.get().until == date(2099, 6, 30)
    assert sign_in(personas.department_admin).post(url, far).status_code == 403
    for name, state in (("exempt", InspectionState.EXEMPTED), ("reinstate", InspectionState.NOT_STARTED)):
        version = Inspection.objects.get().version
        url = reverse(f"supervision:{name}", args=[inspection.pk])
        assert client.get(url).status_code == 200
        assert client.post(url, {"reason": "见文件", "version": version}).status_code == 302
        assert Inspection.objects.get().state == state


def test_exceptions_are_offered_where_they_can_be_made(personas, province, sign_in):
    track = make_track()
    waiting = make_inspection(province.tea, track)
    out = make_inspection(province.trade, track, InspectionState.EXEMPTED)
    url = reverse("supervision:round_filings", args=[track.round_id])
    for persona, shows_extension in ((personas.registrar, True), (personas.department_admin, False)):
        page = text(sign_in(persona).get(url))
        assert reverse("supervision:exempt", args=[waiting.pk]) in page
        assert reverse("supervision:reinstate", args=[out.pk]) in page
        assert (reverse("supervision:extend", args=[waiting.pk]) in page) is shows_extension
    page = text(sign_in(personas.department_staff).get(url))
    assert reverse("supervision:exempt", args=[waiting.pk]) not in page


def test_a_filing_is_found_by_its_number_and_by_a_name(personas, province, sign_in):
    track = make_track()
    tea, trade = make_inspection(province.tea, track), make_inspection(province.trade, track)
    client, url = sign_in(personas.department_staff), reverse("supervision:round_filings", args=[track.round_id])
    for asked, found in ((tea.number, tea), (tea.number.lower(), tea), ("商贸业", trade)):
        page = text(client.get(url, {"q": asked}))
        assert [one for one in (tea, trade) if f"{one.association}</a>" in page] == [found], asked
