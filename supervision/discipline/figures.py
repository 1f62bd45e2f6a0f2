"""The figures of a round as cells, each with the key of the list behind it: for the page and for the report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, urlencode

from portal.reporting.data import Card, Cell, Column, Definition, Row, count, rate, text
from supervision.discipline.enums import Figure
from supervision.discipline.selectors import Group, Progress

ALL = "all"
# How much of the name of a group stands in front of the figure, where a list says what it shows.
NAME = 50
COLUMNS = (
    Column(Figure.EXPECTED, "应填报"),
    Column(Figure.STARTED, "已开始"),
    Column(Figure.SUBMITTED, "已报送"),
    Column("submit_rate", "报送率", width=5),
    Column(Figure.ON_TIME, "按时报送"),
    Column("on_time_rate", "按时率", width=5),
    Column(Figure.RETURNED, "退回过"),
    Column(Figure.CONCLUDED, "已有结论"),
    Column(Figure.FIRST_PASS, "一次通过"),
    Column(Figure.OVERDUE, "逾期未报"),
)
# A rate is opened at the list of its numerator.
RATES = {
    "submit_rate": (Figure.SUBMITTED, Figure.EXPECTED),
    "on_time_rate": (Figure.ON_TIME, Figure.EXPECTED),
    "first_pass_rate": (Figure.FIRST_PASS, Figure.CONCLUDED),
}
DEFINITIONS = (
    Definition("应填报", "批次启动时按填报安排列入名单、没有列为不需填报的社会组织。", "R-030"),
    Definition("已开始", "填报人已开始填写，或已经报送。"),
    Definition("已报送、报送率", "至少报送过一次的；报送率=已报送÷应填报。"),
    Definition("按时报送、按时率", "在截止日期（含延期决定）当日之前报送的；按时率=按时报送÷应填报。", "R-031"),
    Definition("退回过", "任一环节退回补正过的，不论是否已重新报送。"),
    Definition("一次通过", "已有结论且从未退回的；一次通过率=一次通过÷已有结论。"),
    Definition("逾期未报", "截止日期已过而没有报送，或补正期限已过而没有重新报送的。", "R-031"),
)


@dataclass(frozen=True)
class GroupCells:
    """The cells of one group."""

    by: str
    group: Group

    def drill(self, figure: str) -> str:
        return f"{figure}:{self.by}:{self.group.key}"

    def count(self, figure: str) -> Cell:
        return count(self.group[figure], self.drill(figure))

    def rate(self, name: str) -> Cell:
        top, bottom = RATES[name]
        return rate(self.group[top], self.group[bottom], self.drill(top))

    def row(self, label: str = "") -> Row:
        cells = (self.rate(one.code) if one.code in RATES else self.count(one.code) for one in COLUMNS)
        return Row((text(label or self.group.label), *cells), is_total=bool(label))


def headline(total: GroupCells) -> tuple[Card, ...]:
    return (
        Card("应填报", total.count(Figure.EXPECTED), "家"),
        Card("报送率", total.rate("submit_rate"), "已报送÷应填报"),
        Card("按时率", total.rate("on_time_rate"), "按时报送÷应填报"),
        Card("逾期未报", total.count(Figure.OVERDUE), "家，含逾期未补正"),
        Card("一次通过率", total.rate("first_pass_rate"), "一次通过÷已有结论"),
    )


def cells_of(found: Progress) -> tuple[GroupCells, dict[str, list[GroupCells]]]:
    grouped = {by: [GroupCells(by, one) for one in groups] for by, groups in found.groups.items()}
    return GroupCells(ALL, found.total), grouped


def links(base: str, title: str, groups: Iterable[GroupCells], *, as_of: str = "") -> Callable[[str | None], str]:
    """From a figure's key to the list behind it; put together when it is asked for, a province has thousands."""
    known = {(one.by, one.group.key): one for one in groups}
    labels = {str(figure): quote(figure.label) for figure in Figure}

    @cache
    def start(by: str, key: str) -> tuple[str, str]:
        one = known[by, key]
        query = urlencode({**one.group.query, **({"as_of": as_of} if as_of else {})})
        place = title if by == ALL else f"{title}·{one.group.label}"
        return f"{base}?{query}{'&' if query else ''}", quote(f"{place[:NAME]}·")

    def link(drill: str | None) -> str:
        figure, by, key = (drill or "::").split(":", 2)
        if (by, key) not in known:
            return ""
        path, place = start(by, key)
        return f"{path}figure={figure}&from={place}{labels[figure]}"

    return link
