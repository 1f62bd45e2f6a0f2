"""Forms of the five checks."""

from django import forms

from associations.evaluation.enums import GradeLevel
from partybuilding.embedding.enums import Looked
from portal.screens.fields import DateField, ScreenForm


class CheckForm(ScreenForm):
    """When Party building was looked at, and what there is to say."""

    checked_on = DateField(label="核查日期")
    note = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class EvaluationCheckForm(CheckForm):
    """Also the grade applied for."""

    level = forms.ChoiceField(label="申报等级", choices=[("", "请选择"), *GradeLevel.choices])
    field_order = ("level", "checked_on", "note")


class ElectionCheckForm(CheckForm):
    """Also what A-42 asks to look at."""

    role_effect = forms.ChoiceField(label="党组织作用发挥", choices=[("", "请选择"), *Looked.choices])
    member_education = forms.ChoiceField(label="党员教育管理", choices=[("", "请选择"), *Looked.choices])
    field_order = ("role_effect", "member_education", "checked_on", "note")
