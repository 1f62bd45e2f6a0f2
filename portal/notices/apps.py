from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "portal.notices"
    verbose_name = "任务与消息"

    def ready(self) -> None:
        from portal.access.roles import WORKSPACE
        from portal.notices.selectors import bell
        from portal.screens import navigation

        navigation.register(navigation.NavEntry("任务", "notices:task_list", WORKSPACE, order=10, under="desk"))
        navigation.register_bell(bell)
