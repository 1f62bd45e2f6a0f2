"""Forms of decisions, interactions and agreements. An organisation that covers one association asks for none."""

from collections.abc import Sequence
from typing import Any

from django import forms

from associations.registry.models import Association
from partybuilding.deliberation.enums import AgreementKind, Council, InteractionKind, Opinion, Outcome
from portal.screens.fields import DateField, ScreenForm

UNFILLED = ("", "未填")


class OfAssociationForm(ScreenForm):
    """`associations`: those the organisation covers; `cleaned_data["association"]` is one of them."""

    association = forms.TypedChoiceField(label="社会组织", coerce=int)

    def __init__(self, *args: Any, associations: Sequence[Association], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among = {one.pk: one for one in associations}
        if len(self.among) == 1:
            del self.fields["association"]
        else:
            field: Any = self.fields["association"]
            field.choices = [("", "请选择"), *((one.pk, one.name) for one in associations)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.among:
            raise forms.ValidationError("这个党组织现在没有覆盖社会组织，不能登记。请先登记覆盖关系。")
        key = values.get("association") if "association" in self.fields else next(iter(self.among))
        return values | {"association": self.among.get(key)}  # type: ignore[arg-type]


class DecisionForm(OfAssociationForm):
    """A matter of the list, the opinion before the vote, the vote."""

    SECTIONS = (
        ("事项", ("association", "matter", "title")),
        ("党组织前置研究（没有研究的留空）", ("reviewed_on", "opinion", "opinion_text")),
        ("表决（还没有表决的留空）", ("voted_on", "council", "outcome")),
        ("其他", ("remark",)),
    )
    matter = forms.ChoiceField(label="清单事项")
    title = forms.CharField(label="议题", max_length=200, help_text="例如：关于调整会费标准的议案。")
    reviewed_on = DateField(label="研究日期", required=False)
    opinion = forms.ChoiceField(label="党组织意见", choices=[UNFILLED, *Opinion.choices], required=False)
    opinion_text = forms.CharField(
        label="意见内容", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    voted_on = DateField(label="表决日期", required=False, help_text="研究日期不得晚于表决日期。")
    council = forms.ChoiceField(label="表决机构", choices=[UNFILLED, *Council.choices], required=False)
    outcome = forms.ChoiceField(label="表决结果", choices=[UNFILLED, *Outcome.choices], required=False)
    remark = forms.CharField(label="备注", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, matters: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["matter"]
        numbered = [(text, f"{number}. {text}") for number, text in enumerate(matters, start=1)]
        field.choices = [("", "请选择"), *numbered]


class InteractionForm(OfAssociationForm):
    """What was done together, and what came of it."""

    kind = forms.ChoiceField(label="形式", choices=[("", "请选择"), *InteractionKind.choices])
    held_on = DateField(label="日期")
    title = forms.CharField(label="议题", max_length=200)
    participants = forms.CharField(
        label="参加人员", max_length=300, required=False, help_text="填姓名和职务，例如：书记王明、会长李华等6人。"
    )
    content = forms.CharField(label="主要内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))
    result = forms.CharField(
        label="形成的意见或成果", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class AgreementNewForm(OfAssociationForm):
    """What was laid down, in which form, from when."""

    kind = forms.ChoiceField(label="形式", choices=[("", "请选择"), *AgreementKind.choices])
    starts_on = DateField(label="生效日期")
    document_number = forms.CharField(
        label="文号或编号", max_length=80, required=False, help_text="协议编号，或者章程核准文号。"
    )
    content = forms.CharField(
        label="职责权利",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="党组织的功能定位、职责和权利，按协议或章程条文填写要点。",
    )
    ends_on = DateField(label="终止日期", required=False, help_text="没有约定期限的留空。")


class ScanForm(ScreenForm):
    """The scan of a signed paper."""

    scan = forms.FileField(label="扫描件", help_text="会议记录、纪要或签字盖章的协议。PDF、JPG 或 PNG，不超过 20 MB。")
