"""Coverage out of the database: the same measures as filters, as facts and as grouped figures.

`measured` narrows a list, `coverage_summary` counts groups, `coverage_facts` gives the rows behind them. All three
rest on the same subqueries, one for each fact, so nothing is multiplied by a join; a test holds them equal.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, BooleanField, Case, Count, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from associations.evaluation.enums import GradeLevel
from associations.registry.enums import AssociationKind
from associations.registry.models import Association, Department
from associations.registry.selectors import OWN_PREFIX, active_on, home_region, own_key
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.combination import kept_days, kept_lines
from partybuilding.coverage.enums import Measure, MemberBand
from partybuilding.coverage.facts import (
    FLAGS,
    KNOWN,
    STRENGTH,
    Facts,
    Line,
    claused_on,
    covered_by,
    grouped_on,
    guided_on,
    latest_count,
    line_of,
    member_band_on,
    planned_on,
    with_facts,
)
from partybuilding.coverage.rules import AssociationFacts, CoverageCounts, CoverageRules
from partybuilding.coverage.sets import counted_lines, suits
from partybuilding.establishment.enums import PlanKind
from partybuilding.organizations.enums import Cover
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.access.statements import Statement
from portal.regions.models import Region
from portal.regulations.selectors import values_on

PARAMETERS = (
    "coverage.count_functional",
    "coverage.exclude_new_months",
    "coverage.member_count_basis",
    "coverage.should_establish_member_count",
)


def coverage_rules(day: date) -> CoverageRules:
    """The parameters of coverage in force on a day; ConfigurationError when one is not entered (R-000)."""
    return coverage_rules_on([day])[0]


def coverage_rules_on(days: Sequence[date]) -> list[CoverageRules]:
    """The parameters of several days by one query, in the order of the days."""
    return [
        CoverageRules(**{code.removeprefix("coverage."): found[code] for code in PARAMETERS})
        for found in values_on(PARAMETERS, days)
    ]


# Measures as filters


def cover_is(cover: str, day: date) -> Q:
    """Associations whose strongest cover on a day is the given one, in scope or not."""
    stronger = STRENGTH[: STRENGTH.index(Cover(cover))] if cover != Cover.NONE else STRENGTH
    without = ~covered_by(day, stronger) if stronger else Q()
    return without if cover == Cover.NONE else without & covered_by(day, [cover])


def measured(
    queryset: QuerySet[Association], measure: str, *, as_of: date, rules: CoverageRules | None = None
) -> QuerySet[Association]:
    """The associations of `queryset` that the figure `measure` counts on a day: a card's list (`rules.counts`)."""
    rules = rules or coverage_rules(as_of)
    measure = Measure(measure)
    found = queryset.filter(active_on(as_of, exclude_new_months=rules.exclude_new_months))
    organisational = [Cover.OWN, Cover.SHARED, *([Cover.FUNCTIONAL] if rules.count_functional else [])]
    covered = covered_by(as_of, organisational)
    bands = {
        Measure.SHOULD_ESTABLISH: MemberBand.ENOUGH,
        Measure.SHOULD_NOT_BUILT: MemberBand.ENOUGH,
        Measure.PLANNED: MemberBand.ENOUGH,
        Measure.DEFERRED: MemberBand.ENOUGH,
        Measure.INFO_POOL: MemberBand.FEW,
        Measure.NO_MEMBERS: MemberBand.ZERO,
        Measure.UNREPORTED: MemberBand.UNREPORTED,
    }
    if measure in bands:
        found = in_band(found, bands[measure], as_of=as_of, rules=rules)
    elif measure == Measure.NOT_BUILT:
        found = found.annotate(member_band=member_band_on(as_of, rules))
    own, deferred = covered_by(as_of, [Cover.OWN]), planned_on(as_of, PlanKind.DEFERRAL)
    narrowed = {
        Measure.OWN: lambda: cover_is(Cover.OWN, as_of),
        Measure.SHARED: lambda: cover_is(Cover.SHARED, as_of),
        Measure.FUNCTIONAL: lambda: cover_is(Cover.FUNCTIONAL, as_of),
        Measure.COVERED: lambda: covered,
        Measure.UNCOVERED: lambda: ~covered,
        Measure.WORK_COVERED: lambda: covered | guided_on(as_of) | grouped_on(as_of),
        Measure.BLANK_SPOT: lambda: ~covered & ~guided_on(as_of) & ~grouped_on(as_of),
        Measure.SHOULD_NOT_BUILT: lambda: ~own & ~deferred,
        Measure.NOT_BUILT: lambda: ~own & (~covered | Q(member_band=MemberBand.ENOUGH)),
        Measure.PLANNED: lambda: ~own & ~deferred & planned_on(as_of, PlanKind.FOUNDING),
        Measure.DEFERRED: lambda: ~own & deferred,
        Measure.CHARTER: lambda: claused_on(as_of),
        Measure.CHARTER_LACKING: lambda: not_q(claused_on(as_of)),
        Measure.INFO_POOL: lambda: ~covered,
        Measure.NO_MEMBERS: lambda: ~covered,
    }
    return found.filter(narrowed[measure]()) if measure in narrowed else found


