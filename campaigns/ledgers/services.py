"""Every write of the ledgers of units."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.models import Association
from associations.registry.services import checked, require_role, within_scope
from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, EntryState
from campaigns.ledgers.models import Entry, Signatory
from campaigns.ledgers.rules import EntryFacts, entry_problems, may_keep, signatory_problems
from campaigns.ledgers.selectors import keeping_facts
from campaigns.ledgers.transitions import FINISH, RETURN, WITHDRAW
from campaigns.plans.models import Unit
from campaigns.plans.running import task_desk
from campaigns.plans.transitions import PLANNERS, RUNNERS
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything, scoped
from portal.audit.services import record
from portal.files.models import StoredFile
from portal.notices.services import close_for_subject, open_task
from portal.workflow.services import apply, update_versioned

ENTRY_TASK = "campaign_entry"
FACTS = ("kind", "title", "began_on", "due_on", "done_on", "result", "document")


def entry_url(entry: Entry) -> str:
    return reverse("campaigns:entry", args=[entry.pk])


def entry_facts(entry: Entry, actor: Actor, day: date, **changes: Any) -> EntryFacts:
    """An entry as it would stand with some changes, and what the actor is to its unit."""
    names = ("began_on", "due_on", "done_on", "result", "document", "group")
    given = {name: getattr(entry, name) for name in names} | changes
    return replace(keeping_facts(entry.unit, actor, day, entry.kind), **given)


def _check(entry: Entry, actor: Actor, day: date) -> None:
    facts = entry_facts(entry, actor, day)
    allowed = may_keep(facts)
    if not allowed:
        raise Refused("entry.foreign", allowed.reason)
    problems = entry_problems(facts)
    if problems:
        raise Refused("entry.dates", problems[0])
    if entry.arena is not None and entry.arena.campaign_id != entry.unit.campaign_id:
        raise Refused("entry.arena", f"「{entry.arena}」不是这项活动的创争领域。请重新选择。")


def record_entry(
    unit: Unit,
    *,
    kind: str,
    file: StoredFile | None = None,
    signatories: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    **values: Any,
) -> Entry:
    """Put a line into a unit's ledger; what is undertaken stays open until it has a result.

    Raises `Refused` with the rule for another unit's ledger, a campaign not carried on, or dates that do not hold.
    """
    require_role(actor, PLANNERS, "登记台账")
    within_scope(unit, actor, "单位")
    state = EntryState.OPEN if kind in UNDERTAKEN else EntryState.DONE
    entry = Entry(unit=unit, kind=kind, state=state, file=file, recorded_by_id=actor.user_id, **values)
    _check(entry, actor, localdate(now))
    _check_signatories(kind, signatories)
    with transaction.atomic():
        checked(entry).save()
        _sign(entry, signatories, actor)
        record("campaigns.record_entry", actor=actor, subject=entry, after=_shown(entry), now=now)
    return entry


def _shown(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in FACTS}


def _check_signatories(kind: str, names: Sequence[str]) -> None:
    problems = signatory_problems(kind, names)
    if problems:
        raise Refused("entry.signatories", problems[0])


def _sign(entry: Entry, names: Sequence[str], actor: Actor) -> None:
    """Write down who signed; a name that the register knows, as the actor reads it, is that association."""
    if entry.kind != EntryKind.INTEGRITY:
        return
    known = dict(scoped(Association, actor).filter(name__in=names).values_list("name", "pk"))
    with everything("who signed one pledge that the caller keeps"):
        Signatory.objects.filter(entry=entry).delete()
    Signatory.objects.bulk_create(
        Signatory(entry=entry, number=number, name=name, association_id=known.get(name))
        for number, name in enumerate(names, start=1)
    )


def change_entry(
    entry: Entry,
    *,
    file: StoredFile | None,
    signatories: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    version: int,
    **values: Any,
) -> Entry:
    """Correct a line that is open, or a fact; what was finished is first returned. A file not given stays."""
    require_role(actor, PLANNERS, "修改台账")
    within_scope(entry, actor, "台账")
    if entry.state == EntryState.WITHDRAWN or (entry.state == EntryState.DONE and entry.kind in UNDERTAKEN):
        raise Refused("entry.state", f"「{entry}」{entry.get_state_display()}，不能修改。需要补充的，请联系上级退回。")
    trial = copy(entry)
    for name, value in values.items():
        setattr(trial, name, value)
    _check(trial, actor, localdate(now))
    _check_signatories(entry.kind, signatories)
    checked(trial)
    before = _shown(entry)
    changes = dict(values) | {"updated_at": now} | ({"file": file} if file is not None else {})
    with transaction.atomic():
        update_versioned(entry, version=version, changes=changes)
        _sign(entry, signatories, actor)
        record("campaigns.change_entry", actor=actor, subject=entry, before=before, after=_shown(entry), now=now)
    return entry


def finish_entry(
    entry: Entry,
    *,
    done_on: date,
    result: str,
    document: str = "",
    served_count: int | None = None,
    file: StoredFile | None = None,
    actor: Actor,
    now: datetime,
    version: int,
) -> Entry:
    """What was undertaken is done, with its result; a mechanism with the document that fixes it (C-32)."""
    within_scope(entry, actor, "台账")
    changes: dict[str, Any] = {"done_on": done_on, "result": result.strip(), "document": document.strip()}
    facts = entry_facts(entry, actor, localdate(now), **changes)
    changes |= {"updated_at": now, "remark": "", "served_count": served_count}
    if file is not None:
        changes["file"] = file
    with transaction.atomic():
        apply(FINISH, entry, actor=actor, version=version, now=now, facts=facts, changes=changes)
        close_for_subject(entry, kinds=(ENTRY_TASK,), evidence=f"已完成：{result.strip()}", actor=actor, now=now)
    return entry


def withdraw_entry(entry: Entry, *, reason: str, actor: Actor, now: datetime, version: int) -> Entry:
    """A line recorded by mistake, or a matter that fell away: it stays readable with the reason and counts nowhere."""
    within_scope(entry, actor, "台账")
    if not reason.strip():
        raise Refused("entry.reason", "撤销须写明原因。请填写。")
    if entry.promoted_on is not None:
        raise Refused("entry.promoted", f"「{entry}」已于 {entry.promoted_on.isoformat()} 推广，不能撤销。")
    changes = {"remark": reason.strip(), "updated_at": now}
    facts = entry_facts(entry, actor, localdate(now))
    with transaction.atomic():
        apply(
            WITHDRAW, entry, actor=actor, version=version, now=now, facts=facts, changes=changes, comment=reason.strip()
        )
        close_for_subject(entry, kinds=(ENTRY_TASK,), evidence="已撤销。", actor=actor, now=now)
    return entry


def return_entry(entry: Entry, *, reason: str, actor: Actor, now: datetime, version: int) -> Entry:
    """The body above says that a result does not hold; the unit has it back on its desk with the words."""
    within_scope(entry, actor, "台账")
    if entry.kind not in UNDERTAKEN:
        raise Refused(
            "entry.fact", f"「{EntryKind(entry.kind).label}」是事实记载，不能退回重办。有误的，请该单位自行修改。"
        )
    if not reason.strip():
        raise Refused("entry.reason", "退回须写明还缺什么。请填写。")
    if entry.promoted_on is not None:
        raise Refused("entry.promoted", f"「{entry}」已于 {entry.promoted_on.isoformat()} 推广，不能退回。")
    facts = entry_facts(entry, actor, localdate(now))
    changes = {"remark": reason.strip(), "updated_at": now}
    with transaction.atomic():
        apply(
            RETURN, entry, actor=actor, version=version, now=now, facts=facts, changes=changes, comment=reason.strip()
        )
        role, body = task_desk(entry.unit)
        open_task(
            kind=ENTRY_TASK,
            subject=entry,
            title=f"重新办理「{entry}」",
            url=entry_url(entry),
            for_role=role,
            body=body,
            due_on=entry.due_on,
            actor=actor,
            now=now,
        )
    return entry


def promote_entry(
    entry: Entry, *, promoted_on: date, promotion: str, actor: Actor, now: datetime, version: int
) -> Entry:
    """A good case is spread further by the body above, with the way in which (C-37)."""
    require_role(actor, RUNNERS, "推广典型经验")
    within_scope(entry, actor, "台账")
    if not keeping_facts(entry.unit, actor, localdate(now), entry.kind).is_reviewer:
        raise Refused("entry.promote", "推广由上级党组织或活动组织单位登记，您只能查看。")
    if entry.state != EntryState.DONE:
        raise Refused("entry.promote_state", f"「{entry}」{entry.get_state_display()}，只有已完成的事项可以推广。")
    if not promotion.strip():
        raise Refused("entry.promotion", "推广须写明方式，例如 印发简报第 3 期。请填写。")
    if not entry.began_on <= promoted_on <= localdate(now):
        raise Refused(
            "entry.promoted_on",
            f"推广日期 {promoted_on.isoformat()} 不在提出日期 {entry.began_on.isoformat()} 到今天之间。请核对日期。",
        )
    changes = {"promoted_on": promoted_on, "promotion": promotion.strip(), "updated_at": now}
    with transaction.atomic():
        update_versioned(entry, version=version, changes=changes)
        after = {"promoted_on": promoted_on, "promotion": entry.promotion}
        record("campaigns.promote_entry", actor=actor, subject=entry, after=after, now=now)
    return entry
