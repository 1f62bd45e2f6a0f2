"""Whom to call about a round, grouped by the body that urges: people, masked numbers, what came of the last call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from associations.governance.models import Contact
from associations.registry.models import current_on
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.notices import reminding
from portal.notices.urging import urging_text
from portal.people.presentation import masked_phone
from supervision.discipline import rules
from supervision.discipline.models import UrgeCall
from supervision.discipline.rules import WAITING
from supervision.discipline.selectors import filings_of, standing_of
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection
from supervision.inspections.selectors import NOBODY_LABEL
from supervision.rounds.models import Round

LIMIT = 200
AHEAD = (0, 7, 30)
BY = {"committee": "综合（行业）党委", "supervisor": "业务主管单位"}


@dataclass
class Line:
    """One association to call."""

    inspection: Inspection
    due_on: date
    distance: str
    contact: Contact | None
    phone: Any
    last_call: UrgeCall | None

    @property
    def contact_text(self) -> str:
        if self.contact is None:
            return "没有登记联系人"
        person = self.contact.person.name if self.contact.person else "办公电话"
        return f"{person}（{self.contact.duty}）" if self.contact.duty else person


@dataclass
class Called:
    """The associations of one body, with the text that can be sent to it."""

    label: str
    lines: list[Line] = field(default_factory=list)
    total: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether the rest of its associations stands on another page."""
        return self.total > len(self.lines)

    def text(self, a_round: Round, today: date) -> str:
        """催报 text to copy: no telephone numbers in it, it may be passed on."""
        return urging_text(
            today,
            f"下列 {len(self.lines)} 家社会组织尚未完成{a_round}报送，请督促尽快办理",
            [f"{line.inspection.association.name}，{line.distance}" for line in self.lines],
            addressee=self.label,
            closing=f"咨询：{a_round.help_office} {a_round.help_phone}",
        )


def to_call(actor: Actor, a_round: Round, today: date, *, ahead: int) -> QuerySet[Inspection]:
    """Filings that are overdue, or due within some days, and wait for the association."""
    until = today + timedelta(days=ahead)
    limit: dict[str, Any] = {"lt": today} if not ahead else {"lte": until}
    (how, day), *_ = limit.items()
    waiting = Q(state__in=WAITING, **{f"filing_due_on__{how}": day})
    correcting = Q(state=InspectionState.RETURNED, **{f"step_due_on__{how}": day})
    return filings_of(actor, a_round).filter(waiting | correcting)


def lines_of(actor: Actor, rows: QuerySet[Inspection], today: date, *, by: str, first: int = 0) -> list[Line]:
    """A page of them with contact and last call; four queries however many."""
    contacts = scoped(Contact, actor).filter(current_on(today)).select_related("person", "phone")
    calls = scoped(UrgeCall, actor).order_by("-called_at", "-pk")
    related: list[Any] = [
        Prefetch("association__contacts", contacts.order_by("-is_main", "pk"), to_attr="contacts_on_day"),
        Prefetch("urge_calls", calls, to_attr="calls_made"),
    ]
    whole = rows.select_related("round", "association", "supervisor", "committee").prefetch_related(*related)
    found = whole.order_by(F(f"{by}__name").asc(nulls_last=True), "filing_due_on", "number")[first : first + LIMIT]
    return [_line(row, today) for row in found]


def _line(row: Any, today: date) -> Line:
    contact = next(iter(row.association.contacts_on_day), None)
    due = rules.due_on(standing_of(row)) or row.filing_due_on
    phone = masked_phone(contact.phone) if contact else None
    return Line(
        row, due, reminding.distance_text((today - due).days, due), contact, phone, next(iter(row.calls_made), None)
    )


def totals(rows: QuerySet[Inspection], *, by: str) -> dict[str, int]:
    """How many each body has in all, by its name; one query."""
    counted = rows.order_by().values_list(f"{by}__name").annotate(number=Count("pk"))
    return {name or NOBODY_LABEL: number for name, number in counted}


def grouped(lines: Sequence[Line], all_of: dict[str, int], *, by: str) -> list[Called]:
    found: dict[str, Called] = {}
    for line in lines:
        body = getattr(line.inspection, by)
        label = body.name if body else NOBODY_LABEL
        found.setdefault(label, Called(label, total=all_of.get(label, 0))).lines.append(line)
    return list(found.values())
