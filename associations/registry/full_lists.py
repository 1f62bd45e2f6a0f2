"""What a full list of a scope should hold: the CODE of ``--full-list`` is the one of ``add_user``, or a name."""

import datetime as dt

from django.db.models import Q

from associations.directory.references import DepartmentDomain
from associations.registry.models import Assignment, Association, current_on
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.regions import selectors as regions
from portal.regions.models import Region

WHOLE = frozenset({"全省", "province"})


def region_of(scope: str) -> Region | None:
    """The one region of that code or name, if there is just one."""
    found = regions.find(scope)
    return found[0] if len(found) == 1 else None


def body_of(scope: str, actor: Actor) -> int | None:
    """The one body of the directory of that code, name or alias."""
    found = DepartmentDomain().find(scope, actor)
    return found[0].pk if len(found) == 1 else None


def associations_within(scope: str, *, actor: Actor, on: dt.date) -> Q:
    """Associations of ``全省``, of a region, that a body answers for on a day, or the one of a credit code or name.

    Raises ``LookupError`` for anything else.
    """
    if scope in WHOLE:
        return Q()
    own = list(scoped(Association, actor).filter(Q(uscc=scope.upper()) | Q(key=name_key(scope))).values_list("pk")[:2])
    if len(own) == 1:
        return Q(pk=own[0][0])
    if region := region_of(scope):
        return Q(region__path__startswith=region.path)
    if (body := body_of(scope, actor)) is not None:
        held = Assignment.objects.filter(current_on(on), department=body)
        return Q(pk__in=held.values("association"))
    raise LookupError("不是行政区划、目录中的责任单位，也不是一家社会组织的信用代码或名称")
