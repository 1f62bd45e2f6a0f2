"""What every test stands on: a fast hasher, strict templates, an own data folder, and the people of the province."""

import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.template import engines
from django.test import Client, TransactionTestCase
from django.utils import timezone
from hypothesis import HealthCheck, settings

from portal.access.middleware import MEMBERSHIP_KEY
from portal.accounts.middleware import SEEN_KEY, SIGNED_IN_KEY
from tests.databases import database_of_a_worker
from tests.factories import enter_parameters, shipped_parameters
from tests.personas import Persona, Personas, Province

# How long an example takes says more about the machine than about the code.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")

ROOT = Path(__file__).resolve().parent.parent
ASK_THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
ACCOUNT_BACKEND = "portal.accounts.backends.AccountBackend"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="leave out the tests that use no database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database says the same on every database: on the second one it is not asked again."""
    if not config.getoption("--database-only"):
        return
    kept, left = [], []
    for item in items:
        asks = item.get_closest_marker("django_db") or ASK_THE_DATABASE & set(getattr(item, "fixturenames", ()))
        is_wanted = (asks or item.get_closest_marker("every_database")) and not item.get_closest_marker("one_database")
        (kept if is_wanted else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_collection_finish() -> None:
    """What stands after the collection stands until the end: the collector of garbage need not walk it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_configure(config: pytest.Config) -> None:
    """Settings that only make tests quicker, never different."""
    # How long an example takes says how busy the machine is, not whether the code is right.
    hypothesis.settings.register_profile("portal", deadline=None)
    hypothesis.settings.load_profile("portal")
    config.addinivalue_line("markers", "heavy: only with `scripts/test --all`")
    config.addinivalue_line("markers", "one_database: the second database only with `scripts/test --all`")
    config.addinivalue_line("markers", "every_database: asks the database in a way the fixtures do not show")
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.STORAGES = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


class UndefinedVariable(AssertionError):
    """A template of ours names a variable that its view does not give."""


class RaiseOnUndefined(str):
    """Stands in `string_if_invalid`: an undefined variable in one of our own templates fails the test."""

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        context = sys._getframe(1).f_locals["context"]
        template = context.render_context.template or context.template
        origin = str(template.origin.name)
        if "site-packages" in origin:
            return ""
        raise UndefinedVariable(f"'{variable}' is undefined in {origin}")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's own, which runs the migrations for every worker."""
    with django_db_blocker.unblock(), database_of_a_worker():
        yield


@pytest.fixture(autouse=True, scope="session")
def _strict_templates() -> None:
    for engine in engines.all():
        engine.engine.string_if_invalid = RaiseOnUndefined()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_triggers() -> Iterator[None]:
    """Tests that commit are cleaned by a flush; the triggers that freeze rows step aside for it, nowhere else."""
    frozen = [importlib.import_module(f"portal.{room}.migrations.0002_database") for room in ("audit", "reporting")]
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: TransactionTestCase) -> None:
        with connection.schema_editor() as editor:
            for triggers in frozen:
                triggers.remove(editor)
        try:
            flush(self)
        finally:
            with connection.schema_editor() as editor:
                for triggers in frozen:
                    triggers.install(editor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_DATA = tmp_path


@pytest.fixture
def province(db: None) -> Province:
    """The small province; its nodes are made on demand, `province.fill()` makes them all."""
    return Province()


@pytest.fixture
def personas(province: Province) -> Personas:
    """The people, made on demand: `personas.association_filer.actor`."""
    return Personas(province)


def session_of(persona: Persona, at: datetime | None = None) -> str:
    """The key of a session in which a persona has signed in (now), written down as signing in would leave it."""
    now = (at or timezone.now()).isoformat()
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(persona.user.pk),
            BACKEND_SESSION_KEY: ACCOUNT_BACKEND,
            HASH_SESSION_KEY: persona.user.get_session_auth_hash(),
            MEMBERSHIP_KEY: persona.membership.pk,
            SIGNED_IN_KEY: now,
            SEEN_KEY: now,
        }
    )
    session.create()
    return str(session.session_key)


def with_session(key: str) -> Client:
    """A browser that holds a session's key."""
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = key
    return client


@pytest.fixture
def sign_in(db: None) -> Callable[[Persona], Client]:
    """A browser in which a persona has signed in and acts through its membership."""
    return lambda persona: with_session(session_of(persona))


@pytest.fixture
def reference(db: None) -> None:
    """The nation's dated parameters; the regions are the province's own few."""
    enter_parameters(row for row in shipped_parameters() if not row.region)


@pytest.fixture
def no_bells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are written down, no worker is called."""
    from portal.celery import app

    monkeypatch.setattr(app, "send_task", lambda *args, **options: None)


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Callable[[date | datetime], None]:
    """Set the clock: `frozen(date(2026, 6, 30))` is nine o'clock of that day in Shanghai."""

    def freeze(moment: date | datetime) -> None:
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time(9), tzinfo=timezone.get_default_timezone())
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        monkeypatch.setattr("axes.handlers.proxy.now", lambda: moment)

    return freeze
