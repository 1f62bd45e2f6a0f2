"""What holds for every declared list, found by walking the URLconf: a new list is tested without being named."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.access.roles import Role
from portal.checks import walk_patterns
from portal.screens.lists import ListScreen
from tests.conftest import session_of, with_session
from tests.databases import rolled_back
from tests.factories import enter_parameters, shipped_parameters
from tests.personas import BY_ROLE, Personas, Province

pytestmark = pytest.mark.django_db

QUERY_BUDGET = 15
NONSENSE = ("没有这个", "-1", "99999999999999999999", "'\"<b>", "2026-02-30")


def lists() -> dict[str, type[ListScreen]]:
    """Route → screen of every list without URL arguments."""
    found = {}
    for route, pattern in walk_patterns():
        screen = getattr(pattern.callback, "view_class", None)
        if isinstance(screen, type) and issubclass(screen, ListScreen) and "<" not in route:
            found["/" + route] = screen
    return found


LISTS = lists()


def role_for(screen: type[ListScreen]) -> str:
    """The role that sees most of a list: the first of the roles' own order that its policy lets in."""
    return next(role for role in Role.values if role in screen.policy.roles)


@pytest.fixture(scope="module")
def clients(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Client]]:
    """The filled province, made once for all lists, and a browser for each role."""
    with rolled_back(django_db_blocker):
        enter_parameters(row for row in shipped_parameters() if not row.region)
        province = Province()
        personas = Personas(province)
        province.fill()
        roles = {role_for(screen) for screen in LISTS.values()}
        # As seen last in an hour: no request notes the session's activity, however long the walk takes.
        seen_at = timezone.now() + timedelta(hours=1)
        yield {role: with_session(session_of(personas[BY_ROLE[Role(role)]], seen_at)) for role in roles}


@pytest.fixture
def client_for(clients: dict[str, Client], db: None) -> Callable[[type[ListScreen]], Client]:
    return lambda screen: clients[role_for(screen)]


ClientFor = Callable[[type[ListScreen]], Client]


def results_of(response: Any) -> str:
    found = re.search(r'<section id="results".*</section>', response.content.decode(), re.S)
    assert found is not None
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", found.group(0))


def test_lists_are_found() -> None:
    assert len(LISTS) >= 3


@pytest.mark.parametrize("path", LISTS)
def test_list_keeps_the_query_budget(client_for: ClientFor, path: str) -> None:
    client = client_for(LISTS[path])
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200
    assert len(queries) <= QUERY_BUDGET


@pytest.mark.one_database
@pytest.mark.parametrize("path", LISTS)
def test_partial_of_the_list_equals_its_full_page(client_for: ClientFor, path: str) -> None:
    client = client_for(LISTS[path])
    full = client.get(path)
    partial = client.get(path, headers={"HX-Request": "true", "HX-Target": "results"})
    assert results_of(partial) == results_of(full)


@pytest.mark.parametrize("path", LISTS)
def test_every_sort_of_the_list_works_both_ways(client_for: ClientFor, path: str) -> None:
    screen = LISTS[path]
    client = client_for(screen)
    codes = [column.code for column in screen.columns if column.sort]
    asked = [sign + code for code in codes for sign in ("", "-")]
    assert {sort: client.get(path, {"sort": sort}).status_code for sort in asked} == dict.fromkeys(asked, 200)


@pytest.mark.parametrize("path", LISTS)
def test_nonsense_in_a_filter_never_breaks_the_list(client_for: ClientFor, path: str) -> None:
    screen = LISTS[path]
    client = client_for(screen)
    names = list(screen.filterset_class.base_filters) if screen.filterset_class else []
    asked = [*names, "page", "size", "sort", "as_of", "from"]
    alone = [{name: NONSENSE[0]} for name in asked]
    together = [dict.fromkeys(asked, value) for value in NONSENSE]
    answers = [(query, client.get(path, query).status_code) for query in (*alone, *together)]
    assert [query for query, status in answers if status != 200] == []


@pytest.mark.parametrize("path", LISTS)
def test_every_offered_export_of_the_list_is_a_file(client_for: ClientFor, path: str) -> None:
    screen = LISTS[path]
    client = client_for(screen)
    found = {format_: client.get(path, {"export": format_}) for format_ in screen.exports}
    assert {name: answer.status_code for name, answer in found.items()} == dict.fromkeys(screen.exports, 200)
    assert {answer["Content-Disposition"].split(";")[0] for answer in found.values()} <= {"attachment"}
    assert client.get(path, {"export": "exe"}).status_code == 400


@pytest.mark.parametrize("path", LISTS)
def test_default_order_of_the_list_ends_in_the_key(path: str) -> None:
    assert LISTS[path].default_order[-1:] in (("pk",), ("-pk",), ["pk"], ["-pk"])
