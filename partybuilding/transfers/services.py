"""Every write of transfers: sent, received, sent back, taken back; both rosters and the history change in one act."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from associations.registry.models import Department
from associations.registry.services import checked, refuse_future, require_role, within_scope
from partybuilding.members.enums import EventKind
from partybuilding.members.events import end_absence, keep_event
from partybuilding.members.models import PartyMember
from partybuilding.members.rules import KEEPERS
from partybuilding.members.services import enrol, may_keep, must_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.transfers.enums import TransferState
from partybuilding.transfers.models import MemberTransfer
from partybuilding.transfers.rules import Leaving, Receiving, may_arrive, may_leave, may_receive, one_target
from partybuilding.transfers.transitions import RECEIVE, RETURN, WITHDRAW, TransferFacts
from portal.access.actor import Actor, Scope
from portal.access.decisions import Decision, Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.notices.services import close_for_subject, open_task
from portal.workflow.services import apply, update_versioned

TASK = "member_transfer"
# What the new organisation has to know of a member; posts and telephones belong to the old one.
CARRIED = (
    *("membership_state", "joined_on", "became_full_on", "probation_until_on"),
    *("ethnicity", "education", "native_place", "professional_title"),
)
SIDES = "both sides of one transfer"


def _must(decision: Decision, code: str) -> None:
    if not decision:
        raise Refused(code, decision.reason)


def facts_of(transfer: MemberTransfer, actor: Actor) -> TransferFacts:
    """On which side of a transfer the actor keeps the roster."""
    source, target, committee = transfer.source, transfer.target, transfer.target_committee
    is_committee = (
        actor.role == Role.PARTY_COMMITTEE and committee is not None and committee.pk in actor.scope.department_pks
    )
    is_receiver = bool(may_keep(actor, target)) if target is not None else is_committee or actor.role in DEPARTMENT
    return TransferFacts(is_sender=source is not None and bool(may_keep(actor, source)), is_receiver=is_receiver)


def _leaving(member: PartyMember) -> Leaving:
    with everything(SIDES):
        is_underway = member.transfers_out.filter(state=TransferState.UNDERWAY).exists()
    return Leaving(
        name=member.person.name,
        has_relation=member.relation_in_organization is not False,
        starts_on=member.starts_on,
        ends_on=member.ends_on,
        is_underway=is_underway,
    )


def _check_arrival(organization: PartyOrganization, on: date) -> None:
    one = Receiving(organization.name, organization.kind, organization.established_on, organization.dissolved_on)
    _must(may_arrive(one, on), "transfer.target")


def send(
    member: PartyMember,
    *,
    issued_on: date,
    letter_number: str,
    actor: Actor,
    now: datetime,
    version: int,
    target: PartyOrganization | None = None,
    target_committee: Department | None = None,
    target_name: str = "",
    reason: str = "",
    is_whole: bool = False,
) -> MemberTransfer:
    """Send a member's relation to an organisation, to another committee, or out of the register.

    Where the actor keeps both rosters, or the other side lies outside, it is done at once; else the relation stays
    where it is until the other side receives it. Raises `Refused` by the rules, `Conflict` on a stale version.
    """
    must_keep(actor, member.organization, "转出组织关系")
    refuse_future(issued_on, now, "转出日期")
    _must(one_target(target, target_committee, target_name.strip()), "transfer.one_target")
    if target is not None:
        within_scope(target, actor, "转入党组织")
        if target.pk == member.organization_id:
            raise Refused("transfer.same", f"「{member}」的组织关系已在「{target}」。请选择另一个党组织。")
        _check_arrival(target, issued_on)
    if target_committee is not None:
        within_scope(target_committee, actor, "接收的党委")
    with transaction.atomic():
        # Two that send one member at once: the second finds another version.
        update_versioned(member, version=version, changes={"updated_at": now})
        _must(may_leave(_leaving(member), issued_on), "transfer.leaving")
        transfer = MemberTransfer(
            state=TransferState.UNDERWAY,
            member=member,
            source=member.organization,
            target=target,
            target_committee=target_committee,
            target_name=target_name.strip(),
            letter_number=letter_number.strip(),
            issued_on=issued_on,
            is_whole=is_whole,
            reason=reason.strip(),
            created_at=now,
        )
        checked(transfer).save()
        after = {"name": member.person.name, "to": transfer.to_name, "issued_on": issued_on}
        record(
            "member_transfers.send",
            actor=actor,
            subject=member.organization,
            after=after | {"letter_number": transfer.letter_number},
            reason=transfer.reason,
            now=now,
        )
        if transfer.target_name or (target is not None and may_keep(actor, target)):
            _settle(transfer, target, issued_on, actor=actor, version=transfer.version, now=now)
        else:
            _ask(transfer, actor, now)
    return transfer


def _ask(transfer: MemberTransfer, actor: Actor, now: datetime) -> None:
    """A task on the desk of the committee that shall receive; an organisation of no committee is the department's."""
    target = transfer.target
    committee = transfer.target_committee or (target.committee if target is not None else None)
    if committee is None:
        return
    open_task(
        kind=TASK,
        subject=transfer,
        title=f"接收组织关系：{transfer.from_name}转出 1 名党员",
        url=reverse("partybuilding:transfer", args=[transfer.pk]),
        for_role=Role.PARTY_COMMITTEE,
        body=Scope("department", committee.pk, committee.name),
        due_on=None,
        actor=actor,
        now=now,
    )


