"""The form of the yearly return: the lines that are told; the sums follow from them."""

from typing import Any

from django import forms

from partybuilding.returns.rules import FORM, NAMES
from portal.screens.fields import IntegerField, ScreenForm


class ReturnForm(ScreenForm):
    """One year of one organisation."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    remark = forms.CharField(
        label="差额说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="实有数与应有数不相等的，写明原因。",
    )

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year"]
        field.choices = [(str(year), f"{year} 年") for year in years]
        for label, name in FORM:
            if name in NAMES:
                self.fields[name] = IntegerField(label=f"{label}（人）", min_value=0, max_value=99_999)
        self.order_fields(["year", *(name for _label, name in FORM if name in NAMES), "remark"])
