"""摸底调查情况报告 (P-64, T-05): how far, what differs from the register, which problems, each with its list."""

from datetime import date
from typing import Any

from django import forms

from associations.registry.selectors import home_region
from partybuilding.census import rules
from partybuilding.census.enums import Aspect, RowState, Settled
from partybuilding.census.models import Census, CensusProblem, CensusRow, CensusUnit
from partybuilding.census.selectors import Found, differences_of
from partybuilding.closing.enums import UnitState
from partybuilding.closing.transitions import CLOSERS
from partybuilding.coverage.reports import issuer_of
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.reporting.data import (
    Align,
    Card,
    Cell,
    Column,
    Definition,
    DrillDown,
    Paragraph,
    ReportData,
    Roster,
    RosterColumn,
    RosterRow,
    Row,
    Table,
    count,
    rate,
    text,
)
from portal.reporting.forms import ReportParameters
from portal.reporting.printing import document_date
from portal.reporting.registry import Report

KEY = "census"
ROWS, DIFFERENCES = "rows", "differences"


class CensusParameters(ReportParameters):
    """Which census, and by which day the register counts as corrected."""

    census = forms.ModelChoiceField(Census.objects.none(), label="摸底调查")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = scoped(Census, self.actor).filter(prepared_at__isnull=False).order_by("-as_of")
        field: Any = self.fields["census"]
        field.queryset, field.initial = rows, rows.first()
        self.fields["as_of"].help_text = "登记是否已经更正，按这一天统计。"

    def to_params(self) -> dict[str, Any]:
        return {"census": self.cleaned_data["census"].pk}


