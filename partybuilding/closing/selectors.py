"""What a close reads: last month's rows, this month's facts, the list of one unit with what changed on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import cast

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association, Department, current_on
from associations.registry.selectors import unanswered
from partybuilding.closing import rules
from partybuilding.closing.answering import AnsweringUnit
from partybuilding.closing.enums import CloseState, Reason, UnitState
from partybuilding.closing.evidence import evidence_of
from partybuilding.closing.models import Close, CloseChange, CloseEdition, CloseRow, CloseUnit
from partybuilding.closing.rules import Change, Kept, Line, Sums, Window
from partybuilding.closing.whole import whole
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import AssociationFacts, CoverageRules, counts
from partybuilding.coverage.selectors import CoverageRow, coverage_facts, coverage_rules
from partybuilding.organizations.enums import Cover
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import GuardedQuerySet
from portal.regions.models import Region

ANSWERED = (UnitState.CONFIRMED, UnitState.REOPENED)


def unit_key(committee: int | None, region_path: str) -> str:
    """Who answers for an association: its committee, else the city in which it is registered (区域兜底)."""
    if committee is not None:
        return f"d{committee}"
    codes = region_path.strip("/").split("/")
    return f"r{codes[1] if len(codes) > 1 else codes[0]}"


@dataclass(frozen=True, slots=True)
class Row:
    """One association at one end with what a list and a report show of it."""

    pk: int
    name: str
    uscc: str
    kind: str
    region_path: str
    grade: str
    kept: Kept


def row_of(found: CoverageRow) -> Row:
    """A live row of coverage as a close keeps it."""
    return Row(
        found.pk,
        found.name,
        found.uscc,
        found.kind,
        found.region_path,
        found.grade or "",
        Kept(found.facts, unit_key(found.committee, found.region_path)),
    )


def live_rows(actor: Actor | None, as_of: date, parameters: CoverageRules, only: Q | None = None) -> dict[int, Row]:
    """Every association that counts on a day as it is known now, by key."""
    rows = whole(Association)
    found = coverage_facts(
        actor,  # type: ignore[arg-type]  # not asked when the rows are given
        as_of=as_of,
        queryset=rows if only is None else rows.filter(only),
        rules=parameters,
    )
    return {row.pk: row_of(row) for row in found if counts(Measure.IN_SCOPE, row.facts, parameters)}


COLUMNS = (
    *("association_id", "name", "uscc", "kind", "region_path", "grade", "unit_key", "cover"),
    *("has_instructor", "has_group", "relation_count", "working_count", "is_carried"),
)


def kept_rows(edition: CloseEdition | int | None, only: Q | None = None) -> dict[int, Row]:
    """The rows of an edition by association; nothing where there is none."""
    if edition is None:
        return {}
    rows = whole(CloseRow).filter(edition=edition)
    found = {}
    for row in (rows if only is None else rows.filter(only)).order_by("name", "pk").values_list(*COLUMNS):
        pk, name, uscc, kind, path, grade, unit, cover, instructor, group, relation, working, carried = row
        facts = facts_from(cover, instructor, group, relation, working)
        found[pk] = Row(pk, name, uscc, kind, path, grade, Kept(facts, unit, carried))
    return found


def facts_from(
    cover: str, has_instructor: bool, has_group: bool, relation: int | None, working: int | None
) -> AssociationFacts:
    """The facts of a kept row; a row is kept only for what is in scope."""
    return AssociationFacts(True, Cover(cover), has_instructor, relation, working, has_group)


def summed(rows: QuerySet[CloseRow], parameters: CoverageRules) -> dict[str, Sums]:
    """The four numbers of each unit in kept rows, counted by the database; "" is the total."""
    found: dict[str, Sums] = {"": Sums()}
    groups = rows.order_by().values_list("unit_key", "cover", "has_instructor", "has_group").annotate(times=Count("pk"))
    for unit, cover, instructor, group, times in groups:
        own = rules.sums({0: Kept(facts_from(cover, instructor, group, None, None), unit)}, parameters)[unit]
        several = Sums(*(own[name] * times for name in rules.NAMES))
        found[unit] = found.get(unit, Sums()) + several
        found[""] += several
    return found


def opening_edition(close: Close) -> CloseEdition | None:
    """What a close opens with: the issued edition of the close before, for the very first one its own edition 0."""
    editions = whole(CloseEdition)
    if close.previous_id is None:
        return editions.filter(close=close, number=0).first()
    before = whole(Close).select_related("final").get(pk=close.previous_id)
    return before.final


def opening_on(close: Close) -> date:
    """The day of last month's figures."""
    if close.previous_id is None:
        return rules.month_before(close.as_of)
    day: date = whole(Close).values_list("as_of", flat=True).get(pk=close.previous_id)
    return day


