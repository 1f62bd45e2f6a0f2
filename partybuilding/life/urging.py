"""Urging branches that are behind: a task on the secretary's desk, and a text to pass on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.services import require_role, within_scope
from partybuilding.life.enums import Duty
from partybuilding.life.rules import Compliance, Period
from partybuilding.life.selectors import compliances, life_rules
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import may_manage
from partybuilding.organizations.services import RECORDERS
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.audit.services import record
from portal.notices.models import Task
from portal.notices.selectors import people_at
from portal.notices.services import close_for_subject, notify, open_task
from portal.notices.urging import Called, urging_text

LIFE_TASK = "party_life"


def missing_text(one: Compliance) -> str:
    """主题党日 1 次、党课 1 次."""
    parts = [
        f"{duty.label} {count.required - count.done} 次"
        for duty in Duty
        if (count := one.counts.get(duty)) is not None and count.is_behind
    ]
    return "、".join(parts)


def urge(organization: PartyOrganization, *, period: Period, due_on: date, actor: Actor, now: datetime) -> Task:
    """Lay a task on the secretary of a branch that is behind in a period, and send a message.

    Raises `Refused` when nothing is missing, for a branch of another committee, for a due date before today.
    """
    require_role(actor, RECORDERS, "催办组织生活")
    within_scope(organization, actor, "党组织")
    decision = may_manage(actor, organization.committee, f"「{organization}」")
    if not decision:
        raise Refused("organization.foreign", decision.reason)
    today = localdate(now)
    if due_on < today:
        raise Refused("life.urge_due", f"完成期限{due_on.isoformat()}早于今天。请填写今天或以后的日期。")
    rules = life_rules(min(period.last, today))
    found = compliances([organization], period, today, actor, rules)[organization.pk]
    text = missing_text(found)
    if not text:
        raise Refused("life.not_behind", f"「{organization}」在{period.label}没有欠开，不必催办。")
    url = reverse("partybuilding:organization", args=[organization.pk]) + "?tab=life"
    with transaction.atomic():
        task = open_task(
            kind=LIFE_TASK,
            subject=organization,
            title=f"补齐组织生活（{period.label}欠{text}）",
            url=url,
            for_role=Role.BRANCH_SECRETARY,
            body=Scope("organization", organization.pk, organization.name),
            due_on=due_on,
            actor=actor,
            now=now,
        )
        people = people_at("organization", [organization.pk], roles={Role.BRANCH_SECRETARY}, on=today)
        notify(people, f"催办：{period.label}欠{text}。请于 {due_on.isoformat()} 前补开或补登记。", url, now)
        record("life.urge", actor=actor, subject=organization, after={"missing": text, "due_on": due_on}, now=now)
    return task


def settle(organization: PartyOrganization, *, actor: Actor, now: datetime) -> list[Task]:
    """Close what was urged when nothing of this year and of the last quarter is missing any more."""
    today = localdate(now)
    before = Period(today.year - 1, 4)
    for period in (Period(today.year), before):
        rules = life_rules(min(period.last, today))
        if compliances([organization], period, today, actor, rules)[organization.pk].missing:
            return []
    evidence = "欠开的组织生活已补开并登记。"
    return close_for_subject(organization, kinds=(LIFE_TASK,), evidence=evidence, actor=actor, now=now)


def to_call(rows: Sequence[PartyOrganization], period: Period, as_of: date, actor: Actor) -> list[Called]:
    """Who is behind, by committee, with words to pass on."""
    day = min(period.last, as_of)
    found = compliances(rows, period, as_of, actor, life_rules(day))
    groups: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        text = missing_text(found[row.pk])
        if text:
            groups[str(row.committee or "未明确党委")].append(f"{row}：欠{text}")

    def words(lines: list[str]) -> str:
        opening = f"下列 {len(lines)} 个党组织{period.label}组织生活有欠开。"
        return urging_text(day, f"{opening}请督促补开，已开展未登记的请在系统补登记", lines)

    return [Called(label, lines, words(lines)) for label, lines in sorted(groups.items())]
