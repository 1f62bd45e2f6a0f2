"""The seeds' own figures, told by services and read back through lists, selectors and reports."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from associations.registry.models import Association, PartyMemberCount
from partybuilding.coverage.reports import build_coverage
from partybuilding.coverage.selectors import Dimension, coverage_rules, coverage_summary
from partybuilding.coverage.unit_views import unit_numbers
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.scoping import scoped
from tests import scenarios
from tests.scenarios import AS_OF, Story, total_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db: None, django_db_blocker: Any) -> Iterator[Story]:
    with scenarios.administrator(django_db_blocker) as told:
        yield told


def test_ministry_has_39_associations_232_members_and_12_branches(story: Story) -> None:
    with acting_as(story.actor):
        unit = scenarios.ministry(story)
        associations = scoped(Association, story.actor).filter(
            assignments__in=unit.assignments.unscoped("the story's own").values("pk")
        )
        counted = scoped(PartyMemberCount, story.actor).filter(association__in=associations)
        branches = scoped(PartyOrganization, story.actor).filter(kind="branch", covered__association__in=associations)
        members = counted.aggregate(total=Sum("relation_count"))["total"]
        assert (associations.count(), members, branches.count()) == (39, 232, 12)
        line = unit_numbers(story.actor, [unit.pk], AS_OF, coverage_rules(AS_OF))[unit.pk]
    assert (line["count"], line["members"], line["branches"]) == (39, 232, 12)


def test_city_register_of_10100_is_the_sum_of_its_kinds(story: Story, tmp_path: Path) -> None:
    with acting_as(story.actor):
        answer = scenarios.city_register(story, tmp_path)
        assert (answer["state"], answer["counts"]["new"], answer["rejected"]) == ("committed", 10100, [])
        summary = coverage_summary(story.actor, as_of=AS_OF, by=Dimension.KIND)
        report = build_coverage(story.actor, {}, AS_OF)
    kinds = {group.key: group.counts.in_scope for group in summary.groups}
    assert kinds == {"social_group": 5115, "service_institution": 4803, "foundation": 182}
    assert summary.total.counts.in_scope == sum(kinds.values()) == 10100
    assert report.problems() == []
    assert total_row(report, Dimension.KIND)["in_scope"] == "10,100"
