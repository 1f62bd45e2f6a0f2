"""Keeping the combination of every association ready for a few days, and true.

The database marks every association whose facts are written, whatever door the write comes by (`0002_database`).
Readers count what is marked anew; here it is taken up, each minute. First the marks are taken away, then the facts are
read: what is committed in between leaves its mark behind, and a write that is still open marks later, so that nothing
is lost. A reader never waits, and sees the old standing with its marks or the new one without.
"""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import DateField, QuerySet, Value
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.coverage.combination import combined, kept_days, parameters
from partybuilding.coverage.models import CoverageDay, CoverageMark, CoverageStanding
from partybuilding.coverage.rules import CoverageRules
from partybuilding.coverage.selectors import coverage_rules_on
from portal.jobs.runner import JobContext
from portal.jobs.services import request
from portal.regulations.rules import ConfigurationError

TASK = "partybuilding.keep_coverage"
# More marks than that are not taken up one by one.
MANY = 2000


def request_keeping(now: datetime) -> int:
    """The tick: few marks are taken up at once, everything (a new day, other parameters, a large import) by a job.

    Returns how many associations were counted anew here.
    """
    today = timezone.localdate(now)
    try:
        is_ready = _is_ready(today)
    except ConfigurationError:
        # The pages say which parameter is missing; there is nothing to keep.
        return 0
    if is_ready:
        return keep_marked()
    newest = CoverageMark.objects.order_by("-pk").values_list("pk", flat=True).first()
    words = "-".join(str(word) for rules in wanted_on(today).values() for word in parameters(rules).values())
    request(
        TASK,
        kind="coverage",
        subject=None,
        label=f"两个覆盖汇总 {today}",
        parameters={},
        actor=None,
        now=now,
        unique_key=f"keep-coverage-{today}-{newest or 0}-{words}"[:160],
    )
    return 0


def keep_all(context: JobContext) -> dict[str, Any]:
    """The job: every association on every day that is kept, together with its own end; once is enough."""
    today = timezone.localdate(context.now())
    with transaction.atomic():
        result = {"associations": keep_marked() if _is_ready(today) else keep_whole(today)}
        context.complete(result)
    return result


def keep_whole(today: date) -> int:
    """Count every association for the days that pages of `today` ask about. Returns how many."""
    number = 0
    with transaction.atomic():
        _alone()
        CoverageMark.objects.all().delete()
        CoverageStanding.objects.all().delete()
        CoverageDay.objects.all().delete()
        for day, rules in wanted_on(today).items():
            CoverageDay.objects.create(day=day, **parameters(rules))
            number = _stand(_register(), day, rules)
    return number


def keep_marked() -> int:
    """Count those associations anew that were written to, on the days that are kept. Returns how many."""
    if not CoverageMark.objects.exists():
        return 0
    with transaction.atomic():
        _alone()
        marked = _take_marks()
        # Another keeper may have been here first.
        for day, given in _kept().items() if marked else ():
            CoverageStanding.objects.filter(day=day, association__in=marked).delete()
            _stand(_register().filter(pk__in=marked), day, CoverageRules(count_functional=False, **given))
    return len(marked)


def wanted_on(today: date) -> dict[date, CoverageRules]:
    """The days that are kept for the pages of a day, with their parameters; raises ConfigurationError."""
    days = kept_days(today)
    return dict(zip(days, coverage_rules_on(days), strict=True))


def _kept() -> dict[date, dict[str, Any]]:
    """The days that are kept, with the parameters that decide a combination."""
    names = [field.name for field in CoverageDay._meta.fields if not field.primary_key]
    return {one.day: {name: getattr(one, name) for name in names} for one in CoverageDay.objects.all()}


def _is_ready(today: date) -> bool:
    """Whether the right days are kept, and what was written since is little enough to be counted by itself."""
    if _kept() != {day: parameters(rules) for day, rules in wanted_on(today).items()}:
        return False
    return not CoverageMark.objects.filter(association=None).exists() and CoverageMark.objects.count() <= MANY


def _alone() -> None:
    """One keeper at a time; readers and writers of facts go on. SQLite lets in one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {CoverageDay._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _take_marks() -> set[int]:
    """Take away the marks that are seen now, and no other, by one statement. Returns whom they are about.

    A mark about all stays: it waits for everything to be counted.
    """
    with connection.cursor() as cursor:
        table = CoverageMark._meta.db_table
        cursor.execute(f"DELETE FROM {table} WHERE association_id IS NOT NULL RETURNING association_id")  # noqa: S608
        return {association for (association,) in cursor.fetchall()}


def _register() -> QuerySet[Association]:
    rows: QuerySet[Association] = Association.objects.unscoped("figures are kept for the whole register")
    return rows


def _stand(rows: QuerySet[Association], day: date, rules: CoverageRules) -> int:
    lines = combined(rows, day, rules).annotate(kept_on=Value(day, DateField()))
    sql, given = lines.values_list("kept_on", "pk", "combination").query.sql_with_params()
    with connection.cursor() as cursor:
        # The statement is one of the ORM; every value is a parameter.
        cursor.execute(
            f"INSERT INTO {CoverageStanding._meta.db_table} (day, association_id, combination) {sql}",
            given,
        )
        return int(cursor.rowcount)
