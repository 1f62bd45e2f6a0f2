"""Forms of the register. Choices of related rows are the actor's own."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from associations.evaluation.enums import GradeLevel
from associations.registry.enums import (
    AssignmentRole,
    AssociationKind,
    AssociationStatus,
    NameKind,
    RegistrationLevel,
    RegistrationMode,
)
from associations.registry.models import Department
from associations.registry.rules import code_problem
from associations.registry.selectors import OWN_PREFIX, departments_of, region_choices
from portal.importing.normalise import name_key
from portal.regions.models import Region
from portal.screens.fields import DateField, IntegerField, MoneyField, ScreenForm

YES_NO = [("", "未填报"), ("true", "是"), ("false", "否")]


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not reported: three different things."""

    def __init__(self, **kwargs: Any) -> None:
        coerce = {"true": True, "false": False}
        super().__init__(
            choices=YES_NO, coerce=lambda value: coerce[str(value).lower()], empty_value=None, required=False, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else value


class RegionField(forms.ChoiceField):
    """A place chosen by its code; `clean` gives the region."""

    def clean(self, value: Any) -> Region:
        return Region.objects.get(code=super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Region) else value


class AssociationForm(ScreenForm):
    """The facts of the register."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("名称和类别", ("name", "uscc", "kind", "is_industry_association", "is_charity", "industry_category")),
        ("登记", ("registration_level", "region", "registration_mode", "established_on", "status", "status_on")),
        ("住所和规模", ("domicile", "registered_fund", "unit_member_count", "individual_member_count")),
        ("人员和届期", ("staff_count", "full_time_staff_count", "term_started_on", "term_years")),
        ("章程和备注", ("charter_has_party_clause", "charter_party_clause_on", "remark")),
    )

    name = forms.CharField(label="名称", max_length=200, help_text="与登记证书一致的全称。")
    uscc = forms.CharField(label="统一社会信用代码", max_length=30, help_text="18 位，见登记证书。")
    kind = forms.ChoiceField(label="社会组织类型", choices=AssociationKind.choices)
    is_industry_association = YesNoField(label="是否行业协会商会")
    is_charity = YesNoField(label="是否慈善组织")
    industry_category = forms.CharField(label="行业类别", max_length=80, required=False)
    registration_level = forms.ChoiceField(label="登记级别", choices=RegistrationLevel.choices)
    region = RegionField(label="登记地")
    registration_mode = forms.ChoiceField(
        label="管理方式", choices=[("", "未填报"), *RegistrationMode.choices], required=False
    )
    established_on = DateField(label="成立日期", required=False)
    status = forms.ChoiceField(label="状态", choices=AssociationStatus.choices, initial=AssociationStatus.ACTIVE)
    status_on = DateField(
        label="状态日期", required=False, help_text="注销、撤销或停止活动的日期；自这一天起不再纳入覆盖率统计。"
    )
    domicile = forms.CharField(label="住所", max_length=200, required=False)
    registered_fund = MoneyField(label="注册资金（元）", required=False)
    unit_member_count = IntegerField(label="单位会员数（家）", min_value=0, max_value=9_999_999, required=False)
    individual_member_count = IntegerField(label="个人会员数（人）", min_value=0, max_value=9_999_999, required=False)
    staff_count = IntegerField(label="从业人员数（人）", min_value=0, max_value=9_999_999, required=False)
    full_time_staff_count = IntegerField(label="专职人员数（人）", min_value=0, max_value=9_999_999, required=False)
    term_started_on = DateField(label="本届起始日期", required=False)
    term_years = IntegerField(label="任期（年）", min_value=1, max_value=5, required=False)
    charter_has_party_clause = YesNoField(label="党建入章")
    charter_party_clause_on = DateField(label="入章日期", required=False)
    remark = forms.CharField(label="备注", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", "请选择")]
        for group, places in region_choices(self.actor).groups:
            own = [(code, label.removesuffix("（全部）")) for code, label in places if not code.startswith(OWN_PREFIX)]
            choices.append((group, own))
        current = self.initial.get("region")
        known = {code for _group, places in choices[1:] for code, _label in places}
        if isinstance(current, Region) and current.code not in known:
            choices.append((current.code, current.name))
        self.fields["region"].choices = choices  # type: ignore[attr-defined]

    def clean_uscc(self) -> str:
        code = "".join(self.cleaned_data["uscc"].split()).upper()
        problem = code_problem(code, self.data.get("kind", ""))
        if problem:
            raise ValidationError(problem)
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needs_day = data.get("status") not in (None, AssociationStatus.ACTIVE, AssociationStatus.PREPARING)
        if needs_day and not data.get("status_on") and "status_on" not in self.errors:
            label = AssociationStatus(data["status"]).label
            self.add_error("status_on", f"状态为「{label}」时须填写状态日期，统计以这一天为界。")
        if data.get("charter_party_clause_on") and data.get("charter_has_party_clause") is not True:
            self.add_error("charter_has_party_clause", "填写了入章日期，党建入章应选「是」。请核对其中一项。")
        return data


class NewAssociationForm(AssociationForm):
    """Registering by hand: also the short name."""

    short_name = forms.CharField(label="简称", max_length=200, required=False)
    SECTIONS = (
        ("名称和类别", ("name", "short_name", *AssociationForm.SECTIONS[0][1][1:])),
        *AssociationForm.SECTIONS[1:],
    )


class NameForm(ScreenForm):
    """Another name of an association."""

    name = forms.CharField(label="名称", max_length=200)
    kind = forms.ChoiceField(label="类别", choices=NameKind.choices, initial=NameKind.SHORT)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if not name_key(name):
            raise ValidationError(f"名称现在填的是「{name}」，没有可以检索的文字。请填写完整的名称。")
        return name


class AssignmentForm(ScreenForm):
    """Who answers for the association, and from when."""

    role = forms.ChoiceField(label="责任", choices=AssignmentRole.choices)
    department = forms.ModelChoiceField(
        label="责任单位",
        queryset=Department.objects.none(),
        empty_label="请选择",
        help_text="名单中没有的，请先登记责任单位。",
    )
    starts_on = DateField(
        label="起始日期", required=False, help_text="原责任单位到前一天为止。不知道起始日期的首次登记可以不填。"
    )
    office = forms.CharField(label="责任处室", max_length=120, required=False)
    officer = forms.CharField(
        label="责任人（岗位）", max_length=120, required=False, help_text="填写职务，例如「处长」；不填写电话。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments_of(self.actor)  # type: ignore[attr-defined]


class EndForm(ScreenForm):
    """The last day of a dated relation."""

    ends_on = DateField(label="终止日期", help_text="最后一天；从第二天起不再有效。")


class MemberCountForm(ScreenForm):
    """Reported numbers of full Party members."""

    counted_on = DateField(label="统计日期")
    relation_count = IntegerField(label="正式党员数（组织关系在本组织）", min_value=0, max_value=99_999, required=False)
    working_count = IntegerField(label="在本组织工作的正式党员数", min_value=0, max_value=99_999, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and data.get("relation_count") is None and data.get("working_count") is None:
            self.add_error("relation_count", "两个人数都没有填写。请至少填写一个，没有党员的填 0。")
        return data


class GradeForm(ScreenForm):
    """An announced evaluation grade."""

    level = forms.ChoiceField(label="评估等级", choices=GradeLevel.choices)
    announced_on = DateField(label="等级公告日期")
    document_number = forms.CharField(label="公告文号", max_length=80)
    effective_on = DateField(
        label="生效日期",
        required=False,
        help_text="民政部门另行确定生效日期的填写；2026 年 3 月 1 日起公告的自次年 1 月 1 日生效，不必填写。",
    )
