"""Trainings, who attended, the hours of a year and the rotation: writing, refusing, and numbers that open lists."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from partybuilding.members.models import PartyMember
from partybuilding.training.enums import HoursState
from partybuilding.training.models import TrainingAttendance, TrainingSession
from partybuilding.training.rules import hours_state, parse_line
from partybuilding.training.selectors import hours_counts, hours_rules, in_hours_state, with_hours
from partybuilding.training.services import attend, correct_session, hold, open_academy, remove_attendance
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from tests import factories
from tests.people import makers
from tests.personas import Personas
from tests.scope_members import make_attendance, make_candidate, make_session
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
GIVEN: dict[str, Any] = {
    "title": "书记示范班",
    "audience": "secretary",
    "starts_on": date(2026, 5, 11),
    "ends_on": date(2026, 5, 12),
    "hours": Decimal(16),
    "is_centralized": True,
}


def held(personas: Personas, now: datetime, persona: str = "department_staff", **values: Any) -> TrainingSession:
    actor = personas[persona].actor
    with acting_as(actor):
        return hold(actor=actor, now=now, **GIVEN | values)


def attended(session: TrainingSession, personas: Personas, now: datetime, *lines: str, **values: Any) -> Any:
    session.refresh_from_db()
    actor = personas[values.pop("persona", "department_staff")].actor
    with acting_as(actor):
        parsed = [line for line in map(parse_line, lines) if line is not None]
        return attend(session, lines=parsed, actor=actor, now=now, version=session.version)


def test_secretaries_are_found_by_name_and_body(personas: Personas, now: datetime) -> None:
    province = personas.province
    for branch in (province.tea_branch, province.trade_branch):
        makers.make_secretary(branch, makers.make_person("王明"))
    session = held(personas, now)
    with pytest.raises(Refused, match="名单上有2人叫「王明」") as caught:
        attended(session, personas, now, "王明", "赵无")
    assert "名单上没有「赵无」" in str(caught.value.reason)
    rows = attended(
        session, personas, now, f"王明\t{province.tea_branch.name}\t12", f"王明 {province.trade_branch.name}"
    )
    assert [(row.organization, row.hours) for row in rows] == [
        (province.tea_branch, Decimal(12)),
        (province.trade_branch, Decimal(16)),
    ]
    with pytest.raises(Refused, match="不必重复登记"):
        attended(session, personas, now, f"王明 {province.tea_branch.name}")


@pytest.mark.parametrize(
    ("line", "told"), [("王明 16.5", "超过本次培训的16学时"), ("王明 0", "应大于0"), ("", "没有填写参训人员")]
)
def test_bad_attendance_is_refused_whole(personas: Personas, now: datetime, line: str, told: str) -> None:
    makers.make_secretary(personas.province.tea_branch, makers.make_person("王明"))
    makers.make_secretary(personas.province.trade_branch, makers.make_person("李四"))
    session = held(personas, now)
    with pytest.raises(Refused, match=told):
        attended(session, personas, now, *(["李四", line] if line else []))
    assert not TrainingAttendance.objects.exists()


@pytest.mark.parametrize(
    ("audience", "makes"),
    [
        ("member", lambda province, person: makers.make_party_member(province.tea_branch, person)),
        ("officer", lambda province, person: makers.make_officer(province.tea, person)),
        (
            "member_president",
            lambda province, person: makers.make_officer(
                province.tea, person, post="president", political_status="party_member"
            ),
        ),
        ("activist", lambda province, person: make_candidate(province.tea_branch, person=person)),
    ],
)
def test_each_audience_has_its_register(personas: Personas, now: datetime, audience: str, makes: Any) -> None:
    province = personas.province
    session = held(personas, now, persona="party_committee", organizer=province.committee, audience=audience)
    with pytest.raises(Refused, match="名单上没有「王明」"):
        attended(session, personas, now, "王明", persona="party_committee")
    makes(province, makers.make_person("王明"))
    (row,) = attended(session, personas, now, "王明", persona="party_committee")
    body = row.association if audience in ("officer", "member_president") else row.organization
    assert body in (province.tea, province.tea_branch)


@pytest.mark.parametrize(
    ("persona", "values", "code"),
    [
        ("branch_secretary", {}, "role"),
        ("party_committee", {}, "training.foreign"),
        ("registrar", {}, "role"),
        ("department_staff", {"ends_on": date(2026, 7, 1)}, "training.session"),
        ("department_staff", {"title": ""}, "invalid"),
    ],
)
def test_bad_trainings_are_refused(
    personas: Personas, now: datetime, persona: str, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        held(personas, now, persona=persona, **values)
    assert caught.value.code == code


def test_a_training_is_corrected_but_not_below_what_was_attended(personas: Personas, now: datetime) -> None:
    branch = personas.province.tea_branch
    makers.make_party_member(branch, makers.make_person("王明"))
    session = held(personas, now, persona="branch_secretary", organization=branch, audience="member")
    (row,) = attended(session, personas, now, "王明", persona="branch_secretary")
    actor = personas.branch_secretary.actor
    changes = GIVEN | {"audience": "member", "hours": Decimal(8)}
    with acting_as(actor):
        for wrong in (changes, changes | {"hours": Decimal(16), "audience": "cadre"}):
            session.refresh_from_db()
            with pytest.raises(Refused):
                correct_session(session, actor=actor, now=now, version=session.version, **wrong)
        session.refresh_from_db()
        row.session.refresh_from_db()
        remove_attendance(row, actor=actor, now=now, version=session.version)
        session.refresh_from_db()
        correct_session(session, actor=actor, now=now, version=session.version, **changes)
    assert session.hours == 8
    other = personas.other_committee.actor
    with acting_as(other), pytest.raises(Refused):
        correct_session(session, actor=other, now=now, version=session.version, **changes)


def test_hours_of_a_year_filter_as_the_rule_says(personas: Personas) -> None:
    province, actor = personas.province, personas.party_committee.actor
    first, last = date(2026, 1, 1), date(2026, 6, 30)
    rules = hours_rules(last)
    long = [make_session(province.tea_branch, hours=Decimal(20), is_centralized=central) for central in (True, False)]
    before = make_session(province.tea_branch, starts_on=date(2025, 12, 30), ends_on=date(2025, 12, 31))
    wanted = ((), (20, 10), (20, 12), (20, 20, 20), (20, 20))
    for number, hours in enumerate(wanted):
        member = makers.make_party_member(province.tea_branch, party_post="secretary" if number > 2 else "")
        make_attendance(before, person=member.person, organization=province.tea_branch)
        for place, one in enumerate(hours):
            session = long[place] if place < 2 else make_session(province.tea_branch, hours=Decimal(20))
            make_attendance(session, person=member.person, organization=province.tea_branch, hours=Decimal(one))
    head = makers.make_party_member(province.tea_branch)
    makers.make_secretary(province.tea_branch, head.person)
    with acting_as(actor):
        rows = with_hours(scoped(PartyMember, actor), actor, first, last, rules).order_by("pk")
        listed = list(rows)
        assert [row.hours for row in listed] == [0, 30, 32, 60, 40, 0]
        assert [row.missing for row in listed] == [32, 2, 0, -4, 16, 56]
        counts = hours_counts(rows, rules)
        for state in HoursState:
            found = set(rows.filter(in_hours_state(state, rules)).values_list("pk", flat=True))
            told = {one.pk for one in listed if hours_state(one.hours, one.central_count, one.is_team, rules) == state}
            assert found == told
            assert counts[state] == len(found)


def test_rotation_of_secretaries_opens_its_lists(sign_in: Any, personas: Personas) -> None:
    province = personas.province
    today = timezone.localdate()
    session = make_session(audience="secretary", starts_on=today, ends_on=today)
    branches = [factories.make_organization(committee=province.branch_committee) for _ in range(4)]
    secretaries = [makers.make_secretary(branch) for branch in branches]
    for secretary in secretaries[:3]:
        make_attendance(session, person=secretary.person, organization=secretary.organization)
    client = sign_in(personas.party_committee)
    page = reverse("partybuilding:secretary_rotation")
    assert "轮训率 75.0%" in client.get(page).content.decode()
    for trained, number in (("yes", 3), ("no", 1)):
        assert client.get(page, {"trained": trained}).context["page"].total == number
    makers.make_officer(province.tea, post="president")
    assert "轮训率 0.0%" in client.get(reverse("partybuilding:leader_rotation")).content.decode()


def test_pages_work_without_a_roster(sign_in: Any, personas: Personas, now: datetime) -> None:
    client, branch = sign_in(personas.party_committee), personas.province.tea_branch
    assert "只报人数的，参训人数见各次培训" in client.get(reverse("partybuilding:training_hours")).content.decode()
    answer = client.post(
        reverse("partybuilding:own_training_new", args=[branch.pk]),
        {
            "title": "春训",
            "audience": "member",
            "starts_on": "2026-03-02",
            "ends_on": "2026-03-02",
            "hours": "6",
            "participant_count": "9",
        },
    )
    session = TrainingSession.objects.get()
    assert answer["Location"] == reverse("partybuilding:training", args=[session.pk])
    assert "只报人数的，以上报人数为准" in client.get(answer["Location"]).content.decode()
    tab = client.get(reverse("partybuilding:organization", args=[branch.pk]), {"tab": "training"}).content.decode()
    assert "春训" in tab
    attend_page = reverse("partybuilding:training_attend", args=[session.pk])
    refused = client.post(attend_page, {"lines": "王明", "version": session.version})
    assert (refused.status_code, "名单上没有「王明」" in refused.content.decode()) == (422, True)
    makers.make_party_member(branch, makers.make_person("王明"))
    few = query_count(client, reverse("partybuilding:training_hours"))
    for _ in range(5):
        makers.make_party_member(branch)
    assert query_count(client, reverse("partybuilding:training_hours")) == few
    assert client.post(attend_page, {"lines": "王明\t5", "version": session.version}).status_code == 302
    assert "王明" in client.get(answer["Location"]).content.decode()


def test_academies(sign_in: Any, personas: Personas, now: datetime) -> None:
    actor = personas.department_admin.actor
    with acting_as(actor):
        academy = open_academy(name="长沙两新学院", actor=actor, now=now)
        with pytest.raises(Refused):
            open_academy(name="长沙两新学院", actor=actor, now=now)
    committee = personas.party_committee.actor
    with acting_as(committee), pytest.raises(Refused):
        open_academy(name="另一学院", actor=committee, now=now)
    make_session(academy=academy)
    client = sign_in(personas.party_committee)
    assert "长沙两新学院" in client.get(reverse("partybuilding:academies")).content.decode()
    assert client.get(reverse("partybuilding:trainings"), {"academy": academy.pk}).context["page"].total == 1
