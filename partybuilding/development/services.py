"""Every write of admitting members: an application, its stages one after the other, the end of one."""

import re
from datetime import date, datetime
from typing import Any

from django.db import transaction

from associations.registry.services import checked, refuse_future, require_role, within_scope
from partybuilding.development.enums import SUPERIOR, Stage, Standing
from partybuilding.development.models import Candidate, DevelopmentStage
from partybuilding.development.rules import (
    age_problem,
    interval_refusal,
    introducer_problem,
    stage_problem,
    standing_of,
)
from partybuilding.development.selectors import days_of, intervals, least_age
from partybuilding.members.enums import EventKind, MembershipState
from partybuilding.members.events import keep_event
from partybuilding.members.models import PartyMember
from partybuilding.members.services import PERSON_FIELDS, corrected_person, must_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.standing.rules import APPROVERS, may_decide
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.people.services import new_phone, person_for, phone_after
from portal.workflow.services import update_versioned

OWN = ("association_post", "contacts")
SEPARATORS = re.compile(r"[、,，;；\s]+")


def apply_for(
    organization: PartyOrganization,
    *,
    applied_on: date,
    document: str,
    actor: Actor,
    now: datetime,
    phone: str = "",
    **values: Any,
) -> Candidate:
    """Somebody handed in an application. Raises `Refused` below the least age and for a second open one."""
    must_keep(actor, organization, "登记入党申请")
    refuse_future(applied_on, now, "申请日期")
    decision = may_decide(organization.kind, organization.name)
    if not decision:
        raise Refused("candidate.temporary", decision.reason)
    with transaction.atomic():
        person = person_for(
            **{name: values[name] for name in PERSON_FIELDS if values.get(name) is not None}, actor=actor, now=now
        )
        problem = age_problem(person.born_on, applied_on, least_age(applied_on))
        if problem:
            raise Refused("candidate.age", problem)
        with everything("whether somebody is a member already"):
            if PartyMember.objects.filter(person=person, ends_on=None).exists():
                raise Refused("candidate.member", f"「{person}」已登记为党员，不能再登记入党申请。请核对姓名和号码。")
        candidate = Candidate(
            organization=organization,
            person=person,
            phone=new_phone(phone, now=now),
            applied_on=applied_on,
            **{name: values.get(name, "") for name in OWN},
        )
        checked(candidate).save()
        _keep(candidate, Stage.APPLIED, applied_on, document, "", now)
        after = {"name": person.name, "applied_on": applied_on}
        record("candidates.apply", actor=actor, subject=organization, after=after, now=now)
    return candidate


def correct_candidate(
    candidate: Candidate, *, actor: Actor, now: datetime, version: int, phone: str | None = None, **values: Any
) -> Candidate:
    """Correct what is recorded of a candidate; stages stay as they are."""
    must_keep(actor, candidate.organization, "修改入党申请")
    own = {name: values[name] for name in OWN if name in values}
    before = {name: getattr(candidate, name) for name in own}
    with transaction.atomic():
        changes = own | {"person": corrected_person(candidate.person, values, actor, now)}
        changes["phone"] = phone_after(candidate.phone, phone or None, now=now)
        for name, value in changes.items():
            setattr(candidate, name, value)
        checked(candidate)
        update_versioned(candidate, version=version, changes=changes | {"updated_at": now})
        changed = {name: value for name, value in own.items() if before[name] != value}
        shown = {name: before[name] for name in changed}
        record("candidates.correct", actor=actor, subject=candidate, before=shown, after=changed, now=now)
    return candidate


