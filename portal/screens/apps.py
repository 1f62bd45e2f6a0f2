from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "portal.screens"
    label = "screens"
    verbose_name = "页面"
