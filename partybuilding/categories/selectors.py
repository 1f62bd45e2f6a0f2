"""Reading categories: what the rule suggests, what was decided, and both as filters of a list."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from associations.evaluation.selectors import grade_level
from associations.registry.models import Association, current_on
from partybuilding.categories.enums import HIGH_GRADES, Situation
from partybuilding.categories.models import CategoryDecision, GuidanceCategory
from partybuilding.categories.rules import situation, suggested
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import CoverageRules
from partybuilding.coverage.selectors import cover_is, coverage_facts, coverage_rules, measured
from partybuilding.establishment.enums import WhyNot
from partybuilding.establishment.selectors import current_plans, why_is
from partybuilding.organizations.enums import Cover
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped

WHY = "the category of associations that were reached"


def active_categories() -> QuerySet[GuidanceCategory]:
    return GuidanceCategory.objects.filter(is_active=True)


def by_situation(categories: Collection[GuidanceCategory]) -> dict[str, int]:
    """Situation → category, as the reference data say."""
    return {code: one.pk for one in categories for code in one.situations.split("/") if code}


def decided_on(day: date) -> QuerySet[CategoryDecision]:
    """The decision in force on a day, for an association in the outer query."""
    return CategoryDecision.objects.filter(current_on(day), association=OuterRef("pk"))


def with_category(rows: QuerySet[Association], actor: Actor, day: date) -> QuerySet[Association]:
    """`category_label` and `category_measure`: the category that was decided, for whoever may see it; else null."""
    decided = scoped(CategoryDecision, actor).filter(current_on(day), association=OuterRef("pk")).order_by("-starts_on")
    return rows.annotate(
        category_label=Subquery(decided.values("category__label")[:1]),
        category_measure=Subquery(decided.values("category__measure")[:1]),
    )


def with_decided(rows: QuerySet[Association], day: date) -> QuerySet[Association]:
    """`decided`: the key of the category that was decided; null where nobody has."""
    return rows.annotate(decided=Subquery(decided_on(day).order_by("-starts_on", "-pk").values("category")[:1]))


def situation_rows(
    rows: QuerySet[Association], found: str, *, as_of: date, rules: CoverageRules
) -> QuerySet[Association]:
    """`rules.situation` as a filter; a test holds both equal."""
    one = Situation(found)
    if one.value in WhyNot.values:
        return why_is(rows, one.value, as_of=as_of, rules=rules)
    inside = measured(rows, Measure.IN_SCOPE, as_of=as_of, rules=rules)
    own = cover_is(Cover.OWN, as_of)
    if one == Situation.SHARED:
        not_built = measured(Association.objects.all(), Measure.NOT_BUILT, as_of=as_of, rules=rules)
        return inside.filter(~own, ~Q(pk__in=not_built.values("pk")))
    graded = inside.filter(own).annotate(grade_on_day=grade_level(as_of))
    high = Q(grade_on_day__in=HIGH_GRADES)
    return graded.filter(high) if one == Situation.OWN_HIGH else graded.filter(~high | Q(grade_on_day=None))


def suggested_q(category: GuidanceCategory, as_of: date) -> Q:
    """Associations for which the rule suggests a category."""
    rules = coverage_rules(as_of)
    with everything("a condition inside a scoped list"):
        every = Association.objects.all()
        parts = [
            Q(pk__in=situation_rows(every, code, as_of=as_of, rules=rules).order_by().values("pk"))
            for code in category.situations.split("/")
            if code
        ]
    return reduce(or_, parts, Q(pk__in=[]))


def differs_q(as_of: date) -> Q:
    """Associations whose decided category is another one than the rule suggests today."""
    parts = [
        Q(Exists(decided_on(as_of).filter(category=one))) & ~suggested_q(one, as_of) for one in active_categories()
    ]
    return reduce(or_, parts, Q(pk__in=[]))


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rule says of one association on a day."""

    situation: Situation
    category: int | None


def standings(
    associations: Collection[int],
    day: date,
    actor: Actor,
    *,
    rules: CoverageRules | None = None,
    known: Collection[GuidanceCategory] | None = None,
) -> dict[int, Standing]:
    """Association → its situation and the category that follows; two queries where the rest is given."""
    rules = rules or coverage_rules(day)
    categories = by_situation(list(active_categories()) if known is None else known)
    rows = scoped(Association, actor).filter(pk__in=associations)
    plans = current_plans(actor, associations, day)
    found = {}
    for line in coverage_facts(actor, as_of=day, queryset=rows, rules=rules):
        if not line.facts.is_in_scope:
            continue
        plan = plans.get(line.pk)
        one = situation(line.facts, rules, line.grade or "", plan.ground if plan else "")
        found[line.pk] = Standing(one, suggested(one, categories))
    return found


def current_decisions(associations: Collection[int], day: date, actor: Actor) -> dict[int, CategoryDecision]:
    rows = scoped(CategoryDecision, actor).filter(current_on(day), association__in=associations)
    return {row.association_id: row for row in rows.select_related("category").order_by("starts_on", "pk")}
