"""Whether an organisation has a secretary."""

from django.db import models


class OfficeState(models.TextChoices):
    """R-097: in office, vacant since the last one left, or never recorded."""

    LATE = "late", "空缺超期"
    VACANT = "vacant", "空缺"
    UNREPORTED = "unreported", "未登记"
    HELD = "held", "在任"


OFFICE_TONES = {
    OfficeState.LATE: "red",
    OfficeState.VACANT: "amber",
    OfficeState.UNREPORTED: "grey",
    OfficeState.HELD: "green",
}
