"""Codes of secret ballots: made, hashed under a key of the ring. No database."""

import hashlib
import hmac
import secrets

from portal.accounts.codes import ALPHABET, normal_code
from portal.privacy.keys import derive, ring

# 28 letters, 12 places: 57 bits. Among a hundred thousand open codes one guess in 2 × 10¹² is right.
GROUPS, GROUP_LENGTH = 3, 4
LENGTH = GROUPS * GROUP_LENGTH


def new_code() -> str:
    """Twelve characters in groups of four: `7KQ2-BXW9-M4TP`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def code_hash(text: str) -> str:
    """The keyed hash of a code, however it was typed."""
    return hmac.new(derive(ring().index_key, "ballot"), normal_code(text).encode(), hashlib.sha256).hexdigest()
