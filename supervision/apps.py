from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "监督管理"

    def ready(self) -> None:
        from portal.access.roles import ASSOCIATION, WORKSPACE
        from portal.jobs.registry import register_tick
        from portal.screens.navigation import NavEntry, register
        from supervision.rounds.services import fill_open_rounds

        register(NavEntry("年检年报", "supervision:filings", ASSOCIATION, order=20, prefix="/filings/"))
        register(NavEntry("年检年报", "supervision:rounds", WORKSPACE, order=55))
        register_tick("supervision: complete the lists of open rounds", fill_open_rounds)
