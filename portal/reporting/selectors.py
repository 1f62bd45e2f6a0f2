"""Reading runs back: the report of a run, the lists behind its figures, its editions and files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.reporting.codec import decode
from portal.reporting.comparing import (
    ListDifference,
    Named,
    RowDifference,
    list_difference,
    roster_differences,
)
from portal.reporting.data import DrillDown, ReportData, Roster, RosterRow
from portal.reporting.models import ReportDrill, ReportFile, ReportRow, ReportRun
from portal.screens.screen import FROM_LABEL_LIMIT

# Lists longer than this are compared by their figures, not row by row.
COMPARED_ROWS = 20_000
SHOWN_ROWS = 100
FEW_POSITIONS = 500


def load_report(run: ReportRun, *, with_rows: bool = False) -> ReportData:
    """The report of a finished run, which the caller has reached; `with_rows` fills rosters and drill-downs."""
    report = ReportData.from_json(run.data or {})
    if not with_rows:
        return report
    rows: dict[str, list[RosterRow]] = {key: [] for key in report.rosters}
    stored = ReportRow.objects.unscoped("the lists of a run that the caller has reached").filter(run=run)
    for roster, subject_pk, cells in stored.order_by("roster", "position").values_list("roster", "subject_pk", "cells"):
        rows[roster].append(RosterRow(subject_pk, tuple(cells)))
    drills = ReportDrill.objects.unscoped("the lists of a run that the caller has reached").filter(run=run)
    return replace(
        report,
        rosters={key: replace(roster, rows=tuple(rows[key])) for key, roster in report.rosters.items()},
        drilldowns={
            drill.key: DrillDown(drill.label, drill.roster, tuple(drill.positions), drill.list_url_name, drill.query)
            for drill in drills.order_by("pk")
        },
    )


@dataclass(frozen=True)
class StoredRow:
    """One line of a stored list; `pk` is the subject's key then."""

    pk: int
    number: int
    cells: tuple[str | int | None, ...]

    def __str__(self) -> str:
        return str(self.cells[0]) if self.cells else str(self.pk)


class StoredList(Sequence[StoredRow]):
    """The list behind one figure, read page by page: as long as the figure said, in the report's order."""

    def __init__(self, run: ReportRun, roster: str, positions: Sequence[int], actor: Actor) -> None:
        self.run, self.roster, self.positions, self.actor = run, roster, positions, actor

    def __len__(self) -> int:
        return len(self.positions)

    def count(self, value: object = None) -> int:
        """As a queryset counts: all rows."""
        return len(self.positions)

    @overload
    def __getitem__(self, key: int) -> StoredRow: ...
    @overload
    def __getitem__(self, key: slice) -> list[StoredRow]: ...
    def __getitem__(self, key: int | slice) -> StoredRow | list[StoredRow]:
        if isinstance(key, int):
            return self._read([self.positions[key]], key)[0]
        start = key.indices(len(self))[0]
        return self._read(self.positions[key], start)

    def __iter__(self) -> Iterator[StoredRow]:
        for start in range(0, len(self), 500):
            yield from self[start : start + 500]

    def _read(self, wanted: Sequence[int], start: int) -> list[StoredRow]:
        rows = scoped(ReportRow, self.actor).filter(run=self.run, roster=self.roster, position__in=wanted)
        found = {row.position: row for row in rows}
        return [
            StoredRow(found[position].subject_pk, start + number, tuple(found[position].cells))
            for number, position in enumerate(wanted, start=1)
        ]


@dataclass(frozen=True)
class DrillPage:
    """Everything the page of one stored list needs."""

    drill: ReportDrill
    roster: Roster
    rows: StoredList


def stored_list(run: ReportRun, key: str, actor: Actor) -> DrillPage | None:
    """The list behind figure `key` of a run; None when the run has no such figure."""
    drill = scoped(ReportDrill, actor).filter(run=run, key=key).first()
    roster = decode(dict[str, Roster], (run.data or {}).get("rosters", {})).get(drill.roster) if drill else None
    if drill is None or roster is None:
        return None
    return DrillPage(drill, roster, StoredList(run, drill.roster, drill.positions, actor))


def live_url(drill: ReportDrill, source: str) -> str:
    """The list behind a figure as it is known today: the list's own filters and date; "" where it is not installed."""
    path = _list_path(drill.list_url_name)
    return f"{path}?{_live_query(drill.query, source, drill.label)}" if path else ""


