"""Reminders on their days: tasks on desks, one message a person, nothing twice; calls written down."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.access.decisions import Refused
from portal.audit.models import AccessEvent
from portal.jobs.models import Job, JobState
from portal.notices.models import Notice, Task
from supervision.discipline import services, urging
from supervision.discipline.models import UrgeCall
from supervision.inspections.enums import URGE_TASK, InspectionState
from supervision.rounds.enums import RoundState
from supervision.tasks import remind
from tests import factories
from tests.supervision.makers import make_inspection, make_round, make_track

NOW = datetime(2026, 3, 24, 9, tzinfo=timezone.get_default_timezone())
TODAY = NOW.date()
DUE = date(2026, 3, 31)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference", "no_bells")]


def test_each_person_gets_one_message_and_each_desk_its_task(personas, province):
    track = make_track()
    filer = personas.association_filer
    second = factories.make_association("湖南省药业协会", region=province.hunan)
    factories.make_membership(filer.user, "association_filer", second)
    first_row = make_inspection(province.tea, track)
    make_inspection(second, track, InspectionState.DRAFTING, started_at=NOW)
    make_inspection(province.trade, track, filing_due_on=DUE + timedelta(days=1))
    make_inspection(province.city_tea, track, InspectionState.CONCLUDED)
    result = services.send_reminders(track.round, TODAY, now=NOW)
    assert result == {"filings": 2, "tasks": 2, "people": 1}
    (notice,) = Notice.objects.unscoped("test").all()
    assert notice.user == filer.user
    assert notice.text.startswith(f"{track.round}提醒：湖南省茶业协会填报还有 7 天（2026-03-31 截止）；湖南省药业协会")
    assert notice.url == reverse("supervision:filings")
    tasks = Task.objects.unscoped("test").filter(kind=URGE_TASK).order_by("pk")
    assert [(task.body_pk, task.due_on, task.for_role) for task in tasks] == [
        (province.tea.pk, DUE, "association_filer"),
        (second.pk, DUE, "association_filer"),
    ]
    assert tasks[0].url == reverse("supervision:filing", args=[first_row.pk])
    again = services.send_reminders(track.round, DUE, now=NOW)
    assert again == {"filings": 2, "tasks": 0, "people": 1}
    assert services.send_reminders(track.round, date(2026, 3, 25), now=NOW)["filings"] == 1


def test_a_correction_gets_a_message_and_no_second_task(personas, province):
    track = make_track()
    filer = personas.association_filer
    row = make_inspection(province.tea, track, InspectionState.RETURNED, step_due_on=TODAY)
    assert services.send_reminders(track.round, TODAY, now=NOW) == {"filings": 1, "tasks": 0, "people": 1}
    (notice,) = Notice.objects.unscoped("test").filter(user=filer.user)
    assert "湖南省茶业协会补正今天（2026-03-24）截止" in notice.text
    assert notice.url == reverse("supervision:filing", args=[row.pk])


def test_the_tick_asks_once_a_day_and_the_job_sends_once(personas, province):
    track = make_track()
    make_round(RoundState.CLOSED)
    personas.association_filer  # noqa: B018  made when first asked for
    make_inspection(province.tea, track)
    assert services.request_reminders(NOW.replace(hour=7)) == 0
    assert [services.request_reminders(NOW), services.request_reminders(NOW.replace(hour=18))] == [1, 1]
    (job,) = Job.objects.unscoped("test").all()
    remind(job.pk)
    remind(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.SUCCEEDED, {"filings": 1, "tasks": 1, "people": 1})
    assert Notice.objects.unscoped("test").count() == 1


def test_whom_to_call_is_grouped_and_numbers_are_masked(personas, province, sign_in, django_assert_max_num_queries):
    today = timezone.localdate()
    track = make_track(to_supervisor_by=today, to_registrar_by=today + timedelta(days=60))
    past = today - timedelta(days=3)
    make_inspection(province.tea, track, filing_due_on=past, committee=province.branch_committee)
    make_inspection(province.trade, track, filing_due_on=today + timedelta(days=5), committee=None)
    client = sign_in(personas.department_admin)
    url = reverse("supervision:urging", args=[track.round_id])
    with django_assert_max_num_queries(15):
        page = client.get(url).content.decode()
    assert "湖南省茶叶行业党委" in page
    assert f"1. 湖南省茶业协会，已逾期 3 天（{past} 截止）" in page
    assert "湖南省商贸业协会" not in page
    page = client.get(f"{url}?ahead=7&by=supervisor").content.decode()
    assert "湖南省商贸业协会，还有 5 天" in page
    assert not AccessEvent.objects.exists()


def test_whom_to_call_is_paged_and_a_body_says_how_many_it_has(personas, province, sign_in, monkeypatch):
    monkeypatch.setattr(urging, "LIMIT", 2)
    track, past = make_track(), timezone.localdate() - timedelta(days=3)
    for name in "甲乙丙":
        one = factories.make_association(name, region=province.hunan)
        make_inspection(one, track, filing_due_on=past, committee=province.branch_committee)
    client = sign_in(personas.department_admin)
    url = reverse("supervision:urging", args=[track.round_id])
    first, second = (client.get(f"{url}?page={number}").content.decode() for number in (1, 99))
    assert "共 3 家尚未办理，本页第 1～2 家" in first
    assert "湖南省茶叶行业党委（3 家，本页 2 家）" in first
    assert "本页第 3～3 家" in second
    assert "/calls/new/?page=99" in second
    assert second.count("登记通话</a>") == 1


def test_calls_are_written_down(personas, province, sign_in):
    row = make_inspection(province.tea)
    client = sign_in(personas.party_committee)
    url = reverse("supervision:call_new", args=[row.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"result": "promised"}).status_code == 422
    assert client.post(url, {"result": "promised", "promised_on": "2020-01-01"}).status_code == 422
    answer = client.post(f"{url}?ahead=7", {"result": "informed", "note": "已转告秘书长"})
    assert answer["Location"] == f"{reverse('supervision:urging', args=[row.round_id])}?ahead=7"
    (call,) = UrgeCall.objects.unscoped("test").all()
    assert (call.get_result_display(), call.note, call.called_by) == (
        "已告知",
        "已转告秘书长",
        personas.party_committee.user,
    )
    with pytest.raises(Refused, match="不能登记催报电话"):
        services.log_call(
            row,
            result="informed",
            promised_on=None,
            note="",
            actor=personas.association_filer.actor,
            now=NOW,
        )
