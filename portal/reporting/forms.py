"""Parameters of a report, and of a schedule that repeats it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.reporting.rules import FIRST_DAY, LAST_DAY
from portal.screens.fields import DateField, IntegerField, ScreenForm
from portal.screens.values import date_text


class ReportParameters(ScreenForm):
    """What a person chooses for a report; a report with more choices inherits and adds fields and `to_params()`."""

    as_of = DateField(label="数据截至日期", help_text="按这一天有效的登记、党组织和指导员关系统计。")

    def clean_as_of(self) -> Any:
        as_of, today = self.cleaned_data["as_of"], timezone.localdate()
        if as_of > today:
            raise ValidationError(
                f"数据截至日期现在填的是「{date_text(as_of)}」，这一天还没有到。请填写今天（{date_text(today)}）或以前的日期"
            )
        return as_of

    def to_params(self) -> dict[str, Any]:
        """The choices besides the date, as plain JSON."""
        return {}


class ScheduleTimes(ScreenForm):
    """When a schedule falls due. The hour is the server's local hour (Asia/Shanghai)."""

    day_of_month = IntegerField(
        label="每月几日",
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        initial=1,
        help_text=f"{FIRST_DAY} 至 {LAST_DAY}。到了这一天，生成截至上月最后一天的草稿。",
    )
    hour = forms.TypedChoiceField(
        label="几时", coerce=int, choices=[(hour, f"{hour} 时") for hour in range(24)], initial=8
    )


def schedule_form(parameters: type[ReportParameters]) -> type[ScreenForm]:
    """The form of a schedule for a report: its own choices without the date, and the times."""

    class ScheduleForm(ScheduleTimes, parameters):  # type: ignore[misc,valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            del self.fields["as_of"]
            times = ["day_of_month", "hour"]
            self.order_fields([name for name in self.fields if name not in times] + times)

    return ScheduleForm
