"""Forms of the library."""

from django import forms

from associations.library.enums import Audience, DocumentKind
from portal.screens.fields import DateField, ScreenForm

FILE_HELP = "PDF、DOC、DOCX、WPS、XLS 或 XLSX，不超过 20 MB。"


class DocumentForm(ScreenForm):
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *DocumentKind.choices])
    title = forms.CharField(label="名称", max_length=200, help_text="例如 社会组织党组织参与决策管理工作指引。")
    number = forms.CharField(label="文号", max_length=80, required=False, help_text="规范性文件必填。")
    issuer = forms.CharField(label="发布单位", max_length=120)
    starts_on = DateField(label="施行日期")
    audience = forms.ChoiceField(label="阅读范围", choices=Audience.choices)
    summary = forms.CharField(
        label="适用说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = forms.FileField(label="文件", help_text=FILE_HELP)


class EditionForm(ScreenForm):
    number = forms.CharField(label="文号", max_length=80, required=False, help_text="规范性文件必填。")
    starts_on = DateField(label="施行日期", help_text="原版到前一天失效。")
    summary = forms.CharField(
        label="修订说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = forms.FileField(label="文件", help_text=FILE_HELP)


class EndForm(ScreenForm):
    ends_on = DateField(label="最后有效日期")
    reason = forms.CharField(label="失效原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
