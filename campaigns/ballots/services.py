"""Every write of mass appraisal but the votes: paper counts, preparing, calling off and counting a ballot by code."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from associations.registry.services import checked, require_role, within_scope
from campaigns.ballots.enums import Choice, Level
from campaigns.ballots.models import Ballot, BallotCode, BallotResult, BallotTally, PaperCount
from campaigns.ballots.rules import PaperFacts, PrepareFacts, least_ballots, may_prepare, paper_decision, published
from campaigns.ballots.selectors import ballot_rules, handle_facts, has_open_ballot, has_result, paper_rate
from campaigns.ballots.transitions import CANCEL, COUNT, VOID
from campaigns.methods.models import MethodRecord
from campaigns.methods.rules import may_record
from campaigns.methods.selectors import is_recorder, record_facts, record_of
from campaigns.methods.services import RECORDERS, check_record, keep_record
from campaigns.plans.models import Method, Unit
from partybuilding.members.models import PartyMember
from portal.access.actor import Actor
from portal.access.decisions import Conflict, Decision, Refused
from portal.access.scoping import everything
from portal.audit.services import record as note
from portal.files.models import StoredFile
from portal.files.services import remove
from portal.workflow.services import apply, update_versioned

COUNTING = "a ballot is counted by the installation, in one piece"


def check_paper(
    unit: Unit,
    method: Method,
    *,
    level: str,
    member: PartyMember | None,
    held_on: date,
    facts: PaperFacts,
    actor: Actor,
    now: datetime,
) -> None:
    """Raise `Refused` with the rule unless this count may be recorded (R-112, R-114)."""
    require_role(actor, RECORDERS, "登记评议计票")
    within_scope(unit, actor, "单位")
    if level == Level.ORGANIZATION:
        check_record(unit, method, held_on, actor, now)
        if has_open_ballot(unit, method):
            raise Refused("ballot.open", "已有一场没有计票的投票。请等它结束，或先撤销，再登记纸质评议。")
    else:
        _check_member(unit, method, member, held_on, actor, now)
    decision = paper_decision(facts, ballot_rules(held_on))
    if not decision:
        raise Refused("ballot.paper", decision.reason)


def _check_member(
    unit: Unit, method: Method, member: PartyMember | None, held_on: date, actor: Actor, now: datetime
) -> None:
    """The organisation appraises its own members, before or after it was appraised itself."""
    decision = may_record(record_facts(unit, method, actor, localdate(now), held_on))
    is_done_only = record_of(unit, method) is not None and is_recorder(unit, method, actor)
    if not decision and not is_done_only:
        raise Refused("method.record", decision.reason)
    if member is None or member.organization_id != unit.organization_id:
        raise Refused("ballot.member", f"评议党员的，须从「{unit}」的名册中选择党员。请重新选择。")


def record_paper(
    unit: Unit,
    method: Method,
    *,
    level: str,
    member: PartyMember | None,
    held_on: date,
    facts: PaperFacts,
    file: StoredFile,
    actor: Actor,
    now: datetime,
    version: int,
) -> PaperCount:
    """Record a count of paper ballots with the photograph of the tally; about the unit itself, it also completes the
    method. `version` is the unit's.

    Raises `Refused` with the rule: figures that do not add up, one teller twice, too few ballots, a prerequisite.
    """
    member = member if level == Level.MEMBER else None
    check_paper(unit, method, level=level, member=member, held_on=held_on, facts=facts, actor=actor, now=now)
    row = PaperCount(
        unit=unit,
        method=method,
        level=level,
        member=member,
        held_on=held_on,
        voter_count=facts.voters,
        issued_count=facts.issued,
        returned_count=facts.returned,
        valid_count=facts.valid,
        satisfied_count=facts.satisfied,
        basic_count=facts.basic,
        dissatisfied_count=facts.dissatisfied,
        teller_one=facts.teller_one.strip(),
        teller_two=facts.teller_two.strip(),
        file=file,
        recorded_by_id=actor.user_id,
        recorded_at=now,
    )
    with transaction.atomic():
        update_versioned(unit, version=version, changes={"updated_at": now})
        checked(row).save()
        after = {"level": level, "valid": facts.valid, "rate": paper_rate(row).display(), "held_on": held_on}
        note("campaigns.record_paper", actor=actor, subject=unit, after=after, now=now)
        if level == Level.ORGANIZATION:
            text = f"纸质评议：有效 {facts.valid} 张，满意率 {paper_rate(row).display()}"
            keep_record(unit, method, done_on=held_on, summary=text, actor=actor, now=now, **_turnout(facts))
    return row


def _turnout(facts: PaperFacts) -> dict[str, int]:
    return {"expected_count": facts.voters, "present_count": facts.valid}


def withdraw_paper(row: PaperCount, *, reason: str, actor: Actor, now: datetime, version: int) -> None:
    """Take back a count recorded by mistake; history keeps its figures. Its photograph is deleted.

    Raises `Refused` while the method stands recorded on it.
    """
    require_role(actor, RECORDERS, "撤回评议计票")
    within_scope(row, actor, "计票")
    if not is_recorder(row.unit, row.method, actor):
        raise Refused("ballot.foreign", "这份计票由其他单位登记，您不能撤回。")
    if not reason.strip():
        raise Refused("method.reason", "撤回须写明原因。请填写。")
    if row.level == Level.ORGANIZATION and record_of(row.unit, row.method) is not None:
        raise Refused("ballot.recorded", f"「{row.method}」以这份计票为据登记完成。请先撤回「{row.method}」的登记。")
    file, unit = row.file, row.unit
    before = {"valid": row.valid_count, "rate": paper_rate(row).display(), "held_on": row.held_on}
    with transaction.atomic():
        update_versioned(row, version=version, changes={})
        row.delete()
        note("campaigns.withdraw_paper", actor=actor, subject=unit, before=before, reason=reason.strip(), now=now)
    remove(file, now=now)


# By code -------------------------------------------------------------------------------------------------------------


def prepare_ballot(
    unit: Unit,
    method: Method,
    *,
    title: str,
    voter_count: int,
    minimum_count: int | None,
    opens_at: datetime,
    closes_at: datetime,
    teller_one: str,
    teller_two: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> Ballot:
    """Prepare a secret ballot about a unit; its slips are printed afterwards. `version` is the unit's.

    Raises `Refused` for too few voters, a time that has begun, one teller twice, a second ballot at once.
    """
    require_role(actor, RECORDERS, "组织投票评议")
    within_scope(unit, actor, "单位")
    rules = ballot_rules(localdate(now))
    least = minimum_count or least_ballots(voter_count, rules)
    facts = PrepareFacts(
        recording=preparing(unit, method, actor, now),
        has_result=has_result(unit, method),
        has_open=has_open_ballot(unit, method),
        voters=voter_count,
        least=least,
        opens_at=opens_at,
        closes_at=closes_at,
        now=now,
        tellers=(teller_one, teller_two),
    )
    decision = may_prepare(facts, rules)
    if not decision:
        raise Refused("ballot.prepare", decision.reason)
    ballot = Ballot(
        unit=unit,
        method=method,
        title=title.strip(),
        voter_count=voter_count,
        minimum_count=least,
        opens_at=opens_at,
        closes_at=closes_at,
        teller_one=teller_one.strip(),
        teller_two=teller_two.strip(),
        prepared_by_id=actor.user_id,
        created_at=now,
    )
    with transaction.atomic():
        update_versioned(unit, version=version, changes={"updated_at": now})
        checked(ballot).save()
        BallotTally.objects.bulk_create(BallotTally(ballot=ballot, choice=choice) for choice in Choice.values)
        after = {"voters": voter_count, "minimum": least, "opens_at": opens_at, "closes_at": closes_at}
        note("campaigns.prepare_ballot", actor=actor, subject=ballot, after=after, now=now)
    return ballot


def preparing(unit: Unit, method: Method, actor: Actor, now: datetime) -> Decision:
    """Whether the actor may record this method of this unit at all."""
    if method.campaign_id != unit.campaign_id:
        return Decision(False, f"「{method}」不是「{unit.campaign}」的推进方式。请重新选择。")
    return may_record(record_facts(unit, method, actor, localdate(now)))


def cancel_ballot(ballot: Ballot, *, reason: str, actor: Actor, now: datetime, version: int) -> Ballot:
    """Call a ballot off before it ends: codes and what was counted so far go at once, unread.

    Raises `Refused` after the closing time, `Conflict` on a stale version.
    """
    require_role(actor, RECORDERS, "撤销投票")
    within_scope(ballot, actor, "投票")
    if not reason.strip():
        raise Refused("ballot.reason", "撤销投票须写明原因。请填写。")
    file = ballot.file
    with transaction.atomic():
        facts = handle_facts(ballot, actor, now)
        apply(CANCEL, ballot, actor=actor, version=version, now=now, facts=facts, comment=reason.strip())
        _forget(ballot)
    if file is not None and file.deleted_at is None:
        remove(file, now=now)
    return ballot


def _forget(ballot: Ballot) -> None:
    BallotCode.objects.unscoped(COUNTING).filter(ballot=ballot).delete()
    BallotTally.objects.unscoped(COUNTING).filter(ballot=ballot).delete()


def count_due(now: datetime) -> int:
    """The tick: every ballot whose time is over is counted, once. Returns how many."""
    with everything(COUNTING):
        due = list(Ballot.objects.filter(state__in=COUNT.sources, closes_at__lte=now).order_by("pk"))
    done = 0
    for ballot in due:
        with suppress(Conflict):
            count_ballot(ballot, now=now)
            done += 1
    return done


def count_ballot(ballot: Ballot, *, now: datetime) -> Ballot:
    """Count a ballot that has closed. What is published stays; codes and tallies go in the same transaction.

    Deleting the codes first waits for every vote under way and lets no further one in; then the tallies stand still.
    Raises `Refused` before the closing time, `Conflict` when another run has counted.
    """
    if now < ballot.closes_at:
        raise Refused("ballot.early", "投票还没有结束，不能计票。")
    with transaction.atomic():
        BallotCode.objects.unscoped(COUNTING).filter(ballot=ballot).delete()
        rows = BallotTally.objects.unscoped(COUNTING).filter(ballot=ballot)
        tallies = dict(rows.values_list("choice", "count"))
        total = sum(tallies.values())
        if total < ballot.minimum_count:
            apply(VOID, ballot, actor=None, version=ballot.version, now=now, changes={"cast_count": total})
        else:
            _publish(ballot, tallies, total, now)
        _forget(ballot)
    return ballot


def _publish(ballot: Ballot, tallies: dict[str, int], total: int, now: datetime) -> None:
    rules = ballot_rules(localdate(now))
    result = published(**{str(choice): tallies[choice] for choice in Choice.values}, smallest=rules.smallest)
    changes: dict[str, Any] = {
        "cast_count": total,
        "rate_kind": result.kind,
        "content_count": result.content,
    }
    apply(COUNT, ballot, actor=None, version=ballot.version, now=now, changes=changes)
    BallotResult.objects.bulk_create(
        BallotResult(ballot=ballot, number=number, cell=cell, count=count)
        for number, (cell, count) in enumerate(result.cells, start=1)
    )
    _complete(ballot, total, now)


def _complete(ballot: Ballot, total: int, now: datetime) -> None:
    """The method is done with the ballot, unless it was recorded or the unit left meanwhile."""
    unit, method = ballot.unit, ballot.method
    if unit.left_on is not None or record_of(unit, method) is not None:
        return
    row = MethodRecord(
        unit=unit,
        method=method,
        done_on=localdate(ballot.closes_at),
        summary=f"投票评议：{total} 张",
        expected_count=ballot.voter_count,
        present_count=total,
        recorded_by_id=ballot.prepared_by_id,
        recorded_at=now,
    )
    with everything(COUNTING):
        row.save()
        update_versioned(unit, version=unit.version, changes={"updated_at": now})
