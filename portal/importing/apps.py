from django.apps import AppConfig


class ImportingConfig(AppConfig):
    name = "portal.importing"
    verbose_name = "表格导入"

    def ready(self) -> None:
        from portal.importing.jobs import expire_stale
        from portal.importing.transitions import KEEPERS
        from portal.jobs.registry import register_tick
        from portal.screens.navigation import NavEntry, register

        register_tick("importing: delete stale uploads", expire_stale)
        register(NavEntry("导入", "importing:list", KEEPERS, order=70, prefix="/imports/"))
