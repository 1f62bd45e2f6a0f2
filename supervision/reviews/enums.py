"""Choices of reviews."""

from enum import StrEnum


class Queue(StrEnum):
    """The lists a reviewer works from (ux.md §3.5 E)."""

    MINE = "mine"
    UNIT = "unit"
    OVERDUE = "overdue"
    RETURNED = "returned"
    DONE = "done"


QUEUE_LABELS = {
    Queue.MINE: "待我审核",
    Queue.UNIT: "本单位全部",
    Queue.OVERDUE: "已逾期",
    Queue.RETURNED: "退回待补正",
    Queue.DONE: "已办结",
}


class Show(StrEnum):
    """Which fields of a filing the review page shows."""

    ALL = "all"
    CHANGED = "changed"  # against last year
    FLAGGED = "flagged"
    SINCE = "since"  # changed since the hand-in that this stage returned
