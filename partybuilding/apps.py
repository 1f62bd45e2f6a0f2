from django.apps import AppConfig


class PartybuildingConfig(AppConfig):
    name = "partybuilding"
    verbose_name = "党建"

    def ready(self) -> None:
        from partybuilding.coverage.reports import REPORT
        from partybuilding.organizations.resources import PartyOrganizationResource
        from portal import importing, reporting

        reporting.register(REPORT)
        importing.register(PartyOrganizationResource.kind, PartyOrganizationResource)
