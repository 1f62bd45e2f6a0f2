"""Choices of commendation rounds. What is awarded, and how it is called, is data of a round."""

from django.db import models


class RoundState(models.TextChoices):
    DRAFT = "draft", "拟定中"
    OPEN = "open", "推荐中"
    PUBLICITY = "publicity", "公示中"
    DECIDED = "decided", "已表彰"
    CANCELLED = "cancelled", "已取消"


ROUND_TONES = {
    RoundState.DRAFT: "grey",
    RoundState.OPEN: "blue",
    RoundState.PUBLICITY: "amber",
    RoundState.DECIDED: "green",
    RoundState.CANCELLED: "grey",
}
# A round that people still work on.
ACTIVE = frozenset({RoundState.DRAFT, RoundState.OPEN, RoundState.PUBLICITY})


class NominationState(models.TextChoices):
    NOMINATED = "nominated", "已推荐"
    CHOSEN = "chosen", "拟表彰"
    NOT_CHOSEN = "not_chosen", "未入选"
    WITHDRAWN = "withdrawn", "撤回推荐"
    AWARDED = "awarded", "已表彰"


NOMINATION_TONES = {
    NominationState.NOMINATED: "blue",
    NominationState.CHOSEN: "amber",
    NominationState.NOT_CHOSEN: "grey",
    NominationState.WITHDRAWN: "grey",
    NominationState.AWARDED: "green",
}
# Which nominations use a unit's quota.
COUNTED = (NominationState.NOMINATED, NominationState.CHOSEN, NominationState.AWARDED)


class Way(models.TextChoices):
    """How the masses took part in recommending (C-22)."""

    MEETING = "meeting", "会议推荐"
    VOTE = "vote", "投票推荐"
    TALKS = "talks", "谈话推荐"


class Base(models.TextChoices):
    """What a quota is distributed by (R-115a)."""

    MEMBERS = "members", "党员数"
    ORGANIZATIONS = "organizations", "党组织数"


class Appraisal(models.TextChoices):
    """The result of a member's last appraisal, as the recommending unit states it (R-115)."""

    EXCELLENT = "excellent", "优秀"
    QUALIFIED = "qualified", "合格"
    BASIC = "basic", "基本合格"
    FAILED = "failed", "不合格"
    NONE = "none", "未参加"


GOOD_APPRAISALS = frozenset({Appraisal.EXCELLENT, Appraisal.QUALIFIED})