def not_q(wanted: Q) -> Q:
    """Everything that `wanted` does not hold for; ~Q alone leaves out rows whose column is empty."""
    return Q(Case(When(wanted, then=Value(False)), default=Value(True), output_field=BooleanField()))


def in_band(queryset: QuerySet[Association], band: str, *, as_of: date, rules: CoverageRules) -> QuerySet[Association]:
    """The associations whose latest report up to a day lies in a band; without a report they are 未填报."""
    known = queryset.annotate(member_band=member_band_on(as_of, rules))
    wanted = Q(member_band=band)
    return known.filter(wanted | Q(member_band=None) if band == MemberBand.UNREPORTED else wanted)


# Facts and figures


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One association with its facts and the groups it belongs to; `region_path` as in the region tree."""

    pk: int
    uscc: str
    name: str
    kind: str
    region_path: str
    committee: int | None
    grade: str | None
    facts: AssociationFacts


def coverage_facts(
    actor: Actor,
    *,
    as_of: date,
    queryset: QuerySet[Association] | None = None,
    rules: CoverageRules | None = None,
) -> list[CoverageRow]:
    """Every association in scope, or of a scoped `queryset`, with its facts on a day, by name; one query."""
    rules = rules or coverage_rules(as_of)
    return _read(_listed(scoped(Association, actor) if queryset is None else queryset, as_of, rules))


def factual_lines(
    queryset: QuerySet[Association], as_of: date, rules: CoverageRules, *further: str
) -> QuerySet[Association, Any]:
    """The facts of associations as lines that can be filtered by `fact_…`, with further columns; see `row_from`."""
    return _listed(queryset, as_of, rules, further)


def row_from(line: Sequence[Any]) -> CoverageRow:
    """The row of one line, without its further columns."""
    facts = AssociationFacts(line[7], _cover(line[8]), *line[9:FACT_COLUMNS])
    return CoverageRow(*line[:7], facts)  # type: ignore[call-arg]


FACT_COLUMNS = 16


def _listed(queryset: QuerySet[Association], as_of: date, rules: CoverageRules, further: tuple[str, ...] = ()) -> Any:
    rows = with_facts(queryset, as_of, rules)
    rows = rows.annotate(
        fact_relation=Subquery(latest_count(as_of).values("relation_count")[:1]),
        fact_working=Subquery(latest_count(as_of).values("working_count")[:1]),
    )
    columns = (
        *("pk", "uscc", "name", "kind", "region__path", "fact_committee", "fact_grade"),
        *("fact_in_scope", "fact_cover", "fact_instructor", "fact_relation", "fact_working", *FLAGS),
    )
    return rows.order_by("name", "pk").values_list(*columns, *further)


def factual_rows(queryset: QuerySet[Association], as_of: date, rules: CoverageRules) -> list[CoverageRow]:
    """The facts of associations that whoever asks has already reached; one query."""
    return _read(_listed(queryset, as_of, rules))


def _read(rows: Any) -> list[CoverageRow]:
    return [row_from(row) for row in rows]


@lru_cache(maxsize=4)
def _of_one(as_of: date, rules: CoverageRules) -> Statement:
    """The question about one association, put together once a day."""
    reached = "one association that whoever asks has already reached"
    return Statement(
        lambda pk: _listed(Association.objects.unscoped(reached).filter(pk=pk), as_of, rules), pk=BigIntegerField()
    )


def facts_of(association_pk: int, *, as_of: date, rules: CoverageRules) -> AssociationFacts:
    """The facts of one association that whoever asks has already reached."""
    return _read(_of_one(as_of, rules)(pk=association_pk))[0].facts


def _cover(place: int | None) -> Cover:
    return Cover.NONE if place is None else STRENGTH[place]


class Dimension:
    """What a summary is grouped by."""

    REGION = "region"
    COMMITTEE = "committee"
    KIND = "kind"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a summary. `query` is the part of the list's filter that gives exactly its associations."""

    key: str
    label: str
    counts: CoverageCounts
    query: dict[str, str] = field(default_factory=dict)

    def list_query(self, measure: str) -> dict[str, str]:
        """The filter of the list behind one figure of this group; the date is added by the link."""
        return {**self.query, "coverage": Measure(measure).value}


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """The figures of a scope on a day, in total and by group; `is_kept` when they were kept ready."""

    as_of: date
    rules: CoverageRules
    total: Group
    groups: list[Group]
    is_kept: bool = False


