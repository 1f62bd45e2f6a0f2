"""What the portal reads from its environment, checked once, loudly.

Every variable is read here and nowhere else, so this file is the list of them. A bad value stops the start with the
variable's name, the present value and what is expected.
"""

import contextlib
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# Behind a TLS proxy of the same machine nothing more is to be set.
LOCAL_PROXIES = ["127.0.0.1", "::1"]
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Environment:
    """The checked values; `mode` is `demonstration` or `production`."""

    mode: str
    data: Path
    secret_key: str
    allowed_hosts: list[str]
    trusted_origins: list[str]
    behind_proxy: bool
    trusted_proxies: tuple[Network, ...]
    database: dict[str, Any]
    redis_url: str
    log_level: str
    key_ring: Path | None
    cipher: str
    province: str
    reveals_per_hour: int

    @property
    def is_production(self) -> bool:
        return self.mode == "production"


def read_environment() -> Environment:
    """Read and check the environment; raise `ImproperlyConfigured` naming the variable that is wrong."""
    env = Env()
    try:
        mode = env.str("PORTAL_MODE", "demonstration")
        data = Path(env.str("PORTAL_DATA", "") or ROOT / "var").resolve()
        allowed_hosts: list[str] = env.list("PORTAL_ALLOWED_HOSTS", [])
        trusted_origins: list[str] = env.list("PORTAL_TRUSTED_ORIGINS", [])
        behind_proxy = env.bool("PORTAL_BEHIND_TLS_PROXY", False)
        proxies: list[str] = env.list("PORTAL_TRUSTED_PROXIES", LOCAL_PROXIES if behind_proxy else [])
        secret_key = env.str("PORTAL_SECRET_KEY", "")
        redis_url = env.str("REDIS_URL", "")
        log_level = env.str("PORTAL_LOG_LEVEL", "INFO").upper()
        database_url = env.str("DATABASE_URL", "")
        key_ring = env.str("PORTAL_KEY_RING", "")
        cipher = env.str("PORTAL_CIPHER", "aes").lower()
        province = env.str("PORTAL_PROVINCE", "430000")
        reveals_per_hour = env.int("PORTAL_REVEALS_PER_HOUR", 60)
    except EnvError as error:
        raise ImproperlyConfigured(str(error)) from error
    if mode not in {"demonstration", "production"}:
        raise ImproperlyConfigured(f"PORTAL_MODE is '{mode}'; set it to 'demonstration' or 'production'.")
    if log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ImproperlyConfigured(f"PORTAL_LOG_LEVEL is '{log_level}'; use DEBUG, INFO, WARNING or ERROR.")
    if redis_url and not redis_url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"REDIS_URL is '{redis_url}'; it must start with redis://, rediss:// or unix://.")
    if cipher not in {"aes", "sm4"}:
        raise ImproperlyConfigured(f"PORTAL_CIPHER is '{cipher}'; use aes (AES-256-GCM) or sm4 (SM4-GCM).")
    if not re.fullmatch(r"[1-8][0-9]0000", province):
        raise ImproperlyConfigured(f"PORTAL_PROVINCE is '{province}'; give the province's GB/T 2260 code, as 430000.")
    if reveals_per_hour < 1:
        raise ImproperlyConfigured(f"PORTAL_REVEALS_PER_HOUR is '{reveals_per_hour}'; give a number of at least 1.")
    if mode == "production":
        _require_production(secret_key, allowed_hosts, behind_proxy)
        _require_key_ring(key_ring)
    else:
        # A demonstration carries known accounts, so it answers on this machine only.
        foreign = [host for host in allowed_hosts if host not in LOOPBACK_HOSTS]
        if foreign:
            raise ImproperlyConfigured(
                f"PORTAL_ALLOWED_HOSTS is '{','.join(foreign)}'; a demonstration answers on loopback only. "
                "Set PORTAL_MODE=production for other hosts."
            )
        allowed_hosts = LOOPBACK_HOSTS
        secret_key = secret_key or _kept_secret(data)
    return Environment(
        mode=mode,
        data=data,
        secret_key=secret_key,
        allowed_hosts=allowed_hosts,
        trusted_origins=trusted_origins,
        behind_proxy=behind_proxy,
        trusted_proxies=_networks(proxies),
        database=_database(database_url, data),
        redis_url=redis_url,
        log_level=log_level,
        key_ring=Path(key_ring).resolve() if key_ring else None,
        cipher=cipher,
        province=province,
        reveals_per_hour=reveals_per_hour,
    )


def _networks(texts: list[str]) -> tuple[Network, ...]:
    """The addresses and networks whose word about the sender's address is taken."""
    found = []
    for text in texts:
        try:
            found.append(ip_network(text.strip()))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"PORTAL_TRUSTED_PROXIES has '{text}'; give addresses or networks of your own proxies, as "
                "127.0.0.1,10.0.5.0/24."
            ) from error
    return tuple(found)


def _require_production(secret_key: str, allowed_hosts: list[str], behind_proxy: bool) -> None:
    if len(secret_key) < 50:
        raise ImproperlyConfigured(
            f"PORTAL_SECRET_KEY has {len(secret_key)} characters; production needs at least 50 random ones."
        )
    if not allowed_hosts or "*" in allowed_hosts:
        raise ImproperlyConfigured("PORTAL_ALLOWED_HOSTS is empty or '*'; name the hosts that production answers to.")
    if not behind_proxy:
        raise ImproperlyConfigured(
            "PORTAL_BEHIND_TLS_PROXY is not set; production is served over HTTPS only. Set it to true when a TLS "
            "proxy that sets X-Forwarded-Proto stands in front."
        )


def _require_key_ring(name: str) -> None:
    """The ring is an operator's: a new one made by itself would leave every stored number unreadable."""
    if not name or not Path(name).is_file():
        raise ImproperlyConfigured(
            f"PORTAL_KEY_RING is '{name}', which is no file; production needs the key ring of personal data. "
            "Restore it, or for a new installation make one: python -m portal.privacy.keys new PATH"
        )
    if Path(name).stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"PORTAL_KEY_RING '{name}' can be read by others; run: chmod 600 {name}")


def _kept_secret(data: Path) -> str:
    """Return the demonstration's secret key, made on first use and kept with 0600 beside its database."""
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        # Written whole under another name, then linked: of several processes that start at once one key wins.
        descriptor, draft = tempfile.mkstemp(dir=data)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text()


def _database(url: str, data: Path) -> dict[str, Any]:
    if not url:
        return _sqlite(data / "portal.sqlite3")
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        return _sqlite(Path(config["NAME"]))
    if config["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// or sqlite:///.")
    # Lists count by correlated subqueries: their estimates set off the compiler, which then takes longer than they do.
    options = {"options": "-c jit=off"} | config.get("OPTIONS", {})
    # What every request of a rush asks (`portal.access.statements`) is planned once a connection. A pooler that lends
    # connections by transaction must carry prepared statements (PgBouncer from 1.22).
    options = {"prepare_threshold": 2} | options
    return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def _sqlite(path: Path) -> dict[str, Any]:
    # IMMEDIATE takes the write lock at BEGIN, so a transaction waits its turn instead of failing half-way.
    pragmas = [
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=NORMAL",
        "PRAGMA cache_size=-20000",
        "PRAGMA mmap_size=134217728",
        "PRAGMA journal_size_limit=67108864",
    ]
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": ";".join(pragmas)},
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }
