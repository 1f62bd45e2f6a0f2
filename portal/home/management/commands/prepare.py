"""`manage.py prepare`: database and static files made ready before the processes start; `scripts/start` calls it."""

import hashlib
import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from portal.accounts.models import User
from portal.privacy.keys import KeyRingError, ring


class Command(BaseCommand):
    help = "Migrate; load reference data; in demonstration mode load the small province; collect static files."
    requires_system_checks = "__all__"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", default="", metavar="YYYY-MM-DD", help="the demonstration's date")
        parser.add_argument("--scale", default="small", choices=("small", "province"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ring()
            self.make_ready(options)
        except KeyRingError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"数据库没有准备好：{error}。请检查 DATABASE_URL、数据库权限和磁盘空间后重试。"
            ) from error
        except OSError as error:
            raise CommandError(
                f"数据目录 {settings.PORTAL_DATA} 无法写入：{error.strerror}。请检查磁盘空间和目录权限后重试。"
            ) from error

    def make_ready(self, options: dict[str, Any]) -> None:
        is_demonstration = settings.PORTAL_MODE == "demonstration"
        mark, wanted = mark_path(), migrations_digest()
        known = json.loads(mark.read_text()) if mark.exists() else {}
        if known.get("migrations") != wanted or not is_there():
            if is_demonstration:
                self.set_aside(is_known=bool(known))
            self.load(options, is_demonstration)
            mark.write_text(json.dumps({"migrations": wanted}))
        if known.get("static") != (static := static_digest()) or not settings.STATIC_ROOT.exists():
            self.say("static files")
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            mark.write_text(json.dumps({"migrations": wanted, "static": static}))

    def load(self, options: dict[str, Any], is_demonstration: bool) -> None:
        self.say("database")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_reference", verbosity=0)
        if is_demonstration and not User.objects.exists():
            self.say(f"demonstration province ({options['scale']})")
            today = {"today": options["today"]} if options["today"] else {}
            call_command("load_demo", scale=options["scale"], verbosity=0, **today)
            call_command("demo_accounts", verbosity=0)

    def set_aside(self, *, is_known: bool) -> None:
        """Keep an outdated demonstration database (or one whose loading was cut short) beside the new one.

        A PostgreSQL database is not ours to rename: an outdated one (`is_known` from an earlier start) is refused.
        """
        if connection.vendor != "sqlite":
            if is_known and is_there():
                name = connection.settings_dict["NAME"]
                raise CommandError(
                    f"演示数据库 {name} 由较早的版本建立，与现在的程序不符。请新建一个空数据库，例如："
                    "CREATE DATABASE portal2 TEMPLATE template0 ENCODING 'UTF8'，并修改 DATABASE_URL 后重试。"
                )
            return
        path = Path(str(connection.settings_dict["NAME"]))
        if not path.exists():
            return
        connection.close()
        kept = path.with_name(f"{path.stem}-{datetime.now():%Y%m%d-%H%M%S}{path.suffix}")  # noqa: DTZ005  a file name
        self.say(f"the demonstration database is outdated or incomplete; it is kept as {kept.name}")
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(kept.with_name(kept.name + suffix))

    def say(self, text: str) -> None:
        self.stderr.write(f"· {text}")


def mark_path() -> Path:
    """Where we keep what a database was made from: one mark per database."""
    settings_dict = connection.settings_dict
    place = "|".join(str(settings_dict.get(key, "")) for key in ("ENGINE", "HOST", "PORT", "NAME"))
    folder = Path(settings.PORTAL_DATA) / "prepared"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{hashlib.sha256(place.encode()).hexdigest()[:16]}.json"


def migrations_digest() -> str:
    """The hash of every installed app's migrations, file by file."""
    value = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        folder = Path(app.path) / "migrations"
        for file in sorted(folder.glob("[0-9]*.py")):
            value.update(f"{app.label}/{file.name}".encode() + file.read_bytes())
    return value.hexdigest()


def static_digest() -> str:
    """The hash of every static file's path, size and time: what collectstatic would look at."""
    value = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = Path(storage.path(name)).stat()
            value.update(f"{name}|{status.st_size}|{status.st_mtime_ns}".encode())
    return value.hexdigest()


def is_there() -> bool:
    """Whether the database holds tables at all; a mark alone does not say so."""
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return False
    return "django_migrations" in connection.introspection.table_names()
