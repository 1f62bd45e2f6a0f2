"""Secretaries who left and were not followed yet. Dice of their own."""

from datetime import timedelta
from random import Random

from partybuilding.members.models import PartyMember, Secretary
from portal.home.demonstration.world import SEED, World

EVERY = 17


def make_vacancies(world: World) -> None:
    """One of seventeen left within the last months; some offices have been vacant for more than thirty days."""
    dice = Random(SEED + 71)  # noqa: S311  invented data, nothing secret
    rows = Secretary.objects.filter(ends_on=None, starts_on__lt=world.today - timedelta(days=260)).order_by("pk")
    for at, row in enumerate(rows):
        if at % EVERY == 5:
            row.ends_on = world.today - timedelta(days=dice.choice([12, 25, 48, 90, 190]))
            row.save(update_fields=["ends_on"])
            PartyMember.objects.filter(person=row.person_id, party_post="secretary").update(party_post="")
