"""Ledgers of units: what the services write, and what they refuse."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from campaigns.ledgers import services
from campaigns.ledgers.enums import EntryKind, EntryState
from campaigns.ledgers.models import Entry
from campaigns.ledgers.overview import attention, ledgers_panel
from campaigns.ledgers.selectors import entries_for, ledger_lines
from campaigns.plans.enums import CampaignState, ItemKind
from campaigns.plans.models import Campaign, CampaignItem, Unit
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from portal.notices.models import Task
from tests.campaigns.guidance_makers import DUE, make_entry
from tests.campaigns.makers import START, make_campaign, make_unit
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")


@pytest.fixture
def unit(personas: Personas, now: datetime) -> Unit:
    # Personas are made on first use; a refusal that is rolled back would take one with it.
    keys = ("branch_secretary", "party_committee", "other_committee", "department_admin")
    assert all(personas[key] for key in keys)
    campaign = make_campaign(personas.province, state=CampaignState.RUNNING, issued_at=now)
    return make_unit(campaign, personas.province.tea_branch)


def refused(call: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        call()
    return caught.value.reason


def keep(unit: Unit, personas: Personas, now: datetime, **fields: Any) -> Entry:
    values: dict[str, Any] = {"kind": EntryKind.MATTER, "title": "代办证照", "began_on": START, "due_on": DUE}
    actor = personas.branch_secretary.actor
    with acting_as(actor):
        return services.record_entry(unit, actor=actor, now=now, **values | fields)


def test_a_matter_is_open_until_it_has_a_result(unit: Unit, personas: Personas, now: datetime) -> None:
    """C-43: recorded, finished with a result, returned by the committee, finished again."""
    entry = keep(unit, personas, now)
    branch, committee = personas.branch_secretary.actor, personas.party_committee.actor
    assert entry.state == EntryState.OPEN

    def finish(**fields: Any) -> Entry:
        values = {"done_on": date(2026, 6, 20), "result": "代办 12 件", "served_count": 12}
        with acting_as(branch):
            return services.finish_entry(entry, actor=branch, now=now, version=entry.version, **values | fields)

    assert "完成须写明结果" in refused(lambda: finish(result=" "))
    assert "晚于今天" in refused(lambda: finish(done_on=date(2026, 7, 1)))
    finish()
    entry.refresh_from_db()
    assert (entry.state, entry.result, entry.served_count, entry.finished_at) == ("done", "代办 12 件", 12, now)
    with acting_as(committee):
        assert "退回须写明还缺什么" in refused(
            lambda: services.return_entry(entry, reason="", actor=committee, now=now, version=entry.version)
        )
        services.return_entry(entry, reason="请附名单", actor=committee, now=now, version=entry.version)
    task = Task.objects.get(kind=services.ENTRY_TASK)
    assert (task.for_role, task.body_pk, task.due_on) == ("branch_secretary", unit.organization_id, DUE)
    finish(result="代办 12 件，名单附后")
    task.refresh_from_db()
    assert (Entry.objects.get().state, task.state) == (EntryState.DONE, "closed")
    actions = set(AuditEvent.objects.filter(action__endswith="_entry").values_list("action", flat=True))
    assert actions == {"campaigns.record_entry", "campaigns.finish_entry", "campaigns.return_entry"}


def test_facts_are_on_record_at_once(unit: Unit, personas: Personas, now: datetime) -> None:
    case = keep(unit, personas, now, kind=EntryKind.CASE, title="党员先锋岗", due_on=None)
    branch = personas.branch_secretary.actor
    assert case.state == EntryState.DONE
    with acting_as(branch):
        services.change_entry(case, file=None, actor=branch, now=now, version=case.version, title="红色先锋岗")
    case.refresh_from_db()
    assert (case.title, case.version) == ("红色先锋岗", 2)
    department = personas.department_admin.actor
    with acting_as(department):
        assert "是事实记载" in refused(
            lambda: services.return_entry(case, reason="x", actor=department, now=now, version=case.version)
        )


def test_who_may_not_keep_a_ledger(unit: Unit, personas: Personas, now: datetime) -> None:
    def as_(actor: Any) -> str:
        with acting_as(actor):
            return refused(
                lambda: services.record_entry(
                    unit, kind="case", title="x", began_on=START, due_on=None, actor=actor, now=now
                )
            )

    assert "台账由该单位自己登记" in as_(personas.party_committee.actor)
    assert "不在您的管理范围内" in as_(personas.other_committee.actor)
    assert "不能登记台账" in as_(personas.department_admin.actor)
    Campaign.objects.filter(pk=unit.campaign_id).update(state=CampaignState.CLOSED, closed_at=now)
    unit.refresh_from_db()
    assert as_(personas.branch_secretary.actor) == "活动没有在开展中，不能登记台账。"


def test_an_arena_of_another_campaign_is_refused(unit: Unit, personas: Personas, now: datetime) -> None:
    other = make_campaign(personas.province, "另一活动")
    arena = CampaignItem.objects.create(campaign=other, kind=ItemKind.ARENA, number=1, text="服务群众")
    assert "不是这项活动的创争领域" in refused(lambda: keep(unit, personas, now, arena=arena))
    own = CampaignItem.objects.create(campaign=unit.campaign, kind=ItemKind.ARENA, number=1, text="服务群众")
    assert keep(unit, personas, now, arena=own).arena == own


def test_withdrawing_needs_a_reason_and_counts_nowhere(unit: Unit, personas: Personas, now: datetime) -> None:
    entry, branch = keep(unit, personas, now), personas.branch_secretary.actor

    def withdraw(reason: str, version: int) -> Entry:
        with acting_as(branch):
            return services.withdraw_entry(entry, reason=reason, actor=branch, now=now, version=version)

    assert "撤销须写明原因" in refused(lambda: withdraw(" ", 1))
    with pytest.raises(Conflict):
        withdraw("重复登记", 7)
    entry.refresh_from_db()
    withdraw("重复登记", 1)
    with acting_as(branch):
        assert ledger_lines(entries_for(branch, unit.campaign), now.date()) == []
        assert "不能修改" in refused(
            lambda: services.change_entry(entry, file=None, actor=branch, now=now, version=2, title="x")
        )


def test_a_case_is_promoted_by_the_body_above(unit: Unit, personas: Personas, now: datetime) -> None:
    """C-37."""
    case = keep(unit, personas, now, kind=EntryKind.CASE, title="党员先锋岗", due_on=None)
    committee = personas.party_committee.actor

    def promote(entry: Entry, **fields: Any) -> Entry:
        values = {"promoted_on": date(2026, 6, 15), "promotion": "简报第 3 期"}
        with acting_as(committee):
            return services.promote_entry(entry, actor=committee, now=now, version=entry.version, **values | fields)

    assert "推广须写明方式" in refused(lambda: promote(case, promotion=" "))
    assert "请核对日期" in refused(lambda: promote(case, promoted_on=date(2026, 3, 1)))
    assert "只有已完成的事项可以推广" in refused(lambda: promote(keep(unit, personas, now)))
    promote(case)
    case.refresh_from_db()
    assert (case.promoted_on, case.promotion) == (date(2026, 6, 15), "简报第 3 期")
    branch = personas.branch_secretary.actor
    with acting_as(branch):
        assert "不能推广典型经验" in refused(
            lambda: services.promote_entry(
                case, promoted_on=START, promotion="x", actor=branch, now=now, version=case.version
            )
        )
        assert "不能撤销" in refused(
            lambda: services.withdraw_entry(case, reason="x", actor=branch, now=now, version=case.version)
        )


def test_the_panel_says_what_is_late(unit: Unit, personas: Personas, now: datetime) -> None:
    make_entry(unit, personas, title="按期")
    make_entry(unit, personas, title="逾期", due_on=date(2026, 6, 29))
    branch = personas.branch_secretary.actor
    with acting_as(branch):
        panel = ledgers_panel(branch, unit, now.date())
        (item,) = attention(branch, unit, now.date())
        (line,) = ledger_lines(entries_for(branch, unit.campaign), now.date())
    assert panel.context["summary"] == "在册 2 项；办实事、解决问题、建立机制 2 项，已完成 0 项，逾期 1 项。"
    assert item.text == "台账中有 1 项逾期未完成：逾期。请办理。"
    assert (str(line), line.total, line.open, line.late, line.done) == ("为群众办实事", 2, 2, 1, 0)
    assert len(panel.context["add"]) == len(EntryKind)


@pytest.mark.parametrize(
    "fields",
    [
        {"due_on": None},
        {"due_on": date(2026, 3, 1)},
        {"state": EntryState.DONE},
        {"state": EntryState.WITHDRAWN},
        {"promoted_on": START, "promotion": "简报"},
    ],
)
def test_the_database_holds_what_one_row_can_say(unit: Unit, personas: Personas, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_entry(unit, personas, **fields)
