"""Activation codes: made, hashed under a key of the ring, compared in constant time. No database."""

import hashlib
import hmac
import secrets

from portal.privacy.keys import derive, ring

# No 0 and O, 1, I and L, and no vowels that could make words: what is typed from paper must not be mistaken.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP_LENGTH = 4, 4
# 28 letters, 16 places: 76 bits.
NUMBER_DIGITS = 6


def new_code() -> str:
    """Sixteen characters in groups of four: `7KQ2-BXW9-…`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def normal_code(text: str) -> str:
    """What was typed: capital letters, without spaces and hyphens."""
    return "".join(character for character in text.upper() if character.isalnum())


def code_hash(text: str, account_pk: int) -> str:
    """The keyed hash of a code for one account; the same code says nothing for another account."""
    key = derive(ring().index_key, "activation")
    return hmac.new(key, f"{account_pk}|{normal_code(text)}".encode(), hashlib.sha256).hexdigest()


def new_secret() -> str:
    """What a browser keeps to prove that it is the one that asked."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_number() -> str:
    """The number that a person reads out on the telephone."""
    return "".join(secrets.choice("0123456789") for _ in range(NUMBER_DIGITS))
