"""Reasons, order and pool in SQL equal the rules, on a register full of odd cases; reasons add up."""

from datetime import date

import pytest

from associations.registry.models import Association, PartyMemberCount
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.selectors import coverage_facts, coverage_rules, measured
from partybuilding.establishment.enums import Priority, WhyNot
from partybuilding.establishment.rules import Size, pool_since, priority, rank, why_not
from partybuilding.establishment.selectors import (
    current_plans,
    organised_on,
    organiser_late,
    priority_q,
    priority_rules,
    ranked,
    why_is,
    with_pool,
)
from portal.access.actor import acting_as
from portal.access.scoping import scoped
from tests.partybuilding.coverage.scattered import scatter
from tests.personas import Personas, Province

pytestmark = pytest.mark.usefixtures("parameters")


@pytest.mark.parametrize("day", [date(2025, 6, 30), date(2026, 9, 1)])
def test_reasons_order_and_pool_equal_the_rules(province: Province, personas: Personas, day: date) -> None:
    scatter(province, seed=5, number=40)
    actor = personas.department_staff.actor
    with acting_as(actor):
        rules, order = coverage_rules(day), priority_rules(day)
        everyone = scoped(Association, actor)
        facts = {row.pk: row.facts for row in coverage_facts(actor, as_of=day)}
        plans = current_plans(actor, facts, day)
        decided = {pk: why_not(one, rules, plans[pk].ground if pk in plans else "") for pk, one in facts.items()}
        listed = {one: set(why_is(everyone, one, as_of=day).values_list("pk", flat=True)) for one in WhyNot}
        assert listed == {one: {pk for pk, why in decided.items() if why == one} for one in WhyNot}
        total = measured(everyone, Measure.NOT_BUILT, as_of=day).count()
        assert sum(len(one) for one in listed.values()) == total > 0

        classes = {
            one.pk: priority(
                Size(one.kind, one.is_industry_association, one.staff_count, one.full_time_staff_count), order
            )
            for one in everyone
        }
        assert dict(ranked(everyone, order).values_list("pk", "priority_rank")) == {
            pk: rank(one, order) for pk, one in classes.items()
        }
        for one in Priority:
            found = set(everyone.filter(priority_q(one, order)).values_list("pk", flat=True))
            assert found == {pk for pk, known in classes.items() if known == one}

        reports: dict[int, list[tuple[date, coverage.MemberBand]]] = {pk: [] for pk in facts}
        for row in scoped(PartyMemberCount, actor).filter(counted_on__lte=day):
            band = coverage.member_band(row.relation_count, row.working_count, rules)
            reports[row.association_id].append((row.counted_on, band))
        since = dict(with_pool(everyone, day, rules).values_list("pk", "pool_since"))
        assert since == {pk: pool_since(counts) for pk, counts in reports.items()}
        organised = set(everyone.filter(organised_on(day)).values_list("pk", flat=True))
        late = set(with_pool(everyone, day, rules).filter(organiser_late(day, 30)).values_list("pk", flat=True))
        assert late == {pk for pk, first in since.items() if first and (day - first).days > 30 and pk not in organised}


@pytest.mark.parametrize("seed", [6, 7])
def test_work_is_never_less_than_organisation_and_a_day_never_sees_the_future(
    province: Province, personas: Personas, seed: int
) -> None:
    made = scatter(province, seed=seed, number=15)
    actor, day = personas.department_staff.actor, date(2025, 6, 30)
    with acting_as(actor):
        before = coverage_facts(actor, as_of=day)
        rules = coverage_rules(day)
        for row in before:
            assert coverage.is_work_covered(row.facts, rules) >= coverage.is_covered(row.facts, rules)
    # What begins later changes nothing on the day.
    from tests import factories

    for association in made:
        factories.make_group(association, "women", starts_on=date(2026, 12, 1))
        factories.make_organization("", association, covered_from=date(2026, 12, 1), established_on=date(2026, 12, 1))
        factories.make_member_count(association, date(2026, 12, 1), 9)
    with acting_as(actor):
        assert coverage_facts(actor, as_of=day) == before
