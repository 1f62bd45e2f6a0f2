"""Dual cultivation from the beginning to a result that the registers bear out; the numbers by direction."""

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from associations.governance.models import Officer
from partybuilding.cultivation.models import Cultivation
from partybuilding.cultivation.selectors import direction_counts
from partybuilding.cultivation.services import begin, conclude, correct
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from tests.people import makers
from tests.personas import Personas
from tests.scope_members import make_candidate, make_cultivation

pytestmark = pytest.mark.usefixtures("parameters")
START = date(2026, 1, 10)


def begun(personas: Personas, now: datetime, **values: Any) -> Cultivation:
    actor = personas[values.pop("persona", "branch_secretary")].actor
    given = {"direction": "to_member", "starts_on": START, "name": "王明", "position": "副会长", "mentor": "李四"}
    with acting_as(actor):
        return begin(personas.province.tea_branch, actor=actor, now=now, **given | values)


def concluded(row: Cultivation, personas: Personas, now: datetime, **values: Any) -> Cultivation:
    actor = personas.branch_secretary.actor
    row.refresh_from_db()
    given = {"result": "member", "ends_on": date(2026, 6, 20)}
    with acting_as(actor):
        return conclude(row, actor=actor, now=now, version=row.version, **given | values)


def test_an_officer_is_made_a_member(personas: Personas, now: datetime) -> None:
    """The name finds the officer; the result asks for the approval, not for the application (R-082 a)."""
    branch = personas.province.tea_branch
    officer = makers.make_officer(personas.province.tea, makers.make_person("王明"))
    row = begun(personas, now)
    assert row.person == officer.person
    make_candidate(branch, person=officer.person, standing="admitted")
    with pytest.raises(Refused, match="支部大会接收为预备党员的记录"):
        concluded(row, personas, now)
    makers.make_party_member(
        branch,
        officer.person,
        membership_state="probationary",
        joined_on=date(2026, 5, 20),
        starts_on=date(2026, 5, 20),
    )
    assert concluded(row, personas, now).result == "member"
    with pytest.raises(Refused, match="不必重复登记"):
        concluded(row, personas, now)
    with pytest.raises(Refused, match="已是党员"):
        begun(personas, now, starts_on=date(2026, 6, 1))


def test_a_secretary_goes_into_the_board(personas: Personas, now: datetime) -> None:
    province = personas.province
    secretary = makers.make_secretary(province.tea_branch, makers.make_person("王明"))
    with pytest.raises(Refused, match="没有登记任职"):
        begun(personas, now, name="赵五", direction="into_board", id_number=known_member(province.tea_branch))
    row = begun(personas, now, direction="into_board")
    board = {"result": "board", "ends_on": date(2026, 6, 20)}
    with pytest.raises(Refused, match="没有此人任负责人的记录"):
        concluded(row, personas, now, **board)
    Officer.objects.create(
        association=province.tea, person=secretary.person, post="director", starts_on=date(2026, 4, 1)
    )
    assert concluded(row, personas, now, **board).get_result_display() == "进入管理层"


def known_member(branch: Any) -> str:
    number = makers.id_number(41)
    makers.make_party_member(branch, makers.make_person("赵五", number))
    return number


def test_two_of_one_name_are_not_guessed_at(personas: Personas, now: datetime) -> None:
    branch = personas.province.tea_branch
    makers.make_secretary(branch, makers.make_person("王明"))
    makers.make_officer(personas.province.tea, makers.make_person("王明"))
    with pytest.raises(Refused, match="登记了2个「王明」"):
        begun(personas, now, direction="to_management")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"persona": "other_committee"}, "scope.outside"),
        ({"persona": "registrar"}, "role"),
        ({"starts_on": date(2026, 7, 1)}, "date.future"),
        ({"direction": "to_management"}, "cultivation.beginning"),
    ],
)
def test_bad_beginnings_are_refused(personas: Personas, now: datetime, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        begun(personas, now, **values)
    assert caught.value.code == code


def test_one_open_record_a_direction(personas: Personas, now: datetime) -> None:
    row = begun(personas, now, id_number=makers.id_number(9))
    with pytest.raises(Refused, match="在这一方向已有培养记录"):
        begun(personas, now, id_number=makers.id_number(9))
    actor = personas.branch_secretary.actor
    with acting_as(actor):
        correct(row, name="王明", mentor="赵五", actor=actor, now=now, version=row.version)
    assert (row.mentor, row.position) == ("赵五", "副会长")


def test_numbers_by_direction_as_in_shuibei(sign_in: Any, personas: Personas) -> None:
    """P-19: of those cultivated, 39 became members; each number opens its list."""
    branch = personas.province.tea_branch
    for number in range(41):
        done = {"result": "member", "ends_on": date(2026, 6, 1)} if number < 39 else {}
        make_cultivation(branch, **done)
    make_cultivation(branch, direction="to_management", result="pacesetter", ends_on=date(2026, 6, 1))
    make_cultivation(branch, direction="to_management", result="ended", ends_on=date(2026, 6, 1))
    counts = direction_counts(Cultivation.objects.all())
    assert [counts[key] for key in counts] == [(41, 39), (2, 1), (0, 0), (0, 0)]
    client = sign_in(personas.party_committee)
    page = reverse("partybuilding:cultivations")
    assert "负责人、会员骨干培养成党员" in client.get(page).content.decode()
    for query, number in (
        ({"direction": "to_member", "result": "reached"}, 39),
        ({"direction": "to_member", "result": "open"}, 2),
        ({"direction": "to_management"}, 2),
    ):
        assert client.get(page, query).context["page"].total == number


def test_pages(sign_in: Any, personas: Personas) -> None:
    client, branch = sign_in(personas.branch_secretary), personas.province.tea_branch
    answer = client.post(
        reverse("partybuilding:cultivation_new", args=[branch.pk]),
        {"direction": "to_member", "starts_on": "2026-01-10", "name": "王小明"},
    )
    row = Cultivation.objects.get()
    assert answer["Location"] == reverse("partybuilding:cultivation", args=[row.pk])
    assert "登记结果" in client.get(answer["Location"]).content.decode()
    end = reverse("partybuilding:cultivation_end", args=[row.pk])
    refused = client.post(end, {"result": "member", "ends_on": "2026-06-01", "version": row.version})
    assert (refused.status_code, "没有此人支部大会" in refused.content.decode()) == (422, True)
    tab = client.get(reverse("partybuilding:organization", args=[branch.pk]), {"tab": "cultivation"})
    assert "王小明" in tab.content.decode()
