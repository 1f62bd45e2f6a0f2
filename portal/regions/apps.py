from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "portal.regions"
    label = "regions"
    verbose_name = "行政区划"

    def ready(self) -> None:
        from portal import importing
        from portal.regions.resources import RegionBelowCountyResource

        importing.register(RegionBelowCountyResource.kind, RegionBelowCountyResource)
