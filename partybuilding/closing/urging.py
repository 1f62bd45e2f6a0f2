"""Urging the units of a close: reminders, lists that changed reopened, whom to call and with what words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from associations.registry.services import checked, require_role
from partybuilding.closing.answering import AnsweringUnit
from partybuilding.closing.enums import CloseState, UnitState
from partybuilding.closing.models import Close, CloseUnit
from partybuilding.closing.rules import ConfirmFacts, may_confirm
from partybuilding.closing.selectors import answers_for, kept_rows, live_rows, opening_edition, window_of
from partybuilding.closing.services import U, add_units, lay_tasks, reopen_changed, tell
from partybuilding.closing.whole import whole
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT
from portal.audit.services import record
from portal.jobs.daily import request_daily
from portal.jobs.runner import JobContext
from portal.jobs.services import request
from portal.notices import reminding
from portal.notices.calls import Call, call_fields
from portal.notices.urging import urging_text
from portal.regulations.selectors import value
from portal.workflow.services import update_versioned

OPEN_ANSWERS = (UnitState.AWAITING, UnitState.REOPENED)


# In the background


def request_work(now: datetime) -> int:
    """The tick: each hour the lists of open closes are looked at, each morning whose day it is is reminded."""
    closes = list(whole(Close).filter(state=CloseState.OPEN, prepared_at__isnull=False))
    local = timezone.localtime(now)
    for close in closes:
        _request(close, "partybuilding.refresh_close", f"核对名单变化 {local:%m-%d %H}时", f"{local:%Y-%m-%d-%H}", now)
        request_daily(
            "partybuilding.remind_close",
            kind="close",
            label=f"{close}提醒",
            subject=close,
            parameters={"close": close.pk},
            now=now,
        )
    return len(closes)


def _request(close: Close, task: str, label: str, when: str, now: datetime) -> None:
    request(
        task,
        kind="close",
        subject=close,
        label=f"{close}：{label}",
        parameters={"close": close.pk, "on": timezone.localdate(now).isoformat()},
        actor=None,
        now=now,
        unique_key=f"{task}-{close.pk}-{when}",
    )


def refresh_close(context: JobContext) -> dict[str, Any]:
    """The job: a unit for every body that answers now; confirmed lists that changed are open again. Harmless twice."""
    close = whole(Close).get(pk=context.job.parameters["close"])
    if close.is_issued:
        return {"reopened": 0}
    opening = kept_rows(opening_edition(close))
    live = live_rows(context.actor, close.as_of, window_of(close).closing_rules)
    with transaction.atomic():
        reopened = reopen_changed(close, opening, live, now=context.now())
        lay_tasks(add_units(close, opening, live), actor=None, now=context.now())
        context.complete({"reopened": len(reopened)})
    return {"reopened": len(reopened)}


def remind_close(context: JobContext) -> dict[str, Any]:
    """The job: one message a person on the days that the parameter names, together with the job's own end."""
    today = date.fromisoformat(context.job.parameters["on"])
    close = whole(Close).get(pk=context.job.parameters["close"])
    with transaction.atomic():
        told = remind(close, today, now=context.now())
        context.complete({"people": told})
    return {"people": told}


def remind(close: Close, today: date, *, now: datetime) -> int:
    """Remind the people of every unit that has not confirmed, when it is the day for it; returns how many people."""
    days = reminding.days_from(str(value("close.remind_days", on=today)))
    distances = reminding.reminding_dates(today, days)
    if close.is_issued or close.due_on not in distances:
        return 0
    rows = whole(CloseUnit).filter(close=close, state__in=OPEN_ANSWERS)
    units = list(rows.select_related("close", "department__region", "region"))
    when = reminding.distance_text(distances[close.due_on], close.due_on)
    told = tell(units, f"{close}提醒：名单还没有确认，{when}。", now=now)
    if units:
        after = {"units": len(units), "people": told}
        record("partybuilding.remind_close", actor=None, subject=close, after=after, now=now)
    return told


# By telephone


@dataclass
class Called:
    """Units of one kind that have not confirmed, with the words that can be sent to them."""

    label: str
    units: list[Any]

    def text(self, asking: Any, today: date, ask: str) -> str:
        """催报 text to copy, without telephone numbers: it may be passed on. `ask` says what is to be done."""
        when = reminding.distance_text((today - asking.due_on).days, asking.due_on)
        names = [
            f"{unit.label}，{unit.association_count} 家社会组织，{unit.get_state_display()}" for unit in self.units
        ]
        opening = f"下列 {len(self.units)} 个单位尚未确认{asking}名单（{when}）。{ask}"
        return urging_text(today, opening, names)


def to_call(units: QuerySet[Any], calls: QuerySet[Any]) -> list[Called]:
    """The units that have not confirmed, committees first, each with its last call; two queries."""
    rows = units.filter(state__in=OPEN_ANSWERS).order_by("label", "pk")
    found: Any = rows.prefetch_related(Prefetch("calls", calls.order_by("-called_at", "-pk"), to_attr="calls_made"))
    groups = (
        Called("综合（行业）党委", [unit for unit in found if unit.department_id is not None]),
        Called("市州社会工作部", [unit for unit in found if unit.department_id is None]),
    )
    return [group for group in groups if group.units]


def log_call(
    unit: AnsweringUnit, *, result: str, promised_on: date | None, note: str, actor: Actor, now: datetime
) -> Call:
    """Write down a call to a unit. Raises `Refused` for a promise without its day, or one in the past."""
    require_role(actor, DEPARTMENT, "登记催报电话")
    fields = call_fields(result=result, promised_on=promised_on, note=note, actor=actor, now=now)
    with transaction.atomic():
        kind: Any = type(unit)
        calls = kind._meta.get_field("calls").related_model
        made: Call = checked(calls(unit=unit, **fields))
        made.save()
        after = {"result": made.get_result_display(), "promised_on": promised_on}
        record("partybuilding.call_unit", actor=actor, subject=unit, after=after, now=now)
    return made


def set_contact(unit: U, *, post: str, phone: str, actor: Actor, version: int, now: datetime) -> U:
    """The office and its telephone at which a unit is called; the next time it is asked its unit takes them over."""
    may = may_confirm(ConfirmFacts(answers_for(actor, unit), unit.label, is_issued=False))
    if actor.role not in DEPARTMENT and not may:
        raise Refused("close.contact", f"联络电话由「{unit.label}」或社会工作部登记。")
    before = {"contact_post": unit.contact_post, "contact_phone": unit.contact_phone}
    changes = {"contact_post": post.strip(), "contact_phone": phone.strip()}
    with transaction.atomic():
        update_versioned(unit, version=version, changes=changes)
        record("partybuilding.unit_contact", actor=actor, subject=unit, before=before, after=changes, now=now)
    return unit