def window_of(close: Close) -> Window:
    before = opening_on(close)
    return Window(before, close.as_of, coverage_rules(before), coverage_rules(close.as_of))


def kept_by(rows: Mapping[int, Row]) -> dict[int, Kept]:
    return {pk: row.kept for pk, row in rows.items()}


def kept_of(row: Row | None) -> Kept | None:
    return row.kept if row is not None else None


def answered_keys(close: Close) -> frozenset[str]:
    """The units that have confirmed, also those whose list changed since."""
    rows = whole(CloseUnit).filter(close=close, state__in=ANSWERED)
    return frozenset(rows.values_list("key", flat=True))


# The list of one unit


@dataclass(frozen=True, slots=True)
class ListLine:
    """One association of a unit: last month beside this month."""

    pk: int
    name: str
    before: Kept | None
    now: Kept | None
    unit: str

    def __str__(self) -> str:
        return self.name

    @property
    def was_here(self) -> bool:
        return self.before is not None and self.before.unit == self.unit

    @property
    def is_here(self) -> bool:
        return self.now is not None and self.now.unit == self.unit

    @property
    def is_changed(self) -> bool:
        return self.line != rules.line_of(self.pk, self.before, self.unit)

    @property
    def line(self) -> Line:
        return rules.line_of(self.pk, self.now, self.unit)


@dataclass(frozen=True)
class UnitList:
    """Everything that a unit confirms: its associations, the changes with their reasons, and the number of the list."""

    lines: list[ListLine]
    changes: list[Change]
    window: Window
    fingerprint: str
    opening: Mapping[int, Row]
    closing: Mapping[int, Row]

    @cached_property
    def names(self) -> dict[int, str]:
        return {line.pk: line.name for line in self.lines}

    @property
    def changed_count(self) -> int:
        return sum(line.is_changed for line in self.lines)


def of_unit(unit: AnsweringUnit, as_of: date) -> Q:
    """The associations that a unit answers for on a day."""
    if unit.department_id is not None:
        held = Assignment.objects.filter(
            current_on(as_of),
            association=OuterRef("pk"),
            role=AssignmentRole.PARTY_COMMITTEE,
            department=unit.department_id,
        )
        return Q(Exists(held))
    region = cast("Region", unit.region)
    depth = len(region.path_codes)
    place = Q(region=region) if depth == 1 else Q(region__path__startswith=region.path)
    return place & unanswered(AssignmentRole.PARTY_COMMITTEE, as_of)


def unit_list(unit: CloseUnit, actor: Actor | None) -> UnitList:
    """The list of a unit that the caller has reached, as it is known now; of an issued close, as it was issued."""
    close = unit.close
    window = window_of(close)
    edition = opening_edition(close)
    opening = kept_rows(edition, Q(unit_key=unit.key))
    if close.is_issued:
        closing = kept_rows(close.final_id, Q(unit_key=unit.key))
        closing |= _elsewhere(close.final_id, opening, closing)
    else:
        # First who, then what: the facts of a few are read by key, not looked for among all.
        are_here = whole(Association).filter(of_unit(unit, close.as_of)).order_by().values_list("pk", flat=True)
        closing = live_rows(actor, close.as_of, window.closing_rules, Q(pk__in=opening.keys() | set(are_here)))
    # What came from another unit is compared with what that unit had last month.
    opening |= _elsewhere(edition, closing, opening)
    lines = lines_of(unit.key, opening, closing)
    keys = {line.pk for line in lines}
    opening = {pk: row for pk, row in opening.items() if pk in keys}
    closing = {pk: row for pk, row in closing.items() if pk in keys}
    found = issued_changes(close, unit.key) if close.is_issued else changes_of(unit, opening, closing, window)
    return UnitList(lines, found, window, rules.fingerprint(line.line for line in lines), opening, closing)


