"""Choices of the account desk."""

from django.db import models


class ResetState(models.TextChoices):
    WAITING = "waiting", "待回电核实"
    APPROVED = "approved", "已核实，待本人设密码"
    REFUSED = "refused", "未予办理"
    USED = "used", "已设新密码"


RESET_TONES = {
    ResetState.WAITING: "warning",
    ResetState.APPROVED: "info",
    ResetState.REFUSED: "neutral",
    ResetState.USED: "success",
}
