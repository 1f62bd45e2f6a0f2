"""Making accounts from the command line, where there is no actor yet."""

import re
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portal.access.decisions import Refused
from portal.accounts.models import User
from portal.audit.services import record
from portal.memberships.models import Membership
from portal.memberships.selectors import current_memberships, find_node
from portal.memberships.services import open_membership

# What `--as USERNAME:ROLE@CODE` can name without doubt.
USERNAME = re.compile(r"[\w.\-]{1,64}")


def add_account(
    username: str,
    *,
    role: str,
    scope: str = "",
    display_name: str = "",
    password: str | None = None,
    now: datetime,
) -> tuple[Membership, bool]:
    """The account with the membership, and whether the membership is new; running it twice changes nothing.

    A given password replaces the one of an existing account. Raises `Refused` for a bad name, password, role or scope.
    """
    if not USERNAME.fullmatch(username):
        raise Refused(
            "account.username", f"用户名「{username[:64]}」不符合要求。请用文字、字母、数字、点、横线，最多 64 个字符。"
        )
    today = timezone.localdate(now)
    node = find_node(role, scope, today)
    with transaction.atomic():
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            _check_password(password, User(username=username, display_name=display_name or username))
            user = User.objects.create_user(username, password, display_name or username)
            record("accounts.create", actor=None, user=user, subject=user, after={"username": username}, now=now)
        elif password is not None:
            _check_password(password, user)
            user.set_password(password)
            user.save(update_fields=["password"])
            record("accounts.set_password", actor=None, user=user, subject=user, now=now)
        held = [one for one in current_memberships(user.pk, today) if one.role == role and one.node == node]
        if held:
            return held[0], False
        return open_membership(user, role=role, node=node, actor=None, now=now), True


def _check_password(password: str | None, user: User) -> None:
    if password is None:
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("account.password", "密码不符合要求:" + "".join(error.messages)) from error