class LiveLists:
    """The live list of each figure of a run, by the figure's key; one query, however many figures there are."""

    def __init__(self, run: ReportRun, actor: Actor) -> None:
        drills = scoped(ReportDrill, actor).filter(run=run).values_list("key", "list_url_name", "query", "label")
        self._drills = {key: rest for key, *rest in drills}
        self._paths = {name: _list_path(name) for name in {name for name, _, _ in self._drills.values()}}
        self._source = run.title

    def url(self, key: str) -> str:
        """The address of a figure's list; "" when there is no such figure or the list is not installed."""
        if key not in self._drills:
            return ""
        name, query, label = self._drills[key]
        path = self._paths[name]
        return f"{path}?{_live_query(query, self._source, label)}" if path else ""


def _list_path(url_name: str) -> str:
    try:
        return reverse(url_name) if url_name else ""
    except NoReverseMatch:
        return ""


def _live_query(query: dict[str, str], source: str, label: str) -> str:
    return urlencode({**query, "from": f"{source}·{label}"[:FROM_LABEL_LIMIT]})


def names_behind(old: ReportRun, new: ReportRun, keys: Sequence[str], actor: Actor) -> dict[str, ListDifference]:
    """For each figure that differs: who is in its list in one of two runs and not in the other. Few queries, however
    many figures."""
    places: dict[str, list[list[Named]]] = {key: [[], []] for key in keys}
    for side, run in enumerate((old, new)):
        drills = list(scoped(ReportDrill, actor).filter(run=run, key__in=keys))
        for roster in {drill.roster for drill in drills}:
            wanted = {place for drill in drills if drill.roster == roster for place in drill.positions}
            rows = scoped(ReportRow, actor).filter(run=run, roster=roster)
            if len(wanted) <= FEW_POSITIONS:
                rows = rows.filter(position__in=wanted)
            names = {
                position: Named(pk, str(cells[0]))
                for position, pk, cells in rows.values_list("position", "subject_pk", "cells").iterator()
                if position in wanted
            }
            for drill in drills:
                if drill.roster == roster:
                    places[drill.key][side] = [names[place] for place in drill.positions]
    return {key: list_difference(*sides) for key, sides in places.items()}


@dataclass(frozen=True)
class RosterChange:
    """The rows of one list that differ between two runs; `is_long`: too many rows to be compared on a page."""

    label: str
    rows: list[RowDifference]
    total: int
    is_long: bool = False


def roster_changes(old: ReportRun, new: ReportRun, actor: Actor) -> list[RosterChange]:
    """Each list of two runs by subject: new, gone, changed cells."""
    declared = {
        **decode(dict[str, Roster], (old.data or {}).get("rosters", {})),
        **decode(dict[str, Roster], (new.data or {}).get("rosters", {})),
    }
    found = []
    for key, roster in declared.items():
        sides = [scoped(ReportRow, actor).filter(run=run, roster=key) for run in (old, new)]
        if max(side.count() for side in sides) > COMPARED_ROWS:
            found.append(RosterChange(roster.label, [], 0, is_long=True))
            continue
        before, after = (
            [RosterRow(pk, tuple(cells)) for pk, cells in side.order_by("position").values_list("subject_pk", "cells")]
            for side in sides
        )
        width = len(roster.columns)
        labels = tuple(column.label for column in roster.columns)
        fits = all(len(row.cells) == width for row in (*before, *after))
        rows = roster_differences(labels, before, after) if fits else []
        found.append(RosterChange(roster.label, rows[:SHOWN_ROWS], len(rows), is_long=not fits))
    return found


def editions(run: ReportRun, actor: Actor) -> list[ReportRun]:
    """All editions of the same report, the oldest first."""
    same = scoped(ReportRun, actor).filter(month=run.month, series=run.series)
    return list(same.defer("data").select_related("user").order_by("edition"))


def files_of(run: ReportRun, actor: Actor) -> dict[str, ReportFile]:
    """The documents of the run's present state by format: a signed run shows its final ones only."""
    rows = scoped(ReportFile, actor).filter(run=run, is_final=run.is_locked).select_related("job", "stored")
    return {row.format: row for row in rows}
