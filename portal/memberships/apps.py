from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    name = "portal.memberships"
    verbose_name = "任职身份"

    def ready(self) -> None:
        from portal import importing
        from portal.memberships.models import MANAGERS
        from portal.memberships.resources import AccountResource
        from portal.memberships.switcher import switcher
        from portal.screens import navigation

        importing.register(AccountResource.kind, AccountResource)
        navigation.register_switcher(switcher)
        navigation.register(
            navigation.NavEntry("账号管理", "memberships:accounts", MANAGERS, order=80, is_personal=True)
        )
