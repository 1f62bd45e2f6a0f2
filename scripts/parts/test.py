"""`scripts/test`: every check and every test, on SQLite and then on PostgreSQL with Redis."""

import argparse
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from scripts.parts import servers
from scripts.parts.prepare import BUILD, prepare
from scripts.parts.steps import Steps, clean_environment, workers

REQUIRABLE = ("postgresql", "redis")
BROWSER = "tests/browser"
# A worker that is done takes over from one that is not: the tests that wait for processes come last.
SPREAD = ("-n", workers(), "--dist", "worksteal", f"--ignore={BROWSER}")


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="scripts/test", description=__doc__, allow_abbrev=False)
    parser.add_argument("--require", default="", help="comma list of postgresql, redis: their absence is a failure")
    parser.add_argument("--all", action="store_true", help="also the heavy tests (every URL × role, long kill tests)")
    parser.add_argument(
        "--coverage", action="store_true", help="measure coverage and judge its floors (doubles the time)"
    )
    options, rest = parser.parse_known_args(arguments)
    required = {name for name in options.require.split(",") if name}
    if required - set(REQUIRABLE):
        parser.error(f"--require {options.require}: only {', '.join(REQUIRABLE)} can be required")
    if os.environ.get("CI") == "true":
        required = set(REQUIRABLE)
    options.required = required
    return options, rest


def main(arguments: list[str]) -> int:
    options, chosen = parse(arguments)
    prepare()
    with tempfile.TemporaryDirectory(prefix="portal-test-") as data:
        steps = Steps(clean_environment(data))
        steps.lint(
            ("test database", ("-m", "tests.databases"), {}),
            ("static files", ("manage.py", "collectstatic", "--noinput", "-v", "0"), {}),
        )
        selection = [] if options.all else ["-m", "not heavy"]
        without, within = parted(chosen)
        if without is not None:
            on_sqlite(steps, selection, without, is_measured=(options.coverage or options.all) and not chosen)
        if within is not None:
            journeys(steps, selection, within)
        if without is not None:
            more = [] if options.all else ["--database-only"]
            on_postgresql(steps, [*selection, *more], without, options.required)
        return steps.finish()


def parted(chosen: list[str]) -> tuple[list[str] | None, list[str] | None]:
    """The arguments of the suite and those of the browser journeys; none for a part that was not asked for.

    A path that is named beats pytest's `--ignore`, so each part gets its own paths only.
    """
    paths = [argument for argument in chosen if argument.startswith("tests/")]
    others = [argument for argument in chosen if argument not in paths]
    browser = [path for path in paths if path.startswith(BROWSER)]
    rest = [path for path in paths if path not in browser]
    return (
        None if browser and not rest else [*rest, *others],
        None if rest and not browser else [*(browser or [BROWSER]), *others],
    )


def on_sqlite(steps: Steps, selection: list[str], chosen: list[str], *, is_measured: bool) -> None:
    """The suite; with `is_measured` also its coverage, and whether the floors are reached."""
    measured = BUILD / "coverage.json"
    measured.unlink(missing_ok=True)
    coverage = ("--cov", "--cov-report=", f"--cov-report=json:{measured}") if is_measured else ()
    steps.pytest("tests on SQLite", *SPREAD, *coverage, *selection, *chosen)
    if coverage:
        steps.command("coverage floors", "-m", "scripts.parts.coverage_floors", str(measured))


def journeys(steps: Steps, selection: list[str], chosen: list[str]) -> None:
    """The browser journeys: the tests of a file share a portal, so they stay on one worker."""
    chromium = servers.find_chromium()
    if not chromium:
        reason = "Chromium is not installed: apt-get install -y chromium"
        steps.absent("browser journeys", reason, is_required=os.environ.get("CI") == "true")
        return
    together = ("-n", workers(), "--dist", "loadgroup")
    steps.pytest("browser journeys", *together, *selection, *chosen, PORTAL_CHROMIUM=chromium)


def on_postgresql(steps: Steps, selection: list[str], chosen: list[str], required: set[str]) -> None:
    """Everything that asks the database once more, on servers of our own."""
    name = "tests on PostgreSQL and Redis"
    programs: Path | None = servers.find_postgresql()
    redis = servers.find_redis()
    absent = {"postgresql": programs is None, "redis": redis is None}
    missing = [server for server, is_absent in absent.items() if is_absent]
    if programs is None or redis is None:
        reason = f"not installed: {', '.join(missing)} (apt-get install -y postgresql redis-server)"
        steps.absent(name, reason, is_required=bool(required & set(missing)))
        return
    with ExitStack() as stack:
        urls = {
            "DATABASE_URL": stack.enter_context(servers.postgresql(programs)),
            "REDIS_URL": stack.enter_context(servers.redis(redis)),
        }
        steps.command("system checks on PostgreSQL", "manage.py", "check", "--database", "default", **urls)
        steps.pytest(name, *SPREAD, *selection, *chosen, **urls)
