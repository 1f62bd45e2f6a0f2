"""Forms of exports with personal numbers."""

from typing import Any

from django import forms

from portal import importing
from portal.privacy.approvals import personal_kinds
from portal.screens.fields import ScreenForm


class AskForm(ScreenForm):
    """Which list, which numbers, what for."""

    kind = forms.ChoiceField(label="名单")
    fields_wanted = forms.MultipleChoiceField(label="要导出的个人信息", widget=forms.CheckboxSelectMultiple)
    purpose = forms.CharField(
        label="用途",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清为办理哪件事、给谁使用。用途会印在文件里，并记入日志。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = personal_kinds()
        labels = {column.code: column.label for columns in kinds.values() for column in columns}
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", "请选择"),
            *((kind, importing.resource_for(kind).label) for kind in kinds),
        ]
        self.fields["fields_wanted"].choices = list(labels.items())  # type: ignore[attr-defined]


class OpinionForm(ScreenForm):
    opinion = forms.CharField(label="审批意见", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