def receive(
    transfer: MemberTransfer,
    *,
    target: PartyOrganization | None,
    received_on: date,
    actor: Actor,
    now: datetime,
    version: int,
) -> MemberTransfer:
    """The other side takes the relation in, on a roster of its own. Raises `Refused`, `Conflict`."""
    require_role(actor, KEEPERS, "接收组织关系")
    within_scope(transfer, actor, "转接")
    refuse_future(received_on, now, "接收日期")
    chosen = transfer.target or target
    if chosen is None:
        raise Refused("transfer.target_missing", "没有填写转入的党组织。请填写本党委所属、接收这名党员的党组织全称。")
    with transaction.atomic():
        # Before all else: whose act it is, and whether it is still open; the state alone decides between two.
        facts = facts_of(transfer, actor)
        _must(RECEIVE.guard(facts) if RECEIVE.guard else Decision(True), "workflow.receive_transfer")
        must_keep(actor, chosen, "接收组织关系")
        _must(may_receive(transfer.issued_on, received_on), "transfer.received_on")
        _check_arrival(chosen, received_on)
        _settle(transfer, chosen, received_on, actor=actor, version=version, now=now)
    return transfer


def _settle(
    transfer: MemberTransfer, target: PartyOrganization | None, on: date, *, actor: Actor, version: int, now: datetime
) -> None:
    """The relation leaves one roster and stands on the other from `on`; both histories say so."""
    facts = TransferFacts(is_sender=True, is_receiver=True)  # checked by the caller, also for what lies outside
    apply(
        RECEIVE,
        transfer,
        actor=actor,
        version=version,
        facts=facts,
        changes={"target": target, "received_on": on},
        now=now,
    )
    member = transfer.member
    assert member is not None  # noqa: S101  only what comes from outside has none, and that is done at once
    left = _leaving(member)
    _must(may_leave(left, on), "transfer.leaving")
    told: dict[str, Any] = {"document_number": transfer.letter_number, "is_whole": transfer.is_whole, "now": now}
    last = on - timedelta(days=1)
    update_versioned(member, version=member.version, changes={"ends_on": last, "updated_at": now})
    end_absence(member, last)
    keep_event(member, EventKind.MOVED_OUT, on, counterpart=transfer.to_name, **told)
    if target is not None:
        _end_participation(target, member, last, now)
        arrived = PartyMember(
            organization=target,
            person=member.person,
            starts_on=on,
            relation_in_organization=True,
            **{name: getattr(member, name) for name in CARRIED},
        )
        checked(arrived).save()
        keep_event(arrived, EventKind.MOVED_IN, on, counterpart=transfer.from_name, **told)
        update_versioned(transfer, version=transfer.version, changes={"arrived": arrived})
        after = {"name": member.person.name, "from": transfer.from_name, "received_on": on}
        record("member_transfers.receive", actor=actor, subject=target, after=after, now=now)
    evidence = f"{on.isoformat()}已接收到「{transfer.to_name}」。"
    close_for_subject(transfer, kinds=(TASK,), evidence=evidence, actor=actor, now=now)


