"""Care, incentives and guarantees: what a record needs. Pure."""

from datetime import date
from decimal import Decimal

from partybuilding.care.enums import FOR_ORGANIZATION, CareKind
from portal.access.roles import DEPARTMENT, Role

# Sensitive: the branch's superior committee and the department, nobody else, the branch itself not either (P-37).
CARERS = DEPARTMENT | {Role.PARTY_COMMITTEE}
WITH_AMOUNT = frozenset({CareKind.SUBSIDY, CareKind.ALLOWANCE, CareKind.FUNDING})


def care_problem(kind: str, name: str, amount: Decimal | None, happened_on: date, established_on: date | None) -> str:
    """Why a record cannot be kept; empty if it can."""
    what = CareKind(kind)
    if what in FOR_ORGANIZATION and name:
        return f"「{what.label}」是对党组织的保障，不填写姓名。请清空姓名。"
    if what not in FOR_ORGANIZATION and not name:
        return f"「{what.label}」没有填写姓名。请填写关怀或激励的对象。"
    if what in WITH_AMOUNT and not amount:
        return f"「{what.label}」没有填写金额。请填写金额（元）。"
    if established_on is not None and happened_on < established_on:
        return f"日期{happened_on.isoformat()}早于党组织成立日期{established_on.isoformat()}。请核对日期。"
    return ""
