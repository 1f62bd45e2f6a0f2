"""Choices of tasks."""

from django.db import models


class TaskState(models.TextChoices):
    OPEN = "open", "待办"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已撤销"


TASK_TONES = {TaskState.OPEN: "amber", TaskState.CLOSED: "green", TaskState.CANCELLED: "grey"}


class BodyKind(models.TextChoices):
    """What kind of scope node a task is laid on; the same words as `Scope.kind`."""

    PROVINCE = "province", "全省"
    REGION = "region", "地域"
    DEPARTMENT = "department", "单位"
    ASSOCIATION = "association", "社会组织"
    ORGANIZATION = "organization", "党组织"


class CallResult(models.TextChoices):
    """What came of a telephone call."""

    PROMISED = "promised", "已答复，约定报送日期"
    INFORMED = "informed", "已告知"
    UNREACHED = "unreached", "未接通"
    WRONG_NUMBER = "wrong_number", "号码有误"
    OTHER = "other", "其他情况"
