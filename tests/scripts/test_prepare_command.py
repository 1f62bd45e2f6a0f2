"""`manage.py prepare`: what it makes ready, and what it leaves alone the second time."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from associations.registry.models import Association
from portal.access.scoping import everything
from portal.home.management.commands import prepare
from portal.privacy.keys import make_ring
from portal.regions.models import Region


@pytest.fixture
def production(settings: Any, tmp_path: Path) -> Path:
    """Production never sets a database aside and never loads a demonstration."""
    settings.PORTAL_MODE = "production"
    settings.PORTAL_KEY_RING = tmp_path / "keys" / "ring.json"
    make_ring(settings.PORTAL_KEY_RING)
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "one.css").write_text("a {}")
    return tmp_path


@pytest.mark.django_db
def test_prepare_makes_ready_and_then_has_nothing_to_do(production: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("prepare")
    assert Region.objects.filter(code="430000").exists()
    assert (production / "static" / "one.css").exists()
    assert capsys.readouterr().err.splitlines() == ["· database", "· static files"]
    call_command("prepare")
    assert capsys.readouterr().err == ""
    (production / "sources" / "one.css").write_text("a { color: red }")
    call_command("prepare")
    assert capsys.readouterr().err.splitlines() == ["· static files"]


def test_marks_differ_by_database(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = prepare.mark_path()
    monkeypatch.setitem(prepare.connection.settings_dict, "NAME", "another")
    assert prepare.mark_path() != first
    assert prepare.mark_path().parent == first.parent


def test_data_folder_that_cannot_be_written_is_told(production: Path, settings: Any) -> None:
    (production / "file").write_text("")
    settings.PORTAL_DATA = production / "file"
    with pytest.raises(CommandError, match=r"无法写入.*请检查磁盘空间和目录权限"):
        call_command("prepare")


@pytest.mark.django_db
def test_database_that_fails_is_told(production: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(prepare, "is_there", fail)
    (production / "prepared").mkdir()
    prepare.mark_path().write_text(json.dumps({"migrations": prepare.migrations_digest()}))
    with pytest.raises(CommandError, match=r"数据库没有准备好：could not connect to server。"):
        call_command("prepare")


@pytest.mark.one_database  # the database's name leads to a file, where a long job's heartbeat on PostgreSQL would look
@pytest.mark.django_db
def test_demonstration_is_loaded_into_an_empty_database_with_its_accounts(
    production: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PORTAL_MODE = "demonstration"
    # The test's own database stands where nothing is set aside.
    monkeypatch.setitem(prepare.connection.settings_dict, "NAME", str(production / "none.sqlite3"))
    call_command("prepare", "--today", "2026-11-22")
    with everything("test"):
        assert Association.objects.count() == 306
    assert len((production / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()) == 13


@pytest.mark.django_db
def test_outdated_demonstration_is_set_aside(
    production: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = production / "portal.sqlite3"
    old.write_text("old")
    monkeypatch.setitem(prepare.connection.settings_dict, "NAME", str(old))
    monkeypatch.setattr(prepare.connection, "vendor", "sqlite")
    monkeypatch.setattr(prepare.connection, "close", lambda: None)
    prepare.Command().set_aside(is_known=True)
    kept = list(production.glob("portal-*.sqlite3"))
    assert [path.read_text() for path in kept] == ["old"]
    assert not old.exists()
    assert f"it is kept as {kept[0].name}" in capsys.readouterr().err


def test_production_without_its_key_ring_is_told(production: Path, settings: Any) -> None:
    settings.PORTAL_KEY_RING.unlink()
    with pytest.raises(CommandError, match=r"密钥环文件 .* 不存在。请恢复该文件"):
        call_command("prepare")
