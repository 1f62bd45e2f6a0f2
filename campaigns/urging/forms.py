"""The form of urging: which method, by when."""

from typing import Any

from django import forms

from campaigns.plans.enums import MethodForm
from campaigns.plans.models import Campaign, Method
from portal.access.scoping import scoped
from portal.screens.fields import DateField, ScreenForm


class UrgeForm(ScreenForm):
    """Which method the units catch up with, and by when."""

    method: Any = forms.ModelChoiceField(label="推进方式", queryset=None)
    due_on = DateField(label="完成期限", help_text="请在这一天前开展并登记，已开展未登记的补登记。")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["method"]
        rows = scoped(Method, self.actor).filter(campaign=campaign).exclude(form=MethodForm.COMMENDATION)
        field.queryset = rows.order_by("number")
