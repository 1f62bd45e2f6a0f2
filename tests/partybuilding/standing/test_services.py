"""Conversion, extension, losing, finding, suspending and restoring: what they write and what they refuse."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from partybuilding.members.models import MemberEvent, PartyMember
from partybuilding.members.services import end_membership
from partybuilding.standing import services
from partybuilding.standing.enums import ProbationState
from partybuilding.standing.selectors import (
    attach_probation,
    in_probation_state,
    probation_counts,
    probation_rules,
    probationary,
)
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from tests import factories
from tests.people import makers
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")
CONVERTED: dict[str, Any] = {
    "decided_on": date(2026, 6, 2),
    "approved_on": date(2026, 6, 20),
    "became_full_on": date(2026, 5, 20),
    "approval_number": "湘社组党〔2026〕31号",
}
EXTENDED: dict[str, Any] = {
    "until_on": date(2026, 12, 20),
    "decided_on": date(2026, 5, 20),
    "approved_on": date(2026, 6, 1),
    "approval_number": "湘社组党〔2026〕32号",
    "reason": "需要继续考察。",
}


@pytest.fixture
def member(personas: Personas) -> PartyMember:
    """Admitted on 2025-05-20: the probation ends on 2026-05-20."""
    return makers.make_party_member(
        personas.province.tea_branch,
        makers.make_person("王明"),
        membership_state="probationary",
        joined_on=date(2025, 5, 20),
        starts_on=date(2025, 5, 20),
    )


def act(personas: Personas, now: datetime, service: Callable[..., Any], member: PartyMember, **values: Any) -> Any:
    actor = personas[values.pop("persona", "party_committee")].actor
    # What was refused was rolled back; the row in hand is not.
    member.refresh_from_db()
    with acting_as(actor):
        return service(member, actor=actor, now=now, version=values.pop("version", member.version), **values)


def test_a_probationary_member_becomes_a_full_one(personas: Personas, member: PartyMember, now: datetime) -> None:
    act(personas, now, services.convert, member, **CONVERTED)
    assert (member.membership_state, member.became_full_on) == ("full", date(2026, 5, 20))
    event = MemberEvent.objects.get()
    assert (event.kind, event.happened_on, event.document_number) == (
        "converted",
        date(2026, 5, 20),
        "湘社组党〔2026〕31号",
    )
    with pytest.raises(Refused, match="登记为正式党员"):
        act(personas, now, services.convert, member, **CONVERTED)


def test_the_probation_is_extended_once(personas: Personas, member: PartyMember, now: datetime) -> None:
    act(personas, now, services.extend_probation, member, **EXTENDED)
    assert member.probation_until_on == date(2026, 12, 20)
    with pytest.raises(Refused, match="只能延长一次"):
        act(personas, now, services.extend_probation, member, **EXTENDED)
    with pytest.raises(Refused, match="2026-12-20期满"):
        act(personas, now, services.convert, member, **CONVERTED)


@pytest.mark.parametrize(
    ("changed", "values", "code"),
    [
        ({}, {"persona": "branch_secretary"}, "role"),
        ({}, {"persona": "other_committee"}, "scope.outside"),
        ({}, {"decided_on": date(2026, 5, 19)}, "probation.conversion"),
        ({}, {"approved_on": date(2026, 7, 1)}, "date.future"),
        ({"joined_on": None}, {}, "probation.unknown"),
        ({"relation_in_organization": False}, {}, "probation.elsewhere"),
        ({"ends_on": date(2026, 6, 1)}, {}, "standing.left"),
    ],
)
def test_bad_conversions_are_refused(
    personas: Personas, member: PartyMember, now: datetime, changed: dict[str, Any], values: dict[str, Any], code: str
) -> None:
    PartyMember.objects.filter(pk=member.pk).update(**changed)
    member.refresh_from_db()
    with pytest.raises(Refused) as caught:
        act(personas, now, services.convert, member, **CONVERTED | values)
    assert caught.value.code == code
    assert not MemberEvent.objects.exists()


def test_a_temporary_branch_converts_nobody(personas: Personas, now: datetime) -> None:
    branch = factories.make_organization(committee=personas.province.branch_committee, kind="temporary_branch")
    member = makers.make_party_member(branch, membership_state="probationary", joined_on=date(2025, 5, 20))
    with pytest.raises(Refused, match="临时党支部"):
        act(personas, now, services.convert, member, **CONVERTED)


def test_lost_and_found(personas: Personas, member: PartyMember, now: datetime) -> None:
    lost = {"happened_on": date(2026, 3, 1), "cause": "work", "remark": "多次联系未果"}
    act(personas, now, services.lose, member, persona="branch_secretary", **lost)
    assert member.is_lost is True
    with pytest.raises(Refused, match="不必重复登记"):
        act(personas, now, services.lose, member, **lost)
    act(personas, now, services.find, member, happened_on=date(2026, 6, 1), remark="")
    assert member.is_lost is False
    assert list(MemberEvent.objects.order_by("pk").values_list("kind", "cause")) == [("lost", "work"), ("found", "")]


def test_suspended_and_restored(personas: Personas, member: PartyMember, now: datetime) -> None:
    last = {"ends_on": date(2026, 3, 1), "reason": "失去联系超过规定时间"}
    with pytest.raises(Refused, match="没有填写文号"):
        act(personas, now, end_membership, member, kind="suspended", **last)
    number = {"document_number": "湘社组党〔2026〕6号"}
    with pytest.raises(Refused) as caught:
        act(personas, now, end_membership, member, kind="suspended", persona="branch_secretary", **last, **number)
    assert caught.value.code == "role"
    restored = {"restored_on": date(2026, 6, 1), "approval_number": "湘社组党〔2026〕33号"}
    with pytest.raises(Refused, match="没有停止党籍的记录"):
        act(personas, now, services.restore, member, **restored)
    act(personas, now, end_membership, member, kind="suspended", **last, **number)
    back = act(personas, now, services.restore, member, **restored)
    assert (back.starts_on, back.ends_on, back.person, back.joined_on) == (
        date(2026, 6, 1),
        None,
        member.person,
        date(2025, 5, 20),
    )
    assert list(MemberEvent.objects.order_by("pk").values_list("kind", "happened_on")) == [
        ("suspended", date(2026, 3, 2)),
        ("restored", date(2026, 6, 1)),
    ]


def test_who_is_on_the_way_does_not_leave_otherwise(personas: Personas, member: PartyMember, now: datetime) -> None:
    from tests.scope_members import make_transfer

    make_transfer(personas.province.tea_branch, member=member)
    with pytest.raises(Refused, match="先撤回转接"):
        act(personas, now, end_membership, member, ends_on=date(2026, 6, 1), reason="登记有误")


def test_the_list_filters_as_the_rule_says(personas: Personas) -> None:
    day, branch = date(2026, 6, 30), personas.province.tea_branch
    rules = probation_rules(day)
    for offset in (0, 1, 59, 60, 61, 62, 365):
        joined = day - timedelta(days=365 - offset)
        makers.make_party_member(branch, membership_state="probationary", joined_on=joined)
    makers.make_party_member(branch, membership_state="probationary")
    makers.make_party_member(
        branch,
        membership_state="probationary",
        joined_on=date(2025, 1, 1),
        probation_until_on=date(2026, 6, 29),
    )
    makers.make_party_member(branch, joined_on=date(2025, 6, 1))
    rows = probationary(PartyMember.objects.all(), day)
    everybody = list(rows)
    attach_probation(everybody, day, rules)
    counts = probation_counts(rows, day, rules)
    assert sum(counts.values()) == len(everybody) == 9
    for state in ProbationState:
        listed = set(rows.filter(in_probation_state(state, day, rules)).values_list("pk", flat=True))
        assert listed == {row.pk for row in everybody if row.probation_state == state}  # type: ignore[attr-defined]
        assert counts[state] == len(listed)


def test_pages_say_when_a_probation_ends(sign_in: Any, personas: Personas, member: PartyMember) -> None:
    client = sign_in(personas.party_committee)
    shown = client.get(reverse("partybuilding:probation"), {"as_of": "2026-06-30"}).content.decode()
    for words in ("王明", "2026-05-20", "期满未办理 1 名", "预备期 12 个月"):
        assert words in shown
    page = client.get(reverse("partybuilding:party_member", args=[member.pk])).content.decode()
    for words in ("转正", "延长预备期", "转出组织关系", "失去联系"):
        assert words in page
    answer = client.post(
        reverse("partybuilding:member_convert", args=[member.pk]),
        {
            "decided_on": "2026-05-01",
            "approved_on": "2026-06-20",
            "became_full_on": "2026-05-20",
            "approval_number": "1号",
            "version": member.version,
        },
    )
    assert answer.status_code == 422
    assert "讨论转正早了" in answer.content.decode()
    organization = client.get(reverse("partybuilding:organization", args=[member.organization_id])).content.decode()
    assert "1 名预备党员预备期已满" in organization