def record_stage(
    candidate: Candidate,
    *,
    stage: str,
    happened_on: date,
    document: str,
    actor: Actor,
    now: datetime,
    version: int,
    introducers: str = "",
    remark: str = "",
) -> Candidate:
    """Record that a candidate reached a stage. Raises `Refused` for one out of order, or one another body decides.

    The approval puts the candidate on the roster as a probationary member from the day of the congress on.
    """
    wanted = Stage(stage)
    must_keep(actor, candidate.organization, f"登记{wanted.label}")
    if wanted in SUPERIOR:
        require_role(actor, APPROVERS, f"登记{wanted.label}")
    refuse_future(happened_on, now, f"{wanted.label}日期")
    with transaction.atomic():
        update_versioned(candidate, version=version, changes={"updated_at": now})
        if candidate.ends_on is not None:
            raise Refused(
                "candidate.closed", f"「{candidate}」的申请已于{candidate.ends_on.isoformat()}终止，不能再登记。"
            )
        days = days_of(candidate)
        problem = stage_problem(wanted, happened_on, days)
        problem = problem or interval_refusal(wanted, happened_on, days, intervals(happened_on))
        if problem:
            raise Refused("candidate.stage", problem)
        changes: dict[str, Any] = {}
        if wanted == Stage.ADMITTED:
            changes["introducers"] = _introducers(candidate, introducers)
        _keep(candidate, wanted, happened_on, document, remark, now)
        standing = standing_of(days | {wanted: happened_on}, is_closed=False)
        if wanted == Stage.APPROVED:
            changes["member"] = _admit(candidate, days[Stage.ADMITTED], document, now)
        update_versioned(candidate, version=candidate.version, changes=changes | {"standing": str(standing)})
        after = {"name": candidate.person.name, "stage": str(wanted.label), "on": happened_on, "document": document}
        record("candidates.stage", actor=actor, subject=candidate.organization, after=after, now=now)
    return candidate


def _keep(candidate: Candidate, stage: Stage, on: date, document: str, remark: str, now: datetime) -> None:
    row = DevelopmentStage(
        candidate=candidate,
        stage=stage,
        happened_on=on,
        document=document.strip(),
        remark=remark.strip(),
        recorded_at=now,
    )
    checked(row).save()


def _introducers(candidate: Candidate, text: str) -> str:
    """Two names; where the roster knows them, they are full members."""
    names = [name for name in SEPARATORS.split(text.strip()) if name]
    keys = {name_key(name): name for name in names}
    with everything("the roster of one organisation"):
        rows = candidate.organization.members.filter(
            ends_on=None, membership_state=MembershipState.PROBATIONARY, person__name_key__in=keys
        )
        probationary = [keys[key] for key in rows.values_list("person__name_key", flat=True)]
    problem = introducer_problem(names, probationary)
    if problem:
        raise Refused("candidate.introducers", problem)
    return "、".join(names)


def _admit(candidate: Candidate, admitted_on: date, document: str, now: datetime) -> PartyMember:
    """The probation runs from the congress, and so does the roster."""
    member = PartyMember(
        organization=candidate.organization,
        person=candidate.person,
        phone=candidate.phone,
        membership_state=MembershipState.PROBATIONARY,
        joined_on=admitted_on,
        starts_on=admitted_on,
        relation_in_organization=True,
        association_post=candidate.association_post,
    )
    checked(member).save()
    keep_event(member, EventKind.ADMITTED, admitted_on, document_number=document.strip()[:80], now=now)
    return member


def close_candidate(
    candidate: Candidate, *, ends_on: date, reason: str, actor: Actor, now: datetime, version: int
) -> Candidate:
    """An application is taken back, or the organisation stops it; what was recorded stays."""
    must_keep(actor, candidate.organization, "终止入党申请")
    within_scope(candidate, actor, "入党申请")
    refuse_future(ends_on, now, "终止日期")
    with transaction.atomic():
        update_versioned(candidate, version=version, changes={"updated_at": now})
        if candidate.standing == Standing.MEMBER or candidate.ends_on is not None:
            raise Refused("candidate.closed", f"「{candidate}」的申请已经办结，不必终止。")
        last = max(days_of(candidate).values())
        if ends_on < last:
            raise Refused(
                "candidate.dates",
                f"终止日期{ends_on.isoformat()}早于最近一项登记的日期{last.isoformat()}。请核对日期。",
            )
        changes = {"ends_on": ends_on, "closed_reason": reason.strip(), "standing": str(Standing.CLOSED)}
        update_versioned(candidate, version=candidate.version, changes=changes)
        after = {"name": candidate.person.name, "ends_on": ends_on}
        record("candidates.close", actor=actor, subject=candidate.organization, after=after, reason=reason, now=now)
    return candidate
