from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "portal.home"
    verbose_name = "首页"

    def ready(self) -> None:
        from portal.access.roles import EVERYONE, FILING
        from portal.home.actions import register_all
        from portal.screens import navigation

        register_all()
        navigation.register(navigation.NavEntry("工作台", "home:home", EVERYONE - FILING, order=0, section="desk"))
        navigation.register(navigation.NavEntry("首页", "home:home", FILING, order=0))
