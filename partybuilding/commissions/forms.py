"""Forms of the desk of a committee and of meetings."""

from typing import Any

from django import forms

from associations.registry.models import Department
from associations.registry.selectors import departments_of, named_bodies
from partybuilding.commissions.enums import Category, MemberPost
from partybuilding.commissions.rules import kinds_of
from partybuilding.commissions.selectors import responsible_for
from portal.importing.normalise import name_key
from portal.screens.fields import DateField, IntegerField, ScreenForm


class ProfileForm(ScreenForm):
    """By what a committee groups, how it was set up."""

    category = forms.ChoiceField(label="类别", choices=[("", "请选择"), *Category.choices])
    principle = forms.CharField(
        label="组建原则",
        max_length=300,
        required=False,
        help_text="例如：按产业相近、业务相关原则，依托行业管理部门设立。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    founded_on = DateField(label="成立日期", required=False)
    approval_number = forms.CharField(label="批复文号", max_length=80, required=False)


class SeatForm(ScreenForm):
    """Who holds which post from when."""

    name = forms.CharField(label="姓名", max_length=60)
    post = forms.ChoiceField(label="职务", choices=[("", "请选择"), *MemberPost.choices])
    office = forms.CharField(
        label="单位和职务", max_length=120, required=False, help_text="例如：省工业和信息化厅副厅长。"
    )
    number = IntegerField(label="排序", min_value=1, max_value=99, initial=1, help_text="名单中的先后。")
    starts_on = DateField(label="任职日期")


class RuleForm(ScreenForm):
    """A rule of procedure with its document."""

    title = forms.CharField(label="制度名称", max_length=120, help_text="例如：委员会议事规则。")
    document_number = forms.CharField(label="文号", max_length=80, required=False)
    starts_on = DateField(label="施行日期")
    content = forms.CharField(
        label="主要内容", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class BodyField(forms.CharField):
    """One body of the directory by its name or alias. Needs `actor`, which the form sets."""

    actor: Any

    def clean(self, value: Any) -> Department | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        found = list(named_bodies(departments_of(self.actor), text)[:20])
        exact = [one for one in found if one.key == name_key(text)] or found
        if len(exact) != 1:
            problem = "没有找到" if not exact else "有多个"
            raise forms.ValidationError(f"责任单位目录中{problem}「{text[:40]}」。请填写目录中的全称。")
        return exact[0]

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Department) else value


class MeetingForm(ScreenForm):
    """A meeting; which kinds there are depends on the body."""

    kind = forms.ChoiceField(label="会议类别")
    title = forms.CharField(label="会议名称", max_length=200)
    held_on = DateField(label="日期")
    attendee_count = IntegerField(label="参加人数", min_value=1, max_value=99_999, required=False)
    is_studied = forms.BooleanField(label="党建工作与业务工作同研究", required=False)
    is_planned = forms.BooleanField(label="党建工作与业务工作同谋划", required=False)
    is_deployed = forms.BooleanField(label="党建工作与业务工作同部署", required=False)
    counterpart = BodyField(
        label="对方单位", max_length=200, required=False, help_text="互通互联会商填写，例如：省民政厅。其他会议留空。"
    )
    record_count = IntegerField(
        label="互通信息（条）",
        min_value=0,
        max_value=9_999_999,
        required=False,
        help_text="会商时交换的登记、党建信息条数。",
    )
    agenda = forms.CharField(
        label="议题",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一个议题。议定事项和任务在登记后逐项填写。",
    )
    summary = forms.CharField(
        label="会议情况", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, department: Department, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", "请选择"), *((one.value, one.label) for one in kinds_of(department.kind))]
        self.fields["counterpart"].actor = self.actor  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["agenda"]

    def clean_agenda(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["agenda"].splitlines() if line.strip()]


class DecideForm(ScreenForm):
    """What was decided, and who does it until when."""

    resolution = forms.CharField(label="议定事项", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    responsible = forms.ModelChoiceField(
        label="责任党（工）委",
        queryset=Department.objects.none(),
        required=False,
        help_text="填写后向该党（工）委交办任务。",
    )
    due_on = DateField(label="完成期限", required=False)

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["responsible"]
        field.queryset = departments_of(self.actor).filter(pk__in=responsible_for(department).values("pk"))
