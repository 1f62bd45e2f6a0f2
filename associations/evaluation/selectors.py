"""Reading grades as of a day (R-020), and rounds of evaluation: who may apply, what was announced, what weighs."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from associations.evaluation.models import EvaluationBatch, Grade, Indicator
from associations.evaluation.rules import party_weight
from associations.registry.enums import AssociationStatus
from associations.registry.models import Association, current_on
from associations.registry.selectors import in_region
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.importing.normalise import name_key
from portal.regulations.rules import Rate, add_months
from portal.regulations.selectors import value


def grade_level(day: date) -> Subquery:
    """The level that counts on a day, or null: of the grades valid then, the one announced last."""
    rows = Grade.objects.filter(current_on(day), association=OuterRef("pk"), announced_on__lte=day)
    return Subquery(rows.order_by("-announced_on", "-pk").values("level")[:1])


ELIGIBLE_MONTHS = "evaluation.eligible_months"


def eligible_q(day: date, months: int) -> Q:
    """Associations that may apply for a grade on a day: registered long enough, without a valid one (R-021).

    Only what the register knows; further conditions are for civil affairs to look at.
    """
    graded = Grade.objects.filter(current_on(day), association=OuterRef("pk"), announced_on__lte=day)
    return Q(established_on__lte=add_months(day, -months)) & ~Q(Exists(graded))


def eligible_in(batch: EvaluationBatch, actor: Actor) -> QuerySet[Association]:
    """Those registered at the place itself that may apply when the batch opens, as far as the actor reaches (R-021)."""
    months = int(value(ELIGIBLE_MONTHS, on=batch.opens_on))
    rows = scoped(Association, actor).filter(in_region(batch.region, itself=True), status=AssociationStatus.ACTIVE)
    found: QuerySet[Association] = rows.filter(eligible_q(batch.opens_on, months))
    return found


def grades_of(batch: EvaluationBatch, actor: Actor) -> QuerySet[Grade]:
    """What was recorded or imported under the announcement of a batch."""
    rows = scoped(Grade, actor)
    if batch.announced_on is None:
        return rows.none()
    return rows.filter(announced_on=batch.announced_on, document_number=batch.announcement)


def weight_of(batch: EvaluationBatch) -> Rate:
    with everything("the indicators of a batch that was reached"):
        return party_weight(batch.indicators.all())


def weight_before(batch: EvaluationBatch) -> Rate | None:
    """The weight in the batch before this one, of the same place; None for the first with indicators."""
    with everything("the indicators of a batch that was reached"):
        rows = EvaluationBatch.objects.filter(region=batch.region_id, opens_on__lt=batch.opens_on)
        earlier = (
            rows.filter(Exists(Indicator.objects.filter(batch=OuterRef("pk")))).order_by("-opens_on", "-pk").first()
        )
        return party_weight(earlier.indicators.all()) if earlier is not None else None


def named_in(text: str, actor: Actor) -> tuple[list[Association], list[str]]:
    """The associations that pasted lines name by code or name, and the lines that name none or several."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    keys = {line: name_key(line) for line in lines}
    rows = scoped(Association, actor).filter(Q(uscc__in=lines) | Q(key__in=keys.values())).order_by("pk")
    known = list(rows.select_related("region"))
    found: list[Association] = []
    wrong: list[str] = []
    for line in lines:
        meant = [one for one in known if line == one.uscc] or [one for one in known if one.key == keys[line]]
        if len(meant) == 1:
            found.append(meant[0])
        else:
            wrong.append(
                f"「{line[:60]}」{'有几家同名，请改填统一社会信用代码' if meant else '在您的名录中没有找到'}。"
            )
    return found, wrong
