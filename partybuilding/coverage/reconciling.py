"""Two-year reconciliation of members: last year + joined − left = what should be, beside what is (X-12, R-102).

The two ends are what associations reported; what came and went is what the rosters of their own organisations say, so
that both sides are computed independently. Only full members whose relation is there count, each once.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from associations.registry.models import Association, PartyMemberCount
from partybuilding.coverage.facts import cover_q
from partybuilding.members.enums import MembershipState
from partybuilding.members.models import PartyMember
from partybuilding.organizations.enums import Cover


@dataclass(frozen=True, slots=True)
class Equation:
    """One line: opening + joined − left = expected; `actual` was reported. None is 未填报."""

    opening: int | None
    joined: int
    left: int
    actual: int | None
    has_roster: bool = True

    @property
    def expected(self) -> int | None:
        return None if self.opening is None else self.opening + self.joined - self.left

    @property
    def difference(self) -> int | None:
        """Reported minus expected; None where an end is missing or no roster says who came and went."""
        if self.expected is None or self.actual is None or not self.has_roster:
            return None
        return self.actual - self.expected


def year_ends(year: int, today: date) -> tuple[date, date]:
    """The two days that a year is reconciled between: the last of the year before, the last of the year or today."""
    return date(year - 1, 12, 31), min(date(year, 12, 31), today)


def _reported(day: date) -> Subquery:
    rows = PartyMemberCount.objects.filter(
        association=OuterRef("pk"), counted_on__lte=day, relation_count__isnull=False
    )
    return Subquery(rows.order_by("-counted_on", "-pk").values("relation_count")[:1])


def _of_own_organizations(wanted: Q) -> QuerySet[PartyMember]:
    """Members on the rosters of the own organisations of an association in the outer query."""
    rows = PartyMember.objects.filter(wanted, cover_q(Cover.OWN), organization__covered__association=OuterRef("pk"))
    return rows.exclude(relation_in_organization=False).order_by()


def _members(wanted: Q) -> Coalesce:
    """How many members fulfil a condition, each person once."""
    rows = _of_own_organizations(wanted).values("organization__covered__association")
    number = rows.annotate(number=Count("person", distinct=True)).values("number")
    return Coalesce(Subquery(number[:1], output_field=IntegerField()), 0)


def reconciled(rows: QuerySet[Association], first: date, last: date) -> QuerySet[Association]:
    """`opening`, `joined`, `left`, `actual`, `has_roster` and `difference` of each association between two days."""
    full = Q(membership_state=MembershipState.FULL)
    since = Q(starts_on__gt=first, starts_on__lte=last)
    became = Q(became_full_on__gt=first, became_full_on__lte=last) & (Q(starts_on=None) | Q(starts_on__lte=first))
    until = Q(ends_on__gte=first, ends_on__lt=last)
    was_full = Q(became_full_on=None) | Q(became_full_on__lte=F("ends_on"))
    found: Any = rows.annotate(
        opening=_reported(first),
        joined=_members(full & (since | became)),
        left=_members(full & until & was_full),
        actual=_reported(last),
        has_roster=Exists(_of_own_organizations(Q())),
    )
    difference = F("actual") - F("opening") - F("joined") + F("left")
    return found.annotate(difference=Case(When(has_roster=True, then=difference), output_field=IntegerField()))


def equation_of(row: Any) -> Equation:
    """The line of an annotated association."""
    return Equation(row.opening, row.joined, row.left, row.actual, row.has_roster)
