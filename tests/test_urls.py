"""Route × role × method × object: `route_policy.csv` says who may, this walks the whole URLconf and tries.

An address that is not in the table fails, so does a kwarg that `route_objects.py` does not know. For every persona and
every declared method: refused roles get 403 and leave a trace, own objects open, foreign and missing ones are 404. A
method that is not declared gets 405. A page writes nothing when it is read and asks the database at most 15 times.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from portal.access import roles
from portal.access.policy import policy_of
from portal.access.roles import Role
from portal.access.statements import ActorStatement
from portal.audit.models import AccessEvent, AuditEvent, Result
from portal.checks import walk_patterns
from portal.screens import panels
from portal.screens.lists import ListScreen
from tests.conftest import session_of, with_session
from tests.databases import rolled_back
from tests.factories import enter_parameters, shipped_parameters
from tests.inner_party import MARK, READERS, mark_inner_party
from tests.personas import BY_ROLE, PERSONAS, Personas, Province
from tests.route_objects import KWARGS, ROUTE_WORDS, WORDS, Objects, make_objects, missing_key

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
GROUPS = {name: getattr(roles, name) for name in ("BUSINESS", "WORKSPACE", "DEPARTMENT", "FILING", "EVERYONE", "TRIO")}
# What reading a page may write: the trace of a reading, the session, the count of failed sign-ins.
WRITTEN_BY_READING = ("audit_accessevent", "django_session", "axes_")
BUDGET = 15
# Pages that answer for an own object otherwise than by 200, and why.
OWN_OTHERWISE = {
    ("reporting:run_file", "GET"): {404},  # the document was not asked for yet
    ("exporting:new", "GET"): {400},  # which list is said in the query
    ("accounts:login", "GET"): {200, 302},  # whoever is signed in is sent home
    ("readyz", "GET"): {200, 503},  # no worker beats in a test
}


def names() -> dict[str, Any]:
    """Every address of the URLconf by its full name."""
    found: dict[str, Any] = {}
    _collect("", found)
    return found


def _collect(prefix: str, found: dict[str, Any], resolver: Any = None) -> None:
    from django.urls import URLResolver, get_resolver

    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            _collect(space, found, entry)
        else:
            assert entry.name, f"an address without a name: {entry.pattern}"
            assert f"{prefix}{entry.name}" not in found, f"two addresses are named {prefix}{entry.name}"
            found[f"{prefix}{entry.name}"] = entry


def kwargs_of(entry: Any) -> list[str]:
    return list(entry.pattern.converters)


def table() -> dict[str, tuple[set[str], set[str], str]]:
    """Route → methods, roles, kind: PUBLIC (anybody), ACCOUNT (signed in, membership or not) or MEMBER."""
    found = {}
    with (Path(__file__).parent / "route_policy.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            allowed: set[str] = set()
            kind = "MEMBER"
            for word in row["roles"].split():
                if word in {"PUBLIC", "ACCOUNT"}:
                    kind = word
                    allowed |= set(Role.values)
                else:
                    allowed |= {str(role) for role in GROUPS.get(word, {word})}
            assert allowed <= set(Role.values), row
            assert row["route"] not in found, f"{row['route']} stands twice in the table"
            found[row["route"]] = (set(row["methods"].split()), allowed, kind)
    return found


ROUTES = names()
POLICY = table()


def test_table_and_urlconf_have_the_same_addresses() -> None:
    assert set(ROUTES) - set(POLICY) == set(), "addresses without a line in route_policy.csv"
    assert set(POLICY) - set(ROUTES) == set(), "lines without an address"
    assert len(ROUTES) == len(list(walk_patterns()))


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_view_declares_what_the_table_says(route: str) -> None:
    methods, allowed, kind = POLICY[route]
    policy = policy_of(ROUTES[route].callback)
    assert policy is not None
    assert policy.methods == methods
    assert policy.is_public == (kind == "PUBLIC")
    assert policy.needs_membership == (kind == "MEMBER")
    assert policy.is_public or policy.roles == allowed


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_kwargs_of_an_address_are_known(route: str) -> None:
    assert [name for name in kwargs_of(ROUTES[route]) if name not in KWARGS and name not in WORDS] == []


@dataclass(frozen=True)
class World:
    """Everybody, signed in, and an object of every kind for everybody."""

    objects: Objects
    sessions: dict[str, str]
    marked: set[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Any, folder: Path) -> None:
    """The files of the world are where it put them."""
    settings.PORTAL_DATA = folder


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, folder: Path) -> Iterator[World]:
    """Made once for all routes; what a route writes goes after its test."""
    with override_settings(PORTAL_DATA=folder), rolled_back(django_db_blocker):
        enter_parameters(row for row in shipped_parameters() if not row.region)
        personas = Personas(Province())
        objects = make_objects(list(KWARGS), personas)
        # As seen last in an hour: no request of the walk notes the session's activity, however long the walk takes.
        seen_at = timezone.now() + timedelta(hours=1)
        sessions = {key: session_of(personas[key], seen_at) for key in PERSONAS}
        yield World(objects, sessions, mark_inner_party(personas))


class Walk:
    """Tries one route for one persona after the other."""

    def __init__(self, route: str, world: World) -> None:
        self.route = route
        self.methods, self.allowed, self.kind = POLICY[route]
        self.kwargs = [name for name in kwargs_of(ROUTES[route]) if name in KWARGS]
        self.words = {
            name: (WORDS | ROUTE_WORDS.get(route, {}))[name] for name in kwargs_of(ROUTES[route]) if name in WORDS
        }
        self.objects, self.sessions = world.objects, world.sessions
        self.wrong: list[str] = []

    def browser(self, persona: str) -> Client:
        return with_session(self.sessions[persona])

    def url(self, keys: dict[str, int]) -> str:
        return reverse(self.route, kwargs={**keys, **self.words})

    def missing(self) -> str:
        return self.url({name: missing_key(name) for name in self.kwargs})

    def say(self, who: str, method: str, what: str, status: int) -> None:
        self.wrong.append(f"{who} {method} {self.route} {what}: {status}")

    def anonymous(self) -> None:
        for method in self.methods:
            response = Client().generic(method, self.missing())
            is_asked_to_sign_in = response.status_code == 302 and response["Location"].startswith("/login/")
            if self.kind != "PUBLIC" and not is_asked_to_sign_in:
                self.say("anonymous", method, "", response.status_code)

    def undeclared(self) -> None:
        client = self.browser("department_admin")
        for method in set(METHODS) - self.methods:
            response = client.generic(method, self.missing())
            if response.status_code != 405:
                self.say("department_admin", method, "undeclared", response.status_code)

    def refused(self, persona: str) -> None:
        keys = self.objects.own(self.kwargs, persona) if self.kwargs else {}
        client = self.browser(persona)
        for method in self.methods:
            history = AccessEvent if method == "GET" else AuditEvent
            before = history.objects.filter(result=Result.REFUSED).count()
            response = client.generic(method, self.url(keys) if keys else self.missing())
            if response.status_code != 403:
                self.say(persona, method, "refused role", response.status_code)
            if history.objects.filter(result=Result.REFUSED).count() != before + 1:
                self.say(persona, method, "left no trace", response.status_code)

    def own(self, persona: str, method: str) -> None:
        keys = self.objects.own(self.kwargs, persona) if self.kwargs else {}
        if keys is None:
            return
        client = self.browser(persona)
        last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with CaptureQueriesContext(connection) as queries:
            response = client.generic(method, self.url(keys))
            read_to_the_end(response)
        if method == "GET":
            if response.status_code not in OWN_OTHERWISE.get((self.route, method), {200, 302}):
                self.say(persona, method, "own", response.status_code)
            if wrote := [one["sql"] for one in queries if is_forbidden_write(one["sql"])]:
                self.say(persona, method, f"wrote {wrote}", response.status_code)
            if len(queries) > BUDGET:
                self.say(persona, method, f"{len(queries)} queries", response.status_code)
        elif response.status_code in {404, 405} or response.status_code >= 500 or was_refused_by_policy(last):
            self.say(persona, method, "own", response.status_code)

    def beyond(self, persona: str, method: str, *, is_first: bool) -> None:
        client = self.browser(persona)
        # What is public is nobody's own; what is not public yet is tested where it is made.
        is_public = self.kind == "PUBLIC"
        tries = {} if is_public else {"foreign": self.objects.foreign(self.kwargs, persona)}
        if is_first:
            tries["missing"] = {name: missing_key(name) for name in self.kwargs}
            tries["mixed"] = None if is_public else self.objects.mixed(self.kwargs, persona)
        for what, keys in tries.items():
            if keys is None:
                continue
            response = client.generic(method, self.url(keys))
            read_to_the_end(response)
            if response.status_code != 404:
                self.say(persona, method, what, response.status_code)


def read_to_the_end(response: Any) -> None:
    """A file that is being sent is closed by its last byte."""
    if response.streaming:
        b"".join(response)


def is_forbidden_write(sql: str) -> bool:
    verb, _, rest = sql.lstrip().partition(" ")
    if verb.upper() not in {"INSERT", "UPDATE", "DELETE"}:
        return False
    table_name = rest.replace("INTO", "").replace("FROM", "").strip().split('"')[1] if '"' in rest else rest
    return not table_name.startswith(WRITTEN_BY_READING)


def was_refused_by_policy(after: int) -> bool:
    refused = AuditEvent.objects.filter(pk__gt=after, result=Result.REFUSED)
    return any(event.reason.startswith("policy.") for event in refused)


@pytest.mark.one_database
@pytest.mark.parametrize("route", sorted(ROUTES))
def test_route_lets_in_whom_the_table_names_and_nobody_else(route: str, world: World, db: None, no_bells: None) -> None:
    walk = Walk(route, world)
    walk.anonymous()
    walk.undeclared()
    for persona, (role, _) in PERSONAS.items():
        if role not in walk.allowed:
            if persona == BY_ROLE[role]:
                walk.refused(persona)
            continue
        for method in sorted(walk.methods):
            if walk.kwargs:
                walk.beyond(persona, method, is_first=persona == BY_ROLE[role])
            if persona == BY_ROLE[role]:
                walk.own(persona, method)
    assert walk.wrong == []


@pytest.mark.heavy
@pytest.mark.parametrize(
    "route", sorted(route for route, entry in ROUTES.items() if set(kwargs_of(entry)) & set(KWARGS))
)
def test_route_with_an_open_scope_is_noticed(
    route: str, world: World, db: None, no_bells: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant of each page: were the scope of its model taken away, the walk above would see it."""
    from django.apps import apps

    from portal.access.scoping import EVERYTHING

    # A kept statement has the scope of its first asking in it; in a mutant each is asked anew.
    monkeypatch.setattr(ActorStatement, "__call__", lambda kept, actor, **given: list(kept.ask(actor, **given)))
    walk = Walk(route, world)
    is_public = walk.kind == "PUBLIC"
    if is_public or not any(walk.objects.foreign(walk.kwargs, persona) for persona in _allowed(walk)):
        return
    for kwarg in walk.kwargs:
        model = apps.get_model(KWARGS[kwarg])
        monkeypatch.setattr(model, "scope_q", classmethod(lambda cls, actor: EVERYTHING))
    for persona in _allowed(walk):
        for method in walk.methods:
            walk.beyond(persona, method, is_first=False)
            if walk.wrong:
                return
    raise AssertionError("nobody noticed")


