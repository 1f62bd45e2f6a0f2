"""What of the annual filings stands on the home page of staff: the own queue, or the stages that are watched."""

from datetime import date

from portal.access.actor import Actor
from portal.home.cards import Block, Figure
from portal.screens.screen import drilldown_url
from supervision.reviews.selectors import CARDS, card_counts

LIST = "supervision:reviews"


def block(actor: Actor, today: date) -> Block:
    """One figure a queue, or a stage for those who watch; each leads to the list with exactly that many filings."""
    found = card_counts(actor, today)
    figures = [
        Figure(
            card.label,
            drilldown_url(f"工作台·{card.label}", LIST, dict(card.query)),
            count=found[card.key],
            unit="件",
            note=card.note,
            is_late=card.is_late,
        )
        for card in CARDS
        if found.get(card.key)
    ]
    return Block("年检审核", figures=figures)
