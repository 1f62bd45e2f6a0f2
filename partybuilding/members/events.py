"""The history of memberships: one row for each thing that happened, kept together with the change itself."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from partybuilding.floating.models import FloatingMember
from partybuilding.members.enums import EVENT_TONES, EventKind
from partybuilding.members.models import MemberEvent, PartyMember
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.screens.columns import Column, TextTable, table


def keep_event(member: PartyMember, kind: str, happened_on: date, *, now: datetime, **told: Any) -> MemberEvent:
    """Keep what happened to a member. Called inside the transaction that changes the roster."""
    return MemberEvent.objects.create(
        organization_id=member.organization_id,
        member=member,
        kind=kind,
        happened_on=happened_on,
        recorded_at=now,
        **told,
    )


def end_absence(member: PartyMember, last: date) -> None:
    """Who leaves a roster is no longer away from it. Called inside the transaction that changes the roster."""
    with everything("the absence of one member"):
        row = FloatingMember.objects.filter(member=member, ends_on=None).first()
        if row is not None:
            ends_on = max(last, row.starts_on)
            FloatingMember.objects.filter(pk=row.pk).update(ends_on=ends_on, version=row.version + 1)


def events_of(actor: Actor, member: PartyMember) -> list[MemberEvent]:
    """What happened to the person of a row, in every organisation that the actor reaches, the latest first."""
    rows = scoped(MemberEvent, actor).filter(member__person_id=member.person_id)
    return list(rows.select_related("organization").order_by("-happened_on", "-pk"))


def events_table(rows: Sequence[MemberEvent]) -> TextTable:
    """The history as a page shows it."""
    columns = [
        Column("happened_on", "生效日期", kind="date"),
        Column(
            "kind",
            "事项",
            value=lambda row: EventKind(row.kind).label + ("（整建制）" if row.is_whole else ""),
            kind="state",
            tone=lambda row: EVENT_TONES[EventKind(row.kind)],
            card="tag",
        ),
        Column("organization", "党组织", value="organization.name", card="title"),
        Column("counterpart", "来源或去向", value=lambda row: row.counterpart or None),
        Column("document_number", "文号", value=lambda row: row.document_number or None, css="code"),
        Column("remark", "说明", value=_told, css="long"),
    ]
    return table("变动记录", columns, rows, empty="没有变动记录。")


def _told(row: MemberEvent) -> str | None:
    return "；".join(part for part in (row.get_cause_display(), row.remark) if part) or None
