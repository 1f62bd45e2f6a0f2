from django.apps import AppConfig
from django.core import checks


class AccessConfig(AppConfig):
    name = "portal.access"
    verbose_name = "访问控制"

    def ready(self) -> None:
        from portal.checks import check_gates, check_navigation, check_policies

        checks.register(check_policies, "security")
        checks.register(check_gates)
        checks.register(check_navigation)
