"""A forgotten password: asked for on the sign-in page, confirmed by the competent office after it called back.

No code passes through the office. The browser that asked keeps a secret and shows a number; the person reads the
number out on the telephone, the clerk types it in, and the new password is set in that browser alone. The clerk
therefore never learns anything that opens the account.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from associations.registry.models import current_on
from portal.access.actor import Actor
from portal.access.decisions import Decision, Refused
from portal.accounts import activation
from portal.accounts.codes import new_number, new_secret, secret_hash
from portal.accounts.models import User
from portal.accounts.selectors import account_named
from portal.audit.services import record
from portal.memberships.desk import has_others
from portal.memberships.enums import ResetState
from portal.memberships.models import Membership, ResetRequest
from portal.memberships.transitions import CONFIRM, DECLINE, USE, ResetFacts
from portal.privacy.masks import mask_phone
from portal.workflow.services import apply, explain

VALID_FOR = timedelta(hours=24)
OPEN_A_DAY = 5
WRONG_LIMIT = 5
WHY = "the browser that asked proves itself by its secret; there is no actor yet"


@dataclass(frozen=True)
class Asked:
    """What the asking browser keeps and shows. `number` looks the same when there is no such account."""

    secret: str
    number: str
    valid_until: datetime


def ask(username: str, *, now: datetime) -> Asked:
    """Record a request. The answer tells nothing about whether the account exists; at most five a day are kept."""
    asked = Asked(new_secret(), new_number(), now + VALID_FOR)
    user = account_named(username.strip())
    if user is None or not user.is_active:
        return asked
    recent = ResetRequest.objects.unscoped(WHY).filter(account=user, asked_at__gt=now - timedelta(days=1))
    if recent.count() >= OPEN_A_DAY:
        return asked
    with transaction.atomic():
        request = ResetRequest.objects.create(
            account=user,
            number=asked.number,
            secret_hash=secret_hash(asked.secret),
            asked_at=now,
            valid_until=asked.valid_until,
        )
        record("accounts.ask_reset", actor=None, user=user, subject=request, now=now)
    return asked


def request_of(secret: str) -> ResetRequest | None:
    """The request of the browser that keeps this secret."""
    if not secret:
        return None
    rows = ResetRequest.objects.unscoped(WHY).select_related("account")
    return rows.filter(secret_hash=secret_hash(secret)).first()


def facts(request: ResetRequest, actor: Actor | None, *, now: datetime, typed: str | None = None) -> ResetFacts:
    return ResetFacts(
        is_managed_alone=actor is not None and not has_others(request.account, actor, timezone.localdate(now)),
        is_own=actor is not None and request.account_id == actor.user_id,
        is_in_time=now <= request.valid_until,
        is_number_right=None if typed is None else typed == request.number,
    )


def confirm(
    request: ResetRequest,
    *,
    typed: str,
    number_called: str,
    answered_by: str,
    actor: Actor,
    version: int,
    now: datetime,
) -> ResetRequest:
    """The office called the number on its own file, spoke to the person and was read the number.

    Kept are who answered, the number called (masked), when, and who confirmed. After five wrong numbers the request is
    closed. Raises `Refused` and `Conflict` as `workflow.apply` does.
    """
    found = facts(request, actor, now=now, typed="".join(typed.split()))
    if found.is_number_right is False:
        _count_wrong(request, now=now)
    changes = {
        "answered_by_name": answered_by[:64],
        "number_called": mask_phone(number_called)[:40],
        "decided_by_label": actor.label,
    }
    comment = f"回拨 {mask_phone(number_called)}，接电话人 {answered_by}"
    return apply(CONFIRM, request, actor=actor, version=version, facts=found, changes=changes, comment=comment, now=now)


def _count_wrong(request: ResetRequest, *, now: datetime) -> None:
    """Guessing the number ends the request; kept although the confirmation itself is refused."""
    rows = ResetRequest.objects.unscoped(WHY).filter(pk=request.pk)
    rows.update(wrong_count=F("wrong_count") + 1)
    request.refresh_from_db()
    if request.wrong_count >= WRONG_LIMIT and request.state == ResetState.WAITING:
        quiet = ResetFacts(is_managed_alone=True, is_own=False, is_in_time=True, is_number_right=None)
        apply(
            DECLINE,
            request,
            actor=None,
            version=request.version,
            facts=quiet,
            comment=f"申请号连续报错 {WRONG_LIMIT} 次，系统自动关闭",
            now=now,
        )
        raise Refused("reset.closed", f"申请号已报错 {WRONG_LIMIT} 次，这项申请已关闭。请对方在登录页重新申请。")


def decline(request: ResetRequest, *, reason: str, actor: Actor, version: int, now: datetime) -> ResetRequest:
    """Not the person, or nobody asked: the request is closed with the reason."""
    return apply(
        DECLINE,
        request,
        actor=actor,
        version=version,
        facts=facts(request, actor, now=now),
        changes={"decided_by_label": actor.label},
        comment=reason,
        now=now,
    )


def use(request: ResetRequest, *, password: str, now: datetime) -> User:
    """The new password, set in the browser that asked; every open slip of the account stops working."""
    with transaction.atomic():
        apply(USE, request, actor=None, version=request.version, facts=facts(request, None, now=now), now=now)
        activation.take_over(request.account, password)
        activation.withdraw([request.account_id], now=now)
        record("accounts.set_password", actor=None, user=request.account, subject=request.account, now=now)
    return request.account


def held_labels(request: ResetRequest, now: datetime) -> list[str]:
    """What the account acts as today, for the clerk who is about to call; whoever reaches the request may read it."""
    rows = Membership.objects.unscoped(WHY).filter(current_on(timezone.localdate(now)), user=request.account)
    nodes = ("user", "region", "department", "association", "organization")
    return [str(one) for one in rows.select_related(*nodes).order_by("pk")]


def may(request: ResetRequest, actor: Actor, now: datetime) -> Decision:
    """Whether the actor may confirm, and why not."""
    return explain(CONFIRM, request, actor=actor, facts=facts(request, actor, now=now))
