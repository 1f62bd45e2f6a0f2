"""Forms of training."""

from decimal import Decimal
from typing import Any

from django import forms

from associations.registry.models import Department
from partybuilding.organizations.selectors import committees_for
from partybuilding.training.enums import Audience
from partybuilding.training.models import Academy
from partybuilding.training.rules import Line, parse_line
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped
from portal.screens.fields import DateField, IntegerField, NumberText, ScreenForm


class HoursField(NumberText, forms.DecimalField):
    """学时, with at most one decimal."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=5, decimal_places=1, min_value=Decimal(0), **kwargs)


class SessionForm(ScreenForm):
    """A training that was held."""

    title = forms.CharField(label="培训名称", max_length=120)
    audience = forms.ChoiceField(label="培训对象", choices=[("", "请选择"), *Audience.choices])
    academy = forms.ModelChoiceField(
        label="培训学院", queryset=Academy.objects.none(), required=False, empty_label="无"
    )
    starts_on = DateField(label="开始日期")
    ends_on = DateField(label="结束日期")
    hours = HoursField(label="学时")
    is_centralized = forms.BooleanField(label="集中培训", required=False)
    place = forms.CharField(label="地点", max_length=120, required=False)
    participant_count = IntegerField(
        label="参训人数", min_value=0, max_value=99_999, required=False, help_text="只报人数、不登记名单的填写。"
    )
    remark = forms.CharField(label="内容", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        academy: Any = self.fields["academy"]
        academy.queryset = scoped(Academy, self.actor).order_by("name", "pk")


class HoldForm(SessionForm):
    """Also, which committee held it."""

    organizer = forms.ModelChoiceField(
        label="举办的党委", queryset=Department.objects.none(), required=False, empty_label="社会工作部"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organizer: Any = self.fields["organizer"]
        organizer.queryset = committees_for(self.actor)
        if self.actor.role not in DEPARTMENT:
            organizer.required, organizer.empty_label = True, None
            organizer.initial = self.actor.scope.pk


class LinesField(forms.CharField):
    """Participants, one a line, as pasted from a table."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 10}))
        super().__init__(max_length=40_000, **kwargs)

    def clean(self, value: Any) -> list[Line]:  # type: ignore[override]
        found = [parse_line(text) for text in super().clean(value).splitlines()]
        return [line for line in found if line is not None]


class AttendForm(ScreenForm):
    """Who attended."""

    lines = LinesField(
        label="参训人员",
        help_text="每行一人：姓名、所在党组织或社会组织（同名时填）、学时（与培训学时相同的不填）。可以从表格中整列复制。",
    )


class AcademyForm(ScreenForm):
    """A place that trains year after year."""

    name = forms.CharField(label="名称", max_length=120, help_text="例如「长沙两新学院」。")
    host = forms.CharField(label="主办单位", max_length=120, required=False)
    opened_on = DateField(label="成立日期", required=False)
    remark = forms.CharField(label="备注", max_length=300, required=False)
