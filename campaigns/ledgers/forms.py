"""Forms of the ledgers, short enough for a phone."""

from typing import Any

from django import forms

from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, MassGroup, Origin
from campaigns.ledgers.selectors import arenas_of
from campaigns.plans.models import Campaign
from portal.screens.fields import DateField, IntegerField, ScreenForm

FILE_HELP = "PDF、JPG 或 PNG，不超过 20 MB。"
# What is asked for besides title, text and date, by ledger.
ASKED = {
    EntryKind.MATTER: ("origin", "arena", "due_on"),
    EntryKind.PROBLEM: ("origin", "arena", "due_on"),
    EntryKind.MECHANISM: ("arena", "due_on"),
    EntryKind.CARRIER: ("arena", "taking_part_count"),
    EntryKind.CASE: ("arena", "result"),
    EntryKind.CONTRIBUTION: ("arena", "taking_part_count", "served_count", "result"),
    EntryKind.ACTIVITY: ("arena", "taking_part_count", "served_count"),
    EntryKind.INTEGRITY: ("signatories",),
    EntryKind.SUMMARY: (),
    EntryKind.GROUPS: ("group", "taking_part_count", "result"),
}
# The words of the text field, by ledger: a branch knows what is wanted of it.
TEXT_HELP = {
    EntryKind.CARRIER: "载体的名称写在事项里，这里写怎么做。",
    EntryKind.MATTER: "为谁办、办什么、谁负责。",
    EntryKind.PROBLEM: "问题是什么、打算怎么解决、谁负责。",
    EntryKind.MECHANISM: "打算把什么做法固定下来。",
    EntryKind.CASE: "背景、做法、成效。",
    EntryKind.CONTRIBUTION: "什么任务、做了什么，例如 调解纠纷、抢险救灾。",
    EntryKind.ACTIVITY: "例如 扶贫济困日。",
    EntryKind.INTEGRITY: "承诺书的主要内容。",
    EntryKind.SUMMARY: "做了什么、有什么成效、存在什么问题、下一步打算。",
    EntryKind.GROUPS: "开展创建先进集体、争当先进个人活动的情况。",
}


class EntryForm(ScreenForm):
    """One line of a ledger; which fields it has depends on the ledger."""

    title = forms.CharField(label="事项", max_length=120)
    text = forms.CharField(label="内容", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    group = forms.ChoiceField(label="群众组织", choices=[("", "请选择"), *MassGroup.choices])
    origin = forms.ChoiceField(label="来源", choices=[("", "请选择"), *Origin.choices])
    arena: Any = forms.ModelChoiceField(label="创争领域", queryset=None, required=False)
    began_on = DateField(label="日期")
    due_on = DateField(label="完成期限")
    taking_part_count = IntegerField(label="参加人数", min_value=0, max_value=9_999_999, required=False)
    served_count = IntegerField(label="受益人数", min_value=0, max_value=99_999_999, required=False)
    result = forms.CharField(label="成效", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    signatories = forms.CharField(
        label="签订单位",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="每行一个社会组织或会员企业的全称，不写个人姓名。",
    )
    file = forms.FileField(label="佐证材料", required=False, help_text=FILE_HELP)

    def clean_signatories(self) -> list[str]:
        """One name a line."""
        return [" ".join(line.split()) for line in self.cleaned_data["signatories"].splitlines() if line.strip()]

    def __init__(self, *args: Any, campaign: Campaign, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        asked = {"title", "text", "began_on", "file", *ASKED[EntryKind(kind)]}
        for name in [name for name in fields if name not in asked]:
            del fields[name]
        fields["text"].help_text = TEXT_HELP[EntryKind(kind)]
        fields["text"].required = kind == EntryKind.SUMMARY
        fields["began_on"].label = "提出日期" if kind in UNDERTAKEN else "开展日期"
        if "arena" in fields:
            arenas = arenas_of(campaign)
            fields["arena"].queryset = arenas
            if not arenas:
                del fields["arena"]


class FinishForm(ScreenForm):
    """What came of it."""

    done_on = DateField(label="完成日期")
    result = forms.CharField(label="结果", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    document = forms.CharField(label="制度名称或文号", max_length=200, required=False)
    served_count = IntegerField(label="受益人数", min_value=0, max_value=99_999_999, required=False)
    file = forms.FileField(label="佐证材料", required=False, help_text=FILE_HELP)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == EntryKind.MECHANISM:
            self.fields["document"].required = True
            del self.fields["served_count"]
        else:
            del self.fields["document"]


class ReasonForm(ScreenForm):
    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PromoteForm(ScreenForm):
    promoted_on = DateField(label="推广日期")
    promotion = forms.CharField(label="推广方式", max_length=300, help_text="例如 印发简报第 3 期、现场会。")
