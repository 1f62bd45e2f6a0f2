"""Kinds of Party organisations and ways of establishing them."""

from django.db import models


class OrganizationKind(models.TextChoices):
    BRANCH = "branch", "党支部"
    GENERAL_BRANCH = "general_branch", "党总支"
    COMMITTEE = "committee", "党委"
    JOINT_BRANCH = "joint_branch", "联合党支部"
    FUNCTIONAL_BRANCH = "functional_branch", "功能型党支部"
    TEMPORARY_BRANCH = "temporary_branch", "临时党支部"


class EstablishmentMode(models.TextChoices):
    """R-073."""

    INDIVIDUAL = "individual", "单独组建"
    JOINT = "joint", "联合组建"
    ATTACHED = "attached", "挂靠组建"
    REGIONAL = "regional", "区域组建"
    INDUSTRY = "industry", "行业组建"
    FUNCTIONAL = "functional", "功能型"
    TEMPORARY = "temporary", "临时"


class GroupKind(models.TextChoices):
    """群团组织 of an association: one of these makes the work of the Party reach it (R-077)."""

    UNION = "union", "工会"
    YOUTH_LEAGUE = "youth_league", "共青团组织"
    WOMEN = "women", "妇联（妇委会）"


class Cover(models.TextChoices):
    """The strongest way in which an association is covered on a day (R-073, R-076)."""

    OWN = "own", "单独组建"
    SHARED = "shared", "联合、挂靠等组建"
    FUNCTIONAL = "functional", "功能型党组织"
    NONE = "none", "尚未组建"


COVER_TONES = {Cover.OWN: "green", Cover.SHARED: "blue", Cover.FUNCTIONAL: "grey", Cover.NONE: "amber"}
