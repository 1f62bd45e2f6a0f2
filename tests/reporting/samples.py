"""Hand-made reports, small enough to check by eye: Hefei's 149 associations (R-076…R-079)."""

from datetime import date

from portal.reporting.charts import tile_places
from portal.reporting.data import (
    Align,
    Bar,
    BarChart,
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
    Tile,
    TileGrid,
    count,
    rate,
    text,
)

AS_OF = date(2026, 11, 22)
CITIES = {
    "430100": "长沙市",
    "430200": "株洲市",
    "430300": "湘潭市",
    "430400": "衡阳市",
    "430500": "邵阳市",
    "430600": "岳阳市",
    "430700": "常德市",
    "430800": "张家界市",
    "430900": "益阳市",
    "431000": "郴州市",
    "431100": "永州市",
    "431200": "怀化市",
    "431300": "娄底市",
    "433100": "湘西土家族苗族自治州",
}
IN_SCOPE, OWN, JOINT, GUIDED = 149, 100, 37, 10


def _positions(code: str, metric: str) -> tuple[int, ...]:
    """Row n belongs to city n mod 14; the first 100 rows have an own organisation, the next 37 a joint one."""
    limits = {"scope": IN_SCOPE, "own": OWN, "covered": OWN + JOINT, "work": OWN + JOINT + GUIDED}
    city = list(CITIES).index(code) if code else None
    chosen = range(limits[metric]) if metric != "blank" else range(OWN + JOINT + GUIDED, IN_SCOPE)
    return tuple(n for n in chosen if city is None or n % len(CITIES) == city)


def coverage_sample(*, cities: dict[str, str] | None = None, long_text: str = "") -> ReportData:
    cities = CITIES if cities is None else cities
    drilldowns: dict[str, DrillDown] = {}

    def drill(code: str, metric: str) -> str:
        key = f"{metric}:{code}"
        drilldowns[key] = DrillDown(
            label=f"{cities.get(code, '全部')}{metric}",
            roster="associations",
            positions=_positions(code, metric),
            list_url_name="home:home",
            query={"as_of": AS_OF.isoformat(), "coverage": metric, **({"region": code} if code else {})},
        )
        return key

    def counted(code: str, metric: str) -> Cell:
        return count(len(_positions(code, metric)), drill(code, metric))

    def rated(code: str, metric: str) -> Cell:
        return rate(len(_positions(code, metric)), len(_positions(code, "scope")), drill(code, metric))

    def row(code: str, label: str) -> Row:
        cells = (
            text(label),
            *(counted(code, metric) for metric in ("scope", "own", "covered")),
            rated(code, "covered"),
            counted(code, "work"),
            rated(code, "work"),
            counted(code, "blank"),
        )
        return Row(cells, is_total=not code)

    places = tile_places(list(cities))
    return ReportData(
        title="湖南省社会组织党的组织覆盖和工作覆盖情况报告",
        subtitle="（截至2026年11月22日）",
        as_of=AS_OF,
        scope_label="湖南省",
        issuer="中共湖南省委社会工作部",
        cards=(
            Card("组织覆盖率", rated("", "covered"), "R-076"),
            Card("工作覆盖率", rated("", "work"), "R-077"),
            Card("空白点", counted("", "blank"), "既无组织覆盖又无工作覆盖"),
        ),
        narrative=(
            Paragraph(("一、总体情况",), level=1),
            Paragraph(
                (
                    "截至2026年11月22日，全省纳入统计的社会组织",
                    counted("", "scope"),
                    "家，其中单独组建党组织",
                    counted("", "own"),
                    "家，党的组织已覆盖",
                    counted("", "covered"),
                    "家，组织覆盖率",
                    rated("", "covered"),
                    "；党的工作已覆盖",
                    counted("", "work"),
                    "家，工作覆盖率",
                    rated("", "work"),
                    f"。{long_text}",
                )
            ),
            Paragraph(("二、存在的空白点",), level=1),
            Paragraph(("（一）区域分布",), level=2),
            Paragraph(("尚有", counted("", "blank"), "家社会组织既没有党的组织覆盖，也没有党的工作覆盖，名单见附件。")),
        ),
        tables=(
            Table(
                key="region",
                title="分市州两个覆盖情况统计表",
                columns=(
                    Column("label", "地区", Align.LEFT, 8),
                    Column("scope", "纳入统计"),
                    Column("own", "单独组建"),
                    Column("covered", "组织已覆盖"),
                    Column("covered_rate", "组织覆盖率"),
                    Column("work", "工作已覆盖"),
                    Column("work_rate", "工作覆盖率"),
                    Column("blank", "空白点"),
                ),
                rows=(row("", "合计"), *(row(code, name) for code, name in cities.items())),
                unit="家",
            ),
        ),
        charts=(
            TileGrid(
                key="cities",
                title="各市州组织覆盖率",
                tiles=tuple(Tile(name, *places[code], rated(code, "covered")) for code, name in cities.items()),
            ),
            BarChart(
                key="lowest",
                title="组织覆盖率（由低到高）",
                bars=tuple(Bar(name, rated(code, "covered")) for code, name in cities.items()),
                omitted=3,
            ),
        ),
        annexes=(
            Table(
                key="blank",
                title="空白点名单",
                columns=(
                    Column("number", "序号", Align.CENTER, 3),
                    Column("name", "名称", Align.LEFT, 14),
                    Column("city", "地区", Align.LEFT, 6),
                ),
                rows=tuple(
                    Row((text(str(number)), text(f"第{n}行业协会"), text("湖南省")))
                    for number, n in enumerate(_positions("", "blank"), start=1)
                ),
            ),
        ),
        definitions=(
            Definition("组织覆盖率", "由单独或者联合、挂靠、行业党组织覆盖的家数除以纳入统计的家数。", "R-076"),
            Definition("工作覆盖率", "组织已覆盖，或者有在任党建工作指导员的家数除以纳入统计的家数。", "R-077"),
        ),
        rosters={
            "associations": Roster(
                label="名单",
                columns=(RosterColumn("name", "名称", width=14), RosterColumn("registered_on", "登记日期", width=6)),
                rows=tuple(RosterRow(n + 1, (f"第{n}行业协会", "2020-05-01")) for n in range(IN_SCOPE)),
            )
        },
        drilldowns=drilldowns,
    )
