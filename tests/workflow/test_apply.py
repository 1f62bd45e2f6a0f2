"""One function moves records: by role, state and guard, once, with history."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from portal.access.actor import acting_as
from portal.access.decisions import ALLOWED, Conflict, Decision, Refused
from portal.audit.models import AuditEvent
from portal.notices.enums import TaskState
from portal.notices.models import Task
from portal.notices.transitions import CLOSE
from portal.workflow.models import WorkflowEvent
from portal.workflow.services import apply, explain, history, update_versioned
from portal.workflow.transitions import SYSTEM
from tests.personas import Personas

FREE = replace(CLOSE, guard=lambda facts: ALLOWED)


@pytest.fixture
def task(personas: Personas) -> Task:
    return Task.objects.create(
        kind="check",
        title="核对",
        subject_model="x.X",
        subject_pk="1",
        subject_label="某协会",
        url="/",
        for_role="party_committee",
        body_kind="department",
        body_pk=1,
        opened_at=timezone.now(),
    )


def test_move_sets_state_version_and_stamps_and_leaves_history(task: Task, personas: Personas) -> None:
    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        apply(FREE, task, actor=actor, version=1, now=now, changes={"evidence": "依据"}, comment="说明")
    assert (task.state, task.version, task.closed_at, task.closed_by_id, task.evidence) == (
        TaskState.CLOSED,
        2,
        now,
        actor.user_id,
        "依据",
    )
    move = history(task)[0]
    assert (move.user_id, move.membership_id, move.version, move.at) == (actor.user_id, actor.membership_id, 2, now)
    act = AuditEvent.objects.get()
    assert (act.action, act.before, act.after, act.reason) == (
        "notices.close",
        {"state": "open"},
        {"state": "closed"},
        "说明",
    )


def test_installation_moves_records_too(task: Task) -> None:
    apply(FREE, task, actor=None, version=1, now=timezone.now())
    assert (task.state, task.closed_by_id, WorkflowEvent.objects.get().membership_label) == (TaskState.CLOSED, None, "")


def test_role_that_may_not_is_told_who_may_not(task: Task, personas: Personas) -> None:
    actor = personas.auditor.actor
    decision = explain(FREE, task, actor=actor)
    assert (decision.allowed, decision.reason) == (False, f"「办结任务」不由「{actor.label}」办理。")
    nobody = explain(replace(FREE, roles=FREE.roles - {SYSTEM}), task, actor=None)
    assert nobody == Decision(False, "「办结任务」不由「系统」办理。")


def test_guard_decides_on_facts_and_gives_its_reason(task: Task, personas: Personas) -> None:
    guarded = replace(CLOSE, guard=lambda facts: Decision(facts > 2, f"现有 {facts} 件，至少 3 件。"))
    actor = personas.department_admin.actor
    assert explain(guarded, task, actor=actor, facts=3).allowed
    with pytest.raises(Refused, match="现有 2 件，至少 3 件") as refused:
        apply(guarded, task, actor=actor, version=1, now=timezone.now(), facts=2)
    assert refused.value.code == "workflow.close"
    assert WorkflowEvent.objects.count() == AuditEvent.objects.count() == 0


def test_state_that_does_not_fit_names_the_present_state(task: Task, personas: Personas) -> None:
    actor = personas.department_admin.actor
    apply(FREE, task, actor=actor, version=1, now=timezone.now())
    assert "当前状态是「已办结」" in explain(FREE, task, actor=actor).reason


def test_version_that_was_not_seen_is_a_conflict_with_both_versions(task: Task, personas: Personas) -> None:
    update_versioned(task, version=1, changes={"title": "新题目"})
    with pytest.raises(Conflict) as conflict:
        apply(
            FREE,
            task,
            actor=personas.department_admin.actor,
            version=1,
            now=timezone.now(),
            changes={"title": "我的题目"},
        )
    assert (conflict.value.ours, conflict.value.theirs) == ({"任务": "我的题目"}, {"任务": "新题目"})
    assert "已被他人修改，当前状态是「待办」" in conflict.value.reason
    task.refresh_from_db()
    assert (task.title, task.state) == ("新题目", TaskState.OPEN)


def test_moved_meanwhile_is_a_conflict_and_not_a_refusal(task: Task, personas: Personas) -> None:
    stale = Task.objects.get(pk=task.pk)
    apply(FREE, task, actor=None, version=1, now=timezone.now())
    for seen in (stale, Task.objects.get(pk=task.pk)):
        with pytest.raises(Conflict):
            apply(FREE, seen, actor=personas.department_admin.actor, version=1, now=timezone.now())
    assert WorkflowEvent.objects.count() == 1


def test_plain_rows_are_compared_and_swapped(task: Task) -> None:
    update_versioned(task, version=1, changes={"due_on": date(2026, 12, 31)})
    assert (task.version, task.due_on) == (2, date(2026, 12, 31))
    with pytest.raises(Conflict):
        update_versioned(task, version=1, changes={"due_on": None})


def test_history_is_read_oldest_first(task: Task) -> None:
    now = timezone.now()
    for number, name in enumerate(("one", "two")):
        given: dict[str, Any] = {"transition": name, "source": "a", "target": "b", "version": number, "at": now}
        WorkflowEvent.objects.create(subject_model="notices.Task", subject_pk=str(task.pk), **given)
    assert [move.transition for move in history(task)] == ["one", "two"]
