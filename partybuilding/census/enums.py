"""Choices of a census: where it stands, what was found of an association, which facts of the register are compared."""

from django.db import models

# The kind of task that asks a committee or a city to check its associations.
CHECK_TASK = "check_census"


class CensusState(models.TextChoices):
    OPEN = "open", "调查中"
    CLOSED = "closed", "已办结"


CENSUS_TONES = {CensusState.OPEN: "amber", CensusState.CLOSED: "green"}


class RowState(models.TextChoices):
    """What a body said of one association."""

    UNCHECKED = "unchecked", "未核对"
    AGREES = "agrees", "与登记一致"
    DIFFERS = "differs", "有出入"


ROW_TONES = {RowState.UNCHECKED: "grey", RowState.AGREES: "green", RowState.DIFFERS: "amber"}


class Aspect(models.TextChoices):
    """The facts of the register that a census compares."""

    STATUS = "status", "登记状态"
    OURS = "ours", "责任单位"
    COVER = "cover", "组织覆盖"
    INSTRUCTOR = "instructor", "指导员"
    GROUP = "group", "群团组织"
    RELATION = "relation", "正式党员（组织关系）"
    WORKING = "working", "正式党员（在职）"


class Settled(models.TextChoices):
    """Whether the register says today what was found."""

    WAITING = "waiting", "待更正"
    DONE = "done", "登记已更正"


SETTLED_TONES = {Settled.WAITING: "amber", Settled.DONE: "green"}
