"""Forms of campaigns. A list of a document is typed as it is written: one line an entry."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from associations.registry.forms import RegionField
from associations.registry.models import Department
from associations.registry.selectors import OWN_PREFIX, region_choices
from associations.registry.services import COMMITTEE_KINDS
from campaigns.plans.enums import ItemKind, LinkKind, MethodForm, SteeringRole
from campaigns.plans.models import Campaign, CriterionSet, Method
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped
from portal.screens.fields import DateField, IntegerField, ScreenForm

LINES = {"rows": 4}
LINE_LENGTH, MOST_LINES = 300, 20


class LinesField(forms.CharField):
    """One entry a line; gives them as a list, blank lines left out."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs=LINES))
        kwargs.setdefault("max_length", LINE_LENGTH * MOST_LINES)
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise ValidationError(f"{self.label}最多 {MOST_LINES} 条，现在是 {len(lines)} 条。请合并后再提交。")
        for line in lines:
            if len(line) > LINE_LENGTH:
                raise ValidationError(f"「{line[:20]}…」一条有 {len(line)} 个字，最多 {LINE_LENGTH} 个。请缩短。")
        return lines


class CampaignForm(ScreenForm):
    """The document of a campaign."""

    title = forms.CharField(label="活动名称", max_length=120)
    document_number = forms.CharField(
        label="实施方案文号", max_length=80, required=False, help_text="印发前必填，例如 湘社工〔2026〕12号。"
    )
    theme = forms.CharField(label="活动主题", max_length=300, required=False)
    region = RegionField(label="开展地区", help_text="默认范围是该地区所有已成立党组织的社会组织。")
    organizer: Any = forms.ModelChoiceField(
        label="组织单位",
        queryset=None,
        required=False,
        help_text="由某个党委或业务主管单位组织的，范围是其联系的社会组织；社会工作部组织的不填。",
    )
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", required=False, help_text="未定的不填。")
    plans_due_on = DateField(label="单位方案报送截止", required=False)
    criterion_sets: Any = forms.ModelMultipleChoiceField(
        label="评价标准", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    basis = LinesField(label="依据文件", help_text="每行一份，写明文号，例如 中办发〔2010〕12号。印发前至少一份。")
    goal = LinesField(label="总体目标", help_text="每行一条。")
    arena = LinesField(label="创争领域", help_text="每行一条。")
    principle = LinesField(label="基本原则", help_text="每行一条。")
    aspect = LinesField(label="公开承诺内容", help_text="每行一个方面。")
    outcome = LinesField(label="成效要求", help_text="每行一条，供单位自评。")
    channel = LinesField(label="宣传渠道", help_text="每行一个。")
    contact_name = forms.CharField(label="联系人", max_length=40, required=False)
    contact_phone = forms.CharField(label="联系电话（办公）", max_length=40, required=False)
    contact_fax = forms.CharField(label="传真", max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["region"].choices = _places(self.actor)
        bodies = scoped(Department, self.actor).filter(ends_on=None)
        if self.actor.role in DEPARTMENT:
            bodies = bodies.filter(kind__in=COMMITTEE_KINDS)
        else:
            bodies = bodies.filter(pk__in=self.actor.scope.department_pks)
        fields["organizer"].queryset = bodies.order_by("name", "pk")
        fields["criterion_sets"].queryset = CriterionSet.objects.order_by("target", "code")

    def values(self) -> dict[str, Any]:
        """What the services take: the lists of the document apart from its facts."""
        given = dict(self.cleaned_data)
        items = {kind: given.pop(kind) for kind in ItemKind.values}
        return {**given, "items": items}


def _places(actor: Actor) -> list[tuple[str, Any]]:
    """The places an actor may choose, each with all below it."""
    found: list[tuple[str, Any]] = [("", "请选择")]
    for group, places in region_choices(actor).groups:
        own = [(code, label.removesuffix("（全部）")) for code, label in places if not code.startswith(OWN_PREFIX)]
        found.append((group, own))
    return found


class PhaseForm(ScreenForm):
    number = IntegerField(label="序号", min_value=1, max_value=20)
    title = forms.CharField(label="阶段", max_length=60)
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期", required=False, help_text="最后一个阶段未定的可不填。")
    focus = forms.CharField(label="工作重点", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class StepForm(ScreenForm):
    number = IntegerField(label="序号", min_value=1, max_value=40)
    title = forms.CharField(label="步骤", max_length=60)
    starts_on = DateField(label="开始日期", required=False, help_text="两个日期都不填的，随活动开展。")
    ends_on = DateField(label="结束日期", required=False)
    work = forms.CharField(label="工作内容", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    may_overlap = forms.BooleanField(label="与其他步骤交叉进行", required=False)


class ExtensionForm(ScreenForm):
    until_on = DateField(label="延至")
    decided_on = DateField(label="决定日期")
    document_number = forms.CharField(label="决定文号", max_length=80)
    reason = forms.CharField(label="事由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class MethodEditForm(ScreenForm):
    """A way of carrying the campaign on; what it waits for are other ways of the same campaign."""

    number = IntegerField(label="序号", min_value=1, max_value=40)
    title = forms.CharField(label="推进方式", max_length=40, help_text="按实施方案中的叫法填写。")
    form = forms.ChoiceField(label="记录形式", choices=MethodForm.choices)
    work = forms.CharField(label="要求", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    due_on = DateField(label="完成期限", required=False)
    requires: Any = forms.ModelMultipleChoiceField(
        label="须先完成", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, campaign: Campaign, method: Method | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = scoped(Method, self.actor).filter(campaign=campaign).order_by("number")
        if method is not None:
            others = others.exclude(pk=method.pk)
        field: Any = self.fields["requires"]
        field.queryset = others


class LinkForm(ScreenForm):
    kind = forms.ChoiceField(label="关系", choices=LinkKind.choices)
    other: Any = forms.ModelChoiceField(label="相关活动", queryset=None)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.queryset = scoped(Campaign, self.actor).exclude(pk=campaign.pk).order_by("-starts_on", "pk")


class SteeringForm(ScreenForm):
    role = forms.ChoiceField(label="小组职务", choices=SteeringRole.choices)
    name = forms.CharField(label="姓名或岗位", max_length=60, help_text="例如 张明，或 各处处长。")
    post = forms.CharField(label="单位和职务", max_length=120, required=False)
    number = IntegerField(label="排列序号", min_value=1, max_value=99, initial=1)
    starts_on = DateField(label="任职日期", required=False)


class PlanForm(ScreenForm):
    """A unit's own plan, short enough for a phone."""

    theme = forms.CharField(label="本单位主题", max_length=300)
    measures = forms.CharField(
        label="主要措施", max_length=3000, widget=forms.Textarea(attrs={"rows": 8}), help_text="分条写，每条一行。"
    )
    carriers = forms.CharField(
        label="活动载体",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一个，例如 党员示范岗。",
    )
    mobilised_on = DateField(label="动员会议日期", required=False)
    mobilised_count = IntegerField(label="动员会议到会人数", min_value=1, max_value=99_999, required=False)
    file = forms.FileField(
        label="方案文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。已上传的不必重传。"
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("mobilised_count") and not given.get("mobilised_on"):
            self.add_error("mobilised_on", "填了动员会议到会人数，没有填会议日期。请填写日期。")
        return given


class ReviewForm(ScreenForm):
    is_accepted = forms.TypedChoiceField(
        label="审阅结果",
        choices=[("yes", "同意备案"), ("no", "退回修改")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="审阅意见",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回修改的必填。",
    )


class LeaveForm(ScreenForm):
    left_on = DateField(label="退出日期")
    reason = forms.CharField(label="退出原因", max_length=200, help_text="例如 社会组织已注销。")


class EndSteeringForm(ScreenForm):
    ends_on = DateField(label="终止日期")
