"""What the records of the wing say to items of yearly checks."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from partybuilding.deliberation.models import Interaction, MajorDecision
from partybuilding.duties.answers import Answerer
from partybuilding.members.models import Secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.terms.enums import TermState
from partybuilding.terms.selectors import attach_terms, term_rules, with_terms
from portal.access.scoping import everything

WHY = "what the records say about organisations whose checks were reached"


def _days(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def decisions_reviewed(organizations: Collection[int], year: int) -> dict[int, str]:
    """R-101 of the year."""
    with everything(WHY):
        rows = MajorDecision.objects.filter(organization__in=organizations, voted_on__range=_days(year))
        found = list(rows.values_list("organization_id", "reviewed_on"))
    all_, studied = Counter(pk for pk, _on in found), Counter(pk for pk, on in found if on)
    return {
        pk: f"{year}年表决重大决策 {all_[pk]} 项，事前研究 {studied[pk]} 项。"
        if all_[pk]
        else "本年度没有登记重大决策。"
        for pk in organizations
    }


def interactions_held(organizations: Collection[int], year: int) -> dict[int, str]:
    """双向互动 of the year."""
    with everything(WHY):
        rows = Interaction.objects.filter(organization__in=organizations, held_on__range=_days(year))
        counted = Counter(rows.values_list("organization_id", flat=True))
    return {pk: f"{year}年登记双向互动 {counted[pk]} 次。" for pk in organizations}


def term_running(organizations: Collection[int], year: int) -> dict[int, str]:
    """How the term stood at the end of the year (R-074)."""
    day = date(year, 12, 31)
    rules = term_rules(day)
    with everything(WHY):
        rows = list(with_terms(PartyOrganization.objects.filter(pk__in=organizations), rules))
    attach_terms(rows, day, rules)
    found: dict[int, str] = {}
    for row in rows:
        state = TermState(row.term_state)  # type: ignore[attr-defined]
        due = f"（{row.term.due_on.isoformat()}）" if row.term else ""  # type: ignore[attr-defined]
        found[row.pk] = f"到{year}年末：{state.label}{due}。"
    return found


def secretary_in_office(organizations: Collection[int], year: int) -> dict[int, str]:
    """Whether there was a secretary at the end of the year."""
    day = date(year, 12, 31)
    with everything(WHY):
        rows = Secretary.objects.filter(organization__in=organizations).select_related("person")
        held = {row.organization_id: row.person.name for row in rows if row.is_current(day)}
    return {pk: f"书记：{held[pk]}。" if pk in held else "没有登记书记。" for pk in organizations}


ANSWERS: dict[str, Answerer] = {
    "decisions_reviewed": decisions_reviewed,
    "interactions_held": interactions_held,
    "term_running": term_running,
    "secretary_in_office": secretary_in_office,
}
