"""年检报送情况通报: the figures of `selectors.progress`, the lists of `rules.counts`.

The database counts the figures, the rows are sorted into lists here; `ReportData.problems()` compares the two for every
figure before the report is stored, so a figure and its list cannot part.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from associations.registry.enums import AssociationKind
from associations.registry.models import Department
from associations.registry.selectors import OWN_PREFIX, home_region
from partybuilding.coverage.reports import committees_of, issuer_of, regions_below
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.regions.models import Region
from portal.reporting.charts import tile_places
from portal.reporting.data import (
    Align,
    Bar,
    BarChart,
    Cell,
    CellKind,
    Chart,
    Column,
    DrillDown,
    Paragraph,
    ReportData,
    Roster,
    RosterColumn,
    RosterRow,
    Row,
    Table,
    Tile,
    TileGrid,
    text,
)
from portal.reporting.forms import ReportParameters
from portal.reporting.printing import document_date
from portal.reporting.registry import Report
from supervision.discipline import past, rules
from supervision.discipline.enums import Dimension, Figure
from supervision.discipline.figures import ALL, COLUMNS, DEFINITIONS, GroupCells, cells_of, headline
from supervision.discipline.rules import Standing
from supervision.discipline.selectors import COLUMNS as KEYS
from supervision.discipline.selectors import filings_of, key_of, progress, registered_in
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection
from supervision.rounds.enums import RoundState
from supervision.rounds.models import Round

KEY = "inspection_progress"
TITLE = "年检报送情况通报"
ROSTER = "filings"
ANNEX_ROWS = 50
BARS = 15
DIMENSIONS = (
    (Dimension.REGION, "分地区年检报送情况统计表", "地区"),
    (Dimension.COMMITTEE, "分综合（行业）党委年检报送情况统计表", "综合（行业）党委"),
    (Dimension.UNIT, "分业务主管单位年检报送情况统计表", "业务主管单位"),
    (Dimension.KIND, "分类型年检报送情况统计表", "类型"),
)


class ProgressParameters(ReportParameters):
    """The round (the newest if none is chosen), and optionally one place or one committee of the actor's own."""

    round = forms.ModelChoiceField(Round.objects.none(), label="批次", required=False, empty_label="最近的批次")
    region = forms.ModelChoiceField(Region.objects.none(), label="地区", required=False, to_field_name="code")
    committee = forms.ModelChoiceField(Department.objects.none(), label="综合（行业）党委", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds_of(self.actor)  # type: ignore[attr-defined]
        self.fields["region"].queryset = regions_below(home_region(self.actor))  # type: ignore[attr-defined]
        self.fields["committee"].queryset = committees_of(self.actor)  # type: ignore[attr-defined]
        for name in ("region", "committee"):
            self.fields[name].empty_label = "全部"  # type: ignore[attr-defined]

    def to_params(self) -> dict[str, Any]:
        chosen = {}
        if a_round := self.cleaned_data["round"]:
            chosen["round"] = str(a_round.pk)
        if region := self.cleaned_data["region"]:
            chosen["region"] = region.code
        if committee := self.cleaned_data["committee"]:
            chosen["committee"] = str(committee.pk)
        return chosen


def rounds_of(actor: Actor) -> QuerySet[Round]:
    """Rounds that were opened, the newest year first, its inspection before its reports of charities."""
    return scoped(Round, actor).exclude(state=RoundState.DRAFT).order_by("-report_year", "label", "-pk")


@dataclass(frozen=True)
class Selection:
    """What a report is about, and the list filter that gives the same filings."""

    round: Round
    place: Region | None
    committee: Department | None
    queryset: QuerySet[Inspection]
    query: dict[str, str]
    label: str


def select(actor: Actor, params: dict[str, Any]) -> Selection:
    """Raises `Refused` for a round, place or committee that is not the actor's, and without any round."""
    rounds = rounds_of(actor)
    a_round = rounds.filter(pk=params["round"]).first() if params.get("round") else rounds.first()
    if a_round is None:
        raise Refused("report.round", "还没有启动的年检年报批次，不能生成通报。请先启动填报。")
    home = home_region(actor)
    place, committee, query = home, None, {}
    queryset = filings_of(actor, a_round)
    if code := params.get("region"):
        place = regions_below(home).filter(code=code).first()
        if place is None:
            raise Refused("report.region", f"地区 {code} 不在您的范围内。请从列表中重新选择地区。")
        queryset, query["region"] = queryset.filter(registered_in(place)), place.code
    if pk := params.get("committee"):
        committee = committees_of(actor).filter(pk=pk).first()
        if committee is None:
            raise Refused("report.committee", "所选的综合（行业）党委不在您的范围内。请从列表中重新选择。")
        queryset, query["committee"] = queryset.filter(committee=committee), str(committee.pk)
    body = committee.name if committee else actor.scope.label if actor.scope.kind == "department" else ""
    where = place.name if place and ("region" in params or not body) else ""
    label = f"{body}（{where}）" if body and where else body or where or actor.scope.label
    return Selection(a_round, place, committee, queryset, query, label)


FIELDS = (
    "association",
    "association__name",
    "association__uscc",
    "association__kind",
    "association__region__path",
    "association__region__name",
    "supervisor",
    "supervisor__name",
    "committee",
    "committee__name",
    "number",
    "filing_due_on",
)
Line = dict[str, Any]


def build_progress(actor: Actor, params: dict[str, Any], as_of: date) -> ReportData:
    """The report as `actor` may read it. Raises `Refused` or `ConfigurationError` with cause and remedy."""
    chosen = select(actor, params)
    found = progress(actor, chosen.round, as_of, place=chosen.place, queryset=chosen.queryset, query=chosen.query)
    filings = past.as_of(chosen.queryset, as_of).order_by("filing_due_on", "number", "pk")
    rows: list[Line] = list(filings.values(*FIELDS, **past.columns(as_of)))
    total, grouped = cells_of(found)
    return ReportData(
        title=f"{chosen.label}社会组织{chosen.round}报送情况通报",
        subtitle=f"（截至{document_date(as_of)}）",
        as_of=as_of,
        scope_label=chosen.label,
        issuer=issuer_of(actor, home_region(actor)),
        cards=headline(total),
        narrative=narrative(chosen, total, grouped[Dimension.REGION], as_of),
        tables=tuple(_tables(total, grouped, chosen)),
        charts=charts(grouped[Dimension.REGION], [] if chosen.committee else grouped[Dimension.COMMITTEE]),
        annexes=(annex(rows, as_of),),
        definitions=DEFINITIONS,
        rosters={ROSTER: roster(rows, as_of)},
        drilldowns=dict(drilldowns(rows, [total, *(one for by in grouped.values() for one in by)], chosen, as_of)),
    )


def _tables(total: GroupCells, grouped: dict[str, list[GroupCells]], chosen: Selection) -> Iterator[Table]:
    for by, title, head in DIMENSIONS:
        if by == Dimension.COMMITTEE and chosen.committee:
            continue
        yield Table(
            key=str(by),
            title=title,
            columns=(Column("label", head, Align.LEFT, 13), *COLUMNS),
            rows=(total.row("合计"), *(one.row() for one in grouped[by])),
            unit="家",
        )


def narrative(chosen: Selection, total: GroupCells, regions: list[GroupCells], as_of: date) -> tuple[Paragraph, ...]:
    """The text in numbered parts. It states the figures; judgements are left to who signs."""
    whole: tuple[str | Cell, ...] = (
        f"截至{document_date(as_of)}，{chosen.label}应当参加{chosen.round}的社会组织",
        total.count(Figure.EXPECTED),
        "家，已开始填报",
        total.count(Figure.STARTED),
        "家，已报送",
        total.count(Figure.SUBMITTED),
        "家，报送率",
        total.rate("submit_rate"),
        "；按时报送",
        total.count(Figure.ON_TIME),
        "家，按时率",
        total.rate("on_time_rate"),
        "。另有",
        total.count(Figure.EXEMPTED),
        "家列为不需填报。",
    )
    review: tuple[str | Cell, ...] = (
        "审核中的",
        total.count(Figure.UNDER_REVIEW),
        "家，退回过的",
        total.count(Figure.RETURNED),
        "家，其中等待补正的",
        total.count(Figure.CORRECTING),
        "家；已有结论的",
        total.count(Figure.CONCLUDED),
        "家，其中一次通过的",
        total.count(Figure.FIRST_PASS),
        "家，一次通过率",
        total.rate("first_pass_rate"),
        "。",
    )
    overdue: tuple[str | Cell, ...] = (
        "截止日期已过而没有报送，或补正期限已过而没有重新报送的",
        total.count(Figure.OVERDUE),
        "家，名单附后。",
    )
    return (
        Paragraph(("一、报送情况",), 1),
        Paragraph(whole),
        *_below_average(total, regions),
        Paragraph(("二、审核情况",), 1),
        Paragraph(review),
        Paragraph(("三、逾期情况",), 1),
        Paragraph(overdue),
    )


def _below_average(total: GroupCells, regions: list[GroupCells]) -> tuple[Paragraph, ...]:
    """The places whose rate of filing lies below that of the whole, the lowest first."""
    average = total.rate("submit_rate").ratio.value
    shares = [(one.rate("submit_rate").ratio.value, one) for one in regions]
    below = [(share, one) for share, one in shares if share is not None and average is not None and share < average]
    if len(regions) < 2 or not below:
        return ()
    below.sort(key=lambda pair: (pair[0], pair[1].group.key))
    sentence: list[str | Cell] = ["报送率低于总体水平的有："]
    for number, (_share, one) in enumerate(below):
        sentence += ["、" if number else "", one.group.label, one.rate("submit_rate")]
    return (Paragraph((*sentence, "。")),)


def charts(regions: list[GroupCells], committees: list[GroupCells]) -> tuple[Chart, ...]:
    """Places as tiles; committees as bars, the lowest first."""
    drawn: list[Chart] = []
    places = [one for one in regions if not one.group.key.startswith(OWN_PREFIX)]
    if len(places) > 1:
        spots = tile_places([one.group.key for one in places])
        tiles = (Tile(one.group.label, *spots[one.group.key], one.rate("submit_rate")) for one in places)
        drawn.append(TileGrid(key="region", title="各地区年检报送率", tiles=tuple(tiles), unit="%"))
    shares = [(one.rate("submit_rate").ratio.value, one) for one in committees]
    ranked = sorted(((share, one) for share, one in shares if share is not None), key=lambda pair: pair[0])
    if ranked:
        drawn.append(
            BarChart(
                key="committee",
                title="各综合（行业）党委年检报送率（由低到高）",
                bars=tuple(Bar(one.group.label, one.rate("submit_rate")) for _share, one in ranked[:BARS]),
                unit="%",
                omitted=max(0, len(ranked) - BARS),
            )
        )
    return tuple(drawn)


def standing(row: Line) -> Standing:
    return Standing(
        state=row["as_of_state"],
        filing_due_on=row["filing_due_on"],
        step_due_on=row["as_of_step_due_on"],
        is_started=bool(row["as_of_is_started"]),
        is_submitted=bool(row["as_of_is_submitted"]),
        is_late=row["as_of_is_late"],
        return_count=row["as_of_return_count"],
    )


def annex(rows: list[Line], as_of: date) -> Table:
    """逾期未报名单, at most fifty lines; the workbook holds all."""
    late = [row for row in rows if rules.counts(Figure.OVERDUE, standing(row), as_of)]
    shown = late[:ANNEX_ROWS]
    return Table(
        key="overdue",
        title="逾期未报名单",
        columns=(
            Column("number", "序号", Align.CENTER, 3),
            Column("name", "名称", Align.LEFT, 14),
            Column("uscc", "统一社会信用代码", Align.LEFT, 14),
            Column("region", "登记地", Align.LEFT, 7),
            Column("committee", "综合（行业）党委", Align.LEFT, 12),
            Column("due_on", "截止日期", Align.LEFT, 7),
        ),
        rows=tuple(
            Row(
                (
                    text(str(number)),
                    text(row["association__name"]),
                    text(row["association__uscc"]),
                    text(row["association__region__name"]),
                    text(row["committee__name"] or "未明确"),
                    text((rules.due_on(standing(row)) or row["filing_due_on"]).isoformat()),
                )
            )
            for number, row in enumerate(shown, start=1)
        ),
        note=f"共{len(late)}家，此处列出前{ANNEX_ROWS}家，其余见工作簿。" if len(late) > len(shown) else "",
    )


ROSTER_COLUMNS = (
    RosterColumn("name", "名称", width=16),
    RosterColumn("uscc", "统一社会信用代码", width=10),
    RosterColumn("number", "编号", width=8),
    RosterColumn("kind", "类型", width=6),
    RosterColumn("region", "登记地", width=7),
    RosterColumn("unit", "业务主管单位", width=10),
    RosterColumn("committee", "综合（行业）党委", width=10),
    RosterColumn("state", "环节", width=7),
    RosterColumn("due_on", "截止日期", width=6),
    RosterColumn("is_late", "逾期报送", width=4),
    RosterColumn("return_count", "退回次数", CellKind.COUNT, 4),
    RosterColumn("overdue", "逾期未报", width=4),
)


def roster(rows: list[Line], as_of: date) -> Roster:
    """Every filing counted, with the facts that decide where it is counted."""
    return Roster(
        label="年检填报名单",
        columns=ROSTER_COLUMNS,
        rows=tuple(RosterRow(row["association"], _cells(row, as_of)) for row in rows),
        subject_url_name="associations:association",
        subject_url_kwarg="association_pk",
    )


def _cells(row: Line, as_of: date) -> tuple[str | int | None, ...]:
    return (
        row["association__name"],
        row["association__uscc"],
        row["number"],
        str(AssociationKind(row["association__kind"]).label),
        row["association__region__name"],
        row["supervisor__name"] or "未明确",
        row["committee__name"] or "未明确",
        str(InspectionState(row["as_of_state"]).label),
        row["filing_due_on"].isoformat(),
        "是" if row["as_of_is_late"] else "否",
        row["as_of_return_count"],
        "是" if rules.counts(Figure.OVERDUE, standing(row), as_of) else "否",
    )


def drilldowns(
    rows: list[Line], groups: Iterable[GroupCells], chosen: Selection, as_of: date
) -> Iterator[tuple[str, DrillDown]]:
    """The list behind each figure, by the same keys as its cell."""
    lists: dict[str, list[int]] = {}
    for position, row in enumerate(rows):
        keys = [(ALL, ""), *((str(by), key_of(by, row[KEYS[by]], chosen.place)) for by in Dimension)]
        one = standing(row)
        for figure in Figure:
            if rules.counts(figure, one, as_of):
                for by, key in keys:
                    lists.setdefault(f"{figure}:{by}:{key}", []).append(position)
    for group in groups:
        name = "" if group.by == ALL else f"{group.group.label}·"
        for figure in Figure:
            drill = group.drill(figure)
            yield (
                drill,
                DrillDown(
                    label=f"{name}{figure.label}",
                    roster=ROSTER,
                    positions=tuple(lists.get(drill, ())),
                    list_url_name="supervision:all_filings",
                    query={
                        "round": str(chosen.round.pk),
                        **group.group.query,
                        "figure": figure.value,
                        "as_of": as_of.isoformat(),
                    },
                ),
            )


REPORT = Report(
    key=KEY,
    title=f"社会组织{TITLE}",
    summary="按批次统计应填报、已报送、按时、退回、一次通过和逾期，分地区、党委、业务主管单位、类型，附逾期未报名单。",
    parameters=ProgressParameters,
    roles=frozenset(WORKSPACE),
    build=build_progress,
)
