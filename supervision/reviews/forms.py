"""Forms of the steps of a review."""

from typing import Any

from django import forms

from portal.screens.fields import DateField, IntegerField, ScreenForm
from supervision.inspections.enums import Conclusion

AREA = forms.Textarea(attrs={"rows": 3})


class ReturnForm(ScreenForm):
    """How long the association has; the remarks and the comment are already kept."""

    days = IntegerField(label="补正时限（工作日）", min_value=1, max_value=60)


class RecordForm(ScreenForm):
    """A conclusion with its document."""

    conclusion = forms.ChoiceField(label="年检结论", choices=Conclusion.choices, widget=forms.RadioSelect)
    number = forms.CharField(label="结论文号", max_length=80, help_text="如 湘民年检〔2026〕12号")
    on = DateField(label="结论日期")
    reason = forms.CharField(
        label="结论说明",
        max_length=500,
        required=False,
        widget=AREA,
        help_text="基本合格、不合格的，写明主要问题和依据",
    )


class ReconsiderForm(ScreenForm):
    reason = forms.CharField(label="撤回理由", max_length=500, widget=AREA)


class UrgeForm(ScreenForm):
    text = forms.CharField(label="催办内容", max_length=100, required=False)
    due_on = DateField(label="办理期限")


class BatchForm(ScreenForm):
    """The versions that were seen, one for each filing: `seen` is posted as key:version."""

    def versions(self) -> dict[int, int]:
        found: dict[int, int] = {}
        data: Any = self.data
        for one in data.getlist("seen") if hasattr(data, "getlist") else []:
            key, _, version = one.partition(":")
            if key.isdecimal() and version.isdecimal() and len(one) < 40:
                found[int(key)] = int(version)
        return found
