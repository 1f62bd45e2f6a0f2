from django.apps import AppConfig


class PartybuildingConfig(AppConfig):
    name = "partybuilding"
    verbose_name = "党建"

    def ready(self) -> None:
        from partybuilding.coverage.reports import REPORT
        from portal import reporting

        reporting.register(REPORT)
