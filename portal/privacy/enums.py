"""What an export with personal numbers goes through."""

from django.db import models


class RequestState(models.TextChoices):
    ASKED = "asked", "待审批"
    APPROVED = "approved", "已批准，生成中"
    READY = "ready", "可领取"
    FETCHED = "fetched", "已领取"
    REFUSED = "refused", "未批准"
    LAPSED = "lapsed", "已失效"


REQUEST_TONES = {
    RequestState.ASKED: "warning",
    RequestState.APPROVED: "info",
    RequestState.READY: "success",
    RequestState.FETCHED: "neutral",
    RequestState.REFUSED: "danger",
    RequestState.LAPSED: "neutral",
}
