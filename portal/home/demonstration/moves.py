"""How records of the demonstration came to where they are: the moves that their pages show."""

from datetime import datetime

from django.db import models

from portal.workflow.models import WorkflowEvent
from portal.workflow.transitions import Transition


def moved(
    row: models.Model, number: int, move: Transition, source: str, by: str, at: datetime, words: str = ""
) -> WorkflowEvent:
    """One move of a record; `number` counts its moves, `by` is who made it, in words."""
    return WorkflowEvent(
        subject_model=row._meta.label,
        subject_pk=str(row.pk),
        transition=move.name,
        source=source,
        target=move.target,
        version=number,
        membership_label=by[:200],
        comment=words,
        at=at,
    )
