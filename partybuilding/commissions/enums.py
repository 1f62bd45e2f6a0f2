"""Choices of the bodies that lead Party building, and of the meetings in which it is dealt with."""

from django.db import models


class Category(models.TextChoices):
    """By what a committee groups the associations it leads."""

    WORKING = "working", "两新工委"
    COMPREHENSIVE = "comprehensive", "社会组织综合党委"
    INDUSTRY = "industry", "行业党委"
    TERRITORIAL = "territorial", "区域党委"


class MemberPost(models.TextChoices):
    SECRETARY = "secretary", "书记"
    DEPUTY = "deputy", "副书记"
    MEMBER = "member", "委员"
    OFFICE_HEAD = "office_head", "办公室主任"


class MeetingKind(models.TextChoices):
    """What kind of meeting: of the committee itself, of all it leads, of a unit's leaders, between two bodies."""

    COMMITTEE = "committee", "党（工）委会议"
    CONFERENCE = "conference", "党建工作会议"
    LEADERSHIP = "leadership", "单位领导班子会议"
    EXCHANGE = "exchange", "互通互联会商"


class Together(models.TextChoices):
    """党建工作与业务工作同研究、同谋划、同部署."""

    ALL = "all", "三同均有"
    SOME = "some", "部分"
    NONE = "none", "没有"


TOGETHER_TONES = {Together.ALL: "green", Together.SOME: "amber", Together.NONE: "grey"}
