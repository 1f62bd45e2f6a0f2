"""Urging what a campaign asks for: whose desk a method lies on, laying it there, and taking it off when it is done."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate

from associations.registry.services import require_role, within_scope
from campaigns.methods.models import MethodRecord
from campaigns.methods.selectors import done_by
from campaigns.plans.enums import CampaignState, MethodForm
from campaigns.plans.models import Campaign, Method, Unit
from campaigns.plans.selectors import is_reviewer, methods_of
from campaigns.plans.transitions import RUNNERS
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.notices.models import Task
from portal.notices.services import close_for_subject, open_task

METHOD_TASK = "campaign_method"
WHY = "the units of one campaign, asked for by the installation or by who runs it"


def desk_for(method: Method, unit: Unit) -> tuple[Role, Scope] | None:
    """Who is to do a method of a Party organisation: its secretary, or for a comment the committee above.

    None where nobody is: commending follows from the decision, and a comment has no committee to come from.
    """
    if unit.organization is None or method.form == MethodForm.COMMENDATION:
        return None
    if method.form == MethodForm.COMMENT:
        above = unit.organization.committee
        return (Role.PARTY_COMMITTEE, Scope("department", above.pk, above.name)) if above is not None else None
    return Role.BRANCH_SECRETARY, Scope("organization", unit.organization.pk, str(unit))


def task_words(method: Method, unit: Unit) -> tuple[str, str]:
    """Title and address of the task: the own method, or the list of those who wait for a comment."""
    campaign = unit.campaign
    if method.form == MethodForm.COMMENT:
        listed = urlencode({"missing": method.pk})
        url = reverse("campaigns:progress_units", args=[campaign.pk])
        return f"对所属党组织「{method}」（{campaign}）", f"{url}?{listed}"
    return f"完成「{method}」（{campaign}）", reverse("campaigns:unit_method", args=[unit.pk, method.number])


def behind(campaign: Campaign, method: Method) -> QuerySet[Unit]:
    """The Party organisations that take part and have not done a method."""
    rows = Unit.objects.unscoped(WHY).filter(campaign=campaign, organization__isnull=False, left_on=None)
    rows = rows.exclude(done_by(method)).select_related("campaign", "organization__committee")
    return rows.order_by("organization__name", "pk")


def urge(unit: Unit, method: Method, *, due_on: date, actor: Actor, now: datetime) -> Task:
    """Lay a method that is not done on the desk it belongs to, with a last day.

    Raises `Refused` for what is done, for what waits for an earlier method, and by whom it does not concern.
    """
    require_role(actor, RUNNERS, "催办推进方式")
    within_scope(unit, actor, "单位")
    if not is_reviewer(unit, actor):
        raise Refused("method.urge", f"「{unit}」不由您督促，不能催办。请联系其上级党组织。")
    if method.campaign_id != unit.campaign_id or unit.campaign.state != CampaignState.RUNNING:
        raise Refused("method.urge", "活动没有在开展中，或者所选推进方式不是这项活动的，不能催办。")
    if due_on < localdate(now):
        raise Refused("method.urge_due", f"完成期限 {due_on.isoformat()} 早于今天。请填写今天或以后的日期。")
    desk = desk_for(method, unit)
    if desk is None or unit.left_on is not None:
        raise Refused("method.urge_nobody", f"「{unit}」的「{method}」没有承办人，不能催办。")
    role, body = desk
    if role == Role.PARTY_COMMITTEE and actor.scope.kind == "department" and body.pk == actor.scope.pk:
        raise Refused("method.urge_self", f"「{method}」由本党委登记，不必催办。请直接点评。")
    with everything(WHY):
        done = set(MethodRecord.objects.filter(unit=unit).values_list("method", flat=True))
        needed = [str(one) for one in method.requires.order_by("number") if one.pk not in done]
    if method.pk in done:
        raise Refused("method.urge_done", f"「{unit}」的「{method}」已登记完成，不必催办。")
    if needed:
        raise Refused("method.urge_waiting", f"「{unit}」须先完成「{'」「'.join(needed)}」，请先催办前项。")
    title, url = task_words(method, unit)
    with transaction.atomic():
        task = open_task(
            kind=METHOD_TASK,
            subject=method,
            title=title,
            url=url,
            for_role=role,
            body=body,
            due_on=due_on,
            actor=actor,
            now=now,
        )
        after = {"method": str(method), "due_on": due_on}
        record("campaigns.urge_method", actor=actor, subject=unit, after=after, now=now)
    return task


def settle(unit: Unit, methods: Iterable[Method], *, evidence: str, actor: Actor | None, now: datetime) -> list[Task]:
    """Take off the desk of a unit what it has done, or what is no longer asked of it; a committee's task goes with
    the last of its organisations."""
    closed = []
    for method in methods:
        desk = desk_for(method, unit)
        if desk is None:
            continue
        role, body = desk
        if (
            role == Role.PARTY_COMMITTEE
            and behind(unit.campaign, method).filter(organization__committee=body.pk).exclude(pk=unit.pk).exists()
        ):
            continue
        closed += close_for_subject(method, kinds=(METHOD_TASK,), evidence=evidence, actor=actor, now=now, body=body)
    return closed


def settle_all(campaign: Campaign, *, evidence: str, actor: Actor, now: datetime) -> None:
    """A campaign ends: nothing of its methods is asked of anybody any more."""
    for method in methods_of(campaign):
        close_for_subject(method, kinds=(METHOD_TASK,), evidence=evidence, actor=actor, now=now)
