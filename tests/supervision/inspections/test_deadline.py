"""The last instant: a hand-in is in time with its receipt, or late and told where to turn; nothing typed is lost."""

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor, acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from supervision.inspections import attachments, services
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection, InspectionSection, Submission
from supervision.inspections.selectors import RELATED, filing_of
from supervision.rounds.services import extend
from tests.personas import Persona, Personas
from tests.supervision.filled import day, filled, photograph, section_row, sign, small_track
from tests.supervision.makers import make_round

DUE = date(2026, 3, 31)
LAST = day("2026-03-31", "23:59:59") + timedelta(microseconds=999_999)
FIRST = LAST + timedelta(microseconds=1)
RUNS = 1_000
_year = itertools.count(2100)
Act = Callable[[Inspection, Actor, datetime], Any]


def hand_in(one: Inspection, actor: Actor, now: datetime) -> Any:
    code = one.seen_code  # type: ignore[attr-defined]  # what the check page showed, read before the race
    return services.submit(one, version=one.version, content_code=code, actor=actor, now=now)


def type_on(one: Inspection, actor: Actor, now: datetime) -> Any:
    return services.save_section(
        one, "money", answers={"fees": "90"}, reasons={}, version=2, actor=actor, now=now, state="done"
    )


def grant(one: Inspection, actor: Actor, now: datetime) -> Any:
    return extend(one, date(2026, 4, 10), reason="换届", actor=actor, version=one.version, now=now)


@dataclass(frozen=True)
class Race:
    """Two people at one filing, each at an instant of their own; which pairs of outcomes may be."""

    first: tuple[str, Act, datetime]
    second: tuple[str, Act, datetime]
    allowed: Iterable[tuple[str, str]]
    closes_on: date = date(2026, 12, 31)


FILER, SIGNER = "association_filer", "association_signer"
LATE = "filing.deadline"
RACES = {
    # Both press, around midnight: one hand-in, the same receipt for both.
    "due": Race((FILER, hand_in, LAST), (SIGNER, hand_in, FIRST), {("done", "done")}),
    "closing": Race((FILER, hand_in, LAST), (SIGNER, hand_in, FIRST), {("done", "done"), ("done", LATE)}, DUE),
    # A colleague types on while the other hands in.
    "typed on, due": Race(
        (FILER, hand_in, LAST), (SIGNER, type_on, FIRST), {("done", "filing.closed"), ("conflict", "done")}
    ),
    "typed on, closed": Race((FILER, hand_in, FIRST), (SIGNER, type_on, LAST), {(LATE, "done")}, DUE),
    # The registrar's extension arrives with the hand-in that needs it.
    "extended": Race((FILER, hand_in, FIRST), ("registrar", grant, FIRST), {(LATE, "done"), ("conflict", "done")}, DUE),
    "extended, due": Race(
        (FILER, hand_in, FIRST),
        ("registrar", grant, FIRST),
        {("done", "conflict"), ("done", "extension.state"), ("conflict", "done")},
    ),
}


@pytest.fixture
def ready(personas: Personas, transactional_db: None, reference: None) -> Personas:
    assert personas.province.tea_branch
    for key in (FILER, SIGNER, "registrar"):
        assert personas[key]
    return personas


