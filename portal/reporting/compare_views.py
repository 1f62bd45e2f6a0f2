"""Two editions side by side: every figure that moved, with the names behind it."""

from functools import cached_property
from typing import Any

from django.http import Http404

from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.reporting import selectors
from portal.reporting.comparing import ListDifference, compare
from portal.reporting.models import ReportRun
from portal.reporting.views import OneRun, run_crumb
from portal.screens.screen import Crumb

OTHERS = 12
NAMED = 20


class RunCompare(OneRun):
    """A run against another edition, or another month, of the same report."""

    policy = Policy(WORKSPACE, {"GET"})
    title = "版本对照"
    template_name = "reporting/compare.html"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), run_crumb(self.object)]

    @cached_property
    def others(self) -> list[ReportRun]:
        """What the run can be compared with: finished runs of the same report and body, the nearest first."""
        run: ReportRun = self.object
        rows = scoped(ReportRun, self.actor).filter(
            key=run.key, scope_kind=run.scope_kind, scope_pk=run.scope_pk, data__isnull=False
        )
        same = rows.filter(month=run.month, series=run.series).exclude(pk=run.pk)
        earlier = rows.filter(month__lt=run.month, successor=None).order_by("-month", "-series", "-edition")
        found = [*same.defer("data").order_by("-edition"), *earlier.defer("data")[:OTHERS]]
        return found[:OTHERS]

    @cached_property
    def other(self) -> ReportRun | None:
        asked = self.request.GET.get("with", "")
        if asked:
            found = next((one for one in self.others if str(one.pk) == asked), None)
            if found is None:
                raise Http404
            return found
        before = next((one for one in self.others if one.pk == self.object.previous_id), None)
        return before or next(iter(self.others), None)

    def _labels(self) -> tuple[str, str]:
        """What the two columns are called: the edition within a series, else the whole number."""
        run, other = self.object, self.other
        if other is None or (run.month, run.series) != (other.month, other.series):
            return (other.number if other is not None else "", run.number)
        return f"第{other.edition}版", f"第{run.edition}版"

    def context(self) -> dict[str, Any]:
        run: ReportRun = self.object
        if not run.is_finished:
            raise Http404
        other = self.other
        context: dict[str, Any] = {"run": run, "other": other, "others": self.others, "labels": self._labels()}
        if other is None:
            return context
        found = compare(selectors.load_report(other), selectors.load_report(run))
        names = selectors.names_behind(other, run, found.drills, self.actor)
        rosters = selectors.roster_changes(other, run, self.actor)
        return context | {
            "same_count": found.same_count,
            "differing_count": len(found.cells),
            "tables": [
                (table, [(cell, _said(names.get(cell.drill or "", ListDifference()))) for cell in table.cells])
                for table in found.tables
            ],
            "rosters": rosters,
            "named": NAMED,
        }


def _said(found: ListDifference) -> list[str]:
    """增加：甲、乙；减少：丙."""
    said = []
    for label, names in (("增加", found.entered), ("减少", found.left)):
        if names:
            more = f"等 {len(names)} 项" if len(names) > NAMED else ""
            said.append(f"{label}：{'、'.join(one.name for one in names[:NAMED])}{more}")
    return said
