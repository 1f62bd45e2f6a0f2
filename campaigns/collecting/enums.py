"""Choices of the progress reports that units hand in by a set day."""

from django.db import models


class Asked(models.TextChoices):
    """Who reports: everybody who takes part, or one level, which gathers from those below it."""

    ALL = "all", "各单位"
    COMMITTEES = "committees", "各党委"
    ORGANIZATIONS = "organizations", "各党组织"


class ReportState(models.TextChoices):
    AWAITING = "awaiting", "待报送"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "退回补充"


REPORT_TONES = {ReportState.AWAITING: "grey", ReportState.SUBMITTED: "green", ReportState.RETURNED: "amber"}
# What still has to be handed in.
OPEN_REPORTS = (ReportState.AWAITING, ReportState.RETURNED)
