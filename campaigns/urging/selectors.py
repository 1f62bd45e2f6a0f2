"""Whom to urge about the methods of a campaign, by committee, from the same records as the matrix."""

from collections import defaultdict
from datetime import date

from campaigns.methods.selectors import branches_for, records_by_unit
from campaigns.plans.models import Campaign, Method
from portal.access.actor import Actor
from portal.notices.reminding import distance_text
from portal.notices.urging import Called, urging_text

NOBODY = "未明确党委"


def to_call(actor: Actor, campaign: Campaign, methods: list[Method], day: date) -> list[Called]:
    """The organisations that have not done these methods, in the order of names; two queries however many."""
    units = list(branches_for(actor, campaign).order_by("organization__name", "pk"))
    records = records_by_unit(actor, units)
    groups: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        missing = [one for one in methods if one.pk not in records[unit.pk]]
        if missing:
            words = "；".join(_missing(one, day) for one in missing)
            groups[str(unit.committee or NOBODY)].append(f"{unit}：{words}")

    def text(label: str, lines: list[str]) -> str:
        opening = f"「{campaign}」下列 {len(lines)} 个党组织的推进方式尚未完成，请督促尽快开展并登记"
        contact = "，".join(part for part in (campaign.contact_name, campaign.contact_phone) if part)
        return urging_text(
            day,
            opening,
            lines,
            addressee="" if label == NOBODY else label,
            closing=f"联系人：{contact}" if contact else "",
        )

    return [Called(label, lines, text(label, lines)) for label, lines in sorted(groups.items())]


def _missing(method: Method, day: date) -> str:
    if method.due_on is None:
        return str(method)
    return f"{method}，{distance_text((day - method.due_on).days, method.due_on)}"
