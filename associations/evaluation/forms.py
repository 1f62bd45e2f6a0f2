"""Forms of a round of evaluation."""

from typing import Any

from django import forms

from associations.evaluation.enums import GradeLevel
from portal.screens.fields import DateField, IntegerField, ScreenForm

MOST = 100_000


class BatchForm(ScreenForm):
    title = forms.CharField(label="名称", max_length=80, help_text="例如 2026年度全省性社会组织评估。")
    number = forms.CharField(
        label="通知文号", max_length=80, help_text="民政部门部署评估的通知，如 湘民发〔2026〕9号。"
    )
    opens_on = DateField(label="开始申报")
    due_on = DateField(label="申报截止")


class IndicatorsForm(ScreenForm):
    """One line an indicator, pasted from a spreadsheet."""

    text = forms.CharField(
        label="评估指标",
        max_length=60_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text="每行一项，四列：一级指标、指标、分值、是否党建（填“是”或留空）。可以从表格中整块复制粘贴；也可以用逗号分开。",
    )


class ApplicationsForm(ScreenForm):
    level = forms.ChoiceField(label="申报等级", choices=[("", "请选择"), *GradeLevel.choices])
    applied_on = DateField(label="申报日期")
    names = forms.CharField(
        label="社会组织",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="每行一家，填名称或统一社会信用代码。",
    )
    explanation = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="申报 5A 级而党建核对有提示的必填。",
    )


class AnnounceForm(ScreenForm):
    announced_on = DateField(label="等级公告日期")
    announcement = forms.CharField(label="公告文号", max_length=80, help_text="如 湘民发〔2026〕12号。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level in GradeLevel.values:
            field = IntegerField(label=f"公告中 {level}（家）", min_value=0, max_value=MOST, initial=0)
            self.fields[f"count_{level.lower()}"] = field

    def counts(self) -> dict[str, int]:
        return {str(level): self.cleaned_data[f"count_{level.lower()}"] for level in GradeLevel.values}


class ResultForm(ScreenForm):
    level = forms.ChoiceField(label="公告等级", choices=[("", "请选择"), *GradeLevel.choices])
