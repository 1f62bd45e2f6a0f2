"""The form that decides a category."""

from typing import Any

from django import forms

from partybuilding.categories.selectors import active_categories
from portal.screens.fields import DateField, ScreenForm


class DecideForm(ScreenForm):
    category: Any = forms.ModelChoiceField(
        None, label="指导类别", required=False, help_text="不选的，按系统对各家的建议确定。"
    )
    starts_on = DateField(label="起始日期")
    reason = forms.CharField(
        label="理由",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="与系统建议不同的必填。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.queryset, field.empty_label = active_categories(), "按系统建议"
