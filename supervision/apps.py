from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "监督管理"

    def ready(self) -> None:
        from portal.access.roles import ASSOCIATION
        from portal.screens.navigation import NavEntry, register

        register(NavEntry("年检年报", "supervision:filings", ASSOCIATION, order=20, prefix="/filings/"))
