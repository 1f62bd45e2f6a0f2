"""群团组织: recording, ending, what they do to R-077, the pages."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from associations.registry.models import Association
from partybuilding.coverage.enums import InstructorKind, Measure
from partybuilding.coverage.selectors import measured
from partybuilding.organizations.enums import GroupKind
from partybuilding.organizations.group_services import end_group, record_group
from partybuilding.organizations.models import GroupOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.audit.models import AuditEvent
from tests import factories
from tests.personas import Persona, Personas

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 6, 20)


def found(personas: Personas, now: datetime, association: Association, **values: Any) -> GroupOrganization:
    """A union of the association, recorded by its committee unless told otherwise."""
    actor = personas[values.pop("persona", "party_committee")].actor
    given = {"kind": GroupKind.UNION, "name": "湖南省茶业协会工会委员会", "starts_on": DAY}
    with acting_as(actor):
        return record_group(association, actor=actor, now=now, **given | values)


def test_a_group_covers_by_work_from_its_first_to_its_last_day(personas: Personas, now: datetime) -> None:
    tea, actor = personas.province.tea, personas.party_committee.actor
    row = found(personas, now, tea)
    with acting_as(actor):
        end_group(row, ends_on=DAY + timedelta(days=3), actor=actor, now=now)
        covered = [
            measured(scoped(Association, actor), Measure.WORK_COVERED, as_of=DAY + timedelta(days=days)).exists()
            for days in (-1, 0, 3, 4)
        ]
    assert covered == [False, True, True, False]
    actions = AuditEvent.objects.filter(action__startswith="group_organizations.").values_list("action", flat=True)
    assert sorted(actions) == ["group_organizations.end", "group_organizations.record"]


def test_a_liaison_officer_counts_and_an_organiser_does_not(personas: Personas) -> None:
    actor = personas.department_staff.actor
    for kind, association in (
        (InstructorKind.LIAISON, personas.province.tea),
        (InstructorKind.ORGANISER, personas.province.trade),
    ):
        factories.make_instructor_assignment(factories.make_instructor(kind=kind), association, DAY)
    with acting_as(actor):
        reached = measured(scoped(Association, actor), Measure.WORK_COVERED, as_of=DAY)
        assert list(reached) == [personas.province.tea]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts_on": date(2027, 1, 1)}, "date.future"),
        ({"persona": "registrar"}, "role"),
        ({"persona": "other_committee"}, "scope.outside"),
        ({"starts_on": date(1999, 1, 1)}, "group.dates"),
        ({"name": " "}, "invalid"),
    ],
)
def test_record_group_refuses(personas: Personas, now: datetime, values: dict[str, Any], code: str) -> None:
    tea = personas.province.tea
    Association.objects.filter(pk=tea.pk).update(established_on=date(2001, 1, 1))
    tea.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        found(personas, now, tea, **values)
    assert refusal.value.code == code


def test_a_second_union_at_the_same_time_is_refused_and_another_kind_is_not(personas: Personas, now: datetime) -> None:
    tea = personas.province.tea
    found(personas, now, tea)
    found(personas, now, tea, kind=GroupKind.WOMEN)
    with pytest.raises(Refused) as refusal:
        found(personas, now, tea, name="另一个工会")
    assert refusal.value.code == "group.second"


def test_end_group_refuses_an_end_before_its_start_and_a_second_end(personas: Personas, now: datetime) -> None:
    actor = personas.party_committee.actor
    row = found(personas, now, personas.province.tea)
    with acting_as(actor):
        with pytest.raises(Refused) as early:
            end_group(row, ends_on=DAY - timedelta(days=1), actor=actor, now=now)
        end_group(row, ends_on=DAY, actor=actor, now=now)
        with pytest.raises(Refused) as again:
            end_group(row, ends_on=DAY, actor=actor, now=now)
    assert (early.value.code, again.value.code) == ("group.dates", "group.ended")


def test_journey_from_the_tab_to_the_end(personas: Personas, sign_in: Callable[[Persona], Client]) -> None:
    tea = personas.province.tea
    factories.make_group(tea, GroupKind.WOMEN, starts_on=DAY)
    client = sign_in(personas.party_committee)
    page = reverse("associations:association", args=[tea.pk]) + "?tab=party"
    assert "登记群团组织" in client.get(page).content.decode()
    answer = client.post(
        reverse("partybuilding:group_new", args=[tea.pk]),
        {"kind": "union", "name": "湖南省茶业协会工会委员会", "starts_on": "2026-06-20", "version": "1"},
    )
    assert answer.headers["Location"] == page
    row = GroupOrganization.objects.get(kind="union")
    url = reverse("partybuilding:group_end", args=[tea.pk, row.pk])
    assert "不再计入" in client.get(url).content.decode()
    tea.refresh_from_db()
    assert client.post(url, {"ends_on": "2026-07-01", "version": str(tea.version)}).headers["Location"] == page
    row.refresh_from_db()
    assert row.ends_on == date(2026, 7, 1)
