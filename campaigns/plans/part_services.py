"""Every write of the parts of a campaign: phases, steps and their extensions, methods, links, the leading group."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from associations.registry.services import checked, refuse_future, within_scope
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Campaign, CampaignLink, Method, Phase, SteeringMember, Step, StepExtension
from campaigns.plans.rules import method_problems
from campaigns.plans.running import check_runner
from campaigns.plans.selectors import WHOLE, method_order, methods_of
from campaigns.plans.services import check_spans
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.workflow.services import update_versioned


def _bump(campaign: Campaign, version: int, now: datetime) -> None:
    update_versioned(campaign, version=version, changes={"updated_at": now})


def _check_draft(campaign: Campaign, actor: Actor, what: str) -> None:
    check_runner(campaign, actor, what)
    if campaign.state != CampaignState.DRAFT:
        raise Refused("campaign.issued", f"实施方案已经印发，不能{what}。步骤需要延长的，请登记延期决定。")


def save_phase(
    campaign: Campaign, phase: Phase | None, *, actor: Actor, now: datetime, version: int, **values: Any
) -> Phase:
    """Add or change a phase of a draft. Raises `Refused` for one that overlaps another (R-111)."""
    _check_draft(campaign, actor, "修改阶段")
    return _save_part(campaign, phase or Phase(campaign=campaign), "phase", values, actor, now, version)


def save_step(
    campaign: Campaign, step: Step | None, *, actor: Actor, now: datetime, version: int, **values: Any
) -> Step:
    """Add or change a step of a draft; overlapping ones say so (R-111)."""
    _check_draft(campaign, actor, "修改步骤")
    return _save_part(campaign, step or Step(campaign=campaign), "step", values, actor, now, version)


def _save_part(
    campaign: Campaign, row: Any, name: str, values: Mapping[str, Any], actor: Actor, now: datetime, version: int
) -> Any:
    before = {key: getattr(row, key) for key in values} if row.pk else {}
    for key, value in values.items():
        setattr(row, key, value)
    with transaction.atomic():
        _bump(campaign, version, now)
        checked(row).save()
        check_spans(campaign)
        record(f"campaigns.save_{name}", actor=actor, subject=campaign, before=before, after=dict(values), now=now)
    return row


def save_method(
    campaign: Campaign,
    method: Method | None,
    *,
    requires: Iterable[Method],
    actor: Actor,
    now: datetime,
    version: int,
    **values: Any,
) -> Method:
    """Add or change a way of carrying the campaign on. Raises `Refused` when it waits for a later one (R-112)."""
    _check_draft(campaign, actor, "修改推进方式")
    row = method or Method(campaign=campaign)
    needed = list(requires)
    for key, value in values.items():
        setattr(row, key, value)
    with transaction.atomic():
        _bump(campaign, version, now)
        checked(row).save()
        with everything(WHOLE):
            row.requires.set(needed)
        problems = method_problems(method_order(methods_of(campaign)))
        if problems:
            raise Refused("method.order", problems[0])
        after = {**values, "requires": [one.number for one in needed]}
        record("campaigns.save_method", actor=actor, subject=campaign, after=after, now=now)
    return row


def remove_part(campaign: Campaign, part: Phase | Step | Method, *, actor: Actor, now: datetime, version: int) -> None:
    """Take a phase, a step or a method out of a draft."""
    _check_draft(campaign, actor, "删去方案内容")
    with transaction.atomic():
        _bump(campaign, version, now)
        if isinstance(part, Method) and any(part in one.needed for one in methods_of(campaign)):  # type: ignore[attr-defined]
            raise Refused(
                "method.required", f"其他推进方式须先完成「{part}」，不能删去。请先修改那些推进方式的前置要求。"
            )
        label = str(part)
        with everything(WHOLE):
            part.delete()
        record("campaigns.remove_part", actor=actor, subject=campaign, before={"part": label}, now=now)


def extend_step(
    step: Step,
    *,
    until_on: date,
    decided_on: date,
    document_number: str,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> StepExtension:
    """Let a step of a running campaign run on, by a decision (C-28). It may then overlap the next one.

    `version` is the campaign's. Raises `Refused` for a step without an end, an earlier day, or one after the campaign.
    """
    campaign = step.campaign
    check_runner(campaign, actor, "登记步骤延期")
    refuse_future(decided_on, now, "决定日期")
    if not document_number.strip() or not reason.strip():
        raise Refused("step.decision", "延期须有决定文号和事由。请填写。")
    if step.ends_on is None:
        raise Refused("step.open", f"步骤「{step}」没有结束日期，不必延期。")
    if campaign.ends_on is not None and until_on > campaign.ends_on:
        raise Refused(
            "step.after",
            f"延至 {until_on.isoformat()}，晚于活动结束日期 {campaign.ends_on.isoformat()}。请改填日期，或先延长活动。",
        )
    with transaction.atomic():
        _bump(campaign, version, now)
        extension = StepExtension(
            step=step,
            was_until_on=step.ends_on,
            until_on=until_on,
            decided_on=decided_on,
            document_number=document_number.strip(),
            reason=reason.strip(),
            recorded_by_id=actor.user_id,
        )
        checked(extension).save()
        before = {"ends_on": step.ends_on}
        step.ends_on, step.may_overlap = until_on, True
        step.save(update_fields=["ends_on", "may_overlap"])
        record(
            "campaigns.extend_step",
            actor=actor,
            subject=campaign,
            before=before,
            after={"step": str(step), "ends_on": until_on, "document_number": extension.document_number},
            reason=extension.reason,
            now=now,
        )
    return extension


def link_campaign(
    campaign: Campaign, other: Campaign, *, kind: str, actor: Actor, now: datetime, version: int
) -> CampaignLink:
    """Say how a campaign stands to another one (C-08, C-30, C-39)."""
    check_runner(campaign, actor, "登记相关活动")
    within_scope(other, actor, "相关活动")
    with transaction.atomic():
        _bump(campaign, version, now)
        link = CampaignLink(campaign=campaign, other=other, kind=kind)
        checked(link).save()
        record("campaigns.link", actor=actor, subject=campaign, after={"other": str(other), "kind": kind}, now=now)
    return link


def appoint_steering(campaign: Campaign, *, actor: Actor, now: datetime, version: int, **values: Any) -> SteeringMember:
    """Put somebody on the group that leads a campaign, or into its office (C-24)."""
    check_runner(campaign, actor, "登记领导（指导）小组成员")
    with transaction.atomic():
        _bump(campaign, version, now)
        row = SteeringMember(campaign=campaign, **values)
        checked(row).save()
        after = {"role": row.get_role_display(), "name": row.name}
        record("campaigns.appoint_steering", actor=actor, subject=campaign, after=after, now=now)
    return row


def end_steering(member: SteeringMember, *, ends_on: date, actor: Actor, now: datetime, version: int) -> SteeringMember:
    """Somebody leaves the group; `version` is the campaign's."""
    campaign = member.campaign
    check_runner(campaign, actor, "终止小组任职")
    refuse_future(ends_on, now, "终止日期")
    with transaction.atomic():
        _bump(campaign, version, now)
        member.ends_on = ends_on
        checked(member).save()
        after = {"name": member.name, "ends_on": ends_on}
        record("campaigns.end_steering", actor=actor, subject=campaign, after=after, now=now)
    return member
