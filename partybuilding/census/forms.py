"""Forms of a census: deploying it, what was found of one association, confirming a list."""

from typing import Any

from django import forms

from associations.registry.enums import AssociationStatus
from partybuilding.census.enums import Aspect
from partybuilding.census.rules import NO, YES, Standing, code_of, words
from partybuilding.census.selectors import active_kinds
from partybuilding.organizations.enums import Cover
from portal.screens.fields import DateField, IntegerField, ScreenForm

MOST = 100_000


class CensusForm(ScreenForm):
    title = forms.CharField(label="名称", max_length=80, help_text="例如 2026年全省社会组织党建工作摸底调查。")
    number = forms.CharField(label="依据文号", max_length=80, help_text="部署调查的文件，如 湘社工〔2026〕18号。")
    request_text = forms.CharField(
        label="调查要求",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="各单位在自己的名单上方看到这段文字。",
    )
    as_of = DateField(label="登记数截至", help_text="以这一天的登记数为底数，生成各单位的名单。")
    due_on = DateField(label="报送截止日期")


class FoundForm(ScreenForm):
    """What was found of one association; every field begins with what the register says."""

    status = forms.ChoiceField(label="实际状态", choices=AssociationStatus.choices)
    ours = forms.ChoiceField(label="责任单位", choices=[(YES, "由本单位负责"), (NO, "不由本单位负责")])
    cover = forms.ChoiceField(label="党组织", choices=Cover.choices)
    instructor = forms.ChoiceField(label="指导员", choices=[(YES, "有"), (NO, "没有")])
    group = forms.ChoiceField(label="群团组织", choices=[(YES, "有"), (NO, "没有")])
    relation = IntegerField(label="正式党员（组织关系，人）", required=False, min_value=0, max_value=MOST)
    working = IntegerField(label="正式党员（在职，人）", required=False, min_value=0, max_value=MOST)
    problems: Any = forms.ModelMultipleChoiceField(
        None, label="存在的问题", required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label="依据和说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="与登记有出入的必填：怎样核实的，何时、向谁核实。不写个人信息。",
    )

    def __init__(self, *args: Any, registered: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for aspect in Aspect:
            self.fields[aspect.value].help_text = f"登记为：{words(aspect, code_of(registered, aspect))}"
        problems: Any = self.fields["problems"]
        problems.queryset = active_kinds()
        problems.label_from_instance = lambda kind: kind.label

    def standing(self) -> Standing:
        """What was found."""
        given = self.cleaned_data
        return Standing(
            status=given["status"],
            cover=given["cover"],
            has_instructor=given["instructor"] == YES,
            has_group=given["group"] == YES,
            relation_count=given["relation"],
            working_count=given["working"],
            is_ours=given["ours"] == YES,
        )


class ConfirmForm(ScreenForm):
    summary = forms.CharField(
        label="主要症结和对策",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="突出问题是什么、原因在哪里、打算怎么办；没有突出问题的，也请写明。",
    )


class ReturnForm(ScreenForm):
    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
