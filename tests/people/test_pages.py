"""Pages of people: masked everywhere, a full number by POST for a purpose, each reading written down."""

import logging
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from portal.audit.models import AccessEvent, AuditEvent
from portal.privacy import services as privacy
from portal.privacy.masks import mask_id_number
from tests.people import makers
from tests.personas import Personas, Province

NUMBER, PHONE = makers.id_number(7), "15400007777"


@pytest.fixture
def officer(province: Province) -> Any:
    person = makers.make_person("张三", NUMBER)
    return makers.make_officer(province.tea, person, post="president", phone=makers.make_phone(PHONE))


@pytest.fixture
def admin(personas: Personas, sign_in: Any, reference: None) -> Client:
    return sign_in(personas.department_admin)


def test_every_page_shows_numbers_masked(officer: Any, province: Province, admin: Client) -> None:
    makers.make_contact(province.tea, officer.person, phone=makers.make_phone(PHONE), is_main=True)
    member = makers.make_party_member(province.tea_branch, officer.person, phone=makers.make_phone(PHONE))
    pages = [
        f"/officers/{officer.pk}/",
        f"/officers/{officer.pk}/edit/",
        f"/officers/{officer.pk}/reveal/",
        "/officers/",
        "/contacts/",
        "/party-members/",
        f"/party-members/{member.pk}/",
        f"/party-members/{member.pk}/edit/",
        f"/associations/{province.tea.pk}/?tab=officers",
        f"/associations/{province.tea.pk}/?tab=contacts",
        f"/party-organizations/{province.tea_branch.pk}/?tab=members",
    ]
    for page in pages:
        response = admin.get(page)
        text = response.content.decode()
        assert response.status_code == 200, page
        assert NUMBER not in text, page
        assert PHONE not in text, page
        assert response["Cache-Control"] == "private, no-store", page
    assert "154****7777" in admin.get("/officers/").content.decode()
    for format_ in ("csv", "json"):
        assert PHONE not in admin.get(f"/officers/?export={format_}").content.decode()
        assert "154****7777" not in admin.get(f"/officers/?export={format_}").content.decode()


def test_reading_leaves_one_access_event_a_page(officer: Any, province: Province, admin: Client) -> None:
    admin.get("/officers/?q=张三")
    admin.get(f"/associations/{province.tea.pk}/?tab=officers")
    admin.get("/officers/?q=查无此人")
    found = list(AccessEvent.objects.order_by("pk").values_list("view", "object_ids", "filters"))
    assert found == [
        ("associations:officers", [officer.pk], "姓名或社会组织名称：张三"),
        ("associations:association?tab=officers", [officer.pk], ""),
    ]


def test_number_typed_as_a_name_stays_out_of_history(officer: Any, admin: Client) -> None:
    makers.make_officer(officer.association, makers.make_person("李四"))
    admin.get(f"/officers/?q={NUMBER}")
    admin.get("/officers/")
    assert NUMBER not in str(list(AccessEvent.objects.values_list()))


def ask(client: Client, officer: Any, **values: str) -> Any:
    given = {"field": "id_number", "purpose": "核实身份或任职资格", "detail": "核对换届材料"} | values
    return client.post(f"/officers/{officer.pk}/reveal/", given)


