"""The words of the coverage report: headline figures, text in numbered parts, drawings, annex, definitions."""

from datetime import date

from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.report_figures import GroupCells, Labels
from partybuilding.coverage.rules import EMPLOYED, CoverageRules
from partybuilding.coverage.selectors import OWN_PREFIX, CoverageRow
from portal.reporting.charts import tile_places
from portal.reporting.data import (
    Align,
    Bar,
    BarChart,
    Card,
    Cell,
    Chart,
    Column,
    Definition,
    Paragraph,
    Row,
    Table,
    Tile,
    TileGrid,
    text,
)
from portal.reporting.printing import document_date

ANNEX_ROWS = 50
BARS = 15


def cards(total: GroupCells, change: tuple[date, str, str]) -> tuple[Card, ...]:
    before, organization, work = change
    since = f"比{document_date(before)}"
    return (
        Card("组织覆盖率", total.rate("organization_rate"), f"{since}{organization}"),
        Card("工作覆盖率", total.rate("work_rate"), f"{since}{work}"),
        Card("应建未建", total.count(Measure.SHOULD_NOT_BUILT), "家，达到人数而没有单独组建"),
        Card("空白点", total.count(Measure.BLANK_SPOT), "家，组织和工作都没有覆盖"),
        Card("党员数未填报", total.count(Measure.UNREPORTED), "家，不作 0 处理"),
    )


def narrative(
    label: str, total: GroupCells, regions: list[GroupCells], rules: CoverageRules, as_of: date
) -> tuple[Paragraph, ...]:
    """The text in numbered parts. It states the figures; judgements are left to who signs."""
    people = rules.should_establish_member_count
    parts = [
        Paragraph(("一、总体情况",), 1),
        Paragraph(
            (
                f"截至{document_date(as_of)}，{label}纳入统计的社会组织",
                total.count(Measure.IN_SCOPE),
                "家。党的组织已覆盖",
                total.count(Measure.COVERED),
                "家，组织覆盖率",
                total.rate("organization_rate"),
                "；党的工作已覆盖",
                total.count(Measure.WORK_COVERED),
                "家，工作覆盖率",
                total.rate("work_rate"),
                "。",
            )
        ),
        Paragraph(("二、组织覆盖",), 1),
        Paragraph(("（一）组建方式",), 2),
        Paragraph(
            (
                "单独组建党组织的",
                total.count(Measure.OWN),
                "家，单独组建率",
                total.rate("own_rate"),
                "；由联合、挂靠、区域或者行业党组织覆盖的",
                total.count(Measure.SHARED),
                "家；组织尚未覆盖的",
                total.count(Measure.UNCOVERED),
                "家。",
            )
        ),
        Paragraph(("（二）应建未建",), 2),
        Paragraph(
            (
                f"正式党员达到{people}名、应当单独组建的",
                total.count(Measure.SHOULD_ESTABLISH),
                "家，其中应建未建",
                total.count(Measure.SHOULD_NOT_BUILT),
                "家，应建已建率",
                total.rate("built_rate"),
                f"。组织未覆盖的社会组织中，有党员但不足{people}名的",
                total.count(Measure.INFO_POOL),
                "家，没有党员的",
                total.count(Measure.NO_MEMBERS),
                "家。",
            )
        ),
        *_below_average(total, regions),
        Paragraph(("三、工作覆盖和空白点",), 1),
        Paragraph(
            (
                "组织和工作都没有覆盖的空白点",
                total.count(Measure.BLANK_SPOT),
                "家，名单附后。",
            )
        ),
        Paragraph(("四、数据填报",), 1),
        Paragraph(
            (
                "没有报送党员人数的",
                total.count(Measure.UNREPORTED),
                "家，未计入应建未建，需要督促填报后再作判断。",
            )
        ),
    ]
    return tuple(parts)


def _below_average(total: GroupCells, regions: list[GroupCells]) -> tuple[Paragraph, ...]:
    """The places whose rate of organisation lies below that of the whole, the lowest first; none, no paragraph."""
    average = total.organization_share
    shares = [(group.organization_share, group) for group in regions]
    below = [(share, group) for share, group in shares if share is not None and average is not None and share < average]
    if len(regions) < 2 or not below:
        return ()
    below.sort(key=lambda pair: (pair[0], pair[1].group.key))
    sentence: list[str | Cell] = ["组织覆盖率低于总体水平的有："]
    for number, (_, group) in enumerate(below):
        sentence += ["、" if number else "", group.group.label, group.rate("organization_rate")]
    return (Paragraph(("（三）地区差异",), 2), Paragraph((*sentence, "。")))


