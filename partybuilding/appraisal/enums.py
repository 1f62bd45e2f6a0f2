"""Choices of what is assessed once a year: members by their branch, secretaries and organisations by their superior."""

from django.db import models


class MemberGrading(models.TextChoices):
    """民主评议党员 (R-088)."""

    EXCELLENT = "excellent", "优秀"
    COMPETENT = "competent", "合格"
    BASIC = "basic", "基本合格"
    FAILING = "failing", "不合格"


class Paper(models.TextChoices):
    """What is handed in and rated: a secretary's duty report (R-096), an organisation's role effect (P-80)."""

    DUTY = "duty", "述职"
    ROLE_EFFECT = "role_effect", "作用发挥"


class Level(models.TextChoices):
    """Who reports: an association's organisation to its committee, a committee to the 两新工委 (P-27)."""

    ORGANIZATION = "organization", "党组织"
    COMMITTEE = "committee", "综合（行业）党委"


class PaperState(models.TextChoices):
    SUBMITTED = "submitted", "待评议"
    RETURNED = "returned", "退回修改"
    RATED = "rated", "已评议"


STATE_TONES = {PaperState.SUBMITTED: "blue", PaperState.RETURNED: "amber", PaperState.RATED: "green"}


class Rating(models.TextChoices):
    """好, 较好, 一般, 差 (R-096)."""

    GOOD = "good", "好"
    FAIR = "fair", "较好"
    AVERAGE = "average", "一般"
    POOR = "poor", "差"


class Progress(models.TextChoices):
    """How a year stands for one that reports."""

    MISSING = "missing", "未提交"
    SUBMITTED = "submitted", "待评议"
    RETURNED = "returned", "退回修改"
    RATED = "rated", "已评议"


PROGRESS_TONES = {Progress.MISSING: "amber", **{Progress(state): tone for state, tone in STATE_TONES.items()}}


class ReviewState(models.TextChoices):
    """How a year stands for a branch that reviews its members."""

    DONE = "done", "已开展"
    COMING = "coming", "未到期"
    OVERDUE = "overdue", "逾期未开展"


REVIEW_TONES = {ReviewState.DONE: "green", ReviewState.COMING: "grey", ReviewState.OVERDUE: "amber"}
