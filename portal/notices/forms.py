"""What is written when a task ends."""

from django import forms

from portal.screens.fields import ScreenForm


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
