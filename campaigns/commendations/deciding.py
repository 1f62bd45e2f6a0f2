"""The one door to an honour: the decision after publicity, and taking an honour back (R-115…R-117, R-191)."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from campaigns.commendations.completing import complete, undo
from campaigns.commendations.enums import NominationState
from campaigns.commendations.models import AwardRound, Commendation
from campaigns.commendations.rules import ChooseFacts, may_revoke
from campaigns.commendations.selectors import WHOLE, decide_facts, nominations_of, return_facts
from campaigns.commendations.services import holder_of, public_line
from campaigns.commendations.transitions import AWARD, DECIDE, DROP
from campaigns.plans.running import check_runner
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.publishing.models import Publication
from portal.workflow.services import apply, update_versioned


def decide(
    one: AwardRound, *, document_number: str, reason: str, actor: Actor, now: datetime, version: int
) -> list[Commendation]:
    """Commend those on the list: by a document, by the acting person, for a reason (R-191).

    Everything is asked again here, whatever was asked before: the basis (R-116), the end of publicity and open or
    upheld objections (R-117), the vetoes of every wing (R-115), and that each one stood on the public notice.
    """
    check_runner(one.campaign, actor, "作出表彰决定")
    today = localdate(now)
    with transaction.atomic():
        if one.notice_id is not None:
            with everything(WHOLE):
                # Objections take the same row: what was lodged is seen.
                one.notice = Publication.objects.select_for_update().get(pk=one.notice_id)
        facts = decide_facts(one, actor, today, document_number=document_number, reason=reason)
        apply(
            DECIDE,
            one,
            actor=actor,
            version=version,
            now=now,
            facts=facts,
            changes={
                "decision_number": document_number.strip(),
                "decision_reason": reason.strip(),
                "decided_label": actor.label[:200],
                "updated_at": now,
            },
            comment=reason,
        )
        made = []
        notice = one.notice
        for number, nomination in enumerate(nominations_of(one, NominationState.CHOSEN), start=1):
            apply(AWARD, nomination, actor=actor, version=nomination.version, now=now)
            assert notice is not None and notice.ends_on is not None  # noqa: S101,PT018  the guard saw to it
            made.append(
                Commendation(
                    nomination=nomination,
                    notice=notice,
                    number=f"{today.year}-{one.pk:04d}-{number:04d}",
                    name=public_line(nomination).name,
                    title=nomination.kind.title,
                    publicity_ended_on=notice.ends_on,
                    decided_on=today,
                    document_number=document_number.strip(),
                    reason=reason.strip(),
                    decided_by_id=actor.user_id,
                    decided_label=actor.label[:200],
                    issuer_name=holder_of(one.campaign).scope.label,
                )
            )
        Commendation.objects.bulk_create(made)
        complete(one, made, actor=actor, now=now)
        for nomination in nominations_of(one, NominationState.NOMINATED):
            apply(
                DROP,
                nomination,
                actor=actor,
                version=nomination.version,
                now=now,
                facts=ChooseFacts(is_runner=True, is_open=True, chosen=0, total=1),
                changes={"reason": "表彰决定时未列入名单。"},
            )
        after = {"document_number": document_number.strip(), "commended": len(made)}
        record("campaigns.commend", actor=actor, subject=one, after=after, reason=reason, now=now)
    return made


def revoke(
    commendation: Commendation, *, document_number: str, reason: str, actor: Actor, now: datetime, version: int
) -> Commendation:
    """Take an honour back, by a document and for a reason; it stays in the file with its end."""
    campaign = commendation.nomination.kind.round.campaign
    facts = return_facts(campaign, actor, reason, document_number)
    decision = may_revoke(facts)
    if not decision:
        raise Refused("award.revoke", decision.reason)
    if commendation.revoked_on is not None:
        raise Refused("award.revoked", f"「{commendation}」已于 {commendation.revoked_on} 撤销。")
    changes = {
        "revoked_on": localdate(now),
        "revoked_number": document_number.strip(),
        "revoked_reason": reason.strip(),
        "revoked_by_id": actor.user_id,
    }
    with transaction.atomic():
        update_versioned(commendation, version=version, changes=changes)
        undo(commendation, reason=reason.strip(), actor=actor, now=now)
        record(
            "campaigns.revoke_commendation",
            actor=actor,
            subject=commendation,
            after={"document_number": changes["revoked_number"]},
            reason=reason,
            now=now,
        )
    return commendation
