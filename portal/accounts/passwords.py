"""What a password must be, told with its cause and its remedy; Django's own rules, in the portal's words."""

from typing import Any

from django.contrib.auth import password_validation as rules


class LongEnough(rules.MinimumLengthValidator):
    """At least `min_length` characters."""

    def validate(self, password: str, user: Any = None) -> None:
        self.typed_length = len(password)
        super().validate(password, user)

    def get_error_message(self) -> str:
        return f"密码至少 {self.min_length} 个字符，现在是 {self.typed_length} 个。请再加几个字母、数字或符号。"


class NotCommon(rules.CommonPasswordValidator):
    """Not among the passwords that everybody tries first."""

    def get_error_message(self) -> str:
        return "这个密码很多人在用，容易被猜到。请换一个，例如把几个不相干的词和数字连起来。"


class NotOnlyDigits(rules.NumericPasswordValidator):
    """Not digits alone."""

    def get_error_message(self) -> str:
        return "密码全是数字，容易被猜到。请加上字母或符号。"


class NotLikeTheName(rules.UserAttributeSimilarityValidator):
    """Not the user name with a digit behind it."""

    def get_error_message(self) -> str:
        return "密码与用户名或姓名太接近，容易被猜到。请换一个不含它们的。"
