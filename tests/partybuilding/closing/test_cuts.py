"""A worker that dies between any two writes of a close: begun again, the same lists and the same one draft stand."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from partybuilding.closing import services
from partybuilding.closing.drafting import stored_balances
from partybuilding.closing.models import Close, CloseChange, CloseEdition, CloseRow, CloseUnit
from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from portal.jobs.models import Job, JobState
from portal.jobs.services import put_back
from portal.notices.models import Notice, Task
from portal.reporting import services as reporting
from portal.reporting.models import ReportDrill, ReportFile, ReportRow, ReportRun
from tests.partybuilding.closing.conftest import APRIL, FIRST_OF_JUNE, LAST_DAY, MAY, Story, do_work, moment

WRITE = re.compile(r'(INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM) "(\w+)"')


class Died(BaseException):
    """As kill -9: nothing of ours is asked."""


class Writes:
    """Counts what is written by table; dies before a given one."""

    def __init__(self, at: tuple[str, str] | None = None) -> None:
        self.at = at
        self.found: dict[tuple[str, str], None] = {}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITE.match(sql):
            write = (found[1], found[2])
            if write == self.at:
                self.at = None
                raise Died
            self.found[write] = None
        return execute(sql, params, many, context)


@contextmanager
def undone() -> Iterator[None]:
    """Leave everything as it was before."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def stands() -> dict[str, Any]:
    """Everything that a close leaves, without keys of its own and instants."""
    with everything("test"):
        close = Close.objects.get(month=MAY)
        editions = CloseEdition.objects.filter(close=close)
        tables: dict[str, tuple[Any, tuple[str, ...]]] = {
            "units": (CloseUnit.objects.filter(close=close), ("key", "state", "association_count", "change_count")),
            "editions": (editions, ("number", "in_scope", "covered", "run__number")),
            "rows": (CloseRow.objects.filter(edition__close=close), ("edition__number", "name", "cover", "is_carried")),
            "ledger": (CloseChange.objects.filter(edition__close=close), ("name", "measure", "delta", "reason")),
            "tasks": (Task.objects.all(), ("kind", "title", "state", "body_label")),
            "messages": (Notice.objects.all(), ("user", "text")),
            "drafts": (ReportRun.objects.filter(as_of=LAST_DAY), ("number", "state", "data_sha256")),
            "stored rows": (ReportRow.objects.filter(run__as_of=LAST_DAY), ("roster", "position", "cells")),
            "stored lists": (ReportDrill.objects.filter(run__as_of=LAST_DAY), ("key", "positions")),
            "acts": (AuditEvent.objects.all(), ("action", "subject_label")),
        }
        found = {name: sorted(map(repr, rows.values_list(*names))) for name, (rows, names) in tables.items()}
        found["prepared"] = [str(close.prepared_at is not None)]
        found["jobs"] = sorted(map(repr, Job.objects.values_list("task", "state")))
        assert all(one.is_even for edition in editions.filter(number__gt=0) for one in stored_balances(close, edition))
    return found


def april(story: Story) -> None:
    """Last month, without its documents."""
    story.issue(APRIL, moment(date(2026, 5, 1)))
    with everything("test"):
        ReportFile.objects.all().delete()
        Job.objects.filter(state=JobState.QUEUED).delete()


def cut_everywhere(work: Callable[[], Any]) -> tuple[int, dict[str, Any]]:
    """Do the work; then again, dying once before the first write to each table; how often, and what an uncut run left.

    Each cut run is taken up by the next worker, as the sweep lets it.
    """
    undisturbed = Writes()
    with undone():
        work()
        with connection.execute_wrapper(undisturbed):
            do_work()
        expected = stands()
    for write in undisturbed.found:
        with undone():
            work()
            with connection.execute_wrapper(Writes(write)), pytest.raises(Died):
                do_work()
            # Outside of a test the statement that was cut had no transaction around it.
            transaction.set_rollback(False)
            with everything("test"):
                for job in Job.objects.filter(state=JobState.RUNNING):
                    put_back(job, now=FIRST_OF_JUNE)
            do_work()
            assert stands() == expected, write
    return len(undisturbed.found), expected


@pytest.mark.one_database
@pytest.mark.parametrize("is_first", [True, False], ids=["first close", "later close"])
def test_lists_are_whole_wherever_their_making_is_cut(story: Story, is_first: bool) -> None:
    if not is_first:
        april(story)
    # People who are told, made before the first cut is undone.
    actor = story.admin.actor
    assert story.personas.other_committee, story.personas.party_committee
    times, found = cut_everywhere(lambda: services.open_close(MAY, actor=actor, now=FIRST_OF_JUNE))
    assert times >= 5
    assert len(found["units"]) == 3


@pytest.mark.one_database
def test_draft_is_one_and_whole_wherever_its_making_is_cut(story: Story, found: Any) -> None:
    april(story)
    found(story.province.city_trade, date(2026, 5, 12))
    close = story.open()
    units = story.units(close)
    story.confirm(units["湖南省商贸行业党委"], story.personas.other_committee)
    # Changed after its confirmation: the draft opens the list again.
    found(story.province.city_trade, date(2026, 5, 20))

    actor = story.admin.actor

    def ask() -> None:
        reporting.request_run("coverage_close", params={}, as_of=LAST_DAY, actor=actor, now=FIRST_OF_JUNE)

    times, left = cut_everywhere(ask)
    assert times >= 10
    assert len(left["editions"]) == len(left["drafts"]) == 1
    assert len(left["ledger"]) == 3
