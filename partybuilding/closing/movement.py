"""What has moved since the last issued close, for whoever looks: the numbers then, what differs today, and why (X-21).

A close is issued once a month; the workbench is looked at every day. It compares today's figures with those that were
issued, name by name, by the same rules and with the same evidence as the ledger of a close. Once the open close has a
draft, its stored ledger can be read as well.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.closing import rules
from partybuilding.closing.enums import Reason
from partybuilding.closing.evidence import evidence_of
from partybuilding.closing.models import Close, CloseChange, CloseEdition, CloseRow
from partybuilding.closing.rules import MEASURES, Change, Kept, Sums, Window, counted
from partybuilding.closing.selectors import facts_from, kept_rows, live_rows, row_of, summed
from partybuilding.closing.whole import whole
from partybuilding.coverage.combination import beginning, differing_from, kept_days
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.facts import STRENGTH
from partybuilding.coverage.rules import CoverageRules
from partybuilding.coverage.selectors import FACT_COLUMNS, coverage_rules, coverage_rules_on, factual_lines, row_from
from partybuilding.organizations.enums import Cover
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, scoped


@dataclass(frozen=True, slots=True)
class Base:
    """The issued figures that today is compared with; `draft` is the newest edition of the close that is `opened`."""

    edition: int
    label: str
    as_of: date
    opened: int | None = None
    draft: int | None = None
    draft_label: str = ""
    totals: Sums | None = None


def base_of(actor: Actor) -> Base | None:
    """The last issued close, or what the very first one opened with; none for those who do not close; one query."""
    editions = CloseEdition.objects.filter(close=OuterRef("pk")).order_by("-number")
    closes = (
        scoped(Close, actor)
        .select_related("final")
        .annotate(
            newest=Subquery(editions.filter(number__gt=0).values("pk")[:1]),
            newest_number=Subquery(editions.filter(number__gt=0).values("number")[:1]),
            zero=Subquery(editions.filter(number=0).values("pk")[:1]),
        )
        .order_by("-month")[:2]
    )
    found: list[Any] = list(closes)
    opened = next((one for one in found if not one.is_issued), None)
    draft: tuple[int | None, int | None, str] = (None, None, "")
    if opened is not None:
        words = f"{opened.label}月报草稿第{opened.newest_number}版" if opened.newest else ""
        draft = (opened.pk, opened.newest, words)
    issued = next((one for one in found if one.is_issued), None)
    if issued is not None:
        totals = Sums(*(getattr(issued.final, name) for name in rules.NAMES))
        return Base(issued.final_id, f"{issued.label}月报", issued.as_of, *draft, totals)
    if opened is None or opened.zero is None:
        return None
    day = rules.month_before(opened.as_of)
    return Base(opened.zero, f"{day.isoformat()}登记数", day, *draft)


@dataclass(frozen=True)
class Reach:
    """Whose numbers are compared: those of units by key, else those of the associations that are chosen today."""

    associations: QuerySet[Association]
    keys: frozenset[str] | None = None
    is_all: bool = False

    def kept(self, edition: int) -> QuerySet[CloseRow]:
        """The rows of an edition inside."""
        rows = whole(CloseRow).filter(edition=edition)
        if self.keys is not None:
            return rows.filter(unit_key__in=self.keys)
        return rows if self.is_all else rows.filter(association__in=self._chosen())

    def changes(self, edition: int) -> QuerySet[CloseChange]:
        """The ledger of an edition inside; what only moves between units is no change of a selection."""
        rows = whole(CloseChange).filter(edition=edition)
        if self.keys is not None:
            return rows.filter(unit_key__in=self.keys)
        rows = rows.exclude(reason=Reason.TRANSFERRED)
        return rows if self.is_all else rows.filter(association__in=self._chosen())

    def holds(self, one: Kept | None) -> bool:
        return one is not None and (self.keys is None or one.unit in self.keys)

    def _chosen(self) -> Any:
        return self.associations.order_by().values("pk")


def reach_of(actor: Actor, chosen: QuerySet[Association] | None = None, query: dict[str, str] | None = None) -> Reach:
    """What an actor compares: a committee its own lists, the others their associations, narrowed by a list's filter."""
    query = query or {}
    rows = scoped(Association, actor) if chosen is None else chosen
    if not query and actor.role == Role.PARTY_COMMITTEE:
        return Reach(rows, frozenset(f"d{pk}" for pk in actor.scope.department_pks))
    if set(query) == {"committee"} and query["committee"].isdecimal() and actor.role in DEPARTMENT:
        return Reach(rows, frozenset({f"d{query['committee']}"}))
    return Reach(rows, is_all=not query and Association.scope_q(actor) == EVERYTHING)