def coverage_summary(
    actor: Actor,
    *,
    as_of: date,
    by: str = Dimension.REGION,
    region: Region | None = None,
    queryset: QuerySet[Association] | None = None,
    query: dict[str, str] | None = None,
    rules: CoverageRules | None = None,
) -> CoverageSummary:
    """The figures by child region, committee, kind or valid grade; `region` narrows them to a place."""
    rows = scoped(Association, actor) if queryset is None else queryset
    base = dict(query or {})
    if region is not None:
        rows = rows.filter(region__path__startswith=region.path)
        base["city"] = region.code
    found = coverage_summaries(
        actor, as_of=as_of, dimensions=(by,), place=region, queryset=rows, query=base, rules=rules
    )
    return found[by]


def coverage_summaries(
    actor: Actor,
    *,
    as_of: date,
    dimensions: tuple[str, ...],
    place: Region | None = None,
    queryset: QuerySet[Association] | None = None,
    query: dict[str, str] | None = None,
    regions: Mapping[str, Region] | None = None,
    rules: CoverageRules | None = None,
) -> dict[str, CoverageSummary]:
    """The figures grouped in several ways at once, by one counting query; `regions` by code saves looking them up.

    `place` is the region whose children are compared, by default the actor's own; `queryset` is a scoped selection with
    its list filter `query`. The database returns one line for each combination of groups and facts, `rules.count`
    decides what they count, so that every figure follows the rule book once.
    """
    rules = rules or coverage_rules(as_of)
    if place is None and Dimension.REGION in dimensions:
        place = home_region(actor)
    rows = scoped(Association, actor) if queryset is None else queryset
    base = dict(query or {})
    # Numbers are added up first: a province has some 2,000 lines, but few combinations of facts in a group.
    tallies: dict[str, dict[Any, Counter[Facts]]] = {by: defaultdict(Counter) for by in dimensions}
    columns = [_GROUPED[by] for by in dimensions]
    kept = kept_lines(rows, as_of, rules, columns) if as_of in kept_days(timezone.localdate()) else []
    for facts, keys, times in kept or _counted(actor, rows, as_of, rules, columns):
        for by, key in zip(dimensions, keys, strict=True):
            group = child_key(key, place) if by == Dimension.REGION else key
            tallies[by][group][facts] += times
    known = {facts for found in tallies.values() for tally in found.values() for facts in tally}
    counting = {facts: coverage.measures(_sample(facts, rules), rules) for facts in known}
    counted = {
        by: {
            group: coverage.added((counting[facts], times) for facts, times in tally.items())
            for group, tally in found.items()
        }
        for by, found in tallies.items()
    }
    return {
        by: replace(_summary(by, counted[by], place, base, as_of, rules, regions or {}), is_kept=bool(kept))
        for by in dimensions
    }


def _counted(
    actor: Actor, rows: QuerySet[Association], as_of: date, rules: CoverageRules, columns: list[str]
) -> list[Line]:
    """The combinations of facts and groups with how many there are: by sets, or fact by fact."""
    return counted_lines(rows, as_of, rules, columns) if suits(actor) else looked_up_lines(rows, as_of, rules, columns)