class Figures:
    """Every number of the report with the rows behind it."""

    def __init__(self, census: Census, actor: Actor, as_of: date) -> None:
        self.drills: dict[str, DrillDown] = {}
        self.units = list(scoped(CensusUnit, actor).filter(census=census).order_by("label", "pk"))
        rows = scoped(CensusRow, actor).filter(unit__census=census).select_related("unit")
        self.rows = list(rows.order_by("unit__label", "name", "pk"))
        self.found = differences_of(census, actor, as_of)
        problems = scoped(CensusProblem, actor).filter(row__unit__census=census).select_related("kind")
        self.problems: dict[int, list[Any]] = {}
        self.kinds: dict[int, Any] = {}
        for one in problems.order_by("kind__number", "pk"):
            self.problems.setdefault(one.row_id, []).append(one.kind_id)
            self.kinds[one.kind_id] = one.kind
        self.differing: dict[int, list[Found]] = {}
        for found in self.found:
            self.differing.setdefault(found.difference.row_id, []).append(found)

    def rosters(self) -> dict[str, Roster]:
        columns = (
            RosterColumn("name", "社会组织", width=20),
            RosterColumn("unit", "单位", width=16),
            RosterColumn("state", "核对情况"),
            RosterColumn("found", "查得", width=20),
            RosterColumn("problems", "存在的问题", width=20),
        )
        rows = tuple(
            RosterRow(
                row.association_id,
                (row.name, row.unit.label, RowState(row.state).label, self._found(row.pk), self._problems(row.pk)),
            )
            for row in self.rows
        )
        compared = (
            RosterColumn("name", "社会组织", width=20),
            RosterColumn("unit", "单位", width=16),
            RosterColumn("aspect", "项目"),
            RosterColumn("registered", "登记"),
            RosterColumn("found", "查得"),
            RosterColumn("settled", "更正情况"),
        )
        listed = tuple(RosterRow(one.difference.row.association_id, _cells(one)) for one in self.found)
        page = {"subject_url_name": "associations:association", "subject_url_kwarg": "association_pk"}
        return {
            ROWS: Roster("社会组织", columns, rows, **page),
            DIFFERENCES: Roster("出入", compared, listed, **page),
        }

    def _found(self, row: int) -> str:
        own = [one.difference for one in self.differing.get(row, [])]
        return "；".join(f"{one.get_aspect_display()}：{rules.words(one.aspect, one.found)}" for one in own)

    def _problems(self, row: int) -> str:
        return "、".join(self.kinds[kind].label for kind in self.problems.get(row, []))

    def cell(self, key: str, label: str, wanted: Any) -> Cell:
        """A count of associations, with its list."""
        positions = tuple(place for place, row in enumerate(self.rows) if wanted(row))
        self.drills[key] = DrillDown(label, ROWS, positions)
        return count(len(positions), key)

    def differences(self, key: str, label: str, wanted: Any) -> Cell:
        """A count of differences, with its list."""
        positions = tuple(place for place, one in enumerate(self.found) if wanted(one))
        self.drills[key] = DrillDown(label, DIFFERENCES, positions)
        return count(len(positions), key)

    def checked(self, key: str, label: str, wanted: Any) -> Cell:
        """How much of some rows is checked; the list is that of the checked ones."""
        of = sum(1 for row in self.rows if wanted(row))
        done = self.cell(key, label, lambda row: wanted(row) and row.state != RowState.UNCHECKED)
        return rate(int(done.value or 0), of, key)

    def by_unit(self) -> Table:
        columns = (
            Column("label", "单位", Align.LEFT, 14),
            Column("rows", "社会组织"),
            Column("checked", "核对率"),
            Column("agrees", "与登记一致"),
            Column("differs", "有出入"),
            Column("problems", "有问题"),
            Column("state", "报送情况", Align.LEFT, 6),
        )
        lines = [self._line("", "合计", lambda row: True, "", is_total=True)]
        lines += [
            self._line(f"-{unit.pk}", unit.label, _of(unit.pk), str(UnitState(unit.state).label)) for unit in self.units
        ]
        return Table("units", "各单位摸底进度", columns, tuple(lines), unit="家")

    def _line(self, key: str, label: str, own: Any, state: str, *, is_total: bool = False) -> Row:
        return Row(
            (
                text(label),
                self.cell(f"rows{key}", f"{label}：社会组织", own),
                self.checked(f"checked{key}", f"{label}：已核对", own),
                self.cell(f"agrees{key}", f"{label}：一致", lambda row: own(row) and row.state == RowState.AGREES),
                self.cell(f"differs{key}", f"{label}：有出入", lambda row: own(row) and row.state == RowState.DIFFERS),
                self.cell(f"problems{key}", f"{label}：有问题", lambda row: own(row) and row.pk in self.problems),
                text(state),
            ),
            is_total=is_total,
        )

    def by_aspect(self) -> Table:
        columns = (
            Column("label", "项目", Align.LEFT, 12),
            Column("number", "有出入"),
            Column("done", "登记已更正"),
            Column("waiting", "待更正"),
        )
        lines = [self._aspect("", "合计", is_total=True)]
        there = {one.difference.aspect for one in self.found}
        lines += [self._aspect(aspect, str(aspect.label)) for aspect in Aspect if aspect in there]
        return Table("aspects", "登记与摸底的出入", columns, tuple(lines), unit="项")

    def _aspect(self, aspect: str, label: str, *, is_total: bool = False) -> Row:
        def own(one: Found) -> bool:
            return not aspect or one.difference.aspect == aspect

        return Row(
            (
                text(label),
                self.differences(f"aspect-{aspect}", f"{label}：有出入", own),
                self.differences(
                    f"done-{aspect}", f"{label}：已更正", lambda one: own(one) and one.settled == Settled.DONE
                ),
                self.differences(
                    f"waiting-{aspect}", f"{label}：待更正", lambda one: own(one) and one.settled == Settled.WAITING
                ),
            ),
            is_total=is_total,
        )

    def by_kind(self) -> Table:
        columns = (
            Column("label", "问题", Align.LEFT, 10),
            Column("number", "社会组织"),
            Column("remedy", "对策", Align.LEFT, 20),
        )
        lines = tuple(
            Row(
                (
                    text(kind.label),
                    self.cell(f"kind-{pk}", kind.label, lambda row, pk=pk: pk in self.problems.get(row.pk, [])),
                    text(kind.remedy),
                )
            )
            for pk, kind in sorted(self.kinds.items(), key=lambda item: item[1].number)
        )
        return Table("kinds", "存在的问题", columns, lines, unit="家", note="一家有几个问题的，每个问题各计一次。")

    def summaries(self) -> Table:
        columns = (Column("label", "单位", Align.LEFT, 10), Column("summary", "主要症结和对策", Align.LEFT, 30))
        told = [unit for unit in self.units if unit.state == UnitState.CONFIRMED]
        rows = tuple(Row((text(unit.label), text(unit.summary))) for unit in told)
        return Table("summaries", "各单位主要症结和对策", columns, rows)

    def listed(self) -> Table:
        columns = (
            Column("name", "社会组织", Align.LEFT, 14),
            Column("unit", "单位", Align.LEFT, 10),
            Column("aspect", "项目", Align.LEFT, 6),
            Column("registered", "登记", Align.LEFT, 6),
            Column("found", "查得", Align.LEFT, 6),
            Column("settled", "更正情况", Align.LEFT, 5),
        )
        rows = tuple(Row(tuple(text(cell) for cell in _cells(one))) for one in self.found)
        return Table("differences", "登记与摸底出入清单", columns, rows)