# Today


@dataclass(frozen=True, slots=True)
class Moved:
    """One association that counts differently, or for another unit: last month, and today."""

    pk: int
    name: str
    before: Kept | None
    now: Kept | None


@dataclass(frozen=True, slots=True)
class Movement:
    """The two ends and the steps between them: before + plus − minus = now."""

    base: Base
    plus: Sums
    minus: Sums
    now: Sums

    @property
    def before(self) -> Sums:
        """What was issued. Not read again: a test holds it equal to the kept rows (`sums_then`)."""
        return Sums(*(self.now[name] - self.plus[name] + self.minus[name] for name in rules.NAMES))


COVERED_BY = Case(
    *(When(fact_cover=place, then=Value(cover.value)) for place, cover in enumerate(STRENGTH)),
    default=Value(Cover.NONE.value),
    output_field=CharField(),
)
BEGINS = ("cover", "has_instructor", "has_group")
# More keys than that are not handed back to the database.
MANY = 5000
KEPT = tuple(
    f"kept__{name}" for name in ("cover", "has_instructor", "has_group", "relation_count", "working_count", "unit_key")
)


def window_since(base: Base, today: date, closing: CoverageRules | None = None) -> Window:
    """From the issued figures to today; `closing` where today's parameters are at hand."""
    if closing is not None:
        return Window(base.as_of, today, coverage_rules(base.as_of), closing)
    return Window(base.as_of, today, *coverage_rules_on([base.as_of, today]))


def differing(reach: Reach, base: Base, window: Window, *, is_kept: bool = False) -> list[Moved]:
    """The associations whose row is another one today, by name; two queries.

    With `is_kept` one more asks first what coverage keeps ready; the others then read few, or are not needed.
    """
    candidates = _candidates(reach, base, window) if is_kept else None
    if candidates is not None and not candidates:
        return []
    kept = FilteredRelation("closerow", condition=Q(closerow__edition=base.edition))
    lines = factual_lines(
        reach.associations.annotate(kept=kept), window.closing_on, window.closing_rules, "kept__id", *KEPT
    )
    same = Q(
        fact_in_scope=True,
        kept__cover=COVERED_BY,
        kept__has_instructor=F("fact_instructor"),
        kept__has_group=F("fact_group"),
    )
    if reach.keys is not None:
        same &= Q(kept__unit_key__in=reach.keys)
    if candidates is not None:
        lines = lines.filter(pk__in=candidates)
    if window.opening_rules == window.closing_rules:
        uncounted = Q(fact_in_scope=False, kept__id=None)
        lines = lines.filter(Case(When(same | uncounted, then=Value(False)), default=Value(True)))
    found = []
    for line in lines:
        row = row_of(row_from(line))
        identity, *kept_facts, unit = line[FACT_COLUMNS:]
        before = Kept(facts_from(*kept_facts), unit) if identity is not None else None
        now = row.kept if row.kept.facts.is_in_scope else None
        found.append(Moved(row.pk, row.name, before, now))
    if reach.keys is not None or reach.is_all:
        left, inside = reach.kept(base.edition), reach.associations
        if candidates is not None:
            left, inside = left.filter(association__in=candidates), inside.filter(pk__in=candidates)
        left = left.exclude(association__in=inside.order_by().values("pk"))
        gone = kept_rows(base.edition, Q(pk__in=left.order_by().values("pk")))
        found += [Moved(row.pk, row.name, row.kept, None) for row in gone.values()]
    return found


