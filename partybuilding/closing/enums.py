"""Choices of the monthly close: where it stands, who has confirmed, and why a number moved (X-21)."""

from django.db import models

# The kind of task that asks a committee or a city to confirm its list.
CONFIRM_TASK = "confirm_close"


class CloseState(models.TextChoices):
    OPEN = "open", "确认中"
    ISSUED = "issued", "已签发"


class UnitState(models.TextChoices):
    AWAITING = "awaiting", "未确认"
    CONFIRMED = "confirmed", "已确认"
    REOPENED = "reopened", "确认后有变化"


class How(models.TextChoices):
    """In which of the two ways a unit confirmed its list."""

    UNCHANGED = "unchanged", "本月无变化"
    CHECKED = "checked", "核对修改后确认"


class Reason(models.TextChoices):
    """Why an association is counted now and was not at the end of the month before, or the other way round."""

    REGISTERED = "registered", "新登记"
    RESUMED = "resumed", "恢复活动"
    DEREGISTERED = "deregistered", "注销"
    STOPPED = "stopped", "停止活动"
    FOUNDED = "founded", "新建"
    CONVERTED = "converted", "联合转单独"
    DISSOLVED = "dissolved", "撤销"
    INSTRUCTOR_ASSIGNED = "instructor_assigned", "指导员到位"
    INSTRUCTOR_ENDED = "instructor_ended", "指导员期满"
    GROUP_FOUNDED = "group_founded", "群团成立"
    GROUP_ENDED = "group_ended", "群团撤销"
    TRANSFERRED = "transferred", "划转"
    RULES = "rules", "口径调整"
    CORRECTED = "corrected", "更正"


CLOSE_TONES = {CloseState.OPEN: "amber", CloseState.ISSUED: "green"}
UNIT_TONES = {UnitState.AWAITING: "amber", UnitState.CONFIRMED: "green", UnitState.REOPENED: "red"}
