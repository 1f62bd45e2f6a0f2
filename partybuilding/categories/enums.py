"""In which situation an association stands; `guidance_categories.csv` says which category follows from it."""

from django.db import models


class Situation(models.TextChoices):
    """Every association in scope stands in exactly one."""

    OWN_HIGH = "own_high", "单独组建，有效等级 4A 以上"
    OWN = "own", "单独组建"
    SHARED = "shared", "联合、挂靠等组建"
    SHOULD = "should", "应建未建"
    FEW = "few", "有党员，人数不足"
    ZERO = "zero", "没有党员"
    UNREPORTED = "unreported", "党员人数未填报"
    DORMANT = "dormant", "停止活动，经批准暂缓"
    DEFERRED = "deferred", "经批准暂缓"


HIGH_GRADES = ("5A", "4A")
