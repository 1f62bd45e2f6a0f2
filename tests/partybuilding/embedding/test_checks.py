"""The five checks: gates answer, records keep what they said, who sees them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partybuilding.embedding.enums import Stage
from partybuilding.embedding.models import HookCheck
from partybuilding.embedding.selectors import check_rules, subject_of
from partybuilding.embedding.services import record_check
from portal import gates
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.gates import Level
from portal.regulations.models import Parameter
from tests import factories
from tests.people.makers import make_officer
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]
ON = date(2026, 6, 30)


def check(personas: Personas, now: datetime, **values: Any) -> HookCheck:
    association = personas.province.tea
    actor = personas[values.pop("persona", "registrar")].actor
    given = {"stage": "evaluation", "level": "5A", "checked_on": ON}
    with acting_as(actor):
        return record_check(association, actor=actor, now=now, **given | values)


def test_gates_answer_for_an_association_and_a_place_may_be_strict(province: Province) -> None:
    factories.make_member_count(province.tea, ON, 1)
    found = gates.check("evaluation", province.tea, on=ON)
    assert (found[0].level, found[0].rule) == (Level.WARN, "R-023")
    Parameter.objects.create(
        code="evaluation.veto_5a_strict",
        label="一律不得申报",
        kind="boolean",
        text="true",
        region=province.hunan,
        source="试",
        confidence="read",
    )
    assert gates.check("evaluation", province.tea, on=ON)[0].level == Level.BLOCK
    for gate in ("election", "purchase", "awards"):
        assert gates.check(gate, province.tea, on=ON)


def test_the_election_sees_the_term_of_the_own_organisation(province: Province) -> None:
    factories.make_organization("", province.tea, established_on=date(2020, 1, 1), term_started_on=date(2023, 6, 1))
    texts = [one.text for one in gates.check("election", province.tea, on=ON)]
    assert any("党组织本届任期已于2026-05-31届满，逾期30天" in text for text in texts)


def test_a_veto_is_recorded_with_its_reason(personas: Personas, now: datetime) -> None:
    factories.make_member_count(personas.province.tea, ON, 4)
    with pytest.raises(Refused) as silent:
        check(personas, now)
    row = check(personas, now, note="不予受理，已告知先行组建。")
    lower = check(personas, now, level="4A")
    assert (silent.value.code, row.result, lower.result) == ("check.note", "block", "warn")
    assert "一票否决" in row.findings


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"persona": "association_filer"}, "role"),
        ({"persona": "city_registrar"}, "scope.outside"),
        ({"checked_on": date(2026, 7, 1)}, "date.future"),
        ({"stage": "election", "level": ""}, "check.looked"),
        ({"level": ""}, "invalid"),
    ],
)
def test_record_check_refuses(personas: Personas, now: datetime, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(personas, now, note="说明", **values)
    assert refusal.value.code == code


def test_an_election_keeps_what_was_looked_at(personas: Personas, now: datetime) -> None:
    looked = {"role_effect": "weak", "member_education": "sound"}
    row = check(personas, now, stage="election", level="", persona="party_committee", **looked)
    assert (row.result, row.role_effect, row.member_education) == ("warn", "weak", "sound")


def test_the_tab_and_the_record_of_a_registrar(province: Province, personas: Personas, sign_in: SignIn) -> None:
    factories.make_member_count(province.tea, date(2026, 6, 1), 4)
    client = sign_in(personas.registrar)
    page = client.get(f"/associations/{province.tea.pk}/?tab=embedding").content.decode()
    assert all(stage.label in page for stage in Stage)
    assert ("一票否决" in page, "还没有登记过核查。" in page) == (True, True)
    url = f"/associations/{province.tea.pk}/checks/evaluation/new/"
    assert "申报 5A 级一票否决" in client.get(url).content.decode()
    given = {"level": "5A", "checked_on": timezone.localdate().isoformat(), "note": "不予受理"}
    assert client.post(url, given).status_code == 302
    assert client.get("/coverage/checks/?result=block").context["page"].total == 1
    assert client.get(f"/associations/{province.tea.pk}/checks/nothing/new/").status_code == 404
    filer = sign_in(personas.association_filer)
    assert "五嵌入" not in filer.get(f"/associations/{province.tea.pk}/").content.decode()


def test_list_and_tab_ask_few_queries(province: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    factories.make_organization("", province.tea, term_started_on=date(2024, 1, 1))
    factories.make_check(province.tea)
    first = query_count(client, "/coverage/checks/")
    for _ in range(29):
        factories.make_check(province.tea)
    assert query_count(client, "/coverage/checks/") == first <= 15
    assert query_count(client, f"/associations/{province.tea.pk}/?tab=embedding") <= 15
    assert query_count(client, f"/associations/{province.tea.pk}/?tab=establishment") <= 15


def test_present_legal_representative_follows_another(province: Province) -> None:
    """A-45: the first one changes nothing; a successor does, from the first day on."""
    on = date(2026, 6, 30)
    with everything("test data"):
        rules = check_rules(province.tea, on)
        given: dict[str, Any] = {"post": "legal_representative"}
        make_officer(province.tea, starts_on=date(2020, 1, 1), ends_on=date(2026, 4, 30), **given)
        before = subject_of(province.tea, date(2026, 4, 1), rules)
        make_officer(province.tea, starts_on=date(2026, 5, 1), ends_on=date(2030, 4, 30), **given)
        after = subject_of(province.tea, on, rules)
    assert (before.representative_since, before.representative_until) == (None, date(2026, 4, 30))
    assert (after.representative_since, after.representative_until) == (date(2026, 5, 1), date(2030, 4, 30))
