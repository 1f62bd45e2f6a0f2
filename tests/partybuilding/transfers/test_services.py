"""A member goes from one organisation to another: one act with both sides, or two with a hand-over between."""

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from partybuilding.members.models import MemberEvent, PartyMember
from partybuilding.organizations.models import PartyOrganization
from partybuilding.transfers.models import MemberTransfer
from partybuilding.transfers.services import receive, send, send_all, send_back, take_in, withdraw
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AccessEvent, AuditEvent
from portal.notices.models import Task
from tests import factories
from tests.people import makers
from tests.personas import Personas

DAY = date(2026, 6, 20)


@pytest.fixture
def member(personas: Personas) -> PartyMember:
    """A probationary member on the roster of the tea association's branch."""
    return makers.make_party_member(
        personas.province.tea_branch,
        makers.make_person("王明"),
        membership_state="probationary",
        joined_on=date(2026, 1, 8),
        starts_on=date(2026, 1, 8),
        party_post="publicity",
        phone=makers.make_phone(),
    )


@pytest.fixture
def sibling(personas: Personas) -> PartyOrganization:
    """Another branch of the same committee."""
    province = personas.province
    return factories.make_organization("中共湖南省黑茶协会支部委员会", committee=province.branch_committee)


def sent(member: PartyMember, personas: Personas, now: datetime, **values: Any) -> MemberTransfer:
    actor = personas[values.pop("persona", "party_committee")].actor
    given = {"issued_on": DAY, "letter_number": "〔2026〕第18号", "version": member.version}
    with acting_as(actor):
        return send(member, actor=actor, now=now, **given | values)


def took(transfer: MemberTransfer, personas: Personas, now: datetime, **values: Any) -> MemberTransfer:
    actor = personas[values.pop("persona", "other_committee")].actor
    given = {"target": None, "received_on": date(2026, 6, 25), "version": transfer.version}
    with acting_as(actor):
        return receive(transfer, actor=actor, now=now, **given | values)


def history() -> list[tuple[str, str, date]]:
    rows = MemberEvent.objects.select_related("organization").order_by("pk")
    return [(row.kind, row.organization.name, row.happened_on) for row in rows]


def test_within_one_committee_both_rosters_change_in_one_act(
    personas: Personas, member: PartyMember, sibling: PartyOrganization, now: datetime
) -> None:
    transfer = sent(member, personas, now, target=sibling)
    member.refresh_from_db()
    there = PartyMember.objects.get(organization=sibling)
    assert (transfer.state, transfer.received_on, transfer.arrived) == ("done", DAY, there)
    assert (member.ends_on, there.starts_on, there.person) == (date(2026, 6, 19), DAY, member.person)
    # The Party file goes along; the post and the telephone were the other branch's.
    assert (there.membership_state, there.joined_on) == ("probationary", date(2026, 1, 8))
    assert (there.party_post, there.phone) == ("", None)
    assert history() == [
        ("moved_out", personas.province.tea_branch.name, DAY),
        ("moved_in", sibling.name, DAY),
    ]
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["member_transfers.send", "partybuilding.receive_transfer", "member_transfers.receive"]


def test_to_another_committee_the_relation_waits_until_it_is_received(
    personas: Personas, member: PartyMember, now: datetime
) -> None:
    province = personas.province
    transfer = sent(member, personas, now, target_committee=province.other_committee)
    member.refresh_from_db()
    assert (transfer.state, member.ends_on) == ("underway", None)
    task = Task.objects.get(kind="member_transfer")
    assert (task.body_pk, task.state) == (province.other_committee.pk, "open")
    with pytest.raises(Refused, match="由接收方党组织或其所属党委办理"):
        took(transfer, personas, now, persona="party_committee", target=province.trade_branch)
    with pytest.raises(Refused, match="没有填写转入的党组织"):
        took(transfer, personas, now)
    with pytest.raises(Refused, match="不在您的管理范围内"):
        took(transfer, personas, now, target=province.tea_branch)
    took(transfer, personas, now, target=province.trade_branch)
    member.refresh_from_db()
    assert member.ends_on == date(2026, 6, 24)
    assert province.trade_branch.members.get().starts_on == date(2026, 6, 25)
    assert Task.objects.get(kind="member_transfer").state == "closed"
    with pytest.raises(Refused, match="已转接"):
        took(transfer, personas, now, target=province.trade_branch)


