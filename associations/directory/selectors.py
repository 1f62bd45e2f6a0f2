"""Reading the directory of bodies."""

from datetime import date

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Department, current_on
from portal.access.actor import Actor
from portal.access.scoping import scoped


def with_answering_count(rows: QuerySet[Department], actor: Actor, day: date) -> QuerySet[Department]:
    """For how many associations in the actor's scope each body answers on a day; each association counts once."""
    assigned = scoped(Assignment, actor).filter(current_on(day), department=OuterRef("pk")).order_by()
    number = assigned.values("department").annotate(number=Count("association", distinct=True)).values("number")
    return rows.annotate(association_count=Coalesce(Subquery(number, output_field=IntegerField()), 0))


def answering_by_role(department: Department, actor: Actor, day: date) -> dict[str, int]:
    """For how many associations in scope the body answers on a day, by role; every role is there."""
    rows = scoped(Assignment, actor).filter(current_on(day), department=department).order_by()
    counted = dict(rows.values_list("role").annotate(number=Count("association", distinct=True)))
    return {role: counted.get(role, 0) for role in AssignmentRole.values}
