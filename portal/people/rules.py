"""Identity numbers (R-003, R-004) and phones: what is wrong with one, and what it says by itself. Pure.

python-stdnum refuses valid numbers (abolished counties, people born before their district, 81, 82, 83), so the check is
our own: check character, day of birth, first two digits; the county is never looked up.
"""

import re
from datetime import date

from portal.people.enums import IdType, Sex

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
LENGTH = 18
OLDEST_AGE = 120
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
CHECKED = frozenset({IdType.RESIDENT, IdType.HMT_RESIDENT, IdType.FOREIGN_RESIDENT})
OTHER_NUMBER = re.compile(r"[0-9A-Z]{5,20}")
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}\d{7,8}|\d{7,8}|[48]00\d{7}")


def check_character(number: str) -> str:
    """The 18th character for the first 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
    return CHECK_CHARACTERS[total % 11]


def birthday(number: str) -> date | None:
    """The day of birth that an eighteen-character number carries; None when it is no day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """Digit 17: odd is male."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def says_birthday(id_type: str, number: str) -> bool:
    """Whether the number itself tells birthday and sex."""
    return id_type in CHECKED and len(number) == LENGTH


def id_number_problem(number: str, id_type: str, *, today: date) -> tuple[str, str] | None:
    """(code, cause) of what is wrong with a normalised number, without repeating it; None when it is sound.

    The cause is a clause that goes on after 「公民身份号码」; the remedy is the caller's.
    """
    if id_type not in CHECKED or (id_type == IdType.FOREIGN_RESIDENT and len(number) == 15):
        return None if OTHER_NUMBER.fullmatch(number) else ("id.format", "应为 5 至 20 位字母和数字")
    if len(number) == 15 and number.isdigit():
        return "id.obsolete", "是 15 位的旧号码，已停止使用"
    if len(number) != LENGTH:
        return "id.checksum", f"应为 18 位，现在有 {len(number)} 位"
    if not number[:17].isdigit() or number[17] not in "0123456789X":
        return "id.checksum", "前 17 位应为数字，末位为数字或 X"
    if (cause := _region_problem(number, id_type)) is not None:
        return "id.region", cause
    born = birthday(number)
    if born is None or born > today or today.year - born.year > OLDEST_AGE:
        return "id.birthday", f"第 7 至 14 位 {number[6:10]}-{number[10:12]}-{number[12:14]} 不是可能的出生日期"
    if check_character(number) != number[17]:
        return "id.checksum", "末位校验不符，至少有一位写错"
    return None


def _region_problem(number: str, id_type: str) -> str | None:
    if id_type == IdType.FOREIGN_RESIDENT:
        return None if number[0] == "9" else "首位应为 9"
    if id_type == IdType.HMT_RESIDENT:
        return None if number[:2] in {"81", "82", "83"} else "前两位应为 81、82 或 83"
    return None if number[:2] in PROVINCES else "前两位不是任何省份的代码"


def phone_problem(number: str) -> str | None:
    """The cause why a normalised phone number cannot be one; None when it can."""
    if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number):
        return None
    return f"应为 11 位手机号，或带区号的固定电话，现在有 {len(number)} 位数字"


def index_text(id_type: str, number: str) -> str:
    """What the blind index is made of: two kinds of documents may carry the same number."""
    return number if id_type in CHECKED else f"{id_type}:{number}"
