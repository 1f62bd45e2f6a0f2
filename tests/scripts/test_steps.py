"""The tally of scripts/test, and the coverage floors."""

import os
import sys
from pathlib import Path

import pytest

from scripts.parts import coverage_floors, steps
from scripts.parts.steps import Steps, count_results
from scripts.parts.test import parse, parted

JUNIT = (
    """<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10"></testsuite></testsuites>"""
)


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> Steps:
    monkeypatch.setattr(steps, "PYTHON", Path(sys.executable))
    return Steps(dict(os.environ))


def test_count_results_of_a_report(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(JUNIT)
    assert count_results(report) == (4, 3, 3)


def test_count_results_without_a_report_is_a_failure(tmp_path: Path) -> None:
    assert count_results(tmp_path / "none.xml") == (0, 1, 0)


def test_the_last_line_sums_everything(tally: Steps, capsys: pytest.CaptureFixture[str]) -> None:
    assert tally.command("good", "-c", "pass") is True
    assert tally.command("bad", "-c", "raise SystemExit(1)") is False
    tally.absent("servers", "not installed", is_required=False)
    assert tally.finish() == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed, 1 skipped"


def test_commands_that_run_together_are_counted_and_shown_one_by_one(
    tally: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    loud = ("loud", ("-c", "print('a line'); raise SystemExit(2)"), {})
    quiet = ("quiet", ("-c", "import os; assert os.environ['WORD'] == 'said'"), {"WORD": "said"})
    assert tally.together(loud, quiet) is False
    assert (tally.passed, tally.failed, tally.broken) == (1, 1, ["loud"])
    shown = capsys.readouterr().out.split("\n== ")
    assert sorted(part.split("  ")[0] for part in shown[1:]) == ["loud\na line\nFAILED", "quiet\nok"]


def test_a_required_server_that_is_absent_fails(tally: Steps) -> None:
    tally.absent("servers", "not installed", is_required=True)
    assert (tally.finish(), tally.failed, tally.broken) == (1, 1, ["servers"])


def test_pytest_results_are_counted_one_by_one(tally: Steps, tmp_path: Path) -> None:
    (tmp_path / "test_two.py").write_text("def test_a():\n    pass\n\n\ndef test_b():\n    raise ValueError\n")
    quiet = ("-p", "no:django", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path))
    assert tally.pytest("two", *quiet, str(tmp_path)) is False
    assert (tally.passed, tally.failed) == (1, 1)
    assert tally.pytest("none", *quiet, str(tmp_path), "-k", "nothing") is True
    assert tally.pytest("broken", *quiet, str(tmp_path / "absent.py")) is False
    assert (tally.passed, tally.failed, tally.finish()) == (1, 2, 1)


def test_ci_requires_both_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert parse([])[0].required == set()
    assert parse(["--require", "redis", "-k", "jobs"])[0].required == {"redis"}
    assert parse(["--require", "redis", "-k", "jobs"])[1] == ["-k", "jobs"]
    monkeypatch.setenv("CI", "true")
    assert parse([])[0].required == {"postgresql", "redis"}


def test_require_of_something_else_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--require", "oracle"])
    assert "oracle" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("chosen", "suite", "journeys"),
    [
        ([], [], ["tests/browser"]),
        (["-k", "jobs"], ["-k", "jobs"], ["tests/browser", "-k", "jobs"]),
        (["tests/browser", "-x"], None, ["tests/browser", "-x"]),
        (["tests/browser/test_filing.py"], None, ["tests/browser/test_filing.py"]),
        (["tests/jobs"], ["tests/jobs"], None),
        (["tests/jobs", "tests/browser", "-x"], ["tests/jobs", "-x"], ["tests/browser", "-x"]),
    ],
)
def test_a_path_runs_in_its_own_part_only(
    chosen: list[str], suite: list[str] | None, journeys: list[str] | None
) -> None:
    assert parted(chosen) == (suite, journeys)


def file(percent: float) -> dict[str, object]:
    return {"summary": {"percent_covered": percent}, "missing_lines": [3, 4]}


def test_coverage_floors_name_each_shortfall() -> None:
    report = {
        "totals": {"percent_covered": 84.9},
        "files": {"a/rules.py": file(94.9), "a/transitions.py": file(95.0), "a/views.py": file(69.9), "b.py": file(70)},
    }
    assert coverage_floors.shortfalls(report) == [
        "all code: 84.9 %, floor 85 %",
        "a/rules.py: 94.9 %, floor 95 % (lines 3, 4)",
        "a/views.py: 69.9 %, floor 70 % (lines 3, 4)",
    ]


def test_coverage_floors_without_a_report_fail(tmp_path: Path) -> None:
    assert coverage_floors.main(str(tmp_path / "none.json")) == 1
    report = tmp_path / "coverage.json"
    report.write_text('{"totals": {"percent_covered": 100.0}, "files": {}}')
    assert coverage_floors.main(str(report)) == 0
