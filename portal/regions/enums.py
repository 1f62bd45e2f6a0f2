"""Choices of the region tree."""

from django.db import models


class RegionLevel(models.TextChoices):
    """Levels of the region tree; a division is a part of the Xinjiang Production and Construction Corps."""

    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"
    VILLAGE = "village", "村级"
    DIVISION = "division", "兵团师级"
