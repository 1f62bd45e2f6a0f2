"""Transfers of a Party member's relation (组织关系转接). Pure."""

from dataclasses import dataclass
from datetime import date

from partybuilding.organizations.enums import OrganizationKind
from portal.access.decisions import ALLOWED, Decision


@dataclass(frozen=True, slots=True)
class Leaving:
    """A member as the roster has him when the relation shall go elsewhere."""

    name: str
    has_relation: bool
    starts_on: date | None
    ends_on: date | None
    is_underway: bool


@dataclass(frozen=True, slots=True)
class Receiving:
    """An organisation that shall take a relation in, on a day."""

    name: str
    kind: str
    established_on: date | None
    dissolved_on: date | None


def may_leave(member: Leaving, on: date) -> Decision:
    """Whether a relation may go out on a day (R-102: one relation a person, nobody goes out before coming in)."""
    if member.ends_on is not None:
        return Decision(
            False, f"「{member.name}」已于{member.ends_on.isoformat()}离开名册，没有可以转出的组织关系。请核对党员。"
        )
    if not member.has_relation:
        return Decision(
            False, f"「{member.name}」登记的是组织关系不在本组织，不能由本组织转出。请由组织关系所在党组织办理。"
        )
    if member.is_underway:
        return Decision(False, f"「{member.name}」已有一笔转接待接收，不能重复办理。请先等待接收，或者撤回原来的转接。")
    if member.starts_on is not None and on <= member.starts_on:
        return Decision(
            False,
            f"转出日期{on.isoformat()}不晚于「{member.name}」编入名册的日期{member.starts_on.isoformat()}。"
            "请核对转出日期。",
        )
    return ALLOWED


def may_arrive(organization: Receiving, on: date) -> Decision:
    """Whether an organisation may take a relation in on a day (R-073: a functional branch holds no relations)."""
    if organization.kind == OrganizationKind.FUNCTIONAL_BRANCH:
        return Decision(
            False, f"「{organization.name}」是功能型党支部，不转入组织关系。请选择能够接转组织关系的党组织。"
        )
    if organization.established_on is not None and on < organization.established_on:
        return Decision(
            False,
            f"转入日期{on.isoformat()}早于「{organization.name}」的成立日期{organization.established_on.isoformat()}。"
            "请核对转入日期。",
        )
    if organization.dissolved_on is not None and on >= organization.dissolved_on:
        return Decision(
            False, f"「{organization.name}」已于{organization.dissolved_on.isoformat()}撤销，不能转入组织关系。"
        )
    return ALLOWED


def one_target(*given: object) -> Decision:
    """Exactly one of: an organisation here, another committee, an organisation outside the register."""
    number = sum(bool(one) for one in given)
    if number == 1:
        return ALLOWED
    what = "没有填写" if number == 0 else f"填了 {number} 项"
    return Decision(False, f"转往何处{what}。请在「党组织」「其他党委」「系统外党组织」三项中只填一项。")


def may_receive(issued_on: date, on: date) -> Decision:
    """A relation is not received before it was sent."""
    if on < issued_on:
        return Decision(False, f"接收日期{on.isoformat()}早于转出日期{issued_on.isoformat()}。请核对接收日期。")
    return ALLOWED
