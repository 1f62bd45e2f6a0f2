"""Every write of how units rate themselves, and of the grades that associations apply for in a campaign."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from associations.registry.models import Association
from associations.registry.services import checked, refuse_future, require_role, within_scope
from campaigns.ledgers.enums import EntryKind
from campaigns.ledgers.models import GradeApplication, SelfRating
from campaigns.ledgers.rules import may_keep
from campaigns.ledgers.selectors import keeping_facts, rated_lines
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.running import check_runner
from campaigns.plans.selectors import associations_of
from campaigns.plans.transitions import PLANNERS
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record


def rate_self(
    unit: Unit, *, rated_on: date, levels: Mapping[str, str], texts: Mapping[str, str], actor: Actor, now: datetime
) -> list[SelfRating]:
    """A unit rates itself on the lines given by key (`RatedLine.key`); earlier ratings stay, the newest holds.

    Raises `Refused` for another unit, a line that is not the unit's, or nothing rated.
    """
    require_role(actor, PLANNERS, "成效自评")
    within_scope(unit, actor, "单位")
    allowed = may_keep(keeping_facts(unit, actor, localdate(now), EntryKind.SUMMARY))
    if not allowed:
        raise Refused("rating.foreign", allowed.reason)
    refuse_future(rated_on, now, "自评日期")
    if rated_on < unit.campaign.starts_on:
        raise Refused(
            "rating.before",
            f"自评日期 {rated_on.isoformat()} 早于活动开始日期 {unit.campaign.starts_on.isoformat()}。请核对日期。",
        )
    lines = {line.key: line for line in rated_lines(unit, rated_on)}
    unknown = [key for key in levels if key not in lines]
    if unknown:
        raise Refused("rating.line", "所选的自评内容不属于本单位。请刷新页面后重新填写。")
    if not levels:
        raise Refused("rating.nothing", "没有填写自评。请至少选择一项。")
    rows = [
        SelfRating(
            unit=unit,
            outcome=lines[key].outcome,
            criterion=lines[key].criterion,
            association=lines[key].association,
            rated_on=rated_on,
            level=level,
            text=texts.get(key, "").strip(),
            recorded_by_id=actor.user_id,
        )
        for key, level in levels.items()
    ]
    with transaction.atomic():
        for row in rows:
            checked(row).save()
        after = {"rated_on": rated_on, "levels": [str(row) for row in rows]}
        record("campaigns.rate_self", actor=actor, subject=unit, after=after, now=now)
    return rows


def record_application(
    campaign: Campaign, association: Association, *, applied_on: date, wanted: str, actor: Actor, now: datetime
) -> GradeApplication:
    """An association of the campaign applied for a grade. Civil affairs decides; a grade is recorded where it is."""
    check_runner(campaign, actor, "登记评估申报")
    within_scope(association, actor, "社会组织")
    refuse_future(applied_on, now, "申报日期")
    if applied_on < campaign.starts_on:
        raise Refused(
            "application.before",
            f"申报日期 {applied_on.isoformat()} 早于活动开始日期 {campaign.starts_on.isoformat()}。请核对日期。",
        )
    if not associations_of(campaign, localdate(now)).filter(pk=association.pk).exists():
        raise Refused("application.outside", f"「{association}」不在这项活动的范围内。请核对社会组织。")
    row = GradeApplication(
        campaign=campaign,
        association=association,
        applied_on=applied_on,
        wanted=wanted,
        recorded_by_id=actor.user_id,
    )
    with transaction.atomic():
        checked(row).save()
        after = {"association": str(association), "applied_on": applied_on, "wanted": wanted}
        record("campaigns.record_application", actor=actor, subject=campaign, after=after, now=now)
    return row
