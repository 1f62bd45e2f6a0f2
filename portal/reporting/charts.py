"""Server-drawn SVG: horizontal bars and a tile grid of regions. The same drawing goes on the page and into the PDF.

Presentation attributes only: no style attribute, no script, nothing that a strict content policy refuses. Each mark is
a real link when its figure has a list.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from portal.reporting.data import Align, BarChart, Cell, CellKind, Chart, Column, Row, Table, Tile, TileGrid, text

Link = Callable[[str | None], str]

INK = "#1b2430"
QUIET = "#566272"
TRACK = "#e6ebf2"
MARK = "#1a4f9c"
FONTS = "Noto Sans CJK SC, Microsoft YaHei, Source Han Sans SC, sans-serif"

# Five steps of one blue: lower bound as an exact fraction, fill, ink that reaches 4.5:1 on it, label.
STEPS: tuple[tuple[Fraction, str, str, str], ...] = (
    (Fraction(90, 100), "#143e7c", "#ffffff", "90% 及以上"),
    (Fraction(80, 100), "#2f66b0", "#ffffff", "80%–90%"),
    (Fraction(70, 100), "#8fb4e0", INK, "70%–80%"),
    (Fraction(60, 100), "#c6daf2", INK, "60%–70%"),
    (Fraction(0), "#eaf1fb", INK, "60% 以下"),
)
EMPTY_STEP = ("#f3f5f8", QUIET)

# Where Hunan's fourteen cities lie, as (row, column) of the tile grid, by region code.
HUNAN_TILES: dict[str, tuple[int, int]] = {
    "430800": (0, 1),
    "430700": (0, 2),
    "430600": (0, 3),
    "433100": (1, 0),
    "430900": (1, 2),
    "430100": (1, 3),
    "431200": (2, 0),
    "430500": (2, 1),
    "431300": (2, 2),
    "430300": (2, 3),
    "430200": (2, 4),
    "431100": (3, 1),
    "430400": (3, 2),
    "431000": (3, 3),
}
TILES_PER_ROW = 5


def tile_places(codes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Where each region's tile stands: its known place, or five to a row in the order given when any is unknown."""
    if all(code in HUNAN_TILES for code in codes):
        return {code: HUNAN_TILES[code] for code in codes}
    return {code: divmod(number, TILES_PER_ROW) for number, code in enumerate(codes)}


def _no_link(drill: str | None) -> str:
    return ""


def draw(chart: Chart, link: Link = _no_link) -> SafeString:
    """The drawing of a chart; `link` gives the address of a drill-down, or "" for none."""
    return _bars(chart, link) if isinstance(chart, BarChart) else _tiles(chart, link)


def table_of(chart: Chart) -> Table:
    """The same figures as a table, for those who read better than they see."""
    marks = chart.bars if isinstance(chart, BarChart) else chart.tiles
    is_rate = any(mark.cell.kind is CellKind.RATE for mark in marks)
    columns = [Column("label", "名称", Align.LEFT, 10), Column("value", "数值", Align.RIGHT, 5)]
    if is_rate:
        columns.append(Column("fraction", "分子/分母", Align.RIGHT, 7))
    rows = tuple(
        Row((text(mark.label), mark.cell, text(mark.cell.fraction)) if is_rate else (text(mark.label), mark.cell))
        for mark in marks
    )
    return Table(key=f"{chart.key}-data", title=chart.title, columns=tuple(columns), rows=rows, unit=chart.unit)


def _wrap(chart: Chart, width: int, height: int, body: Sequence[str]) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="report-chart" role="group" aria-label="{}" '
        'viewBox="0 0 {} {}" font-family="{}" preserveAspectRatio="xMinYMin meet">{}</svg>',
        f"{chart.title}。图中每一项可点开名单，数据表在图下。",
        width,
        height,
        FONTS,
        mark_safe("".join(body)),  # noqa: S308 - every part was built with escape() or numbers
    )


def _anchored(cell: Cell, label: str, link: Link, body: str) -> str:
    said = f"{label} {cell.display()}" + (f"（{cell.fraction}）" if cell.fraction else "")
    url = link(cell.drill)
    if not url:
        return f"<g><title>{escape(said)}</title>{body}</g>"
    return f'<a href="{escape(url)}"><title>{escape(said)}，打开名单</title>{body}</a>'


def _shares(cells: Sequence[Cell]) -> list[Fraction | None]:
    """How long each bar is: a rate as it stands, a count against the largest of them."""
    largest = max((int(c.value or 0) for c in cells if c.kind is CellKind.COUNT), default=0)
    shares: list[Fraction | None] = []
    for cell in cells:
        if cell.kind is CellKind.RATE:
            shares.append(Fraction(cell.numerator or 0, cell.denominator) if cell.denominator else None)
        else:
            shares.append(Fraction(int(cell.value or 0), largest) if largest else Fraction(0))
    return shares


