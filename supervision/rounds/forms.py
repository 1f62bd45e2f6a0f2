"""Forms of rounds, arrangements and exceptions."""

from typing import Any

from django import forms

from associations.registry.enums import AssociationKind, RegistrationMode
from portal.screens.fields import DateField, IntegerField, ScreenForm
from supervision.rounds.enums import Place, RoundLabel
from supervision.rounds.models import FormVersion
from supervision.rounds.selectors import editions

YEARS = (2015, 2099)


class RoundForm(ScreenForm):
    """A year's filing."""

    report_year = IntegerField(
        label="报告年度", min_value=YEARS[0], max_value=YEARS[1], help_text="材料反映的年度，在次年填报"
    )
    label = forms.ChoiceField(
        label="名称",
        choices=RoundLabel.choices,
        help_text="年度检查列入慈善组织以外的社会组织，年度报告只列入慈善组织；是否慈善组织以名录为准。",
    )
    title = forms.CharField(label="批次名称", max_length=120, required=False, help_text="不填时按年度和名称生成")
    place = forms.ChoiceField(label="报送方式", choices=Place.choices)
    basis = forms.CharField(label="依据文件", max_length=200, required=False, help_text="通知的标题和文号")
    opens_on = DateField(label="开始填报日期")
    closes_on = DateField(label="停止受理日期", required=False, help_text="不填时逾期仍可报送，并记为逾期")
    review_working_days = IntegerField(label="审核时限（工作日）", min_value=1, max_value=60, initial=10)
    correction_working_days = IntegerField(label="补正时限（工作日）", min_value=1, max_value=60, initial=5)
    help_office = forms.CharField(label="咨询处室", max_length=120)
    help_phone = forms.CharField(label="咨询电话", max_length=60, help_text="填报页面每一页都显示")

    SECTIONS = (
        ("批次", ("report_year", "label", "title", "place", "basis")),
        ("时间", ("opens_on", "closes_on", "review_working_days", "correction_working_days")),
        ("咨询", ("help_office", "help_phone")),
    )


class TrackForm(ScreenForm):
    """How one kind files."""

    kind = forms.ChoiceField(label="社会组织类型", choices=AssociationKind.choices)
    mode = forms.ChoiceField(label="管理方式", choices=[("", "其余全部"), *RegistrationMode.choices], required=False)
    form = forms.ModelChoiceField(FormVersion.objects.none(), label="表单")
    registered_by = DateField(label="登记截止日（含）", help_text="这一天及以前登记的列入名单")
    has_first_review = forms.BooleanField(label="由业务主管单位初审", required=False)
    to_supervisor_by = DateField(label="报业务主管单位截止日期", required=False)
    to_registrar_by = DateField(label="报登记管理机关截止日期")
    has_party_clearance = forms.BooleanField(label="由综合（行业）党委审核党建内容", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].queryset = editions()  # type: ignore[attr-defined]


class ReasonForm(ScreenForm):
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ExtendForm(ReasonForm):
    until = DateField(label="新的截止日期", help_text="含这一天")
    number = forms.CharField(label="批准文号", max_length=80, required=False)
    field_order = ("until", "number", "reason")
