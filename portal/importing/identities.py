"""Numbers by which a person is known: 公民身份号码 (R-003; GB 11643-1999, ISO 7064 MOD 11-2) and others (R-004). Pure.

python-stdnum is right about the check character, but its ``validate`` refuses valid numbers (abolished counties, people
born before their district, residents from Hong Kong, Macao and Taiwan); hence an own function, cross-checked in the
tests.
"""

import datetime as dt
import re

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
LENGTH = 18
OLDEST_YEARS = 120
REGIONS = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
)
COMPATRIOTS = frozenset({81, 82, 83})
FOREIGN_DIGIT = "9"

RESIDENT, COMPATRIOT, FOREIGN, OTHER = "resident_id", "hmt_residence", "foreign_permanent", "other"
SEVENTEEN_DIGITS = re.compile(r"^\d{17}[\dX]$")
OTHER_DOCUMENTS = re.compile(
    r"^(?:[A-Z]{1,3}\d{6,12}|[A-Z]\d{8}[A-Z0-9]?|\d{9}|[\u4e00-\u9fff]{1,6}字?第?[A-Z0-9]{4,12}号?)$"
)


def check_character(number: str) -> str:
    """The 18th character for the first 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
    return CHECKS[total % 11]


def document_of(number: str) -> str:
    """Which document a normalised number belongs to, by its form alone: ``resident_id``, ``hmt_residence``
    (港澳台居民居住证), ``foreign_permanent`` (外国人永久居留身份证) or ``other``.
    """
    if SEVENTEEN_DIGITS.match(number):
        if number.startswith(FOREIGN_DIGIT):
            return FOREIGN
        return COMPATRIOT if int(number[:2]) in COMPATRIOTS else RESIDENT
    return FOREIGN if re.fullmatch(r"[A-Z]{3}\d{12}", number) else OTHER


def born_on(number: str) -> dt.date | None:
    """The birthday inside an 18-character number; ``None`` when there is none."""
    if not SEVENTEEN_DIGITS.match(number):
        return None
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """``male`` or ``female`` by the 17th digit, empty for another kind of number."""
    if not SEVENTEEN_DIGITS.match(number):
        return ""
    return "male" if int(number[16]) % 2 else "female"


def fault(number: str, today: dt.date) -> str:
    """What is wrong with an 18-character number, in words that complete 「…不符」; empty when it holds (R-003)."""
    if not SEVENTEEN_DIGITS.match(number):
        return f"应为 18 位，现有 {len(number)} 位" if len(number) != LENGTH else "含有不会出现的字符"
    if not number.startswith(FOREIGN_DIGIT) and int(number[:2]) not in REGIONS:
        return f"开头两位「{number[:2]}」不是省级代码"
    birthday = born_on(number)
    if birthday is None:
        return "第 7 至 14 位不是日期"
    if birthday > today or today.year - birthday.year > OLDEST_YEARS:
        return f"出生日期 {birthday} 不合情理"
    return "" if check_character(number) == number[-1] else "第 18 位校验不符"


def is_valid(number: str, today: dt.date) -> bool:
    return not fault(number, today)
