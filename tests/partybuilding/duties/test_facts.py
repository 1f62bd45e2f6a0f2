"""What the records say beside the items of a yearly check."""

from datetime import date

import pytest

from partybuilding.duties.facts import ANSWERS
from partybuilding.organizations.models import PartyOrganization
from tests.people import makers
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")


def test_records_answer_for_a_year(personas: Personas) -> None:
    branch, other = personas.province.tea_branch, personas.province.trade_branch
    PartyOrganization.objects.filter(pk=branch.pk).update(term_started_on=date(2023, 7, 1))
    holder = makers.make_secretary(branch)
    said = {name: answer([branch.pk, other.pk], 2026) for name, answer in ANSWERS.items()}
    assert said["decisions_reviewed"][branch.pk] == "本年度没有登记重大决策。"
    assert said["interactions_held"][branch.pk] == "2026年登记双向互动 0 次。"
    assert said["term_running"][branch.pk] == "到2026年末：届满未换届（2026-06-30）。"
    assert said["term_running"][other.pk] == "到2026年末：任期未填报。"
    assert said["secretary_in_office"] == {branch.pk: f"书记：{holder.person.name}。", other.pk: "没有登记书记。"}
