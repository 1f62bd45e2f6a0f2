"""How a figure, a table and a chart look on a page and in an official document."""

from collections.abc import Iterator

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

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


@register.simple_tag
def column_share(table: Table, column: Column) -> str:
    """The column's share of the line in per cent, written for a machine."""
    return f"{100 * column.width / sum(c.width for c in table.columns):.2f}"


@register.simple_tag(takes_context=True)
def draw_chart(context: template.Context, chart: Chart) -> SafeString:
    return draw(chart, lambda drill: _link(context, drill))


@register.filter
def first_rows(table: Table, limit: int) -> Table:
    return table.first(limit)


@register.simple_tag(takes_context=True)
def figure(context: template.Context, cell: Cell) -> SafeString:
    """A figure as a link to the list behind it; text stays text."""
    return mark_safe(_figure(cell, _link(context, cell.drill)))  # noqa: S308 - escaped where it is written


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: Table) -> SafeString:
    """Body of a table, written in one go: a table of bodies has thousands of cells."""
    links = context.get("links") or (lambda drill: "")
    classes = [' class="num"' if column.align is Align.RIGHT else "" for column in table.columns]
    written = []
    for row in table.rows:
        first, *others = row.cells
        written.append('<tr class="total-row">' if row.is_total else "<tr>")
        written.append(f'<th scope="row"{classes[0]}>{_figure(first, links(first.drill))}</th>')
        for css, cell in zip(classes[1:], others, strict=True):
            written.append(f"<td{css}>{_figure(cell, links(cell.drill))}</td>")
        written.append("</tr>")
    return mark_safe("".join(written))  # noqa: S308 - escaped where it is written


def _figure(cell: Cell, url: str) -> str:
    if not url:
        return escape(cell.display())
    title = f' title="{cell.fraction}"' if cell.kind is CellKind.RATE else ""
    return f'<a class="figure-link" href="{escape(url)}"{title}>{escape(cell.display())}</a>'
