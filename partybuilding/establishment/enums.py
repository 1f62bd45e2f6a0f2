"""Choices of founding: why there is no organisation yet, what was decided about it, in which order to go about it."""

from django.db import models


class PlanKind(models.TextChoices):
    """R-078: a founding is planned by a day, or its deferral until a day was approved."""

    FOUNDING = "founding", "列入组建计划"
    DEFERRAL = "deferral", "经批准暂缓组建"


class Ground(models.TextChoices):
    """Why a founding was deferred."""

    DORMANT = "dormant", "停止活动"
    DEREGISTERING = "deregistering", "正在办理注销"
    MEMBERS_LEAVING = "members_leaving", "党员即将转出"
    OTHER = "other", "其他"


class PlanOutcome(models.TextChoices):
    """How a plan ended before its day, if it did."""

    FOUNDED = "founded", "已组建"
    REPLACED = "replaced", "已改订"
    WITHDRAWN = "withdrawn", "已撤回"


class PlanState(models.TextChoices):
    """What a plan is on a day."""

    COMING = "coming", "尚未开始"
    IN_FORCE = "in_force", "执行中"
    OVERDUE = "overdue", "已逾期"
    EXPIRED = "expired", "已到期"
    FOUNDED = "founded", "已组建"
    REPLACED = "replaced", "已改订"
    WITHDRAWN = "withdrawn", "已撤回"


PLAN_TONES = {
    PlanState.COMING: "grey",
    PlanState.IN_FORCE: "blue",
    PlanState.OVERDUE: "red",
    PlanState.EXPIRED: "grey",
    PlanState.FOUNDED: "green",
    PlanState.REPLACED: "grey",
    PlanState.WITHDRAWN: "grey",
}


class WhyNot(models.TextChoices):
    """Why an association has no organisation of its own (R-078, R-083): each of them has exactly one reason."""

    SHOULD = "should", "应建未建"
    FEW = "few", "有党员，人数不足"
    ZERO = "zero", "没有党员"
    UNREPORTED = "unreported", "党员人数未填报"
    DORMANT = "dormant", "停止活动，经批准暂缓"
    DEFERRED = "deferred", "经批准暂缓"


WHY_TONES = {
    WhyNot.SHOULD: "amber",
    WhyNot.FEW: "blue",
    WhyNot.ZERO: "grey",
    WhyNot.UNREPORTED: "amber",
    WhyNot.DORMANT: "grey",
    WhyNot.DEFERRED: "grey",
}


class Priority(models.TextChoices):
    """P-79: which foundings come first; `establishment.priority_order` says in which order."""

    INDUSTRY_ASSOCIATION = "industry_association", "行业协会商会"
    LARGE_SERVICE_INSTITUTION = "large_service_institution", "规模较大的民办非企业单位"
    STAFFED_FOUNDATION = "staffed_foundation", "专职人员较多的基金会"
    OTHER = "other", "其他"
