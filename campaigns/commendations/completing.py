"""An award that was decided is what a unit has done under the method of commending; taken back, it no longer is."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import localdate

from campaigns.commendations.models import AwardRound, Commendation
from campaigns.methods.models import MethodRecord
from campaigns.methods.services import drop_record, keep_record
from campaigns.plans.enums import MethodForm
from campaigns.plans.models import Method, Unit
from portal.access.actor import Actor
from portal.access.scoping import everything
from portal.workflow.services import update_versioned

WHY = "the units of those who were commended, by whoever runs the campaign"


def complete(one: AwardRound, made: Iterable[Commendation], *, actor: Actor, now: datetime) -> list[MethodRecord]:
    """Record the method of commending for every unit whose organisation, or one of whose people, was commended.

    What a unit has recorded already stands. Asked inside the decision, which saw to it that everything that comes
    before is done (R-112).
    """
    honours: dict[int, list[Commendation]] = defaultdict(list)
    for row in made:
        if row.nomination.group_id is not None:
            continue  # the mass organisations' own strand (C-45) is no method of the Party organisation
        honours[row.nomination.organization_id].append(row)
    with everything(WHY):
        methods = list(Method.objects.filter(campaign=one.campaign_id, form=MethodForm.COMMENDATION))
        rows = Unit.objects.filter(campaign=one.campaign_id, organization__in=list(honours), left_on=None)
        units = list(rows.select_related("campaign", "organization__committee").order_by("pk"))
        known = set(MethodRecord.objects.filter(unit__in=units, method__in=methods).values_list("unit", "method"))
    found = []
    for unit in units:
        names = "、".join(str(row) for row in honours[unit.organization_id or 0])
        for method in methods:
            if (unit.pk, method.pk) in known:
                continue
            update_versioned(unit, version=unit.version, changes={"updated_at": now})
            summary = f"{one}：{names}，{one.decision_number}。"[:2000]
            found.append(
                keep_record(
                    unit,
                    method,
                    done_on=localdate(now),
                    summary=summary,
                    award_round=one,
                    actor=actor,
                    now=now,
                )
            )
    return found


def undo(commendation: Commendation, *, reason: str, actor: Actor, now: datetime) -> None:
    """An honour was taken back: the record that rested on its round goes, unless another honour of it still stands."""
    nomination = commendation.nomination
    with everything(WHY):
        standing = Commendation.objects.filter(
            nomination__kind__round=nomination.kind.round_id,
            nomination__organization=nomination.organization_id,
            revoked_on=None,
        )
        if standing.exclude(pk=commendation.pk).exists():
            return
        rows = MethodRecord.objects.filter(
            award_round=nomination.kind.round_id, unit__organization=nomination.organization_id
        )
        records = list(rows.select_related("unit__campaign", "method"))
    for record in records:
        drop_record(record, reason=f"表彰撤销：{reason}", actor=actor, now=now)
