"""Two years of members by organisation: reported, from the roster, or nothing; and members by committee."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import PartyOrganization
from partybuilding.returns.models import MemberReturn
from partybuilding.returns.rules import Lines
from partybuilding.returns.selectors import (
    attach_lines,
    compared,
    numbers_by_committee,
    persons_on,
    total_lines,
)
from partybuilding.returns.services import file_return
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import scoped
from tests import factories
from tests.people import makers
from tests.personas import Personas
from tests.scope_members import make_return
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
TODAY = date(2026, 6, 30)


@pytest.fixture
def rosters(personas: Personas) -> list[PartyOrganization]:
    """Three organisations: one reports, one keeps a roster in which somebody left without a word, one has nothing."""
    province = personas.province
    tea, loose = province.tea_branch, factories.make_organization(committee=province.branch_committee)
    nothing = factories.make_organization(committee=province.branch_committee)
    make_return(tea, 2025, opening=5, moved_in=2, moved_in_whole=1, died=1, actual=6)
    for starts_on, ends_on in ((None, None), (date(2025, 3, 1), None), (date(2020, 1, 1), date(2025, 7, 31))):
        makers.make_party_member(loose, starts_on=starts_on, ends_on=ends_on)
    joined = loose.members.get(starts_on=date(2025, 3, 1))
    joined.events.create(
        organization=loose, kind="moved_in", happened_on=date(2025, 3, 1), recorded_at=datetime(2025, 3, 1).astimezone()
    )
    makers.make_party_member(loose, relation_in_organization=False)
    return [tea, loose, nothing]


def file(organization: PartyOrganization, personas: Personas, now: datetime, **values: Any) -> MemberReturn:
    actor = personas[values.pop("persona", "branch_secretary")].actor
    organization.refresh_from_db()
    given = {"year": 2025, "opening": 5, "actual": 5, "version": organization.version}
    with acting_as(actor):
        return file_return(organization, actor=actor, now=now, **given | values)


def test_list_and_sum_agree_whatever_the_basis(personas: Personas, rosters: list[PartyOrganization]) -> None:
    actor = personas.party_committee.actor
    with acting_as(actor):
        rows = compared(scoped(PartyOrganization, actor), actor, 2025, TODAY).order_by("pk")
        listed: list[Any] = list(rows)
        attach_lines(actor, listed, 2025, TODAY)
        total = total_lines(actor, rows, 2025, TODAY)
    assert [(row.basis, row.difference) for row in listed] == [("reported", 0), ("roster", -1), ("", None)]
    for row in listed:
        assert row.lines is None or row.lines.difference == row.difference
    assert listed[1].lines == Lines(opening=2, moved_in=1, actual=2)
    assert total == listed[0].lines + listed[1].lines
    assert total.difference == -1


def test_a_return_is_filed_and_corrected(personas: Personas, now: datetime) -> None:
    branch = personas.province.tea_branch
    first = file(branch, personas, now, admitted=1, actual=6)
    assert (first.lines.difference, first.version) == (0, 1)
    second = file(branch, personas, now, actual=6, remark="补登1名")
    assert (second.pk, second.admitted, second.version, second.remark) == (first.pk, 0, 2, "补登1名")
    make_return(branch, 2024, opening=4, actual=4)
    with pytest.raises(Refused, match="2024年填报的年底实有数是4"):
        file(branch, personas, now)
    with pytest.raises(Refused, match="2025年填报的上年底党员数是5"):
        file(branch, personas, now, year=2024, opening=4, actual=4)
    with pytest.raises(Refused, match="尚未结束"):
        file(branch, personas, now, year=2026, opening=6, actual=6)
    with pytest.raises(Conflict):
        file(branch, personas, now, version=branch.version + 1)
    with pytest.raises(Refused):
        file(branch, personas, now, persona="other_committee")


def test_pages_work_with_and_without_a_roster(
    sign_in: Any, personas: Personas, rosters: list[PartyOrganization]
) -> None:
    client = sign_in(personas.party_committee)
    page = reverse("partybuilding:comparison")
    shown = client.get(page, {"year": "2025"}).content.decode()
    for words in ("填报", "名册推算", "没有填报和名册", "上年底 7 ＋ 发展 0", "差额 −1"):
        assert words in shown
    for balance, number in (("unequal", 1), ("equal", 1), ("unknown", 1)):
        text = client.get(page, {"year": "2025", "balance": balance}).content.decode()
        assert f"共 {number} 个" in re.sub(r"<[^>]+>", "", text)
    tab = {"tab": "numbers"}
    panels = [client.get(reverse("partybuilding:organization", args=[one.pk]), tab).content.decode() for one in rosters]
    assert "2025 年填报" in panels[0]
    assert "2025 年名册" in panels[1]
    assert "只报人数的党组织，每年填报一次即可" in panels[2]
    form = client.get(reverse("partybuilding:return_new", args=[rosters[1].pk])).content.decode()
    assert 'name="opening"' in form
    answer = client.post(
        reverse("partybuilding:return_new", args=[rosters[2].pk]),
        dict.fromkeys(Lines.__dataclass_fields__, "0")
        | {"year": "2025", "opening": "3", "actual": "4", "version": rosters[2].version},
    )
    assert answer.status_code == 422
    assert "相差1" in answer.content.decode()


def test_members_by_committee_add_up_to_persons(personas: Personas, rosters: list[PartyOrganization]) -> None:
    province, actor = personas.province, personas.department_admin.actor
    makers.make_party_member(province.trade_branch, membership_state="probationary")
    guest = makers.make_person()
    makers.make_party_member(province.trade_branch, guest)
    makers.make_party_member(rosters[1], guest, relation_in_organization=False)
    with acting_as(actor):
        rows = {row.name: row for row in numbers_by_committee(actor, TODAY)}
        assert sum(row.members for row in rows.values()) == persons_on(actor, TODAY) == 4
    mine, other = rows[province.branch_committee.name], rows[province.other_committee.name]
    assert (mine.organization_count, mine.rostered_count, mine.members, mine.guests) == (3, 1, 2, 2)
    assert (other.full, other.probationary) == (1, 1)


def test_each_number_opens_its_list(sign_in: Any, personas: Personas, rosters: list[PartyOrganization]) -> None:
    client = sign_in(personas.department_admin)
    page = client.get(reverse("partybuilding:member_numbers")).content.decode()
    links = re.findall(r'href="(/party-members/\?[^"]+)">\s*(\d+)', page)
    assert links
    for link, number in links:
        listed = client.get(link.replace("&amp;", "&")).context["page"].total
        assert listed == int(number)


def test_the_list_asks_as_much_for_one_as_for_many(
    sign_in: Any, personas: Personas, rosters: list[PartyOrganization]
) -> None:
    client = sign_in(personas.department_admin)
    page = reverse("partybuilding:comparison") + "?year=2025"
    few = query_count(client, page)
    for _ in range(10):
        one = factories.make_organization(committee=personas.province.branch_committee)
        PartyMember.objects.create(organization=one, person=makers.make_person(), membership_state="full")
    assert query_count(client, page) == few
