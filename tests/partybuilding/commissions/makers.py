"""Rows of the desks of committees for tests."""

from datetime import date
from itertools import count
from typing import Any

from associations.registry.models import Department
from partybuilding.commissions.models import (
    AgendaItem,
    CommissionMember,
    CommissionProfile,
    CommissionRule,
    Meeting,
)

_serial = count(1)


def make_profile(department: Department) -> CommissionProfile:
    return CommissionProfile.objects.create(department=department, category="comprehensive", principle="产业相近")


def make_seat(department: Department, **fields: Any) -> CommissionMember:
    given: dict[str, Any] = {"post": "member", "name": f"委员{next(_serial)}", "starts_on": date(2025, 1, 1)}
    return CommissionMember.objects.create(department=department, **given | fields)


def make_commission_rule(department: Department, **fields: Any) -> CommissionRule:
    given: dict[str, Any] = {"title": f"议事规则{next(_serial)}", "starts_on": date(2025, 1, 1)}
    return CommissionRule.objects.create(department=department, **given | fields)


def make_meeting(department: Department, **fields: Any) -> Meeting:
    """A committee's own meeting; a unit's with `kind="leadership"`."""
    given: dict[str, Any] = {"kind": "committee", "held_on": date(2026, 6, 10), "title": f"第{next(_serial)}次会议"}
    return Meeting.objects.create(department=department, **given | fields)


def make_item(department: Department, **fields: Any) -> AgendaItem:
    given: dict[str, Any] = {"number": 1, "title": "部署应建尽建工作"}
    return AgendaItem.objects.create(meeting=fields.pop("meeting", None) or make_meeting(department), **given | fields)
