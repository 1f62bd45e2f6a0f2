"""What the association's home page says about its filings: one line what it is, one line how far, one button."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from portal.access.actor import Actor
from portal.access.roles import ASSOCIATION
from supervision.inspections.enums import EDITABLE, STATE_TONES, InspectionState, SectionState
from supervision.inspections.models import Inspection
from supervision.inspections.selectors import correction_of, filings, first_fix, window_of
from supervision.rounds.enums import RoundState
from supervision.rounds.selectors import form_of

WAITING = frozenset({InspectionState.NOT_STARTED, *EDITABLE})
MOST = 3


@dataclass(frozen=True)
class FilingCard:
    """`is_mine`: it waits for the association; otherwise it only says where the filing is."""

    title: str
    association: str
    progress: str
    due_on: date | None
    note: str
    url: str
    button: str
    is_mine: bool
    is_returned: bool
    state: str
    tone: str
    help_text: str
    start_url: str = ""
    version: int = 0


def filing_cards(actor: Actor, today: date) -> list[FilingCard]:
    """The filings of open rounds, and what was returned in closed ones: returned first, then what is due first."""
    if actor.role not in ASSOCIATION:
        return []
    done = Count("sections", filter=Q(sections__state=SectionState.DONE))
    rows = filings(actor).filter(Q(round__state=RoundState.OPEN) | Q(state=InspectionState.RETURNED))
    rows = rows.exclude(state__in=[InspectionState.EXEMPTED, InspectionState.CONCLUDED]).annotate(done_count=done)
    cards = [_card(one, today) for one in rows.order_by("filing_due_on", "pk")[: MOST * 2]]
    return sorted(cards, key=lambda card: (not card.is_returned, not card.is_mine))[:MOST]


def _card(one: Inspection, today: date) -> FilingCard:
    form = form_of(one.form)
    state = InspectionState(one.state)
    window = window_of(one, today)
    url, button, progress, note = reverse("supervision:filing", args=[one.pk]), "查看办理情况", str(state.label), ""
    is_returned = state == InspectionState.RETURNED
    if is_returned and (correction := correction_of(one, form)) is not None:
        count = len(correction.wanted)
        progress = f"被退回，需要修改 {count} 处" if count else "被退回补正"
        url = first_fix(one, correction) or url
        button, note = (
            "去修改",
            f"{correction.returner}：{correction.comment}" if correction.comment else correction.returner,
        )
    elif state == InspectionState.DRAFTING:
        done: int = one.done_count  # type: ignore[attr-defined]  # annotated above
        progress, button = f"已完成 {done}/{len(form.sections)} 部分", "继续填写"
        if done == len(form.sections):
            progress, button, url = (
                "已填完，还没有提交",
                "核对并提交",
                reverse("supervision:filing_check", args=[one.pk]),
            )
    elif state == InspectionState.NOT_STARTED:
        minutes = sum(section.minutes for section in form.sections)
        progress, button = f"还没有开始，共 {len(form.sections)} 个部分，约 {minutes} 分钟", "开始填报"
    if state in WAITING and not window.is_open:
        note = window.closed_text
    return FilingCard(
        title=one.round.title,
        association=one.association.name,
        progress=progress,
        due_on=window.due_on if state in WAITING else None,
        note=note,
        url=url,
        button=button,
        is_mine=state in WAITING,
        is_returned=is_returned,
        state=str(state.label),
        tone=STATE_TONES[state],
        start_url=reverse("supervision:filing_start", args=[one.pk]) if state == InspectionState.NOT_STARTED else "",
        version=one.version,
        help_text=f"{one.round.help_office} {one.round.help_phone}",
    )
