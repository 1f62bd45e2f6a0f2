"""Choices of the ledgers that units keep during a campaign."""

from django.db import models


class EntryKind(models.TextChoices):
    """One shape, several names (C-10, C-32…C-34, C-36, C-37, C-40, C-43, C-45)."""

    CARRIER = "carrier", "活动载体"
    MATTER = "matter", "为群众办实事"
    PROBLEM = "problem", "突出问题"
    MECHANISM = "mechanism", "长效机制"
    CASE = "case", "典型经验"
    CONTRIBUTION = "contribution", "急难险重任务"
    ACTIVITY = "activity", "主题活动"
    INTEGRITY = "integrity", "诚信承诺"
    SUMMARY = "summary", "阶段小结"
    GROUPS = "groups", "群团组织活动"


# What a unit undertakes: it has a day to be done by, and is finished only with a result. The other kinds are facts.
UNDERTAKEN = frozenset({EntryKind.MATTER, EntryKind.PROBLEM, EntryKind.MECHANISM})


class EntryState(models.TextChoices):
    OPEN = "open", "办理中"
    DONE = "done", "已完成"
    WITHDRAWN = "withdrawn", "已撤销"


ENTRY_TONES = {EntryState.OPEN: "blue", EntryState.DONE: "green", EntryState.WITHDRAWN: "grey"}


class Origin(models.TextChoices):
    """Where a matter or a problem came from (C-36, C-43)."""

    MASSES = "masses", "群众反映"
    SELF = "self", "自查发现"
    ABOVE = "above", "上级指出"
    INSPECTION = "inspection", "督查发现"


class MassGroup(models.TextChoices):
    """The mass organisation whose own strand an entry belongs to (C-45)."""

    UNION = "union", "工会"
    YOUTH = "youth", "共青团"
    WOMEN = "women", "妇委会"
    OTHER = "other", "其他群众组织"


class Level(models.TextChoices):
    """How a unit rates itself on one line (R-110)."""

    GOOD = "good", "好"
    FAIRLY = "fairly", "较好"
    ORDINARY = "ordinary", "一般"
    POOR = "poor", "差"


LEVEL_TONES = {Level.GOOD: "green", Level.FAIRLY: "blue", Level.ORDINARY: "amber", Level.POOR: "red"}