def _allowed(walk: Walk) -> list[str]:
    return [persona for persona, (role, _) in PERSONAS.items() if role in walk.allowed]


def test_route_words_name_routes() -> None:
    for route in ROUTE_WORDS:
        with pytest.raises(NoReverseMatch):
            reverse(route)


# Inner-Party data


def pages_of(route: str, objects: Objects, persona: str) -> Iterator[str]:
    """The address for an own object and for one of somebody else's, with every tab of its page."""
    kwargs = [name for name in kwargs_of(ROUTES[route]) if name in KWARGS]
    words = {name: (WORDS | ROUTE_WORDS.get(route, {}))[name] for name in kwargs_of(ROUTES[route]) if name in WORDS}
    keys = [objects.own(kwargs, persona), objects.foreign(kwargs, persona)] if kwargs else [{}]
    for key in keys:
        if key is None:
            continue
        url = reverse(route, kwargs={**key, **words})
        yield url
        if issubclass(getattr(ROUTES[route].callback, "view_class", object), ListScreen):
            yield f"{url}?export=csv"
        subject = {"associations:association": "associations.Association"}.get(
            route, "partybuilding.PartyOrganization" if route == "partybuilding:organization" else ""
        )
        for owner, tab in panels._panels:
            if owner == subject:
                yield f"{url}?tab={tab}"


