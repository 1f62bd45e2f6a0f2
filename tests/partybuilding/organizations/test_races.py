"""Two moves in the tree of one association at one moment: they never leave a tree that no single move may make."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.services import change_party_organization
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from tests import factories
from tests.personas import Personas


def raced(personas: Personas) -> None:
    """One goes below the other while the other becomes a branch: one of the two is refused."""
    province, now = personas.province, timezone.now()
    with everything("test data"):
        low = factories.make_organization("", province.tea, committee=province.branch_committee, kind="general_branch")
        top = factories.make_organization("", province.tea, committee=province.branch_committee, kind="committee")
    start, outcomes, strange = threading.Barrier(2), [], []

    def run(pk: int, changes: dict[str, Any]) -> None:
        actor = personas.department_staff.actor
        try:
            with acting_as(actor):
                with everything("test data"):
                    mine = PartyOrganization.objects.select_related("committee").get(pk=pk)
                start.wait()
                change_party_organization(mine, actor=actor, now=now, version=mine.version, **changes)
            outcomes.append("done")
        except (Refused, Conflict):
            outcomes.append("refused")
        except BaseException as problem:
            strange.append(problem)
        finally:
            connection.close()

    moves = [(low.pk, {"parent": top}), (top.pk, {"kind": "branch"})]
    threads = [threading.Thread(target=run, args=move) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert strange == []
    assert sorted(outcomes) == ["done", "refused"]
    with everything("test data"):
        low.refresh_from_db()
        top.refresh_from_db()
    assert (low.parent_id, top.kind) in ((top.pk, "committee"), (None, "branch"))


@pytest.fixture
def ready(personas: Personas, transactional_db: None, reference: None) -> Personas:
    assert personas.province.tea_branch
    assert personas.department_staff
    return personas


def test_two_moves_never_make_a_wrong_tree(ready: Personas) -> None:
    raced(ready)


@pytest.mark.heavy
def test_a_hundred_times_two_moves_never_make_a_wrong_tree(ready: Personas) -> None:
    for _ in range(100):
        raced(ready)
