"""The associations that a name in a spreadsheet may mean."""

import re

from django.db.models import Q

from associations.registry.models import Association, AssociationName
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.references import Suggestion, nearest

# What most names begin and end with tells nothing about which one is meant.
COMMON_START = re.compile(r"^(?:[\u4e00-\u9fff]{1,8}?(?:省|市|县|区|州|自治区))+")
COMMON_END = re.compile(
    r"(?:行业协会|行业商会|协会商会|协会|商会|学会|联合会|促进会|研究会|基金会|同业公会|公会|服务中心|中心)+$"
)
COMPARED = 400


class AssociationDomain:
    """The register, by full name, short or former name, or credit code."""

    code = "associations"
    label = "社会组织"

    def suggest(self, text: str, actor: Actor, limit: int) -> list[Suggestion]:
        core = COMMON_END.sub("", COMMON_START.sub("", name_key(text))) or name_key(text)
        pieces = {core[start : start + 2] for start in range(max(1, len(core) - 1))}
        shares = Q()
        for piece in pieces:
            shares |= Q(key__contains=piece)
        keys: dict[str, list[int]] = {}
        for pk, key in scoped(Association, actor).filter(shares).order_by("key").values_list("pk", "key")[:COMPARED]:
            keys.setdefault(key, []).append(pk)
        pks = [pk for key in nearest(text, keys, limit) for pk in keys[key]]
        return _described(pks[:limit], actor)

    def names(self, actor: Actor, limit: int) -> list[str]:
        return list(scoped(Association, actor).order_by("name", "pk").values_list("name", flat=True)[:limit])

    def find(self, text: str, actor: Actor) -> list[Suggestion]:
        key, reached = name_key(text), scoped(Association, actor)
        pks = set(reached.filter(Q(key=key) | Q(uscc=text.strip().upper())).values_list("pk", flat=True))
        pks |= set(scoped(AssociationName, actor).filter(key=key).values_list("association_id", flat=True))
        return _described(sorted(pks), actor)


def _described(pks: list[int], actor: Actor) -> list[Suggestion]:
    found = scoped(Association, actor).filter(pk__in=pks).in_bulk()
    return [Suggestion(pk, f"{found[pk].name}({found[pk].uscc})") for pk in pks if pk in found]


ASSOCIATIONS = AssociationDomain()
