"""Forms of checklists."""

from typing import Any

from django import forms

from associations.checklists.selectors import templates_among
from portal.screens.fields import DateField, ScreenForm


class StepForm(ScreenForm):
    """When a step was done, and by what one can tell."""

    done_on = DateField(label="办理日期")
    evidence = forms.CharField(
        label="办理依据",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="文号、材料名称或办理经过，例如：党员情况调查表 1 份，2026-03-02 收。",
    )


class OpenForm(ScreenForm):
    """Which checklist to open."""

    template = forms.ModelChoiceField(label="清单", queryset=templates_among([]), empty_label="请选择")

    def __init__(self, *args: Any, keys: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template"]
        field.queryset = templates_among(keys)
