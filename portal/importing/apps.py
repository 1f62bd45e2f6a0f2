from django.apps import AppConfig


class ImportingConfig(AppConfig):
    name = "portal.importing"
    verbose_name = "表格导入"

    def ready(self) -> None:
        from portal.importing.jobs import expire_stale
        from portal.jobs.registry import register_tick

        register_tick("importing: delete stale uploads", expire_stale)
