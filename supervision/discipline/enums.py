"""Choices of the discipline of reporting."""

from django.db import models


class Figure(models.TextChoices):
    """What is counted of a round; `rules.counts` decides for one filing, `selectors.figure_q` for all."""

    EXPECTED = "expected", "应填报"
    NOT_STARTED = "not_started", "未开始"
    STARTED = "started", "已开始"
    SUBMITTED = "submitted", "已报送"
    ON_TIME = "on_time", "按时报送"
    LATE = "late", "逾期报送"
    UNDER_REVIEW = "under_review", "审核中"
    RETURNED = "returned", "退回过"
    CORRECTING = "correcting", "待补正"
    CONCLUDED = "concluded", "已有结论"
    FIRST_PASS = "first_pass", "一次通过"
    OVERDUE = "overdue", "逾期未报"
    EXEMPTED = "exempted", "不需填报"


class Dimension(models.TextChoices):
    """By what the figures of a round are laid apart."""

    UNIT = "unit", "业务主管单位"
    COMMITTEE = "committee", "综合（行业）党委"
    REGION = "region", "地区"
    KIND = "kind", "社会组织类型"
