"""Rows of the scope table about Party members: their history, their transfers, and what else is kept of them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from partybuilding.care.models import CareRecord
from partybuilding.cultivation.models import Cultivation
from partybuilding.development.models import Candidate, DevelopmentStage
from partybuilding.floating.models import FloatingMember
from partybuilding.members.models import ROSTER, MemberEvent
from partybuilding.organizations.models import PartyOrganization
from partybuilding.returns.models import MemberReturn
from partybuilding.training.models import Academy, TrainingAttendance, TrainingSession
from partybuilding.transfers.models import MemberTransfer
from portal.access.roles import DEPARTMENT
from tests.people import makers
from tests.personas import PERSONAS, Personas

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


def make_absence(organization: PartyOrganization, **fields: Any) -> FloatingMember:
    given = {"member": fields.pop("member", None) or makers.make_party_member(organization), "starts_on": DAY}
    return FloatingMember.objects.create(organization=organization, place="深圳市", keeper="李四", **given | fields)


ON_BRANCHES: Mapping[str, Callable[[Any], Model]] = {
    "partybuilding.MemberEvent": make_event,
    "partybuilding.FloatingMember": make_absence,
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


def make_care(organization: PartyOrganization) -> CareRecord:
    """A visit of which neither amount nor reason was told."""
    given = {"kind": "visit", "happened_on": DAY, "recorded_at": timezone.now()}
    return CareRecord.objects.create(organization=organization, person=makers.make_person(), **given)


def care_reach(roster: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The department, and the committees above; the trade branch is of the other committee."""
    committees = {"party_committee": {"tea", "loose"}, "other_committee": {"trade"}}
    return {
        key: names if PERSONAS[key][0] in DEPARTMENT else committees.get(key, set()) for key, names in roster.items()
    }


def make_session(organization: PartyOrganization | None = None, **fields: Any) -> TrainingSession:
    """Two days of training; without an organisation it is the department's, or that of an `organizer`."""
    given = {"title": "党务培训班", "audience": "member", "starts_on": DAY, "ends_on": date(2026, 3, 3), "hours": 12}
    return TrainingSession.objects.create(organization=organization, **given | fields)


def make_attendance(session: TrainingSession, **fields: Any) -> TrainingAttendance:
    given = {"person": fields.pop("person", None) or makers.make_person(), "hours": 12, "recorded_at": timezone.now()}
    return TrainingAttendance.objects.create(session=session, **given | fields)


def make_sessions(personas: Personas, branches: Rows) -> Rows:
    """One of each branch, which is read with it, and one for everybody."""
    known: Rows = vars(personas).setdefault("scope_sessions", {})
    if not known:
        known |= {name: make_session(branch) for name, branch in branches.items()}  # type: ignore[arg-type]
        known["common"] = make_session()
    return dict(known)


def make_attendances(personas: Personas, branches: Rows) -> Rows:
    """A member of each branch at its own training, and an officer of the tea association at the common one."""
    sessions: Any = make_sessions(personas, branches)
    rows: Rows = {name: make_attendance(sessions[name], organization=branch) for name, branch in branches.items()}
    return rows | {"common": make_attendance(sessions["common"], association=personas.province.tea)}


def session_reach(roster: Mapping[str, set[str]], readers: set[str]) -> dict[str, set[str]]:
    return {key: names | ({"common"} if key in readers else set()) for key, names in roster.items()}


def tables(
    branches: Callable[[Personas], Rows], roster: Mapping[str, set[str]], associations: Mapping[str, set[str]]
) -> dict[str, tuple[Callable[[Personas], Rows], dict[str, set[str]]]]:
    """Each model with its rows and who reaches them; `roster` is who reads which branch's roster."""
    readers = {key for key, (role, _) in PERSONAS.items() if role in ROSTER}
    of_tea = {key for key in readers if "tea" in associations[key]}

    def on_branches(make: Callable[[Any], Model]) -> Callable[[Personas], Rows]:
        return lambda personas: {name: make(branch) for name, branch in branches(personas).items()}

    return {
        **{label: (on_branches(make), dict(roster)) for label, make in ON_BRANCHES.items()},
        "partybuilding.CareRecord": (on_branches(make_care), care_reach(roster)),
        "partybuilding.MemberTransfer": (lambda one: make_transfers(one, branches(one)), transfer_reach(roster)),
        "partybuilding.Academy": (
            lambda one: {"one": Academy.objects.create(name="两新学院")},
            {key: {"one"} if key in readers else set() for key in PERSONAS},
        ),
        "partybuilding.TrainingSession": (
            lambda one: make_sessions(one, branches(one)),
            session_reach(roster, readers),
        ),
        "partybuilding.TrainingAttendance": (
            lambda one: make_attendances(one, branches(one)),
            session_reach(roster, of_tea),
        ),
    }
