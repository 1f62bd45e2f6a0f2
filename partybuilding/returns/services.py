"""Writing the yearly returns of members."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from associations.registry.services import checked
from partybuilding.members.services import must_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.returns.models import MemberReturn
from partybuilding.returns.rules import NAMES, Lines, return_problem
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.workflow.services import update_versioned


def file_return(
    organization: PartyOrganization,
    *,
    year: int,
    actor: Actor,
    now: datetime,
    version: int,
    remark: str = "",
    **numbers: int,
) -> MemberReturn:
    """Record, or correct, what an organisation reports of a year. Raises `Refused` where the lines contradict.

    `version` is the organisation's: two who report one year come one after the other.
    """
    must_keep(actor, organization, "填报年度党员数")
    lines = Lines(**numbers)
    with transaction.atomic():
        update_versioned(organization, version=version, changes={"updated_at": now})
        with everything("the returns of one organisation"):
            around = MemberReturn.objects.filter(organization=organization, year__in=(year - 1, year, year + 1))
            rows = {one.year: one for one in around}
        before, known, after = rows.get(year - 1), rows.get(year), rows.get(year + 1)
        problem = return_problem(year, localdate(now), lines, before.actual if before else None, remark)
        if not problem and after is not None and after.opening != lines.actual:
            problem = (
                f"本年底实有数填的是{lines.actual}，{year + 1}年填报的上年底党员数是{after.opening}，两数应相同。"
                f"请先核对{year + 1}年的填报。"
            )
        if problem:
            raise Refused("return.lines", problem)
        row = known or MemberReturn(organization=organization, year=year)
        told = _numbers(row) if known else None
        for name in NAMES:
            setattr(row, name, getattr(lines, name))
        row.remark, row.updated_at = remark.strip(), now
        row.version += 1 if known else 0
        checked(row).save()
        record("member_returns.file", actor=actor, subject=organization, before=told, after=_numbers(row), now=now)
    return row


def _numbers(row: MemberReturn) -> dict[str, Any]:
    return {"year": row.year} | {name: getattr(row, name) for name in NAMES} | {"remark": row.remark}
