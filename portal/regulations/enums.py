"""Choices of dated parameters."""

from django.db import models


class ParameterKind(models.TextChoices):
    """What the text of a parameter is read as."""

    TEXT = "text", "文字"
    INTEGER = "integer", "整数"
    DECIMAL = "decimal", "小数"
    BOOLEAN = "boolean", "是否"


class Confidence(models.TextChoices):
    """How well the source of a value was read."""

    READ = "read", "原文核对"
    QUOTED = "quoted", "转载核对"
    KNOWN = "known", "通行做法"
    DECIDED = "decided", "本系统约定"
    OPEN = "open", "待核实"
