"""What has moved since the last issued close: an equation for whoever looks, and every step by name with its reason."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.test import Client

from associations.registry.enums import AssignmentRole, AssociationStatus
from associations.registry.models import Association
from partybuilding.closing import movement
from partybuilding.closing.rules import NAMES, Sums
from partybuilding.coverage.keeping import keep_whole
from partybuilding.coverage.models import CoverageDay
from partybuilding.coverage.selectors import coverage_rules, coverage_summary
from portal.access.actor import acting_as
from portal.access.scoping import everything
from tests import factories
from tests.partybuilding.closing.conftest import APRIL, MAY, Story, moment

TODAY = date(2026, 5, 20)
LOOKING = (
    *("department_admin", "department_staff", "regional_office", "other_regional_office"),
    *("party_committee", "other_committee"),
)


@pytest.fixture
def moved(story: Story, found: Any) -> Story:
    """April is issued; in May one branch is founded and one dissolved, one association is new, one gone, one moved."""
    story.issue(APRIL, moment(date(2026, 5, 1)))
    province = story.province
    found(province.city_trade, date(2026, 5, 12))
    with everything("test data"):
        province.trade_branch.dissolved_on = date(2026, 5, 6)
        province.trade_branch.save()
        Association.objects.filter(pk=province.city_tea.pk).update(
            status=AssociationStatus.DEREGISTERED, status_on=date(2026, 5, 8)
        )
        fresh = factories.make_association(
            name="长沙市米业协会", region=province.changsha, party_committee=province.committee
        )
        fresh.established_on = date(2026, 5, 11)
        fresh.save()
        held = province.tea.assignments.get(role=AssignmentRole.PARTY_COMMITTEE)
        held.ends_on = date(2026, 5, 9)
        held.save()
        factories.make_assignment(
            province.tea, province.other_committee, AssignmentRole.PARTY_COMMITTEE, date(2026, 5, 10)
        )
    return story


def look(story: Story, key: str) -> tuple[movement.Movement, Sums, list[tuple[str, Any]]]:
    actor = story.personas[key].actor
    with acting_as(actor):
        base = movement.base_of(actor)
        assert base is not None
        reach = movement.reach_of(actor)
        rules = coverage_rules(TODAY)
        counts = coverage_summary(actor, as_of=TODAY, by="kind").total.counts
        now = Sums(**{name: getattr(counts, name) for name in NAMES})
        found = movement.movement(reach, base, TODAY, rules, now)
        then = movement.sums_then(reach, base, coverage_rules(base.as_of))
        return found, then, movement.steps_since(reach, base, TODAY)


@pytest.mark.parametrize("key", LOOKING)
def test_what_was_issued_and_what_moved_give_what_counts_today(moved: Story, key: str) -> None:
    found, then, steps = look(moved, key)
    assert found.before == then
    counted = Counter((one.measure.value, one.delta) for _name, one in steps)
    assert {(name, 1): getattr(found.plus, name) for name in NAMES} == {(name, 1): counted[name, 1] for name in NAMES}
    assert {(name, -1): getattr(found.minus, name) for name in NAMES} == {
        (name, -1): counted[name, -1] for name in NAMES
    }
    if key.startswith("department"):
        assert found.base.totals == then


@pytest.mark.parametrize("key", LOOKING)
def test_what_is_kept_ready_says_the_same(moved: Story, key: str, frozen: Any) -> None:
    frozen(TODAY)
    plain = look(moved, key)
    keep_whole(TODAY)
    assert look(moved, key) == plain
    with everything("test data"):
        Association.objects.filter(pk=moved.province.city_trade.pk).update(
            status=AssociationStatus.REVOKED, status_on=date(2026, 5, 19)
        )
        moved.province.tea_branch.dissolved_on = date(2026, 5, 18)
        moved.province.tea_branch.save()
    written = look(moved, key)
    actor = moved.personas[key].actor
    with acting_as(actor):
        base = movement.base_of(actor)
        assert base is not None
        window = movement.window_since(base, TODAY)
        assert movement._candidates(movement.reach_of(actor), base, window) is not None
    CoverageDay.objects.all().delete()
    assert look(moved, key) == written


def test_each_step_has_its_reason_for_the_province(moved: Story) -> None:
    steps = {(name, one.measure.value, one.delta, str(one.reason)) for name, one in look(moved, "department_admin")[2]}
    assert steps == {
        ("株洲市商贸业协会", "covered", 1, "founded"),
        ("株洲市商贸业协会", "own", 1, "founded"),
        ("株洲市商贸业协会", "work_covered", 1, "founded"),
        ("湖南省商贸业协会", "covered", -1, "dissolved"),
        ("湖南省商贸业协会", "own", -1, "dissolved"),
        ("湖南省商贸业协会", "work_covered", -1, "dissolved"),
        ("长沙市米业协会", "in_scope", 1, "registered"),
        ("长沙市茶业协会", "in_scope", -1, "deregistered"),
    }


def test_committee_sees_what_came_from_another_and_what_left(moved: Story) -> None:
    left = {(name, one.measure.value, one.delta, str(one.reason)) for name, one in look(moved, "party_committee")[2]}
    came = {(name, one.measure.value, one.delta, str(one.reason)) for name, one in look(moved, "other_committee")[2]}
    tea = ("in_scope", "covered", "work_covered", "own")
    assert {("湖南省茶业协会", name, -1, "transferred") for name in tea} <= left
    assert {("湖南省茶业协会", name, 1, "transferred") for name in tea} <= came
    assert ("湖南省茶业协会", "in_scope", 1, "transferred") not in left


def test_base_is_what_the_first_close_opened_with(story: Story) -> None:
    actor = story.admin.actor
    with acting_as(actor):
        assert movement.base_of(actor) is None
    story.open(MAY)
    with acting_as(actor):
        base = movement.base_of(actor)
    assert base is not None
    assert (base.as_of, base.label, base.draft) == (date(2026, 4, 30), "2026-04-30登记数", None)


def test_draft_adds_up_to_its_report(moved: Story) -> None:
    story = moved
    close = story.open()
    story.confirm_all(close)
    run = story.draft()
    actor = story.admin.actor
    with acting_as(actor):
        base = movement.base_of(actor)
        assert base is not None
        assert base.draft is not None
        reach = movement.reach_of(actor)
        steps = movement.ledger_counts(reach, base.draft)
        assert base.totals is not None
        closing = movement.after(base.totals, steps)
    assert run.state == "draft"
    assert (closing.in_scope, closing.covered) == (4, 2)
    assert base.draft_label == "2026年5月月报草稿第1版"


# Pages


def numbers(client: Client, query: str) -> int:
    response = client.get(f"/coverage/changes/{query}")
    assert response.status_code == 200
    return int(response.context["page"].total)


def test_page_of_changes_counts_what_its_links_count(moved: Story, sign_in: Any) -> None:
    client = sign_in(moved.personas.department_admin)
    assert numbers(client, "") == 8
    assert numbers(client, "?number=covered&sign=minus") == 1
    assert numbers(client, "?number=covered&reason=founded") == 1
    assert numbers(client, "?city=430100") == 2
    assert numbers(client, "?reason=none") == 0


@pytest.mark.parametrize("key", ["department_admin", "regional_office", "party_committee"])
def test_pages_stay_within_their_queries(
    moved: Story, sign_in: Any, key: str, django_assert_max_num_queries: Any
) -> None:
    moved.confirm_all(moved.open())
    moved.draft()
    client = sign_in(moved.personas[key])
    for url in ("/", "/coverage/", "/coverage/changes/", "/coverage/changes/?source=draft"):
        client.get(url)
        with django_assert_max_num_queries(15):
            assert client.get(url).status_code == 200, url


def test_home_and_board_say_the_change_and_the_draft(moved: Story, sign_in: Any) -> None:
    moved.confirm_all(moved.open())
    moved.draft()
    client = sign_in(moved.personas.department_admin)
    home, board = client.get("/").content.decode(), client.get("/coverage/").content.decode()
    for page in (home, board):
        assert "比2026年4月月报" in page
        assert "2026年5月月报草稿第1版" in page
    assert "减少：撤销 1；增加：新建 1" in home
    assert "与2026年4月月报相比" in board
