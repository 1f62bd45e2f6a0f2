"""Choices of what units record under the methods of a campaign."""

from django.db import models


class MeetingKind(models.TextChoices):
    """Meetings at which a unit reviews itself, or which a comment is given on (C-16, C-17, C-44)."""

    LIFE_MEETING = "life_meeting", "专题组织生活会"
    DEMOCRATIC_LIFE = "democratic_life", "民主生活会"
    MEMBER_APPRAISAL = "member_appraisal", "民主评议党员"
    SPIRIT_ANALYSIS = "spirit_analysis", "党性分析评议"
    WORK_SUMMARY = "work_summary", "工作总结会议"
    VISIT = "visit", "调研检查"


# Who reviews itself holds a meeting; summing up a year's work or a visit is an occasion for a comment alone.
REVIEWING = (
    MeetingKind.LIFE_MEETING,
    MeetingKind.DEMOCRATIC_LIFE,
    MeetingKind.MEMBER_APPRAISAL,
    MeetingKind.SPIRIT_ANALYSIS,
)


class Channel(models.TextChoices):
    """How a pledge is made public (C-15)."""

    MEETING = "meeting", "党员大会"
    POSTED = "posted", "张榜公布"
    ONLINE = "online", "网站或公众号"
    OTHER = "other", "其他方式"


class Fulfilment(models.TextChoices):
    KEPT = "kept", "兑现"
    MOSTLY = "mostly", "基本兑现"
    NOT_KEPT = "not_kept", "未兑现"


FULFILMENT_TONES = {Fulfilment.KEPT: "green", Fulfilment.MOSTLY: "blue", Fulfilment.NOT_KEPT: "red"}
