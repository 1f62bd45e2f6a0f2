"""What is written when a task ends, and after a telephone call."""

from django import forms

from portal.notices.enums import CallResult
from portal.screens.fields import DateField, ScreenForm


class EvidenceForm(ScreenForm):
    """How it was done."""

    evidence = forms.CharField(
        label="办结依据",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明办理结果，如批复文号、日期或情况说明。",
    )


class ReasonForm(ScreenForm):
    """Why it is not needed any more."""

    reason = forms.CharField(
        label="撤销原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明为什么不再需要办理。",
    )


class CallForm(ScreenForm):
    """What came of a call."""

    result = forms.ChoiceField(label="通话结果", choices=CallResult.choices, widget=forms.RadioSelect)
    promised_on = DateField(label="约定报送日期", required=False, help_text="对方答应的日期")
    note = forms.CharField(label="备注", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
