"""Reading who is secretary, where they come from, since when the office is vacant."""

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from associations.registry.models import current_on
from partybuilding.members.enums import SecretarySource
from partybuilding.members.models import Secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.secretaries.enums import OfficeState
from partybuilding.secretaries.rules import office_state
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regulations.selectors import value

LIMIT = "party_organization.secretary_vacancy_days"


def limit_days(day: date) -> int:
    return int(value(LIMIT, on=day))


def with_secretary(rows: QuerySet[PartyOrganization], actor: Actor, day: date) -> QuerySet[Any]:
    """Annotates the secretary of a day: `secretary_pk`, `secretary_name`, `origin`, `since`, and `left_on`, the last
    day of the one before; `office_order` and `vacant_since` have the longest vacant first."""
    all_ = scoped(Secretary, actor).filter(organization=OuterRef("pk")).order_by("-starts_on", "-pk")
    now = all_.filter(current_on(day))
    gone = all_.filter(ends_on__lt=day).order_by().values("organization").annotate(last=Max("ends_on")).values("last")
    rows = rows.annotate(
        secretary_pk=Subquery(now.values("pk")[:1]),
        secretary_name=Subquery(now.values("person__name")[:1]),
        origin=Subquery(now.values("origin")[:1]),
        since=Subquery(now.values("starts_on")[:1]),
        left_on=Subquery(gone),
    )
    is_vacant = Q(secretary_pk=None, left_on__isnull=False)
    return rows.annotate(
        vacant_since=Case(When(is_vacant, then=F("left_on")), default=Value(date.max), output_field=DateField()),
        office_order=Case(
            When(is_vacant, then=0), When(secretary_pk=None, then=1), default=2, output_field=IntegerField()
        ),
    )


def in_state(state: str, day: date, limit: int) -> Q:
    """`rules.office_state` as a filter of rows with a secretary."""
    vacant = Q(secretary_pk=None, left_on__isnull=False)
    first_late = day - timedelta(days=limit)
    return {
        OfficeState.HELD: Q(secretary_pk__isnull=False),
        OfficeState.UNREPORTED: Q(secretary_pk=None, left_on=None),
        OfficeState.LATE: vacant & Q(left_on__lt=first_late),
        OfficeState.VACANT: vacant & Q(left_on__gte=first_late),
    }[OfficeState(state)]


def state_counts(rows: QuerySet[Any], day: date, limit: int) -> dict[OfficeState, int]:
    """How many rows are in each state: one query."""
    counted = rows.order_by().aggregate(
        **{f"in_{state}": Count("pk", filter=in_state(state, day, limit)) for state in OfficeState}
    )
    return {state: counted[f"in_{state}"] for state in OfficeState}


def origin_counts(rows: QuerySet[Any]) -> dict[str, int]:
    """Of the secretaries in office, how many come from where; "" is not said."""
    counted = rows.filter(secretary_pk__isnull=False).order_by().values_list("origin").annotate(number=Count("pk"))
    found = {origin or "": number for origin, number in counted}
    return {origin: found[origin] for origin in (*SecretarySource.values, "") if origin in found}


def office_of(actor: Actor, organization: PartyOrganization, day: date) -> tuple[OfficeState, date | None]:
    """How the office of one organisation stands, and when the last one left."""
    rows = scoped(PartyOrganization, actor).filter(pk=organization.pk)
    row = with_secretary(rows, actor, day).get()
    return office_state(row.secretary_pk is not None, row.left_on, day, limit_days(day)), row.left_on
