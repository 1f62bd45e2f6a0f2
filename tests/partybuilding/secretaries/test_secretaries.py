"""R-097: who is secretary, from where, and since when the office is vacant."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from partybuilding.organizations.models import PartyOrganization
from partybuilding.secretaries.enums import OfficeState
from partybuilding.secretaries.rules import office_state
from partybuilding.secretaries.selectors import in_state, limit_days, state_counts, with_secretary
from portal.access.scoping import everything
from tests import factories
from tests.people import makers
from tests.personas import Persona, Personas
from tests.wings import query_count

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("is_held", "left_on", "state"),
    [
        (True, None, OfficeState.HELD),
        (True, date(2020, 1, 1), OfficeState.HELD),
        (False, None, OfficeState.UNREPORTED),
        (False, date(2026, 5, 31), OfficeState.VACANT),  # 30 days
        (False, date(2026, 5, 30), OfficeState.LATE),  # 31 days
    ],
)
def test_an_office_is_late_after_more_than_thirty_days(is_held: bool, left_on: date | None, state: OfficeState) -> None:
    assert office_state(is_held, left_on, TODAY, 30) == state


def _offices(personas: Personas) -> dict[str, PartyOrganization]:
    made = {
        name: factories.make_organization("", factories.make_association()) for name in ("new", "held", "late", "due")
    }
    long_ago = date(2023, 1, 1)
    makers.make_secretary(made["held"], makers.make_person("王明"), starts_on=long_ago, origin="retired")
    makers.make_secretary(made["late"], makers.make_person("李华"), starts_on=long_ago, ends_on=date(2026, 5, 30))
    makers.make_secretary(made["due"], makers.make_person("张伟"), starts_on=long_ago, ends_on=date(2026, 5, 31))
    return made


@pytest.mark.usefixtures("parameters")
def test_the_filter_says_what_the_rule_says(personas: Personas) -> None:
    _offices(personas)
    actor = personas.department_staff.actor
    with everything("a test"):
        for day in (TODAY, TODAY + timedelta(days=1), date(2026, 5, 30), date(2022, 1, 1)):
            rows = with_secretary(PartyOrganization.objects.all(), actor, day)
            limit = limit_days(day)
            states = {row.pk: office_state(row.secretary_pk is not None, row.left_on, day, limit) for row in rows}
            counts = state_counts(rows, day, limit)
            for state in OfficeState:
                wanted = {pk for pk, one in states.items() if one == state}
                assert set(rows.filter(in_state(state, day, limit)).values_list("pk", flat=True)) == wanted
                assert counts[state] == len(wanted)


@pytest.mark.usefixtures("parameters")
def test_the_register_its_sources_and_the_warning(personas: Personas, sign_in: Callable[[Persona], Client]) -> None:
    made = _offices(personas)
    client, url = sign_in(personas.department_staff), reverse("partybuilding:secretaries")
    late = client.get(url, {"state": "late", "as_of": "2026-06-30"})
    assert [row.name for row in late.context["rows"]] == [made["late"].name]
    text = client.get(url, {"as_of": "2026-06-30"}).content.decode()
    assert "空缺超期 1 个" in text
    assert "离退休干部 1 个" in text
    retired = client.get(url, {"origin": "retired", "person": "王"})
    assert [row.name for row in retired.context["rows"]] == [made["held"].name]
    page = reverse("partybuilding:organization", args=[made["late"].pk])
    assert "请尽快选配书记" in client.get(page).content.decode()
    assert (
        "请尽快选配书记"
        not in client.get(reverse("partybuilding:organization", args=[made["new"].pk])).content.decode()
    )


@pytest.mark.usefixtures("parameters")
def test_thirty_rows_ask_no_more_than_one(personas: Personas, sign_in: Callable[[Persona], Client]) -> None:
    client, url = sign_in(personas.department_staff), reverse("partybuilding:secretaries")
    makers.make_secretary(factories.make_organization("", factories.make_association()))
    one = query_count(client, url)
    for _ in range(29):
        makers.make_secretary(factories.make_organization("", factories.make_association()))
    assert query_count(client, url) == one
