"""Choices of how a campaign is guided: inspections and notices."""

from django.db import models


class InspectionKind(models.TextChoices):
    """How a campaign is inspected (C-27)."""

    SYMPOSIUM = "symposium", "座谈会"
    REGULAR = "regular", "经常性督查"
    DRAW = "draw", "随机抽查"


class NoticeState(models.TextChoices):
    """How far a rectification notice is (C-28)."""

    ISSUED = "issued", "待整改"
    ANSWERED = "answered", "待销号"
    CLOSED = "closed", "已销号"


NOTICE_TONES = {NoticeState.ISSUED: "amber", NoticeState.ANSWERED: "blue", NoticeState.CLOSED: "green"}


class VisitState(models.TextChoices):
    """How a contact point stands with its visits (R-118)."""

    BEHIND = "behind", "有半年未走访"
    DUE = "due", "本半年待走访"
    KEPT = "kept", "已走访"
    ENDED = "ended", "已撤销"


VISIT_TONES = {VisitState.BEHIND: "red", VisitState.DUE: "amber", VisitState.KEPT: "green", VisitState.ENDED: "grey"}