def _candidates(reach: Reach, base: Base, window: Window) -> set[int] | None:
    """Who may stand otherwise, out of what coverage keeps ready; None when it does not say, or says too many."""
    if window.opening_rules != window.closing_rules or window.closing_on not in kept_days(timezone.localdate()):
        return None
    before = reach.kept(base.edition).order_by().values_list("association", beginning(*BEGINS))
    found = differing_from(before, reach.associations, window.closing_on, window.closing_rules)
    return found if found is None or len(found) <= MANY else None


def movement(
    reach: Reach, base: Base, today: date, closing: CoverageRules, now: Sums, *, is_kept: bool = True
) -> Movement:
    """How many entered and left each of the four numbers since the base; `now` is what counts today, `is_kept` whether
    that was kept ready. Three queries, four when it was."""
    window = window_since(base, today, closing)
    steps: Counter[tuple[Measure, int]] = Counter()
    for one in differing(reach, base, window, is_kept=is_kept):
        then = counted(one.before if reach.holds(one.before) else None, window.opening_rules)
        stands = counted(one.now if reach.holds(one.now) else None, window.closing_rules)
        steps.update((measure, stands[measure] - then[measure]) for measure in MEASURES)
    plus, minus = (Sums(**{measure.value: steps[measure, delta] for measure in MEASURES}) for delta in (1, -1))
    return Movement(base, plus, minus, now)


def sums_then(reach: Reach, base: Base, opening: CoverageRules) -> Sums:
    """The four numbers as they were issued, counted from the kept rows."""
    return summed(reach.kept(base.edition), opening)[""]


def steps_since(reach: Reach, base: Base, today: date) -> list[tuple[str, Change]]:
    """Name and change: every step of `movement` with its reason and its evidence, by name (R-171)."""
    window = window_since(base, today)
    found = differing(reach, base, window)
    elsewhere = [one.pk for one in found if one.now is None and reach.keys is not None]
    live = live_rows(None, today, window.closing_rules, Q(pk__in=elsewhere)) if elsewhere else {}
    before = {one.pk: one.before for one in found if one.before is not None}
    now = {one.pk: one.now for one in found if one.now is not None}
    now |= {pk: row.kept for pk, row in live.items()}
    differ = rules.changed(before, now, window)
    steps = rules.changes(before, now, evidence_of(differ, window, base.opened), window)
    names = {one.pk: one.name for one in found}
    own = [(names[one.association], one) for one in steps if _is_own(one, reach, before, now)]
    return sorted(own, key=lambda pair: (pair[0], pair[1].association))


def _is_own(change: Change, reach: Reach, before: dict[int, Kept], now: dict[int, Kept]) -> bool:
    """Whether a change is one of the reach: what moves between two of its units is none."""
    was, stays = reach.holds(before.get(change.association)), reach.holds(now.get(change.association))
    if change.reason == Reason.TRANSFERRED:
        return was != stays and (stays if change.delta > 0 else was)
    return stays or (was and change.association not in now)


# The draft


Step = tuple[Measure, int, str]


def ledger_counts(reach: Reach, edition: int) -> dict[Step, int]:
    """Measure, +1 or −1, reason → how many, out of the stored ledger; one query."""
    rows = reach.changes(edition).order_by().values_list("measure", "delta", "reason").annotate(times=Count("pk"))
    return {(Measure(measure), delta, reason): times for measure, delta, reason, times in rows}


def after(before: Sums, steps: dict[Step, int]) -> Sums:
    """The closing numbers: before + Σ of the ledger, which the equation of every edition holds equal to its rows."""
    found = before
    for (measure, delta, _reason), times in steps.items():
        found += Sums(**{measure.value: delta * times})
    return found
