"""Taking an account over with a printed code, and the codes' life."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from portal.access.decisions import Refused
from portal.accounts.codes import code_hash, new_code
from portal.accounts.models import ActivationCode, User
from portal.audit.services import record

VALID_FOR = timedelta(days=30)
WHY_CODES = "codes have no scope of their own; the caller has reached the accounts"


def open_codes(accounts: Sequence[tuple[User, str]], *, sheet_number: int, now: datetime) -> None:
    """Slips for accounts (with the words that stand on them) on one printout; their older slips stop working.

    The codes themselves are made when the sheet is printed (`draw_codes`), so that nothing between here and the paper
    ever holds one.
    """
    with transaction.atomic():
        withdraw([account.pk for account, _label in accounts], now=now)
        ActivationCode.objects.bulk_create(
            ActivationCode(account=account, sheet_number=sheet_number, label=label[:300]) for account, label in accounts
        )


def withdraw(account_pks: Sequence[int], *, now: datetime) -> int:
    """No open code of these accounts works any more."""
    rows = ActivationCode.objects.unscoped(WHY_CODES)
    changed: int = rows.filter(account__in=account_pks, used_at=None, withdrawn_at=None).update(withdrawn_at=now)
    return changed


def draw_codes(sheet_number: int, *, now: datetime) -> list[tuple[ActivationCode, str]]:
    """Fresh codes for the open slips of a sheet, in clear: for the paper, and for nothing else. Nothing is written."""
    rows = ActivationCode.objects.unscoped(WHY_CODES).filter(sheet_number=sheet_number, used_at=None, withdrawn_at=None)
    made = []
    for one in rows.select_related("account").order_by("pk"):
        code = new_code()
        one.code_hash, one.valid_until = code_hash(code, one.account_id), now + VALID_FOR
        made.append((one, code))
    return made


def keep_codes(made: Sequence[tuple[ActivationCode, str]]) -> None:
    """Remember the hashes of what was printed; a slip withdrawn meanwhile stays withdrawn."""
    rows = ActivationCode.objects.unscoped(WHY_CODES)
    rows.bulk_update([one for one, _code in made], ["code_hash", "valid_until"], batch_size=200)


def code_of(user: User, typed: str, *, now: datetime) -> ActivationCode | None:
    """The open, valid code of an account, if what was typed is it."""
    wanted = code_hash(typed, user.pk)
    found = ActivationCode.objects.unscoped(WHY_CODES).filter(account=user, used_at=None, withdrawn_at=None).first()
    if found is None or not hmac.compare_digest(found.code_hash, wanted):
        return None
    return found if found.is_valid(now) else None


def activate(user: User, typed: str, password: str, *, now: datetime) -> None:
    """Set the own password by the code on the slip, which is spent with it.

    Raises `Refused("activation.spent")` when somebody else was faster.
    """
    code = code_of(user, typed, now=now)
    with transaction.atomic():
        spent = code and ActivationCode.objects.unscoped(WHY_CODES).filter(
            pk=code.pk, used_at=None, withdrawn_at=None
        ).update(used_at=now)
        if not spent:
            raise Refused("activation.spent", "这个激活码刚刚已被使用。不是您本人操作的，请立即致电主管单位。")
        take_over(user, password)
        record("accounts.activate", actor=None, user=user, subject=user, now=now)


def take_over(user: User, password: str) -> None:
    """The person's own password; open sessions of the account end with the old one."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])


def password_problems(password: str, user: User | None) -> list[str]:
    """What is wrong with a new password, in words; empty when nothing is."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []
