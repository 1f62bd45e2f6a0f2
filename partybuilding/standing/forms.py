"""Forms of a member's standing."""

from django import forms

from partybuilding.members.enums import LostCause
from portal.screens.fields import DateField, ScreenForm


class ConvertForm(ScreenForm):
    """What the branch congress discussed and the superior committee approved."""

    decided_on = DateField(label="支部大会日期", help_text="讨论转正的支部大会，不早于预备期满之日。")
    approved_on = DateField(label="上级党委审批日期")
    became_full_on = DateField(label="转正日期", help_text="按期转正的为预备期满之日，党龄从这一天算起。")
    approval_number = forms.CharField(label="批复文号", max_length=80)


class ExtendForm(ScreenForm):
    """An extension of the probation, once."""

    until_on = DateField(label="预备期延长至")
    decided_on = DateField(label="支部大会日期")
    approved_on = DateField(label="上级党委审批日期")
    approval_number = forms.CharField(label="批复文号", max_length=80)
    reason = forms.CharField(label="延长理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class LoseForm(ScreenForm):
    """Since when and how touch was lost."""

    happened_on = DateField(label="失去联系日期")
    cause = forms.ChoiceField(label="失联情形", choices=[("", "请选择"), *LostCause.choices])
    remark = forms.CharField(label="查找情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class FindForm(ScreenForm):
    """Since when touch is there again."""

    happened_on = DateField(label="恢复联系日期")
    remark = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class RestoreForm(ScreenForm):
    """The decision that restored a membership."""

    restored_on = DateField(label="恢复党籍日期", help_text="从这一天起重新在名册上。")
    approval_number = forms.CharField(label="批准文号", max_length=80)
