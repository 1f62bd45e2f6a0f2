"""What a password must be is told with its cause and its remedy."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portal.accounts.models import User

COMMON = "这个密码很多人在用，容易被猜到。请换一个，例如把几个不相干的词和数字连起来。"
DIGITS = "密码全是数字，容易被猜到。请加上字母或符号。"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12345", ["密码至少 10 个字符，现在是 5 个。请再加几个字母、数字或符号。", COMMON, DIGITS]),
        ("password123", [COMMON]),
        ("7390164825537", [DIGITS]),
        ("51430000mj99990081", ["密码与用户名或姓名太接近，容易被猜到。请换一个不含它们的。"]),
        ("Hunan-cha-2026", []),
    ],
)
def test_password_says_what_is_wrong_and_how_to_mend_it(typed: str, said: list[str]) -> None:
    problems: list[str] = []
    try:
        validate_password(typed, User(username="51430000mj99990081"))
    except ValidationError as error:
        problems = error.messages
    assert problems == said
