"""The figures of the coverage report as cells, each with the list of rows behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from associations.evaluation.enums import GradeLevel
from associations.registry.enums import AssociationKind
from associations.registry.models import Department
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import CoverageRules
from partybuilding.coverage.selectors import CoverageRow, Dimension, Group, child_key
from partybuilding.organizations.enums import Cover
from portal.regions.models import Region
from portal.reporting.data import (
    Cell,
    CellKind,
    Column,
    DrillDown,
    Roster,
    RosterColumn,
    RosterRow,
    Row,
    count,
    rate,
    text,
)

LIST_URL = "associations:associations"
SUBJECT_URL = "associations:association"
ROSTER = "associations"
ALL = "all"

MEASURES = (
    Measure.IN_SCOPE,
    Measure.OWN,
    Measure.SHARED,
    Measure.COVERED,
    Measure.WORK_COVERED,
    Measure.SHOULD_NOT_BUILT,
    Measure.BLANK_SPOT,
    Measure.UNREPORTED,
)
TOTAL_MEASURES = (
    *MEASURES,
    Measure.SHOULD_ESTABLISH,
    Measure.UNCOVERED,
    Measure.INFO_POOL,
    Measure.NO_MEMBERS,
    Measure.PLANNED,
    Measure.DEFERRED,
    Measure.CHARTER,
    Measure.CHARTER_LACKING,
)
COLUMNS = (
    Column(Measure.IN_SCOPE, "纳入统计"),
    Column(Measure.OWN, "单独组建"),
    Column(Measure.SHARED, "联合等组建"),
    Column(Measure.COVERED, "组织已覆盖"),
    Column("organization_rate", "组织覆盖率", width=5),
    Column(Measure.WORK_COVERED, "工作已覆盖"),
    Column("work_rate", "工作覆盖率", width=5),
    Column(Measure.SHOULD_NOT_BUILT, "应建未建"),
    Column("built_rate", "应建已建率", width=5),
    Column(Measure.BLANK_SPOT, "空白点"),
    Column(Measure.UNREPORTED, "党员数未填报"),
)
# A rate is opened at the list of its numerator.
RATES = {
    "organization_rate": Measure.COVERED,
    "work_rate": Measure.WORK_COVERED,
    "built_rate": Measure.OWN,
    "own_rate": Measure.OWN,
    "charter_rate": Measure.CHARTER,
}


@dataclass(frozen=True)
class Labels:
    """Names of what rows refer to by key; a region has its full and its short name."""

    regions: dict[str, tuple[str, str]]
    committees: dict[int, str]

    def region(self, row: CoverageRow) -> str:
        """湖南省, 长沙市, 长沙岳麓区: the last place in full, the city before it in short."""
        known = [self.regions[code] for code in row.region_path.strip("/").split("/") if code in self.regions]
        return "".join(short for _, short in known[1:-1]) + known[-1][0] if known else ""

    def committee(self, row: CoverageRow) -> str | None:
        return self.committees.get(row.committee) if row.committee else None


class Figures:
    """Turns groups into cells, and remembers the list behind each cell."""

    def __init__(self, place: Region | None, rules: CoverageRules, rows: list[CoverageRow], as_of: date) -> None:
        self.rules, self.rows, self.as_of = rules, rows, as_of
        self.drilldowns: dict[str, DrillDown] = {}
        self.labels = labels_of(rows)
        self.positions = _sorted_into_lists(rows, rules, place)

    def group(self, by: str, group: Group, measures: Iterable[Measure]) -> "GroupCells":
        for measure in measures:
            key = f"{measure}:{by}:{group.key}" if group.key else f"{measure}:{by}"
            name = "" if by == ALL else f"{group.label}·"
            self.drilldowns[key] = DrillDown(
                label=f"{name}{measure.label}",
                roster=ROSTER,
                positions=tuple(self.positions.get((measure, by, group.key), ())),
                list_url_name=LIST_URL,
                query={**group.list_query(measure), "as_of": self.as_of.isoformat()},
            )
        return GroupCells(by, group)

    def roster(self) -> Roster:
        """Every association counted, with the facts that decide where it is counted."""
        return Roster(
            label="纳入统计的社会组织",
            columns=ROSTER_COLUMNS,
            rows=tuple(RosterRow(row.pk, self._cells(row)) for row in self.rows),
            subject_url_name=SUBJECT_URL,
            subject_url_kwarg="association_pk",
        )

    def _cells(self, row: CoverageRow) -> tuple[str | int | None, ...]:
        facts = row.facts
        return (
            row.name,
            row.uscc,
            str(AssociationKind(row.kind).label),
            self.labels.region(row),
            self.labels.committee(row) or "未明确",
            str(GradeLevel(row.grade).label) if row.grade else "无有效等级",
            str(Cover(facts.cover).label),
            "有" if facts.has_instructor else "无",
            "有" if facts.has_group else "无",
            facts.relation_count,
            facts.working_count,
            "是" if coverage.is_should_not_built(facts, self.rules) else "否",
            "是" if coverage.is_blank_spot(facts, self.rules) else "否",
        )


ROSTER_COLUMNS = (
    RosterColumn("name", "名称", width=16),
    RosterColumn("uscc", "统一社会信用代码", width=10),
    RosterColumn("kind", "类型", width=6),
    RosterColumn("region", "登记地", width=7),
    RosterColumn("committee", "综合（行业）党委", width=10),
    RosterColumn("grade", "评估等级", width=5),
    RosterColumn("cover", "组织覆盖", width=7),
    RosterColumn("instructor", "指导员、联络员", width=5),
    RosterColumn("group", "群团组织", width=5),
    RosterColumn("relation_count", "正式党员（组织关系）", CellKind.COUNT, 6),
    RosterColumn("working_count", "正式党员（在职）", CellKind.COUNT, 6),
    RosterColumn("should_not_built", "应建未建", width=4),
    RosterColumn("blank_spot", "空白点", width=4),
)


@dataclass(frozen=True)
class GroupCells:
    """The cells of one group of associations."""

    by: str
    group: Group

    def drill(self, measure: Measure) -> str:
        return f"{measure}:{self.by}:{self.group.key}" if self.group.key else f"{measure}:{self.by}"

    def count(self, measure: Measure) -> Cell:
        return count(getattr(self.group.counts, measure), self.drill(measure))

    def rate(self, name: str) -> Cell:
        found = getattr(self.group.counts, name)
        return rate(found.numerator, found.denominator, self.drill(RATES[name]))

    def row(self, label: str = "") -> Row:
        cells = (self.cell(column.code) for column in COLUMNS)
        return Row((text(label or self.group.label), *cells), is_total=bool(label))

    def cell(self, code: str) -> Cell:
        """The cell of a column: a rate by name, else the count of a measure."""
        return self.rate(code) if code in RATES else self.count(Measure(code))

    def order(self) -> tuple[bool, bool, Fraction, int]:
        """The lowest rate of organisation first; those without a denominator, then what has no name, last."""
        share = self.organization_share
        return (not self.group.key, share is None, share or Fraction(0), -self.group.counts.in_scope)

    @property
    def organization_share(self) -> Fraction | None:
        return self.group.counts.organization_rate.value


def _sorted_into_lists(
    rows: list[CoverageRow], rules: CoverageRules, place: Region | None
) -> dict[tuple[Measure, str, str], list[int]]:
    """The positions of the rows that each figure counts, by measure, dimension and group."""
    lists: dict[tuple[Measure, str, str], list[int]] = {}
    for position, row in enumerate(rows):
        groups = (
            (ALL, ""),
            (Dimension.REGION, child_key(row.region_path, place)),
            (Dimension.COMMITTEE, str(row.committee or "")),
            (Dimension.KIND, row.kind),
            (Dimension.GRADE, row.grade or ""),
        )
        for measure in TOTAL_MEASURES:
            if coverage.counts(measure, row.facts, rules):
                for by, key in groups:
                    lists.setdefault((measure, by, key), []).append(position)
    return lists


def labels_of(rows: list[CoverageRow]) -> Labels:
    """Names of the regions and committees that rows refer to; two queries."""
    codes = {code for row in rows for code in row.region_path.strip("/").split("/")}
    places = Region.objects.filter(code__in=codes)
    committees = Department.objects.unscoped("names of the committees of associations in scope").filter(
        pk__in={row.committee for row in rows if row.committee}
    )
    return Labels(
        {code: (name, short) for code, name, short in places.values_list("code", "name", "short_name")},
        dict(committees.values_list("pk", "name")),
    )
