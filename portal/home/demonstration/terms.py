"""Elections that began the present terms, and extensions of some that are over. Dice of their own."""

from datetime import timedelta
from math import ceil
from random import Random
from typing import Any

from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import PartyOrganization
from partybuilding.terms.enums import ElectionMethod, TermState
from partybuilding.terms.models import PartyElection, TermExtension
from partybuilding.terms.selectors import attach_terms, term_rules, with_terms
from portal.home.demonstration.world import SEED, World, insert


def make_terms(world: World) -> None:
    """An election for most organisations whose members are known; every fourth overdue term was extended."""
    dice = Random(SEED + 5)  # noqa: S311  invented data, nothing secret
    elections: list[PartyElection] = []
    extensions: list[TermExtension] = []
    rules = term_rules(world.today)
    rows = list(with_terms(PartyOrganization.objects.filter(dissolved_on=None).order_by("pk"), rules))
    attach_terms(rows, world.today, rules)
    for row in rows:
        number = row.full_member_count
        if row.term_started_on is None or row.kind == OrganizationKind.TEMPORARY_BRANCH:
            continue
        if number and number >= 3 and dice.random() < 0.7:
            elections.append(_election(row, number, dice))
        if row.term_state == TermState.OVERDUE and dice.random() < 0.25:  # type: ignore[attr-defined]
            extensions.append(_extension(row, world, dice))
    if not extensions:
        first = min((row for row in rows if row.term), key=lambda row: (row.term.regular_end, row.pk))  # type: ignore[attr-defined]
        extensions.append(_extension(first, world, dice))
    insert(PartyElection, elections)
    insert(TermExtension, extensions)
    for model in (PartyElection, TermExtension):
        model.objects.update(created_at=world.now)


def _extension(row: Any, world: World, dice: Random) -> TermExtension:
    end = row.term.regular_end
    approved_on = min(end, world.today) - timedelta(days=dice.randint(5, 40))
    return TermExtension(
        organization=row,
        term_started_on=row.term_started_on,
        until_on=end + timedelta(days=dice.choice([180, 270, 360])),
        approved_on=approved_on,
        approval_number=f"湘社组党〔{approved_on.year}〕{dice.randint(200, 299)}号",
        reason=dice.choice(["会员大会推迟，与理事会换届一并进行。", "原书记转出，正在酝酿人选。"]),
    )


def _election(row: PartyOrganization, number: int, dice: Random) -> PartyElection:
    """As R-071 and R-075 ask: four fifths present, a fifth more candidates than seats, more than half of the votes."""
    present = dice.randint(ceil(number * 0.8), number)
    is_committee = number >= 7 or row.kind != OrganizationKind.BRANCH
    seats = dice.choice([3, 5]) if is_committee else 1
    started = row.term_started_on
    assert started is not None  # noqa: S101  the caller asks only for those
    return PartyElection(
        organization=row,
        held_on=started,
        method=ElectionMethod.COMMITTEE if is_committee else ElectionMethod.DIRECT,
        eligible_count=number,
        present_count=present,
        seat_count=seats,
        candidate_count=seats + 1 if is_committee else seats,
        elected_count=seats,
        least_votes=dice.randint(present // 2 + 1, present),
        approval_number=f"湘社组党〔{started.year}〕{dice.randint(100, 199)}号",
    )
