from django.apps import AppConfig


class ImportingConfig(AppConfig):
    name = "portal.importing"
    verbose_name = "表格导入"
