"""The register of secretaries, with where they come from and which offices are vacant."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from partybuilding.members.enums import SecretarySource
from partybuilding.members.models import ROSTER
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import covered_associations, existing_on
from partybuilding.organizations.views import LIST, PAGE, covered_names
from partybuilding.secretaries.enums import OFFICE_TONES, OfficeState
from partybuilding.secretaries.filters import UNSAID, SecretaryFilter
from partybuilding.secretaries.rules import office_state, vacant_days
from partybuilding.secretaries.selectors import limit_days, origin_counts, state_counts, with_secretary
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.screens.columns import Column, Empty
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing


def origin_text(row: Any) -> Any:
    if row.secretary_pk is None:
        return None
    return SecretarySource(row.origin).label if row.origin else Missing.NOT_REPORTED


class SecretaryList(ListScreen):
    """书记名册: who is secretary of which organisation, from where; the vacant offices first (R-097)."""

    policy = Policy(ROSTER & WORKSPACE)
    title = "书记名册"
    unit = "个党组织"
    model = PartyOrganization
    filterset_class = SecretaryFilter
    default_order = ("office_order", "vacant_since", "name", "pk")
    shows_as_of = True
    shows_people = True
    columns = (
        Column(
            "name",
            "党组织名称",
            link=lambda row: reverse(PAGE, args=[row.pk]) + "?tab=secretary",
            sort="name",
            card="title",
        ),
        Column("committee", "综合（行业）党委", value="committee.name", sort="committee__name"),
        Column("associations", "所在社会组织", value=covered_names),
        Column("secretary", "书记", value=lambda row: row.secretary_name, sort="secretary_name"),
        Column("origin", "书记来源", value=origin_text, sort="origin"),
        Column("since", "任职日期", kind="date", sort="since"),
        Column("vacant", "空缺（日）", value=lambda row: row.vacant, kind="number"),
        Column(
            "state",
            "书记",
            value=lambda row: row.office,
            kind="state",
            tone=lambda row: OFFICE_TONES[row.office],
            card="tag",
        ),
    )
    empty = Empty("没有党组织。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse(LIST))]

    @cached_property
    def limit(self) -> int:
        return limit_days(self.as_of)

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = super().get_queryset(actor).filter(existing_on(self.as_of)).select_related("committee")
        return with_secretary(rows, actor, self.as_of).prefetch_related(covered_associations(actor))

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.office = office_state(row.secretary_pk is not None, row.left_on, self.as_of, self.limit)
            is_vacant = row.office in (OfficeState.LATE, OfficeState.VACANT)
            row.vacant = vacant_days(row.left_on, self.as_of) if is_vacant else None
        return rows

    def list_notes(self) -> list[Any]:
        rule = f"书记空缺超过 {self.limit} 日列为空缺超期，从上一任离任的第二天起算；没有登记过书记的列为未登记。"
        return [rule] if self.filter_errors else [self._counts("state"), self._counts("origin"), rule]

    def _counts(self, name: str) -> Any:
        rows = self.others(name)
        found: list[tuple[str, str, int]]
        if name == "state":
            found = [(str(state), str(state.label), number) for state, number in self._states(rows)]
        else:
            labels = dict(SecretarySource.choices)
            found = [(code or UNSAID, labels.get(code, "来源未填报"), n) for code, n in origin_counts(rows).items()]
        return self.figures(name, found)

    def _states(self, rows: QuerySet[Any]) -> list[tuple[OfficeState, int]]:
        return list(state_counts(rows, self.as_of, self.limit).items())
