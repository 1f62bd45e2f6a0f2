from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "portal.reporting"
    verbose_name = "报告"

    def ready(self) -> None:
        from portal.access.roles import WORKSPACE
        from portal.jobs.registry import register_tick
        from portal.reporting.schedules import due_schedules
        from portal.screens.navigation import NavEntry, register

        register_tick("reporting.due_schedules", due_schedules)
        register(NavEntry("报告", "reporting:centre", WORKSPACE, order=60, section="reports", own_label="报告中心"))
        register(NavEntry("报告历史", "reporting:runs", WORKSPACE, order=10, under="reports"))
        register(NavEntry("定时报告", "reporting:schedules", WORKSPACE, order=20, under="reports"))
