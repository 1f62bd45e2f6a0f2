"""Reminders of organisations: on their day, once, one task and one message each, without the name of a member."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from partybuilding.floating.rules import FloatingRules, contact_due
from partybuilding.floating.services import contact
from partybuilding.members.models import PartyMember
from partybuilding.members.services import end_membership
from partybuilding.organizations.models import PartyOrganization
from partybuilding.reminders.services import remind_organizations, request_reminders, send_reminders
from partybuilding.standing.services import convert
from portal.access.actor import acting_as
from portal.audit.models import AuditEvent
from portal.jobs.models import Job
from portal.jobs.runner import run
from portal.notices.models import Notice, Task
from tests.partybuilding.life.makers import make_life
from tests.people import makers
from tests.personas import Personas
from tests.scope_members import make_absence

pytestmark = pytest.mark.usefixtures("parameters")
NOW = datetime(2026, 7, 5, 9, tzinfo=timezone.get_default_timezone())
FIFTH = date(2026, 7, 5)
END = date(2026, 5, 20)
PEOPLE = "party_probation_people"


@pytest.fixture
def branch(personas: Personas) -> PartyOrganization:
    """The tea branch since 2020, with its secretary, under a committee with two officers in two bodies."""
    row = personas.province.tea_branch
    PartyOrganization.objects.filter(pk=row.pk).update(established_on=date(2020, 1, 1))
    assert personas.branch_secretary, personas.party_committee
    row.refresh_from_db()
    return row


@pytest.fixture
def member(branch: PartyOrganization) -> PartyMember:
    """Admitted on 2025-05-20: the probation ends on 2026-05-20."""
    person = makers.make_person("王明")
    return makers.make_party_member(
        branch, person, membership_state="probationary", joined_on=date(2025, 5, 20), relation_in_organization=True
    )


def tasks(kind: str, state: str = "open") -> list[tuple[str, str, date | None]]:
    rows = Task.objects.filter(kind=kind, state=state).order_by("pk")
    return list(rows.values_list("title", "for_role", "due_on"))


def messages() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("user__username", "pk").values_list("user__username", "text"))


def test_branch_that_is_behind_is_told_on_the_fifth_once(branch: PartyOrganization) -> None:
    assert set(send_reminders(FIFTH - timedelta(days=1), now=NOW).values()) == {0}
    send_reminders(FIFTH, now=NOW)
    ((title, role, due),) = tasks("party_life")
    assert title.startswith("补齐组织生活（2026 年第 2 季度欠")
    assert (role, due) == ("branch_secretary", date(2026, 7, 31))
    told = f"提醒：「{branch}」组织生活有欠开，请补开或补登记。"
    assert messages() == [("branch_secretary", told)]
    # A month later the task is there still: nobody is told twice about it.
    send_reminders(date(2026, 8, 5), now=NOW)
    assert (tasks("party_life"), len(messages())) == ([(title, role, due)], 1)


def test_branch_that_met_is_left_alone(branch: PartyOrganization) -> None:
    for month in (4, 5, 6):
        for kind in ("congress", "committee", "party_day", "lecture"):
            make_life(branch, kind, held_on=date(2026, month, 10))
    send_reminders(FIFTH, now=NOW)
    assert tasks("party_life") == []


def test_probation_is_told_on_its_days_and_names_nobody(branch: PartyOrganization, member: PartyMember) -> None:
    told = [days for days in (-31, -30, -1, 0, 30, 31) if send_reminders(END + timedelta(days=days), now=NOW)[PEOPLE]]
    assert told == [-30, 0, 30]
    assert tasks("party_probation") == [("办理预备党员转正（1 人）", "branch_secretary", END)]
    said = [text for _user, text in messages()]
    assert len(said) == 3
    assert all(member.person.name not in text for text in [*said, tasks("party_probation")[0][0]])


def test_conversion_closes_the_task_and_so_does_leaving_the_next_morning(
    branch: PartyOrganization, member: PartyMember, personas: Personas
) -> None:
    other = makers.make_party_member(
        branch, makers.make_person("李丽"), membership_state="probationary", joined_on=date(2025, 5, 20)
    )
    send_reminders(END, now=NOW)
    assert tasks("party_probation") == [("办理预备党员转正（2 人）", "branch_secretary", END)]
    actor = personas.department_admin.actor
    with acting_as(actor):
        convert(
            member,
            decided_on=date(2026, 6, 2),
            approved_on=date(2026, 6, 20),
            became_full_on=END,
            approval_number="湘社组党〔2026〕31号",
            actor=actor,
            now=NOW,
            version=member.version,
        )
        end_membership(
            other, ends_on=date(2026, 6, 30), reason="取消预备党员资格", actor=actor, now=NOW, version=other.version
        )
    # One is left: the task stays until the morning after.
    assert len(tasks("party_probation")) == 1
    assert send_reminders(date(2026, 7, 6), now=NOW)["party_probation_closed"] == 1
    assert (tasks("party_probation"), len(tasks("party_probation", "closed"))) == ([], 1)


def test_contact_closes_what_asked_for_it(branch: PartyOrganization, member: PartyMember, personas: Personas) -> None:
    away = make_absence(branch, member=member, starts_on=date(2026, 1, 10), is_abroad=True)
    send_reminders(date(2026, 6, 26), now=NOW)
    assert tasks("party_contact") == [("联系出国（境）党员（1 人）", "branch_secretary", date(2026, 7, 10))]
    actor = personas.branch_secretary.actor
    with acting_as(actor):
        contact(away, contacted_on=date(2026, 7, 1), actor=actor, now=NOW, version=away.version)
    assert tasks("party_contact") == []


@pytest.mark.parametrize(
    ("contacted", "due"),
    [(None, date(2026, 7, 10)), (date(2026, 3, 1), date(2026, 9, 1)), (date(2025, 3, 1), date(2026, 7, 10))],
)
def test_contact_is_due_half_a_year_after_the_later(contacted: date | None, due: date) -> None:
    assert contact_due(date(2026, 1, 10), contacted, FloatingRules(6, 6)) == due


def test_one_job_a_day_that_may_run_twice(branch: PartyOrganization, member: PartyMember, no_bells: None) -> None:
    early, later = (datetime(2026, 5, 20, hour, tzinfo=timezone.get_default_timezone()) for hour in (7, 9))
    assert [request_reminders(moment) for moment in (early, later, later)] == [0, 1, 1]
    (job,) = Job.objects.all()
    for _again in range(2):
        run(job.pk, remind_organizations)
    assert len(tasks("party_probation")) == 1
    (event,) = AuditEvent.objects.filter(action="party_organizations.remind")
    after: Any = event.after
    assert after == {"matter": "party_probation", "tasks": 1, "people": 1, "closed": 0}
