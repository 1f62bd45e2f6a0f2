"""R-026: the order 同等条件下 in the list equals the rule."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from associations.evaluation.models import Grade
from partybuilding.embedding.rules import precedence
from tests import factories
from tests.personas import Persona, Personas, Province
from tests.wings import parameters, query_count

__all__ = ["parameters"]
pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]


@pytest.fixture
def candidates(province: Province) -> list[str]:
    """Names in the order of the rule."""
    made = [("丁", "5A", False), ("丙", "4A", True), ("乙", "4A", False), ("甲", "", True), ("戊", "", False)]
    for name, level, has_organization in made:
        one = factories.make_association(f"测试{name}协会", region=province.hunan)
        if level:
            Grade.objects.create(
                association=one,
                level=level,
                announced_on=date(2025, 1, 1),
                starts_on=date(2025, 1, 1),
                ends_on=date(2029, 12, 31),
            )
        if has_organization:
            factories.make_organization("", one)
    keyed = [(precedence(level or None, has, False, name), f"测试{name}协会") for name, level, has in made]
    return [name for _key, name in sorted(keyed)]


def test_the_list_is_in_the_order_of_the_rule(candidates: list[str], personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.registrar)
    page = client.get("/precedence/?q=测试")
    assert [row.name for row in page.context["rows"]] == candidates
    text = page.content.decode()
    assert ("5A级 → 没有党组织 → 没有年检结论" in text, "不代替评审" in text) == (True, True)
    assert query_count(client, "/precedence/?q=测试") <= 15
