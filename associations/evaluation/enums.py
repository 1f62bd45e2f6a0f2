"""Evaluation grades and the regimes that decide how long they hold."""

from django.db import models


class GradeLevel(models.TextChoices):
    AAAAA = "5A", "5A"
    AAAA = "4A", "4A"
    AAA = "3A", "3A"
    AA = "2A", "2A"
    A = "1A", "1A"


class GradeState(models.TextChoices):
    """R-020: what a grade is on a day."""

    ANNOUNCED = "announced", "已公告，未生效"
    VALID = "valid", "有效"
    EXPIRED = "expired", "已过期"
