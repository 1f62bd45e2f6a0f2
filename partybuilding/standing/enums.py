"""How the probation of a member stands on a day."""

from django.db import models


class ProbationState(models.TextChoices):
    """R-091: a year from the congress that admitted; extended once at most."""

    OVERDUE = "overdue", "期满未办理"
    DUE = "due", "即将期满"
    RUNNING = "running", "预备期内"
    UNREPORTED = "unreported", "入党日期未填报"


PROBATION_TONES = {
    ProbationState.OVERDUE: "red",
    ProbationState.DUE: "amber",
    ProbationState.RUNNING: "green",
    ProbationState.UNREPORTED: "grey",
}
