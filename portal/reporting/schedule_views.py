"""Schedules: which drafts make themselves, setting one up, stopping it."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.reporting import schedules
from portal.reporting.forms import schedule_form
from portal.reporting.models import Schedule
from portal.reporting.registry import title_of
from portal.reporting.rules import next_due_at
from portal.reporting.views import ReportForm, centre_crumb
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty
from portal.screens.fields import ScreenForm
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb


class ScheduleList(ListScreen):
    policy = Policy(WORKSPACE, {"GET"})
    title = "定时报告"
    unit = "个"
    model = Schedule
    default_order = ("-is_active", "report_key", "pk")
    exports = ()
    intro = "到期自动生成上月的草稿，由设置人核对，不会自动签发。服务中断期间错过的月份，恢复后补做，每月只做一份。"
    empty = Empty("还没有定时报告。可以在报告中心的报告旁设置。", "到报告中心", "reporting:centre")

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(Schedule, actor).select_related("user")

    def crumbs(self) -> list[Crumb]:
        return [centre_crumb()]

    def get_columns(self) -> Sequence[Column]:
        return (
            Column("report", "报告", value=lambda row: title_of(row.report_key), card="title"),
            Column("times", "时间", value=lambda row: f"每月 {row.day_of_month} 日 {row.hour} 时"),
            Column("next", "下次生成", value=self._next, kind="datetime"),
            Column("scope_label", "范围"),
            Column("user", "设置人", value=lambda row: str(row.user)),
            Column(
                "state",
                "状态",
                value=lambda row: "启用" if row.is_active else "已停用",
                kind="state",
                tone=lambda row: "green" if row.is_active else "grey",
                card="tag",
            ),
            Column("stopped_reason", "停用原因"),
            Column("stop", "操作", value=lambda row: "停用" if row.is_active else "", link=self._stop_url),
        )

    def _next(self, row: Schedule) -> Any:
        return next_due_at(timezone.localtime(), day=row.day_of_month, hour=row.hour) if row.is_active else None

    def _stop_url(self, row: Schedule) -> str | None:
        return reverse("reporting:schedule_stop", args=[row.pk]) if row.is_active else None


class ScheduleNew(ReportForm):
    policy = Policy(WORKSPACE, {"GET", "POST"})
    submit_label = "设置定时"
    success_message = "定时已设置。"

    def page_title(self) -> str:
        return f"定时生成{self.report.title}"

    def get_form(self, data: Any = None, files: Any = None) -> ScreenForm:
        return schedule_form(self.report.parameters)(data, files, actor=self.actor)

    def save(self, form: Any) -> Schedule:
        return schedules.create_schedule(
            self.report.key,
            day_of_month=form.cleaned_data["day_of_month"],
            hour=form.cleaned_data["hour"],
            params=form.to_params(),
            actor=self.actor,
            now=timezone.now(),
        )

    def success_url(self, result: Schedule) -> str:
        return reverse("reporting:schedules")


class ScheduleStop(ActionScreen):
    policy = Policy(WORKSPACE, {"GET", "POST"})
    title = "停用定时"
    submit_label = "停用定时"
    model = Schedule
    pk_kwarg = "schedule_pk"

    def crumbs(self) -> list[Crumb]:
        return [centre_crumb(), Crumb("定时报告", reverse("reporting:schedules"))]

    def consequences(self) -> list[str]:
        return ["以后不再自动生成，已经生成的报告不受影响。"]

    def decision(self) -> Decision:
        if not self.object.is_active:
            return Decision(False, "这个定时已经停用，不必再次停用。")
        return Decision(True)

    def perform(self, form: Any) -> Schedule:
        return schedules.stop_schedule(self.object, actor=self.actor, version=self.version, now=timezone.now())

    def success_url(self, result: Schedule) -> str:
        return reverse("reporting:schedules")
