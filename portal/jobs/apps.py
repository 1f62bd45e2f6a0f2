from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "portal.jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        from django.core import checks

        from portal.celery import app
        from portal.jobs.checks import check_broker

        app.set_default()
        checks.register(check_broker)
        autodiscover_modules("tasks")
