"""Choices of what a Party organisation and the management of its association do together."""

from django.db import models


class Opinion(models.TextChoices):
    """What the Party organisation said before the vote."""

    AGREE = "agree", "同意"
    CHANGE = "change", "建议修改后实施"
    DEFER = "defer", "建议暂缓"
    DISAGREE = "disagree", "不同意"


class Council(models.TextChoices):
    """Which body of the association votes."""

    CONGRESS = "congress", "会员（代表）大会"
    COUNCIL = "council", "理事会"
    STANDING = "standing", "常务理事会"
    OFFICERS = "officers", "负责人办公会"


class Outcome(models.TextChoices):
    """How the vote went."""

    ADOPTED = "adopted", "通过"
    AMENDED = "amended", "修改后通过"
    REJECTED = "rejected", "未通过"


class ReviewState(models.TextChoices):
    """R-101: how a major decision stands between the Party organisation's opinion and the vote."""

    UNREVIEWED = "unreviewed", "未经前置研究"
    CONTRARY = "contrary", "未采纳党组织意见"
    PENDING = "pending", "已研究，待表决"
    REVIEWED = "reviewed", "已前置研究"


REVIEW_TONES = {
    ReviewState.UNREVIEWED: "red",
    ReviewState.CONTRARY: "amber",
    ReviewState.PENDING: "blue",
    ReviewState.REVIEWED: "green",
}


class InteractionKind(models.TextChoices):
    """双向互动, and what is deliberated together."""

    ATTENDANCE = "attendance", "参加或列席管理层会议"
    CONSULTATION = "consultation", "沟通协商恳谈"
    JOINT_STUDY = "joint_study", "共同学习"
    DELIBERATION = "deliberation", "党组织与理事会共同议事"


class AgreementKind(models.TextChoices):
    """定责共建: how the place of the Party organisation in the association is laid down."""

    AGREEMENT = "agreement", "签订共建协议"
    CHARTER = "charter", "修改章程"
