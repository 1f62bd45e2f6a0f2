"""The account desk: accounts for many, a change of secretary, an end; always within what the office looks after."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from associations.registry.models import Association, current_on
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import ASSOCIATION, BUSINESS, Role
from portal.access.scoping import scoped
from portal.accounts import activation
from portal.accounts.models import User
from portal.audit.services import record
from portal.memberships.models import MANAGERS, Membership, SlipSheet, managed_q
from portal.memberships.selectors import find_node
from portal.memberships.services import change_holder, close_membership, open_membership

USERNAME = re.compile(r"[\w.\-]{1,64}")
UNUSABLE = "!"
SLIPS_A_SHEET = 1_000
SHOWN = 50
WHY = "whether somebody else looks after the account too, and which user names are taken"


@dataclass(frozen=True)
class Holder:
    """Who is to get an account: what colleagues read, and the user name (empty: one is made)."""

    display_name: str
    username: str = ""


def is_managed(membership: Membership, actor: Actor) -> bool:
    """Whether the actor's office looks after this membership today."""
    rows = Membership.objects.unscoped(WHY)
    return bool(rows.filter(managed_q(actor), pk=membership.pk).exists())


def check_managed(membership: Membership, actor: Actor) -> None:
    """Raises `Refused("scope.outside")` for a membership that another office looks after."""
    if not is_managed(membership, actor):
        text = f"「{membership}」不由「{actor.label}」管理。请由对该单位负责的社会工作部或党委办理。"
        raise Refused("scope.outside", text)


def shared_accounts(accounts: Sequence[int], actor: Actor, today: date) -> set[int]:
    """Those of the accounts that also hold a membership which another office looks after: not the actor's alone."""
    held = Membership.objects.unscoped(WHY).filter(current_on(today), user__in=accounts)
    mine = Membership.objects.unscoped(WHY).filter(managed_q(actor), user__in=accounts).values("pk")
    return set(held.exclude(pk__in=mine).values_list("user", flat=True))


def has_others(account: User, actor: Actor, today: date) -> bool:
    return bool(shared_accounts([account.pk], actor, today))


def base_username(role: str, node: Any) -> str:
    """What a user name is made of when none is given: the node's code, which people know, else the role."""
    code = str(getattr(node, "uscc", "") or getattr(node, "code", "")).lower()
    return code if USERNAME.fullmatch(code) else f"{role.replace('_', '-')}{getattr(node, 'pk', '')}"


def free_username(role: str, node: Any) -> str:
    """A user name for who acts for a node, with a number when it is taken."""
    base = base_username(role, node)
    known = User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    taken = {name.lower() for name in known}
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


