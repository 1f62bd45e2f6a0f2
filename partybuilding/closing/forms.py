"""Forms of the monthly close."""

from django import forms

from partybuilding.closing.enums import How
from portal.screens.fields import ScreenForm


class CloseForm(ScreenForm):
    month = forms.CharField(label="月份", max_length=7, help_text="按 年-月 填写，例如 2026-11。")


class ConfirmForm(ScreenForm):
    """`seen` is the number of the list on the page; it is posted back, never looked up."""

    how = forms.ChoiceField(label="确认方式", choices=How.choices, widget=forms.RadioSelect)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
