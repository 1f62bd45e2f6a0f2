"""The column that holds a token, never a value."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from portal.privacy.sealing import CIPHERS


class SealedField(models.TextField):
    """A token of `sealing.seal`, or nothing. It decrypts nothing by itself; whoever may, calls `unseal`.

    `table` and `column` of the associated data are the model's `db_table` and the field's `column`; `row` is the key.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        """The last gate: a value that is not sealed never reaches the database."""
        value = super().get_prep_value(value)
        if value and value.partition(".")[0] not in CIPHERS:
            raise ValidationError("只能保存加密后的内容。", code="unsealed")
        return value

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs
