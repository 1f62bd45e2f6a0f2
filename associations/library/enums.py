"""Kinds of documents that a library keeps, who reads them, and what one is on a day."""

from django.db import models


class DocumentKind(models.TextChoices):
    NORMATIVE = "normative", "规范性文件"
    TEMPLATE = "template", "示范文本"
    GUIDE = "guide", "工作指引"
    MANUAL = "manual", "手册"


class Audience(models.TextChoices):
    STAFF = "staff", "工作人员"
    ASSOCIATIONS = "associations", "工作人员和社会组织"


class InForce(models.TextChoices):
    COMING = "coming", "尚未施行"
    CURRENT = "current", "现行"
    ENDED = "ended", "已失效"


TONES = {InForce.COMING: "blue", InForce.CURRENT: "green", InForce.ENDED: "grey"}
