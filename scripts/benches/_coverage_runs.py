"""The measurements of `scripts/bench coverage`, each over the data that stand in the database."""

import json
import os
import resource
import statistics
import sys
import time
from datetime import date, timedelta
from typing import Any

# The cross-tab by hand: every fact is made ready once for all associations, then joined by its key. The parameters are
# those of the demonstration; `%(day)s` is the day. Five counts a cell, as the rule book defines them.
FLOOR = """
WITH covered AS (
    SELECT c.association_id, min(CASE
        WHEN o.kind = 'temporary_branch' OR o.establishment_mode = 'temporary' THEN NULL
        WHEN o.kind = 'functional_branch' OR o.establishment_mode = 'functional' THEN 2
        WHEN o.kind <> 'joint_branch' AND o.establishment_mode = 'individual' THEN 0 ELSE 1 END) AS rank
    FROM partybuilding_coveredassociation c JOIN partybuilding_partyorganization o ON o.id = c.organization_id
    WHERE (c.starts_on IS NULL OR c.starts_on <= %(day)s) AND (c.ends_on IS NULL OR c.ends_on >= %(day)s)
      AND (o.established_on IS NULL OR o.established_on <= %(day)s)
      AND (o.dissolved_on IS NULL OR o.dissolved_on > %(day)s)
    GROUP BY c.association_id
), guided AS (
    SELECT DISTINCT a.association_id FROM partybuilding_instructorassignment a
    JOIN partybuilding_instructor i ON i.id = a.instructor_id AND i.kind IN ('instructor', 'liaison')
    WHERE (a.starts_on IS NULL OR a.starts_on <= %(day)s) AND (a.ends_on IS NULL OR a.ends_on >= %(day)s)
), grouped AS (
    SELECT DISTINCT association_id FROM partybuilding_grouporganization
    WHERE (starts_on IS NULL OR starts_on <= %(day)s) AND (ends_on IS NULL OR ends_on >= %(day)s)
), reported AS (
    SELECT DISTINCT ON (association_id) association_id, greatest(relation_count, working_count) AS number
    FROM partybuilding_count WHERE counted_on <= %(day)s ORDER BY association_id, counted_on DESC, id DESC
), graded AS (
    SELECT DISTINCT ON (association_id) association_id, level FROM associations_grade
    WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
    ORDER BY association_id, announced_on DESC, id DESC
), answering AS (
    SELECT association_id, department_id FROM associations_assignment WHERE role = 'party_committee'
      AND (starts_on IS NULL OR starts_on <= %(day)s) AND (ends_on IS NULL OR ends_on >= %(day)s)
)
SELECT a.region_id, w.department_id, a.kind, g.level, count(*),
       count(*) FILTER (WHERE c.rank = 0), count(*) FILTER (WHERE c.rank <= 1),
       count(*) FILTER (WHERE c.rank <= 1 OR i.association_id IS NOT NULL OR u.association_id IS NOT NULL),
       count(*) FILTER (WHERE r.number >= 3 AND c.rank IS DISTINCT FROM 0)
FROM associations_association a
LEFT JOIN covered c ON c.association_id = a.id LEFT JOIN guided i ON i.association_id = a.id
LEFT JOIN grouped u ON u.association_id = a.id LEFT JOIN reported r ON r.association_id = a.id
LEFT JOIN graded g ON g.association_id = a.id LEFT JOIN answering w ON w.association_id = a.id
WHERE (a.established_on IS NULL OR a.established_on <= %(day)s)
  AND (a.status = 'active' OR (a.status_on IS NOT NULL AND a.status_on > %(day)s))
GROUP BY 1, 2, 3, 4
""".replace("partybuilding_count", "associations_partymembercount")


def timed(run: Any, rounds: int) -> tuple[float, Any]:
    """The median of some runs after one that warms up, and what the last one gave."""
    found, times = run(), []
    for _ in range(rounds):
        began = time.perf_counter()
        found = run()
        times.append(time.perf_counter() - began)
    return statistics.median(times), found


def days() -> dict[str, date]:
    """Today, and four days of the past: a month, half a year, two years, five years ago."""
    from django.utils import timezone

    today = timezone.localdate()
    ago = {"a month ago": 30, "half a year ago": 182, "two years ago": 730, "five years ago": 1826}
    return {"today": today} | {name: today - timedelta(days=number) for name, number in ago.items()}


def actor() -> Any:
    from portal.access.roles import Role
    from portal.memberships.models import Membership
    from portal.memberships.selectors import RELATED, actor_of

    rows = Membership.objects.unscoped("the bench acts for the department").filter(role=Role.DEPARTMENT_STAFF)
    return actor_of(rows.select_related("user", *RELATED).order_by("pk")[0])


def ours(rounds: int) -> dict[str, Any]:
    """The selector behind the page, the report and the list: four dimensions at once, every figure by the rule book.

    Nothing is kept ready: today is counted as any other day.
    """
    from partybuilding.coverage.models import CoverageDay

    CoverageDay.objects.all().delete()
    return _cross_tabs(days(), rounds)


