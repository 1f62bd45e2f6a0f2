"""Every (state, step, role) outside the table is refused, also when two people press at the same moment."""

import threading
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import connection

from portal.access.actor import Actor, Scope, acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.regulations.models import CalendarYear
from portal.workflow.models import WorkflowEvent
from portal.workflow.services import explain
from supervision.inspections import services as inspections
from supervision.inspections.enums import InspectionState, Stage
from supervision.inspections.models import Inspection, Submission
from supervision.inspections.selectors import RELATED, filing_of
from supervision.inspections.transitions import TRANSITIONS, ReviewFacts, SubmitFacts
from supervision.reviews import services as reviews
from supervision.reviews.models import Opinion, Remark, Return
from supervision.rounds import services as rounds
from supervision.rounds.enums import Place
from supervision.rounds.models import Round
from tests.personas import Personas
from tests.supervision.filled import filled, sign, small_track
from tests.supervision.makers import NOW, make_inspection, make_round, make_submission
from tests.supervision.steps import STEPS

State = InspectionState
RUNS, FEW = 1_000, 12
MODEL = "supervision.Inspection"


# By the decision alone: all of them ------------------------------------------------------------------------------
def somebody(role: str) -> Actor:
    return Actor(1, role, 1, role, Scope("province", None, "湖南省"), role)


def test_table_is_complete() -> None:
    found = {one.name: (set(one.sources), set(one.roles), one.target) for one in TRANSITIONS}
    assert found == {
        name: ({*map(str, states)}, {*map(str, who)}, target) for name, (states, who, target) in STEPS.items()
    }


@pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: step.name)
def test_step_is_open_to_its_roles_in_its_states_and_to_nobody_else(step: Any) -> None:
    states, who, _target = STEPS[step.name]
    facts: Any = ReviewFacts()
    if step.name.startswith(("submit_", "file_")):
        facts = SubmitFacts(True, is_elsewhere=step.name == "file_elsewhere")
    for state in State:
        one = Inspection(state=state)
        for role in (*Role.values, None):
            actor = somebody(role) if role else None
            allowed = state in states and (role or "system") in {*map(str, who)}
            decision = explain(step, one, actor=actor, facts=facts)
            assert (bool(decision), bool(decision.reason)) == (allowed, not allowed), (step.name, state, role)


# Pressed at the same moment ---------------------------------------------------------------------------------------
Act = Callable[[Inspection, dict[str, Any]], Any]
ON = date(2026, 3, 2)
ACTS: dict[str, Act] = {
    "start": lambda one, by: inspections.start(one, **by),
    "submit": lambda one, by: inspections.submit(one, content_code=one.seen_code, **by),  # type: ignore[attr-defined]
    "file_elsewhere": lambda one, by: inspections.file_elsewhere(
        one,
        filed_on=ON,
        acceptance_number="1号",
        content_code=one.seen_code,  # type: ignore[attr-defined]
        **by,
    ),
    "forward": lambda one, by: reviews.forward(one, text="同意", **by),
    "return": lambda one, by: reviews.send_back(one, comment="请补充", **by),
    "conclude": lambda one, by: reviews.conclude(one, conclusion="passed", reason="", on=ON, **by),
    "record": lambda one, by: reviews.record_conclusion(
        one, conclusion="failed", number="1号", reason="违规收费", on=ON, **by
    ),
    "reconsider": lambda one, by: reviews.reconsider(one, reason="举报属实", **by),
    "exempt": lambda one, by: rounds.exempt(one, reason="已注销", **by),
    "reinstate": lambda one, by: rounds.reinstate(one, reason="有误", **by),
}


@pytest.fixture
def ready(personas: Personas, transactional_db: None, reference: None) -> Personas:
    personas.province.fill()
    CalendarYear.objects.create(year=2026, is_provisional=False, published_on=date(2025, 11, 4), source="通知")
    for role in Role.values:
        assert personas.of_role(role)
    return personas


@pytest.fixture
def filings(ready: Personas) -> tuple[Inspection, Inspection]:
    """One that nobody began, and one ready to be handed in; each race puts them into a state of its own."""
    fresh = make_inspection(ready.province.tea, small_track(round=make_round(report_year=2024)))
    inspection = filled(ready.province.tea, ready.association_filer, small_track())
    sign(inspection, ready.association_filer)
    return fresh, inspection


