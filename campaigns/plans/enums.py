"""Choices of campaign plans. What a campaign calls its parts is its own data; these are only kinds."""

from django.db import models


class CampaignState(models.TextChoices):
    DRAFT = "draft", "拟定中"
    RUNNING = "running", "开展中"
    CLOSED = "closed", "已结束"


CAMPAIGN_TONES = {
    CampaignState.DRAFT: "grey",
    CampaignState.RUNNING: "blue",
    CampaignState.CLOSED: "green",
}


class ItemKind(models.TextChoices):
    """The lists of short texts that a campaign document carries; each is empty, four or eight lines long."""

    BASIS = "basis", "依据文件"
    GOAL = "goal", "总体目标"
    ARENA = "arena", "创争领域"
    PRINCIPLE = "principle", "基本原则"
    ASPECT = "aspect", "公开承诺内容"
    OUTCOME = "outcome", "成效要求"
    CHANNEL = "channel", "宣传渠道"


class LinkKind(models.TextChoices):
    """How a campaign stands to another one (C-08, C-30, C-39)."""

    PARENT = "parent", "上级活动"
    PRECEDING = "preceding", "前期活动"
    LINKED = "linked", "结合开展的活动"


class MethodForm(models.TextChoices):
    """What is recorded under a method, whatever its name is in a campaign (C-14…C-19)."""

    PLEDGE = "pledge", "承诺"
    REVIEW = "review", "讲评会议"
    COMMENT = "comment", "上级点评"
    APPRAISAL = "appraisal", "群众评议"
    COMMENDATION = "commendation", "评选表彰"
    RECORD = "record", "开展记录"


class Target(models.TextChoices):
    """Whom a set of criteria is about (R-110)."""

    ORGANIZATION = "organization", "党组织"
    MEMBER = "member", "党员"
    WORKER = "worker", "党务工作者"
    ASSOCIATION = "association", "社会组织"
    GROUP = "group", "群团组织（集体）"
    GROUP_MEMBER = "group_member", "群团组织（个人）"


# To whom something is awarded; the mass organisations have honours of their own (C-45).
AWARDED = (Target.ORGANIZATION, Target.MEMBER, Target.WORKER, Target.GROUP, Target.GROUP_MEMBER)
OF_GROUPS = frozenset({Target.GROUP, Target.GROUP_MEMBER})


class SteeringRole(models.TextChoices):
    """Posts in the group that leads a campaign and in its office (C-24)."""

    LEADER = "leader", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"
    OFFICE_DIRECTOR = "office_director", "办公室主任"
    OFFICE_DEPUTY = "office_deputy", "办公室副主任"


class UnitState(models.TextChoices):
    """How far a unit's own plan is (C-02)."""

    AWAITING = "awaiting", "待报方案"
    SUBMITTED = "submitted", "待审阅"
    RETURNED = "returned", "退回修改"
    ACCEPTED = "accepted", "已备案"


UNIT_TONES = {
    UnitState.AWAITING: "grey",
    UnitState.SUBMITTED: "blue",
    UnitState.RETURNED: "amber",
    UnitState.ACCEPTED: "green",
}
