"""Desks of committees and meetings: what they write, what they refuse, who reads them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from associations.registry.models import Department
from partybuilding.commissions.models import AgendaItem, CommissionMember, Meeting
from partybuilding.commissions.selectors import committees_in_reach, meetings_together, targets, together_q
from partybuilding.commissions.services import (
    AGENDA_TASK,
    adopt_rule,
    decide_item,
    end_rule,
    end_seat,
    record_meeting,
    save_profile,
    seat_member,
)
from partybuilding.commissions.views import together_of
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.notices.models import Task
from tests import factories
from tests.partybuilding.commissions.makers import make_item, make_meeting, make_profile, make_seat
from tests.personas import Persona, Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 6, 10)
MEETING: dict[str, Any] = {
    "kind": "conference",
    "held_on": DAY,
    "title": "行业党建工作会议",
    "attendee_count": 60,
    "summary": "",
    "is_studied": False,
    "is_planned": False,
    "is_deployed": False,
    "counterpart": None,
    "record_count": None,
}


@pytest.fixture
def committee(personas: Personas) -> Department:
    return personas.province.committee


def test_nobody_sits_twice_and_one_is_secretary(personas: Personas, committee: Department, now: datetime) -> None:
    actor = personas.party_committee.actor
    given = {"actor": actor, "now": now, "starts_on": DAY}
    with acting_as(actor):
        first = seat_member(committee, post="secretary", name="王 明", **given)
        assert first.name == "王明"
        with pytest.raises(Refused, match=r"「王明」已任.*书记（2026-06-10起，仍在任）"):
            seat_member(committee, post="member", name="王明", **given)
        with pytest.raises(Refused, match="已有在任书记"):
            seat_member(committee, post="secretary", name="李华", **given)
        with pytest.raises(Refused, match="早于起始日期"):
            end_seat(first, ends_on=date(2026, 6, 1), actor=actor, now=now, version=first.version)
        end_seat(first, ends_on=date(2026, 6, 20), actor=actor, now=now, version=first.version)
        with pytest.raises(Refused, match="已于2026-06-20终止"):
            end_seat(first, ends_on=date(2026, 6, 25), actor=actor, now=now, version=first.version)
        seat_member(committee, post="secretary", name="王明", **given | {"starts_on": date(2026, 6, 21)})
    assert CommissionMember.objects.unscoped("a test").filter(department=committee).count() == 2


@pytest.mark.parametrize(
    ("persona", "code"), [("registrar", "role"), ("other_committee", "commission.foreign"), ("regional_office", "")]
)
def test_a_desk_is_kept_by_its_own_people(persona: str, code: str, personas: Personas, now: datetime) -> None:
    own = factories.make_department("长沙市两新工委", kind="working_committee", level="city")
    Department.objects.filter(pk=own.pk).update(region=personas.province.changsha)
    own.refresh_from_db()
    actor = personas[persona].actor
    given = {"post": "member", "name": "王明", "starts_on": DAY, "actor": actor, "now": now}
    with acting_as(actor):
        if not code:
            assert seat_member(own, **given)
            return
        with pytest.raises(Refused) as refused:
            seat_member(own, **given)
    assert refused.value.code == code


def test_profile_and_rules(personas: Personas, committee: Department, now: datetime) -> None:
    actor = personas.department_staff.actor
    given = {"actor": actor, "now": now}
    with acting_as(actor):
        with pytest.raises(Refused, match="请先在责任单位目录中登记挂靠部门"):
            save_profile(committee, category="industry", **given)
        profile = save_profile(committee, category="comprehensive", principle="兜底管理", **given)
        save_profile(committee, category="territorial", version=profile.version, **given)
        with pytest.raises(Conflict):
            save_profile(committee, category="comprehensive", version=1, **given)
        rule = adopt_rule(committee, title="委员会议事规则", starts_on=DAY, **given)
        with pytest.raises(Refused, match="同名制度正在执行"):
            adopt_rule(committee, title="委员会议事规则", starts_on=DAY, **given)
        end_rule(rule, ends_on=date(2026, 6, 30), version=rule.version, **given)
        with pytest.raises(Refused, match="不是党（工）委"):
            adopt_rule(personas.province.unit, title="规则", starts_on=DAY, **given)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "leadership", "is_studied": True}, "meeting.kind"),
        ({"kind": "exchange"}, "meeting.kind"),
        ({"held_on": date(2026, 7, 1)}, "date.future"),
        ({"persona": "other_committee"}, "commission.foreign"),
        ({"persona": "branch_secretary"}, "role"),
    ],
)
def test_a_meeting_that_the_body_does_not_hold_is_refused(
    values: dict[str, Any], code: str, personas: Personas, committee: Department, now: datetime
) -> None:
    actor = personas[values.pop("persona", "party_committee")].actor
    with acting_as(actor), pytest.raises(Refused) as refused:
        record_meeting(committee, actor=actor, now=now, **MEETING | values)
    assert refused.value.code == code


def test_what_a_meeting_decides_is_a_task_that_its_addressee_can_read(
    personas: Personas, committee: Department, now: datetime, sign_in: Callable[[Persona], Client]
) -> None:
    above = factories.make_department("湖南省委两新工委", kind="working_committee")
    Department.objects.filter(pk=committee.pk).update(parent=above)
    actor = personas.department_staff.actor
    with acting_as(actor):
        meeting = record_meeting(above, actor=actor, now=now, agenda=["应建尽建"], **MEETING)
        item = AgendaItem.objects.unscoped("a test").get(meeting=meeting)
        given = {"resolution": "六月底前清零", "actor": actor, "now": now, "version": meeting.version}
        with pytest.raises(Refused, match="现在没有填写完成期限"):
            decide_item(item, responsible=committee, **given)
        with pytest.raises(Refused, match="已经过去"):
            decide_item(item, responsible=committee, due_on=DAY, **given)
        decide_item(item, responsible=committee, due_on=date(2026, 12, 31), **given)
    task = Task.objects.get(kind=AGENDA_TASK)
    assert (task.body_pk, task.title) == (committee.pk, "落实会议议定事项：六月底前清零")
    client = sign_in(personas.party_committee)
    page = client.get(task.url).content.decode()
    assert "办理中" in page
    assert "登记议定事项" not in page
    assert sign_in(personas.other_committee).get(task.url).status_code == 404


def test_three_together_of_the_units_of_a_year(personas: Personas, now: datetime) -> None:
    unit = personas.province.unit
    flags = ("is_studied", "is_planned", "is_deployed")
    for number in range(8):
        given = {name: bool(number >> at & 1) for at, name in enumerate(flags)}
        make_meeting(unit, kind="leadership", **given)
    with everything("a test"):
        rows = list(Meeting.objects.all())
        for state in ("all", "some", "none"):
            wanted = {row.pk for row in rows if together_of(row) == state}
            assert set(Meeting.objects.filter(together_q(state)).values_list("pk", flat=True)) == wanted
    assert meetings_together([unit.pk], 2026) == {unit.pk: "2026年登记领导班子会议 8 次，三同均有 1 次。"}


def test_journey_at_the_desk(personas: Personas, committee: Department, sign_in: Callable[[Persona], Client]) -> None:
    client = sign_in(personas.party_committee)
    desk = reverse("associations:department", args=[committee.pk]) + "?tab=commission"
    assert "登记组成人员" in client.get(desk).content.decode()
    args = [committee.pk]
    profile = reverse("partybuilding:commission_profile", args=args)
    assert client.post(profile, {"category": "comprehensive", "principle": "产业相近"}).status_code == 302
    seat = reverse("partybuilding:seat_new", args=args)
    form = {"name": "王明", "post": "secretary", "office": "省厅副厅长", "number": "1", "starts_on": "2026-06-01"}
    assert client.post(seat, form).status_code == 302
    assert "不能重复登记" in client.post(seat, form | {"post": "member"}).content.decode()
    rule = reverse("partybuilding:commission_rule_new", args=args)
    assert client.post(rule, {"title": "议事规则", "starts_on": "2026-06-01"}).status_code == 302
    new = reverse("partybuilding:meeting_new", args=args)
    given = {"kind": "exchange", "title": "季度会商", "held_on": "2026-06-10", "agenda": "数据核对\n\n问题清单"}
    assert "没有找到「无此单位」" in client.post(new, given | {"counterpart": "无此单位"}).content.decode()
    unit = personas.province.unit
    page = client.post(new, given | {"counterpart": unit.name, "record_count": "120"}, follow=True)
    assert "问题清单" in page.content.decode()
    meeting = Meeting.objects.unscoped("a test").get()
    item = AgendaItem.objects.unscoped("a test").get(meeting=meeting, number=2)
    decide = reverse("partybuilding:meeting_item", args=[meeting.pk, item.pk])
    due = {"resolution": "月底核对", "responsible": str(committee.pk), "due_on": "2099-01-01", "version": "1"}
    assert client.post(decide, due).status_code == 302
    edit = reverse("partybuilding:meeting_edit", args=[meeting.pk])
    changed = given | {"counterpart": unit.name, "record_count": "121", "version": "2"}
    assert client.post(edit, changed).status_code == 302
    text = client.get(desk).content.decode()
    assert all(word in text for word in ("王明", "议事规则", "季度会商", "产业相近"))
    other = sign_in(personas.supervising_unit)
    assert "121" in other.get(reverse("partybuilding:meeting", args=[meeting.pk])).content.decode()
    assert "王明" not in other.get(reverse("associations:department", args=args)).content.decode()
    seat_row = CommissionMember.objects.unscoped("a test").get()
    end = reverse("partybuilding:seat_end", args=[committee.pk, seat_row.pk])
    assert client.post(end, {"ends_on": "2026-06-30", "version": "1"}).status_code == 302


def test_the_register_counts_what_its_links_list(
    personas: Personas, committee: Department, sign_in: Callable[[Persona], Client]
) -> None:
    province = personas.province
    Department.objects.filter(pk__in=[committee.pk, province.other_committee.pk]).update(region=province.hunan)
    one = factories.make_organization("", province.tea, committee=committee, full_member_count=7)
    factories.make_organization("", committee=committee, full_member_count=4)
    factories.make_organization("", committee=committee, full_member_count=9, dissolved_on=date(2026, 1, 1))
    make_seat(committee)
    make_profile(committee)
    client = sign_in(personas.department_staff)
    page = client.get(reverse("partybuilding:commissions"), {"q": committee.name})
    rows = {row.name: row for row in page.context["rows"]}
    assert "综合党委" in rows[committee.name].html
    listed = client.get(reverse("partybuilding:organizations"), {"committee": committee.pk, "state": "existing"})
    assert listed.context["page"].total == 2
    with everything("a test"):
        places = targets(committees_in_reach(personas.department_staff.actor), date(2026, 6, 30))
    assert [(place.code, level, wanted) for place, level, _number, wanted in places] == [("430000", "province", 23)]
    assert "目标 23 个，还差" in client.get(reverse("partybuilding:commissions")).content.decode()
    own = sign_in(personas.party_committee).get(reverse("partybuilding:commissions"))
    assert province.other_committee.name not in own.content.decode()
    assert one.name


@pytest.mark.parametrize("name", ["commissions", "meetings"])
def test_thirty_rows_ask_no_more_than_one(
    name: str, personas: Personas, committee: Department, sign_in: Callable[[Persona], Client]
) -> None:
    client, url = sign_in(personas.department_staff), reverse(f"partybuilding:{name}")
    make_item(committee)
    one = query_count(client, url)
    for _ in range(29):
        make_item(factories.make_department(kind="party_committee"))
    assert query_count(client, url) == one
