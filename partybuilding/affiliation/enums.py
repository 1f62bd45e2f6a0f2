"""Choices of affiliation: whom a rule names, and how the present committee compares with it (R-098)."""

from django.db import models


class Target(models.TextChoices):
    """Which body a rule names."""

    SUPERVISING = "supervising", "业务主管单位设立的党委"
    REGULATOR = "regulator", "行业管理部门设立的党委"
    NAMED = "named", "当地某一系统或综合党委"
    STREET = "street", "街道（乡镇）党工委"


class BodyLevel(models.TextChoices):
    """At which level a named body stands; `own`: at the level where the association is registered."""

    OWN = "own", "登记机关同级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"


class Otherwise(models.TextChoices):
    """What follows when there is no such body."""

    NEXT = "next", "看下一条"
    STREET = "street", "由街道兜底"


class Standing(models.TextChoices):
    """How the present committee compares with where an association belongs."""

    SAME = "same", "一致"
    DIFFERENT = "different", "不一致"
    UNASSIGNED = "unassigned", "未明确党委"
    UNCLEAR = "unclear", "行业管理部门未明确"
    STREET = "street", "应由街道兜底"


STANDING_TONES = {
    Standing.SAME: "green",
    Standing.DIFFERENT: "amber",
    Standing.UNASSIGNED: "red",
    Standing.UNCLEAR: "grey",
    Standing.STREET: "blue",
}
