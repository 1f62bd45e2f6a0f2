"""Scoring by the criteria of a campaign: conditions first, recusal, and what keeps somebody off the list (C-42)."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django.urls import reverse

from campaigns.commendations.models import Nomination
from campaigns.commendations.rules import AssessFacts, may_assess, mean_score, scoring_problems
from campaigns.commendations.scoring import assess, recuse, scoring_of
from campaigns.commendations.selectors import advised
from campaigns.plans.models import Criterion, CriterionSet
from partybuilding.appraisal.enums import Level, Paper, PaperState, Rating
from partybuilding.appraisal.models import YearlyReport
from portal.access.actor import acting_as
from portal.access.scoping import everything
from tests.campaigns.commendations.conftest import PUBLISHED, Chain
from tests.campaigns.commendations.test_services import refused
from tests.campaigns.commendations.test_views import signed_in

FACTS = AssessFacts(is_runner=True, is_open=True, has_criteria=True, is_nominator=False, is_own=False, is_recused=False)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({}, ""),
        ({"is_runner": False}, "其他单位组织"),
        ({"is_open": False}, "不在推荐阶段"),
        ({"has_criteria": False}, "没有评分标准"),
        ({"is_nominator": True}, "应当回避"),
        ({"is_own": True}, "应当回避"),
        ({"is_recused": True}, "已登记回避"),
        ({"meets_preconditions": False}, "须写明说明"),
        ({"meets_preconditions": False, "comment": "制度不健全"}, ""),
        ({"values": [101]}, "0 至 100 分"),
        ({"values": [0, 100]}, ""),
    ],
)
def test_who_may_score(changed: dict[str, Any], word: str) -> None:
    from dataclasses import replace

    decision = may_assess(replace(FACTS, **changed))
    assert decision.allowed is (word == "")
    assert word in decision.reason


def test_the_mean_is_exact() -> None:
    assert mean_score([]) is None
    assert mean_score([[90, 80], [100, 100, 100]]) == Fraction(185, 2)


def test_conditions_come_before_scores() -> None:
    assert scoring_problems(has_criteria=False, assessments=[]) == []
    assert "还没有人评分" in scoring_problems(has_criteria=True, assessments=[])[0]
    assert "1 名评分人认为不符合" in scoring_problems(has_criteria=True, assessments=[(True, [9]), (False, [9])])[0]
    assert scoring_problems(has_criteria=True, assessments=[(True, [9])]) == []


@pytest.fixture
def scored(chain: Chain) -> tuple[Chain, Nomination, dict[Criterion, int]]:
    good = CriterionSet.objects.create(code="five_good", title="五个好", target="organization", source="实施方案")
    values = {
        Criterion.objects.create(criterion_set=good, number=number, title=f"标准{number}"): 90 for number in range(1, 6)
    }
    chain.kind.criterion_set = good
    chain.kind.save()
    chain.open()
    return chain, chain.nominate(), values


Scored = tuple[Chain, Nomination, dict[Criterion, int]]


def test_no_place_on_the_list_before_scoring(scored: Scored) -> None:
    chain, nomination, values = scored
    assert "还没有人评分" in refused(lambda: chain.choose(nomination))
    with acting_as(chain.admin):
        given: dict[str, Any] = {"actor": chain.admin, "now": PUBLISHED}
        short = dict(list(values.items())[:4])
        text = refused(lambda: assess(nomination, meets_preconditions=True, values=short, comment="", **given))
        assert "没有评分" in text
        assess(nomination, meets_preconditions=False, values=values, comment="制度不健全", **given)
    assert "不符合基本条件" in refused(lambda: chain.choose(nomination))
    with acting_as(chain.admin):
        assess(nomination, meets_preconditions=True, values=values, comment="", **given)
        found = scoring_of(nomination)
    assert (found.text, len(found.assessments)) == ("90.0", 1)
    assert chain.choose(nomination).state == "chosen"


def test_whoever_stands_aside_does_not_count(scored: Scored) -> None:
    chain, nomination, values = scored
    with acting_as(chain.admin):
        given: dict[str, Any] = {"actor": chain.admin, "now": PUBLISHED}
        assess(nomination, meets_preconditions=True, values=values, comment="", **given)
        assert "须写明原因" in refused(lambda: recuse(nomination, reason=" ", **given))
        recuse(nomination, reason="亲属在该单位任职", **given)
        assert scoring_of(nomination).assessments == []
        text = refused(lambda: assess(nomination, meets_preconditions=True, values=values, comment="", **given))
        assert "已登记回避" in text
        assert "已登记回避" in refused(lambda: recuse(nomination, reason="再次", **given))
    assert "还没有人评分" in refused(lambda: chain.choose(nomination))


def test_the_list_is_read_by_score_and_then_by_the_tie_break(scored: Scored) -> None:
    """A-44: an order for whoever draws up the list; a branch does not see it."""
    chain, nomination, values = scored
    with acting_as(chain.staff):
        assess(nomination, meets_preconditions=True, values=values, comment="", actor=chain.staff, now=PUBLISHED)
    organization = chain.tea.organization
    assert organization is not None
    with everything("test data"):
        YearlyReport.objects.create(
            paper=Paper.ROLE_EFFECT,
            level=Level.ORGANIZATION,
            organization=organization,
            year=2025,
            state=PaperState.RATED,
            rating=Rating.GOOD,
            reported_on=date(2026, 1, 10),
            rated_on=date(2026, 2, 1),
            rated_at=PUBLISHED,
            submitted_at=PUBLISHED,
            submitted_by="书记",
            rated_by="党委",
        )
        [row] = advised(Nomination.objects.filter(kind__round=chain.round), PUBLISHED.date())
    assert (row.score, row.tie) == (scoring_of(nomination).mean, "优先（已建党组织，作用发挥好）")  # type: ignore[attr-defined]
    url = reverse("campaigns:award_round", args=[chain.round.pk])
    page = signed_in(chain.personas.department_staff).get(url).content.decode()
    assert ("优先（已建党组织，作用发挥好）" in page, "90.0" in page) == (True, True)
    assert "优先（" not in signed_in(chain.personas.branch_secretary).get(url).content.decode()
