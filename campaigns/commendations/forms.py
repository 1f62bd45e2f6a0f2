"""Forms of commendation rounds; whoever is recommended is chosen from a roster, never typed."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from associations.registry.models import current_on
from campaigns.commendations.enums import Appraisal, Base, Way
from campaigns.commendations.models import AwardKind, AwardRound, Quota
from campaigns.commendations.rules import MOST
from campaigns.commendations.selectors import groups_under, leader_of, organizations_under
from campaigns.plans.enums import AWARDED, Target
from campaigns.plans.models import Criterion, Unit
from partybuilding.members.models import PartyMember, Secretary
from portal.access.scoping import scoped
from portal.screens.fields import DateField, IntegerField, ScreenForm

REASON = {"rows": 3}


class RoundForm(ScreenForm):
    title = forms.CharField(label="评选名称", max_length=120)
    period = forms.CharField(
        label="表彰时段", max_length=60, required=False, help_text="专项表彰填写，例如 2010—2012年。"
    )
    basis_title = forms.CharField(
        label="依据文件", max_length=200, required=False, help_text="保留项目目录，或党内表彰依据文件。开始推荐前必填。"
    )
    basis_number = forms.CharField(
        label="依据文号", max_length=80, required=False, help_text="例如 湘办发〔2026〕8号。开始推荐前必填。"
    )
    file = forms.FileField(
        label="依据文件扫描件",
        required=False,
        help_text="PDF、JPG 或 PNG，不超过 20 MB。开始推荐前必须上传；已上传的不必重传。",
    )
    nominations_due_on = DateField(label="推荐截止")


class KindForm(ScreenForm):
    number = IntegerField(label="序号", min_value=1, max_value=20)
    title = forms.CharField(label="表彰类别", max_length=60, help_text="例如 社会组织先进党组织。")
    target = forms.ChoiceField(label="对象", choices=[(one.value, one.label) for one in AWARDED])
    total = IntegerField(label="名额", min_value=1, max_value=9_999)
    criterion_set: Any = forms.ModelChoiceField(
        label="评分标准", queryset=None, required=False, help_text="从活动的评价标准中选择；不评分的不选。"
    )

    def __init__(self, *args: Any, round_: AwardRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["criterion_set"]
        field.queryset = round_.campaign.criterion_sets.order_by("target", "code")


class DistributeForm(ScreenForm):
    by = forms.ChoiceField(label="按什么分配", choices=Base.choices, widget=forms.RadioSelect)
    units: Any = forms.ModelMultipleChoiceField(
        label="分给哪些单位", queryset=None, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["units"]
        field.queryset = units


class QuotaForm(ScreenForm):
    """One field a unit that has places of the kind."""

    def __init__(self, *args: Any, quotas: list[Quota], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quotas = quotas
        for quota in quotas:
            self.fields[f"unit_{quota.unit_id}"] = IntegerField(
                label=str(quota.unit), min_value=0, max_value=9_999, initial=quota.count
            )

    def counts(self) -> dict[Unit, int]:
        return {quota.unit: self.cleaned_data[f"unit_{quota.unit_id}"] or 0 for quota in self.quotas}


# What is asked, by whom the kind is for.
PERSON = {"appraisal", "dues_paid", "no_discipline"}
ASKED: dict[str, set[str]] = {
    Target.ORGANIZATION: {"organization"},
    Target.MEMBER: {"member", *PERSON},
    Target.WORKER: {"secretary", *PERSON},
    Target.GROUP: {"group"},
    Target.GROUP_MEMBER: {"group", "person_name", "no_discipline"},
}
ASKED_OF_SOME = set().union(*ASKED.values())


class NominationForm(ScreenForm):
    """Who, why, and how the masses took part."""

    organization: Any = forms.ModelChoiceField(label="党组织", queryset=None)
    member: Any = forms.ModelChoiceField(label="党员", queryset=None)
    secretary: Any = forms.ModelChoiceField(label="党务工作者（在任书记）", queryset=None)
    group: Any = forms.ModelChoiceField(label="群团组织", queryset=None)
    person_name = forms.CharField(label="姓名", max_length=40, help_text="群团组织推荐的先进个人。")
    deeds = forms.CharField(
        label="主要事迹",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="公示时一并公开，不写身份证号、电话和出生日期。",
    )
    recommended_on = DateField(label="群众推荐日期")
    way = forms.ChoiceField(label="群众推荐方式", choices=Way.choices)
    participant_count = IntegerField(label="参与推荐人数", min_value=1, max_value=999_999)
    support_count = IntegerField(label="同意人数", min_value=1, max_value=999_999)
    appraisal = forms.ChoiceField(label="最近一次民主评议结果", choices=[("", "请选择"), *Appraisal.choices])
    dues_paid = forms.BooleanField(label="已核对：按时足额交纳党费", required=False)
    no_discipline = forms.BooleanField(label="已核对：不在受处分、处理期间", required=False)

    def __init__(self, *args: Any, kind: AwardKind, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self.unit, self.today = unit, kwargs["initial"]["recommended_on"]
        for name in ASKED_OF_SOME - ASKED[kind.target]:
            del fields[name]
        bodies = organizations_under(unit)
        if "organization" in fields:
            fields["organization"].queryset = bodies
        if "group" in fields:
            fields["group"].queryset = groups_under(self.actor, unit, self.today)
        people: tuple[tuple[str, Any], ...] = (("member", PartyMember), ("secretary", Secretary))
        for name, model in people:
            if name in fields:
                rows = scoped(model, self.actor).filter(current_on(self.today), organization__in=bodies)
                fields[name].queryset = rows.select_related("person", "organization").order_by(
                    "organization__name", "person__name", "pk"
                )

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        person: Any = given.get("member") or given.get("secretary")
        group = given.get("group")
        led_by = leader_of(self.unit, group, self.today) if group is not None else None
        return {
            **given,
            "organization": given.get("organization") or led_by or person.organization,
            "member": given.get("member"),
            "secretary": given.get("secretary"),
            "appraisal": given.get("appraisal", ""),
            "dues_paid": given.get("dues_paid"),
            "no_discipline": given.get("no_discipline"),
        }


class AssessForm(ScreenForm):
    """The conditions first, then one score for each criterion (C-42)."""

    meets_preconditions = forms.TypedChoiceField(
        label="基本条件",
        choices=[("yes", "符合"), ("no", "不符合")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, criteria: list[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for one in criteria:
            self.fields[f"criterion_{one.pk}"] = IntegerField(
                label=one.title, min_value=0, max_value=MOST, help_text=f"0 至 {MOST} 分。"
            )
        self.fields["comment"] = forms.CharField(
            label="说明",
            max_length=300,
            required=False,
            widget=forms.Textarea(attrs=REASON),
            help_text="不符合基本条件的必填。",
        )

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "meets_preconditions": given["meets_preconditions"],
            "values": {one: given[f"criterion_{one.pk}"] for one in self.criteria},
            "comment": given["comment"],
        }


class ReasonForm(ScreenForm):
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs=REASON))


class PubliciseForm(ScreenForm):
    contact = forms.CharField(
        label="监督电话（办公）", max_length=120, help_text="公示时公开，填办公电话和受理单位，不填个人手机。"
    )


class DecideForm(ScreenForm):
    document_number = forms.CharField(label="表彰决定文号", max_length=80, help_text="例如 湘社工〔2026〕30号。")
    reason = forms.CharField(label="决定理由", max_length=500, widget=forms.Textarea(attrs=REASON))


class RevokeForm(ScreenForm):
    document_number = forms.CharField(label="撤销决定文号", max_length=80)
    reason = forms.CharField(label="撤销原因", max_length=300, widget=forms.Textarea(attrs=REASON))
