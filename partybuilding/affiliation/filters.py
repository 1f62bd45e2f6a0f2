"""Filters of the list of affiliations."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.registry.filters import AssociationFilter
from partybuilding.affiliation.enums import Standing
from partybuilding.affiliation.selectors import affiliations


class AffiliationFilter(AssociationFilter):
    """Those of the register, and how the present committee compares."""

    standing = django_filters.ChoiceFilter(label="隶属核对", choices=Standing.choices, method="compared")
    primary: ClassVar[Sequence[str]] = ("q", "city", "committee", "standing")

    def compared(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = affiliations(qs, self.actor, self.as_of)
        return qs.filter(pk__in=[key for key, one in found.items() if one.standing == value])
