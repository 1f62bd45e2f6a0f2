"""Elections, extensions, reminders: what they write, what they refuse, what the pages show."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from partybuilding.members.models import Secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.services import Recorded
from partybuilding.terms.enums import TermState
from partybuilding.terms.forms import PostsField
from partybuilding.terms.models import PartyElection, TermExtension
from partybuilding.terms.selectors import (
    attach_terms,
    in_state,
    present_term,
    remind_days,
    state_counts,
    term_rules,
    with_terms,
)
from partybuilding.terms.services import (
    TERM_TASK,
    extend_term,
    record_election,
    remind_terms,
    request_reminders,
    send_reminders,
)
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from portal.jobs.models import Job
from portal.jobs.runner import run
from portal.notices.models import Notice, Task
from portal.regulations.rules import ConfigurationError
from tests import factories
from tests.people import makers
from tests.personas import Persona, Personas

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 6, 20)
FIGURES: dict[str, Any] = {
    "held_on": DAY,
    "method": "committee",
    "eligible_count": 25,
    "present_count": 20,
    "seat_count": 5,
    "candidate_count": 6,
    "elected_count": 5,
    "least_votes": 11,
    "approval_number": "湘社组党〔2026〕9号",
}


@pytest.fixture
def branch(personas: Personas) -> PartyOrganization:
    """The branch of the tea association, in its term since 2023-07-01: until 2026-06-30."""
    found = personas.province.tea_branch
    PartyOrganization.objects.filter(pk=found.pk).update(term_started_on=date(2023, 7, 1), full_member_count=25)
    found.refresh_from_db()
    return found


def elect(branch: PartyOrganization, personas: Personas, now: datetime, **values: Any) -> Recorded:
    actor = personas[values.pop("persona", "party_committee")].actor
    with acting_as(actor):
        given = FIGURES | {"version": branch.version} | values
        return record_election(branch, actor=actor, now=now, **given)


def extend(branch: PartyOrganization, personas: Personas, now: datetime, **values: Any) -> TermExtension:
    actor = personas[values.pop("persona", "party_committee")].actor
    given = {
        "until_on": date(2026, 12, 31),
        "approved_on": DAY,
        "approval_number": "湘社组党〔2026〕8号",
        "reason": "会员大会推迟",
        "version": branch.version,
    }
    with acting_as(actor):
        return extend_term(branch, actor=actor, now=now, **given | values)


def test_an_election_begins_a_term_and_seats_whom_the_roster_knows(
    personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    former = makers.make_party_member(branch, makers.make_person("李前任"), party_post="publicity")
    chosen = makers.make_party_member(branch, makers.make_person("王明"))
    old = makers.make_secretary(branch, makers.make_person("张旧"), starts_on=date(2023, 7, 1))
    recorded = elect(branch, personas, now, posts=[("王明", "secretary"), ("赵外", "publicity")])
    branch.refresh_from_db()
    for row in (former, chosen, old):
        row.refresh_from_db()
    assert branch.term_started_on == DAY
    assert (former.party_post, chosen.party_post) == ("", "secretary")
    assert old.ends_on == date(2026, 6, 19)
    assert Secretary.objects.get(organization=branch, ends_on=None).person.name == "王明"
    assert [one.text for one in recorded.findings] == [
        "名册上没有或有同名的：赵外。党内职务没有写入名册，请在党员名册中核对。"
    ]
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"party_terms.election", "secretaries.appoint", "party_members.correct"} <= actions


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"present_count": 19}, "election.quorum"),
        ({"candidate_count": 5}, "election.surplus"),
        ({"least_votes": 10}, "election.majority"),
        ({"held_on": date(2026, 7, 1)}, "date.future"),
        ({"held_on": date(2023, 6, 30)}, "election.day"),
        ({"held_on": date(2025, 1, 5)}, "election.early"),
        ({"approval_number": " "}, "invalid"),
        ({"posts": [(f"甲{number}", "commissioner") for number in range(6)]}, "election.posts"),
        ({"persona": "registrar"}, "role"),
        ({"persona": "other_committee"}, "scope.outside"),
    ],
)
def test_an_election_is_refused(
    personas: Personas, branch: PartyOrganization, now: datetime, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        elect(branch, personas, now, **values)
    assert refusal.value.code == code
    assert not PartyElection.objects.filter(organization=branch).exists()


def test_early_with_approval_late_with_a_remark_and_never_the_same_twice(
    personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    elect(branch, personas, now, held_on=date(2025, 1, 5), early_approval_number="湘社组党〔2024〕90号")
    with pytest.raises(Refused, match="已登记"):
        elect(branch, personas, now, held_on=date(2025, 1, 5))
    PartyOrganization.objects.filter(pk=branch.pk).update(term_started_on=date(2020, 1, 1))
    branch.refresh_from_db()
    assert "逾期" in elect(branch, personas, now).findings[0].text
    with pytest.raises(Conflict):
        elect(branch, personas, now, version=1, held_on=date(2026, 6, 21), early_approval_number="批")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"until_on": date(2027, 7, 1)}, "term.extension"),
        ({"until_on": date(2026, 6, 30)}, "term.extension"),
        ({"approval_number": ""}, "invalid"),
        ({"approved_on": date(2026, 7, 1)}, "date.future"),
        ({"approved_on": date(2023, 1, 1)}, "term.dates"),
        ({"persona": "supervising_unit"}, "role"),
    ],
)
def test_an_extension_is_refused(
    personas: Personas, branch: PartyOrganization, now: datetime, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        extend(branch, personas, now, **values)
    assert refusal.value.code == code


def test_an_extension_lets_the_term_run_on_and_ends_the_task(
    personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    assert send_reminders(date(2026, 6, 30), now=now)["tasks"] == 1
    extend(branch, personas, now)
    term = present_term(branch, term_rules(DAY))
    assert term is not None
    assert (term.regular_end, term.due_on) == (date(2026, 6, 30), date(2026, 12, 31))
    assert Task.objects.get(kind=TERM_TASK).state == "closed"
    with pytest.raises(Refused) as refusal:
        extend(branch, personas, now, until_on=date(2027, 7, 31))
    assert refusal.value.code == "term.extension"
    branch.refresh_from_db()
    extend(branch, personas, now, until_on=date(2027, 6, 30))
    assert AuditEvent.objects.filter(action="party_terms.extend").count() == 2
    # The extension belongs to its term: the next one begins without.
    elect(branch, personas, now)
    term = present_term(branch, term_rules(DAY))
    assert term is not None
    assert not term.is_extended


def test_nothing_is_recorded_of_what_is_dissolved_or_anothers(
    personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    other = factories.make_organization(
        "中共另一联合支部委员会", personas.province.tea, committee=personas.province.other_committee
    )
    with pytest.raises(Refused) as refusal:
        elect(other, personas, now)
    assert refusal.value.code == "organization.foreign"
    PartyOrganization.objects.filter(pk=branch.pk).update(dissolved_on=DAY)
    branch.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        extend(branch, personas, now)
    assert refusal.value.code == "organization.dissolved"


@pytest.mark.usefixtures("no_bells")
def test_the_tick_asks_for_one_job_a_day_from_eight(
    personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    assert personas.party_committee.user
    assert request_reminders(now.replace(hour=7)) == 0
    assert [request_reminders(now), request_reminders(now.replace(hour=18))] == [1, 1]
    job = Job.objects.unscoped("a test").get(task="partybuilding.remind_terms")
    assert job.parameters == {"on": "2026-06-30"}
    run(job.pk, remind_terms)
    assert Task.objects.get(kind=TERM_TASK).subject_pk == str(branch.pk)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("王明 书记\n王明 组织委员", "同一人填了两行"),
        ("王明 书记\n李红 书记", "书记只能有一名"),
        ("王明", "不能识别"),
    ],
)
def test_a_list_of_the_elected_that_cannot_be_right(text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PostsField(required=False).clean(text)
    assert PostsField(required=False).clean("王明 书记\n\n李红，组织委员") == [
        ("王明", "secretary"),
        ("李红", "organization"),
    ]


def test_days_of_reminding_that_cannot_be_read_are_a_matter_of_configuration() -> None:
    with pytest.raises(ConfigurationError):
        remind_days("-180,soon")


def test_an_extension_needs_a_term(personas: Personas, branch: PartyOrganization, now: datetime) -> None:
    PartyOrganization.objects.filter(pk=branch.pk).update(term_started_on=None)
    branch.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        extend(branch, personas, now)
    assert refusal.value.code == "term.unknown"


def rows_in_order(rows: Any, day: date, rules: Any) -> list[Any]:
    found = list(rows.order_by("term_order", "pk"))
    attach_terms(found, day, rules)
    return found


def test_the_filter_says_what_the_rule_says(personas: Personas, now: datetime) -> None:
    """Every state of the list is the state of the rule, on the days around the end of every kind of term."""
    assert personas.province.tea_branch
    starts = [None, date(2023, 7, 1), date(2023, 6, 30), date(2024, 2, 29), date(2021, 7, 1), date(2023, 12, 28)]
    for started in starts:
        for kind in ("branch", "committee", "temporary_branch", "joint_branch"):
            one = factories.make_organization(kind=kind, term_started_on=started)
            if started == date(2023, 6, 30):
                makers.make_extension(one, term_started_on=started, until_on=date(2026, 12, 31))
    for day in (DAY, date(2026, 6, 30), date(2026, 7, 1), date(2027, 2, 28), date(2027, 3, 1), date(2026, 12, 31)):
        rules = term_rules(day)
        rows = with_terms(PartyOrganization.objects.unscoped("a test"), rules)
        found = list(rows)
        attach_terms(found, day, rules)
        counts = state_counts(rows, day, rules)
        ordered = [row.term.due_on for row in rows_in_order(rows, day, rules) if row.term]
        assert ordered == sorted(ordered)
        for state in TermState:
            wanted = {row.pk for row in found if row.term_state == state}
            assert set(rows.filter(in_state(state, day, rules)).values_list("pk", flat=True)) == wanted, (day, state)
            assert counts[state] == len(wanted)


def test_reminders_reach_the_committee_once_and_end_with_the_election(
    personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    user = personas.party_committee.user
    PartyOrganization.objects.filter(pk=branch.pk).update(committee=personas.province.committee)
    branch.refresh_from_db()
    assert send_reminders(date(2026, 6, 29), now=now) == {"organizations": 0, "tasks": 0, "people": 0}
    assert send_reminders(date(2026, 6, 30), now=now)["tasks"] == 1
    assert send_reminders(date(2026, 7, 30), now=now)["tasks"] == 0  # the same task; the message again
    texts = Notice.objects.unscoped("a test").filter(user=user).order_by("pk")
    assert [one.text.partition("，")[2][:10] for one in texts] == ["今天（2026-06", "已逾期 30 天（2"]
    task = Task.objects.get(kind=TERM_TASK)
    assert (task.body_pk, task.due_on) == (branch.committee_id, date(2026, 6, 30))
    elect(branch, personas, now)
    task.refresh_from_db()
    assert task.state == "closed"


def test_journey_from_the_list_to_a_new_term(
    personas: Personas, branch: PartyOrganization, sign_in: Callable[[Persona], Client]
) -> None:
    client = sign_in(personas.party_committee)
    terms = reverse("partybuilding:terms")
    page = client.get(terms, {"as_of": "2026-07-10", "state": "overdue"})
    assert [row.name for row in page.context["rows"]] == [branch.name]
    assert "届满未换届 1 个" in page.content.decode()
    tab = reverse("partybuilding:organization", args=[branch.pk]) + "?tab=term"
    assert "登记换届选举" in client.get(tab).content.decode()
    url = reverse("partybuilding:election_new", args=[branch.pk])
    assert "80%" in client.get(url).content.decode()
    form = {name: str(value) for name, value in FIGURES.items()} | {"version": str(branch.version)}
    refused = client.post(url, form | {"present_count": "19", "posts": "王明 会长"})
    assert refused.status_code == 422
    assert "不能识别" in refused.content.decode()
    refused = client.post(url, form | {"present_count": "19"})
    assert "不能进行选举" in refused.content.decode()
    assert client.post(url, form | {"posts": "王明 书记"}).headers["Location"] == tab
    assert "20/25" in client.get(tab).content.decode()
    extension = reverse("partybuilding:extension_new", args=[branch.pk])
    assert "累计不超过 12 个月" in client.get(extension).content.decode()


def test_a_registrar_reads_the_figures_and_is_offered_nothing(
    personas: Personas, branch: PartyOrganization, sign_in: Callable[[Persona], Client]
) -> None:
    makers.make_election(branch)
    tab = reverse("partybuilding:organization", args=[branch.pk]) + "?tab=term"
    text = sign_in(personas.registrar).get(tab).content.decode()
    assert "20/25" in text
    assert "登记换届选举" not in text
