"""Choices of transfers of a Party member's relation."""

from django.db import models


class TransferState(models.TextChoices):
    """How a transfer stands; until it is received the relation is where it was."""

    UNDERWAY = "underway", "待接收"
    DONE = "done", "已转接"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


TONES = {
    TransferState.UNDERWAY: "amber",
    TransferState.DONE: "green",
    TransferState.RETURNED: "red",
    TransferState.WITHDRAWN: "grey",
}
