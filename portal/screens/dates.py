"""Reading a date as people type it: 2024-3-1, 2024.3.1, 2024/03/01, 2024年3月1日, 20240301, full-width digits."""

import datetime as dt
import re
import unicodedata

SEPARATED = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def parse_date(text: str) -> dt.date | None:
    """The date, or None when the text is none or names a day that does not exist."""
    normal = unicodedata.normalize("NFKC", text).strip()
    found = SEPARATED.fullmatch(normal) or COMPACT.fullmatch(normal)
    if found is None:
        return None
    try:
        return dt.date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
