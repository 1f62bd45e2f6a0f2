"""Cross-appointment derived from two registers: list, matrix, rate and warning agree, and nobody is matched by name."""

import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from associations.registry.models import Association
from partybuilding.deliberation.models import Interaction
from partybuilding.posts.enums import CrossState
from partybuilding.posts.rules import Overlap, cross_state
from partybuilding.posts.selectors import APART, STATES, crossing, matrix, state_counts, state_of, teams
from portal.access.actor import acting_as
from tests import factories
from tests.people import makers
from tests.personas import Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 6, 30)


@pytest.fixture
def five(personas: Personas) -> dict[str, Association]:
    """One of each state, one whose people only have the same name, and one under a joint branch."""
    committee = personas.province.branch_committee
    found = {}
    for name in ("strict", "crossed", "named", "empty", "ended", "joint"):
        association = found[name] = factories.make_association(f"湖南省{name}协会", party_committee=committee)
        kind = {"kind": "joint_branch", "establishment_mode": "joint"} if name == "joint" else {}
        branch = factories.make_organization(f"{name}支部", association, committee=committee, **kind)
        if name == "empty":
            continue
        head, other = makers.make_person(f"{name}书记"), makers.make_person(f"{name}委员")
        makers.make_secretary(branch, head)
        makers.make_party_member(branch, other, party_post="publicity")
        if name in ("strict", "joint"):
            makers.make_officer(association, head, post="vice_president")
            makers.make_officer(association, head, post="honorary")
        if name == "crossed":
            makers.make_officer(association, head, post="director")
            makers.make_officer(association, other, post="secretary_general")
        if name == "named":
            makers.make_officer(association, makers.make_person("named书记"), post="president")
        if name == "ended":
            makers.make_officer(association, head, post="president", ends_on=date(2026, 6, 29))
            makers.make_officer(association, post="president", starts_on=date(2026, 6, 30))
    return found


def names(rows: Any) -> set[str]:
    return {row.name.removeprefix("湖南省").removesuffix("协会") for row in rows}


def test_states_filters_and_counts_agree(personas: Personas, five: dict[str, Association]) -> None:
    actor = personas.party_committee.actor
    with acting_as(actor):
        rows = crossing(actor, DAY, 6).exclude(pk=personas.province.tea.pk)
        by_state = {state: names(rows.filter(wanted)) for state, wanted in STATES.items()}
        counts, apart = state_counts(rows)
        found = teams(actor, [row.pk for row in rows], DAY)
        for row in rows:
            team = found.get(row.pk, [])
            overlap = Overlap(
                has_team=bool(team),
                has_officers=row.has_officers,
                crossing_count=sum(bool(one.posts) for one in team),
                secretary_posts=[post for one in team if one.is_secretary for post in one.posts],
            )
            assert state_of(row) == cross_state(overlap)
    assert by_state == {
        CrossState.STRICT: {"strict"},
        CrossState.CROSSED: {"crossed"},
        CrossState.NONE: {"named", "ended"},
        CrossState.UNKNOWN: {"empty"},
    }
    assert {state: len(rows) for state, rows in by_state.items()} == counts
    assert apart == 2


def test_matrix_counts_what_its_lists_show(sign_in: Any, personas: Personas, five: dict[str, Association]) -> None:
    actor = personas.party_committee.actor
    with acting_as(actor):
        assert matrix(actor, DAY) == {
            ("secretary", "vice_president"): 1,
            ("secretary", "director"): 1,
            ("publicity", "secretary_general"): 1,
        }
    client = sign_in(personas.party_committee)
    page = client.get(reverse("partybuilding:cross_matrix"), {"as_of": "2026-06-30"}).content.decode()
    links = re.findall(r'href="(/cross-appointments/\?[^"]+)">\s*(\d+)', page)
    assert len(links) == 3
    for link, number in links:
        assert client.get(link.replace("&amp;", "&")).context["page"].total == int(number)


def test_a_secretary_apart_is_warned_of_until_seen_at_a_meeting(
    personas: Personas, five: dict[str, Association]
) -> None:
    actor = personas.party_committee.actor
    association = five["named"]
    with acting_as(actor):
        rows = crossing(actor, DAY, 6).exclude(pk=personas.province.tea.pk)
        assert names(rows.filter(APART)) == {"named", "ended"}
    for held_on in (date(2025, 12, 29), date(2025, 12, 30)):
        Interaction.objects.create(
            organization=association.covered_by.get().organization,
            association=association,
            kind="attendance",
            held_on=held_on,
            title="理事会",
            content="列席",
        )
        with acting_as(actor):
            expected = {"ended"} if held_on == date(2025, 12, 30) else {"named", "ended"}
            assert names(crossing(actor, DAY, 6).exclude(pk=personas.province.tea.pk).filter(APART)) == expected


def test_pages(sign_in: Any, personas: Personas, five: dict[str, Association]) -> None:
    client = sign_in(personas.department_admin)
    page = reverse("partybuilding:cross")
    shown = client.get(page, {"as_of": "2026-06-30", "q": "湖南省"}).content.decode()
    assert "书记任主要职务" in shown
    assert "strict书记" in shown
    few = query_count(client, page)
    branch = factories.make_organization("", personas.province.tea, committee=personas.province.branch_committee)
    makers.make_secretary(branch)
    for number in range(5):
        one = factories.make_association(f"湖南省第{number}新协会")
        makers.make_secretary(factories.make_organization("", one))
    assert query_count(client, page) == few
    organization = five["crossed"].covered_by.get().organization
    panel = client.get(reverse("partybuilding:organization", args=[organization.pk]), {"tab": "cross"}).content.decode()
    assert "crossed委员" in panel
    assert "秘书长" in panel
    joint = five["joint"].covered_by.get().organization
    text = client.get(reverse("partybuilding:organization", args=[joint.pk]), {"tab": "cross"}).content.decode()
    assert "没有单独组建的社会组织，不计交叉任职" in text
