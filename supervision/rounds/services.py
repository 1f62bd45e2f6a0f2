"""Every write of rounds: prepare, arrange, open, fill, close; and the exceptions of single associations (R-031)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from associations.registry.enums import AssociationKind
from associations.registry.services import checked
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.jobs.runner import JobContext
from portal.jobs.services import request
from portal.regulations.selectors import values
from portal.workflow.services import apply, update_versioned
from supervision.inspections.enums import EDITABLE, InspectionState
from supervision.inspections.models import Inspection
from supervision.inspections.transitions import EXEMPT, REINSTATE, REINSTATE_BEGUN, ReviewFacts
from supervision.rounds import expectation, rules
from supervision.rounds.enums import RoundLabel, RoundState
from supervision.rounds.models import Extension, FormVersion, Round, RoundTrack
from supervision.rounds.transitions import CLOSE, OPEN

WHY = "one arrangement a kind and mode, over the whole round"
PARAMETERS = (
    "inspection.cutoff",
    "inspection.to_supervisor_by",
    "inspection.to_registrar_by",
    "inspection.foundation_by",
)
# The hour of the day from which the list of a round is completed.
QUIET_UNTIL = 2
CAN_EXTEND = frozenset({InspectionState.NOT_STARTED, *EDITABLE})


def _require(actor: Actor, roles: frozenset[Role] | frozenset[str], what: str) -> None:
    if actor.role not in roles:
        raise Refused("round.role", f"您当前的身份是「{actor.label}」，不能{what}。")


def _require_draft(a_round: Round, what: str) -> None:
    if a_round.state != RoundState.DRAFT:
        state = a_round.get_state_display()
        raise Refused("round.state", f"「{a_round}」当前是「{state}」，不能{what}。只有筹备中的批次可以。")


def proposals(report_year: int, on: date) -> list[rules.Proposal]:
    """The usual arrangements of a year, from the dated parameters."""
    found = values(PARAMETERS, on=on)
    return rules.proposals(report_year, {code: str(one) for code, one in found.items()})


@transaction.atomic
def create_round(*, report_year: int, title: str = "", actor: Actor, now: datetime, **fields: Any) -> Round:
    """Prepare a round with the arrangements that the rule book proposes, as far as there are forms for them."""
    _require(actor, DEPARTMENT, "建立填报批次")
    label = RoundLabel(fields.get("label", RoundLabel.INSPECTION))
    made = Round(report_year=report_year, title=title or f"{report_year}{label.label}", **fields)
    checked(made).save()
    forms = newest_forms()
    for one in proposals(report_year, timezone.localdate(now)):
        if form := forms.get(one.kind):
            _save_track(
                RoundTrack(
                    round=made,
                    kind=one.kind,
                    mode=one.mode,
                    form=form,
                    registered_by=one.registered_by,
                    to_supervisor_by=one.to_supervisor_by,
                    to_registrar_by=one.to_registrar_by,
                    has_first_review=one.has_first_review,
                )
            )
    record("supervision.create_round", actor=actor, subject=made, after=_said(made), now=now)
    return made


def newest_forms() -> dict[str, FormVersion]:
    """The newest edition of each form, by the kind it is named after."""
    found: dict[str, FormVersion] = {}
    for one in FormVersion.objects.filter(code__in=AssociationKind.values).order_by("code", "version").defer("source"):
        found[one.code] = one
    return found


def _said(a_round: Round) -> dict[str, Any]:
    names = ("report_year", "title", "place", "opens_on", "closes_on", "help_office", "help_phone")
    return {name: getattr(a_round, name) for name in names}


# Once a round runs, its people have read these: they may still be corrected. What decides who files may not.
WHILE_OPEN = frozenset({"basis", "closes_on", "review_working_days", "correction_working_days"}) | frozenset(
    {"help_office", "help_phone"}
)


@transaction.atomic
def edit_round(a_round: Round, *, version: int, actor: Actor, now: datetime, **fields: Any) -> Round:
    """Correct a round; once it is open only what does not decide who files and when."""
    _require(actor, DEPARTMENT, "修改填报批次")
    if a_round.state == RoundState.CLOSED:
        raise Refused("round.state", f"「{a_round}」已经结束，不能再改。")
    changes = {name: value for name, value in fields.items() if getattr(a_round, name) != value}
    if a_round.state == RoundState.OPEN and (fixed := set(changes) - WHILE_OPEN):
        labels = "、".join(str(Round._meta.get_field(name).verbose_name) for name in sorted(fixed))  # type: ignore[union-attr]
        raise Refused("round.open", f"「{a_round}」已经启动，{labels}不能再改。请恢复原值，其他项目可以修改。")
    if not changes:
        return a_round
    before = {name: getattr(a_round, name) for name in changes}
    for name, value in changes.items():
        setattr(a_round, name, value)
    checked(a_round)
    for name, value in before.items():
        setattr(a_round, name, value)
    update_versioned(a_round, version=version, changes=changes)
    record("supervision.edit_round", actor=actor, subject=a_round, before=before, after=changes, now=now)
    return a_round


# Arrangements ------------------------------------------------------------------------------------------------------
def _save_track(track: RoundTrack) -> RoundTrack:
    with everything(WHY):
        checked(track).save()
    return track


def _bump(a_round: Round, version: int) -> None:
    """Arrangements are part of what a person saw of the round."""
    update_versioned(a_round, version=version, changes={})


@transaction.atomic
def add_track(a_round: Round, *, version: int, actor: Actor, now: datetime, **fields: Any) -> RoundTrack:
    _require(actor, DEPARTMENT, "修改填报安排")
    _require_draft(a_round, "添加填报安排")
    _bump(a_round, version)
    track = _save_track(RoundTrack(round=a_round, **fields))
    record("supervision.edit_tracks", actor=actor, subject=a_round, after={"added": str(track)}, now=now)
    return track


@transaction.atomic
def edit_track(track: RoundTrack, *, version: int, actor: Actor, now: datetime, **fields: Any) -> RoundTrack:
    _require(actor, DEPARTMENT, "修改填报安排")
    _require_draft(track.round, "修改填报安排")
    before = {name: str(getattr(track, name) or "") for name in fields}
    for name, value in fields.items():
        setattr(track, name, value)
    _bump(track.round, version)
    _save_track(track)
    after = {name: str(getattr(track, name) or "") for name in fields}
    record("supervision.edit_tracks", actor=actor, subject=track.round, before=before, after=after, now=now)
    return track


@transaction.atomic
def remove_track(track: RoundTrack, *, version: int, actor: Actor, now: datetime) -> None:
    _require(actor, DEPARTMENT, "修改填报安排")
    _require_draft(track.round, "删除填报安排")
    _bump(track.round, version)
    record("supervision.edit_tracks", actor=actor, subject=track.round, before={"removed": str(track)}, now=now)
    with everything(WHY):
        track.delete()


# Open, fill, close -------------------------------------------------------------------------------------------------
def open_round(a_round: Round, *, actor: Actor, version: int, now: datetime) -> Round:
    """Open the round; a background job then makes a filing for everybody it expects.

    Raises `Refused` when it would expect nobody or the actor is not the department's administrator.
    """
    day = timezone.localdate(now)
    count = sum(one.count for one in expectation.expected(a_round, day))
    with transaction.atomic():
        apply(OPEN, a_round, actor=actor, version=version, facts=rules.OpenFacts(count), now=now)
        request_filling(a_round, actor=actor, now=now, unique_key=f"open-round-{a_round.pk}")
    return a_round


def request_filling(a_round: Round, *, actor: Actor | None, now: datetime, unique_key: str = "") -> Any:
    """Have the missing filings made in the background; also for who joined the register since."""
    if actor is not None:
        _require(actor, DEPARTMENT, "补充填报名单")
    if a_round.state != RoundState.OPEN:
        raise Refused("round.state", f"「{a_round}」当前是「{a_round.get_state_display()}」，不能补充名单。")
    return request(
        "supervision.fill_round",
        kind="round",
        subject=a_round,
        label=f"{a_round}：生成填报名单",
        parameters={"round": a_round.pk},
        actor=actor,
        now=now,
        unique_key=unique_key,
    )


def fill_round(context: JobContext) -> dict[str, Any]:
    """The job: make what is missing, release who is gone. A second run finds nothing to do."""
    with everything(WHY):
        a_round = Round.objects.get(pk=context.job.parameters["round"])
    made = expectation.fill(a_round, now=context.now())
    released = expectation.release_gone(a_round, now=context.now())
    return {"made": made, "released": released}


def fill_open_rounds(now: datetime) -> int:
    """The nightly tick: whoever came onto the register since is expected too. Requests one job a round and day."""
    day = timezone.localdate(now)
    if timezone.localtime(now).hour < QUIET_UNTIL:
        return 0
    with everything(WHY):
        rounds = list(Round.objects.filter(state=RoundState.OPEN))
    for a_round in rounds:
        request_filling(a_round, actor=None, now=now, unique_key=f"fill-round-{a_round.pk}-{day}")
    return len(rounds)


def close_round(a_round: Round, *, actor: Actor, version: int, now: datetime) -> Round:
    """End the round: nothing is handed in any more but corrections and what an extension allows."""
    return apply(CLOSE, a_round, actor=actor, version=version, now=now)


# Exceptions --------------------------------------------------------------------------------------------------------
@transaction.atomic
def extend(
    inspection: Inspection, until: date, *, reason: str, number: str = "", actor: Actor, version: int, now: datetime
) -> Extension:
    """The registrar lets an association file until another day (R-031); nobody else can."""
    _require(actor, frozenset({Role.REGISTRAR}), "批准延期报送。延期由登记管理机关决定")
    if inspection.state not in CAN_EXTEND:
        state = inspection.get_state_display()
        raise Refused("extension.state", f"这件年检当前是「{state}」，不需要延期。")
    today = timezone.localdate(now)
    due_on = inspection.step_due_on if inspection.state == InspectionState.RETURNED else inspection.filing_due_on
    allowed = rules.may_extend(until=until, due_on=due_on or inspection.filing_due_on, today=today, reason=reason)
    if not allowed:
        raise Refused("extension.date", allowed.reason)
    changes: dict[str, Any] = {"filing_due_on": max(until, inspection.filing_due_on)}
    if inspection.state == InspectionState.RETURNED:
        changes["step_due_on"] = until
    before = {name: getattr(inspection, name) for name in changes}
    update_versioned(inspection, version=version, changes=changes)
    made = Extension(
        inspection=inspection,
        until=until,
        reason=reason.strip(),
        number=number.strip(),
        decided_by_id=actor.user_id,
        decider_label=actor.scope.label,
        decided_at=now,
    )
    made.full_clean(exclude=["inspection", "decided_by"])
    made.save()
    record("supervision.extend", actor=actor, subject=inspection, before=before, after=changes, reason=reason, now=now)
    return made


def exempt(inspection: Inspection, *, reason: str, actor: Actor, version: int, now: datetime) -> Inspection:
    """Take one association out of the round, with the reason."""
    return apply(
        EXEMPT,
        inspection,
        actor=actor,
        version=version,
        facts=ReviewFacts(reason=reason),
        changes={"exempt_reason": reason.strip()[:300]},
        comment=reason,
        now=now,
    )


def reinstate(inspection: Inspection, *, reason: str, actor: Actor, version: int, now: datetime) -> Inspection:
    """Expect an association again. What it had begun is there as it was."""
    return apply(
        REINSTATE_BEGUN if inspection.started_at else REINSTATE,
        inspection,
        actor=actor,
        version=version,
        facts=ReviewFacts(reason=reason),
        changes={"exempt_reason": ""},
        comment=reason,
        now=now,
    )
