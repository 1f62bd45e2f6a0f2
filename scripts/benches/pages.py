"""`scripts/bench pages`: the busiest pages as the role that sees most, in process, over a demonstration province.

Goal: at most 15 queries and p95 ≤ 200 ms a page at `province` scale. Times are of the whole request through every
middleware, templates included, without the network; the first rounds warm caches up and are not counted.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from typing import Any

from scripts.parts import servers
from scripts.parts.prepare import PYTHON, ROOT, environment
from scripts.parts.say import Stop

WARM_UP = 3
QUERY_LIMIT = 15
P95_LIMIT_MS = 200


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench pages", description=__doc__)
    parser.add_argument("--scale", default="province", choices=["small", "province"])
    parser.add_argument("--database", default="postgresql", choices=["postgresql", "sqlite"])
    parser.add_argument("--rounds", type=int, default=30, help="measured requests a page (default 30)")
    parser.add_argument("--json", action="store_true", help="print the one JSON line only")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        measure(options)
        return
    with ExitStack() as stack:
        env = environment(PORTAL_DATA=stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
        env |= {"PORTAL_LOG_LEVEL": "ERROR"}
        env.pop("DATABASE_URL", None)
        env.pop("REDIS_URL", None)
        if options.database == "postgresql":
            programs = servers.find_postgresql()
            if programs is None:
                raise Stop("PostgreSQL is not installed: apt-get install -y postgresql, or --database sqlite.")
            env["DATABASE_URL"] = stack.enter_context(servers.postgresql(programs, is_durable=True))
        for command in (
            ["migrate", "-v", "0"],
            ["collectstatic", "--noinput", "-v", "0"],
            ["load_reference"],
            ["load_demo", "--scale", options.scale],
            ["demo_accounts"],
        ):
            subprocess.run(
                [str(PYTHON), "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
            )
        inside = [str(PYTHON), "-m", "scripts.benches.pages", "--inside", *sys.argv[1:]]
        sys.exit(subprocess.run(inside, cwd=ROOT, env=env, check=False).returncode)


def measure(options: argparse.Namespace) -> None:
    """Inside the prepared environment: ask for each page, count queries and time."""
    from django.utils import timezone

    import portal.wsgi  # noqa: F401  the process as the web server sets it up
    from partybuilding.coverage.keeping import keep_whole
    from portal.access.roles import Role

    # As the minute's tick of an installation leaves it.
    keep_whole(timezone.localdate())
    client = _client(Role.DEPARTMENT_ADMIN)
    committee = _client(Role.PARTY_COMMITTEE)
    pages = {name: _measure_page(client, path, options.rounds) for name, path in _paths(client).items()}
    pages["home (committee)"] = _measure_page(committee, "/", options.rounds)
    pages["coverage (committee)"] = _measure_page(committee, "/coverage/", options.rounds)
    pages["tasks (committee)"] = _measure_page(committee, "/tasks/", options.rounds)
    slowest = max(page["p95_ms"] for page in pages.values())
    line = {
        "bench": "pages",
        "scale": options.scale,
        "database": options.database,
        "ours": {"seconds": round(slowest / 1000, 3), "peak_mb": _peak_mb()},
        "peer": None,
        "floor": None,
        "times_peer": None,
        "times_floor": None,
        "detail": {
            "pages": pages,
            "within": all(p["queries"] <= QUERY_LIMIT and p["p95_ms"] <= P95_LIMIT_MS for p in pages.values()),
        },
    }
    if not options.json:
        for name, page in pages.items():
            print(f"{name:<36} {page['queries']:>3} queries  p50 {page['p50_ms']:>6} ms  p95 {page['p95_ms']:>6} ms")
    print(json.dumps(line, ensure_ascii=False))


def _client(role: str) -> Any:
    """A browser in which the demonstration account of a role has signed in."""
    from django.test import Client

    from portal.access.middleware import MEMBERSHIP_KEY
    from portal.memberships.models import Membership

    membership = Membership.objects.select_related("user").filter(role=role).order_by("pk").first()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(membership.user, backend="portal.accounts.backends.AccountBackend")
    session = client.session
    session[MEMBERSHIP_KEY] = membership.pk
    session.save()
    return client


def _paths(client: Any) -> dict[str, str]:
    """The pages by name; lists with the filters people use most, details of a row that has much to show."""
    from associations.registry.models import Assignment, Association, Department
    from partybuilding.organizations.models import PartyOrganization

    association = Association.objects.filter(covered_by__isnull=False, grades__isnull=False).order_by("pk").first()
    committee = Assignment.objects.filter(role="party_committee", ends_on=None).order_by("pk").first().department
    department = Department.objects.filter(kind="government").order_by("pk").first()
    organization = PartyOrganization.objects.order_by("pk").first()
    return {
        "home": "/",
        "associations": "/associations/",
        "associations by city and committee": f"/associations/?city=430100&committee={committee.pk}",
        "associations by two characters": "/associations/?q=茶叶",
        "associations, last page": "/associations/?page=last&per_page=100",
        "association": f"/associations/{association.pk}/",
        "departments": "/departments/",
        "department": f"/departments/{department.pk}/",
        "party organisations": "/party-organizations/",
        "party organisation": f"/party-organizations/{organization.pk}/",
        "coverage": "/coverage/",
        "should establish": "/coverage/should-establish/",
        "instructors": "/instructors/",
        "imports": "/imports/",
        "reports": "/reports/",
        "tasks": "/tasks/",
    }


def _measure_page(client: Any, path: str, rounds: int) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(WARM_UP):
        response = client.get(path)
        if response.status_code != 200:
            raise SystemExit(f"{path} answered {response.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    query_count = len(captured)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return {"p50_ms": round(statistics.median(times), 1), "p95_ms": round(p95, 1), "queries": query_count}


def _peak_mb() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
