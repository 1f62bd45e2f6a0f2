"""The places that a name in a spreadsheet may mean."""

from django.conf import settings

from portal.access.actor import Actor
from portal.importing.normalise import name_key
from portal.importing.references import Suggestion, nearest
from portal.regions.models import Region
from portal.regions.selectors import find, full_name

LEVELS = ("province", "city", "county")


class RegionDomain:
    """Places down to the county, by code or name. Places are reference data: everybody reaches all of them."""

    code = "regions"
    label = "行政区划"

    def suggest(self, text: str, actor: Actor, limit: int) -> list[Suggestion]:
        keys: dict[str, list[Region]] = {}
        for region in Region.objects.filter(level__in=LEVELS):
            for name in {region.name, region.short_name}:
                keys.setdefault(name_key(name), []).append(region)
        likely = dict.fromkeys(region for key in nearest(text, keys, limit) for region in keys[key])
        found = dict.fromkeys([*find(text), *likely])
        return [_suggested(region) for region in list(found)[:limit]]

    def names(self, actor: Actor, limit: int) -> list[str]:
        """The places an actor may choose from: the own region, else the installation's province, with the city before
        a county, since districts share their names.
        """
        path = actor.scope.path if actor.scope.kind == "region" else f"/{settings.PORTAL_PROVINCE}/"
        rows = Region.objects.filter(level__in=LEVELS, path__startswith=path, ends_on=None).select_related("parent")
        return [
            f"{one.parent.name}{one.name}" if one.level == "county" and one.parent else one.name
            for one in rows.order_by("code")[:limit]
        ]

    def find(self, text: str, actor: Actor) -> list[Suggestion]:
        return [_suggested(region) for region in find(text)]


def _suggested(region: Region) -> Suggestion:
    return Suggestion(region.pk, f"{full_name(region)}({region.code})")


REGIONS = RegionDomain()
