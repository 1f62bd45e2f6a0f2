"""Choices of organisation life: kinds of records, study, what a branch owes and how it stands."""

from django.db import models


class LifeKind(models.TextChoices):
    """What was held. The first five are 三会一课 and 主题党日; a council meeting is kept for its first item only."""

    CONGRESS = "congress", "支部党员大会"
    COMMITTEE = "committee", "支部委员会会议"
    GROUP = "group", "党小组会"
    LECTURE = "lecture", "党课"
    PARTY_DAY = "party_day", "主题党日"
    LIFE_MEETING = "life_meeting", "组织生活会"
    STUDY = "study", "学习教育"
    ACTIVITY = "activity", "其他党组织活动"
    COUNCIL = "council", "理事会会议"


class Duty(models.TextChoices):
    """What a branch owes in calendar units (R-086 to R-088); the secretary's lecture is one of the lectures."""

    CONGRESS = "congress", "支部党员大会"
    COMMITTEE = "committee", "支部委员会会议"
    GROUP = "group", "党小组会"
    LECTURE = "lecture", "党课"
    PARTY_DAY = "party_day", "主题党日"
    LIFE_MEETING = "life_meeting", "组织生活会"
    SECRETARY_LECTURE = "secretary_lecture", "书记讲党课"


# Duties whose records are the kind of the same name.
BY_KIND = {Duty(kind.value): kind.value for kind in LifeKind if kind.value in Duty.values}
# Meetings that open with the first item.
FIRST_ITEM_KINDS = (LifeKind.COMMITTEE, LifeKind.COUNCIL)


# What a kind asks for besides day, topic, numbers and text.
_STUDYING = frozenset({"programme", "officer_count", "member_unit_count"})
ASKED: dict[str, frozenset[str]] = {
    LifeKind.CONGRESS: frozenset(),
    LifeKind.COMMITTEE: frozenset({"has_first_item", "first_item"}),
    LifeKind.GROUP: frozenset({"group"}),
    LifeKind.LECTURE: _STUDYING | {"by_secretary"},
    LifeKind.PARTY_DAY: _STUDYING,
    LifeKind.LIFE_MEETING: frozenset(),
    LifeKind.STUDY: _STUDYING | {"mode", "education", "form"},
    LifeKind.ACTIVITY: _STUDYING,
    LifeKind.COUNCIL: frozenset({"has_first_item", "first_item"}),
}
NOT_ASKED: dict[str, object] = {
    "group": None,
    "by_secretary": False,
    "has_first_item": None,
    "first_item": "",
    "mode": "",
    "education": "",
    "form": "",
    "programme": None,
    "officer_count": 0,
    "member_unit_count": 0,
}


class StudyMode(models.TextChoices):
    """三学联动 (P-53)."""

    COLLECTIVE = "collective", "集中学"
    SELF = "self", "自主学"
    JOINT = "joint", "共同学"


class Education(models.TextChoices):
    """三育结合 (P-54)."""

    WARNING = "warning", "警示教育"
    BASE = "base", "阵地教育"
    ON_SITE = "on_site", "现场教育"


class StudyForm(models.TextChoices):
    """What kind of study (P-58)."""

    MATERIAL = "material", "编印学习资料"
    SEMINAR = "seminar", "集体研讨"
    READING_CLASS = "reading_class", "专题读书班"


class Area(models.TextChoices):
    """Where a problem found in study lies (P-59)."""

    GOVERNANCE = "governance", "内部治理"
    SYSTEM = "system", "制度建设"
    BUSINESS = "business", "业务活动"


class ProblemState(models.TextChoices):
    """How a problem stands on a day."""

    OPEN = "open", "整改中"
    OVERDUE = "overdue", "逾期未整改"
    RECTIFIED = "rectified", "已整改"


PROBLEM_TONES = {ProblemState.OPEN: "blue", ProblemState.OVERDUE: "red", ProblemState.RECTIFIED: "green"}


class PioneerKind(models.TextChoices):
    """How members go ahead (P-36)."""

    POST = "post", "党员示范岗"
    AREA = "area", "党员责任区"
    TEAM = "team", "党员先锋队"
    SERVICE = "service", "党员志愿服务队"
    PLEDGE = "pledge", "党员公开承诺"


class Standing(models.TextChoices):
    """How a branch stands in a period."""

    COMPLETE = "complete", "按期开展"
    BEHIND = "behind", "有欠开"
    NOTHING_DUE = "nothing_due", "暂无到期要求"
    NOT_SUBJECT = "not_subject", "不适用频次要求"


STANDING_TONES = {
    Standing.COMPLETE: "green",
    Standing.BEHIND: "amber",
    Standing.NOTHING_DUE: "grey",
    Standing.NOT_SUBJECT: "grey",
}
