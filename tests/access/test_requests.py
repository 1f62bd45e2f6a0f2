"""Every request: its number, its log line, the gate, and the answer to a refusal."""

import json
import logging
from collections.abc import Callable
from ipaddress import ip_network

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from portal.access.actor import acting_as, current_actor
from portal.access.decisions import Conflict, Refused
from portal.access.logs import JsonFormatter
from portal.access.policy import Policy, policy, policy_of
from portal.access.requests import RequestFacts, client_address, request_facts
from portal.access.roles import BUSINESS, EVERYONE, TRIO, Role
from portal.audit.models import AccessEvent, AuditEvent, Result
from portal.checks import check_policies
from portal.urls import urlpatterns as portal_urls
from tests.personas import Persona, Personas

SignIn = Callable[[Persona], Client]
BOTH = {"GET", "POST"}


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@policy(Policy.signed_in(BOTH))
def refusing(request: HttpRequest) -> HttpResponse:
    raise Refused("test.rule", "现有 2 人，至少 3 人。")


@policy(Policy.signed_in(BOTH))
def conflicting(request: HttpRequest) -> HttpResponse:
    raise Conflict("已被他人修改。", ours={"名称": "甲"}, theirs={"名称": "乙"})


@policy(Policy.signed_in())
def failing(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret 430102199001011234")


@policy(Policy.public(BOTH))
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse("public")


urlpatterns = [
    *portal_urls,
    path("undeclared/", undeclared, name="undeclared"),
    path("refusing/", refusing, name="refusing"),
    path("conflicting/", conflicting, name="conflicting"),
    path("failing/", failing, name="failing"),
    path("for-everybody/", public, name="public"),
]
handler500 = "portal.screens.errors.server_error"
here = pytest.mark.urls(__name__)


@here
def test_view_without_a_policy_is_refused_and_found_by_the_check(personas: Personas, sign_in: SignIn) -> None:
    assert sign_in(personas.department_admin).get("/undeclared/").status_code == 403
    assert [error.id for error in check_policies(None)] == ["portal.E001"]


def test_own_addresses_pass_the_check() -> None:
    assert check_policies(None) == []


@here
def test_refused_act_is_answered_with_its_reason_and_remembered(personas: Personas, sign_in: SignIn) -> None:
    persona = personas.department_admin
    response = sign_in(persona).post("/refusing/")
    assert (response.status_code, "现有 2 人，至少 3 人。" in response.content.decode()) == (403, True)
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.membership_id, event.result, event.reason, event.request_id) == (
        "refusing",
        persona.user,
        persona.membership.pk,
        Result.REFUSED,
        "test.rule: 现有 2 人，至少 3 人。",
        response["X-Request-ID"],
    )
    assert response["X-Request-ID"] in response.content.decode()


@here
def test_refused_reading_leaves_an_access_event(personas: Personas, sign_in: SignIn) -> None:
    sign_in(personas.department_admin).get("/refusing/")
    assert AuditEvent.objects.count() == 0
    event = AccessEvent.objects.get()
    assert (event.view, event.result, event.reason) == ("refusing", Result.REFUSED, "test.rule: 现有 2 人，至少 3 人。")


@here
def test_conflict_shows_both_versions(personas: Personas, sign_in: SignIn) -> None:
    response = sign_in(personas.department_admin).post("/conflicting/")
    page = response.content.decode()
    assert response.status_code == 409
    assert [word in page for word in ("名称", "甲", "乙")] == [True, True, True]
    assert AuditEvent.objects.get().reason == "conflict: 已被他人修改。"


@here
def test_failure_shows_a_number_and_no_trace(personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_admin)
    client.raise_request_exception = False
    response = client.get("/failing/")
    page = response.content.decode()
    assert response.status_code == 500
    assert ("secret" in page, "RuntimeError" in page, "Traceback" in page) == (False, False, False)
    assert response["X-Request-ID"] in page


@here
def test_public_page_needs_nobody(client: Client, db: None) -> None:
    assert client.get("/for-everybody/").content == b"public"
    assert client.head("/for-everybody/").status_code == 200
    assert client.put("/for-everybody/").status_code == 405


def test_actor_does_not_outlive_the_request(personas: Personas, sign_in: SignIn) -> None:
    sign_in(personas.department_admin).get("/tasks/")
    assert current_actor() is None
    assert request_facts.get() is None


def test_address_outside_the_urlconf_is_a_page_of_ours(personas: Personas, sign_in: SignIn) -> None:
    response = sign_in(personas.department_admin).get("/nowhere/")
    assert (response.status_code, "没有找到这个页面" in response.content.decode()) == (404, True)


def test_policy_of_roles() -> None:
    mine = Policy({Role.AUDITOR}, BOTH)
    assert (mine.accepts("HEAD"), mine.accepts("POST"), mine.accepts("PUT")) == (True, True, False)
    assert policy_of(policy(mine)(lambda request: None)) is mine
    assert policy_of(lambda request: None) is None
    assert Policy.signed_in().roles == {str(role) for role in EVERYONE}


def test_every_role_is_either_of_the_three_administrators_or_of_business() -> None:
    assert set(Role) == BUSINESS | TRIO
    assert frozenset() == BUSINESS & TRIO


def line_of(record: logging.LogRecord) -> dict[str, object]:
    return json.loads(JsonFormatter().format(record))


def test_log_line_names_request_and_person_but_nothing_they_typed(personas: Personas) -> None:
    facts = RequestFacts("ABC123", "10.0.0.1", "POST", "/tasks/1/close/")
    token = request_facts.set(facts)
    try:
        with acting_as(personas.department_admin.actor):
            line = line_of(logging.LogRecord("portal", logging.INFO, "x.py", 1, "%s in 3 ms", (200,), None))
    finally:
        request_facts.reset(token)
    assert (line["message"], line["request"], line["path"], line["user"]) == (
        "200 in 3 ms",
        "ABC123",
        "/tasks/1/close/",
        personas.department_admin.user.pk,
    )
    assert "10.0.0.1" not in json.dumps(line)


def test_log_line_of_a_failure_has_places_and_no_message() -> None:
    import sys

    try:
        failing.__wrapped__(None) if hasattr(failing, "__wrapped__") else failing(RequestFactory().get("/"))
    except RuntimeError:
        line = line_of(logging.LogRecord("portal", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info()))
    assert line["error"] == "RuntimeError"
    assert "430102" not in json.dumps(line)
    assert any("failing" in place for place in line["trace"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.5.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.5.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.5.1", "203.0.113.9, 10.0.5.2", "203.0.113.9"),
        ("10.0.5.1", "203.0.113.9, unknown", "10.0.5.1"),
        ("10.0.5.1", "2001:DB8::1", "2001:db8::1"),
        ("10.0.5.1", "", "10.0.5.1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_whose_request_it_is_our_own_proxies_say_and_nobody_else(remote: str, forwarded: str, address: str) -> None:
    assert client_address(remote, forwarded, [ip_network("10.0.5.0/24")]) == address