def raced(personas: Personas, name: str) -> None:
    race = RACES[name]
    track = small_track(round=make_round(report_year=next(_year), closes_on=race.closes_on))
    inspection = filled(personas.province.tea, personas[FILER], track)
    sign(inspection, personas[FILER])
    code = filing_of(inspection, DUE).content_code
    start = threading.Barrier(2)
    outcomes: dict[int, str] = {}
    results: dict[int, Any] = {}
    strange: list[BaseException] = []

    def run(place: int, actor: Actor, act: Act, now: datetime) -> None:
        try:
            with acting_as(actor):
                with everything("test data"):
                    mine = Inspection.objects.select_related(*RELATED).get(pk=inspection.pk)
                mine.seen_code = code  # type: ignore[attr-defined]
                start.wait()
                results[place] = act(mine, actor, now)
            outcomes[place] = "done"
        except Conflict:
            outcomes[place] = "conflict"
        except Refused as refused:
            outcomes[place] = refused.code
            results[place] = refused.reason
        except BaseException as problem:
            strange.append(problem)
        finally:
            connection.close()

    sides = (race.first, race.second)
    threads = [
        threading.Thread(target=run, args=(place, personas[key].actor, act, now))
        for place, (key, act, now) in enumerate(sides)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == []
    assert (outcomes[0], outcomes[1]) in race.allowed, (name, outcomes)
    holds(name, inspection, outcomes, results)


def holds(name: str, inspection: Inspection, outcomes: dict[int, str], results: dict[int, Any]) -> None:
    """One hand-in at most; whether it is late is what its own instant says; what was typed stands."""
    with everything("test data"):
        after = Inspection.objects.get(pk=inspection.pk)
        sections = {row.code: row for row in InspectionSection.objects.filter(inspection=inspection)}
        submissions = list(Submission.objects.filter(inspection=inspection))
    assert len(submissions) == (after.state == InspectionState.WITH_SUPERVISOR)
    for one in submissions:
        due_on = DUE if after.filing_due_on == DUE else after.filing_due_on
        assert one.is_late == (timezone.localdate(one.submitted_at) > due_on), name
        assert after.is_late == one.is_late
        assert {row.is_open for row in sections.values()} == {False}
        assert {result.pk for result in results.values() if isinstance(result, Submission)} == {one.pk}
    if not submissions:
        assert all(row.is_open for row in sections.values())
    typed_on = RACES[name].second[1] is type_on and outcomes[1] == "done"
    assert sections["money"].answers == {"fees": "90" if typed_on else "100", "other": "20", "income": "120"}
    for place, outcome in outcomes.items():
        if outcome == LATE:
            assert "0731-84502000" in results[place]
            assert f"已于 {DUE} 截止" in results[place]


def test_the_last_instant(ready: Personas) -> None:
    for name in RACES:
        raced(ready, name)


@pytest.mark.heavy
def test_the_last_instant_a_thousand_times(ready: Personas) -> None:
    for name in itertools.islice(itertools.cycle(RACES), RUNS):
        raced(ready, name)


# As pages --------------------------------------------------------------------------------------------------------
@pytest.fixture
def signed_in(personas: Personas, sign_in: Callable[[Persona], Client], frozen: Callable[[datetime], None]) -> Client:
    frozen(LAST)
    return sign_in(personas[FILER])


def test_round_that_ends_while_somebody_types_keeps_the_text_and_says_where_to_turn(
    personas: Personas, signed_in: Client, frozen: Callable[[datetime], None]
) -> None:
    track = small_track(round=make_round(closes_on=DUE))
    inspection = filled(personas.province.tea, personas[FILER], track)
    sign(inspection, personas[FILER])
    code = filing_of(inspection, DUE).content_code
    section = reverse("supervision:filing_section", args=[inspection.pk, "money"])
    assert signed_in.get(section).status_code == 200
    frozen(FIRST)
    sent = {"action": "continue", "version": "2", "fields": "fees,other,income", "fees": "100", "other": "21"}
    assert signed_in.post(section, sent | {"income": "121"}).status_code == 302
    assert section_row(inspection, "money").answers == {"fees": "100", "other": "21", "income": "121"}
    late = signed_in.post(
        reverse("supervision:filing_submit", args=[inspection.pk]),
        {"version": inspection.version, "content_code": code, "confirmed": "1"},
    )
    assert late.status_code == 422
    assert "如需补报，请联系省民政厅社会组织管理局 0731-84502000；已填内容仍可查看和导出。" in late.content.decode()
    assert not Submission.objects.exists()


def test_photographs_that_take_past_midnight_were_sent_in_time(
    personas: Personas, signed_in: Client, frozen: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is when the request reached the portal, not when its pictures had been looked through."""
    track = small_track(round=make_round(closes_on=DUE))
    inspection = filled(personas.province.tea, personas[FILER], track)
    services.make_signature_page(inspection, actor=personas[FILER].actor, now=LAST)
    take = attachments.take_upload

    def slow(*args: Any, **options: Any) -> Any:
        frozen(FIRST + timedelta(seconds=5))
        return take(*args, **options)

    monkeypatch.setattr("supervision.inspections.attachments.take_upload", slow)
    done = signed_in.post(
        reverse("supervision:filing_submit", args=[inspection.pk]),
        {
            "version": inspection.version,
            "content_code": filing_of(inspection, DUE).content_code,
            "confirmed": "1",
            "file-signature": photograph(),
        },
    )
    assert "/receipts/" in done.headers["Location"]
    assert not Submission.objects.get().is_late
