"""What is done for members and secretaries, and for the work of an organisation."""

from django.db import models


class CareKind(models.TextChoices):
    """党内关爱 (P-37), 激励, and 保障 (P-33). No dues, no salaries."""

    VISIT = "visit", "走访慰问"
    SUBSIDY = "subsidy", "困难补助"
    HELP = "help", "结对帮扶"
    ALLOWANCE = "allowance", "书记工作补贴"
    COMMENDATION = "commendation", "表彰奖励"
    FUNDING = "funding", "党建工作经费"
    VENUE = "venue", "活动场所保障"


# For the organisation as such; the others are for somebody.
FOR_ORGANIZATION = frozenset({CareKind.FUNDING, CareKind.VENUE})
