"""Signing in and out: lock-out, session limits, fixation, redirects, the account's state."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import AuditEvent, Result
from tests.factories import PASSWORD, make_membership, make_user
from tests.personas import Persona, Personas

LOGIN = "/login/"


@pytest.fixture
def user(db: None) -> User:
    user = make_user("zhang.wei", password=PASSWORD)
    make_membership(user, "department_staff")
    return user


def sign_in(client: Client, username: str = "zhang.wei", password: str = PASSWORD, **more: Any) -> Any:
    address = more.pop("address", "10.1.1.1")
    return client.post(LOGIN, {"username": username, "password": password, **more}, REMOTE_ADDR=address)


def test_sign_in_leads_home_and_leaves_an_event(client: Client, user: User) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/")
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.result, event.address) == (
        "accounts.sign_in",
        user,
        Result.SUCCESS,
        "10.1.1.1",
    )


def test_user_name_is_not_case_sensitive(client: Client, user: User) -> None:
    assert sign_in(client, "Zhang.Wei").status_code == 302


def test_wrong_password_says_nothing_about_which_part_was_wrong(client: Client, user: User) -> None:
    wrong = sign_in(client, password="wrong")
    unknown = sign_in(Client(), "nobody")
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    kept = list(AuditEvent.objects.order_by("pk").values_list("action", "user", "subject_label", "result"))
    assert kept == [
        ("accounts.sign_in_failed", user.pk, "zhang.wei", Result.FAILED),
        ("accounts.sign_in_failed", None, "不存在的用户名", Result.FAILED),
    ]


def test_five_failures_lock_the_user_at_that_address_only(client: Client, user: User) -> None:
    answers = [sign_in(client, password="wrong").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    assert sign_in(client).status_code == 429
    assert sign_in(Client(), address="10.9.9.9").status_code == 302


def test_twenty_failures_lock_the_user_everywhere(client: Client, user: User) -> None:
    for number in range(19):
        assert sign_in(Client(), password="wrong", address=f"10.2.0.{number}").status_code == 200
    assert sign_in(Client(), password="wrong", address="10.2.0.20").status_code == 429
    assert sign_in(Client(), address="10.3.3.3").status_code == 429


def test_lock_ends_after_the_cool_off(client: Client, user: User, frozen: Callable[[date | datetime], None]) -> None:
    start = timezone.now()
    for _ in range(5):
        sign_in(client, password="wrong")
    frozen(start + timedelta(minutes=14))
    assert sign_in(client).status_code == 429
    frozen(start + timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_success_resets_the_count(client: Client, user: User) -> None:
    for _ in range(4):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302
    client.post(reverse("accounts:logout"))
    for _ in range(4):
        assert sign_in(client, password="wrong").status_code == 200


def test_forwarded_address_of_a_stranger_is_not_believed(client: Client, user: User) -> None:
    answers = [
        client.post(
            LOGIN,
            {"username": "zhang.wei", "password": "wrong"},
            REMOTE_ADDR="10.1.1.1",
            HTTP_X_FORWARDED_FOR=f"10.7.7.{number}",
        ).status_code
        for number in range(5)
    ]
    assert answers[-1] == 429


def test_inactive_account_cannot_sign_in(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert sign_in(client).status_code == 200


def test_inactive_account_is_out_at_once(client: Client, user: User) -> None:
    sign_in(client)
    assert client.get("/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/").status_code == 302


def test_account_without_password_cannot_sign_in(client: Client, db: None) -> None:
    make_user("li.na", password=None)
    assert sign_in(client, "li.na", "").status_code == 200


def test_session_ends_after_half_an_hour_without_work(
    client: Client, user: User, frozen: Callable[[date | datetime], None]
) -> None:
    start = timezone.now()
    sign_in(client)
    for minutes in (0, 29, 58, 87):
        frozen(start + timedelta(minutes=minutes))
        assert client.get("/").status_code == 200
    frozen(start + timedelta(minutes=118))
    assert client.get("/")["Location"] == "/login/?next=/"
    assert "30 分钟" in client.get(LOGIN).content.decode()


def test_session_ends_after_twelve_hours_of_work(
    client: Client, user: User, frozen: Callable[[date | datetime], None]
) -> None:
    start = timezone.now()
    sign_in(client)
    for minutes in range(0, 12 * 60, 20):
        frozen(start + timedelta(minutes=minutes))
        assert client.get("/").status_code == 200
    frozen(start + timedelta(hours=12, minutes=1))
    assert client.get("/").status_code == 302


def test_session_key_changes_on_sign_in(client: Client, user: User) -> None:
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_sign_out_is_by_post_only(client: Client, user: User) -> None:
    sign_in(client)
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.get("/").status_code == 200
    assert client.post(reverse("accounts:logout"))["Location"] == LOGIN
    assert client.get("/").status_code == 302
    assert AuditEvent.objects.filter(action="accounts.sign_out", user=user).count() == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_never_redirects_elsewhere(client: Client, user: User, elsewhere: str) -> None:
    response = client.post(f"{LOGIN}?next={elsewhere}", {"username": "zhang.wei", "password": PASSWORD})
    assert response["Location"] == "/"


def test_sign_in_goes_on_to_the_page_that_was_asked_for(client: Client, user: User) -> None:
    response = client.post(f"{LOGIN}?next=/tasks/", {"username": "zhang.wei", "password": PASSWORD})
    assert response["Location"] == "/tasks/"


def test_posting_without_a_session_leads_to_sign_in_and_not_back_to_the_post(client: Client, db: None) -> None:
    assert client.post("/tasks/1/close/")["Location"] == "/login/?next=/"


def test_partial_request_without_a_session_reloads_the_page(client: Client, db: None) -> None:
    response = client.get("/tasks/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (401, "true")


def test_session_cookie_is_closed_to_scripts(client: Client, user: User) -> None:
    cookie = sign_in(client).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_token_is_required_for_every_post(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(LOGIN, {"username": "zhang.wei", "password": PASSWORD}).status_code == 403


NEW = "Yuelu-Shan-2027"


def change_password(client: Client, old: str = PASSWORD, new: str = NEW) -> Any:
    data = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("accounts:password"), data)


def test_change_of_password_keeps_this_session_and_ends_the_others(client: Client, user: User) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    assert change_password(client).status_code == 302
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert AuditEvent.objects.filter(action="accounts.change_password", user=user).count() == 1


@pytest.mark.parametrize("weak", ["short", "1234567890123", "zhang.wei.1", "password123"])
def test_weak_passwords_are_refused(client: Client, user: User, weak: str) -> None:
    sign_in(client)
    assert change_password(client, new=weak).status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_password_set_by_somebody_else_must_be_changed_first(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    sign_in(client)
    assert client.get("/")["Location"] == "/account/password/"
    assert client.post("/messages/read/", {"all": "1"})["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200
    partial = client.get("/tasks/", headers={"HX-Request": "true"})
    assert (partial.status_code, partial["HX-Redirect"]) == (204, "/account/password/")
    change_password(client)
    assert client.get("/").status_code == 200


def test_account_page_shows_own_memberships_only(personas: Personas, sign_in: Callable[[Persona], Client]) -> None:
    page = sign_in(personas.association_filer).get("/account/").content.decode()
    assert personas.association_filer.membership.scope_label in page
    assert personas.other_filer.membership.scope_label not in page


def test_account_without_membership_is_told_whom_to_ask(client: Client, db: None) -> None:
    client.force_login(make_user("wang.fang"), backend="portal.accounts.backends.AccountBackend")
    assert client.get("/").status_code == 403
    assert "门户联系人" in client.get("/account/").content.decode()
