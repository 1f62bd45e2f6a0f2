"""Forms of admitting members."""

from typing import Any, ClassVar

from django import forms

from partybuilding.development.enums import Stage
from portal.people.forms import PersonForm
from portal.screens.fields import DateField, ScreenForm

PAPER = "材料名称或文号，例如「入党申请书」「支部大会决议」「湘社组党〔2026〕5号」。"


class CandidateForm(PersonForm):
    """Somebody on the way into the Party."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("本人", ("name", "id_number", "id_type", "sex", "born_on", "phone", "association_post")),
        ("培养", ("contacts",)),
    )
    association_post = forms.CharField(label="社会组织职务", max_length=80, required=False)
    contacts = forms.CharField(label="培养联系人", max_length=80, required=False, help_text="一至两名正式党员的姓名。")


class ApplyForm(CandidateForm):
    """The application itself."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("申请", ("applied_on", "document")),
        *CandidateForm.SECTIONS,
    )
    applied_on = DateField(label="申请日期")
    document = forms.CharField(label="材料", max_length=120, initial="入党申请书")


class StageForm(ScreenForm):
    """One stage: which, when, by which paper."""

    stage = forms.ChoiceField(label="事项")
    happened_on = DateField(label="日期")
    document = forms.CharField(label="材料或文号", max_length=120, help_text=PAPER)
    introducers = forms.CharField(
        label="入党介绍人", max_length=80, required=False, help_text="支部大会接收时必填：两名正式党员，用顿号分开。"
    )
    remark = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, stages: list[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stage"]
        field.choices = [(stage.value, stage.label) for stage in stages]
        if Stage.ADMITTED not in stages:
            del self.fields["introducers"]


class CloseForm(ScreenForm):
    """Why an application does not go on."""

    ends_on = DateField(label="终止日期")
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
