"""The generator of the stress scale at a small size: the same rows, checked as a service would have checked them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q
from stdnum.cn import uscc as official

from associations.registry.models import Association, PartyMemberCount
from partybuilding.coverage.selectors import coverage_summary
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import PartyOrganization
from portal.access.roles import Role
from portal.home.demonstration.load import load_stress
from portal.home.demonstration.mass import COPIED, Mass, scaled, text, word
from portal.home.demonstration.world import Scale
from portal.memberships.models import Membership
from portal.memberships.selectors import RELATED, actor_of
from tests.databases import rolled_back

TODAY = date(2026, 6, 30)
MASS = Mass(times=3, member_count=2_000)
SMALL = Scale(40, 40, 20, 1)
SAMPLE = 25


@pytest.fixture(autouse=True, scope="module")
def _stress(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    from django.core.management import call_command

    with rolled_back(django_db_blocker):
        call_command("load_reference", verbosity=0)
        load_stress(SMALL, TODAY, MASS)
        yield


pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize("model", [*COPIED, PartyMember, Secretary], ids=lambda model: model.__name__)
def test_every_copied_row_satisfies_its_model(model: Any) -> None:
    """Fields of every row, what the database holds by itself of a sample."""
    rows = list(model.objects.all())
    relations = {field.name for field in model._meta.fields if field.is_relation}
    assert rows
    for at, row in enumerate(rows):
        row.clean_fields(exclude={"recorded_by", *relations})
        if at % SAMPLE == 0:
            row.full_clean(exclude={"recorded_by"})


def test_foreign_keys_lead_somewhere() -> None:
    connection.check_constraints()


def test_there_are_as_many_as_wanted() -> None:
    single = Association.objects.count() // MASS.times
    assert Association.objects.count() == single * MASS.times
    assert PartyMember.objects.count() == MASS.member_count
    current = PartyMember.objects.filter(ends_on=None)
    assert current.values("person").distinct().count() == current.count()


def test_codes_are_valid_and_names_differ() -> None:
    rows = list(Association.objects.select_related("region"))
    assert all(official.is_valid(row.uscc) for row in rows)
    assert max(Counter((row.name, row.region_id) for row in rows).values()) == 1
    assert Counter(row.key for row in rows).most_common(1)[0][1] == 1


def test_rosters_stand_at_the_lowest_organisation_and_agree_with_its_count() -> None:
    last = PartyOrganization.objects.order_by("-pk").values_list("pk", flat=True)[0]
    copies = PartyOrganization.objects.filter(pk__gt=last // MASS.times)
    rosters = copies.annotate(number=Count("members", filter=Q(members__ends_on=None))).filter(number__gt=0)
    differing = [one for one in rosters if one.full_member_count is not None and one.number > one.full_member_count]
    assert differing == []
    assert not rosters.filter(children__isnull=False).exists()


def test_coverage_of_the_copies_is_that_of_the_province() -> None:
    actor = actor_of(
        Membership.objects.select_related("user", *RELATED).get(role=Role.DEPARTMENT_STAFF, user__username="gongzuo")
    )
    last = Association.objects.order_by("-pk").values_list("pk", flat=True)[0]
    single = last // MASS.times

    def rates(low: int, high: int) -> tuple[Any, ...]:
        rows = Association.objects.filter(pk__gt=low, pk__lte=high)
        counts = coverage_summary(actor, as_of=TODAY, by="kind", queryset=rows).total.counts
        return counts.in_scope, counts.covered, counts.work_covered, counts.should_not_built, counts.unreported

    first = rates(0, single)
    assert first[0] > 50
    assert rates(single, 2 * single) == rates(2 * single, 3 * single) == first


def test_reports_of_a_copy_keep_their_band() -> None:
    assert [scaled(count, 3.0) for count in (0, 2, 3, 20, 49, 50, 99, 100, 900)] == [0, 2, 9, 49, 49, 99, 99, 300, 999]
    assert PartyMemberCount.objects.filter(relation_count__gt=999).count() == 0


def test_words_of_the_copies_differ() -> None:
    assert len({word(number) for number in range(1, 60)}) == 59


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "\\N"),
        (True, "t"),
        (False, "f"),
        ("甲\t乙\\", "甲\\t乙\\\\"),
        ({"a": "b\\"}, '{"a": "b\\\\\\\\"}'),
        (date(2026, 6, 30), "2026-06-30"),
        (12, "12"),
    ],
)
def test_values_are_written_as_copy_reads_them(value: Any, written: str) -> None:
    assert text(value) == written
