"""From the application to the roster: who records which stage, in which order, and what it makes."""

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from partybuilding.development.models import Candidate, DevelopmentStage
from partybuilding.development.services import apply_for, close_candidate, correct_candidate, record_stage
from partybuilding.members.models import MemberEvent, PartyMember
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.regulations.models import Parameter
from tests import factories
from tests.people import makers
from tests.personas import Personas
from tests.scope_members import make_candidate, make_stage

pytestmark = pytest.mark.usefixtures("parameters")
WAY = (
    ("activist", date(2025, 3, 1), "branch_secretary"),
    ("target", date(2026, 3, 1), "branch_secretary"),
    ("reviewed", date(2026, 3, 20), "branch_secretary"),
    ("trained", date(2026, 4, 1), "branch_secretary"),
    ("prereviewed", date(2026, 5, 1), "party_committee"),
    ("admitted", date(2026, 5, 20), "branch_secretary"),
    ("approved", date(2026, 6, 20), "party_committee"),
)


@pytest.fixture
def candidate(personas: Personas) -> Candidate:
    return make_candidate(personas.province.tea_branch, applied_on=date(2025, 1, 10), association_post="秘书长")


def record(candidate: Candidate, personas: Personas, now: datetime, **values: Any) -> Candidate:
    candidate.refresh_from_db()
    actor = personas[values.pop("persona", "branch_secretary")].actor
    given = {"stage": "activist", "happened_on": date(2025, 3, 1), "document": "支委会决议"}
    with acting_as(actor):
        return record_stage(candidate, actor=actor, now=now, version=candidate.version, **given | values)


