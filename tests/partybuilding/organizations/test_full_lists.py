"""What a full list of Party organisations is complete for."""

from datetime import date

import pytest

from partybuilding.organizations.full_lists import organizations_within
from partybuilding.organizations.models import PartyOrganization
from portal.access.scoping import scoped
from tests.personas import Personas, Province

DAY = date(2026, 6, 30)


def test_scopes_of_a_full_list(province: Province, personas: Personas) -> None:
    tea, trade = province.tea_branch, province.trade_branch
    actor = personas.department_staff.actor

    def within(scope: str) -> set[int]:
        found = organizations_within(scope, actor=actor, on=DAY)
        return set(scoped(PartyOrganization, actor).filter(found).values_list("pk", flat=True))

    assert within("全省") == {tea.pk, trade.pk}
    assert within(tea.name) == {tea.pk}
    assert within("湖南省商贸行业党委") == {trade.pk}
    assert within(province.tea.uscc) == {tea.pk}
    with pytest.raises(LookupError):
        within("火星")
