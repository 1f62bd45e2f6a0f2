"""Every write of what units did under the methods of a campaign."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from associations.registry.services import checked, refuse_future, require_role, within_scope
from campaigns.methods.models import Comment, MethodRecord, Pledge, PledgeEdition, SelfReview
from campaigns.methods.rules import (
    CorrectionFacts,
    ReviewFacts,
    may_correct,
    may_record,
    may_record_directly,
    may_withdraw,
    pledge_decision,
    review_decision,
)
from campaigns.methods.selectors import (
    aspect_count,
    aspects_by_pledge,
    may_pledge,
    pledge_facts,
    record_facts,
    withdraw_facts,
)
from campaigns.plans.enums import ItemKind, MethodForm
from campaigns.plans.models import CampaignItem, Method, Unit
from campaigns.plans.transitions import READERS
from campaigns.urging.services import settle
from partybuilding.members.models import PartyMember
from portal.access.actor import Actor
from portal.access.decisions import Decision, Refused
from portal.access.scoping import everything
from portal.audit.services import record as note
from portal.files.models import StoredFile
from portal.files.services import remove
from portal.workflow.services import update_versioned

# The unit's own secretary, its committee, and whoever runs the campaign; which of them, the method's form says.
RECORDERS = READERS


def check_record(unit: Unit, method: Method, done_on: date | None, actor: Actor, now: datetime) -> None:
    """Raise `Refused` with the rule unless the actor may record that the unit did this method on that day (R-112)."""
    require_role(actor, RECORDERS, "登记推进方式")
    within_scope(unit, actor, "单位")
    if method.campaign_id != unit.campaign_id:
        raise Refused("method.foreign", f"「{method}」不是「{unit.campaign}」的推进方式。请重新选择。")
    decision = may_record(record_facts(unit, method, actor, localdate(now), done_on))
    if not decision:
        raise Refused("method.record", decision.reason)


@dataclass(frozen=True, slots=True)
class ReviewGiven:
    """What is recorded of a meeting of self-review; `speakers` where there is a roster, else how many spoke."""

    kind: str
    expected: int
    present: int
    statements: int
    guests: int
    problems: str
    secretary_summary: str
    speakers: tuple[PartyMember, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentGiven:
    """What the body above says."""

    occasion: str
    post: str
    achievements: str
    problems: str
    direction: str


@dataclass(frozen=True, slots=True)
class PledgesGiven:
    """How many members pledged, of how many; counted from the roster where there is one."""

    expected: int
    members: int


Given = ReviewGiven | CommentGiven | PledgesGiven
# What a form asks for beyond day and words.
ASKED: dict[str, type[Any]] = {
    MethodForm.REVIEW: ReviewGiven,
    MethodForm.COMMENT: CommentGiven,
    MethodForm.PLEDGE: PledgesGiven,
}


def record_method(
    unit: Unit,
    method: Method,
    *,
    done_on: date,
    summary: str,
    actor: Actor,
    now: datetime,
    version: int,
    given: Given | None = None,
    file: StoredFile | None = None,
) -> MethodRecord:
    """Record that a unit has done a method, with what its form asks for. `version` is the unit's, so of two who record
    one is told.

    Raises `Refused` before its prerequisites (R-112), for a day outside the campaign, by whom it does not concern,
    for numbers that do not hold together.
    """
    check_record(unit, method, done_on, actor, now)
    facts = record_facts(unit, method, actor, localdate(now), done_on)
    decision = may_record_directly(facts)
    if not decision:
        raise Refused("method.by_count", decision.reason)
    wanted = ASKED.get(method.form)
    if wanted is not None and not isinstance(given, wanted):
        raise Refused("method.details", f"「{method}」须登记{method.get_form_display()}的内容。请填写。")
    counts = _check_given(unit, method, given)
    with transaction.atomic():
        update_versioned(unit, version=version, changes={"updated_at": now})
        row = keep_record(
            unit, method, done_on=done_on, summary=summary.strip(), file=file, actor=actor, now=now, **counts
        )
        if isinstance(given, ReviewGiven):
            _keep_review(row, given)
        elif isinstance(given, CommentGiven):
            _keep_comment(row, given, actor)
    return row


def _check_given(unit: Unit, method: Method, given: Given | None) -> dict[str, int]:
    """The numbers of the record, checked by the rules."""
    if isinstance(given, ReviewGiven):
        spoken = len(given.speakers) or given.statements
        decision = review_decision(ReviewFacts(given.expected, given.present, spoken))
        if any(one.organization_id != unit.organization_id for one in given.speakers):
            decision = Decision(False, f"陈述党员须从「{unit}」的名册中选择。请重新选择。")
        expected, present = given.expected, given.present
    elif isinstance(given, PledgesGiven):
        facts = pledge_facts(unit, method, given.expected, given.members)
        decision = pledge_decision(facts)
        expected, present = facts.expected, facts.members
    else:
        return {}
    if not decision:
        raise Refused("method.given", decision.reason)
    return {"expected_count": expected, "present_count": present}


def _keep_review(row: MethodRecord, given: ReviewGiven) -> None:
    review = SelfReview(
        record=row,
        kind=given.kind,
        statement_count=len(given.speakers) or given.statements,
        guest_count=given.guests,
        problems=given.problems.strip(),
        secretary_summary=given.secretary_summary.strip(),
    )
    checked(review).save()
    with everything("members of the unit's own roster, checked above"):
        review.speakers.set(given.speakers)


def _keep_comment(row: MethodRecord, given: CommentGiven, actor: Actor) -> None:
    texts = {name: getattr(given, name).strip() for name in ("achievements", "problems", "direction", "post")}
    body = actor.scope.label if actor.scope.kind == "department" else f"{row.unit.campaign.region.name}社会工作部"
    checked(Comment(record=row, occasion=given.occasion, body=body[:120], **texts)).save()


# Pledges -------------------------------------------------------------------------------------------------------------


def _may_pledge(unit: Unit, method: Method, actor: Actor, now: datetime) -> None:
    """The unit's own to record, while the campaign goes on, before and after the method counts as done."""
    require_role(actor, RECORDERS, "登记承诺")
    within_scope(unit, actor, "单位")
    decision = may_pledge(unit, method, actor, localdate(now))
    if not decision:
        raise Refused("pledge.foreign", decision.reason)


