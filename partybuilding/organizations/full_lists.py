"""What a full list of Party organisations, or of their members, should hold."""

import datetime as dt

from django.db.models import Q

from associations.registry.full_lists import WHOLE, associations_within, body_of
from associations.registry.models import Association, current_on
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key


def organizations_within(scope: str, *, actor: Actor, on: dt.date) -> Q:
    """Party organisations of ``全省``, under a committee, one by its name with those directly below it, or those that
    cover an association of the scope. Raises ``LookupError`` for an unknown scope.
    """
    if scope in WHOLE:
        return Q()
    own = list(scoped(PartyOrganization, actor).filter(key=name_key(scope)).values_list("pk", flat=True)[:2])
    if len(own) == 1:
        return Q(pk=own[0]) | Q(parent=own[0])
    if (body := body_of(scope, actor)) is not None:
        return Q(committee=body)
    within = associations_within(scope, actor=actor, on=on)
    covered = CoveredAssociation.objects.filter(
        current_on(on), association__in=scoped(Association, actor).filter(within).values("pk")
    )
    return Q(pk__in=covered.values("organization"))
