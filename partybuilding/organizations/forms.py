"""Forms of Party organisations."""

from typing import Any

from django import forms

from associations.registry.models import Department
from partybuilding.organizations.enums import EstablishmentMode, GroupKind, OrganizationKind
from partybuilding.organizations.fields import AssociationsField, OrganizationField
from partybuilding.organizations.selectors import committees_for
from portal.screens.fields import DateField, IntegerField, ScreenForm


class OrganizationForm(ScreenForm):
    """What is recorded of a Party organisation."""

    name = forms.CharField(label="党组织名称", max_length=200, help_text="全称，例如：中共湖南省茶业协会支部委员会。")
    kind = forms.ChoiceField(label="类别", choices=OrganizationKind.choices)
    establishment_mode = forms.ChoiceField(label="组建方式", choices=EstablishmentMode.choices)
    committee = forms.ModelChoiceField(
        label="所属综合（行业）党委", queryset=Department.objects.none(), required=False, empty_label="请选择"
    )
    parent = OrganizationField(
        label="上级党组织",
        max_length=200,
        required=False,
        help_text="社会组织内部另有上级党组织的填写其全称；没有的留空。",
    )
    initiator = forms.CharField(
        label="发起人单位", max_length=200, required=False, help_text="依托发起人单位联合、挂靠组建的填写其全称。"
    )
    approval_number = forms.CharField(
        label="批复文号", max_length=80, required=False, help_text="上级党委批准设立的文号。"
    )
    established_on = DateField(label="成立日期", required=False)
    full_member_count = IntegerField(label="正式党员数（人）", min_value=0, max_value=99_999, required=False)
    probationary_member_count = IntegerField(label="预备党员数（人）", min_value=0, max_value=99_999, required=False)
    term_started_on = DateField(label="本届起始日期", required=False)
    remark = forms.CharField(label="备注", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        committee: Any = self.fields["committee"]
        committee.queryset = committees_for(self.actor)
        for field in self.fields.values():
            if isinstance(field, AssociationsField | OrganizationField):
                field.actor = self.actor


class NewOrganizationForm(OrganizationForm):
    """A new organisation, with the associations it covers."""

    associations = AssociationsField(
        label="所在社会组织",
        help_text="填写全称或统一社会信用代码；联合组建的每行一家。",
    )
    ends_shared = forms.BooleanField(
        label="单独组建的，同时终止这家社会组织原有的联合、挂靠等覆盖关系", required=False, initial=True
    )
    field_order = [
        *("associations", "name", "kind", "establishment_mode", "committee", "approval_number", "established_on"),
        *(
            "full_member_count",
            "probationary_member_count",
            "initiator",
            "parent",
            "term_started_on",
            "ends_shared",
            "remark",
        ),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("committee", "approval_number", "established_on"):
            self.fields[name].required = True


class DissolveForm(ScreenForm):
    """The superior committee's decision to dissolve."""

    dissolved_on = DateField(label="撤销日期", help_text="自这一天起不再计入组织覆盖。")
    approval_number = forms.CharField(label="批复文号", max_length=80)
    reason = forms.CharField(label="撤销原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class CoverForm(ScreenForm):
    """One more association under a shared organisation."""

    association = AssociationsField(label="社会组织", max_length=200, widget=forms.TextInput())
    starts_on = DateField(label="起始日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["association"].actor = self.actor  # type: ignore[attr-defined]

    def clean_association(self) -> Any:
        found = self.cleaned_data["association"]
        if len(found) != 1:
            raise forms.ValidationError(f"一次登记一家社会组织，现在填了 {len(found)} 家。请只保留一家。")
        return found[0]


class GroupForm(ScreenForm):
    """A 群团组织 of an association."""

    kind = forms.ChoiceField(label="类别", choices=GroupKind.choices)
    name = forms.CharField(label="名称", max_length=200, help_text="全称，例如：湖南省茶业协会工会委员会。")
    starts_on = DateField(label="成立日期", help_text="自这一天起计入工作覆盖。")
