"""The bodies that a name in a spreadsheet may mean."""

from collections.abc import Iterable

from associations.registry.models import Department, DepartmentName
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.references import Suggestion, nearest


class DepartmentDomain:
    """Everybody who answers for associations, by name, alias, former name or code."""

    code = "departments"
    label = "责任单位"

    def suggest(self, text: str, actor: Actor, limit: int) -> list[Suggestion]:
        keys: dict[str, list[int]] = {}
        reached = scoped(Department, actor)
        for pk, key in reached.values_list("pk", "key"):
            keys.setdefault(key, []).append(pk)
        for pk, key in scoped(DepartmentName, actor).values_list("department_id", "key"):
            keys.setdefault(key, []).append(pk)
        pks = dict.fromkeys(pk for key in nearest(text, keys, limit) for pk in keys[key])
        return _described(list(pks)[:limit], actor)

    def names(self, actor: Actor, limit: int) -> list[str]:
        rows = scoped(Department, actor).filter(ends_on=None).order_by("kind", "name", "pk")
        return list(dict.fromkeys(rows.values_list("name", flat=True)[:limit]))

    def find(self, text: str, actor: Actor) -> list[Suggestion]:
        key, reached = name_key(text), scoped(Department, actor)
        own = set(reached.filter(key=key).values_list("pk", flat=True))
        own |= set(reached.filter(code__iexact=text.strip()).values_list("pk", flat=True)) if text.strip() else set()
        own |= set(scoped(DepartmentName, actor).filter(key=key).values_list("department_id", flat=True))
        return _described(sorted(own), actor)


def _described(pks: Iterable[int], actor: Actor) -> list[Suggestion]:
    order = list(pks)
    found = scoped(Department, actor).filter(pk__in=order).select_related("region").in_bulk()
    return [Suggestion(pk, describe(found[pk])) for pk in order if pk in found]


def describe(department: Department) -> str:
    """Name with place and level: enough to tell two of one name apart."""
    place = f"{department.region.name}，" if department.region else ""
    return f"{department.name}({place}{department.get_level_display()})"


DEPARTMENTS = DepartmentDomain()
