"""The region tree: reference data, the same for everybody, so its manager is not guarded."""

from django.db import models
from django.db.models import F, Q

from portal.regions.enums import RegionLevel


class Region(models.Model):
    """A place by GB/T 2260, or below the county by its statistical or local code; dated, never deleted."""

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60, db_index=True)
    short_name = models.CharField("简称", max_length=60, db_index=True)
    level = models.CharField("层级", max_length=10, choices=RegionLevel.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField("路径", max_length=80, unique=True)
    source = models.CharField("来源", max_length=120)
    starts_on = models.DateField("启用日期", null=True, blank=True)
    ends_on = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="regions_region_dates",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                violation_error_message="停用日期早于启用日期。",
            ),
            models.CheckConstraint(
                name="regions_region_level",
                condition=Q(level__in=RegionLevel.values),
                violation_error_message="层级不在可选范围内。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path_codes(self) -> list[str]:
        """Codes from the root to this region, this region last."""
        return self.path.strip("/").split("/")

    def contains(self, other: "Region") -> bool:
        """Whether `other` is this region or lies within it."""
        return other.path.startswith(self.path)
