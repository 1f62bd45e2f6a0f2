"""Every write of links: laying one, ending one with what came of it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from associations.governance.models import MemberUnit
from associations.registry.services import checked, refuse_future, within_scope
from partybuilding.commissions.models import CommissionMember
from partybuilding.deliberation.services import must_record
from partybuilding.linkages.models import Linkage
from partybuilding.linkages.rules import ends_problem
from partybuilding.linkages.selectors import members_at, seats_above, units_at
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.workflow.services import update_versioned


def lay_link(
    organization: PartyOrganization,
    *,
    level: str,
    starts_on: date,
    matter: str,
    actor: Actor,
    now: datetime,
    seat: CommissionMember | None = None,
    member: PartyMember | None = None,
    unit: MemberUnit | None = None,
) -> Linkage:
    """Record a link from a day on. Raises `Refused` for ends that do not make the level, for a person who is not on the
    committee above or the roster on that day, for a unit of another association, and for the same link twice."""
    must_record(organization, actor, "登记带动关系")
    refuse_future(starts_on, now, "起始日期")
    problem = ends_problem(level, seat is not None, member is not None, unit is not None)
    if problem:
        raise Refused("linkage.ends", problem)
    _check_ends(organization, seat, member, unit, starts_on)
    row = Linkage(
        organization=organization,
        level=level,
        seat=seat,
        member=member,
        unit=unit,
        matter=matter.strip(),
        starts_on=starts_on,
    )
    with transaction.atomic():
        checked(row).save()
        record("linkages.lay", actor=actor, subject=organization, after=_facts(row), now=now)
    return row


def _check_ends(
    organization: PartyOrganization,
    seat: CommissionMember | None,
    member: PartyMember | None,
    unit: MemberUnit | None,
    day: date,
) -> None:
    with everything("who can be linked with one organisation"):
        is_seat = seat is None or seats_above(organization, day).filter(pk=seat.pk).exists()
        is_member = member is None or members_at(organization, day).filter(pk=member.pk).exists()
        is_unit = unit is None or units_at(organization, day).filter(pk=unit.pk).exists()
    if not is_seat:
        raise Refused(
            "linkage.seat", f"{day.isoformat()}「{seat}」不是上级党（工）委的组成人员。请另选，或先登记任职。"
        )
    if not is_member:
        raise Refused("linkage.member", f"{day.isoformat()}「{member}」不在「{organization}」的名册上。请另选党员。")
    if not is_unit:
        raise Refused("linkage.unit", f"{day.isoformat()}「{unit}」不是所覆盖社会组织的会员单位。请另填会员单位。")


def end_link(row: Linkage, *, ends_on: date, actor: Actor, now: datetime, version: int, result: str = "") -> Linkage:
    """The link ended, with what came of it."""
    must_record(row.organization, actor, "登记带动关系终止")
    within_scope(row, actor, "带动关系")
    refuse_future(ends_on, now, "终止日期")
    if row.ends_on is not None and row.ends_on <= ends_on:
        raise Refused("linkage.ended", f"这项带动关系已于{row.ends_on.isoformat()}终止。")
    if row.starts_on is not None and ends_on < row.starts_on:
        raise Refused(
            "linkage.dates", f"终止日期{ends_on.isoformat()}早于起始日期{row.starts_on.isoformat()}。请核对两个日期。"
        )
    changes = {"ends_on": ends_on, "result": result.strip(), "updated_at": now}
    before = _facts(row)
    with transaction.atomic():
        update_versioned(row, version=version, changes=changes)
        record("linkages.end", actor=actor, subject=row.organization, before=before, after=_facts(row), now=now)
    return row


def _facts(row: Linkage) -> dict[str, Any]:
    return {
        "level": str(row.get_level_display()),
        "link": str(row),
        "matter": row.matter,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "result": row.result,
    }
