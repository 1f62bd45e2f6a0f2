from django.apps import AppConfig


class ExportingConfig(AppConfig):
    name = "portal.exporting"
    verbose_name = "表格导出"

    def ready(self) -> None:
        from portal.access.roles import EVERYONE
        from portal.exporting.orders import expire_due
        from portal.jobs.registry import register_tick
        from portal.screens.navigation import NavEntry, register

        register_tick("exporting: delete expired files", expire_due)
        register(NavEntry("我的导出", "exporting:list", EVERYONE, order=90, is_personal=True))
