"""Two reviewers at one filing: exactly one decision, the other hears of it and keeps the words; on both databases."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portal.access.actor import Actor, acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from portal.regulations.models import CalendarYear
from portal.workflow.models import WorkflowEvent
from supervision.inspections.enums import STAGE_STATES, InspectionState, Stage
from supervision.inspections.models import Inspection
from supervision.reviews import services
from supervision.reviews.models import Opinion, Remark, Return
from tests.personas import Personas
from tests.supervision.makers import make_inspection, make_submission

Act = Callable[[Inspection, Actor, datetime], Any]
State = InspectionState


def send_back(one: Inspection, actor: Actor, now: datetime) -> Any:
    return services.send_back(one, comment="请补充材料", actor=actor, version=1, now=now)


def forward(one: Inspection, actor: Actor, now: datetime) -> Any:
    return services.forward(one, text="同意报送", actor=actor, version=1, now=now)


def conclude(conclusion: str) -> Act:
    def act(one: Inspection, actor: Actor, now: datetime) -> Any:
        on = timezone.localdate(now)
        return services.conclude(
            one, conclusion=conclusion, reason="逾期未换届", on=on, actor=actor, version=1, now=now
        )

    return act


def record(one: Inspection, actor: Actor, now: datetime) -> Any:
    on = timezone.localdate(now)
    given = {"conclusion": "failed", "number": "1号", "reason": "违规收费", "on": on}
    return services.record_conclusion(one, actor=actor, version=1, now=now, **given)


def remark(one: Inspection, actor: Actor, now: datetime) -> Any:
    return services.remark(one, section="basic", field="members", text="请核对", actor=actor, now=now)


# (stage, who acts and how, who acts and how): each pair at one filing at the same moment.
PAIRS: dict[str, tuple[Stage, tuple[str, Act], tuple[str, Act]]] = {
    "return or agree": (Stage.SUPERVISOR, ("supervising_unit", send_back), ("supervising_unit", forward)),
    "agree twice": (Stage.SUPERVISOR, ("supervising_unit", forward), ("supervising_unit", forward)),
    "clear or return": (Stage.COMMITTEE, ("party_committee", forward), ("party_committee", send_back)),
    "two conclusions": (Stage.REGISTRAR, ("registrar", conclude("passed")), ("registrar", conclude("failed"))),
    "conclude or record": (Stage.REGISTRAR, ("registrar", conclude("basic")), ("department_admin", record)),
    "agree or stranger": (Stage.SUPERVISOR, ("supervising_unit", forward), ("registrar", conclude("passed"))),
}


@pytest.fixture
def ready(personas: Personas, transactional_db: None, reference: None) -> Personas:
    assert personas.province.tea_branch
    year = timezone.localdate().year
    for one in (year, year + 1):
        CalendarYear.objects.create(year=one, is_provisional=False, published_on=date(one - 1, 11, 4), source="通知")
    for key in ("supervising_unit", "party_committee", "registrar", "department_admin"):
        assert personas[key]
    return personas


def raced(personas: Personas, name: str) -> None:
    """One race: a fresh filing, two people, one moment; then what must hold."""
    stage, *sides = PAIRS[name]
    province, now = personas.province, timezone.now()
    bodies = {"supervisor": province.unit, "committee": province.branch_committee, "registrar": province.registrar}
    with everything("test data"):
        inspection = make_inspection(province.tea, state=STAGE_STATES[stage], **bodies)
        make_submission(inspection)
    start, outcomes, strange = threading.Barrier(len(sides)), [], []

    def run(actor: Actor, act: Act) -> None:
        try:
            with acting_as(actor):
                with everything("test data"):
                    mine = Inspection.objects.select_related("round", "track", "association").get(pk=inspection.pk)
                start.wait()
                act(mine, actor, now)
            outcomes.append("done")
        except Conflict as conflict:
            has_both = conflict.ours["办理"] and conflict.theirs["办理"]
            outcomes.append("conflict" if has_both else "conflict without both versions")
        except Refused:
            outcomes.append("refused")
        except BaseException as problem:
            strange.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(personas[key].actor, act)) for key, act in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == []
    counted = Counter(outcomes)
    assert (counted["done"], counted["conflict"] + counted["refused"]) == (1, 1), (name, outcomes)
    with everything("test data"):
        after = Inspection.objects.get(pk=inspection.pk)
        moves = WorkflowEvent.objects.filter(subject_model="supervision.Inspection", subject_pk=str(inspection.pk))
        marks = (
            Return.objects.filter(inspection=inspection).count() + Opinion.objects.filter(inspection=inspection).count()
        )
        audited = AuditEvent.objects.filter(subject_model="supervision.Inspection", subject_pk=str(inspection.pk))
        assert (after.version, moves.count(), marks <= 1, audited.count()) == (2, 1, True, 1)
        assert (after.state == State.CONCLUDED) == bool(after.conclusion)


def test_two_reviewers_make_one_decision(ready: Personas) -> None:
    for name in PAIRS:
        raced(ready, name)


@pytest.mark.heavy
def test_a_thousand_times_two_reviewers_make_one_decision(ready: Personas) -> None:
    for name in itertools.islice(itertools.cycle(PAIRS), 1_000):
        raced(ready, name)


def test_a_remark_beside_a_step_is_sent_or_refused_and_never_lost(ready: Personas) -> None:
    """A colleague writes while the filing goes on: either the step waits for the remark, or the remark is refused."""
    personas, province, now = ready, ready.province, timezone.now()
    with everything("test data"):
        one = make_inspection(
            province.tea, state=State.WITH_SUPERVISOR, supervisor=province.unit, registrar=province.registrar
        )
        make_submission(one)
    start, outcomes = threading.Barrier(2), {}

    def run(name: str, act: Act) -> None:
        actor = personas.supervising_unit.actor
        try:
            with acting_as(actor):
                with everything("test data"):
                    mine = Inspection.objects.select_related("round", "track", "association").get(pk=one.pk)
                start.wait()
                act(mine, actor, now)
            outcomes[name] = "done"
        except Refused:
            outcomes[name] = "refused"
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(name, act)) for name, act in (("remark", remark), ("forward", forward))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with everything("test data"):
        waiting = Remark.objects.filter(inspection=one, sent_in=None).count()
        gone_on = Inspection.objects.get(pk=one.pk).state != State.WITH_SUPERVISOR
    assert sorted(outcomes.values()) == ["done", "refused"]
    assert (waiting, gone_on) in {(1, False), (0, True)}
