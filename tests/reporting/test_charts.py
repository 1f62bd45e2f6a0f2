"""Drawings: real links, nothing a strict content policy refuses, the same figures as the table."""

import re
from xml.etree import ElementTree

from portal.reporting.charts import HUNAN_TILES, STEPS, draw, table_of, tile_places
from portal.reporting.data import Bar, BarChart, Tile, TileGrid, count, rate
from tests.reporting.samples import CITIES, coverage_sample

SVG = "{http://www.w3.org/2000/svg}"


def test_hunan_has_fourteen_tiles_on_fourteen_places() -> None:
    assert set(HUNAN_TILES) == set(CITIES)
    assert len(set(HUNAN_TILES.values())) == 14


def test_tile_places_of_other_regions_go_five_to_a_row() -> None:
    assert tile_places(["430102", "430103", "430104", "430105", "430111", "430112"]) == {
        "430102": (0, 0),
        "430103": (0, 1),
        "430104": (0, 2),
        "430105": (0, 3),
        "430111": (0, 4),
        "430112": (1, 0),
    }


def test_drawings_link_every_mark_and_carry_no_style_or_script() -> None:
    for chart in coverage_sample().charts:
        svg = draw(chart, lambda drill: f"/lists/{drill}/")
        tree = ElementTree.fromstring(svg)  # noqa: S314 - our own text
        links = [element.get("href") for element in tree.iter(f"{SVG}a")]
        assert links == [f"/lists/covered:{code}/" for code in CITIES]
        assert not [element for element in tree.iter() if element.tag in {f"{SVG}script", f"{SVG}style"}]
        assert not re.search(r"\b(style|on[a-z]+)\s*=", svg)


def test_drawing_without_lists_has_no_links() -> None:
    chart = BarChart("x", "示例", (Bar("甲", count(3)), Bar("乙", count(6))))
    assert "<a " not in draw(chart)


def test_bar_is_as_long_as_its_share() -> None:
    half = draw(BarChart("x", "示例", (Bar("甲", rate(1, 2)),)))
    counts = draw(BarChart("x", "示例", (Bar("甲", count(3)), Bar("乙", count(6)), Bar("丙", count(0)))))
    assert 'width="160.0"' in half
    assert re.findall(r'width="(\d+\.\d)"', counts) == ["160.0", "320.0"]
    assert 'width="0.0"' not in draw(BarChart("x", "示例", (Bar("甲", rate(0, 0)),)))


def test_tile_shade_is_decided_by_the_exact_fraction() -> None:
    """R-008: 9,079/10,100 = 89.89 % is shown as 89.9 % and does not reach 90 %."""
    below = draw(TileGrid("x", "示例", (Tile("甲", 0, 0, rate(9079, 10100)),)))
    reached = draw(TileGrid("x", "示例", (Tile("甲", 0, 0, rate(9090, 10100)),)))
    tile = re.compile(r'rx="3" fill="(#[0-9a-f]{6})"')
    assert tile.findall(below) == [STEPS[1][1]]
    assert tile.findall(reached) == [STEPS[0][1]]
    assert tile.findall(draw(TileGrid("x", "示例", (Tile("甲", 0, 0, rate(0, 0)),)))) == ["#f3f5f8"]


def test_drawing_escapes_names() -> None:
    chart = TileGrid("x", "<b>&", (Tile('"><script>', 0, 0, rate(1, 2, "d")),))
    svg = draw(chart, lambda drill: '/"><script>')
    assert "<script" not in svg
    ElementTree.fromstring(svg)  # noqa: S314 - our own text


def test_table_of_a_chart_shows_the_same_figures() -> None:
    chart = coverage_sample().charts[0]
    table = table_of(chart)
    assert [column.label for column in table.columns] == ["名称", "数值", "分子/分母"]
    assert [row.cells[1] for row in table.rows] == [tile.cell for tile in chart.tiles]  # type: ignore[union-attr]
    assert [column.label for column in table_of(BarChart("x", "示例", (Bar("甲", count(3)),))).columns] == [
        "名称",
        "数值",
    ]


def test_bars_say_how_many_were_left_out() -> None:
    assert "另有 3 项，见数据表。" in draw(coverage_sample().charts[1])
