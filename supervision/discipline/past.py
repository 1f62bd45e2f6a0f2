"""Filings as they stood at the end of an earlier day, from the moves that were made until then.

The filings of a round and their dates are today's: an extension granted later counts as if it had always been there.
"""

from datetime import date, datetime, time, timedelta

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from portal.access.scoping import everything
from portal.workflow.models import WorkflowEvent
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection, Submission
from supervision.reviews.models import Return

THEN = "then_"
WHY = "the history of filings that the caller has already reached"


def prefix_of(day: date) -> str:
    """What stands before the columns that a figure of this day is counted by."""
    return THEN if day < timezone.localdate() else ""


def as_of(rows: QuerySet[Inspection], day: date) -> QuerySet[Inspection]:
    """The rows with what was so at the end of the day under names of its own; today's rows as they are."""
    return as_it_was(rows, day) if prefix_of(day) else rows


def as_it_was(rows: QuerySet[Inspection], day: date) -> QuerySet[Inspection]:
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    with everything(WHY):
        moves = WorkflowEvent.objects.filter(
            subject_model=Inspection._meta.label, subject_pk=Cast(OuterRef("pk"), CharField()), at__lt=end
        )
        returns = Return.objects.filter(inspection=OuterRef("pk"), returned_at__lt=end)
        handed_in = Submission.objects.filter(inspection=OuterRef("pk"), submitted_at__lt=end)
        counted = returns.order_by().values("inspection").annotate(count=Count("pk")).values("count")
        return rows.annotate(
            then_state=Coalesce(
                Subquery(moves.order_by("-at", "-pk").values("target")[:1], output_field=CharField()),
                Value(str(InspectionState.NOT_STARTED)),
            ),
            then_step_due_on=Subquery(
                returns.order_by("-returned_at", "-pk").values("due_on")[:1], output_field=DateField()
            ),
            then_return_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            then_is_late=Exists(handed_in.filter(is_late=True)),
            then_is_started=Coalesce(Q(started_at__lt=end), False, output_field=BooleanField()),
            then_is_submitted=Coalesce(Q(first_submitted_at__lt=end), False, output_field=BooleanField()),
        )


NAMES = {
    "state": "state",
    "step_due_on": "step_due_on",
    "return_count": "return_count",
    "is_late": "is_late",
    "is_started": "started_at",
    "is_submitted": "first_submitted_at",
}


def columns(day: date) -> dict[str, F]:
    """Where the facts of a day are read: a name of `Standing` → the column."""
    then = prefix_of(day)
    return {f"as_of_{name}": F(f"{then}{name}" if then else plain) for name, plain in NAMES.items()}
