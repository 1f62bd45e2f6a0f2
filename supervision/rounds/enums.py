"""Choices of rounds."""

from django.db import models


class RoundLabel(models.TextChoices):
    """R-030: inspection by the registrar, or the annual report of a charity."""

    INSPECTION = "inspection", "年度检查"
    REPORT = "report", "年度报告"


class RoundState(models.TextChoices):
    DRAFT = "draft", "筹备"
    OPEN = "open", "填报中"
    CLOSED = "closed", "已结束"


ROUND_TONES = {RoundState.DRAFT: "grey", RoundState.OPEN: "blue", RoundState.CLOSED: "green"}


class Place(models.TextChoices):
    """Where the official filing is made; an association fills in once in either case."""

    HERE = "here", "本系统填报并报送"
    REGISTRAR = "registrar", "登记管理机关系统报送（本系统填写后导出）"
