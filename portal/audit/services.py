"""Writing history.

A success is recorded inside the business transaction, a refusal by the caller after the rollback.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

from portal.access.actor import Actor
from portal.access.requests import request_facts
from portal.audit.models import AccessEvent, AuditEvent, Result

OBJECT_IDS_KEPT = 50


def record(
    action: str,
    *,
    actor: Actor | None,
    now: datetime,
    user: Any = None,
    subject: models.Model | None = None,
    subject_label: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    result: str = Result.SUCCESS,
    reason: str = "",
    purpose: str = "",
) -> AuditEvent:
    """Write one act into history; call it inside the transaction of the act itself.

    `actor` may be missing for acts before there is one (signing in) or of the installation (commands); `user` then
    says whose account it was.
    """
    return AuditEvent.objects.create(
        **_who(actor, user, now),
        action=action,
        subject_model=subject._meta.label if subject else "",
        subject_pk=str(subject.pk) if subject else "",
        subject_label=(subject_label or (str(subject) if subject else ""))[:200],
        before=_plain(before),
        after=_plain(after),
        result=result,
        reason=reason[:500],
        purpose=purpose[:200],
    )


def record_refusal(request: HttpRequest, code: str, reason: str, *, now: datetime) -> None:
    """Remember a refused request in a transaction of its own: a reading as access event, an act as audit event."""
    actor: Actor | None = getattr(request, "actor", None)
    user = request.user if request.user.is_authenticated else None
    match = request.resolver_match
    view = match.view_name if match else request.path
    with transaction.atomic():
        if request.method in {"GET", "HEAD"}:
            AccessEvent.objects.create(
                **_who(actor, user, now), view=view[:160], result=Result.REFUSED, reason=f"{code}: {reason}"[:500]
            )
        else:
            subject = "/".join(str(value) for value in match.kwargs.values()) if match else ""
            AuditEvent.objects.create(
                **_who(actor, user, now),
                action=view[:80],
                subject_pk=subject[:64],
                result=Result.REFUSED,
                reason=f"{code}: {reason}"[:500],
            )


def record_access(
    view: str,
    *,
    actor: Actor,
    object_ids: Sequence[int | str] = (),
    count: int | None = None,
    filters: str = "",
    purpose: str = "",
    now: datetime,
) -> AccessEvent:
    """Remember that personal or inner-Party data was shown: up to 50 ids, or the count with the filter.

    `count` is given where a stream was written whose ids nobody kept.

    `purpose` is what somebody gave who asked for a full number.
    """
    return AccessEvent.objects.create(
        **_who(actor, None, now),
        view=view,
        object_ids=list(object_ids) if len(object_ids) <= OBJECT_IDS_KEPT else [],
        object_count=len(object_ids) if count is None else count,
        filters=filters[:500],
        purpose=purpose[:200],
    )


def _who(actor: Actor | None, user: Any, now: datetime) -> dict[str, Any]:
    facts = request_facts.get()
    return {
        "at": now,
        "user_id": actor.user_id if actor else getattr(user, "pk", None),
        "membership_id": actor.membership_id if actor else None,
        "membership_label": actor.label if actor else "",
        "address": facts.address if facts else "",
        "request_id": facts.request_id if facts else "",
    }


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {key: _plain_value(value) for key, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, models.Model):
        return f"{value} ({value.pk})"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
