"""Opening and closing memberships, and the loader that the access layer calls."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import ASSOCIATION, BODIES, Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.memberships.models import Membership
from portal.memberships.selectors import actor_of, current_memberships
from portal.workflow.services import update_versioned


def load_actor(user: Any, membership_id: int | None, on: date) -> Actor | None:
    """The actor of `user` on a day: the chosen membership while it holds, else the oldest one, else none."""
    memberships = user.memberships_today = current_memberships(user.pk, on)  # the switcher shows them again
    chosen = next((one for one in memberships if one.pk == membership_id), None)
    if chosen is None and memberships:
        chosen = memberships[0]
    return actor_of(chosen) if chosen else None


def open_membership(
    user: User, *, role: str, node: Any, actor: Actor | None, now: datetime, starts_on: date | None = None
) -> Membership:
    """Give `user` a role on a scope node from a day on (none: since ever).

    Raises `Refused("membership.invalid")` when the node does not fit the role, the user already holds one of 三员, or
    the same membership is open.
    """
    fields: dict[str, Any] = {"role": role, "starts_on": starts_on}
    if node is not None:
        fields[node_field(role)] = node
    membership = Membership(user=user, **fields)
    try:
        membership.full_clean(exclude=["version"])
    except ValidationError as error:
        raise Refused("membership.invalid", "".join(error.messages)) from error
    with transaction.atomic():
        membership.save()
        record(
            "memberships.open",
            actor=actor,
            subject=membership,
            after={"user": user.username, "role": role, "scope": membership.scope_label, "starts_on": starts_on},
            now=now,
        )
    return membership


def close_membership(
    membership: Membership, *, ends_on: date, version: int, actor: Actor | None, now: datetime
) -> Membership:
    """End a membership with the last second of `ends_on`.

    Raises `Refused("membership.ended")` for one that has an end, `Refused("membership.dates")` for an end before its
    start, `Conflict` when somebody changed it meanwhile.
    """
    if membership.ends_on is not None:
        raise Refused("membership.ended", f"「{membership}」已于 {membership.ends_on} 终止，不能再次终止。")
    if membership.starts_on is not None and ends_on < membership.starts_on:
        raise Refused(
            "membership.dates",
            f"终止日期 {ends_on} 早于起始日期 {membership.starts_on}。请改为 {membership.starts_on} 或以后的日期。",
        )
    with transaction.atomic():
        update_versioned(membership, version=version, changes={"ends_on": ends_on})
        record(
            "memberships.close",
            actor=actor,
            subject=membership,
            before={"ends_on": None},
            after={"ends_on": ends_on},
            now=now,
        )
    return membership


def change_holder(
    membership: Membership, *, successor: User, from_on: date, version: int, actor: Actor | None, now: datetime
) -> Membership:
    """A change of secretary: the old membership ends the day before, the successor's opens on `from_on`, in one go.

    Raises what closing and opening raise, and `Refused("membership.same_holder")`; nothing is written then.
    """
    if successor.pk == membership.user_id:
        raise Refused("membership.same_holder", f"「{successor}」就是现任，不用更换。请选择接任的账号。")
    with transaction.atomic():
        close_membership(membership, ends_on=from_on - timedelta(days=1), version=version, actor=actor, now=now)
        return open_membership(
            successor, role=membership.role, node=membership.node, actor=actor, starts_on=from_on, now=now
        )


def choose_membership(user: User, membership_pk: int, *, actor: Actor | None, now: datetime) -> Membership:
    """The membership that `user` acts through from now on; raises `Refused("membership.foreign")` for another's."""
    mine = current_memberships(user.pk, timezone.localdate(now))
    chosen = next((one for one in mine if one.pk == membership_pk), None)
    if chosen is None:
        raise Refused("membership.foreign", "这个身份不是您的，或者已经终止。请从右上角重新选择身份。")
    record(
        "memberships.switch",
        actor=actor,
        user=user,
        subject=chosen,
        before={"membership": actor.label if actor else ""},
        after={"membership": str(chosen)},
        now=now,
    )
    return chosen


def node_field(role: str) -> str:
    """The field of a membership that holds the scope node of a role."""
    if role in BODIES:
        return "department"
    if role in ASSOCIATION:
        return "association"
    return "organization" if role == Role.BRANCH_SECRETARY else "region"
