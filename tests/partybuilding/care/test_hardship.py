"""生活困难 of a member is of the class of care records: who notes and reads it, and where it never stands."""

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from partybuilding.care.services import note_hardship
from partybuilding.members.models import PartyMember
from partybuilding.members.resources import PartyMemberResource
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.audit.models import AuditEvent
from portal.importing.selectors import issues
from tests import factories
from tests.importing.conftest import run_import as engine_run  # noqa: F401  the fixture of the engine's tests
from tests.people import makers
from tests.personas import Personas
from tests.workbooks import table

HEADER = ("姓名", "正式/预备", "所在党组织", "籍贯", "职称", "是否生活困难")


@pytest.fixture
def member(personas: Personas) -> PartyMember:
    return makers.make_party_member(
        personas.province.tea_branch,
        makers.make_person("王明"),
        native_place="湖南长沙",
        professional_title="高级经济师",
        is_in_hardship=True,
    )


def test_only_carers_read_it_and_all_rosters_the_rest(personas: Personas, member: PartyMember, sign_in: Any) -> None:
    page = reverse("partybuilding:party_member", args=[member.pk])
    told = {}
    for key in ("department_staff", "party_committee", "branch_secretary"):
        text = sign_in(personas[key]).get(page).content.decode()
        assert "湖南长沙" in text
        assert "高级经济师" in text
        told[key] = "生活困难" in text
    assert told == {"department_staff": True, "party_committee": True, "branch_secretary": False}
    with acting_as(personas.department_staff.actor):
        rows = PartyMemberResource.export_rows(scoped(PartyMember, personas.department_staff.actor), date(2026, 6, 30))
        cells = dict(zip([column.code for column in PartyMemberResource.columns()], next(iter(rows)), strict=True))
    assert (cells["native_place"], cells["professional_title"]) == ("湖南长沙", "高级经济师")
    assert cells["is_in_hardship"] is None


def test_filter_is_there_for_carers_alone(personas: Personas, member: PartyMember, sign_in: Any) -> None:
    makers.make_party_member(personas.province.tea_branch, makers.make_person("李丽"), is_in_hardship=False)
    url = reverse("partybuilding:party_members") + "?hardship=true"
    found = {key: sign_in(personas[key]).get(url).content.decode() for key in ("party_committee", "branch_secretary")}
    assert ["李丽" in found[key] for key in found] == [False, True]
    assert "王明" in found["party_committee"]


def test_it_is_noted_by_carers_and_history_says_neither_who_nor_what(
    personas: Personas, member: PartyMember, now: datetime, sign_in: Any
) -> None:
    url = reverse("partybuilding:member_hardship", args=[member.pk])
    assert sign_in(personas.branch_secretary).get(url).status_code == 403
    answer = sign_in(personas.party_committee).post(url, {"is_in_hardship": "false", "version": member.version})
    assert answer.status_code == 302
    member.refresh_from_db()
    assert member.is_in_hardship is False
    event = AuditEvent.objects.get(action="care.hardship")
    assert (event.subject_label, event.before, event.after) == (str(member.organization), None, None)
    secretary = personas.branch_secretary.actor
    with acting_as(secretary), pytest.raises(Refused):
        note_hardship(member, is_in_hardship=True, actor=secretary, now=now, version=member.version)


def test_roster_columns_come_in_and_hardship_only_from_carers(
    personas: Personas,
    engine_run: Any,  # noqa: F811
) -> None:
    province = personas.province
    rows = [("王明", "正式", province.tea_branch.name, "湖南长沙", "高级经济师", "是")]
    batch = engine_run(table(rows, HEADER), "party_members", commit=True)
    one = PartyMember.objects.get()
    assert (batch.new_count, one.native_place, one.professional_title, one.is_in_hardship) == (
        1,
        "湖南长沙",
        "高级经济师",
        True,
    )
    # A city brings the roster of its own branch; what only carers read is not written, and that is said.
    branch = factories.make_organization("", province.city_tea)
    rows = [("李丽", "正式", branch.name, "湖南株洲", "会计师", "是")]
    city = engine_run(table(rows, HEADER), "party_members", actor=personas.regional_office.actor, commit=True)
    assert list(issues(city, "warning").values_list("field", "code")) == [("is_in_hardship", "column.not_kept")]
    two = PartyMember.objects.get(organization=branch)
    assert (two.native_place, two.is_in_hardship) == ("湖南株洲", None)
    # An organisation that reports counts alone stays without a roster: nothing is asked of it.
    assert not province.trade_branch.members.exists()
