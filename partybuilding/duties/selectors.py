"""Reading yearly checks: which lists a bearer has, and how far each is."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from associations.checklists.enums import Occasion
from associations.checklists.models import ChecklistTemplate
from associations.checklists.rules import applying
from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Department, current_on
from partybuilding.duties.enums import NOT_BEGUN, CheckState, Result
from partybuilding.duties.models import CheckItem, YearlyCheck
from partybuilding.duties.rules import Item, Span
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.regions.models import Region

Bearer = PartyOrganization | Department
WAITING_FIRST = Case(
    When(state=CheckState.SUBMITTED, then=0),
    When(state=CheckState.DRAFT, then=1),
    default=3,
    output_field=IntegerField(),
)
# What a list of an occasion is checked by: the field of the check, and who that is.
FIELDS = {Occasion.ORGANIZATION_YEAR: "organization", Occasion.UNIT_YEAR: "department"}


def last_day(year: int, today: date) -> date:
    """The day on which a year is looked at: its last, today in the present year."""
    return min(date(year, 12, 31), today)


def field_of(bearer: Bearer) -> str:
    return "organization" if isinstance(bearer, PartyOrganization) else "department"


def occasion_of(bearer: Bearer) -> Occasion:
    return Occasion.ORGANIZATION_YEAR if isinstance(bearer, PartyOrganization) else Occasion.UNIT_YEAR


def span_of(bearer: Bearer) -> Span:
    """When the bearer exists; `dissolved_on` is the first day without."""
    if isinstance(bearer, PartyOrganization):
        return Span(bearer.established_on, bearer.dissolved_on)
    return Span(bearer.starts_on, bearer.ends_on)


def place_of(bearer: Bearer) -> Region | None:
    """Whose lists hold: the place of its committee, else of an association it covers; a body's own."""
    if isinstance(bearer, Department):
        return bearer.region
    if bearer.committee is not None and bearer.committee.region is not None:
        return bearer.committee.region
    with everything("the place of one organisation"):
        rows = CoveredAssociation.objects.filter(organization=bearer).select_related("association__region")
        cover = rows.order_by("ends_on", "pk").first()
    return cover.association.region if cover else None


def yearly_lists(*occasions: str) -> QuerySet[ChecklistTemplate]:
    """All lists of yearly checks, whenever and wherever they hold."""
    wanted = occasions or tuple(FIELDS)
    rows = ChecklistTemplate.objects.filter(occasion__in=wanted).select_related("region").prefetch_related("steps")
    return rows.order_by("occasion", "pk")


def lists_of(bearer: Bearer, year: int, today: date) -> list[ChecklistTemplate]:
    """The lists that a bearer checks for a year, the nearest of each code."""
    place = place_of(bearer)
    codes = place.path_codes if place else []
    found = applying(yearly_lists(occasion_of(bearer)), codes, last_day(year, today))
    return sorted(found, key=lambda one: one.pk)


def items_of(actor: Actor, check: YearlyCheck) -> list[Item]:
    rows = scoped(CheckItem, actor).filter(check_of=check).order_by("number")
    return [Item(row.number, row.text, row.result, row.note) for row in rows]


def checks_of(actor: Actor, bearer: Bearer) -> list[YearlyCheck]:
    """All checks of a bearer with their counts, the latest year first."""
    rows = scoped(YearlyCheck, actor).filter(**{field_of(bearer): bearer})
    return list(counted(rows).select_related("template").order_by("-year", "code"))


def counted(rows: QuerySet[YearlyCheck]) -> QuerySet[Any]:
    """Annotates `item_count`, `done_count` and `open_count`."""
    return rows.annotate(
        item_count=Count("items"),
        done_count=Count("items", filter=Q(items__result=Result.DONE)),
        open_count=Count("items", filter=Q(items__result__in=[Result.PARTLY, Result.OPEN])),
    )


def last_year(bearer: Bearer, code: str, year: int) -> dict[str, Item]:
    """What was found the year before, by the words of the item: for 沿用上年."""
    with everything("the check of the year before of a bearer that the caller reached"):
        rows = CheckItem.objects.filter(
            check_of__code=code, check_of__year=year - 1, **{f"check_of__{field_of(bearer)}": bearer}
        )
        return {row.text: Item(row.number, row.text, row.result, row.note) for row in rows}


# Lists


def with_check(rows: QuerySet[Any], actor: Actor, field: str, code: str, year: int) -> QuerySet[Any]:
    """Annotates each bearer with its check of a list and year: `check_pk`, `check_state`, `done_count`, `item_count`,
    `open_count`, `submitted_at`, `confirmed_at`; `check_order` has what waits to be confirmed first."""
    checks = scoped(YearlyCheck, actor).filter(code=code, year=year, **{field: OuterRef("pk")}).order_by()
    items = scoped(CheckItem, actor).filter(
        check_of__code=code, check_of__year=year, **{f"check_of__{field}": OuterRef("pk")}
    )

    def number(found: QuerySet[CheckItem]) -> Any:
        grouped = found.order_by().values(f"check_of__{field}").annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)

    return rows.annotate(
        check_pk=Subquery(checks.values("pk")[:1]),
        check_state=Coalesce(Subquery(checks.values("state")[:1]), Value(NOT_BEGUN), output_field=CharField()),
        check_order=Coalesce(Subquery(checks.annotate(place=WAITING_FIRST).values("place")[:1]), 2),
        submitted_at=Subquery(checks.values("submitted_at")[:1]),
        confirmed_at=Subquery(checks.values("confirmed_at")[:1]),
        item_count=number(items),
        done_count=number(items.filter(result=Result.DONE)),
        open_count=number(items.filter(result__in=[Result.PARTLY, Result.OPEN])),
    )


def state_counts(rows: QuerySet[Any]) -> dict[str, int]:
    """How many bearers are in each state, not begun first: one query."""
    states = [NOT_BEGUN, *CheckState.values]
    counted_: dict[str, int] = rows.order_by().aggregate(
        **{f"in_{state}": Count("pk", filter=Q(check_state=state)) for state in states}
    )
    return {state: counted_[f"in_{state}"] for state in states}


def within(templates: Sequence[ChecklistTemplate], field: str) -> Q:
    """The bearers in whose place one of these lists holds."""
    if any(one.region is None for one in templates):
        return Q()
    found = Q(pk=None)
    for one in templates:
        assert one.region is not None  # noqa: S101
        found |= Q(**{f"{field}path__startswith": one.region.path})
    return found


def supervising_units(rows: QuerySet[Department], day: date) -> QuerySet[Department]:
    """Bodies that are the supervising unit of an association on a day."""
    assigned = Assignment.objects.filter(
        current_on(day), role=AssignmentRole.SUPERVISING_UNIT, department=OuterRef("pk")
    )
    return rows.filter(Exists(assigned))


def held_in(templates: Iterable[ChecklistTemplate], year: int) -> list[ChecklistTemplate]:
    return [one for one in templates if Span(one.starts_on, one.ends_on).meets(year)]
