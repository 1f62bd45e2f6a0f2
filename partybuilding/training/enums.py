"""Whom a training is for, and how somebody stands to what a year asks."""

from django.db import models


class Audience(models.TextChoices):
    """培训对象 (P-32); each names the register in which the participants are looked for."""

    SECRETARY = "secretary", "党组织书记"
    CADRE = "cadre", "党务工作者"
    MEMBER = "member", "党员"
    MEMBER_PRESIDENT = "member_president", "党员会长（理事长）"
    OFFICER = "officer", "社会组织负责人"
    ACTIVIST = "activist", "入党积极分子、发展对象"


class HoursState(models.TextChoices):
    """R-094: the hours of a year beside what is asked."""

    MET = "met", "已达标"
    CENTRAL = "central", "缺集中培训"
    SHORT = "short", "学时不足"


HOURS_TONES = {HoursState.MET: "green", HoursState.CENTRAL: "amber", HoursState.SHORT: "amber"}
