"""Rows of the scope table about Party members: their history, their transfers, and what else is kept of them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from partybuilding.cultivation.models import Cultivation
from partybuilding.development.models import Candidate, DevelopmentStage
from partybuilding.members.models import MemberEvent
from partybuilding.organizations.models import PartyOrganization
from partybuilding.returns.models import MemberReturn
from partybuilding.transfers.models import MemberTransfer
from tests.people import makers
from tests.personas import Personas

Rows = dict[str, Model]
DAY = date(2026, 3, 2)


def make_event(organization: PartyOrganization) -> MemberEvent:
    member = makers.make_party_member(organization)
    return MemberEvent.objects.create(
        organization=organization, member=member, kind="moved_in", happened_on=DAY, recorded_at=timezone.now()
    )


def make_transfer(organization: PartyOrganization, **fields: Any) -> MemberTransfer:
    """One that nobody received yet, out of the register."""
    given = {"state": "underway", "target_name": "中共某市某街道工作委员会", "issued_on": DAY}
    return MemberTransfer.objects.create(
        **{"member": makers.make_party_member(organization), "source": organization, "created_at": timezone.now()}
        | given
        | fields
    )


def make_candidate(organization: PartyOrganization, **fields: Any) -> Candidate:
    """Somebody who applied, with that one stage."""
    candidate = Candidate.objects.create(
        **{"organization": organization, "person": makers.make_person(), "applied_on": DAY} | fields
    )
    make_stage(candidate)
    return candidate


def make_stage(candidate: Candidate, **fields: Any) -> DevelopmentStage:
    given = {"stage": "applied", "happened_on": candidate.applied_on, "document": "入党申请书"}
    return DevelopmentStage.objects.create(**{"candidate": candidate, "recorded_at": timezone.now()} | given | fields)


def make_return(organization: PartyOrganization, year: int = 2025, **fields: Any) -> MemberReturn:
    given = {"opening": 5, "actual": 5, "updated_at": timezone.now()}
    return MemberReturn.objects.create(organization=organization, year=year, **given | fields)


def make_cultivation(organization: PartyOrganization, **fields: Any) -> Cultivation:
    given = {"direction": "to_member", "person": fields.pop("person", None) or makers.make_person(), "starts_on": DAY}
    return Cultivation.objects.create(organization=organization, **given | fields)


ON_BRANCHES: Mapping[str, Callable[[Any], Model]] = {
    "partybuilding.MemberEvent": make_event,
    "partybuilding.Cultivation": make_cultivation,
    "partybuilding.MemberReturn": make_return,
    "partybuilding.Candidate": make_candidate,
    "partybuilding.DevelopmentStage": lambda one: make_stage(make_candidate(one), stage="talked"),
}


def make_transfers(personas: Personas, branches: Rows) -> Rows:
    """One out of each branch; one from the trade branch to the tea branch, one to the committee of the tea branch."""
    rows: Rows = {name: make_transfer(branch) for name, branch in branches.items()}  # type: ignore[arg-type]
    trade, tea = personas.province.trade_branch, personas.province.tea_branch
    rows["to_tea"] = make_transfer(trade, target=tea, target_name="")
    committee = personas.province.branch_committee
    return rows | {"to_committee": make_transfer(trade, target_committee=committee, target_name="")}


def transfer_reach(roster: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Both sides read a transfer, and the committee that is asked to receive."""
    return {
        key: names
        | ({"to_tea"} if {"tea", "trade"} & names else set())
        | ({"to_committee"} if "trade" in names or key == "party_committee" else set())
        for key, names in roster.items()
    }
