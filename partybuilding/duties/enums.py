"""Choices of yearly checks."""

from django.db import models


class Result(models.TextChoices):
    """How far one item was carried out in the year."""

    DONE = "done", "已落实"
    PARTLY = "partly", "部分落实"
    OPEN = "open", "未落实"


RESULT_TONES = {Result.DONE: "green", Result.PARTLY: "amber", Result.OPEN: "red"}


class CheckState(models.TextChoices):
    """How far the check of a year is; without a row it has not begun."""

    DRAFT = "draft", "对照中"
    SUBMITTED = "submitted", "待确认"
    CONFIRMED = "confirmed", "已确认"


NOT_BEGUN = "none"
STATE_CHOICES = [(NOT_BEGUN, "未对照"), *CheckState.choices]
CHECK_TONES = {
    NOT_BEGUN: "grey",
    CheckState.DRAFT: "amber",
    CheckState.SUBMITTED: "blue",
    CheckState.CONFIRMED: "green",
}
