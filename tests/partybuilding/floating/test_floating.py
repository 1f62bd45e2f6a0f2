"""Floating members (R-093): who is one, who is to be contacted, and what ends an absence."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from partybuilding.floating.enums import FloatingState
from partybuilding.floating.models import FloatingMember
from partybuilding.floating.rules import FloatingRules, away_problem, begun_by, floating_state, later_problem
from partybuilding.floating.selectors import floating_counts, floating_rules, in_floating_state
from partybuilding.floating.services import come_back, contact, go_away
from partybuilding.members.services import end_membership
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.regulations.rules import add_months
from tests.people import makers
from tests.personas import Personas
from tests.scope_members import make_absence

RULES = FloatingRules(6, 6)
GONE = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("ends", "abroad", "contacted", "on", "state"),
    [
        (None, False, None, date(2026, 7, 9), FloatingState.AWAY),
        (None, False, None, date(2026, 7, 10), FloatingState.FLOATING),
        (None, True, None, date(2026, 7, 10), FloatingState.FLOATING),
        (None, True, None, date(2026, 7, 11), FloatingState.OVERDUE),
        (None, True, date(2026, 3, 1), date(2026, 9, 1), FloatingState.FLOATING),
        (None, True, date(2026, 3, 1), date(2026, 9, 2), FloatingState.OVERDUE),
        (date(2026, 7, 10), False, None, date(2026, 7, 10), FloatingState.RETURNED),
        (date(2026, 7, 11), False, None, date(2026, 7, 10), FloatingState.FLOATING),
    ],
)
def test_states(ends: date | None, abroad: bool, contacted: date | None, on: date, state: FloatingState) -> None:
    assert floating_state(GONE, ends, abroad, contacted, on, RULES) == state


def test_begun_by_is_the_month_backwards_on_every_day() -> None:
    for number in range(800):
        on = date(2024, 1, 1) + timedelta(days=number)
        last = begun_by(on, 6)
        assert add_months(last, 6) <= on < add_months(last + timedelta(days=1), 6)


@pytest.mark.parametrize(
    ("on_roster", "relation", "since", "told"),
    [
        (False, True, None, "已不在名册上"),
        (True, False, None, "组织关系不在本组织"),
        (True, True, date(2026, 1, 11), "早于编入名册的日期2026-01-11"),
        (True, True, GONE, ""),
    ],
)
def test_who_may_be_away(on_roster: bool, relation: bool, since: date | None, told: str) -> None:
    problem = away_problem(on_roster, relation, since, GONE)
    assert (told in problem, bool(problem)) == (True, bool(told))


def test_nothing_after_the_return_and_nothing_before_the_beginning() -> None:
    assert "已登记2026-02-01返回" in later_problem("联系", date(2026, 3, 1), GONE, date(2026, 2, 1))
    assert "联系日期2026-01-09早于外出日期2026-01-10" in later_problem("联系", date(2026, 1, 9), GONE, None)
    assert later_problem("返回", GONE, GONE, None) == ""


@pytest.mark.usefixtures("parameters")
def test_gone_contacted_back(personas: Personas, now: datetime) -> None:
    member, actor = makers.make_party_member(personas.province.tea_branch), personas.branch_secretary.actor
    given: dict[str, Any] = {"place": "深圳市某公司", "keeper": "李四", "actor": actor, "now": now}
    with acting_as(actor):
        row = go_away(member, starts_on=GONE, version=member.version, **given)
        with pytest.raises(Refused, match="已登记外出"):
            go_away(member, starts_on=GONE, version=member.version, **given)
        contact(row, contacted_on=date(2026, 6, 1), actor=actor, now=now, version=row.version)
        come_back(row, ends_on=date(2026, 6, 20), actor=actor, now=now, version=row.version)
        with pytest.raises(Refused, match="已登记2026-06-20返回"):
            contact(row, contacted_on=date(2026, 6, 21), actor=actor, now=now, version=row.version)
    assert (row.contacted_on, row.ends_on) == (date(2026, 6, 1), date(2026, 6, 20))


def test_who_leaves_the_roster_is_no_longer_away(personas: Personas, now: datetime) -> None:
    row, actor = make_absence(personas.province.tea_branch), personas.branch_secretary.actor
    member = row.member
    with acting_as(actor):
        end_membership(
            member, ends_on=date(2026, 6, 1), reason="重复登记", actor=actor, now=now, version=member.version
        )
    row.refresh_from_db()
    assert row.ends_on == date(2026, 6, 1)


@pytest.mark.usefixtures("parameters")
def test_the_list_filters_as_the_rule_says(sign_in: Any, personas: Personas) -> None:
    day, branch = date(2026, 7, 10), personas.province.tea_branch
    rules = floating_rules(day)
    for abroad in (False, True):
        for starts in (date(2026, 7, 1), GONE, date(2026, 1, 9)):
            for contacted in (None, date(2026, 7, 5)):
                make_absence(branch, starts_on=starts, is_abroad=abroad, contacted_on=contacted)
    make_absence(branch, starts_on=GONE, ends_on=date(2026, 7, 10))
    counts = floating_counts(FloatingMember.objects.all(), day, rules)
    for state in FloatingState:
        found = set(FloatingMember.objects.filter(in_floating_state(state, day, rules)))
        told = {
            row
            for row in FloatingMember.objects.all()
            if floating_state(row.starts_on, row.ends_on, row.is_abroad, row.contacted_on, day, rules) == state
        }
        assert found == told
        assert counts[state] == len(found)
    client = sign_in(personas.branch_secretary)
    page = client.get(reverse("partybuilding:floating"), {"as_of": "2026-07-10", "state": "overdue"})
    assert page.context["page"].total == counts[FloatingState.OVERDUE] == 1
    assert "登记联系" in page.content.decode()
