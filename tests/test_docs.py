"""What the documents promise is there: the mission's rows and their tests, links, pictures, numbered decisions."""

import ast
import csv
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATES = {"works", "partial", "missing", "note"}


def mission() -> list[dict[str, str]]:
    with (ROOT / "docs" / "mission.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = mission()
SHOWN = [row for row in ROWS if row["state"] in {"works", "partial"}]


def test_mission_has_one_row_a_mechanism() -> None:
    assert [row for row in Counter(row["id"] for row in ROWS).values() if row > 1] == []
    assert len(ROWS) == 307
    assert {row["state"] for row in ROWS} == STATES


def test_mission_says_where_and_shows_it_for_what_works_and_only_for_that() -> None:
    assert [row["id"] for row in SHOWN if not row["where"] or not row["test"]] == []
    assert [row["id"] for row in ROWS if row["state"] == "missing" and (row["where"] or row["test"])] == []


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: row["id"])
def test_mission_names_a_test_that_exists_and_folders_that_exist(row: dict[str, str]) -> None:
    path, _, name = row["test"].partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name.partition("[")[0] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    named = re.findall(r"(?:portal|associations|partybuilding|supervision|campaigns)(?:/[\w.]+)+", row["where"])
    assert [one for one in named if not (ROOT / one).exists()] == []


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda path: path.name
)
def test_links_of_a_document_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    here = [link for link in links if "://" not in link]
    assert [link for link in here if not (path.parent / link).exists()] == []


def test_decisions_have_numbers_of_their_own() -> None:
    names = [path.name for path in (ROOT / "docs" / "decisions").iterdir()]
    assert [name for name in names if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name)] == []
    assert [number for number, times in Counter(name[:4] for name in names).items() if times > 1] == []


def test_first_words_of_the_readme_are_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.index("scripts/start") < text.index("scripts/test") < text.index("scripts/manage")
    for script in sorted(set(re.findall(r"\bscripts/(\w+)", text))):
        assert (ROOT / "scripts" / script).exists(), script