def _elsewhere(
    edition: CloseEdition | int | None, wanted: Mapping[int, Row], known: Mapping[int, Row]
) -> dict[int, Row]:
    """The rows of an edition for associations that are on a list at the other end only."""
    missing = wanted.keys() - known.keys()
    return kept_rows(edition, Q(association__in=missing)) if missing else {}


def changes_of(unit: CloseUnit, opening: Mapping[int, Row], closing: Mapping[int, Row], window: Window) -> list[Change]:
    """What entered and left the numbers of one unit, out of rows that contain its list."""
    before, now = kept_by(opening), kept_by(closing)
    evidence = evidence_of(rules.changed(before, now, window), window, unit.close_id)
    return [change for change in rules.changes(before, now, evidence, window) if change.unit == unit.key]


def issued_changes(close: Close, key: str) -> list[Change]:
    """The ledger of a unit as it was issued."""
    rows = whole(CloseChange).filter(edition=close.final_id, unit_key=key).order_by("name", "association", "pk")
    return [
        Change(
            row.association_id,
            row.unit_key,
            Measure(row.measure),
            row.delta,
            Reason(row.reason) if row.reason else None,
            row.on,
            row.text,
            row.document,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit's list says at a moment: its number, how many differ from last month, how many it has."""

    fingerprint: str
    changed_count: int
    association_count: int


def standings(opening: Mapping[int, Row], live: Mapping[int, Row]) -> dict[str, Standing]:
    """Every unit's list at once, out of the rows of the whole province."""
    by_unit: dict[str, list[ListLine]] = {}
    for pk in opening.keys() | live.keys():
        before, now = opening.get(pk), live.get(pk)
        for key in {row.kept.unit for row in (before, now) if row is not None}:
            line = ListLine(pk, "", kept_of(before), kept_of(now), key)
            by_unit.setdefault(key, []).append(line)
    return {
        key: Standing(
            rules.fingerprint(line.line for line in lines),
            sum(line.is_changed for line in lines),
            sum(line.is_here for line in lines),
        )
        for key, lines in by_unit.items()
    }


def lines_of(key: str, opening: Mapping[int, Row], live: Mapping[int, Row]) -> list[ListLine]:
    """The associations of a unit last month or now, what changed first, then by name."""
    lines = []
    for pk in opening.keys() | live.keys():
        before, now = opening.get(pk), live.get(pk)
        known = now or before
        line = ListLine(pk, known.name if known else "", kept_of(before), kept_of(now), key)
        if line.was_here or line.is_here:
            lines.append(line)
    return sorted(lines, key=lambda line: (not line.is_changed, line.name, line.pk))


# Units and their bodies


def labels_of(
    keys: Iterable[str], known: Mapping[str, Region] | None = None
) -> dict[str, tuple[str, int | None, int | None]]:
    """Unit key → label, committee, region; two queries, one where the regions are at hand by code."""
    wanted = list(keys)
    committees = [int(key[1:]) for key in wanted if key.startswith("d")]
    codes = [key[1:] for key in wanted if key.startswith("r")]
    found: dict[str, tuple[str, int | None, int | None]] = {}
    for pk, name in whole(Department).filter(pk__in=committees).values_list("pk", "name"):
        found[f"d{pk}"] = (name, pk, None)
    places = (
        Region.objects.filter(code__in=codes) if known is None else [known[code] for code in codes if code in known]
    )
    for region in places:
        whose = "省本级" if len(region.path_codes) == 1 else region.name
        found[f"r{region.code}"] = (f"{whose}（未明确党委）", None, region.pk)
    return found


def answers_for(actor: Actor, unit: AnsweringUnit) -> bool:
    """Whether the actor is the body that confirms a unit's list, or stands above it; the province for its own."""
    if unit.department_id is not None:
        return actor.role == Role.PARTY_COMMITTEE and unit.department_id in actor.scope.department_pks
    region = cast("Region", unit.region)
    if len(region.path_codes) == 1 and actor.role in DEPARTMENT:
        return True
    return actor.role == Role.REGIONAL_OFFICE and region.path.startswith(actor.scope.path)


def last_issued(before: str) -> Close | None:
    rows: GuardedQuerySet[Close] = whole(Close)
    return rows.filter(state=CloseState.ISSUED, month__lt=before).order_by("-month").first()
