"""Sign-in by user name and password; no permissions hang on accounts."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import BigIntegerField
from django.http import HttpRequest
from django.utils import timezone

from portal.access.statements import Statement
from portal.accounts.activation import code_of
from portal.accounts.codes import code_hash
from portal.accounts.models import User

_ACTIVE = Statement(lambda pk: User.objects.filter(pk=pk, is_active=True), pk=BigIntegerField())


class AccountBackend(BaseBackend):
    """Checks the password in the same time whether the account exists or not."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not password:
            return None
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        found: User | None = _ACTIVE.first(pk=user_id)
        return found


class ActivationBackend(AccountBackend):
    """Checks the code of a printed slip; the lock-out counts its failures together with those of passwords."""

    def authenticate(  # type: ignore[override]  # other credentials
        self, request: HttpRequest | None, username: str | None = None, code: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not code:
            return None
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            code_hash(code, 0)
            return None
        return user if user.is_active and code_of(user, code, now=timezone.now()) else None
