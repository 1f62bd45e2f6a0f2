"""Reading accounts."""

from portal.accounts.models import User


def account_named(username: str) -> User | None:
    """The account of that user name, however its letters are typed."""
    return User.objects.filter(username__iexact=username).first() if username else None
