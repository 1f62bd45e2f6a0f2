"""The environment is read once and loudly: a bad value stops the start and names itself."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.env import read_environment
from portal.privacy.keys import make_ring

PRODUCTION = {
    "PORTAL_MODE": "production",
    "PORTAL_SECRET_KEY": "x" * 60,
    "PORTAL_ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_BEHIND_TLS_PROXY": "true",
}
NAMES = [
    *PRODUCTION,
    "PORTAL_KEY_RING",
    "PORTAL_CIPHER",
    "PORTAL_PROVINCE",
    "DATABASE_URL",
    "REDIS_URL",
    "PORTAL_LOG_LEVEL",
    "PORTAL_TRUSTED_ORIGINS",
    "PORTAL_TRUSTED_PROXIES",
]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    make_ring(tmp_path / "ring.json")
    (tmp_path / "open.json").write_text("{}")
    (tmp_path / "open.json").chmod(0o644)


def test_demonstration_needs_nothing_and_keeps_its_secret(tmp_path: Path) -> None:
    first, again = read_environment(), read_environment()
    assert (first.mode, first.is_production, first.allowed_hosts) == (
        "demonstration",
        False,
        ["127.0.0.1", "localhost", "[::1]"],
    )
    assert len(first.secret_key) > 50
    assert first.secret_key == again.secret_key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert first.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_proxies_are_trusted_by_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_environment().trusted_proxies == ()
    monkeypatch.setenv("PORTAL_BEHIND_TLS_PROXY", "true")
    assert [str(one) for one in read_environment().trusted_proxies] == ["127.0.0.1/32", "::1/128"]
    monkeypatch.setenv("PORTAL_TRUSTED_PROXIES", "10.0.5.0/24")
    assert [str(one) for one in read_environment().trusted_proxies] == ["10.0.5.0/24"]
    monkeypatch.setenv("PORTAL_TRUSTED_PROXIES", "proxy.example")
    with pytest.raises(ImproperlyConfigured, match=r"PORTAL_TRUSTED_PROXIES has 'proxy\.example'"):
        read_environment()


def test_production_with_all_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal@db/portal")
    monkeypatch.setenv("PORTAL_KEY_RING", str(tmp_path / "ring.json"))
    environment = read_environment()
    assert (environment.is_production, environment.database["ENGINE"]) == (True, "django.db.backends.postgresql")


BAD = [
    ({"PORTAL_MODE": "test"}, "PORTAL_MODE is 'test'"),
    ({"PORTAL_LOG_LEVEL": "LOUD"}, "PORTAL_LOG_LEVEL is 'LOUD'"),
    ({"REDIS_URL": "http://redis"}, "REDIS_URL is 'http://redis'"),
    ({"DATABASE_URL": "mysql://db/portal"}, "DATABASE_URL must start with"),
    ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
    ({"PORTAL_CIPHER": "rot13"}, "PORTAL_CIPHER is 'rot13'"),
    ({"PORTAL_PROVINCE": "湖南"}, "PORTAL_PROVINCE is '湖南'"),
    (PRODUCTION, "PORTAL_KEY_RING is '', which is no file"),
    (PRODUCTION | {"PORTAL_KEY_RING": "lost.json"}, "PORTAL_KEY_RING is '.*lost.json', which is no file"),
    (PRODUCTION | {"PORTAL_KEY_RING": "open.json"}, "PORTAL_KEY_RING '.*open.json' can be read by others"),
    ({"PORTAL_BEHIND_TLS_PROXY": "perhaps"}, "PORTAL_BEHIND_TLS_PROXY"),
    ({"PORTAL_ALLOWED_HOSTS": "portal.example.org"}, "a demonstration answers on loopback only"),
    (PRODUCTION | {"PORTAL_SECRET_KEY": "short"}, "PORTAL_SECRET_KEY has 5 characters"),
    (PRODUCTION | {"PORTAL_ALLOWED_HOSTS": ""}, "PORTAL_ALLOWED_HOSTS is empty"),
    (PRODUCTION | {"PORTAL_ALLOWED_HOSTS": "*"}, "PORTAL_ALLOWED_HOSTS is empty"),
    (PRODUCTION | {"PORTAL_BEHIND_TLS_PROXY": "false"}, "PORTAL_BEHIND_TLS_PROXY is not set"),
]


@pytest.mark.parametrize(("given", "said"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_bad_value_names_itself(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, str(tmp_path / value) if name == "PORTAL_KEY_RING" else value)
    with pytest.raises(ImproperlyConfigured, match=said.replace("or '*'", r"or '\*'")):
        read_environment()
