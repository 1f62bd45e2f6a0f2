"""Reading grades as of a day (R-020)."""

from datetime import date

from django.db.models import OuterRef, Subquery

from associations.evaluation.models import Grade
from associations.registry.models import current_on


def grade_level(day: date) -> Subquery:
    """The level that counts on a day, or null: of the grades valid then, the one announced last."""
    rows = Grade.objects.filter(current_on(day), association=OuterRef("pk"), announced_on__lte=day)
    return Subquery(rows.order_by("-announced_on", "-pk").values("level")[:1])
