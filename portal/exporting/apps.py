from django.apps import AppConfig


class ExportingConfig(AppConfig):
    name = "portal.exporting"
    verbose_name = "表格导出"

    def ready(self) -> None:
        from portal.exporting.orders import expire_due
        from portal.jobs.registry import register_tick

        register_tick("exporting: delete expired files", expire_due)
