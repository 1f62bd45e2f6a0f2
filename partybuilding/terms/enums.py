"""Choices of terms of office and elections of Party organisations."""

from django.db import models


class TermState(models.TextChoices):
    """How the term of an organisation stands on a day (R-074, R-075)."""

    OVERDUE = "overdue", "届满未换届"
    DUE = "due", "即将届满"
    UNREPORTED = "unreported", "任期未填报"
    RUNNING = "running", "任期内"
    NONE = "none", "不设任期"


TERM_TONES = {
    TermState.OVERDUE: "red",
    TermState.DUE: "amber",
    TermState.UNREPORTED: "grey",
    TermState.RUNNING: "green",
    TermState.NONE: "grey",
}


class ElectionMethod(models.TextChoices):
    """R-071: enough full members elect a committee; fewer elect a secretary directly."""

    COMMITTEE = "committee", "选举委员会"
    DIRECT = "direct", "不设委员会，直接选举书记"
