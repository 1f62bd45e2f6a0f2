"""The list 同等条件下优先次序: candidates by filter, in the order of R-026, each with the reasons for its place."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from associations.registry.filters import AssociationFilter
from associations.registry.models import Association
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.selectors import measured
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.screens.columns import Column, Empty
from portal.screens.lists import ListScreen
from supervision.inspections.enums import CONCLUSION_TONES, Conclusion
from supervision.precedence.selectors import ORDER, in_order


def conclusion_text(row: Any) -> str | None:
    return f"{row.last_year}年度{Conclusion(row.last_conclusion).label}" if row.last_conclusion else None


def why(row: Any) -> str:
    """The reasons in the order in which they count."""
    grade = f"{row.grade_on_day}级" if row.grade_on_day else "无有效等级"
    party = "已建立党组织" if row.has_organization else "没有党组织"
    return " → ".join([grade, party, conclusion_text(row) or "没有年检结论"])


class PrecedenceList(ListScreen):
    """Who comes first, conditions being equal."""

    policy = Policy(WORKSPACE)
    title = "同等条件下优先次序"
    unit = "家"
    model = Association
    filterset_class = AssociationFilter
    default_order = ORDER
    shows_as_of = True
    columns = (
        Column("place", "次序", kind="number"),
        Column(
            "name",
            "名称",
            link=lambda row: reverse("associations:association", args=[row.pk]),
            card="title",
        ),
        Column("region", "登记地", value="region.name"),
        Column("grade", "有效等级", value="grade_on_day", align="center"),
        Column(
            "party",
            "党组织",
            value=lambda row: "已建立" if row.has_organization else "没有",
            kind="state",
            tone=lambda row: "green" if row.has_organization else "amber",
        ),
        Column(
            "inspection",
            "最近年检结论",
            value=conclusion_text,
            kind="state",
            tone=lambda row: CONCLUSION_TONES[Conclusion(row.last_conclusion)] if row.last_conclusion else "grey",
        ),
        Column("why", "排序依据", value=why, css="long"),
    )
    empty = Empty("没有符合条件的社会组织。")

    def list_notes(self) -> list[str]:
        return [
            "用于购买服务、承接职能转移和评先评优：先看有效等级由高到低，再看是否建立党组织，再看最近一次年检是否合格，"
            "最后按名称。只在同等条件下使用，不代替评审；请先用筛选条件选出候选范围。"
        ]

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        rows = super().get_queryset(actor).select_related("region")
        return in_order(measured(rows, Measure.IN_SCOPE, as_of=self.as_of), self.as_of)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for place, row in enumerate(rows, start=self.page.first):
            row.place = place
        return rows
