"""Choices of mass appraisal: by counted paper, and by single-use code."""

from django.db import models


class Level(models.TextChoices):
    """Who is appraised (C-46)."""

    ORGANIZATION = "organization", "对党组织"
    MEMBER = "member", "对党员"


class Choice(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASIC = "basic", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class Cell(models.TextChoices):
    """What is published of a secret ballot: a choice, or several together where one alone would be too few."""

    SATISFIED = "satisfied", "满意"
    BASIC = "basic", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"
    SATISFIED_BASIC = "satisfied_basic", "满意或基本满意"
    BASIC_DISSATISFIED = "basic_dissatisfied", "基本满意或不满意"
    ALL = "all", "全部选票"


class RateKind(models.TextChoices):
    """How exactly satisfaction may be said without showing a small cell."""

    EXACT = "exact", ""
    AT_LEAST = "at_least", "不低于"
    AT_MOST = "at_most", "不高于"


class BallotState(models.TextChoices):
    PREPARED = "prepared", "待计票"
    COUNTED = "counted", "已公布"
    VOID = "void", "票数不足"
    CANCELLED = "cancelled", "已撤销"


BALLOT_TONES = {
    BallotState.PREPARED: "blue",
    BallotState.COUNTED: "green",
    BallotState.VOID: "amber",
    BallotState.CANCELLED: "grey",
}


class Answer(models.TextChoices):
    """What a voter is told. The same for every choice; never kept."""

    TAKEN = "taken", "投票成功"
    WRONG = (
        "wrong",
        "投票码不对，或者已经投过票。请照选票逐字核对，不分大小写；核对无误仍不成功的，说明这个码已经用过。",
    )
    EARLY = "early", "投票还没有开始，请在选票上写明的时间内投票。"
    LATE = "late", "投票已经结束，不能再投。"
