import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| ([@/A-Za-z0-9._-]+) \| (.+) \|$", re.MULTILINE)


def rows(heading: str) -> dict[str, str]:
    """Package and licence of one table of docs/licences.md."""
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {name: licence for name, licence in ROW.findall(section) if name != "package"}


def test_licences_name_every_locked_package() -> None:
    locked = re.findall(
        r"^([a-z0-9._-]+)(?:\[[^]]*])?==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
    listed = rows("Python packages at run time") | rows("Python packages for development and tests only")
    assert sorted(listed) == sorted(locked)


def test_licences_name_every_front_end_package() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    locked = [name.removeprefix("node_modules/") for name in lock["packages"] if name]
    assert sorted(rows("Front-end packages")) == sorted(locked)


def test_licences_at_run_time_hold_no_gpl() -> None:
    copyleft = {
        name: licence
        for name, licence in rows("Python packages at run time").items()
        if re.search(r"\bA?GPL", licence) and "used under LGPL" not in licence
    }
    assert copyleft == {}
