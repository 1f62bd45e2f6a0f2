"""Choices of coverage: how many members an association reported, and what a figure counts."""

from django.db import models

# The kind of task that asks a committee to found a Party organisation.
ESTABLISH_TASK = "establish_party_organization"


class InstructorKind(models.TextChoices):
    """R-077, R-083: the first two reach an association with the work of the Party; an organiser prepares a founding."""

    INSTRUCTOR = "instructor", "党建工作指导员"
    LIAISON = "liaison", "联络员"
    ORGANISER = "organiser", "党建组织员"


class MemberBand(models.TextChoices):
    """Full Party members by the basis of R-078; an association that reported nothing is not one without members."""

    ENOUGH = "enough", "应当单独组建的人数"
    FEW = "few", "有党员但不足"
    ZERO = "zero", "没有党员"
    UNREPORTED = "unreported", "未填报"


class Measure(models.TextChoices):
    """Each figure of coverage: the associations that it counts."""

    IN_SCOPE = "in_scope", "纳入统计"
    OWN = "own", "单独组建"
    SHARED = "shared", "联合、挂靠等组建"
    FUNCTIONAL = "functional", "仅有功能型党组织"
    COVERED = "covered", "组织已覆盖"
    UNCOVERED = "uncovered", "组织未覆盖"
    WORK_COVERED = "work_covered", "工作已覆盖"
    BLANK_SPOT = "blank_spot", "空白点"
    SHOULD_ESTABLISH = "should_establish", "应当单独组建"
    SHOULD_NOT_BUILT = "should_not_built", "应建未建"
    INFO_POOL = "info_pool", "有党员、条件未到、未覆盖"
    NO_MEMBERS = "no_members", "没有党员、未覆盖"
    UNREPORTED = "unreported", "党员人数未填报"
    NOT_BUILT = "not_built", "未建党组织"
    PLANNED = "planned", "应建未建、已列入组建计划"
    DEFERRED = "deferred", "应建、经批准暂缓"
    CHARTER = "charter", "党建已入章"
    CHARTER_LACKING = "charter_lacking", "党建未入章或未登记"


# Whose assignment counts for R-077.
GUIDING = (InstructorKind.INSTRUCTOR, InstructorKind.LIAISON)
