"""How a figure, a table and a chart look on a page and in an official document."""

from collections.abc import Iterator

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.reporting.charts import draw, table_of
from portal.reporting.data import Align, Cell, CellKind, Chart, Column, Row, Table

register = template.Library()


def _link(context: template.Context, drill: str | None) -> str:
    links = context.get("links")
    return links(drill) if links is not None else ""


@register.filter
def cells(table: Table, row: Row) -> Iterator[tuple[Column, Cell]]:
    return zip(table.columns, row.cells, strict=True)


@register.filter
def document_text(cell: Cell) -> str:
    return cell.display(grouped=False)


@register.filter
def is_figure(value: object) -> bool:
    return isinstance(value, Cell)


@register.filter
def data_table(chart: Chart) -> Table:
    return table_of(chart)


@register.filter
def is_numeric(column: Column) -> bool:
    return column.align is Align.RIGHT


@register.simple_tag
def column_share(table: Table, column: Column) -> str:
    """The column's share of the line in per cent, written for a machine."""
    return f"{100 * column.width / sum(c.width for c in table.columns):.2f}"


@register.simple_tag(takes_context=True)
def draw_chart(context: template.Context, chart: Chart) -> SafeString:
    return draw(chart, lambda drill: _link(context, drill))


@register.simple_tag(takes_context=True)
def figure(context: template.Context, cell: Cell) -> SafeString:
    """A figure as a link to the list behind it; text stays text."""
    url = _link(context, cell.drill)
    if not url:
        return format_html("{}", cell.display())
    title = cell.fraction if cell.kind is CellKind.RATE else ""
    return format_html('<a class="figure-link" href="{}"{}>{}</a>', url, _title(title), cell.display())


def _title(value: str) -> SafeString | str:
    return format_html(' title="{}"', value) if value else ""