def charts(regions: list[GroupCells], committees: list[GroupCells]) -> tuple[Chart, ...]:
    """Places as tiles; committees as bars, the lowest first."""
    drawn: list[Chart] = []
    places = [group for group in regions if not group.group.key.startswith(OWN_PREFIX)]
    if len(places) > 1:
        spots = tile_places([group.group.key for group in places])
        drawn.append(
            TileGrid(
                key="region",
                title="各地区组织覆盖率",
                tiles=tuple(
                    Tile(group.group.label, *spots[group.group.key], group.rate("organization_rate"))
                    for group in places
                ),
                unit="%",
            )
        )
    shares = [(group.organization_share, group) for group in committees if group.group.key]
    ranked = sorted(((share, group) for share, group in shares if share is not None), key=lambda pair: pair[0])
    if ranked:
        drawn.append(
            BarChart(
                key="committee",
                title="各综合（行业）党委组织覆盖率（由低到高）",
                bars=tuple(Bar(group.group.label, group.rate("organization_rate")) for _, group in ranked[:BARS]),
                unit="%",
                omitted=max(0, len(ranked) - BARS),
            )
        )
    return tuple(drawn)


def annex(rows: list[CoverageRow], rules: CoverageRules, labels: Labels) -> Table:
    """空白点名单, at most fifty lines; the workbook holds all."""
    blank = [row for row in rows if coverage.is_blank_spot(row.facts, rules)]
    shown = blank[:ANNEX_ROWS]
    return Table(
        key="blank",
        title="空白点名单",
        columns=(
            Column("number", "序号", Align.CENTER, 3),
            Column("name", "名称", Align.LEFT, 14),
            Column("uscc", "统一社会信用代码", Align.LEFT, 14),
            Column("region", "登记地", Align.LEFT, 8),
            Column("committee", "综合（行业）党委", Align.LEFT, 13),
            Column("members", "正式党员", Align.RIGHT, 4),
        ),
        rows=tuple(
            Row(
                (
                    text(str(number)),
                    text(row.name),
                    text(row.uscc),
                    text(labels.region(row)),
                    text(labels.committee(row) or "未明确"),
                    text(_members(row)),
                )
            )
            for number, row in enumerate(shown, start=1)
        ),
        note=f"共{len(blank)}家，此处列出前{len(shown)}家，全部名单见电子表格。" if len(blank) > len(shown) else "",
    )


def _members(row: CoverageRow) -> str:
    known = [n for n in (row.facts.relation_count, row.facts.working_count) if n is not None]
    return str(max(known)) if known else "未填报"


def definitions(rules: CoverageRules) -> tuple[Definition, ...]:
    """What each indicator means under the parameters in force on the date."""
    people = rules.should_establish_member_count
    basis = (
        "组织关系在本组织或者在本组织工作的正式党员，取较大的数"
        if rules.member_count_basis == EMPLOYED
        else "组织关系在本组织的正式党员"
    )
    young = f"；登记未满{rules.exclude_new_months}个月的不计" if rules.exclude_new_months else ""
    functional = "计入" if rules.count_functional else "不计入"
    return (
        Definition(
            "纳入统计", f"截至日期已经成立、状态正常的社会组织。已注销、已撤销、限期停止活动的不计{young}。", "R-076"
        ),
        Definition(
            "组织覆盖率",
            "单独组建党组织的，加上由联合、挂靠、区域、行业党组织覆盖的，除以纳入统计的家数。"
            f"每家只计一次，联合党组织覆盖几家计几家。功能型党组织{functional}，临时党组织不计入。",
            "R-076",
        ),
        Definition(
            "工作覆盖率",
            "组织已覆盖，或者截至日期有在任党建工作指导员、联络员，或者有工会、共青团、妇联组织的，"
            "除以纳入统计的家数。指派到期、组织撤销的不再计入；党建组织员不计入。",
            "R-077",
        ),
        Definition("空白点", "纳入统计，组织没有覆盖，没有在任指导员、联络员，也没有群团组织的。", "R-077"),
        Definition(
            "应建未建",
            f"{basis}达到{people}名，而没有单独组建党组织的；由联合党组织覆盖的仍然计入，"
            "经批准暂缓组建、尚在期限内的不计。",
            "R-078",
        ),
        Definition("应建已建率", "单独组建的家数，除以单独组建与应建未建的家数之和。", "R-078"),
        Definition("单独组建率", "单独组建的家数除以纳入统计的家数。", "R-079"),
        Definition("党建入章率", "章程已写入党的建设内容的家数除以纳入统计的家数；没有登记的按未入章计。", "R-080"),
        Definition("党员数未填报", "截至日期没有报送过党员人数的。不作 0 处理，也不计入应建未建。", "R-078"),
    )
