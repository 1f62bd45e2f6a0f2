"""The direction of dependencies, on the real imports (house.md, ground plan)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOF = ("portal.memberships", "portal.home", "portal.urls", "portal.wsgi")
# From the ground up; a layer may import what stands on it or below.
LAYERS = ["foundation", "associations", "partybuilding", "supervision", "campaigns", "roof"]
# The settings name the loader of actors and the root URLconf; nothing else names an upper layer as text.
NAMED_AS_TEXT = {"portal/settings.py"}
# The engine that the wings' resources declare themselves to; it carries no subject.
ENGINE = {"portal.importing.resources"}
FLOORS = {
    "enums": 0,
    "rules": 0,
    "transitions": 0,
    "models": 1,
    "services": 2,
    "selectors": 2,
    "forms": 3,
    "filters": 3,
    "resources": 3,
    "reports": 3,
    "views": 4,
    "urls": 4,
}


def sources() -> list[Path]:
    return [
        path
        for top in ("portal", "associations", "partybuilding", "supervision", "campaigns")
        for path in sorted((ROOT / top).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def layer_of(module: str) -> str | None:
    if module == "portal" or module.startswith("portal."):
        return "roof" if any(module == one or module.startswith(f"{one}.") for one in ROOF) else "foundation"
    return next((one for one in LAYERS if module == one or module.startswith(f"{one}.")), None)


def imports(path: Path) -> Iterator[str]:
    """Every imported module, also inside functions; `from a import b` counts as a.b when that is a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            for one in node.names:
                inner = ROOT / Path(*node.module.split("."), one.name)
                is_module = inner.is_dir() or inner.with_suffix(".py").exists()
                yield f"{node.module}.{one.name}" if is_module else node.module


def test_no_layer_imports_a_higher_one() -> None:
    wrong = []
    for path in sources():
        here = layer_of(module_of(path))
        for name in imports(path):
            there = layer_of(name)
            if here and there and LAYERS.index(there) > LAYERS.index(here):
                wrong.append(f"{path.relative_to(ROOT)} ({here}) imports {name} ({there})")
    assert wrong == []


def test_foundation_names_no_wing_as_text_either() -> None:
    wrong = []
    for path in sources():
        name = str(path.relative_to(ROOT))
        if layer_of(module_of(path)) != "foundation" or name in NAMED_AS_TEXT:
            continue
        tree = ast.parse(path.read_text())
        documented = {
            (node.body[0].lineno, node.body[0].col_offset)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and (node.lineno, node.col_offset) not in documented
                and any(
                    part in node.value
                    for part in ("associations.", "partybuilding.", "portal.home", "portal.memberships")
                )
            ):
                wrong.append(f"{name}:{node.lineno} {node.value[:60]}")
    assert wrong == []


def subject_files() -> Iterator[tuple[Path, str]]:
    for path in sources():
        if path.stem in FLOORS:
            yield path, path.stem


@pytest.mark.parametrize(("path", "stem"), list(subject_files()), ids=lambda value: str(value).removeprefix(str(ROOT)))
def test_no_floor_of_a_subject_imports_a_higher_one(path: Path, stem: str) -> None:
    higher = [
        name
        for name in imports(path)
        if layer_of(name) and name not in ENGINE and FLOORS.get(name.rsplit(".", 1)[-1], 0) > FLOORS[stem]
    ]
    assert higher == []


@pytest.mark.parametrize(
    "path", [path for path in sources() if path.stem == "rules"], ids=lambda path: str(path.parent.name)
)
def test_rules_know_neither_database_nor_clock(path: Path) -> None:
    forbidden = {"django.db", "django.utils.timezone", "datetime.datetime.now", "time"}
    assert set(imports(path)) & forbidden == set()
    text = path.read_text()
    assert [call for call in ("timezone.now", "date.today", "localdate", ".objects") if call in text] == []
