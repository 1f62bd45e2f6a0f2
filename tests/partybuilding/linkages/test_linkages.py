"""党委带支部、支部带党员、党员带会员: the ends of a link, what is refused, what the pages show."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from partybuilding.linkages.models import Linkage
from partybuilding.linkages.rules import ends_problem
from partybuilding.linkages.services import end_link, lay_link
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from tests import factories
from tests.partybuilding.commissions.makers import make_seat
from tests.people import makers
from tests.personas import Persona, Personas
from tests.wings import query_count

DAY = date(2026, 6, 1)
pytestmark = pytest.mark.usefixtures("parameters")


@pytest.mark.parametrize(
    ("level", "given", "words"),
    [
        ("committee_branch", (True, False, False), ""),
        ("branch_member", (False, True, False), ""),
        ("member_unit", (False, True, True), ""),
        ("committee_branch", (False, False, False), "党委带支部没有填写党委组成人员"),
        ("member_unit", (False, True, False), "党员带会员没有填写会员单位"),
        ("branch_member", (True, True, False), "支部带党员不填写党委组成人员"),
    ],
)
def test_the_level_says_which_ends_a_link_has(level: str, given: tuple[bool, bool, bool], words: str) -> None:
    found = ends_problem(level, *given)
    assert found.startswith(words) if words else found == ""


def lay(branch: PartyOrganization, personas: Personas, now: datetime, **given: Any) -> Linkage:
    actor = personas.party_committee.actor
    with acting_as(actor):
        return lay_link(branch, starts_on=DAY, matter="联系带动", actor=actor, now=now, **given)


def test_the_whole_chain_and_what_does_not_belong_to_it(personas: Personas, now: datetime) -> None:
    branch, province = personas.province.tea_branch, personas.province
    seat, member = make_seat(province.branch_committee), makers.make_party_member(branch)
    unit = makers.make_member_unit(province.tea)
    first = lay(branch, personas, now, level="committee_branch", seat=seat)
    lay(branch, personas, now, level="branch_member", member=member)
    lay(branch, personas, now, level="member_unit", member=member, unit=unit)
    with pytest.raises(Refused, match="不必重复登记"):
        lay(branch, personas, now, level="committee_branch", seat=seat)
    with pytest.raises(Refused, match="不是上级党（工）委的组成人员"):
        lay(branch, personas, now, level="committee_branch", seat=make_seat(province.other_committee))
    with pytest.raises(Refused, match="的名册上"):
        lay(branch, personas, now, level="branch_member", member=makers.make_party_member(province.trade_branch))
    with pytest.raises(Refused, match="不是所覆盖社会组织的会员单位"):
        lay(branch, personas, now, level="member_unit", member=member, unit=makers.make_member_unit(province.trade))
    actor = personas.party_committee.actor
    with acting_as(actor):
        with pytest.raises(Refused, match="早于起始日期"):
            end_link(first, ends_on=date(2026, 5, 1), actor=actor, now=now, version=first.version)
        end_link(first, ends_on=date(2026, 6, 20), actor=actor, now=now, version=first.version, result="完成换届")
        with pytest.raises(Refused, match="已于2026-06-20终止"):
            end_link(first, ends_on=date(2026, 6, 20), actor=actor, now=now, version=first.version)


def test_journey_on_the_tab(personas: Personas, sign_in: Callable[[Persona], Client]) -> None:
    branch, client = personas.province.tea_branch, sign_in(personas.branch_secretary)
    member = makers.make_party_member(branch, makers.make_person("王明"))
    unit = makers.make_member_unit(personas.province.tea)
    tab = reverse("partybuilding:organization", args=[branch.pk]) + "?tab=linkages"
    new = reverse("partybuilding:linkage_new", args=[branch.pk])
    assert new in client.get(tab).content.decode()
    form = {"level": "member_unit", "member": str(member.pk), "matter": "走访", "starts_on": "2026-06-01"}
    assert "没有填写会员单位" in client.post(new, form).content.decode()
    assert "名册上没有「无此单位」" in client.post(new, form | {"unit": "无此单位"}).content.decode()
    assert client.post(new, form | {"unit": unit.name}).status_code == 302
    page = client.get(reverse("partybuilding:linkages"), {"state": "current"})
    assert "党员带会员 1 项" in page.content.decode()
    assert "王明" in client.get(tab).content.decode()
    row = Linkage.objects.unscoped("a test").get()
    end = reverse("partybuilding:linkage_end", args=[branch.pk, row.pk])
    assert client.post(end, {"ends_on": "2026-06-30", "result": "解决用工", "version": "1"}).status_code == 302
    assert "带动机制" not in sign_in(personas.registrar).get(tab).content.decode()


def test_thirty_rows_ask_no_more_than_one(personas: Personas, sign_in: Callable[[Persona], Client]) -> None:
    client, url = sign_in(personas.department_staff), reverse("partybuilding:linkages")

    def add() -> None:
        branch = factories.make_organization("", factories.make_association())
        member = makers.make_party_member(branch)
        Linkage.objects.create(organization=branch, level="branch_member", member=member, matter="学习")

    add()
    one = query_count(client, url)
    for _ in range(29):
        add()
    assert query_count(client, url) == one
