"""The form of a telephone call."""

from django import forms

from portal.screens.fields import DateField, ScreenForm
from supervision.discipline.enums import CallResult


class CallForm(ScreenForm):
    result = forms.ChoiceField(label="通话结果", choices=CallResult.choices, widget=forms.RadioSelect)
    promised_on = DateField(label="约定报送日期", required=False, help_text="对方答应的日期")
    note = forms.CharField(label="备注", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
