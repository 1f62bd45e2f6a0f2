"""Forms of care records."""

from django import forms

from associations.registry.forms import YesNoField
from partybuilding.care.enums import CareKind
from portal.screens.fields import DateField, MoneyField, ScreenForm


class CareForm(ScreenForm):
    """What was done, for whom, how much and why."""

    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *CareKind.choices])
    happened_on = DateField(label="日期")
    name = forms.CharField(
        label="姓名", max_length=64, required=False, help_text="关怀、激励的对象；经费和场所保障不填。"
    )
    amount = MoneyField(label="金额（元）", required=False)
    reason = forms.CharField(label="事由", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class RemoveForm(ScreenForm):
    """Why a record goes."""

    reason = forms.CharField(label="删除原因", max_length=200, help_text="不要写姓名、金额和困难情形。")


class HardshipForm(ScreenForm):
    """Whether a member lives in need; what the need is stands in the care records."""

    is_in_hardship = YesNoField(label="生活困难")
