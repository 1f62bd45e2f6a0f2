from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    name = "portal.memberships"
    verbose_name = "任职身份"

    def ready(self) -> None:
        from portal.memberships.models import MANAGERS
        from portal.memberships.switcher import switcher
        from portal.screens import navigation

        navigation.register_switcher(switcher)
        navigation.register(
            navigation.NavEntry("账号", "memberships:accounts", MANAGERS, order=80, prefix="/accounts/")
        )
