"""隶属核对: where associations belong by the order in force, beside the committee they have."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from associations.registry.models import Association
from associations.registry.selectors import active_on
from partybuilding.affiliation.enums import STANDING_TONES, Standing
from partybuilding.affiliation.filters import AffiliationFilter
from partybuilding.affiliation.selectors import affiliations
from partybuilding.coverage.views import coverage_crumbs
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.screens.columns import Column, Empty
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing


class AffiliationList(ListScreen):
    """Every active association with its committee, where it belongs, and why."""

    policy = Policy(WORKSPACE)
    title = "隶属核对"
    unit = "家"
    model = Association
    filterset_class = AffiliationFilter
    default_order = ("name", "pk")
    shows_as_of = True
    columns = (
        Column(
            "name",
            "名称",
            link=lambda row: reverse("associations:association", args=[row.pk]) + "?tab=establishment",
            sort="name",
            card="title",
        ),
        Column("region", "登记地", value="region.name", sort="region__code"),
        Column("present", "现隶属党委", value=lambda row: row.present or Missing.NOT_REPORTED),
        Column("belongs", "应隶属", value=lambda row: row.belongs),
        Column("reason", "依据", value=lambda row: row.reason, css="long"),
        Column(
            "standing",
            "核对",
            value=lambda row: row.standing,
            kind="state",
            tone=lambda row: STANDING_TONES.get(row.standing, "grey"),
            card="tag",
        ),
    )
    empty = Empty("没有符合条件的社会组织。")

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    def list_notes(self) -> list[str]:
        return [
            "按登记地现行的隶属次序逐条对照，第一条适用并且有相应党委的为准；隶属党委的下级党委视为一致。"
            "核对结果供调整责任关系参考，不自动改动。"
        ]

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        return super().get_queryset(actor).filter(active_on(self.as_of)).select_related("region")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        keys = [row.pk for row in rows]
        found = affiliations(self.get_queryset(self.actor).filter(pk__in=keys), self.actor, self.as_of)
        for row in rows:
            one = found.get(row.pk)
            row.present = one.present.department.name if one and one.present else ""
            row.belongs = one.answer.label if one else Missing.NOT_APPLICABLE
            row.reason = f"{one.answer.reason}。{one.answer.rule.source}" if one else "登记地没有隶属次序"
            row.standing = Standing(one.standing) if one else Missing.NOT_APPLICABLE
        return rows
