"""Hiding personal numbers in values that are shown or kept beside a problem. Pure.

Stricter than `portal.privacy.masks.mask_text`: a credit code of digits only must stay readable in its own error, so
eighteen digits are an identity number here only where a birthday stands in them.
"""

import re

BIRTHDAY = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
IDENTITY = re.compile(rf"(?<!\d)\d{{6}}{BIRTHDAY}\d{{3}}[\dXx](?![\dA-Za-z])")
MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)(\d{4})(\d{4})(?!\d)")


def mask(text: str) -> str:
    """``43010419560101001X`` → ``4301**************``; ``13812345678`` → ``138****5678``."""
    return MOBILE.sub(r"\1****\3", IDENTITY.sub(lambda match: match.group()[:4] + "*" * 14, text))
