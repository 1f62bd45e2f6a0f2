"""Two committees that transfer one member at one moment: exactly one does, and the member has one relation."""

import threading
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from partybuilding.members.models import MemberEvent, PartyMember
from partybuilding.organizations.models import PartyOrganization
from partybuilding.transfers.services import send
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from tests import factories
from tests.people import makers
from tests.personas import Personas


def raced(personas: Personas) -> None:
    """The member's committee and the department send one member to two places."""
    province, now = personas.province, timezone.now()
    with everything("test data"):
        member = makers.make_party_member(province.tea_branch)
        places = [factories.make_organization(committee=province.branch_committee) for _ in range(2)]
    start, outcomes, strange = threading.Barrier(2), [], []

    def run(persona: str, place: PartyOrganization) -> None:
        actor = personas[persona].actor
        try:
            with acting_as(actor):
                with everything("test data"):
                    mine = PartyMember.objects.select_related("organization__committee", "person").get(pk=member.pk)
                start.wait()
                send(
                    mine,
                    target=place,
                    issued_on=date(2026, 3, 2),
                    letter_number="",
                    actor=actor,
                    now=now,
                    version=mine.version,
                )
            outcomes.append("done")
        except (Refused, Conflict):
            outcomes.append("refused")
        except BaseException as problem:
            strange.append(problem)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=one)
        for one in zip(("party_committee", "department_staff"), places, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == []
    assert sorted(outcomes) == ["done", "refused"]
    with everything("test data"):
        rows = PartyMember.objects.filter(person=member.person_id)
        assert (rows.count(), rows.filter(ends_on=None).count()) == (2, 1)
        kinds = MemberEvent.objects.filter(member__person=member.person_id).values_list("kind", flat=True)
        assert sorted(kinds) == ["moved_in", "moved_out"]


@pytest.fixture
def ready(personas: Personas, transactional_db: None, reference: None) -> Personas:
    assert personas.province.tea_branch
    assert personas.party_committee
    assert personas.department_staff
    return personas


def test_two_committees_never_transfer_one_member_twice(ready: Personas) -> None:
    raced(ready)


@pytest.mark.heavy
def test_a_hundred_times_two_committees_never_transfer_one_member_twice(ready: Personas) -> None:
    for _ in range(100):
        raced(ready)
