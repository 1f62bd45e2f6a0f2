"""Synthetic unified social credit codes with correct check characters (R-001)."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# the first two characters of what civil affairs registers.
PREFIXES = {"social_group": "51", "service_institution": "52", "foundation": "53", "other": "59"}
# Organisation codes that start MJ9999 are kept for invented organisations.
FIRST_SERIAL = (9 * len(ALPHABET) + 9) * len(ALPHABET) ** 2


def organization_code(serial: int) -> str:
    """MJ99… with four characters for the serial number and the check character of GB 11714."""
    number, digits = FIRST_SERIAL + serial, ""
    for _ in range(4):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    body = f"MJ99{digits}"
    total = sum(int(character, 36) * weight for character, weight in zip(body, ORGANIZATION_WEIGHTS, strict=True))
    return body + "0123456789X0"[11 - total % 11]


def uscc(kind: str, region_code: str, serial: int) -> str:
    """The 18 characters for an organisation of `kind` registered in a region."""
    body = PREFIXES[kind] + region_code + organization_code(serial)
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, USCC_WEIGHTS, strict=True))
    return body + ALPHABET[-total % 31]
