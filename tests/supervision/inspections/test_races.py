"""Two tabs, two people, one filing: nothing typed is lost, nothing is handed in twice; on both databases."""

import itertools
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portal.access.actor import Actor, acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.files.services import store
from supervision.inspections import attachments, services
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Attachment, Inspection, InspectionSection, Submission
from supervision.inspections.selectors import RELATED, filing_of
from tests.personas import Personas
from tests.supervision.filled import filled, sign, small_track
from tests.supervision.makers import make_inspection, make_round

Act = Callable[[Inspection, Actor, datetime], Any]
RUNS = 1_000
_year = itertools.count(2100)


def save_as(text: str) -> Act:
    def act(one: Inspection, actor: Actor, now: datetime) -> Any:
        return services.save_section(
            one, "money", answers={"fees": text}, reasons={}, version=2, actor=actor, now=now, state="done"
        )

    return act


def submit(one: Inspection, actor: Actor, now: datetime) -> Any:
    code = one.seen_code  # type: ignore[attr-defined]  # what the check page showed, read before the race
    return services.submit(one, version=one.version, content_code=code, actor=actor, now=now)


def take_away(one: Inspection, actor: Actor, now: datetime) -> Any:
    return attachments.detach(one.seen_file, actor=actor, now=now)  # type: ignore[attr-defined]


def begin(one: Inspection, actor: Actor, now: datetime) -> Any:
    return services.start(one, actor=actor, version=1, now=now)


# What two people do at the same moment, and which pairs of outcomes may be.
RACES: dict[str, tuple[Act, Act, set[tuple[str, str]]]] = {
    "two tabs save": (save_as("90"), save_as("80"), {("done", "conflict"), ("conflict", "done")}),
    "save against submit": (save_as("90"), submit, {("done", "conflict"), ("refused", "done")}),
    "double submit": (submit, submit, {("done", "done")}),
    "file taken away against submit": (take_away, submit, {("done", "conflict"), ("refused", "done")}),
    "begun twice": (begin, begin, {("done", "done")}),
}


@pytest.fixture
def ready(personas: Personas, transactional_db: None, reference: None) -> Personas:
    assert personas.province.tea_branch
    for key in ("association_filer", "association_signer"):
        assert personas[key]
    return personas


def made(personas: Personas, name: str) -> tuple[Inspection, str, Attachment | None]:
    """A filing before the race, the content code that its people saw, a file of it."""
    track = small_track(round=make_round(report_year=next(_year)))
    if name == "begun twice":
        return make_inspection(personas.province.tea, track), "", None
    inspection = filled(personas.province.tea, personas.association_filer, track)
    stored = store(b"%PDF-1.7", name="a.pdf", kind="test", actor=None, now=timezone.now())
    file = Attachment.objects.create(inspection=inspection, field="audit", file=stored, uploaded_at=timezone.now())
    sign(inspection, personas.association_filer)
    return inspection, filing_of(inspection, NOW.date()).content_code, file


NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.get_default_timezone())


def raced(personas: Personas, name: str) -> None:
    first, second, allowed = RACES[name]
    inspection, code, file = made(personas, name)
    start = threading.Barrier(2)
    outcomes: dict[int, str] = {}
    results: dict[int, Any] = {}
    strange: list[BaseException] = []

    def run(place: int, actor: Actor, act: Act) -> None:
        try:
            with acting_as(actor):
                with everything("test data"):
                    mine = Inspection.objects.select_related(*RELATED).get(pk=inspection.pk)
                mine.seen_code, mine.seen_file = code, file  # type: ignore[attr-defined]
                start.wait()
                results[place] = act(mine, actor, NOW)
            outcomes[place] = "done"
        except Conflict:
            outcomes[place] = "conflict"
        except Refused as refused:
            outcomes[place] = "refused" if refused.code == "filing.closed" else refused.code
        except BaseException as problem:
            strange.append(problem)
        finally:
            connection.close()

    actors = (personas.association_filer.actor, personas.association_signer.actor)
    threads = [
        threading.Thread(target=run, args=(place, actor, act))
        for place, (actor, act) in enumerate(zip(actors, (first, second), strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == []
    assert (outcomes[0], outcomes[1]) in allowed, (name, outcomes)
    with everything("test data"):
        after = Inspection.objects.get(pk=inspection.pk)
        sections = {row.code: row for row in InspectionSection.objects.filter(inspection=inspection)}
        submissions = list(Submission.objects.filter(inspection=inspection))
    assert len(sections) == 3
    assert len(submissions) == (after.state == InspectionState.WITH_SUPERVISOR)
    for submission in submissions:
        assert submission.answers["money"] == sections["money"].answers
        assert {row.is_open for row in sections.values()} == {False}
        assert submission.content_code == code
    if name == "double submit":
        assert results[0].pk == results[1].pk
    if name == "two tabs save":
        assert sections["money"].answers["fees"] == ("90" if outcomes[0] == "done" else "80")
    if not submissions:
        assert all(row.is_open for row in sections.values())


def test_nothing_is_lost_and_nothing_handed_in_twice(ready: Personas) -> None:
    for name in RACES:
        raced(ready, name)


@pytest.mark.heavy
def test_a_thousand_times_nothing_is_lost(ready: Personas) -> None:
    for name in itertools.islice(itertools.cycle(RACES), RUNS):
        raced(ready, name)
