"""分类指导 in the demonstration: decided by the suggestion for some, by a person for one, not yet for the others."""

from datetime import timedelta

from associations.registry.models import Association
from partybuilding.categories.selectors import active_categories, standings
from partybuilding.categories.services import decide
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.selectors import measured
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.home.demonstration.world import World

DECIDED = 40


def make_categories(world: World, actor: Actor) -> None:
    rows = measured(scoped(Association, actor).select_related("region"), Measure.IN_SCOPE, as_of=world.today)
    since = world.today - timedelta(days=15)
    chosen = list(rows.filter(registration_level="province").order_by("pk")[:DECIDED])
    found = standings([one.pk for one in chosen], world.today, actor)
    categories = {one.code: one for one in active_categories()}
    for number, association in enumerate(chosen):
        proposal = found[association.pk].category if association.pk in found else None
        other = categories.get("cultivate") if number == 0 else None
        differs = other is not None and proposal != other.pk
        if proposal is None:
            continue
        decide(
            association,
            category=other if differs else None,
            starts_on=since,
            reason="负责人调整，先明确组织员，稳定后再组建。" if differs else "",
            actor=actor,
            now=world.now,
        )