def test_full_number_is_shown_once_for_a_purpose(officer: Any, admin: Client, caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        response = ask(admin, officer)
    text = response.content.decode()
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    assert NUMBER in text
    assert PHONE not in text
    event = AccessEvent.objects.get(view="associations.Officer.id_number")
    assert (event.object_ids, event.purpose) == ([officer.pk], "核实身份或任职资格：核对换届材料")
    assert NUMBER not in caplog.text + str(list(AccessEvent.objects.values_list()))
    assert PHONE in ask(admin, officer, field="phone").content.decode()


@pytest.mark.parametrize(
    "values",
    [{"purpose": ""}, {"purpose": "other", "detail": ""}, {"purpose": "other", "detail": "看看"}, {"field": "x"}],
)
def test_without_a_purpose_nothing_is_shown(officer: Any, admin: Client, values: dict[str, str]) -> None:
    response = ask(admin, officer, **values)
    assert response.status_code == 422
    assert NUMBER not in response.content.decode()
    assert not AccessEvent.objects.filter(view__startswith="associations.Officer").exists()


def test_more_than_an_hour_allows_is_refused_and_logged(
    officer: Any, admin: Client, personas: Personas, sign_in: Any, settings: Any, frozen: Any
) -> None:
    settings.PORTAL_REVEALS_PER_HOUR = 2
    for field in ("id_number", "phone"):
        assert ask(admin, officer, field=field).status_code == 200
    refused = ask(admin, officer)
    assert refused.status_code == 422
    assert NUMBER not in refused.content.decode()
    assert "一小时内最多查看 2 个完整号码，您已经查看了 2 个" in refused.content.decode()
    event = AuditEvent.objects.get(result="refused")
    assert (event.action, event.reason[:16]) == ("associations:officer_reveal", "privacy.too_many")
    assert ask(sign_in(personas.auditor), officer).status_code == 403
    assert ask(sign_in(personas.regional_office), officer).status_code in (200, 404)


def test_reveal_out_of_scope_is_not_found(officer: Any, personas: Personas, sign_in: Any) -> None:
    response = ask(sign_in(personas.other_filer), officer)
    assert response.status_code == 404
    assert NUMBER not in response.content.decode()


def test_no_value_without_its_access_event(officer: Any, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **values: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(privacy, "record_access", fail)
    admin.raise_request_exception = False
    response = ask(admin, officer)
    assert response.status_code == 500
    assert NUMBER not in response.content.decode()


def test_purpose_that_names_a_number_is_kept_masked(officer: Any, admin: Client) -> None:
    ask(admin, officer, detail=f"核对{NUMBER}")
    event = AccessEvent.objects.get(view="associations.Officer.id_number")
    assert NUMBER not in event.purpose


def test_officer_is_registered_and_corrected_on_forms(province: Province, admin: Client) -> None:
    url = f"/associations/{province.tea.pk}/officers/new/"
    given = {"post": "president", "starts_on": "2024-01-01", "name": "张三", "version": str(province.tea.version)}
    wrong = admin.post(url, given | {"id_number": "430104195601010010"})
    assert wrong.status_code == 422
    assert "「43**************10」第 18 位校验不符" in wrong.content.decode()
    assert admin.post(url, given | {"id_number": NUMBER, "phone": PHONE}).status_code == 302
    one = province.tea.officers.get()
    page = admin.get(f"/officers/{one.pk}/edit/").content.decode()
    assert f"现登记为 {mask_id_number(NUMBER)}" in page
    assert NUMBER not in page
    edited = admin.post(f"/officers/{one.pk}/edit/", {"name": "张三", "employer": "某厂", "version": str(one.version)})
    assert edited.status_code == 302
    stale = {"name": "张三", "employer": "乙厂", "id_number": NUMBER, "version": str(one.version)}
    conflict = admin.post(f"/officers/{one.pk}/edit/", stale)
    assert conflict.status_code == 409
    ended = admin.post(f"/officers/{one.pk}/end/", {"ends_on": "2026-01-01", "version": str(one.version + 1)})
    assert ended.status_code == 302
    one.refresh_from_db()
    assert str(one.ends_on) == "2026-01-01"


def test_contact_and_member_unit_on_forms(province: Province, admin: Client) -> None:
    base = f"/associations/{province.tea.pk}"
    assert admin.post(f"{base}/contacts/new/", {"duty": "值班电话"}).status_code == 422
    assert admin.post(f"{base}/contacts/new/", {"phone": PHONE, "is_main": "on"}).status_code == 302
    assert admin.post(f"{base}/contacts/new/", {"name": "李四", "phone": PHONE, "is_main": "on"}).status_code == 302
    office, person = province.tea.contacts.order_by("pk")
    assert (office.is_main, person.is_main) == (False, True)
    edit = {"name": "李四", "duty": "主任", "version": str(person.version)}
    assert admin.post(f"/contacts/{person.pk}/edit/", edit).status_code == 302
    end = {"ends_on": "2030-01-01", "version": str(office.version)}
    assert admin.post(f"/contacts/{office.pk}/end/", end).status_code == 302
    unit = {"name": "湖南甲公司", "level": "member", "uscc": "91430000"}
    assert admin.post(f"{base}/member-units/new/", unit).status_code == 422
    assert admin.post(f"{base}/member-units/new/", unit | {"uscc": ""}).status_code == 302
    one = province.tea.member_units.get()
    change = {"name": "湖南乙公司", "level": "director", "version": str(one.version)}
    assert admin.post(f"/member-units/{one.pk}/edit/", change).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.level) == ("湖南乙公司", "director")
    assert (
        admin.post(f"/member-units/{one.pk}/end/", {"ends_on": "2030-01-01", "version": str(one.version)}).status_code
        == 302
    )


def test_party_member_and_secretary_on_forms(province: Province, admin: Client) -> None:
    base = f"/party-organizations/{province.tea_branch.pk}"
    given = {"name": "张三", "id_number": NUMBER, "phone": PHONE, "membership_state": "full", "joined_on": "1990-07-01"}
    assert admin.post(f"{base}/members/new/", given).status_code == 302
    one = province.tea_branch.members.get()
    edit = {"name": "张三", "membership_state": "full", "party_post": "secretary", "version": str(one.version)}
    assert admin.post(f"/party-members/{one.pk}/edit/", edit).status_code == 302
    assert (
        admin.post(f"/party-members/{one.pk}/reveal/", {"field": "phone", "purpose": "电话联系办理业务", "detail": ""})
        .content.decode()
        .count(PHONE)
        == 1
    )
    one.refresh_from_db()
    end = {"kind": "left", "ends_on": "2026-01-01", "reason": "重复登记", "version": str(one.version)}
    assert admin.post(f"/party-members/{one.pk}/end/", end).status_code == 302
    branch = province.tea_branch
    branch.refresh_from_db()
    new = {"name": "李四", "starts_on": "2026-01-01", "phone": "0731-84567890", "version": str(branch.version)}
    assert admin.post(f"{base}/secretary/new/", new).status_code == 302
    assert "李四" in admin.get(f"{base}/?tab=secretary").content.decode()
    shown = admin.post(f"{base}/reveal/", {"field": "phone", "purpose": "电话联系办理业务", "detail": ""})
    assert "0731-84567890" in shown.content.decode()
