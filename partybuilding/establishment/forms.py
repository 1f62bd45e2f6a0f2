"""Forms of plans and organisers."""

from typing import Any

from django import forms

from partybuilding.coverage.enums import InstructorKind
from partybuilding.coverage.forms import AssignForm
from partybuilding.establishment.enums import Ground
from portal.screens.fields import DateField, ScreenForm


class FoundingPlanForm(ScreenForm):
    """A founding planned by a day."""

    starts_on = DateField(label="决定日期")
    due_on = DateField(label="组建期限", help_text="计划在这一天以前完成组建。")
    responsible = forms.CharField(label="责任人（岗位）", max_length=120, help_text="填岗位，例如：党委组织处处长。")
    document_number = forms.CharField(label="文号", max_length=80, required=False)
    reason = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class DeferralForm(ScreenForm):
    """An approved deferral."""

    starts_on = DateField(label="批准日期")
    due_on = DateField(label="暂缓至", help_text="到期后没有组建的，自动恢复为应建未建。")
    document_number = forms.CharField(label="批准文号", max_length=80, help_text="上级党委同意暂缓组建的文号。")
    ground = forms.ChoiceField(label="暂缓事由", choices=[("", "请选择"), *Ground.choices])
    reason = forms.CharField(label="说明", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class WithdrawForm(ScreenForm):
    """Why and from when a plan no longer holds."""

    ends_on = DateField(label="最后有效日期")
    reason = forms.CharField(label="撤回原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class OrganiserForm(AssignForm):
    """Which 党建组织员, from when to when; nothing is to be founded yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["due_on"]
        field: Any = self.fields["instructor"]
        field.label = "党建组织员"
        field.queryset = field.queryset.filter(kind=InstructorKind.ORGANISER)
        self.fields["ends_on"].help_text = "没有约定的留空。"