@pytest.mark.one_database
@pytest.mark.django_db
@pytest.mark.parametrize("persona", [READERS[0], *(pytest.param(one, marks=pytest.mark.heavy) for one in READERS[1:])])
def test_no_page_of_a_registrar_says_a_word_of_inner_party_data(world: World, persona: str) -> None:
    """Own and foreign pages, every tab, every list as a file: facts of the Party block, no roster, no meeting."""
    client, read, told = with_session(world.sessions[persona]), 0, []
    assert {"PartyMember", "LifeRecord", "MajorDecision"} <= world.marked
    for route in sorted(ROUTES):
        methods, allowed, _kind = POLICY[route]
        if "GET" not in methods or persona not in allowed:
            continue
        for url in pages_of(route, world.objects, persona):
            response = client.get(url)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            read += response.status_code == 200
            if MARK.encode() in body:
                told.append(url)
    assert told == []
    assert read > 30
    # The marks are there for those who may see them.
    assert MARK in with_session(world.sessions["department_staff"]).get("/party-members/").content.decode()


@pytest.mark.one_database
@pytest.mark.django_db
def test_registrar_sees_the_facts_of_the_party_block(world: World) -> None:
    own = world.objects.own(["association_pk"], "registrar")
    client = with_session(world.sessions["registrar"])
    page = client.get(reverse("associations:association", kwargs=own) + "?tab=party").content.decode()
    for fact in ("组织覆盖", "纳入统计", "正式党员（组织关系）"):
        assert fact in page
    assert "党员名册" not in page
