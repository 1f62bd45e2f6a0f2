"""Which reports exist. Wings fill it in their `apps.py`; nothing else does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.access.actor import Actor
    from portal.gates import Finding
    from portal.jobs.runner import JobContext
    from portal.reporting.data import ReportData
    from portal.reporting.forms import ReportParameters
    from portal.reporting.models import ReportRun


@dataclass(frozen=True)
class Report:
    """A declared report. `build(actor, params, as_of)` reads what `actor` may read and decides nothing else.

    `params` is what the parameter form put into `to_params()`: plain JSON, checked against the actor's scope again
    inside `build`.

    A report that closes something says more: `needs_review` puts a review between draft and signature; what
    `is_final_when_signed` has no edition after its signed one; `prepare(run,
    context)` keeps in the background, before the figures are read, what `build` then reads (it may be run twice);
    `blockers(run)` says why a draft cannot be signed; `signed(run, actor, now)` is what signing does besides, in its
    transaction.
    """

    key: str
    title: str
    summary: str
    parameters: "type[ReportParameters]"
    roles: frozenset[str]
    build: "Callable[[Actor, dict[str, Any], date], ReportData]"
    needs_review: bool = False
    is_final_when_signed: bool = False
    prepare: "Callable[[ReportRun, JobContext], None] | None" = None
    blockers: "Callable[[ReportRun], list[Finding]] | None" = None
    signed: "Callable[[ReportRun, Actor, datetime], None] | None" = None


_reports: dict[str, Report] = {}


def register(report: Report) -> None:
    """Make a report known. Registering another one under the same key is a programming error."""
    known = _reports.get(report.key)
    if known is not None and known != report:
        raise ValueError(f"report key {report.key!r} is taken")
    _reports[report.key] = report


def find(key: str) -> Report | None:
    return _reports.get(key)


def reports_for(role: str) -> list[Report]:
    """The reports a role may ask for, in the order they were registered."""
    return [report for report in _reports.values() if role in report.roles]


def title_of(key: str) -> str:
    report = _reports.get(key)
    return report.title if report else key
