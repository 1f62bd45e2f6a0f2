"""分类指导: one situation each, a suggestion, a decision with its reason, the list (P-75)."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.categories import rules, services
from partybuilding.categories.enums import Situation
from partybuilding.categories.models import CategoryDecision, GuidanceCategory
from partybuilding.categories.selectors import differs_q, situation_rows, standings, suggested_q
from partybuilding.categories.services import CategoryRow
from partybuilding.coverage.rules import AssociationFacts, CoverageRules
from partybuilding.coverage.selectors import coverage_rules
from partybuilding.establishment.enums import Ground, WhyNot
from partybuilding.organizations.enums import Cover
from portal.access.decisions import Refused
from portal.access.scoping import everything, scoped
from portal.home.management.commands.load_reference import category_rows
from tests.personas import Personas, Province

RULES = CoverageRules(
    count_functional=False,
    exclude_new_months=0,
    member_count_basis="relation_or_working",
    should_establish_member_count=3,
)
NONE = AssociationFacts(True, Cover.NONE, False, 0, 0)


def test_every_reason_is_a_situation() -> None:
    assert set(WhyNot.values) <= set(Situation.values)


@pytest.mark.parametrize(
    ("facts", "grade", "ground", "expected"),
    [
        (replace(NONE, cover=Cover.OWN, relation_count=5), "4A", "", Situation.OWN_HIGH),
        (replace(NONE, cover=Cover.OWN, relation_count=5), "3A", "", Situation.OWN),
        (replace(NONE, cover=Cover.SHARED, relation_count=2), "5A", "", Situation.SHARED),
        (replace(NONE, cover=Cover.SHARED, relation_count=3), "", "", Situation.SHOULD),
        (replace(NONE, relation_count=3), "", "", Situation.SHOULD),
        (replace(NONE, relation_count=1), "", "", Situation.FEW),
        (NONE, "", "", Situation.ZERO),
        (replace(NONE, relation_count=None, working_count=None), "", "", Situation.UNREPORTED),
        (replace(NONE, relation_count=3, is_deferred=True), "", Ground.DORMANT, Situation.DORMANT),
        (replace(NONE, relation_count=3, is_deferred=True), "", Ground.OTHER, Situation.DEFERRED),
    ],
)
def test_situation(facts: AssociationFacts, grade: str, ground: str, expected: Situation) -> None:
    assert rules.situation(facts, RULES, grade, ground) == expected
    assert rules.suggested(expected, {expected.value: 7}) == 7
    assert rules.suggested(expected, {}) is None


@pytest.mark.parametrize(
    ("category", "proposal", "current", "reason", "allowed"),
    [(1, 1, None, "", True), (2, 1, None, "", False), (2, 1, None, "负责人调整", True), (1, 1, 1, "", False)],
)
def test_other_than_suggested_needs_a_reason(
    category: int, proposal: int, current: int | None, reason: str, allowed: bool
) -> None:
    assert bool(rules.may_decide(category, proposal, current, reason)) is allowed


@pytest.fixture
def desk(province: Province, personas: Personas, reference: None) -> Personas:
    """tea and trade have a branch of their own, the two of the cities none."""
    province.fill()
    with everything("test data"):
        Association.objects.update(established_on=date(2015, 3, 1))
    services.load_categories(
        [
            CategoryRow("own", 1, "巩固提升类", "own_high/own", "按期换届", "本系统约定", "decided"),
            CategoryRow("rest", 2, "培育覆盖类", "few/zero/unreported/should", "明确组织员", "本系统约定", "decided"),
        ]
    )
    return personas


def category(code: str) -> GuidanceCategory:
    return GuidanceCategory.objects.get(code=code)


def test_filters_say_what_the_rule_says(desk: Personas) -> None:
    actor, today = desk.department_admin.actor, timezone.localdate()
    rows = scoped(Association, actor)
    found = standings(list(rows.values_list("pk", flat=True)), today, actor)
    assert len(found) == 4
    known = coverage_rules(today)
    for one in Situation:
        with everything("test"):
            chosen = situation_rows(Association.objects.all(), one, as_of=today, rules=known)
            listed = set(chosen.values_list("pk", flat=True))
        assert listed == {pk for pk, standing in found.items() if standing.situation == one}
    for code in ("own", "rest"):
        listed = set(rows.filter(suggested_q(category(code), today)).values_list("pk", flat=True))
        assert listed == {pk for pk, standing in found.items() if standing.category == category(code).pk}


def test_decided_by_suggestion_and_by_a_person(desk: Personas, now: Any) -> None:
    actor, today = desk.department_admin.actor, timezone.localdate(now)
    tea = desk.province.tea
    given: dict[str, Any] = {"actor": actor, "now": now}
    first = services.decide(tea, category=None, starts_on=today - timedelta(days=9), **given)
    assert (first.category.code, first.is_suggested) == ("own", True)
    for words, changed in (
        ("不必重新确定", {"category": None, "starts_on": today}),
        ("写明理由", {"category": category("rest"), "starts_on": today}),
        ("新的类别须从以后", {"category": category("rest"), "starts_on": first.starts_on, "reason": "调整"}),
        ("晚于今天", {"category": category("rest"), "starts_on": today + timedelta(days=1), "reason": "调整"}),
    ):
        with pytest.raises(Refused, match=words):
            services.decide(tea, **changed, **given)
    second = services.decide(tea, category=category("rest"), starts_on=today, reason="负责人调整", **given)
    with everything("test"):
        first.refresh_from_db()
        assert (first.ends_on, second.is_suggested) == (today - timedelta(days=1), False)
    assert list(scoped(Association, actor).filter(differs_q(today))) == [tea]
    with pytest.raises(Refused, match="不能确定指导类别"):
        services.decide(tea, category=None, starts_on=today, actor=desk.registrar.actor, now=now)


def test_categories_are_reference_data(db: None) -> None:
    row = CategoryRow("own", 1, "巩固提升类", "own", "按期换届", "本系统约定", "decided")
    assert (services.load_categories([row]), services.load_categories([row]), services.load_categories([])) == (1, 0, 1)
    with pytest.raises(ValueError, match="不存在"):
        services.load_categories([replace(row, situations="elsewhere")])
    with pytest.raises(ValueError, match="属于两个"):
        services.load_categories([row, replace(row, code="second")])


def test_shipped_categories_name_every_situation_once(db: None) -> None:
    rows = category_rows(Path(settings.BASE_DIR) / "fixtures" / "reference")
    assert sorted(code for row in rows for code in row.situations.split("/")) == sorted(Situation.values)
    assert services.load_categories(rows) == len(rows)


def test_list_and_bulk_decision(desk: Personas, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client: Client = sign_in(desk.department_admin)
    own = category("own").pk
    for query in ("", "?category=none", "?category=differs", f"?category={own}", f"?proposal={own}"):
        with django_assert_max_num_queries(16):
            assert client.get(f"/coverage/categories/{query}").status_code == 200
    keys = [desk.province.tea.pk, desk.province.trade.pk]
    posted = {"pk": keys, "confirmed": "1", "category": "", "starts_on": timezone.localdate().isoformat(), "reason": ""}
    assert client.post("/coverage/categories/decide/", posted).status_code == 302
    with everything("test"):
        assert CategoryDecision.objects.filter(category=own, is_suggested=True).count() == 2
    page = client.get(f"/associations/{keys[0]}/?tab=establishment").content.decode()
    assert "巩固提升类" in page