def _end_participation(target: PartyOrganization, member: PartyMember, last: date, now: datetime) -> None:
    """Who stood on the new roster without the relation stands there with it from now on."""
    with everything(SIDES):
        row = target.members.filter(person=member.person, ends_on=None).first()
    if row is None:
        return
    if row.starts_on is not None and row.starts_on > last:
        raise Refused(
            "transfer.participant",
            f"「{member}」自{row.starts_on.isoformat()}起已在「{target}」的名册上，晚于转入日期的前一天"
            f"{last.isoformat()}。请把转入日期改为更晚的一天。",
        )
    update_versioned(row, version=row.version, changes={"ends_on": last, "updated_at": now})


def send_back(transfer: MemberTransfer, *, reason: str, actor: Actor, now: datetime, version: int) -> MemberTransfer:
    """The other side does not take the relation in; it stays where it is."""
    return _close(RETURN, transfer, reason, actor, now, version)


def withdraw(transfer: MemberTransfer, *, reason: str, actor: Actor, now: datetime, version: int) -> MemberTransfer:
    """The sender takes the transfer back before it was received."""
    return _close(WITHDRAW, transfer, reason, actor, now, version)


def _close(
    transition: Any, transfer: MemberTransfer, reason: str, actor: Actor, now: datetime, version: int
) -> MemberTransfer:
    require_role(actor, KEEPERS, f"{transition.label}组织关系转接")
    within_scope(transfer, actor, "转接")
    with transaction.atomic():
        facts = facts_of(transfer, actor)
        apply(transition, transfer, actor=actor, version=version, facts=facts, comment=reason.strip(), now=now)
        evidence = f"已{transition.label}：{reason.strip()}"
        close_for_subject(transfer, kinds=(TASK,), evidence=evidence, actor=actor, now=now)
    return transfer


def send_all(
    organization: PartyOrganization,
    *,
    issued_on: date,
    letter_number: str,
    actor: Actor,
    now: datetime,
    version: int,
    target: PartyOrganization | None = None,
    target_committee: Department | None = None,
    target_name: str = "",
    reason: str = "",
) -> list[MemberTransfer]:
    """整建制转接: every member whose relation is here, in one act or not at all."""
    must_keep(actor, organization, "整建制转出组织关系")
    with transaction.atomic():
        update_versioned(organization, version=version, changes={"updated_at": now})
        with everything("the roster of one organisation"):
            rows = organization.members.filter(ends_on=None).exclude(relation_in_organization=False)
            members = list(rows.select_related("person", "organization__committee").order_by("pk"))
        if not members:
            raise Refused(
                "transfer.nobody",
                f"「{organization}」的名册上没有组织关系在本组织的党员，不能整建制转接。请先登记党员名册。",
            )
        return [
            send(
                member,
                issued_on=issued_on,
                letter_number=letter_number,
                actor=actor,
                now=now,
                version=member.version,
                target=target,
                target_committee=target_committee,
                target_name=target_name,
                reason=reason,
                is_whole=True,
            )
            for member in members
        ]


def take_in(
    organization: PartyOrganization,
    *,
    source_name: str,
    letter_number: str,
    issued_on: date,
    received_on: date,
    actor: Actor,
    now: datetime,
    is_whole: bool = False,
    **values: Any,
) -> MemberTransfer:
    """A relation comes from outside the register. Raises `Refused` when it still is with an organisation here."""
    must_keep(actor, organization, "接收组织关系")
    refuse_future(received_on, now, "接收日期")
    _must(may_receive(issued_on, received_on), "transfer.received_on")
    _check_arrival(organization, received_on)
    with transaction.atomic():
        member = enrol(
            organization, starts_on=received_on, relation_in_organization=True, actor=actor, now=now, **values
        )
        transfer = MemberTransfer(
            state=TransferState.DONE,
            arrived=member,
            source_name=source_name.strip(),
            target=organization,
            letter_number=letter_number.strip(),
            issued_on=issued_on,
            received_on=received_on,
            is_whole=is_whole,
            created_at=now,
        )
        checked(transfer).save()
        keep_event(
            member,
            EventKind.MOVED_IN,
            received_on,
            counterpart=transfer.source_name,
            document_number=transfer.letter_number,
            is_whole=is_whole,
            now=now,
        )
        after = {"name": member.person.name, "from": transfer.source_name, "received_on": received_on}
        record("member_transfers.receive", actor=actor, subject=organization, after=after, now=now)
    return transfer
