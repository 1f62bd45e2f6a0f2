"""两个覆盖情况报告 (R-076…R-079): the figures of `coverage_summary`, the lists of `coverage_facts`.

The database counts the figures, the rows are sorted into lists here; `ReportData.problems()` compares the two for every
figure before the report is stored, so a figure and its list cannot part.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from associations.registry.enums import AssignmentRole, DepartmentKind
from associations.registry.models import Assignment, Association, Department
from associations.registry.selectors import answering, home_region, in_region
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.report_figures import ALL, COLUMNS, MEASURES, ROSTER, TOTAL_MEASURES, Figures, GroupCells
from partybuilding.coverage.report_wording import annex, cards, charts, definitions, narrative
from partybuilding.coverage.selectors import (
    CoverageSummary,
    Dimension,
    coverage_facts,
    coverage_summaries,
    coverage_summary,
)
from partybuilding.coverage.targets import target_lines, targets_on
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, WORKSPACE, Role
from portal.access.scoping import scoped
from portal.regions.enums import RegionLevel
from portal.regions.models import Region
from portal.reporting.data import Align, Column, ReportData, Row, Table, text
from portal.reporting.forms import ReportParameters
from portal.reporting.printing import document_date
from portal.reporting.registry import Report

KEY = "coverage"
TITLE = "两个覆盖情况报告"
DIMENSIONS: tuple[tuple[str, str, str], ...] = (
    (Dimension.REGION, "分地区两个覆盖情况统计表", "地区"),
    (Dimension.COMMITTEE, "分综合（行业）党委两个覆盖情况统计表（由低到高）", "综合（行业）党委"),
    (Dimension.KIND, "分类型两个覆盖情况统计表", "类型"),
    (Dimension.GRADE, "分评估等级两个覆盖情况统计表", "评估等级"),
)


class CoverageParameters(ReportParameters):
    """The date, and optionally one place or one committee of the actor's own."""

    region = forms.ModelChoiceField(Region.objects.none(), label="地区", required=False, to_field_name="code")
    committee = forms.ModelChoiceField(Department.objects.none(), label="综合（行业）党委", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = home_region(self.actor)
        self.fields["region"].queryset = regions_below(home)  # type: ignore[attr-defined]
        self.fields["region"].label_from_instance = _indented  # type: ignore[attr-defined]
        for name in ("region", "committee"):
            self.fields[name].empty_label = "全部"  # type: ignore[attr-defined]
        self.fields["committee"].queryset = committees_of(self.actor)  # type: ignore[attr-defined]

    def to_params(self) -> dict[str, Any]:
        chosen = {}
        if region := self.cleaned_data["region"]:
            chosen["region"] = region.code
        if committee := self.cleaned_data["committee"]:
            chosen["committee"] = str(committee.pk)
        return chosen


def regions_below(home: Region | None) -> QuerySet[Region]:
    """The cities and counties inside a place, each city before its counties."""
    if home is None:
        return Region.objects.none()
    inside = Region.objects.filter(path__startswith=home.path, level__in=[RegionLevel.CITY, RegionLevel.COUNTY])
    return inside.exclude(pk=home.pk).order_by("path")


def committees_of(actor: Actor) -> QuerySet[Department]:
    """The committees that answer, or answered, for an association of the actor's."""
    answering_for = scoped(Assignment, actor).filter(role=AssignmentRole.PARTY_COMMITTEE).values("department")
    return scoped(Department, actor).filter(kind=DepartmentKind.PARTY_COMMITTEE, pk__in=answering_for).order_by("name")


def _indented(region: Region) -> str:
    return f"　{region.name}" if region.level == RegionLevel.COUNTY else region.name


@dataclass(frozen=True)
class Selection:
    """What a report is about: a place, perhaps one committee, and the list filter that gives the same associations."""

    place: Region | None
    committee: Department | None
    queryset: QuerySet[Association]
    query: dict[str, str]
    label: str


def select(actor: Actor, params: dict[str, Any], as_of: date) -> Selection:
    """The associations of a report. Raises `Refused` for a place or committee that is not the actor's."""
    home = home_region(actor)
    place, committee, query = home, None, {}
    queryset = scoped(Association, actor)
    if code := params.get("region"):
        place = regions_below(home).filter(code=code).first()
        if place is None:
            raise Refused("report.region", f"地区 {code} 不在您的范围内。请从列表中重新选择地区。")
        queryset = queryset.filter(in_region(place))
        query["city"] = place.code
    if pk := params.get("committee"):
        committee = committees_of(actor).filter(pk=pk).first()
        if committee is None:
            raise Refused("report.committee", "所选的综合（行业）党委不在您的范围内。请从列表中重新选择。")
        annotated: Any = queryset.annotate(its_committee=answering(AssignmentRole.PARTY_COMMITTEE, as_of))
        queryset = annotated.filter(its_committee=committee.pk)
        query["committee"] = str(committee.pk)
    body = committee.name if committee else actor.scope.label if actor.scope.kind == "department" else ""
    where = place.name if place and ("region" in params or not body) else ""
    label = f"{body}（{where}）" if body and where else body or where or actor.scope.label
    return Selection(place, committee, queryset, query, label)


def issuer_of(actor: Actor, home: Region | None) -> str:
    """Who signs: the Social Work Department of the place, or the body itself."""
    if actor.role in DEPARTMENT | {Role.REGIONAL_OFFICE} and home is not None:
        return f"中共{home.name}委社会工作部"
    return actor.scope.label


def build_coverage(actor: Actor, params: dict[str, Any], as_of: date) -> ReportData:
    """The report as `actor` may read it. Raises `Refused` or `ConfigurationError` with cause and remedy."""
    selection = select(actor, params, as_of)
    summaries = coverage_summaries(
        actor,
        as_of=as_of,
        dimensions=tuple(by for by, _, _ in DIMENSIONS),
        place=selection.place,
        queryset=selection.queryset,
        query=selection.query,
    )
    rules = summaries[Dimension.REGION].rules
    facts = coverage_facts(actor, as_of=as_of, queryset=selection.queryset)
    rows = [row for row in facts if coverage.counts(Measure.IN_SCOPE, row.facts, rules)]
    figures = Figures(selection.place, rules, rows, as_of)
    total = figures.group(ALL, summaries[Dimension.REGION].total, TOTAL_MEASURES)
    grouped = {
        by: [figures.group(by, group, MEASURES) for group in summary.groups] for by, summary in summaries.items()
    }
    grouped[Dimension.COMMITTEE].sort(key=GroupCells.order)
    return ReportData(
        title=f"{selection.label}社会组织{TITLE}",
        subtitle=f"（截至{document_date(as_of)}）",
        as_of=as_of,
        scope_label=selection.label,
        issuer=issuer_of(actor, home_region(actor)),
        cards=cards(total, _change(actor, selection, total, as_of)),
        narrative=narrative(selection.label, total, grouped[Dimension.REGION], rules, as_of),
        tables=tuple(
            Table(
                key=by,
                title=title,
                columns=(Column("label", head, Align.LEFT, 13), *COLUMNS),
                rows=(total.row("合计"), *(group.row() for group in grouped[by])),
                unit="家",
            )
            for by, title, head in DIMENSIONS
            if not (by == Dimension.COMMITTEE and selection.committee)
        )
        + targets_table(summaries[Dimension.GRADE], total, grouped[Dimension.GRADE], as_of, selection.place),
        charts=charts(grouped[Dimension.REGION], [] if selection.committee else grouped[Dimension.COMMITTEE]),
        annexes=(annex(rows, rules, figures.labels),),
        definitions=definitions(rules),
        rosters={ROSTER: figures.roster()},
        drilldowns=figures.drilldowns,
    )


def targets_table(
    summary: CoverageSummary, total: GroupCells, by_grade: list[GroupCells], as_of: date, place: Region | None
) -> tuple[Table, ...]:
    """目标完成情况表 (R-024, R-080); none where no target is entered."""
    lines = target_lines(summary, targets_on(as_of, place))
    if not lines:
        return ()
    cells = {group.group.key: group for group in by_grade} | {"": total}
    rows = []
    for line in lines:
        group = cells[line.group.key]
        rate = group.rate("charter_rate" if line.numerator == Measure.CHARTER else "organization_rate")
        shown = (text(line.target_text), text(line.verdict))
        rows.append(Row((text(line.label), group.count(Measure.IN_SCOPE), group.count(line.numerator), rate, *shown)))
    columns = (
        Column("label", "指标", Align.LEFT, 13),
        Column("scope", "纳入统计"),
        Column("done", "已完成"),
        Column("rate", "完成率", width=5),
        Column("target", "目标"),
        Column("verdict", "是否达到", Align.LEFT, 8),
    )
    return (Table(key="targets", title="目标完成情况表", columns=columns, rows=tuple(rows), unit="家"),)


def _change(actor: Actor, selection: Selection, total: GroupCells, as_of: date) -> tuple[date, str, str]:
    """The end of the month before, and how far the two rates have moved since, in percentage points."""
    before = as_of.replace(day=1) - timedelta(days=1)
    then = coverage_summary(actor, as_of=before, by=Dimension.KIND, queryset=selection.queryset, query=selection.query)
    now, earlier = total.group.counts, then.total.counts
    return (
        before,
        now.organization_rate.change_from(earlier.organization_rate).words(),
        now.work_rate.change_from(earlier.work_rate).words(),
    )


REPORT = Report(
    key=KEY,
    title=f"社会组织{TITLE}",
    summary="按截至日期统计组织覆盖率、工作覆盖率、应建未建和空白点，分地区、党委、类型、评估等级。",
    parameters=CoverageParameters,
    roles=frozenset(WORKSPACE),
    build=build_coverage,
)
