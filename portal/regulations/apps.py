from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    name = "portal.regulations"
    label = "regulations"
    verbose_name = "规则与工作日历"