def _check_aspects(unit: Unit, aspects: Iterable[CampaignItem]) -> list[CampaignItem]:
    """The aspects of a pledge: one at least where the campaign's document names any, and none of another campaign."""
    chosen = list(aspects)
    if aspect_count(unit) and not chosen:
        raise Refused("pledge.aspect", "承诺至少选择一个方面。请选择。")
    if any(one.campaign_id != unit.campaign_id or one.kind != ItemKind.ASPECT for one in chosen):
        raise Refused("pledge.aspect", "所选承诺方面不是这项活动的。请重新选择。")
    return chosen


def _check_publication(unit: Unit, published_on: date | None, channel: str, now: datetime, **before: Any) -> None:
    facts = CorrectionFacts(published_on, channel, unit.campaign.starts_on, localdate(now), **before)
    decision = may_correct(facts)
    if not decision:
        raise Refused("pledge.published", decision.reason)


def _set_aspects(row: Pledge, chosen: list[CampaignItem]) -> None:
    with everything("aspects of the unit's own campaign, checked by the caller"):
        row.aspects.set(chosen)


def record_pledge(
    unit: Unit,
    method: Method,
    *,
    member: PartyMember | None,
    aspects: Iterable[CampaignItem],
    text: str,
    published_on: date | None,
    channel: str,
    due_on: date | None,
    actor: Actor,
    now: datetime,
) -> Pledge:
    """Record a pledge of the organisation, or of one of its members (R-113); without a day it is not public yet.

    Raises `Refused` for a member of another organisation, an aspect the campaign does not name, a day to come.
    """
    _may_pledge(unit, method, actor, now)
    chosen = _check_aspects(unit, aspects)
    if member is not None and member.organization_id != unit.organization_id:
        raise Refused("pledge.member", f"承诺的党员须从「{unit}」的名册中选择。请重新选择。")
    _check_publication(unit, published_on, channel, now)
    row = Pledge(
        unit=unit,
        method=method,
        member=member,
        text=text.strip(),
        published_on=published_on,
        channel=channel,
        due_on=due_on,
        recorded_at=now,
    )
    with transaction.atomic():
        checked(row).save()
        _set_aspects(row, chosen)
        after = {"of": "member" if member else "organization", "aspects": len(chosen), "published_on": published_on}
        note("campaigns.record_pledge", actor=actor, subject=unit, after=after, now=now)
    return row


