"""`manage.py prepare`: what it makes ready, and what it leaves alone the second time."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from portal.home.management.commands import prepare
from portal.regions.models import Region


@pytest.fixture
def production(settings: Any, tmp_path: Path) -> Path:
    """Production never sets a database aside and never loads a demonstration."""
    settings.PORTAL_MODE = "production"
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
