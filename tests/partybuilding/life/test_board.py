"""The board: every number is as long as its list; urging lays a task and the record settles it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from partybuilding.life.board import LIST
from partybuilding.life.rules import Period
from partybuilding.life.urging import settle, urge
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.notices.models import Notice, Task
from tests import factories
from tests.partybuilding.life.makers import make_life, make_party_group
from tests.people.makers import make_election
from tests.personas import Persona, Personas

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 7, 2)


def total(page: Client, url: str) -> int:
    return int(page.get(url).context["page"].total)


@pytest.fixture
def branches(personas: Personas) -> list[PartyOrganization]:
    """One that did everything in the quarter, one that is behind, one without a committee above."""
    one, other = personas.province.tea_branch, personas.province.trade_branch
    make_election(one, held_on=date(2025, 1, 1))
    make_party_group(one)
    loose = factories.make_organization("中共某联合支部委员会", personas.province.city_tea, committee=None)
    for month in (4, 5, 6):
        make_life(one, "party_day", held_on=date(2026, month, 5))
        make_life(
            one, "committee", held_on=date(2026, month, 6), has_first_item=month != 5, first_item="学习" * (month != 5)
        )
        make_life(one, "group", held_on=date(2026, month, 7), group=one.groups.get())
    make_life(one, "lecture", held_on=date(2026, 5, 8))
    make_life(one, "congress", held_on=date(2026, 5, 9))
    return [one, other, loose]


@pytest.mark.parametrize("key", ["department_admin", "party_committee", "regional_office"])
def test_each_number_of_the_board_is_as_long_as_its_list(
    key: str, branches: list[PartyOrganization], personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any
) -> None:
    frozen(DAY)
    page = sign_in(personas[key])
    shown = page.get(reverse("partybuilding:life") + "?period=2026Q2").context
    for figure in (*shown["levels"], *shown["figures"]):
        expected = figure.rate.numerator if figure.rate else figure.count
        assert total(page, figure.url) == expected, figure.label
    for name in ("duties", "committees"):
        html = "".join(str(row.html) for row in shown[name].rows)
        for part in html.split('<a href="')[1:]:
            url, rest = part.split('">', 1)
            number = rest.split("<", 1)[0]
            assert total(page, url.replace("&amp;", "&")) == int(number), url


def test_the_rate_of_those_who_owed_something(
    branches: list[PartyOrganization], personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any
) -> None:
    frozen(DAY)
    page = sign_in(personas.department_admin)
    shown = page.get(reverse("partybuilding:life") + "?period=2026Q2").context
    life, first = shown["levels"][2], shown["figures"][3]
    assert (life.rate.numerator, life.rate.denominator) == (1, 3)
    assert (first.rate.numerator, first.rate.denominator) == (2, 3)


def test_a_secretary_is_led_to_the_own_page(personas: Personas, sign_in: Callable[[Persona], Client]) -> None:
    found = sign_in(personas.branch_secretary).get(reverse("partybuilding:life"))
    own = reverse("partybuilding:organization", args=[personas.province.tea_branch.pk])
    assert (found.status_code, found["Location"]) == (302, own + "?tab=life")


def test_the_home_page_says_what_is_still_to_be_held(
    branches: list[PartyOrganization], personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any
) -> None:
    frozen(DAY)
    text = sign_in(personas.branch_secretary).get("/").content.decode()
    assert "开展并登记主题党日" in text


def test_urging_lays_a_task_and_catching_up_closes_it(
    personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any, now: datetime
) -> None:
    frozen(DAY)
    branch = personas.province.tea_branch
    with everything("a test"):
        PartyOrganization.objects.filter(pk=branch.pk).update(established_on=date(2026, 6, 1))
    page = sign_in(personas.party_committee)
    assert personas.branch_secretary
    url = reverse("partybuilding:life_urge") + "?period=2026Q2"
    asked = {"pk": [branch.pk], "confirmed": "1", "due_on": "2026-07-15"}
    assert page.post(url, {"pk": [branch.pk]}).status_code == 200
    assert page.post(url, asked | {"due_on": "2026-07-01"}).status_code == 422
    assert page.post(url, asked).status_code == 302
    task = Task.objects.unscoped("a test").get()
    assert (task.for_role, task.body_pk, task.due_on) == ("branch_secretary", branch.pk, date(2026, 7, 15))
    assert task.title == "补齐组织生活（2026 年第 2 季度欠主题党日 1 次）"
    assert Notice.objects.unscoped("a test").count() == 1
    assert "欠主题党日 1 次" in page.get(reverse("partybuilding:life_urging") + "?period=2026Q2").content.decode()
    new = reverse("partybuilding:life_new", args=[branch.pk]) + "?kind=party_day"
    form = {"held_on": "2026-06-18", "topic": "走访", "expected_count": "6", "present_count": "6"}
    assert sign_in(personas.branch_secretary).post(new, form).status_code == 302
    task.refresh_from_db()
    assert task.state == "closed"
    branch.refresh_from_db()
    actor = personas.party_committee.actor
    with acting_as(actor), pytest.raises(Refused, match="没有欠开"):
        urge(branch, period=Period(2026, 2), due_on=DAY, actor=actor, now=now)


def test_a_committee_urges_only_its_own(personas: Personas, now: datetime, frozen: Any) -> None:
    branch, actor = personas.province.tea_branch, personas.other_committee.actor
    with acting_as(actor), pytest.raises(Refused) as refused:
        urge(branch, period=Period(2026, 2), due_on=DAY, actor=actor, now=now)
    assert refused.value.code in ("scope.outside", "organization.foreign")
    with acting_as(personas.department_admin.actor):
        assert settle(branch, actor=personas.department_admin.actor, now=now) == []


def test_the_list_asks_few_questions(
    branches: list[PartyOrganization],
    personas: Personas,
    sign_in: Callable[[Persona], Client],
    django_assert_max_num_queries: Any,
    frozen: Any,
) -> None:
    frozen(DAY)
    page = sign_in(personas.department_admin)
    for url in (reverse(LIST) + "?standing=behind&missed=party_day", reverse("partybuilding:life")):
        with django_assert_max_num_queries(15):
            page.get(url)
