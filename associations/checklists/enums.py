"""Choices of checklists."""

from django.db import models


class Occasion(models.TextChoices):
    """What a list as data is for: a checklist of an association, the yearly check of a body, what is studied first."""

    REGISTRATION = "registration", "新登记"
    HAND = "hand", "需要时开立"
    ORGANIZATION_YEAR = "organization_year", "党组织年度对照"
    UNIT_YEAR = "unit_year", "业务主管单位年度对照"
    DECISION = "decision", "重大决策前置研究"
    GUIDE = "guide", "工作指引"


# What opens a checklist of an association; the lists of other occasions are read by the wings that use them.
OPENING = (Occasion.REGISTRATION, Occasion.HAND)


class StepState(models.TextChoices):
    """How far one step is: a person did it, the records answer it, or nobody and nothing has yet."""

    DONE = "done", "已办理"
    ANSWERED = "answered", "已有记录"
    OPEN = "open", "待办理"


STEP_TONES = {StepState.DONE: "green", StepState.ANSWERED: "green", StepState.OPEN: "amber"}