def test_the_whole_way_ends_on_the_roster(personas: Personas, candidate: Candidate, now: datetime) -> None:
    for stage, day, persona in WAY:
        record(candidate, personas, now, stage=stage, happened_on=day, persona=persona, introducers="王明、李四")
    assert (candidate.standing, candidate.introducers) == ("member", "王明、李四")
    member = PartyMember.objects.get()
    assert (member, member.person, member.membership_state) == (candidate.member, candidate.person, "probationary")
    # The probation and the roster run from the congress, not from the approval.
    assert (member.joined_on, member.starts_on, member.association_post) == (
        date(2026, 5, 20),
        date(2026, 5, 20),
        "秘书长",
    )
    event = MemberEvent.objects.get()
    assert (event.kind, event.happened_on, event.document_number) == ("admitted", date(2026, 5, 20), "支委会决议")
    with pytest.raises(Refused, match="不必重复登记"):
        record(candidate, personas, now, stage="approved", happened_on=date(2026, 6, 21), persona="party_committee")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"stage": "target"}, "candidate.stage"),
        ({"happened_on": date(2025, 1, 9)}, "candidate.stage"),
        ({"happened_on": date(2026, 7, 1)}, "date.future"),
        ({"stage": "prereviewed"}, "role"),
        ({"document": " "}, "invalid"),
        ({"persona": "other_committee"}, "scope.outside"),
    ],
)
def test_bad_stages_are_refused(
    personas: Personas, candidate: Candidate, now: datetime, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        record(candidate, personas, now, **values)
    assert caught.value.code == code
    assert DevelopmentStage.objects.count() == 1


def test_a_probationary_member_introduces_nobody(personas: Personas, candidate: Candidate, now: datetime) -> None:
    branch = personas.province.tea_branch
    makers.make_party_member(branch, makers.make_person("李四"), membership_state="probationary")
    for stage, day, _persona in WAY[:5]:
        make_stage(candidate, stage=stage, happened_on=day)
    admitted = {"stage": "admitted", "happened_on": date(2026, 5, 20)}
    with pytest.raises(Refused, match="「李四」在名册上是预备党员"):
        record(candidate, personas, now, introducers="王明、李四", **admitted)
    with pytest.raises(Refused, match="应为两名正式党员"):
        record(candidate, personas, now, introducers="王明", **admitted)


def test_a_length_counts_once_it_is_entered(personas: Personas, candidate: Candidate, now: datetime) -> None:
    make_stage(candidate, stage="activist", happened_on=date(2025, 3, 1))
    Parameter.objects.create(
        code="member_development.education_least",
        label="培养教育",
        kind="integer",
        text="12",
        source="试",
        confidence="read",
    )
    with pytest.raises(Refused, match="最早2026-03-01"):
        record(candidate, personas, now, stage="target", happened_on=date(2026, 2, 28))
    record(candidate, personas, now, stage="target", happened_on=date(2026, 3, 1))
    assert candidate.standing == "target"


def test_who_may_apply(personas: Personas, now: datetime) -> None:
    branch, actor = personas.province.tea_branch, personas.branch_secretary.actor
    number = makers.id_number(3, date(2008, 6, 2))
    values: dict[str, Any] = {"document": "入党申请书", "actor": actor, "now": now, "name": "王小", "id_number": number}
    with acting_as(actor):
        with pytest.raises(Refused, match="未满18周岁"):
            apply_for(branch, applied_on=date(2026, 6, 1), **values)
        made = apply_for(branch, applied_on=date(2026, 6, 2), phone=makers.phone_number(), **values)
        with pytest.raises(Refused, match="已有在办的入党申请"):
            apply_for(branch, applied_on=date(2026, 6, 3), **values)
        correct_candidate(made, name="王小", contacts="李四", actor=actor, now=now, version=made.version)
    assert (made.contacts, made.standing) == ("李四", "applicant")
    known = makers.make_person("党员甲", makers.id_number(5))
    makers.make_party_member(branch, known)
    values |= {"name": "党员甲", "id_number": makers.id_number(5)}
    with acting_as(actor), pytest.raises(Refused, match="已登记为党员"):
        apply_for(branch, applied_on=date(2026, 6, 2), **values)


def test_a_temporary_branch_takes_no_applications(personas: Personas, now: datetime) -> None:
    branch = factories.make_organization(committee=personas.province.branch_committee, kind="temporary_branch")
    actor = personas.party_committee.actor
    with acting_as(actor), pytest.raises(Refused, match="临时党支部"):
        apply_for(branch, applied_on=date(2026, 6, 2), document="入党申请书", name="王小", actor=actor, now=now)


def test_an_application_that_ends_may_begin_again(personas: Personas, candidate: Candidate, now: datetime) -> None:
    actor = personas.branch_secretary.actor
    given: dict[str, Any] = {"reason": "本人撤回", "actor": actor, "now": now}
    with acting_as(actor):
        with pytest.raises(Refused, match="早于最近一项登记的日期2025-01-10"):
            close_candidate(candidate, ends_on=date(2025, 1, 9), version=candidate.version, **given)
        candidate.refresh_from_db()
        close_candidate(candidate, ends_on=date(2025, 6, 1), version=candidate.version, **given)
    assert candidate.standing == "closed"
    with pytest.raises(Refused, match="已于2025-06-01终止"):
        record(candidate, personas, now)
    assert make_candidate(personas.province.tea_branch, person=candidate.person).pk


def test_pages_show_what_comes_next(sign_in: Any, personas: Personas, candidate: Candidate) -> None:
    client = sign_in(personas.branch_secretary)
    page = reverse("partybuilding:candidate", args=[candidate.pk])
    assert "现在可以登记：派人谈话、确定为入党积极分子。" in client.get(page).content.decode()
    stage = reverse("partybuilding:candidate_stage", args=[candidate.pk])
    given = {"stage": "target", "happened_on": "2026-01-01", "document": "决议", "version": candidate.version}
    assert client.post(stage, given).status_code == 422
    answer = client.post(stage, given | {"stage": "activist", "happened_on": "2025-03-01"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "入党积极分子 1 人" in client.get(reverse("partybuilding:candidates")).content.decode()
    panel = client.get(reverse("partybuilding:organization", args=[candidate.organization_id]), {"tab": "development"})
    assert candidate.person.name in panel.content.decode()
