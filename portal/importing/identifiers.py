"""统一社会信用代码 (R-001, R-002; GB 32100-2015). Pure.

python-stdnum is right about the check character but demands eight leading digits, so codes of the departments
A, N and Y would be refused; hence an own function, cross-checked against stdnum in the tests.
"""

from operator import mul

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUE = {character: index for index, character in enumerate(ALPHABET)}
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LENGTH = 18

PREFIX_LABELS = {
    "11": "党政机关",
    "12": "事业单位",
    "51": "社会团体",
    "52": "民办非企业单位(社会服务机构)",
    "53": "基金会",
    "54": "居民委员会",
    "55": "村民委员会",
    "59": "其他社会组织",
    "71": "宗教活动场所",
    "81": "工会",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
}


def check_character(code: str) -> str:
    """The 18th character for the first 17; raises ``KeyError`` for a character outside the alphabet."""
    total = sum(map(mul, WEIGHTS, map(VALUE.__getitem__, code)))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid(code: str) -> bool:
    """Eighteen characters of the alphabet, positions 2-8 digits, check character right (R-001)."""
    if len(code) != LENGTH or not code[1:8].isdigit():
        return False
    try:
        return check_character(code) == code[-1]
    except KeyError:
        return False


def wrong_characters(code: str) -> list[str]:
    """Characters that cannot occur, in order of appearance (I, O, Z, S and V are never used)."""
    return list(dict.fromkeys(character for character in code if character not in VALUE))


def level_hint(code: str) -> str:
    """The registration level that digits 3-8 suggest (R-002): national, province, city or county."""
    region = code[2:8]
    if region == "100000":
        return "national"
    if region.endswith("0000"):
        return "province"
    return "city" if region.endswith("00") else "county"
