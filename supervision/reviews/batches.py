"""Several filings at once: only those that nothing speaks against, and a sample is left out for a look of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Conflict, Refused
from portal.audit.services import record
from portal.regulations.selectors import read_at_once, value
from supervision.inspections.enums import STAGE_STATES, Conclusion, Stage
from supervision.inspections.models import Inspection
from supervision.inspections.selectors import known_issues
from supervision.reviews.models import Remark
from supervision.reviews.rules import may_batch, sample
from supervision.reviews.services import WHY, conclude, forward, stage_of


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch: done, drawn as samples, refused with the reason."""

    done: tuple[Inspection, ...]
    sampled: tuple[Inspection, ...]
    refused: tuple[tuple[Inspection, str], ...]


def batch_forward(inspections: Sequence[tuple[Inspection, int]], *, actor: Actor, now: datetime) -> Batch:
    """Let several filings without flags go on, each with the version that the person saw; a sample is left out."""
    return _batch(inspections, actor=actor, now=now)


def batch_conclude(inspections: Sequence[tuple[Inspection, int]], *, actor: Actor, now: datetime) -> Batch:
    """Conclude several filings without flags as 合格; a sample is left out."""
    return _batch(inspections, actor=actor, now=now)


def batch_share(now: datetime) -> Decimal:
    """The share of a batch that is left out for a look of its own; a dated parameter."""
    return Decimal(str(value("inspection.batch_sample_share", on=timezone.localdate(now))))


def batch_plan(
    inspections: Sequence[Inspection], *, actor: Actor, now: datetime
) -> tuple[list[Inspection], list[Inspection], list[tuple[Inspection, str]]]:
    """Who would pass, who is drawn as a sample, who is refused and why."""
    stage = stage_of(actor)
    if stage is None:
        raise Refused("role", f"您当前的身份是「{actor.label}」，不能批量审核。")
    remarks = Remark.objects.unscoped(WHY).filter(inspection__in=inspections, stage=stage, sent_in=None)
    remarked = list(remarks.values_list("inspection_id", flat=True))
    fit, refused = [], []
    today = timezone.localdate(now)
    with read_at_once(today):
        for one in inspections:
            # What the register says may have changed since the hand-in: it is asked again now.
            decision = may_batch(
                state=one.state,
                stage=stage,
                stage_state=STAGE_STATES[stage],
                flag_count=one.flag_count,
                remark_count=remarked.count(one.pk),
                sampled_stage=one.sampled_stage,
                issues=() if one.flag_count else known_issues(one.association, today),
            )
            if decision:
                fit.append(one)
            else:
                refused.append((one, decision.reason))
    drawn = sample((one.pk for one in fit), seed=f"inspection:{stage}", share=batch_share(now))
    return [one for one in fit if one.pk not in drawn], [one for one in fit if one.pk in drawn], refused


def _batch(inspections: Sequence[tuple[Inspection, int]], *, actor: Actor, now: datetime) -> Batch:
    versions = {one.pk: version for one, version in inspections}
    passing, sampled, refused = batch_plan([one for one, _version in inspections], actor=actor, now=now)
    stage, done = stage_of(actor), []
    for one in passing:
        step: dict[str, Any] = {"actor": actor, "version": versions[one.pk], "now": now, "is_batch": True}
        try:
            if stage == Stage.REGISTRAR:
                on = timezone.localdate(now)
                conclude(one, conclusion=Conclusion.PASSED, reason="", on=on, **step)
            else:
                forward(one, text="", **step)
        except Refused as problem:
            refused.append((one, problem.reason))
        except Conflict as conflict:
            refused.append((one, conflict.reason))
        else:
            done.append(one)
    with transaction.atomic():
        drawn = Inspection.objects.unscoped(WHY).filter(pk__in=[one.pk for one in sampled])
        drawn.update(sampled_stage=stage or "")
        for one in sampled:
            one.sampled_stage = stage or ""
        record(
            "supervision.batch",
            actor=actor,
            subject_label="年检批量审核",
            after={
                "count": len(done),
                "numbers": [one.number for one in done],
                "sampled": [one.number for one in sampled],
                "refused": [one.number for one, _reason in refused],
            },
            now=now,
        )
    return Batch(tuple(done), tuple(sampled), tuple(refused))