def change_pledge(
    row: Pledge,
    *,
    aspects: Iterable[CampaignItem],
    text: str,
    published_on: date | None,
    channel: str,
    due_on: date | None,
    actor: Actor,
    now: datetime,
    version: int,
    reason: str = "",
) -> Pledge:
    """Correct a pledge: freely before it is public, afterwards by making it public anew, with the old words kept.

    Raises `Refused` with the rule, `Conflict` on a stale version.
    """
    _may_pledge(row.unit, row.method, actor, now)
    within_scope(row, actor, "承诺")
    chosen = _check_aspects(row.unit, aspects)
    is_rated = any((row.self_rating, row.branch_rating, row.mass_rating))
    _check_publication(row.unit, published_on, channel, now, was_on=row.published_on, is_rated=is_rated, reason=reason)
    changes = {"text": text.strip(), "published_on": published_on, "channel": channel, "due_on": due_on}
    old = PledgeEdition(
        pledge=row,
        aspects="、".join(aspects_by_pledge([row])[row.pk])[:1000],
        reason=reason.strip(),
        replaced_by_id=actor.user_id,
        replaced_at=now,
        **{name: getattr(row, name) for name in changes},
    )
    was_public = row.published_on is not None
    trial = copy(row)
    for name, value in changes.items():
        setattr(trial, name, value)
    checked(trial)
    with transaction.atomic():
        update_versioned(row, version=version, changes=changes)
        _set_aspects(row, chosen)
        if was_public:
            old.save()
        after = {"published_on": published_on, "aspects": len(chosen)}
        before = {"published_on": old.published_on}
        action = "campaigns.republish_pledge" if was_public else "campaigns.change_pledge"
        note(action, actor=actor, subject=row.unit, before=before, after=after, reason=reason.strip(), now=now)
    return row


def rate_pledge(
    row: Pledge,
    *,
    self_rating: str,
    branch_rating: str,
    mass_rating: str,
    rated_on: date,
    actor: Actor,
    now: datetime,
    version: int,
) -> Pledge:
    """Whether a pledge was kept, by the own, the branch's and the masses' judgement; later judgements replace earlier.

    Raises `Refused` for none of the three, a day before publication or to come; `Conflict` on a stale version.
    """
    _may_pledge(row.unit, row.method, actor, now)
    within_scope(row, actor, "承诺")
    refuse_future(rated_on, now, "评定日期")
    if row.published_on is None:
        raise Refused("pledge.unpublished", "这项承诺还没有公布，不能评定兑现。请先登记公布。")
    if rated_on < row.published_on:
        raise Refused(
            "pledge.rated",
            f"评定日期 {rated_on.isoformat()} 早于公布日期 {row.published_on.isoformat()}。请核对日期。",
        )
    changes: dict[str, Any] = {"self_rating": self_rating, "branch_rating": branch_rating, "mass_rating": mass_rating}
    if not any(changes.values()):
        raise Refused("pledge.no_rating", "自评、支部评定、群众评定至少填一项。请填写。")
    before = {name: getattr(row, name) for name in changes}
    with transaction.atomic():
        update_versioned(row, version=version, changes=changes | {"rated_on": rated_on})
        note("campaigns.rate_pledge", actor=actor, subject=row.unit, before=before, after=changes, now=now)
    return row


# Writing the record itself


def keep_record(
    unit: Unit, method: Method, *, done_on: date, actor: Actor, now: datetime, **values: Any
) -> MethodRecord:
    """Write the record and its history row, inside the caller's transaction."""
    row = MethodRecord(
        unit=unit, method=method, done_on=done_on, recorded_by_id=actor.user_id, recorded_at=now, **values
    )
    checked(row).save()
    after = {"method": str(method), "done_on": done_on}
    note("campaigns.record_method", actor=actor, subject=unit, after=after, now=now)
    settle(unit, [method], evidence=f"已于 {done_on.isoformat()} 完成。", actor=actor, now=now)
    return row


def withdraw_record(row: MethodRecord, *, reason: str, actor: Actor, now: datetime, version: int) -> None:
    """Take back a record made by mistake; history keeps what it said and why. Its file is deleted.

    Raises `Refused` while a later method rests on it, `Conflict` on a stale version.
    """
    require_role(actor, RECORDERS, "撤回登记")
    within_scope(row, actor, "记录")
    if not reason.strip():
        raise Refused("method.reason", "撤回须写明原因。请填写。")
    decision = may_withdraw(withdraw_facts(row, actor))
    if not decision:
        raise Refused("method.withdraw", decision.reason)
    file = row.file
    with transaction.atomic():
        update_versioned(row, version=version, changes={})
        drop_record(row, reason=reason.strip(), actor=actor, now=now)
    if file is not None:
        remove(file, now=now)


def drop_record(row: MethodRecord, *, reason: str, actor: Actor, now: datetime) -> None:
    """Delete a record inside the caller's transaction; history keeps what it said and why."""
    unit = row.unit
    before = {"method": str(row.method), "done_on": row.done_on}
    update_versioned(unit, version=unit.version, changes={"updated_at": now})
    row.delete()
    note("campaigns.withdraw_method", actor=actor, subject=unit, before=before, reason=reason, now=now)
