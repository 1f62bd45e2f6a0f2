from django.apps import AppConfig
from django.core.checks import register


class PrivacyConfig(AppConfig):
    name = "portal.privacy"
    verbose_name = "个人信息保护"

    def ready(self) -> None:
        from portal.privacy.checks import check_cipher, check_key_ring

        register(check_key_ring)
        register(check_cipher)
