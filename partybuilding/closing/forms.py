"""Forms of the monthly close."""

from typing import Any

from django import forms

from associations.registry.enums import AssociationStatus
from partybuilding.closing.enums import How
from portal.screens.fields import DateField, ScreenForm


class CloseForm(ScreenForm):
    month = forms.CharField(label="月份", max_length=7, help_text="按 年-月 填写，例如 2026-11。")


class ConfirmForm(ScreenForm):
    """`seen` is the number of the list on the page; it is posted back, never looked up."""

    how = forms.ChoiceField(label="确认方式", choices=How.choices, widget=forms.RadioSelect)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, is_changed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_changed:
            # Only one way is left: the changes were checked.
            self.fields["how"].widget = forms.HiddenInput()


class ContactForm(ScreenForm):
    """Where a unit is called."""

    post = forms.CharField(label="联络处室", max_length=120, help_text="处室和岗位，如 党建工作处联络员。")
    phone = forms.CharField(label="联络电话", max_length=60, help_text="办公电话。")


class DocumentForm(ScreenForm):
    """The document on which something is corrected."""

    number = forms.CharField(label="文号", max_length=80, help_text="更正所依据的文件，如 湘社工〔2026〕12号。")
    text = forms.CharField(label="更正内容", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(label="文件", help_text="PDF、JPG 或 PNG，不超过 20 MB。")


class FactForm(DocumentForm):
    """The right dates of one fact, with the document."""

    field_order = ("starts_on", "ends_on", "status", "number", "text", "file")
    starts_on = DateField(label="起始日期", required=False)
    ends_on = DateField(label="终止日期", required=False, help_text="没有终止的留空。")
    status = forms.ChoiceField(label="登记状态", choices=AssociationStatus.choices, required=False)

    def __init__(self, *args: Any, fact: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fact is None:
            for name in ("starts_on", "ends_on", "status"):
                del self.fields[name]
            return
        self.fields["starts_on"].label = f"{fact.starts_label}（更正后）"
        self.fields["ends_on"].label = f"{fact.ends_label}（更正后）"
        if fact.status:
            self.fields["ends_on"].help_text = "状态正常的留空。"
        else:
            del self.fields["status"]


class ManyForm(DocumentForm):
    """One document for several associations whose change lies before the month."""

    field_order = ("associations", "number", "text", "file")
    associations = forms.MultipleChoiceField(label="社会组织", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, choices: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["associations"]
        field.choices = choices
