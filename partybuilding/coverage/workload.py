"""How much an instructor looks after, and which founding tasks are open."""

from datetime import date

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from associations.registry.models import Association, current_on
from partybuilding.coverage.enums import ESTABLISH_TASK
from partybuilding.coverage.models import Instructor, InstructorAssignment
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.notices.enums import TaskState
from portal.notices.models import Task


def with_load(rows: QuerySet[Instructor], day: date) -> QuerySet[Instructor]:
    """How many associations each instructor looks after on a day, also those outside the actor's scope (R-095)."""
    held = InstructorAssignment.objects.filter(current_on(day), instructor=OuterRef("pk")).order_by()
    number = held.values("instructor").annotate(number=Count("association", distinct=True)).values("number")
    return rows.annotate(association_count=Coalesce(Subquery(number, output_field=IntegerField()), 0))


def open_tasks(actor: Actor, associations: list[int]) -> dict[int, date | None]:
    """Association → due date of the open founding task that the actor can see; one query."""
    rows = scoped(Task, actor).filter(
        kind=ESTABLISH_TASK,
        state=TaskState.OPEN,
        subject_model=Association._meta.label,
        subject_pk__in=[str(pk) for pk in associations],
    )
    return {int(pk): due_on for pk, due_on in rows.order_by("-due_on").values_list("subject_pk", "due_on")}
