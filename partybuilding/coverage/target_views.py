"""The page of targets: each rate beside what was asked for in a year, every number a list."""

from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse

from associations.registry.models import Association
from associations.registry.selectors import home_region
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.report_figures import LIST_URL
from partybuilding.coverage.selectors import Dimension, coverage_summary
from partybuilding.coverage.targets import TargetLine, target_lines, targets_on, year_end
from partybuilding.coverage.views import coverage_crumbs
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.screens.columns import Column, table
from portal.screens.screen import Crumb, Screen

FIRST_YEAR = 2016


class TargetBoard(Screen):
    """目标完成情况 of a year: rate, target, reached or not, how many are missing (R-024, R-080)."""

    policy = Policy(WORKSPACE)
    title = "目标完成情况"
    template_name = "partybuilding/coverage/targets.html"

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        is_year = asked.isdecimal() and len(asked) == 4 and FIRST_YEAR <= int(asked) <= self.today.year
        return int(asked) if is_year else self.today.year

    @cached_property
    def day(self) -> date:
        return year_end(self.year, self.today)

    def context(self) -> dict[str, Any]:
        summary = coverage_summary(
            self.actor, as_of=self.day, by=Dimension.GRADE, queryset=scoped(Association, self.actor)
        )
        lines = target_lines(summary, targets_on(self.day, home_region(self.actor)))
        return {
            "year": self.year,
            "years": range(self.today.year, FIRST_YEAR - 1, -1),
            "day": self.day,
            "lines": table("目标完成情况", self._columns(), lines, empty="这一年没有录入目标。"),
            "scope_label": self.actor.scope.label,
        }

    def _columns(self) -> list[Column]:
        def link(line: TargetLine, measure: Measure) -> str:
            query = urlencode({**line.group.list_query(measure), "as_of": self.day.isoformat()})
            return f"{reverse(LIST_URL)}?{query}&from={quote(f'{self.title}·{line.label}')}"

        return [
            Column("label", "指标"),
            Column(
                "scope",
                "纳入统计（家）",
                value=lambda line: line.rate.denominator,
                kind="number",
                link=lambda line: link(line, Measure.IN_SCOPE),
            ),
            Column(
                "done",
                "已完成（家）",
                value=lambda line: line.rate.numerator,
                kind="number",
                link=lambda line: link(line, line.numerator),
            ),
            Column("rate", "完成率", value=lambda line: line.rate.display(), align="end"),
            Column("target", "目标", value="target_text", align="end"),
            Column("gap", "差距", value=lambda line: line.gap or None, align="end"),
            Column(
                "verdict",
                "是否达到",
                value="verdict",
                kind="state",
                tone=lambda line: {True: "green", False: "amber", None: "grey"}[line.is_reached],
            ),
        ]
