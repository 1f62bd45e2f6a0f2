"""Urging and reminders of a campaign: the desk a method lies on, one message a person and day, texts to pass on."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from campaigns.plans.models import Method, Step, Unit
from campaigns.urging import reminders, services
from campaigns.urging.selectors import to_call
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.jobs.models import Job
from portal.jobs.runner import run
from portal.notices.models import Notice, Task
from tests.campaigns.makers import make_unit
from tests.campaigns.method_makers import make_record, running
from tests.campaigns.methods.test_records import keep
from tests.campaigns.plans.test_views import post, signed_in
from tests.personas import Persona, Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
Story = tuple[Any, list[Method], Unit]


@pytest.fixture
def story(personas: Personas, now: datetime) -> Story:
    """Two branches under two committees; the first method is due in a week."""
    campaign, methods, tea = running(personas.province)
    make_unit(campaign, personas.province.trade_branch)
    Method.objects.filter(pk=methods[0].pk).update(due_on=now.date() + timedelta(days=7))
    methods[0].refresh_from_db()
    return campaign, methods, tea


def tasks() -> list[tuple[str, str, str]]:
    with everything("test"):
        rows = Task.objects.filter(kind=services.METHOD_TASK).order_by("body_kind", "body_pk")
        return [(task.title, task.body_label, task.state) for task in rows]


def messages(persona: Persona) -> list[str]:
    with everything("test"):
        return list(Notice.objects.filter(user=persona.user).order_by("pk").values_list("text", flat=True))


def test_one_job_a_morning_reminds_each_person_once(story: Story, personas: Personas, now: datetime) -> None:
    campaign, methods, tea = story
    organization = tea.organization
    assert organization is not None
    with everything("test"):
        type(organization).objects.filter(pk=organization.pk).update(committee=personas.province.committee)
    people = (personas.branch_secretary, personas.party_committee, personas.department_admin)
    assert [one.actor.role for one in people]
    hours = (7, 8, 10)
    assert [reminders.request_reminders(now.replace(hour=hour)) for hour in hours] == [0, 1, 1]
    with everything("test"):
        job = Job.objects.get(task="campaigns.remind")
    run(job.pk, reminders.remind)
    run(job.pk, reminders.remind)
    when = f"还有 7 天（{methods[0].due_on} 截止）"
    own = f"「{campaign}」提醒：「公开承诺」{when}。"
    assert messages(personas.branch_secretary) == [own]
    assert messages(personas.party_committee) == [f"「{campaign}」提醒：「公开承诺」{when}，还有 1 个党组织未完成。"]
    assert messages(personas.department_admin) == [f"「{campaign}」提醒：「公开承诺」{when}，还有 2 个党组织未完成。"]
    assert [(title, state) for title, _body, state in tasks()] == [(f"完成「公开承诺」（{campaign}）", "open")] * 2


def test_a_method_that_is_done_leaves_the_desk(story: Story, personas: Personas, now: datetime) -> None:
    campaign, methods, tea = story
    reminders.send_reminders(campaign, now.date(), now=now)
    keep(tea, methods[0], personas.branch_secretary, now)
    assert sorted((label, state) for _title, label, state in tasks()) == sorted(
        [(str(tea), "closed"), (str(personas.province.trade_branch), "open")]
    )
    result = reminders.send_reminders(campaign, now.date(), now=now)
    assert result["tasks"] == 0


def test_a_step_that_ends_is_told_to_everybody_and_one_that_is_over_to_nobody(
    story: Story, personas: Personas, now: datetime
) -> None:
    campaign, _methods, _tea = story
    today = now.date()
    for number, days in enumerate((0, -7), start=1):
        last = today + timedelta(days=days)
        Step.objects.create(campaign=campaign, number=number, title=f"步骤{number}", starts_on=None, ends_on=last)
    Method.objects.filter(campaign=campaign).update(due_on=None)
    assert personas.branch_secretary.user
    reminders.send_reminders(campaign, today, now=now)
    assert messages(personas.branch_secretary) == [f"「{campaign}」提醒：步骤「步骤1」今天（{today}）截止。"]
    assert tasks() == []


def test_a_comment_lies_with_the_committee_until_its_last_branch_has_it(
    story: Story, personas: Personas, now: datetime
) -> None:
    _campaign, methods, tea = story
    for number in (0, 1):
        make_record(tea, methods[number], personas)
    due = now.date() + timedelta(days=3)
    desk = personas.department_admin.actor
    with acting_as(desk):
        task = services.urge(tea, methods[2], due_on=due, actor=desk, now=now)
    assert (task.for_role, task.body_label) == ("party_committee", str(tea.committee))
    keep(tea, methods[2], personas.party_committee, now)
    task.refresh_from_db()
    assert task.state == "closed"


@pytest.mark.parametrize(
    ("number", "days", "who", "reason"),
    [
        (0, -1, "department_admin", "早于今天"),
        (1, 3, "department_admin", "须先完成「公开承诺」"),
        (4, 3, "department_admin", "没有承办人"),
        (0, 3, "branch_secretary", "不能催办"),
    ],
)
def test_what_is_not_urged(
    story: Story, personas: Personas, now: datetime, number: int, days: int, who: str, reason: str
) -> None:
    _campaign, methods, tea = story
    actor = getattr(personas, who).actor
    with acting_as(actor), pytest.raises(Refused, match=reason):
        services.urge(tea, methods[number], due_on=now.date() + timedelta(days=days), actor=actor, now=now)


def test_the_text_names_who_is_behind_by_committee(story: Story, personas: Personas, now: datetime) -> None:
    campaign, methods, tea = story
    make_record(tea, methods[0], personas)
    with acting_as(personas.department_admin.actor):
        groups = to_call(personas.department_admin.actor, campaign, methods[:1], now.date())
    assert [group.label for group in groups] == [personas.province.other_committee.name]
    assert groups[0].lines == [f"{personas.province.trade_branch}：公开承诺，还有 7 天（{methods[0].due_on} 截止）"]
    assert groups[0].text.startswith(f"{groups[0].label}：\n截至2026年6月30日，「{campaign}」下列 1 个党组织")


def test_pages_of_urging(story: Story, personas: Personas, now: datetime) -> None:
    campaign, methods, tea = story
    desk = signed_in(personas.department_admin)
    page = reverse("campaigns:method_urging", args=[campaign.pk])
    assert "截止）；自我讲评" in desk.get(page).content.decode()
    assert "没有完成「公开承诺」的党组织共 2 个" in desk.get(page + "?method=1").content.decode()
    assert desk.get(page + "?method=9").status_code == 404
    assert query_count(desk, page) <= 15
    units = [row.pk for row in Unit.objects.unscoped("test").filter(campaign=campaign)]
    given = {"pk": units, "confirmed": "1", "method": methods[0].pk, "due_on": "2099-12-30"}
    assert post(desk, "methods_urge", [campaign.pk], given).status_code == 302
    assert len(tasks()) == 2
    make_record(tea, methods[0], personas)
    again = post(desk, "methods_urge", [campaign.pk], given | {"pk": [tea.pk]})
    assert (again.status_code, "不必催办" in again.content.decode()) == (422, True)
