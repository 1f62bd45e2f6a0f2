"""Forms of progress reports."""

from typing import Any

from django import forms

from campaigns.collecting.enums import Asked
from portal.screens.fields import DateField, ScreenForm

TEXT = {"rows": 4}
FILE_HELP = "PDF、JPG 或 PNG，不超过 20 MB。"


class CollectionForm(ScreenForm):
    """What is asked of whom, by when."""

    title = forms.CharField(label="报送内容", max_length=120, help_text="例如 第三季度活动开展情况。")
    asks = forms.CharField(
        label="报送要求",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="请各单位着重写什么，几句话即可。",
    )
    asked = forms.ChoiceField(label="报送单位", choices=Asked.choices, widget=forms.RadioSelect)
    due_on = DateField(label="报送截止")

    def __init__(self, *args: Any, is_open: bool = False, **kwargs: Any) -> None:
        """Once it is open its units stand."""
        super().__init__(*args, **kwargs)
        if is_open:
            del self.fields["asked"]


class ReportForm(ScreenForm):
    """What a unit reports."""

    progress = forms.CharField(label="开展情况和成效", max_length=3000, widget=forms.Textarea(attrs={"rows": 6}))
    problems = forms.CharField(label="存在的问题", max_length=2000, required=False, widget=forms.Textarea(attrs=TEXT))
    suggestions = forms.CharField(label="意见建议", max_length=2000, required=False, widget=forms.Textarea(attrs=TEXT))
    plans = forms.CharField(label="下一步打算", max_length=2000, required=False, widget=forms.Textarea(attrs=TEXT))
    file = forms.FileField(label="报告文件", required=False, help_text=FILE_HELP)


class RemarkForm(ScreenForm):
    remark = forms.CharField(label="还要补充什么", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
