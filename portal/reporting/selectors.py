"""Reading runs back: the report of a run, the lists behind its figures, its editions and files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.reporting.data import DrillDown, ReportData, Roster, RosterRow
from portal.reporting.models import ReportDrill, ReportFile, ReportRow, ReportRun


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
    positions = dict(drills.values_list("key", "positions"))
    return replace(
        report,
        rosters={key: replace(roster, rows=tuple(rows[key])) for key, roster in report.rosters.items()},
        drilldowns={key: replace(drill, positions=tuple(positions[key])) for key, drill in report.drilldowns.items()},
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

    drill: DrillDown
    roster: Roster
    rows: StoredList


def stored_list(run: ReportRun, key: str, actor: Actor) -> DrillPage | None:
    """The list behind figure `key` of a run; None when the run has no such figure."""
    report = load_report(run)
    drill = report.drilldowns.get(key)
    found = scoped(ReportDrill, actor).filter(run=run, key=key).first()
    if drill is None or found is None:
        return None
    return DrillPage(drill, report.rosters[drill.roster], StoredList(run, drill.roster, found.positions, actor))


def live_url(drill: DrillDown, source: str) -> str:
    """The same list as it is known today: the list's own filters and date; "" where that list is not installed."""
    if not drill.list_url_name:
        return ""
    try:
        path = reverse(drill.list_url_name)
    except NoReverseMatch:
        return ""
    query = QueryDict(mutable=True)
    query.update(drill.query)
    query["from"] = f"{source}·{drill.label}"[:60]
    return f"{path}?{query.urlencode()}"


def editions(run: ReportRun, actor: Actor) -> list[ReportRun]:
    """All editions of the same report, the oldest first."""
    same = scoped(ReportRun, actor).filter(month=run.month, series=run.series)
    return list(same.defer("data").select_related("user").order_by("edition"))


def files_of(run: ReportRun, actor: Actor) -> dict[str, ReportFile]:
    """The documents of the run's present state by format: a signed run shows its final ones only."""
    rows = scoped(ReportFile, actor).filter(run=run, is_final=run.is_locked).select_related("job", "stored")
    return {row.format: row for row in rows}