def stamps(province: Any, state: str) -> dict[str, Any]:
    """The columns that a state asks for."""
    handed_in = state not in {State.NOT_STARTED, State.DRAFTING, State.EXEMPTED}
    at = NOW if handed_in else None
    is_concluded = state == State.CONCLUDED
    return {
        "state": state,
        "supervisor": province.unit,
        "committee": province.branch_committee,
        "registrar": province.registrar,
        "started_at": None if state == State.NOT_STARTED else NOW,
        "submitted_at": at,
        "first_submitted_at": at,
        "returned_at": at if state == State.RETURNED else None,
        "returned_from": Stage.SUPERVISOR if state == State.RETURNED else "",
        "concluded_at": at if is_concluded else None,
        "conclusion": "passed" if is_concluded else "",
        "conclusion_number": "2号" if is_concluded else "",
        "conclusion_source": "entry" if is_concluded else "",
    }


def raced(personas: Personas, filings: tuple[Inspection, Inspection], dice: Random) -> None:
    """Any two acts of any two roles in any state: what happened is in the table, and happened once."""
    state = dice.choice(list(State))
    filing = filings[state != State.NOT_STARTED]
    with everything("test data"):
        Inspection.objects.filter(pk=filing.pk).update(version=1, **stamps(personas.province, state))
        place = dice.choice(list(Place))
        Round.objects.filter(pk=filing.round_id).update(place=place)
        Opinion.objects.filter(inspection=filing).delete()
        Remark.objects.filter(inspection=filing).delete()
        Return.objects.filter(inspection=filing).delete()
        Submission.objects.filter(inspection=filing).delete()
        if stamps(personas.province, state)["submitted_at"]:
            make_submission(filing)
        if state == State.NOT_STARTED:
            filing.sections.all().delete()
        filing.sections.update(is_open=state in {State.DRAFTING, State.RETURNED})
        WorkflowEvent.objects.all().delete()
        filing.refresh_from_db()
        code = filing_of(filing, NOW.date()).content_code
    # One of the two mostly has the right to something: else nothing would ever be raced against.
    likely = [name for name, (sources, who, _target) in STEPS.items() if state in sources and who]
    sides = [(dice.choice(list(ACTS)), dice.choice(Role.values)) for _ in range(2)]
    if likely:
        step = dice.choice(likely)
        names = {"submit": "submit", "agree": "forward", "clear": "forward", "return": "return", "record": "record"}
        act = step if step in ACTS else names.get(step.split("_")[0], "record")
        sides[0] = (act, dice.choice(sorted(set(STEPS[step][1]) & set(Role.values))))
    start, strange = threading.Barrier(2), []

    def run(actor: Actor, act: Act) -> None:
        try:
            with acting_as(actor):
                with everything("test data"):
                    mine = Inspection.objects.select_related(*RELATED).get(pk=filing.pk)
                mine.seen_code = code  # type: ignore[attr-defined]
                start.wait()
                act(mine, {"actor": actor, "version": 1, "now": NOW})
        except (Conflict, Refused):
            pass
        except BaseException as problem:
            strange.append(problem)
        finally:
            connection.close()

    actors = [personas.of_role(role).actor for _act, role in sides]
    threads = [
        threading.Thread(target=run, args=(actor, ACTS[act])) for actor, (act, _role) in zip(actors, sides, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == [], (state, sides)
    role_of = {actor.membership_id: actor.role for actor in actors}
    with everything("test data"):
        after = Inspection.objects.get(pk=filing.pk)
        moves = list(WorkflowEvent.objects.filter(subject_model=MODEL, subject_pk=str(filing.pk)))
    assert len(moves) <= 1, (state, sides, moves)  # both saw version 1
    assert after.version == 1 + len(moves)
    for move in moves:
        sources, who, target = STEPS[move.transition]
        assert move.source == state
        assert move.source in sources
        assert role_of[move.membership_id] in {*map(str, who)}
        assert (move.target, after.state) == (target, target)
        assert (move.transition == "file_elsewhere") <= (place == Place.REGISTRAR)
        assert move.transition.startswith("submit_") <= (place == Place.HERE)
    if not moves:
        assert after.state == state


def test_steps_pressed_at_once_stay_within_the_table(ready: Personas, filings: tuple[Inspection, Inspection]) -> None:
    dice = Random(20260302)
    for _ in range(FEW):
        raced(ready, filings, dice)


@pytest.mark.heavy
def test_a_thousand_steps_pressed_at_once_stay_within_the_table(
    ready: Personas, filings: tuple[Inspection, Inspection]
) -> None:
    dice = Random()
    for _ in range(RUNS):
        raced(ready, filings, dice)
