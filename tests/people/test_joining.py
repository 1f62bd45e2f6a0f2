"""Joining two records of one human being on a page: reached from a role row, masked, with a reason, undone."""

from typing import Any

import pytest
from django.test import Client

from associations.governance.models import Contact
from portal.audit.models import AccessEvent, AuditEvent
from portal.people.models import PersonMerge
from tests.people import makers
from tests.personas import Personas, Province

NUMBER, OTHER = makers.id_number(7), makers.id_number(8)


@pytest.fixture
def admin(personas: Personas, sign_in: Any, reference: None) -> Client:
    return sign_in(personas.department_admin)


@pytest.fixture
def rows(province: Province) -> tuple[Any, Any]:
    """An officer without a number, and a Party member of the same name with one."""
    officer = makers.make_officer(province.tea, makers.make_person("张三"), post="president")
    member = makers.make_party_member(province.tea_branch, makers.make_person("张三", NUMBER))
    return officer, member


def token(member: Any) -> str:
    return f"partybuilding.partymember:{member.pk}"


def test_two_records_are_joined_and_taken_back(rows: tuple[Any, Any], admin: Client) -> None:
    officer, member = rows
    url = f"/officers/{officer.pk}/join/"
    assert url in admin.get(f"/officers/{officer.pk}/").content.decode()
    response = admin.get(url)
    page = response.content.decode()
    assert response["Cache-Control"] == "private, no-store"
    assert NUMBER not in page
    assert f"{NUMBER[:2]}**************{NUMBER[-2:]}" in page
    assert "湖南省茶业协会 会长" in page
    assert f"{member.organization.name} 党员" in page
    assert AccessEvent.objects.get(view="associations:officer_join").filters == "与「张三」同名 1 条"
    assert admin.post(url, {"other": token(member), "reason": ""}).status_code == 422
    joined = admin.post(url, {"other": token(member), "reason": f"核对了备案表，号码{NUMBER}"})
    assert joined["Location"] == f"/officers/{officer.pk}/"
    officer.refresh_from_db()
    done = PersonMerge.objects.get()
    # The record with a number stays, also when the person came from the other.
    assert (officer.person_id, done.kept_id) == (member.person_id, member.person_id)
    assert NUMBER not in done.reason + str(list(AuditEvent.objects.values_list()))
    assert "撤销这次合并" in admin.get(url).content.decode()
    assert admin.post(url, {"undo": str(done.pk)})["Location"] == url
    officer.refresh_from_db()
    assert officer.person_id == done.dropped_id
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "people.merge",
        "people.unmerge",
    ]
    assert admin.post(url, {"undo": str(done.pk)}).status_code == 404


def test_two_numbers_are_two_people(rows: tuple[Any, Any], province: Province, admin: Client) -> None:
    _officer, member = rows
    other = makers.make_officer(province.trade, makers.make_person("张三", OTHER), post="president")
    url = f"/party-members/{member.pk}/join/"
    page = admin.get(url).content.decode()
    assert "另有 1 人姓名相同、证件号码不同" in page
    assert f"associations.officer:{other.pk}" not in page
    assert admin.post(url, {"other": f"associations.officer:{other.pk}", "reason": "核对了材料"}).status_code == 422


def test_another_name_is_looked_for_when_asked(rows: tuple[Any, Any], province: Province, admin: Client) -> None:
    officer, _member = rows
    makers.make_contact(province.tea, makers.make_person("章三"), phone=makers.make_phone("15400007777"))
    assert "湖南省茶业协会 联系人" not in admin.get(f"/officers/{officer.pk}/join/").content.decode()
    assert "湖南省茶业协会 联系人" in admin.get(f"/officers/{officer.pk}/join/?name=章三").content.decode()


def test_a_telephone_of_an_office_is_nobody(province: Province, admin: Client) -> None:
    contact = Contact.objects.create(association=province.tea, phone=makers.make_phone("15400007777"))
    assert admin.get(f"/contacts/{contact.pk}/join/").status_code == 404
    assert f"/contacts/{contact.pk}/join/" not in admin.get(f"/contacts/{contact.pk}/").content.decode()


def test_a_joining_on_top_is_taken_back_first(rows: tuple[Any, Any], province: Province, admin: Client) -> None:
    officer, member = rows
    third = makers.make_officer(province.trade, makers.make_person("张三"), post="president")
    admin.post(
        f"/officers/{officer.pk}/join/", {"other": f"associations.officer:{third.pk}", "reason": "核对了备案材料"}
    )
    first = PersonMerge.objects.get()
    admin.post(f"/officers/{officer.pk}/join/", {"other": token(member), "reason": "核对了党员名册"})
    # From the role rows one person is reached now; what was joined into the one before waits.
    page = f"/officers/{officer.pk}/join/"
    assert admin.post(page, {"undo": str(first.pk)}).status_code == 404
    second = PersonMerge.objects.exclude(pk=first.pk).get()
    assert admin.post(page, {"undo": str(second.pk)}).status_code == 302
    assert admin.post(page, {"undo": str(first.pk)}).status_code == 302
    assert not PersonMerge.objects.filter(undone_at=None).exists()
