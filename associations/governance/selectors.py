"""Reads across associations for the lists of their officers, contacts and members."""

from typing import Any

from django.db.models import Q, QuerySet

from associations.registry.models import Association
from associations.registry.selectors import in_region
from portal.importing.normalise import name_key
from portal.regions.models import Region


def registered_at(rows: QuerySet[Any], region: Region, *, itself: bool) -> QuerySet[Any]:
    """Rows of associations registered at a place, or with `itself` only at the place itself."""
    there = Association.objects.filter(in_region(region, itself=itself))
    return rows.filter(association__in=there.values("pk"))


def of_association_named(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Rows of associations that have the text in one of their names or in their code."""
    named = Association.objects.filter(Q(search_key__icontains=name_key(text)))
    return rows.filter(association__in=named.values("pk"))
