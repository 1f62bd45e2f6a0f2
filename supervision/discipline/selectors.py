"""The figures of a round: one selector for the page, the report and the lists behind them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from associations.registry.enums import AssociationKind
from associations.registry.models import Association, Department
from associations.registry.selectors import in_region, own_key
from partybuilding.coverage.selectors import child_key
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regions.models import Region
from supervision.discipline.enums import Dimension, Figure
from supervision.discipline.past import as_of, prefix_of
from supervision.discipline.rules import WAITING, Standing
from supervision.inspections.enums import UNDER_REVIEW, InspectionState
from supervision.inspections.models import Inspection
from supervision.inspections.selectors import NOBODY, NOBODY_LABEL
from supervision.rounds.models import Round

COLUMNS = {
    Dimension.UNIT: "supervisor",
    Dimension.COMMITTEE: "committee",
    Dimension.REGION: "association__region__path",
    Dimension.KIND: "association__kind",
}


def figure_q(figure: str, day: date) -> Q:
    """The filings that belong to a figure: `rules.counts` as a filter over rows `past.as_of` that day."""
    then = prefix_of(day)

    def q(**wanted: Any) -> Q:
        return Q(**{f"{then}{name}": value for name, value in wanted.items()})

    state = InspectionState
    expected = ~q(state=state.EXEMPTED)
    started = q(is_started=True) if then else Q(started_at__isnull=False)
    submitted = q(is_submitted=True) if then else Q(first_submitted_at__isnull=False)
    return {
        Figure.EXPECTED: expected,
        Figure.NOT_STARTED: q(state=state.NOT_STARTED),
        Figure.STARTED: expected & (started | submitted),
        Figure.SUBMITTED: expected & submitted,
        Figure.ON_TIME: expected & submitted & q(is_late=False),
        Figure.LATE: expected & submitted & q(is_late=True),
        Figure.UNDER_REVIEW: q(state__in=UNDER_REVIEW),
        Figure.RETURNED: expected & q(return_count__gt=0),
        Figure.CORRECTING: q(state=state.RETURNED),
        Figure.CONCLUDED: q(state=state.CONCLUDED),
        Figure.FIRST_PASS: q(state=state.CONCLUDED, return_count=0) & submitted,
        Figure.OVERDUE: q(state__in=WAITING) & Q(filing_due_on__lt=day) | q(state=state.RETURNED, step_due_on__lt=day),
        Figure.EXEMPTED: q(state=state.EXEMPTED),
    }[Figure(figure)]


def standing_of(row: Inspection) -> Standing:
    return Standing(
        state=row.state,
        filing_due_on=row.filing_due_on,
        step_due_on=row.step_due_on,
        is_started=row.started_at is not None,
        is_submitted=row.first_submitted_at is not None,
        is_late=row.is_late,
        return_count=row.return_count,
    )


@dataclass(frozen=True, slots=True)
class Group:
    """One line: the figures of a body, place or kind, and the filter of the list that shows exactly these filings."""

    key: str
    label: str
    counts: dict[str, int]
    query: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, figure: str) -> int:
        return self.counts[figure]


@dataclass(frozen=True, slots=True)
class Progress:
    """The figures of a round in a scope: in total, and laid apart."""

    total: Group
    groups: dict[str, list[Group]]


def registered_in(region: Region, *, itself: bool = False) -> Q:
    """Filings of associations registered at a place, or (`itself`) only of those registered at the place itself."""
    return Q(association__in=Association.objects.filter(in_region(region, itself=itself)).values("pk"))


def filings_of(actor: Actor, a_round: Round) -> QuerySet[Inspection]:
    """The filings of a round that the actor reaches."""
    return scoped(Inspection, actor).filter(round=a_round)


def progress(
    actor: Actor,
    a_round: Round,
    today: date,
    *,
    dimensions: Iterable[str] = tuple(Dimension),
    place: Region | None = None,
    queryset: QuerySet[Inspection] | None = None,
    query: dict[str, str] | None = None,
) -> Progress:
    """The figures in total and by each dimension; `place` is whose parts the places are. One query a dimension."""
    rows = as_of(filings_of(actor, a_round) if queryset is None else queryset, today)
    given = query or {}
    counted = {str(figure): Count("pk", filter=figure_q(figure, today)) for figure in Figure}
    groups, total = {}, {}
    for dimension in dimensions:
        found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(map(str, Figure), 0))
        column = COLUMNS[Dimension(dimension)]
        for line in rows.order_by().values(column).annotate(**counted):
            key = key_of(dimension, line[column], place)
            for figure in counted:
                found[key][figure] += line[figure]
        groups[str(dimension)] = _labelled(dimension, found, place, given)
        total = {figure: sum(line[figure] for line in found.values()) for figure in counted}
    return Progress(Group("", "合计", total or rows.order_by().aggregate(**counted), given), groups)


def key_of(dimension: str, value: Any, place: Region | None) -> str:
    """The group that a value of the dimension's column belongs to."""
    if dimension == Dimension.REGION:
        return child_key(value, place)
    return str(value) if value else NOBODY


def _labelled(
    dimension: str, found: dict[str, dict[str, int]], place: Region | None, given: dict[str, str]
) -> list[Group]:
    labels = _labels(dimension, found, place)
    order = sorted(found, key=lambda key: (key == NOBODY, labels[key][0]))
    if dimension in (Dimension.UNIT, Dimension.COMMITTEE):
        # Hundreds of bodies: first those that have most to do, as a printed table shows only the first.
        order.sort(key=lambda key: (key == NOBODY, -found[key][Figure.OVERDUE], -found[key][Figure.EXPECTED]))
    return [Group(key, labels[key][1], found[key], {**given, str(dimension): key}) for key in order]


def _labels(dimension: str, keys: Iterable[str], place: Region | None) -> dict[str, tuple[str, str]]:
    """What groups are called, with what they are ordered by."""
    if dimension == Dimension.KIND:
        order = {str(kind): f"{number}" for number, kind in enumerate(AssociationKind)}
        return {key: (order[key], str(AssociationKind(key).label)) for key in keys}
    if dimension == Dimension.REGION:
        return _places(keys)
    rows = Department.objects.unscoped("names of the bodies that answer for filings in scope")
    names = dict(rows.filter(pk__in=[int(key) for key in keys if key != NOBODY]).values_list("pk", "name"))
    return {key: (NOBODY_LABEL,) * 2 if key == NOBODY else (names[int(key)],) * 2 for key in keys}


def _places(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    wanted = set(keys)
    codes = {key.removeprefix(own_key("")) for key in wanted}
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    found = {}
    for key in wanted:
        code = key.removeprefix(own_key(""))
        label = f"{names[code]}本级" if key.startswith(own_key("")) else names[code]
        found[key] = (code, label)
    return found
