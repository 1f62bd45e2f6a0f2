"""Choices of the five embedded checks (R-084)."""

from django.db import models


class Stage(models.TextChoices):
    """五嵌入: where Party building is looked at; the codes are the names of the gates."""

    INSPECTION = "inspection", "年检年报"
    EVALUATION = "evaluation", "等级评估"
    ELECTION = "election", "换届选举"
    PURCHASE = "purchase", "购买服务和承接职能转移"
    AWARDS = "awards", "评先评优"


class Result(models.TextChoices):
    """What the gate says; the codes are the levels of `portal.gates`."""

    OK = "ok", "通过"
    WARN = "warn", "有提示"
    BLOCK = "block", "一票否决"


RESULT_TONES = {Result.OK: "green", Result.WARN: "amber", Result.BLOCK: "red"}


class Looked(models.TextChoices):
    """A-42: what was found about the Party organisation's role and the education of its members."""

    SOUND = "sound", "较好"
    WEAK = "weak", "需要改进"
    UNSEEN = "unseen", "未核查"
