from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "portal.reporting"
    verbose_name = "报告"
