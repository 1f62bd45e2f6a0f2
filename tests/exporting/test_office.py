"""What an office program makes of our files: nothing from data is calculated."""

import csv
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.exporting.services import export_rows
from tests import workbooks
from tests.exporting.test_services import PAYLOADS

pytestmark = pytest.mark.heavy


def as_shown(path: Path) -> list[str]:
    """The first column as LibreOffice shows it: formulas that it found would be their results."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("LibreOffice is not installed: apt-get install -y --no-install-recommends libreoffice-calc-nogui")
    profile = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    command = [program, profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", path.name]
    subprocess.run(command, cwd=path.parent, check=True, capture_output=True, timeout=120)
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return [row[0] for row in csv.reader(file)]


def test_libreoffice_shows_formulas_from_data_as_text(tmp_path: Path) -> None:
    path = tmp_path / "导出.xlsx"
    path.write_bytes(export_rows(["名称"], [[payload] for payload in PAYLOADS], "xlsx", title="名单"))
    shown = [text.strip() for text in as_shown(path)]
    assert shown == ["名称", *(payload.strip() for payload in PAYLOADS)]


def test_libreoffice_does_calculate_a_formula_of_ours(tmp_path: Path) -> None:
    """The control: what LibreOffice would do with a live formula."""
    path = tmp_path / "formula.xlsx"
    path.write_bytes(workbooks.table([], ["=1+1"]))
    assert as_shown(path) == ["2"]