def looked_up_lines(
    rows: QuerySet[Association], as_of: date, rules: CoverageRules, columns: Sequence[str]
) -> list[Line]:
    """As `sets.counted_lines`, fact by fact: for a scope that is small, and for SQLite."""
    lines: Any = with_facts(rows, as_of, rules).values_list(*KNOWN, *columns).annotate(times=Count("pk"))
    return [line_of(line) for line in lines]


_GROUPED = {
    Dimension.REGION: "region__path",
    Dimension.COMMITTEE: "fact_committee",
    Dimension.KIND: "kind",
    Dimension.GRADE: "fact_grade",
}


def _summary(
    by: str,
    counted: dict[Any, CoverageCounts],
    place: Region | None,
    base: dict[str, str],
    as_of: date,
    rules: CoverageRules,
    regions: Mapping[str, Region],
) -> CoverageSummary:
    groups = [
        Group(str(key or ""), label, counted.get(key, CoverageCounts()), {**base, **part})
        for key, label, part in _LABELS[by](counted.keys(), place, regions)
    ]
    total = sum(counted.values(), CoverageCounts())
    return CoverageSummary(as_of, rules, Group("", "合计", total, base), groups)


def _sample(fact: Facts, rules: CoverageRules) -> AssociationFacts:
    """An association that stands for all with the same facts; the number of members is the least of its band."""
    in_scope, cover, guided, *flags, band = fact
    least = {MemberBand.ENOUGH: rules.should_establish_member_count, MemberBand.FEW: 1, MemberBand.ZERO: 0}
    number = least.get(MemberBand(band)) if band else None
    return AssociationFacts(in_scope, _cover(cover), guided, number, None, *flags)


def child_key(path: str, place: Region | None) -> str:
    """The code of the child of `place` in which a path lies; `place` itself has the key of its own registrations."""
    codes = path.strip("/").split("/")
    depth = len(place.path_codes) if place else 0
    return codes[depth] if len(codes) > depth else own_key(codes[-1])


Labelled = Iterator[tuple[Any, str, dict[str, str]]]


def _regions(keys: Iterable[str], place: Region | None, known: Mapping[str, Region]) -> Labelled:
    """All children of the place, also those without an association, by code; then what stands at a place itself."""
    codes = {key.removeprefix(OWN_PREFIX) for key in keys}
    if place is not None and codes <= known.keys():
        inside = (one for one in known.values() if one.parent_id == place.pk or one.code in codes)
        places = sorted(inside, key=lambda one: one.code)
    else:
        wanted = Q(code__in=codes) | Q(parent=place) if place else Q(code__in=codes)
        places = list(Region.objects.filter(wanted).order_by("code"))
    for one in places:
        if one.code in keys or one.parent_id == (place and place.pk):
            yield one.code, one.name, {"city": one.code}
    for one in places:
        if own_key(one.code) in keys:
            yield own_key(one.code), f"{one.name}本级", {"city": own_key(one.code)}


def _committees(keys: Iterable[int | None], place: Region | None, known: Mapping[str, Region]) -> Labelled:
    rows = Department.objects.unscoped("names of the committees of associations in scope")
    names = dict(rows.filter(pk__in={key for key in keys if key}).values_list("pk", "name"))
    for key, name in sorted(names.items(), key=lambda pair: (pair[1], pair[0])):
        yield key, name, {"committee": str(key)}
    if None in keys:
        yield None, "未明确综合（行业）党委", {"committee": "none"}


def _kinds(keys: Iterable[str], place: Region | None, known: Mapping[str, Region]) -> Labelled:
    for kind in AssociationKind:
        if kind in keys:
            yield kind.value, str(kind.label), {"kind": kind.value}


def _grades(keys: Iterable[str | None], place: Region | None, known: Mapping[str, Region]) -> Labelled:
    for level in GradeLevel:
        yield level.value, str(level.label), {"grade": level.value}
    if None in keys:
        yield None, "无有效等级", {"grade": "none"}


_LABELS: dict[str, Callable[..., Any]] = {
    Dimension.REGION: _regions,
    Dimension.COMMITTEE: _committees,
    Dimension.KIND: _kinds,
    Dimension.GRADE: _grades,
}
