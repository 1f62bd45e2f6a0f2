"""Two years of members: opening + joined − left beside what was reported (X-12, R-102)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from associations.registry.models import Association
from partybuilding.coverage.reconciling import Equation, equation_of, reconciled, year_ends
from portal.access.actor import acting_as
from portal.access.scoping import scoped
from tests import factories
from tests.people import makers
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

SignIn = Callable[[Persona], Client]
FIRST, LAST = date(2025, 12, 31), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("equation", "expected", "difference"),
    [
        (Equation(10, 3, 2, 11), 11, 0),
        (Equation(10, 3, 2, 12), 11, 1),
        (Equation(10, 0, 2, 7), 8, -1),
        (Equation(None, 3, 2, 11), None, None),
        (Equation(10, 3, 2, None), 11, None),
        (Equation(10, 0, 0, 12, has_roster=False), 10, None),
    ],
)
def test_equation(equation: Equation, expected: int | None, difference: int | None) -> None:
    assert (equation.expected, equation.difference) == (expected, difference)


def test_year_ends() -> None:
    assert year_ends(2025, date(2026, 6, 30)) == (date(2024, 12, 31), date(2025, 12, 31))
    assert year_ends(2026, date(2026, 6, 30)) == (date(2025, 12, 31), date(2026, 6, 30))


@pytest.fixture
def roster(province: Province) -> Province:
    """Three at the end of last year; one more was transferred in, one became full, one left: reported are five."""
    branch = factories.make_organization("", province.tea)
    makers.make_party_member(branch, starts_on=date(2020, 1, 1))
    makers.make_party_member(branch, starts_on=date(2020, 1, 1), ends_on=date(2026, 3, 31))
    makers.make_party_member(branch, starts_on=date(2026, 2, 1))
    makers.make_party_member(branch, starts_on=date(2025, 5, 1), became_full_on=date(2026, 5, 1))
    makers.make_party_member(branch, starts_on=date(2026, 2, 1), membership_state="probationary")
    makers.make_party_member(branch, starts_on=date(2026, 2, 1), relation_in_organization=False)
    factories.make_member_count(province.tea, FIRST, 3)
    factories.make_member_count(province.tea, date(2026, 6, 30), 5)
    factories.make_member_count(province.trade, FIRST, 2)
    return province


def test_rosters_say_who_came_and_went(roster: Province, personas: Personas) -> None:
    actor = personas.department_staff.actor
    with acting_as(actor):
        rows = {row.pk: row for row in reconciled(scoped(Association, actor), FIRST, LAST)}
    tea, trade = rows[roster.tea.pk], rows[roster.trade.pk]
    assert equation_of(tea) == Equation(3, 2, 1, 5)
    assert (equation_of(tea).expected, tea.difference) == (4, 1)
    assert (trade.has_roster, trade.difference, trade.joined) == (False, None, 0)


def test_the_page_lists_what_does_not_balance(roster: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    page = client.get("/coverage/reconciliation/?year=2026&balance=unequal")
    assert [row.name for row in page.context["rows"]] == [roster.tea.name]
    text = page.content.decode()
    assert "2025-12-31 填报数 3 ＋ 转入、发展 2 － 转出、减少 1 ＝ 应有 4；" in text
    assert ("＋1" in text or "+1" in text, "有差异" in text) == (True, True)
    assert client.get("/coverage/reconciliation/?balance=equal").context["page"].total == 0
    assert sign_in(personas.registrar).get("/coverage/reconciliation/").status_code == 403


def test_the_page_asks_few_queries(roster: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    assert query_count(client, "/coverage/reconciliation/") <= 15