@pytest.mark.parametrize(
    ("act", "persona", "state"),
    [(send_back, "other_committee", "returned"), (withdraw, "party_committee", "withdrawn")],
)
def test_what_nobody_receives_leaves_the_relation_where_it_is(
    personas: Personas, member: PartyMember, now: datetime, act: Any, persona: str, state: str
) -> None:
    transfer = sent(member, personas, now, target_committee=personas.province.other_committee)
    wrong, right = personas["party_committee" if act is send_back else "other_committee"].actor, personas[persona].actor
    with acting_as(wrong), pytest.raises(Refused):
        act(transfer, reason="支部有误", actor=wrong, now=now, version=transfer.version)
    with acting_as(right):
        act(transfer, reason="支部有误", actor=right, now=now, version=transfer.version)
    member.refresh_from_db()
    assert (transfer.state, member.ends_on, MemberEvent.objects.count()) == (state, None, 0)
    # It may be sent again.
    assert sent(member, personas, now, target_name="中共某市某街道工作委员会").state == "done"
    member.refresh_from_db()
    assert member.ends_on == date(2026, 6, 19)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"issued_on": date(2026, 1, 8)}, "transfer.leaving"),
        ({"issued_on": date(2026, 7, 1)}, "date.future"),
        ({"target_name": ""}, "transfer.one_target"),
        ({"persona": "other_committee"}, "scope.outside"),
        ({"persona": "registrar"}, "role"),
    ],
)
def test_bad_sending_is_refused(
    personas: Personas, member: PartyMember, now: datetime, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        sent(member, personas, now, **{"target_name": "中共某市某街道工作委员会"} | values)
    assert caught.value.code == code
    assert not MemberTransfer.objects.exists()


def test_one_member_is_never_sent_twice(personas: Personas, member: PartyMember, now: datetime) -> None:
    version = member.version
    sent(member, personas, now, target_committee=personas.province.other_committee)
    with pytest.raises(Refused, match="已有一笔转接待接收"):
        sent(member, personas, now, target_name="某街道")
    with pytest.raises(Conflict):
        sent(member, personas, now, target_name="某街道", version=version, persona="department_staff")


def test_a_participant_becomes_a_member_with_the_relation(
    personas: Personas, member: PartyMember, sibling: PartyOrganization, now: datetime
) -> None:
    guest = makers.make_party_member(sibling, member.person, relation_in_organization=False, starts_on=date(2026, 2, 1))
    sent(member, personas, now, target=sibling)
    guest.refresh_from_db()
    assert guest.ends_on == date(2026, 6, 19)
    assert sibling.members.get(ends_on=None).relation_in_organization is True


def test_a_whole_organisation_goes_at_once_or_not_at_all(
    personas: Personas, member: PartyMember, sibling: PartyOrganization, now: datetime
) -> None:
    branch, actor = personas.province.tea_branch, personas.party_committee.actor
    others = [makers.make_party_member(branch, starts_on=date(2020, 1, 1)) for _ in range(2)]
    makers.make_party_member(branch, relation_in_organization=False)
    values: dict[str, Any] = {"letter_number": "整1号", "target": sibling, "actor": actor, "now": now}
    with acting_as(actor), pytest.raises(Refused, match="编入名册的日期2026-01-08"):
        send_all(branch, issued_on=date(2026, 1, 8), version=branch.version, **values)
    assert not sibling.members.exists()
    with acting_as(actor):
        branch.refresh_from_db()
        done = send_all(branch, issued_on=DAY, version=branch.version, **values)
    assert len(done) == len(others) + 1
    assert set(MemberEvent.objects.values_list("kind", "is_whole")) == {("moved_out", True), ("moved_in", True)}
    assert branch.members.filter(ends_on=None).count() == 1
    empty = factories.make_organization(committee=personas.province.branch_committee)
    with acting_as(actor), pytest.raises(Refused, match="没有组织关系在本组织的党员"):
        send_all(empty, issued_on=DAY, version=empty.version, **values)


def test_from_outside_the_register_with_one_relation_only(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.branch_secretary.actor
    number = makers.id_number(7)
    values: dict[str, Any] = {
        "source_name": "中共岳阳市某街道工作委员会",
        "letter_number": "第9号",
        "issued_on": DAY,
        "received_on": date(2026, 6, 22),
        "name": "李四",
        "id_number": number,
        "membership_state": "full",
        "actor": actor,
        "now": now,
    }
    with acting_as(actor):
        transfer = take_in(province.tea_branch, **values)
        with pytest.raises(Refused, match="接收日期2026-06-19早于转出日期"):
            take_in(province.tea_branch, **values | {"received_on": date(2026, 6, 19)})
    assert (transfer.state, transfer.from_name) == ("done", "中共岳阳市某街道工作委员会")
    assert history() == [("moved_in", province.tea_branch.name, date(2026, 6, 22))]
    other = personas.other_committee.actor
    with acting_as(other), pytest.raises(Refused, match="组织关系已在另一个党组织"):
        take_in(province.trade_branch, **values | {"actor": other})


def test_pages_of_both_sides(sign_in: Any, personas: Personas, member: PartyMember, sibling: PartyOrganization) -> None:
    client = sign_in(personas.party_committee)
    page = reverse("partybuilding:transfer_new", args=[member.pk])
    assert "即时转接" in client.get(page).content.decode()
    given = {"issued_on": "2026-06-20", "letter_number": "第18号", "version": member.version}
    answer = client.post(page, given)
    assert (answer.status_code, "转往何处没有填写" in answer.content.decode()) == (422, True)
    answer = client.post(page, given | {"target": "没有的支部"})
    assert "没有找到党组织「没有的支部」" in answer.content.decode()
    answer = client.post(page, given | {"target": sibling.name, "version": member.version})
    transfer = MemberTransfer.objects.get()
    assert answer["Location"] == reverse("partybuilding:transfer", args=[transfer.pk])
    shown = client.get(answer["Location"]).content.decode()
    assert "已转接" in shown
    assert "王明" in shown
    assert "整建制" in client.get(reverse("partybuilding:transfers")).content.decode()
    assert AccessEvent.objects.filter(view="partybuilding:transfer").exists()
    history_page = client.get(reverse("partybuilding:party_member", args=[member.pk])).content.decode()
    assert "转出" in history_page
    assert sibling.name in history_page