def kept(rounds: int) -> dict[str, Any]:
    """Today out of what is kept ready, and how long it takes to make that for all associations."""
    from partybuilding.coverage.keeping import keep_whole

    today = days()["today"]
    began = time.perf_counter()
    keep_whole(today)
    making = round(time.perf_counter() - began, 3)
    return _cross_tabs({"today": today}, rounds) | {"making": making}


def _cross_tabs(asked: dict[str, date], rounds: int) -> dict[str, Any]:
    from partybuilding.coverage.selectors import Dimension, coverage_summaries

    who = actor()
    by = (Dimension.REGION, Dimension.COMMITTEE, Dimension.KIND, Dimension.GRADE)
    seconds, totals = {}, {}
    for name, day in asked.items():
        seconds[name], found = timed(lambda day=day: coverage_summaries(who, as_of=day, dimensions=by), rounds)
        counts = found[Dimension.REGION].total.counts
        totals[name] = [counts.in_scope, counts.own, counts.covered, counts.work_covered]
    return {
        "seconds": seconds["today"],
        "by_day": {name: round(one, 3) for name, one in seconds.items()},
        "totals": totals,
    }


def floor(rounds: int) -> dict[str, Any]:
    from django.db import connection

    def run(day: date) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR, {"day": day})
            return list(cursor.fetchall())

    seconds, totals, cells = {}, {}, {}
    for name, day in days().items():
        seconds[name], rows = timed(lambda day=day: run(day), rounds)
        totals[name], cells[name] = [sum(row[at] for row in rows) for at in (4, 5, 6, 7)], len(rows)
    return {
        "seconds": seconds["today"],
        "by_day": {name: round(one, 3) for name, one in seconds.items()},
        "totals": totals,
        "cells": cells["today"],
    }


def peer(rounds: int) -> dict[str, Any]:
    """As a Django user writes it: join what is counted, count distinct keys; members are counted along."""
    from django.db.models import Count, Q

    from associations.registry.enums import AssignmentRole, AssociationStatus
    from associations.registry.models import Association

    day = days()["today"]

    def within(prefix: str) -> Q:
        since, until = f"{prefix}starts_on", f"{prefix}ends_on"
        return (Q(**{since: None}) | Q(**{f"{since}__lte": day})) & (Q(**{until: None}) | Q(**{f"{until}__gte": day}))

    committee = Q(assignments__role=AssignmentRole.PARTY_COMMITTEE) & within("assignments__")
    alive = Q(covered_by__organization__dissolved_on=None) | Q(covered_by__organization__dissolved_on__gt=day)

    def run() -> list[Any]:
        rows = Association.objects.unscoped("the peer counts by itself").filter(
            committee, status=AssociationStatus.ACTIVE
        )
        return list(
            rows.order_by()
            .values("region", "assignments__department", "kind", "grades__level")
            .annotate(
                all=Count("pk", distinct=True),
                covered=Count("pk", filter=within("covered_by__") & alive & Q(covered_by__isnull=False), distinct=True),
                guided=Count(
                    "pk",
                    filter=within("instructor_assignments__") & Q(instructor_assignments__isnull=False),
                    distinct=True,
                ),
                members=Count("covered_by__organization__members", distinct=True),
            )
        )

    seconds, found = timed(run, rounds)
    return {"seconds": seconds, "cells": len(found)}


def settle() -> None:
    """What PostgreSQL does by itself in the minutes after so much was written, done before instead of beside."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def pages(rounds: int) -> dict[str, Any]:
    """The pages that ask for it, in process."""
    import portal.wsgi  # noqa: F401  the process as the web server sets it up
    from portal.access.roles import Role
    from scripts.benches.pages import _client, _measure_page

    settle()
    client, committee = _client(Role.DEPARTMENT_ADMIN), _client(Role.PARTY_COMMITTEE)
    past = days()["half a year ago"].isoformat()
    found = {
        name: _measure_page(client, path, rounds)
        for name, path in (
            ("home", "/"),
            ("coverage", "/coverage/"),
            ("coverage of a city", "/coverage/?city=430100"),
            ("coverage, half a year ago", f"/coverage/?as_of={past}"),
            ("should establish", "/coverage/should-establish/"),
            ("associations not covered", "/associations/?coverage=uncovered"),
        )
    }
    found["home (committee)"] = _measure_page(committee, "/", rounds)
    found["coverage (committee)"] = _measure_page(committee, "/coverage/", rounds)
    return {"seconds": found["coverage"]["p95_ms"] / 1000, "pages": found}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from portal.access.scoping import everything

    run = {"ours": ours, "kept": kept, "floor": floor, "peer": peer, "pages": pages}[sys.argv[1]]
    if run is pages:
        found = run(int(sys.argv[2]))
    else:
        with everything("the bench measures"):
            found = run(int(sys.argv[2]))
    found["own_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