def _of(unit: int) -> Any:
    return lambda row: row.unit_id == unit


def _cells(one: Found) -> tuple[str, ...]:
    given = one.difference
    return (
        given.row.name,
        given.row.unit.label,
        given.get_aspect_display(),
        rules.words(given.aspect, given.registered),
        rules.words(given.aspect, given.found),
        str(one.settled.label),
    )


def build_census(actor: Actor, params: dict[str, Any], as_of: date) -> ReportData:
    """The report as `actor` may read it: the department all, a city and a committee their own units."""
    census = scoped(Census, actor).filter(pk=int(params.get("census") or 0), prepared_at__isnull=False).first()
    if census is None:
        raise Refused("report.census", "所选的摸底调查不存在，或者名单还没有生成。请从列表中重新选择。")
    if as_of < census.opens_on:
        raise Refused(
            "report.before",
            f"数据截至日期{as_of.isoformat()}早于摸底调查开始日期{census.opens_on.isoformat()}。请改填日期。",
        )
    found = Figures(census, actor, as_of)
    if not found.units:
        raise Refused("report.census", f"「{census}」中没有由您负责的名单，不能生成报告。")
    home = home_region(actor)
    units, kinds = found.by_unit(), found.by_kind()
    total = units.rows[0].cells
    aspects = found.by_aspect()
    annexes = tuple(one for one in (found.summaries(), found.listed()) if one.rows)
    return ReportData(
        title=f"{census}情况报告",
        subtitle=f"（截至{document_date(as_of)}）",
        as_of=as_of,
        scope_label=actor.scope.label,
        issuer=issuer_of(actor, home),
        cards=(
            Card("社会组织", total[1], f"家，登记数截至{census.as_of.isoformat()}"),
            Card("核对率", total[2], "已核对的占名单"),
            Card("有出入", total[4], "家"),
            Card("待更正", aspects.rows[0].cells[3], "项，登记尚未更正"),
        ),
        narrative=_narrative(census, total, aspects, kinds),
        tables=(units, aspects, kinds),
        annexes=annexes,
        definitions=DEFINITIONS,
        rosters=found.rosters(),
        drilldowns=found.drills,
    )


def _narrative(census: Census, total: tuple[Cell, ...], aspects: Table, kinds: Table) -> tuple[Paragraph, ...]:
    settled = aspects.rows[0].cells
    troubles: list[str | Cell] = []
    for row in kinds.rows[:5]:
        troubles += [str(row.cells[0].value), row.cells[1], " 家，"]
    if troubles:
        troubles[-1] = " 家。"
    return (
        Paragraph(("底数",), level=1),
        Paragraph(
            (
                f"根据{census.number}部署，以{document_date(census.as_of)}登记的社会组织为底数，应核对 ",
                total[1],
                " 家，核对率 ",
                total[2],
                "；与登记一致 ",
                total[3],
                " 家，有出入 ",
                total[4],
                " 家。出入共 ",
                settled[1],
                " 项，登记已更正 ",
                settled[2],
                " 项，待更正 ",
                settled[3],
                " 项。",
            )
        ),
        Paragraph(("症结",), level=1),
        Paragraph(("存在问题的 ", total[5], " 家。", *(["其中" if troubles else ""]), *troubles)),
    )


DEFINITIONS = (
    Definition("社会组织", "登记数截至日期纳入统计的社会组织，由当天负责的综合（行业）党委或市州核对。", "R-076"),
    Definition("有出入", "登记状态、责任单位、组织覆盖、指导员、群团组织、党员人数中至少一项与登记不一致。", "P-64"),
    Definition("登记已更正", "数据截至日期，登记内容与查得情况相同。", "P-64"),
    Definition("有问题", "登记了至少一类问题；一家有几个问题的，在总数中只计一次。", "P-64"),
)

REPORT = Report(
    key=KEY,
    title="社会组织摸底调查情况报告",
    summary="各单位核对进度，登记与摸底逐家的出入和更正情况，存在的问题及对策；各单位可以打印自己的一份。",
    parameters=CensusParameters,
    roles=frozenset(CLOSERS),
    build=build_census,
    needs_review=False,
)
