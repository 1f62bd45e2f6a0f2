"""Forms of what units did: short enough for a phone."""

from django import forms

from portal.screens.fields import DateField, ScreenForm

TEXT = {"rows": 5}
FILE_HELP = "PDF、JPG 或 PNG，不超过 20 MB。"


class RecordForm(ScreenForm):
    """That a method was carried out, and how."""

    done_on = DateField(label="完成日期")
    summary = forms.CharField(
        label="开展情况",
        max_length=2000,
        widget=forms.Textarea(attrs=TEXT),
        help_text="怎样开展、有什么结果，几句话即可。",
    )
    file = forms.FileField(label="材料", required=False, help_text=FILE_HELP)


class ReasonForm(ScreenForm):
    reason = forms.CharField(label="撤回原因", max_length=200, help_text="例如 登记到了别的推进方式。")
