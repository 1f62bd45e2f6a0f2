"""Choices of checklists."""

from django.db import models


class Occasion(models.TextChoices):
    """What opens a checklist of a template."""

    REGISTRATION = "registration", "新登记"
    HAND = "hand", "需要时开立"


class StepState(models.TextChoices):
    """How far one step is: a person did it, the records answer it, or nobody and nothing has yet."""

    DONE = "done", "已办理"
    ANSWERED = "answered", "已有记录"
    OPEN = "open", "待办理"


STEP_TONES = {StepState.DONE: "green", StepState.ANSWERED: "green", StepState.OPEN: "amber"}
