"""A forgotten password: asked in a browser, confirmed by the office after a call-back, set in that browser alone."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.access.decisions import Refused
from portal.audit.models import AuditEvent
from portal.memberships import resets
from portal.memberships.enums import ResetState
from portal.memberships.models import ResetRequest
from tests import factories
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("reference")
NEW = "Zi-Jiang-2027-New"
NUMBER = re.compile(r'big-number">(\d{6})<')


def ask(username: str) -> tuple[Client, str]:
    """A browser that asked, and the number it shows."""
    client = Client()
    page = client.post(reverse("memberships:reset_ask"), {"username": username}, follow=True).content.decode()
    return client, NUMBER.findall(page)[0]


def call_back(number: str, **changes: str) -> dict[str, str]:
    asked = {"number_called": "0731-84567890", "answered_by": "王秘书长", "typed": number, "is_person": "on"}
    return asked | {"version": "1"} | changes


def confirm(client: Client, number: str, **changes: str) -> Any:
    request = ResetRequest.objects.latest("pk")
    return client.post(reverse("memberships:reset_confirm", args=[request.pk]), call_back(number, **changes))


def test_the_person_sets_the_password_after_the_office_called_back(personas: Personas, sign_in: Any) -> None:
    filer = personas.association_filer.user
    person, number = ask("Association_Filer")
    assert number in person.get(reverse("memberships:reset_mine")).content.decode()
    office = sign_in(personas.party_committee)
    listed = office.get(reverse("memberships:resets")).content.decode()
    page = office.get(reverse("memberships:reset_confirm", args=[ResetRequest.objects.get().pk])).content.decode()
    assert "association_filer" in listed
    for shown in (listed, page):
        assert number not in shown
    assert confirm(office, number).status_code == 302
    assert "请设置新密码" in person.get(reverse("memberships:reset_mine")).content.decode()
    answer = person.post(reverse("memberships:reset_mine"), {"new_password1": NEW, "new_password2": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    filer.refresh_from_db()
    assert filer.check_password(NEW)
    kept = ResetRequest.objects.get()
    assert (kept.state, kept.number_called, kept.answered_by_name) == (ResetState.USED, "0731-****7890", "王秘书长")
    assert kept.decided_by == personas.party_committee.user
    event = AuditEvent.objects.get(action="memberships.confirm_reset")
    assert event.reason == "回拨 0731-****7890，接电话人 王秘书长"
    assert not AuditEvent.objects.filter(reason__contains="84567890").exists()


def test_another_browser_sets_nothing(personas: Personas, sign_in: Any) -> None:
    filer = personas.association_filer.user
    _person, number = ask(filer.username)
    confirm(sign_in(personas.department_admin), number)
    stranger, _ = ask(filer.username)
    stranger.post(reverse("memberships:reset_mine"), {"new_password1": NEW, "new_password2": NEW})
    Client().post(reverse("memberships:reset_mine"), {"new_password1": NEW, "new_password2": NEW})
    filer.refresh_from_db()
    assert not filer.check_password(NEW)


def test_an_unknown_account_gets_the_same_answer(personas: Personas) -> None:
    known, _ = ask(personas.association_filer.user.username)
    unknown, _ = ask("nobody-at-all")
    pages = [NUMBER.sub("", one.get(reverse("memberships:reset_mine")).content.decode()) for one in (known, unknown)]
    strip = re.compile(r"<time .*?</time>|value=\"\w+\"")
    assert strip.sub("", pages[0]) == strip.sub("", pages[1])
    assert ResetRequest.objects.count() == 1


def test_a_wrong_number_is_refused_and_five_close_the_request(personas: Personas, sign_in: Any) -> None:
    _person, number = ask(personas.association_filer.user.username)
    wrong = "000000" if number != "000000" else "111111"
    office = sign_in(personas.department_admin)
    for _ in range(4):
        answer = confirm(office, wrong)
        assert answer.status_code == 422
        assert "申请号与对方页面上显示的不一致" in answer.content.decode()
    assert "已关闭" in confirm(office, wrong).content.decode()
    request = ResetRequest.objects.get()
    assert (request.state, request.wrong_count) == (ResetState.REFUSED, 5)
    assert confirm(office, number, version=str(request.version)).status_code == 422


@pytest.mark.parametrize("missing", ["number_called", "answered_by", "typed", "is_person"])
def test_the_call_back_is_recorded_in_full_or_not_at_all(missing: str, personas: Personas, sign_in: Any) -> None:
    _person, number = ask(personas.association_filer.user.username)
    answer = confirm(sign_in(personas.department_admin), number, **{missing: ""})
    assert answer.status_code == 422
    assert ResetRequest.objects.get().state == ResetState.WAITING


def test_an_office_that_does_not_look_after_the_account_never_sees_it(personas: Personas, sign_in: Any) -> None:
    ask(personas.association_filer.user.username)
    request = ResetRequest.objects.get()
    for key in ("other_committee", "regional_office"):
        office = sign_in(personas[key])
        assert office.get(reverse("memberships:reset_confirm", args=[request.pk])).status_code == 404


def test_an_account_of_several_offices_goes_to_the_department(personas: Personas, sign_in: Any) -> None:
    filer = personas.association_filer
    factories.make_membership(filer.user, "department_staff", None)
    _person, number = ask(filer.user.username)
    committee = sign_in(personas.party_committee)
    assert "请由上级社会工作部办理" in confirm(committee, number).content.decode()
    assert confirm(sign_in(personas.department_admin), number).status_code == 302


def test_nobody_confirms_the_own_request(personas: Personas, sign_in: Any) -> None:
    ask(personas.department_admin.user.username)
    request = ResetRequest.objects.get()
    page = reverse("memberships:reset_confirm", args=[request.pk])
    assert sign_in(personas.department_admin).get(page).status_code == 404
    with pytest.raises(Refused, match="不能核实自己的申请"):
        resets.confirm(
            request,
            typed=request.number,
            number_called="1",
            answered_by="我",
            actor=personas.department_admin.actor,
            version=1,
            now=timezone.now(),
        )


def test_a_request_ends_after_a_day(personas: Personas, sign_in: Any, frozen: Any) -> None:
    frozen(date(2026, 11, 20))
    _person, number = ask(personas.association_filer.user.username)
    frozen(date(2026, 11, 22))
    assert "已过有效期" in confirm(sign_in(personas.department_admin), number).content.decode()
    request = ResetRequest.objects.get()
    ResetRequest.objects.filter(pk=request.pk).update(
        state=ResetState.APPROVED, decided_by=personas.department_admin.user
    )
    request.refresh_from_db()
    with pytest.raises(Refused, match="已过有效期"):
        resets.use(request, password=NEW, now=timezone.now())


def test_a_declined_request_opens_nothing(personas: Personas, sign_in: Any) -> None:
    person, _number = ask(personas.association_filer.user.username)
    request = ResetRequest.objects.get()
    office = sign_in(personas.party_committee)
    page = reverse("memberships:reset_decline", args=[request.pk])
    assert office.get(page).status_code == 200
    assert office.post(page, {"reason": "本人称没有申请", "version": "1"}).status_code == 302
    assert "未予办理" in person.get(reverse("memberships:reset_mine")).content.decode()


def test_five_requests_a_day_are_kept(personas: Personas) -> None:
    for _ in range(7):
        ask(personas.association_filer.user.username)
    assert ResetRequest.objects.count() == resets.OPEN_A_DAY
    ResetRequest.objects.update(asked_at=timezone.now() - timedelta(days=2))
    ask(personas.association_filer.user.username)
    assert ResetRequest.objects.count() == resets.OPEN_A_DAY + 1


def test_the_own_page_without_a_request_leads_to_asking(db: None) -> None:
    assert Client().get(reverse("memberships:reset_mine"))["Location"] == reverse("memberships:reset_ask")
    assert Client().post(reverse("memberships:reset_ask"), {"username": ""}).status_code == 422
    assert resets.request_of("") is None


def test_a_weak_new_password_is_refused(personas: Personas, sign_in: Any) -> None:
    person, number = ask(personas.association_filer.user.username)
    confirm(sign_in(personas.department_admin), number)
    answer = person.post(reverse("memberships:reset_mine"), {"new_password1": "123", "new_password2": "123"})
    assert answer.status_code == 422
    assert ResetRequest.objects.get().state == ResetState.APPROVED
