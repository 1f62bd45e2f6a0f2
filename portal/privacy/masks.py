"""How a personal number is shown while nobody has asked for it, and how numbers inside other text are hidden. Pure.

Of an ID number the first two and the last two characters stay: enough to tell two people apart, too little to rebuild
it from the birthday and the county that stand beside it.
"""

import re
from collections.abc import Callable

STAR = "*"
# Eighteen characters that look like a resident ID number, also a mistyped one; the older fifteen with a plausible day.
OLDER = r"\d{8}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
IDENTITY = re.compile(rf"(?<![\dA-Za-z])(?:\d{{17}}[\dXx]|{OLDER})(?![\dA-Za-z])")
MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")


def mask_id_number(text: str) -> str:
    """`43010419560101001X` → `43**************1X`; a shorter number shows its first character only."""
    if not text:
        return ""
    if len(text) < 12:
        return text[0] + STAR * (len(text) - 1)
    return text[:2] + STAR * (len(text) - 4) + text[-2:]


def mask_phone(text: str) -> str:
    """`13812345678` → `138****5678`; `0731-84567890` → `0731-****7890`; a short number its last two digits.

    Several are joined by `；`.
    """
    if "；" in text:
        return "；".join(mask_phone(part) for part in text.split("；"))
    digits = [index for index, character in enumerate(text) if character.isdigit()]
    if len(digits) < 7:
        hidden = digits[:-2]
    elif len(digits) < 11:
        hidden = digits[:-4]
    else:
        hidden = digits[-8:-4]
    characters = list(text)
    for index in hidden:
        characters[index] = STAR
    return "".join(characters)


# In a filter eighteen digits may be a credit code: an identity number is told by the birthday in it.
BORN = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
PERSONAL = re.compile(rf"(?<!\d)(?:\d{{6}}{BORN}\d{{3}}[\dXx]|{OLDER})(?![\dA-Za-z])")


def has_number(text: str) -> bool:
    """Whether a text that is to be kept as typed holds an identity number or a mobile number."""
    return bool(PERSONAL.search(text) or MOBILE.search(text))


def mask_text(text: str) -> str:
    """Free text with every personal number in it masked."""
    hidden = IDENTITY.sub(lambda match: mask_id_number(match.group()), text)
    return MOBILE.sub(lambda match: mask_phone(match.group()), hidden)


MASKS: dict[str, Callable[[str], str]] = {"id_number": mask_id_number, "phone": mask_phone}


def mask_for(column: str) -> Callable[[str], str]:
    """The mask of a column by its code; an unknown personal column shows nothing at all."""
    return MASKS.get(column, lambda text: STAR * 3 if text else "")