def _shorten(label: str, limit: int) -> str:
    """The label within a limit; an autonomous prefecture by its usual short name (湘西土家族苗族自治州 → 湘西州)."""
    if len(label) > limit and label.endswith("族自治州"):
        return f"{label[:2]}州"
    return label if len(label) <= limit else label[: limit - 1] + "…"


def _bars(chart: BarChart, link: Link) -> SafeString:
    """One row of 26 units per bar: name, track with the bar in it, value and fraction."""
    step, left, track, width = 26, 218, 320, 680
    body = []
    for number, (bar, share) in enumerate(zip(chart.bars, _shares([b.cell for b in chart.bars]), strict=True)):
        top = number * step
        parts = [
            f'<rect x="0" y="{top}" width="{width}" height="{step}" fill="#ffffff"/>',
            f'<text x="{left - 10}" y="{top + 18}" text-anchor="end" font-size="14" fill="{INK}">'
            f"{escape(_shorten(bar.label, 14))}</text>",
            f'<rect x="{left}" y="{top + 5}" width="{track}" height="16" fill="{TRACK}"/>',
        ]
        if share:
            parts.append(
                f'<rect x="{left}" y="{top + 5}" width="{float(share * track):.1f}" height="16" fill="{MARK}"/>'
            )
        parts.append(
            f'<text x="{left + track + 10}" y="{top + 18}" font-size="14" fill="{INK}">{bar.cell.display()}</text>'
        )
        if bar.cell.fraction:
            parts.append(
                f'<text x="{left + track + 70}" y="{top + 18}" font-size="12" fill="{QUIET}">{bar.cell.fraction}</text>'
            )
        body.append(_anchored(bar.cell, bar.label, link, "".join(parts)))
    height = len(chart.bars) * step
    if chart.omitted:
        body.append(
            f'<text x="{left}" y="{height + 18}" font-size="12" fill="{QUIET}">'
            f"另有 {chart.omitted} 项，见数据表。</text>"
        )
        height += 28
    return _wrap(chart, width, max(height, step), body)


def _step_of(cell: Cell) -> tuple[str, str]:
    if cell.kind is not CellKind.RATE or not cell.denominator:
        return EMPTY_STEP
    share = Fraction(cell.numerator or 0, cell.denominator)
    return next((fill, ink) for bound, fill, ink, _ in STEPS if share >= bound)


def _tiles(chart: TileGrid, link: Link) -> SafeString:
    """Tiles of 128 × 68 with name, rate and fraction; the legend below says what the shades mean."""
    wide, high, gap = 128, 68, 6
    rows = 1 + max((tile.row for tile in chart.tiles), default=0)
    columns = 1 + max((tile.column for tile in chart.tiles), default=0)
    body = [_tile(tile, wide, high, gap, link) for tile in chart.tiles]
    top = rows * (high + gap) + 6
    legend = [*((label, fill) for _, fill, _, label in reversed(STEPS)), ("无在册对象", EMPTY_STEP[0])]
    for number, (label, fill) in enumerate(legend):
        x = number * 112
        body.append(
            f'<g><rect x="{x}" y="{top}" width="16" height="14" fill="{fill}" stroke="#75818f" stroke-width="0.5"/>'
            f'<text x="{x + 22}" y="{top + 12}" font-size="12" fill="{QUIET}">{label}</text></g>'
        )
    return _wrap(chart, max(columns * (wide + gap), len(legend) * 112), top + 22, body)


def _tile(tile: Tile, wide: int, high: int, gap: int, link: Link) -> str:
    x, y = tile.column * (wide + gap), tile.row * (high + gap)
    fill, ink = _step_of(tile.cell)
    middle = x + wide // 2
    body = (
        f'<rect x="{x + 1}" y="{y + 1}" width="{wide - 2}" height="{high - 2}" rx="3" fill="{fill}" '
        f'stroke="#75818f" stroke-width="0.5"/>'
        f'<text x="{middle}" y="{y + 20}" text-anchor="middle" font-size="13" fill="{ink}">'
        f"{escape(_shorten(tile.label, 8))}</text>"
        f'<text x="{middle}" y="{y + 42}" text-anchor="middle" font-size="18" font-weight="bold" fill="{ink}">'
        f"{tile.cell.display()}</text>"
        f'<text x="{middle}" y="{y + 60}" text-anchor="middle" font-size="12" fill="{ink}">{tile.cell.fraction}</text>'
    )
    return _anchored(tile.cell, tile.label, link, body)
