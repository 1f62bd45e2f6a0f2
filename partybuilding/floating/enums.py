"""How it stands with a member who is away."""

from django.db import models


class FloatingState(models.TextChoices):
    """R-093: away for half a year without a transfer is 流动党员."""

    OVERDUE = "overdue", "应联系未联系"
    FLOATING = "floating", "流动党员"
    AWAY = "away", "外出未满期限"
    RETURNED = "returned", "已返回"


FLOATING_TONES = {
    FloatingState.OVERDUE: "amber",
    FloatingState.FLOATING: "blue",
    FloatingState.AWAY: "grey",
    FloatingState.RETURNED: "green",
}
