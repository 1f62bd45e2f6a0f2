"""Reading floating members."""

from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from partybuilding.floating.enums import FloatingState
from partybuilding.floating.models import FloatingMember
from partybuilding.floating.rules import FloatingRules, begun_by
from portal.regulations.selectors import values

PARAMETERS = ("member.floating_months", "member.abroad_contact_months")


def floating_rules(day: date) -> FloatingRules:
    found = values(PARAMETERS, on=day)
    return FloatingRules(*(int(found[code]) for code in PARAMETERS))


def in_floating_state(state: str, day: date, rules: FloatingRules) -> Q:
    """`rules.floating_state` as a filter."""
    back = Q(ends_on__isnull=False, ends_on__lte=day)
    # A contact is due the day after the months are over; the later of leaving and contact counts.
    due = begun_by(day - timedelta(days=1), rules.abroad_contact_months)
    late = Q(is_abroad=True, starts_on__lte=due) & (Q(contacted_on=None) | Q(contacted_on__lte=due))
    long = Q(starts_on__lte=begun_by(day, rules.months))
    return {
        FloatingState.RETURNED: back,
        FloatingState.OVERDUE: ~back & late,
        FloatingState.FLOATING: ~back & ~late & long,
        FloatingState.AWAY: ~back & ~late & ~long,
    }[FloatingState(state)]


def floating_counts(rows: QuerySet[FloatingMember], day: date, rules: FloatingRules) -> dict[FloatingState, int]:
    """How many are in each state: one query."""
    counted = rows.order_by().aggregate(
        **{state: Count("pk", filter=in_floating_state(state, day, rules)) for state in FloatingState}
    )
    return {state: counted[state] for state in FloatingState}
