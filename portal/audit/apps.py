from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "portal.audit"
    verbose_name = "审计"

    def ready(self) -> None:
        from portal.access.roles import Role
        from portal.screens import navigation

        auditor = frozenset({Role.AUDITOR})
        navigation.register(navigation.NavEntry("操作日志", "audit:event_list", auditor, order=20))
        navigation.register(navigation.NavEntry("查阅日志", "audit:access_list", auditor, order=30))
