"""Filters of the list of cross-appointments."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from associations.governance.enums import Post
from associations.registry.filters import AssociationFilter
from partybuilding.members.enums import PartyPost
from partybuilding.posts.enums import CrossState
from partybuilding.posts.rules import OUTSIDE
from partybuilding.posts.selectors import APART, STATES, with_pair


class CrossFilter(AssociationFilter):
    """By how the two teams overlap, and by a pair of posts."""

    cross = django_filters.ChoiceFilter(label="交叉任职", choices=CrossState.choices, method="in_cross_state")
    party_post = django_filters.ChoiceFilter(label="党内职务", choices=PartyPost.choices, method="with_posts")
    post = django_filters.ChoiceFilter(
        label="社会组织职务",
        choices=[(post.value, post.label) for post in Post if post not in OUTSIDE],
        method="with_posts",
    )
    apart = django_filters.BooleanFilter(label="书记未任职、未参会", method="is_apart")
    primary: ClassVar[Sequence[str]] = ("q", "committee", "cross")

    def in_cross_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(STATES[CrossState(value)])

    def with_posts(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Both are one question: one person with both posts. The first of the two asks it."""
        given = self.form.cleaned_data
        if name == "post" and given.get("party_post"):
            return rows
        return with_pair(rows, given.get("party_post") or "", given.get("post") or "", self.as_of)

    def is_apart(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(APART) if value else rows.exclude(APART)
