"""Forms of contact points, inspections, notices and the words of the report."""

from decimal import Decimal
from typing import Any

from django import forms

from campaigns.guidance.enums import InspectionKind
from campaigns.plans.forms import LinesField
from campaigns.plans.models import Campaign, SteeringMember
from campaigns.plans.selectors import is_runner
from portal.access.scoping import scoped
from portal.screens.fields import DateField, NumberText, ScreenForm

AREA = {"rows": 3}
FILE_HELP = "PDF、JPG 或 PNG，不超过 20 MB。"
HUNDRED = Decimal(100)


class PercentField(NumberText, forms.DecimalField):
    """A share typed in percent, kept as a fraction."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal("0.01"), max_value=HUNDRED, max_digits=5, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else found / HUNDRED


class PointForm(ScreenForm):
    """Who keeps in touch with the unit: one of the leading group, or of the committee above."""

    leader: Any = forms.ModelChoiceField(label="联系领导", queryset=None)
    leader_post = forms.CharField(
        label="联系领导（岗位）", max_length=60, help_text="填写岗位，不填姓名，例如 党委副书记。"
    )
    starts_on = DateField(label="设立日期")

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if is_runner(campaign, self.actor):
            del fields["leader_post"]
            rows = scoped(SteeringMember, self.actor).filter(campaign=campaign, ends_on=None)
            fields["leader"].queryset = rows.order_by("number", "pk")
            fields["leader"].help_text = "从本活动领导（指导）小组在任成员中选。"
        else:
            del fields["leader"]

    def values(self) -> dict[str, Any]:
        return {"leader": None, "leader_post": ""} | dict(self.cleaned_data)


class EndPointForm(ScreenForm):
    ends_on = DateField(label="撤销日期")
    reason = forms.CharField(label="撤销原因", max_length=200)


class VisitForm(ScreenForm):
    visited_on = DateField(label="走访日期")
    visitor = forms.CharField(label="走访人（岗位）", max_length=60)
    text = forms.CharField(label="了解的情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    asked = forms.CharField(label="提出的要求", max_length=500, required=False, widget=forms.Textarea(attrs=AREA))


class InspectionForm(ScreenForm):
    """How, which batch, and of whom: units by name, or a share to draw."""

    kind = forms.ChoiceField(label="方式", choices=InspectionKind.choices, widget=forms.RadioSelect)
    number = forms.CharField(label="批次号", max_length=40, help_text="同一活动不重复，例如 2026-01。")
    title = forms.CharField(label="督查内容", max_length=120)
    starts_on = DateField(label="开始日期")
    share = PercentField(
        label="抽取比例（%）",
        required=False,
        help_text="随机抽查填写，例如 5。按比例向上取整，各党委按单位数分配；保存即抽取，不能重抽。",
    )
    names = LinesField(label="督查单位", help_text="座谈会和经常性督查填写，每行一个参加活动的党组织。")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_draw = given.get("kind") == InspectionKind.DRAW
        if is_draw and given.get("names"):
            self.add_error("names", "随机抽查由系统抽取单位，不填写督查单位。请删去，或改选方式。")
        if not is_draw and given.get("share"):
            self.add_error("share", "只有随机抽查填写抽取比例。请删去，或改选随机抽查。")
        return given


class FindingForm(ScreenForm):
    visited_on = DateField(label="到访日期")
    finding = forms.CharField(label="督查情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}))


class CloseInspectionForm(ScreenForm):
    ends_on = DateField(label="结束日期")
    summary = forms.CharField(label="督查小结", max_length=3000, widget=forms.Textarea(attrs={"rows": 8}))


class NoticeForm(ScreenForm):
    number = forms.CharField(label="文号", max_length=80, required=False)
    issued_on = DateField(label="提出日期")
    due_on = DateField(label="整改期限")
    problem = forms.CharField(label="存在问题", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    requirement = forms.CharField(label="整改要求", max_length=1000, widget=forms.Textarea(attrs=AREA))


class AnswerForm(ScreenForm):
    answer = forms.CharField(label="整改情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))
    file = forms.FileField(label="佐证材料", required=False, help_text=FILE_HELP)


class JudgeForm(ScreenForm):
    is_closed = forms.TypedChoiceField(
        label="核对结果",
        choices=[("yes", "整改到位，销号"), ("no", "退回继续整改")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    judgement = forms.CharField(label="意见", max_length=500, widget=forms.Textarea(attrs=AREA))


class PartForm(ScreenForm):
    heading = forms.CharField(label="标题", max_length=60)
    text = forms.CharField(
        label="内容",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="每段一行。本部分的数字由系统按截至日期填写，不必在这里写。",
    )
