"""What coverage counts of an association, as one text: its facts and the groups it stands in.

Two associations with the same combination count alike in every figure of every cross-tab. So a day's figures need no
more than how many there are of each: `keeping` holds the text of every association for a few days, `kept_lines` counts
them and asks about the associations written to since, in one statement, hence from one picture of the data.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, CharField, Exists, F, Func, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce

from associations.registry.models import Association
from partybuilding.coverage.facts import FLAGS, GROUPS, KNOWN, STRENGTH, Line, with_facts
from partybuilding.coverage.models import CoverageDay, CoverageMark, CoverageStanding
from partybuilding.coverage.rules import CoverageRules

NONE, YES, NO, BETWEEN = "-", "1", "0", "|"
YES_OR_NO = frozenset({"fact_in_scope", "fact_instructor", *FLAGS})
NUMBERS = frozenset({"fact_cover", "fact_committee"})


def kept_days(today: date) -> tuple[date, date]:
    """The days that are kept: today, and the last one of the month before, with which pages compare it."""
    return today, today.replace(day=1) - timedelta(days=1)


def combined(rows: QuerySet[Association], day: date, rules: CoverageRules) -> Any:
    """Associations with their `combination` on a day: `1|0|1|0|0|0|1|enough||/430000/430100/|12|social_group|-`."""
    words = (*map(_word, KNOWN), Value(""), *map(_word, GROUPS))
    return with_facts(rows, day, rules).annotate(combination=_Joined(*words))


class _Joined(Func):
    """Words without nulls, one after the other; Django's own `Concat` is too deep for SQLite's parser."""

    template = "%(expressions)s"
    arg_joiner = f" || '{BETWEEN}' || "
    output_field = CharField()


def _word(name: str) -> Any:
    if name in YES_OR_NO:
        return _yes_or_no(name)
    return Coalesce(Cast(F(name), CharField()), Value(NONE))


def _yes_or_no(name: str) -> Any:
    return Case(When(Q(**{name: True}), then=Value(YES)), default=Value(NO), output_field=CharField())


@lru_cache(maxsize=10_000)
def _read(names: tuple[str, ...], words: str) -> tuple[Any, ...]:
    """The parts that some words say; what there is none of is null."""
    return tuple(_value(name, word) for name, word in zip(names, words.split(BETWEEN), strict=True))


def _value(name: str, word: str) -> Any:
    if name in YES_OR_NO:
        return word == YES
    if word == NONE:
        return None
    return int(word) if name in NUMBERS else word


def kept_lines(rows: QuerySet[Association], day: date, rules: CoverageRules, columns: Sequence[str]) -> list[Line]:
    """The combinations in a selection as of now, with how many there are of each.

    Empty when nothing is kept for the day under these rules, or when too much was written since to tell what: then the
    figures are counted as on any other day.
    """
    now, given = _standing_now(day, rules)
    inside, limits = _within(rows)
    found = _asked(
        f"WITH now (association, combination) AS ({now}) "  # noqa: S608
        f"SELECT combination, count(*) FROM now WHERE {inside} GROUP BY combination",
        (*given, *limits),
    )
    places = [GROUPS.index(column) for column in columns]
    lines = []
    for combination, times in found:
        known, _, groups = combination.partition(BETWEEN * 2)
        own = _read(GROUPS, groups)
        lines.append((_read(KNOWN, known), tuple(own[place] for place in places), times))
    return lines


def differing_from(
    before: QuerySet[Any, Any], rows: QuerySet[Association], day: date, rules: CoverageRules
) -> set[int] | None:
    """The associations of a selection that begin otherwise now than in `before`, or stand in one of both only.

    `before` gives the keys of associations and their `beginning`; whoever is not in scope does not stand anywhere. None
    when nothing is kept for the day.
    """
    now, given = _standing_now(day, rules)
    then, earlier = _sql(before, "SELECT CAST(NULL AS bigint), '' WHERE 1 = 0")
    inside, limits = _within(rows)
    kept, sure = _usable(day, rules).values_list("pk").query.sql_with_params()
    found = _asked(
        f"WITH now (association, combination) AS ({now}), former (association, beginning) AS ({then}) "  # noqa: S608
        f"SELECT association FROM (SELECT association, substr(combination, 1, {BEGINNING}) AS beginning FROM now "
        f"WHERE combination LIKE %s AND {inside} UNION ALL SELECT association, beginning FROM former) AS one "
        "GROUP BY association HAVING count(*) <> 2 OR min(beginning) <> max(beginning) "
        f"UNION ALL SELECT NULL WHERE EXISTS ({kept})",
        (*given, *earlier, f"{YES}{BETWEEN}%", *limits, *sure),
    )
    keys = {key for (key,) in found}
    return keys - {None} if None in keys else None


def beginning(cover: str, instructor: str, group: str) -> Any:
    """How the combination of an association in scope begins, out of the columns of a row that keeps its facts."""
    places = [When(**{cover: way}, then=Value(str(place))) for place, way in enumerate(STRENGTH)]
    words = (Value(YES), Case(*places, default=Value(NONE)), _yes_or_no(instructor), _yes_or_no(group))
    return _Joined(*words)


BEGINNING = len("1|0|1|1")


def _within(rows: QuerySet[Association]) -> tuple[str, tuple[Any, ...]]:
    """The condition that an association is one of a selection; nothing to look up for all of the register."""
    if not rows.query.where and not rows.query.is_sliced:
        return "1 = 1", ()
    sql, given = _sql(rows.order_by().values("pk"), "SELECT 0 WHERE 1 = 0")
    return f"association IN ({sql})", given


def _sql(rows: QuerySet[Any, Any], empty: str) -> tuple[str, tuple[Any, ...]]:
    """A statement with its parameters; `empty` stands for rows of which it is clear that there are none."""
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return empty, ()


def _asked(sql: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement put together from statements of the ORM; every value is a parameter."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def _usable(day: date, rules: CoverageRules) -> QuerySet[CoverageDay]:
    """The day, where it is kept under these rules and every write since is known by its association."""
    everything = CoverageMark.objects.filter(association=None)
    return CoverageDay.objects.filter(~Q(Exists(everything)), day=day, **parameters(rules))


@lru_cache(maxsize=4)
def _standing_now(day: date, rules: CoverageRules) -> tuple[str, tuple[Any, ...]]:
    """Association and combination of all as of now, as SQL, put together once a day: what is kept for all without a
    mark, what the facts say for the others; no row at all when that cannot be told."""
    marked, is_kept = CoverageMark.objects.values("association"), Q(Exists(_usable(day, rules)))
    without = ~Exists(marked.filter(association=OuterRef("association")))
    kept = CoverageStanding.objects.filter(is_kept, without, day=day).values_list("association", "combination")
    register: QuerySet[Association] = Association.objects.unscoped("limited to a selection by whoever counts")
    since = combined(register.filter(is_kept, pk__in=marked), day, rules).values_list("pk", "combination")
    parts = [one.query.sql_with_params() for one in (kept, since)]
    return " UNION ALL ".join(sql for sql, _given in parts), tuple(one for _sql, given in parts for one in given)


def parameters(rules: CoverageRules) -> dict[str, Any]:
    """Those parameters that decide a combination; whether functional organisations count is asked when counting."""
    return {
        "exclude_new_months": rules.exclude_new_months,
        "member_count_basis": rules.member_count_basis,
        "should_establish_member_count": rules.should_establish_member_count,
    }
