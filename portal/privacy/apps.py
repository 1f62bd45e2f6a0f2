from django.apps import AppConfig
from django.core.checks import register


class PrivacyConfig(AppConfig):
    name = "portal.privacy"
    verbose_name = "个人信息保护"

    def ready(self) -> None:
        from portal.access.roles import WORKSPACE
        from portal.jobs.registry import register_tick
        from portal.privacy.approvals import lapse_due
        from portal.privacy.checks import check_cipher, check_key_ring
        from portal.screens.navigation import NavEntry
        from portal.screens.navigation import register as navigate

        register(check_key_ring)
        register(check_cipher)
        register_tick("privacy: lapse export requests", lapse_due)
        navigate(NavEntry("个人信息导出", "privacy:requests", WORKSPACE, order=85, is_personal=True))
