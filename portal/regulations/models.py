"""Dated parameters by jurisdiction and the work calendar: reference data, so the managers are not guarded."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from portal.regions.models import Region
from portal.regulations.enums import Confidence, ParameterKind


class Parameter(models.Model):
    """One value of a threshold, deadline, age or mode, valid in one jurisdiction for one span of dates (R-000)."""

    code = models.CharField("参数代码", max_length=60)
    label = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=10, choices=ParameterKind.choices)
    text = models.CharField("取值", max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name="适用地区")
    starts_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    confidence = models.CharField("核对程度", max_length=10, choices=Confidence.choices)

    class Meta:
        verbose_name = verbose_name_plural = "规则参数"
        ordering = ["code", "region__path", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                "code",
                Coalesce("region", 0),
                Coalesce("starts_on", date.min),
                name="regulations_parameter_once",
                violation_error_message="该参数在同一地区、同一起始日期已有取值。",
            ),
            models.CheckConstraint(
                name="regulations_parameter_dates",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                violation_error_message="截止日期早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}（{self.code}）"

    @property
    def value(self) -> str | int | Decimal | bool:
        """The text as the kind says; ValueError or ArithmeticError when it cannot be read so."""
        match self.kind:
            case ParameterKind.INTEGER:
                return int(self.text)
            case ParameterKind.DECIMAL:
                return Decimal(self.text)
            case ParameterKind.BOOLEAN:
                return {"true": True, "false": False}[self.text]
        return self.text


class CalendarYear(models.Model):
    """A year whose working days are known; provisional until the State Council's notice is published."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    is_provisional = models.BooleanField("暂定")
    published_on = models.DateField("公布日期", null=True, blank=True)
    source = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历年份"
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                name="regulations_calendaryear_published",
                condition=Q(is_provisional=True) | Q(published_on__isnull=False),
                violation_error_message="已公布的年份须填写公布日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年{'（暂定）' if self.is_provisional else ''}"


class CalendarDay(models.Model):
    """A day that differs from the plain week: a day off, or a weekend day that is worked."""

    day = models.DateField("日期", unique=True)
    year = models.ForeignKey(CalendarYear, models.CASCADE, to_field="year", related_name="days", verbose_name="年份")
    is_working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=30)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.name}"