class NodeReach:
    """For many rows at once: which scope nodes an office may give memberships on, as `managed_q` says of one."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._associations: set[int] | None = None
        self._organizations: set[int] | None = None

    def includes(self, role: str, node: Any) -> bool:
        actor = self.actor
        if actor.role == Role.DEPARTMENT_ADMIN:
            return role in BUSINESS
        if actor.role not in MANAGERS:
            return False
        if role in ASSOCIATION:
            if self._associations is None:
                self._associations = set(scoped(Association, actor).values_list("pk", flat=True))
            return node.pk in self._associations
        if role == Role.BRANCH_SECRETARY:
            if self._organizations is None:
                self._organizations = set(scoped(PartyOrganization, actor).values_list("pk", flat=True))
            return node.pk in self._organizations
        is_office = actor.role == role == Role.REGIONAL_OFFICE
        return is_office and node.path.startswith(actor.scope.path) and node.pk != actor.scope.pk

    def shared(self, accounts: Sequence[int], today: date) -> set[int]:
        """Those of the accounts that another office looks after too, or alone."""
        held = Membership.objects.unscoped(WHY).filter(managed_q(self.actor), user__in=accounts)
        return shared_accounts(accounts, self.actor, today) | (set(accounts) - set(held.values_list("user", flat=True)))


def create_account(
    holder: Holder, *, role: str, scope: str, starts_on: date | None, actor: Actor, now: datetime
) -> Membership:
    """An account without a password, with one membership: the person takes it over by a slip.

    Raises `Refused`: `account.username`, `account.taken`, what `find_node` and `open_membership` raise, and
    `reference.unknown` for a scope that the actor's office does not look after.
    """
    node = find_node(role, scope, timezone.localdate(now))
    with transaction.atomic():
        user = _new_user(holder, role, node, actor=actor, now=now)
        membership = open_membership(user, role=role, node=node, actor=actor, starts_on=starts_on, now=now)
        if not is_managed(membership, actor):
            label = Role(role).label
            text = (
                f"「{label}」「{scope or '全省'}」不在「{actor.label}」管理的范围内。请核对角色和范围，或请上级办理。"
            )
            raise Refused("scope.outside", text)
    return membership


def _new_user(holder: Holder, role: str, node: Any, *, actor: Actor, now: datetime) -> User:
    name = holder.username.strip() or free_username(role, node)
    if not USERNAME.fullmatch(name):
        text = f"用户名「{name[:64]}」不符合要求。请用文字、字母、数字、点、横线，最多 64 个字符，或留空由系统生成。"
        raise Refused("account.username", text)
    if User.objects.filter(username__iexact=name).exists():
        raise Refused("account.taken", f"用户名「{name}」已被使用。请换一个，或留空由系统生成。")
    user = User.objects.create_user(name, None, holder.display_name.strip() or name)
    record("accounts.create", actor=actor, subject=user, after={"username": name}, now=now)
    return user


def hand_over(
    membership: Membership, holder: Holder, *, from_on: date, version: int, actor: Actor, now: datetime
) -> tuple[Membership, SlipSheet | None]:
    """换秘书长: the old membership ends the day before, the successor's opens, a slip is ordered; all or nothing.

    `holder.username` may name an account that the office already looks after; it then gets the membership and, when it
    has a password, needs no slip. Raises what closing and opening raise, `account.taken` and `scope.outside`.
    """
    check_managed(membership, actor)
    today = timezone.localdate(now)
    with transaction.atomic():
        successor = _own_account(holder.username, actor, today)
        if successor is None:
            successor = _new_user(holder, membership.role, membership.node, actor=actor, now=now)
        opened = change_holder(membership, successor=successor, from_on=from_on, version=version, actor=actor, now=now)
        sheets = order_slips([opened], title=f"激活单：{opened.scope_label}", actor=actor, now=now)
    return opened, sheets[0] if sheets else None


def _own_account(username: str, actor: Actor, today: date) -> User | None:
    """An account of that name when the office alone looks after it; others are simply taken."""
    user = User.objects.filter(username__iexact=username.strip()).first() if username.strip() else None
    if user is None or has_others(user, actor, today):
        return None
    held = Membership.objects.unscoped(WHY).filter(managed_q(actor), user=user)
    return user if held.exists() else None


def end(membership: Membership, *, ends_on: date, version: int, actor: Actor, now: datetime) -> Membership:
    """End a membership that the office looks after; open slips of an account that has no other are withdrawn."""
    check_managed(membership, actor)
    if membership.user_id == actor.user_id:
        raise Refused("membership.own", "不能终止自己的身份。请由本单位另一位管理员办理。")
    with transaction.atomic():
        close_membership(membership, ends_on=ends_on, version=version, actor=actor, now=now)
        others = Membership.objects.unscoped(WHY).filter(user=membership.user_id, ends_on=None)
        if not others.exists():
            activation.withdraw([membership.user_id], now=now)
    return membership


def waiting_for_slip(memberships: Sequence[Membership]) -> list[Membership]:
    """One membership an account, of those whose account nobody has taken over yet."""
    found: dict[int, Membership] = {}
    for one in memberships:
        if one.user.password.startswith(UNUSABLE) and one.ends_on is None:
            found.setdefault(one.user_id, one)
    return list(found.values())


def order_slips(memberships: Sequence[Membership], *, title: str, actor: Actor, now: datetime) -> list[SlipSheet]:
    """Activation slips for the accounts among these that wait for one; older slips stop working.

    Raises `Refused("scope.outside")` when another office looks after one of them.
    """
    waiting = waiting_for_slip(memberships)
    rows = Membership.objects.unscoped(WHY).filter(managed_q(actor), pk__in=[one.pk for one in waiting])
    managed = set(rows.values_list("pk", flat=True))
    shared = shared_accounts([one.user_id for one in waiting], actor, timezone.localdate(now))
    for one in waiting:
        if one.pk not in managed or one.user_id in shared:
            text = f"账号「{one.user.username}」还有其他单位管理的身份，请由上级社会工作部办理。"
            raise Refused("scope.outside", text)
    if not waiting:
        return []
    sheets = []
    with transaction.atomic():
        for start in range(0, len(waiting), SLIPS_A_SHEET):
            name = title if len(waiting) <= SLIPS_A_SHEET else f"{title}（第 {start // SLIPS_A_SHEET + 1} 份）"
            sheets.append(_sheet(waiting[start : start + SLIPS_A_SHEET], name, actor=actor, now=now))
    return sheets


def _sheet(part: Sequence[Membership], title: str, *, actor: Actor, now: datetime) -> SlipSheet:
    sheet = SlipSheet.objects.create(
        title=title[:200],
        slip_count=len(part),
        user_id=actor.user_id,
        membership_id=actor.membership_id,
        membership_label=actor.label,
        created_at=now,
    )
    activation.open_codes([(one.user, str(one)) for one in part], sheet_number=sheet.pk, now=now)
    record(
        "accounts.request_slips",
        actor=actor,
        subject=sheet,
        after={"slips": len(part), "accounts": [one.user.username for one in part[:SHOWN]]},
        now=now,
    )
    return sheet


def is_association_role(role: str) -> bool:
    return role in ASSOCIATION
