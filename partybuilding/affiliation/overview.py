"""Where an association belongs, on its tab 组建与同步."""

from datetime import date

from associations.registry.models import Association
from partybuilding.affiliation.enums import STANDING_TONES
from partybuilding.affiliation.selectors import affiliation_of
from portal.screens.columns import Fact, fact
from portal.screens.values import Missing


def affiliation_facts(association: Association, day: date) -> list[Fact]:
    """应隶属…，依据…，beside the present committee; nothing where no order is entered."""
    found = affiliation_of(association, day)
    if found is None:
        return []
    present = found.present.department if found.present else Missing.NOT_REPORTED
    return [
        fact("现隶属党委", present),
        fact("应隶属", found.answer.label),
        fact("核对", found.standing, "state", tone=STANDING_TONES[found.standing]),
        fact("依据", f"{found.answer.reason}。{found.answer.rule.source}"),
    ]
