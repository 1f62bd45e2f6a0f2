"""What the house rules forbid in the code itself; each rule is one look at the sources."""

import ast
import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.test_layers import ROOT, sources

UPPER_FLOORS = {"views", "forms", "filters", "reports"}
LONGEST = 560
# The same for everybody, so not guarded; `self.objects` are the rows a person chose in a list, already scoped.
REFERENCE_DATA = {"CriterionSet", "Region", "self"}
# Where all rows are looked at, and how often; every use gives its reason in the code.
UNSCOPED = ROOT / "tests" / "unscoped_uses.csv"


def tracked(*patterns: str) -> list[Path]:
    """The project's own files as git knows them; without git, as they lie there."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split("\n") if listed.returncode == 0 and listed.stdout else []
    if names:
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    return [path for pattern in patterns for path in ROOT.glob(f"**/{pattern}") if ".venv" not in path.parts]


def attributes(path: Path) -> list[ast.Attribute]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_upper_floors_use_no_manager_of_business_data() -> None:
    manager = re.compile(r"(\w+)\.(?:objects|_default_manager)\b(?!\.none\(\))")
    assert [
        where(path, number)
        for path in sources()
        if path.stem in UPPER_FLOORS
        for number, line in enumerate(path.read_text().split("\n"), 1)
        for found in manager.finditer(line)
        if found.group(1) not in REFERENCE_DATA
    ] == []


def test_no_code_names_the_base_manager() -> None:
    assert [
        where(path, node.lineno) for path in sources() for node in attributes(path) if node.attr == "_base_manager"
    ] == []


def test_no_rag_bags_and_no_hidden_work() -> None:
    names = {"utils.py", "signals.py", "helpers.py", "common.py", "misc.py", "base.py"}
    assert [str(path.relative_to(ROOT)) for path in sources() if path.name in names] == []


def test_no_file_is_longer_than_a_subject() -> None:
    files = [*sources(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
    counted = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in files}
    assert {name: lines for name, lines in counted.items() if lines > LONGEST} == {}


def test_nothing_is_left_for_later() -> None:
    words = re.compile(
        "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "mark.ski" + "p", "pytest.ski" + "p", "xfai" + "l"])
    )
    files = [*sources(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    assert [
        where(path, number)
        for path in files
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if words.search(line)
    ] == []


def test_committed_files_name_no_place_of_their_making() -> None:
    places = re.compile(r"/wo" r"rk/|/tmp/ro" r"of|registry\.npmjs|pypi\.org/simple|files\.pythonhosted")
    suffixes = {".py", ".html", ".md", ".toml", ".lock", ".json", ".csv", ".css", ".js", ".yml", ".sh", ".txt", ""}
    assert [
        where(path, number)
        for path in tracked("*")
        if path.suffix in suffixes and path.stat().st_size < 2_000_000
        for number, line in enumerate(path.read_text(errors="ignore").split("\n"), 1)
        if places.search(line)
    ] == []


def unscoped_uses() -> Counter[tuple[str, str]]:
    """(file, which door): `.unscoped(…)` and `everything(…)` with a literal reason."""
    uses: Counter[tuple[str, str]] = Counter()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in {"unscoped", "everything"} and node.args:
                uses[(str(path.relative_to(ROOT)), name)] += 1
    return uses


def test_every_look_at_all_rows_is_listed() -> None:
    kept = Counter(
        {
            (file, door): int(number)
            for file, door, number in (line.split(",") for line in UNSCOPED.read_text().strip().split("\n")[1:])
        }
    )
    found = unscoped_uses()
    assert found - kept == Counter(), "a new look at all rows: check that it must be, then list it in unscoped_uses.csv"
    assert kept - found == Counter(), "listed, but gone"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_door_to_all_rows_stands_in_a_view(path: Path) -> None:
    if path.stem in UPPER_FLOORS:
        assert not re.search(r"\.unscoped\(|\beverything\(", path.read_text())


def test_nothing_refers_to_memberships_by_foreign_key() -> None:
    from django.apps import apps

    from portal.memberships.models import Membership

    assert [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is Membership
    ] == []


def test_streaming_never_evaluates_a_queryset() -> None:
    assert [
        where(path, node.lineno)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name) and node.id == "StreamingHttpResponse"
    ] == []


def test_no_production_code_touches_the_triggers_of_history() -> None:
    assert [
        str(path.relative_to(ROOT))
        for path in sources()
        if re.search(r"DROP TRIGGER|DISABLE TRIGGER", path.read_text())
    ] == []


def test_json_files_are_json() -> None:
    """A formatter for Python once reached them; npm then reads nothing."""
    names = {path.name for path in tracked("*.json") if json.loads(path.read_text(encoding="utf-8"))}
    assert {"package.json", "package-lock.json", "assets.json"} <= names
