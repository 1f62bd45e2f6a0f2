"""Every write of categories: the reference data, and deciding one for an association."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from associations.registry.models import Association
from associations.registry.services import checked, refuse_ended, refuse_future, require_role, touch, within_scope
from partybuilding.categories.enums import Situation
from partybuilding.categories.models import CategoryDecision, GuidanceCategory
from partybuilding.categories.rules import may_decide
from partybuilding.categories.selectors import WHY, standings
from partybuilding.closing.services import body_label
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record

DECIDERS = DEPARTMENT | {Role.PARTY_COMMITTEE, Role.REGIONAL_OFFICE}


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category of the reference data."""

    code: str
    number: int
    label: str
    situations: str
    measure: str
    source: str
    confidence: str


@transaction.atomic
def load_categories(rows: Iterable[CategoryRow]) -> int:
    """Make the categories those of the file; one that left it is no longer offered. Returns how many were written.

    Raises ValueError for a situation that does not exist, or one that two categories claim.
    """
    wanted = {row.code: row for row in rows}
    claimed = [code for row in wanted.values() for code in row.situations.split("/") if code]
    if unknown := sorted(set(claimed) - set(Situation.values)):
        raise ValueError(f"指导类别中的适用情形不存在：{'、'.join(unknown)}。")
    if twice := sorted({code for code in claimed if claimed.count(code) > 1}):
        raise ValueError(f"适用情形「{'、'.join(twice)}」属于两个指导类别。请只保留一处。")
    known = {one.code: one for one in GuidanceCategory.objects.all()}
    written = 0
    for code, row in wanted.items():
        one = known.get(code) or GuidanceCategory(code=code)
        fields = asdict(row) | {"is_active": True}
        if one.pk and all(getattr(one, name) == value for name, value in fields.items()):
            continue
        for name, value in fields.items():
            setattr(one, name, value)
        one.full_clean()
        one.save()
        written += 1
    return written + GuidanceCategory.objects.filter(is_active=True).exclude(code__in=wanted).update(is_active=False)


def decide(
    association: Association,
    *,
    category: GuidanceCategory | None,
    starts_on: date,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> CategoryDecision:
    """Decide the category from a day on; None takes the one that the rule suggests. What held ends the day before.

    Raises `Refused` outside the scope of the statistics, for the same category again, for another one than suggested
    without a reason, and for a day not after the last decision.
    """
    require_role(actor, DECIDERS, "确定指导类别")
    within_scope(association, actor, "社会组织")
    refuse_future(starts_on, now, "起始日期")
    refuse_ended(association, starts_on)
    standing = standings([association.pk], timezone.localdate(now), actor).get(association.pk)
    if standing is None:
        raise Refused("category.scope", f"「{association}」不纳入统计，不确定指导类别。请核对登记状态。")
    chosen = category.pk if category is not None else standing.category
    if chosen is None:
        raise Refused(
            "category.none", f"「{association}」属于“{standing.situation.label}”，没有对应的类别。请选择类别。"
        )
    with transaction.atomic():
        touch(association, version=None, now=now)
        with everything(WHY):
            before = CategoryDecision.objects.filter(association=association, ends_on=None).first()
        decision = may_decide(chosen, standing.category, before.category_id if before else None, reason)
        if not decision:
            raise Refused("category.decide", f"「{association}」：{decision.reason}")
        if before is not None:
            _end(before, starts_on)
        made: CategoryDecision = checked(
            CategoryDecision(
                association=association,
                category_id=chosen,
                starts_on=starts_on,
                is_suggested=chosen == standing.category,
                reason=reason.strip(),
                decided_label=body_label(actor)[:200],
            )
        )
        made.save()
        after = {"category": made.category.label, "starts_on": starts_on, "situation": str(standing.situation.label)}
        old = {"category": before.category.label} if before else None
        record("categories.decide", actor=actor, subject=association, before=old, after=after, reason=reason, now=now)
    return made


def _end(before: CategoryDecision, starts_on: date) -> None:
    if before.starts_on is not None and before.starts_on >= starts_on:
        raise Refused(
            "category.later",
            f"{before.starts_on.isoformat()}已确定为「{before.category}」，新的类别须从以后的日期起。请核对起始日期。",
        )
    before.ends_on = starts_on - timedelta(days=1)
    before.save(update_fields=["ends_on"])
