"""How values are written: ux rules 4.3."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.template import Context, Template

from portal.regulations.rules import Rate
from portal.screens import values
from portal.screens.columns import Column, fact, table, tag_html, value_html
from portal.screens.dates import parse_date
from portal.screens.values import Missing


def drawn(source: str, **context: object) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1024, "1,024"),
        (Decimal("1234.50"), "1,234.50"),
        (None, "—"),
        (Missing.NOT_REPORTED, "未填报"),
        (Missing.NOT_APPLICABLE, "不适用"),
        (Missing.MASKED, "已脱敏"),
    ],
)
def test_numbers_and_the_four_kinds_of_nothing(value: object, text: str) -> None:
    assert values.number_text(value) == text  # type: ignore[arg-type]


def test_money_is_kept_in_yuan_and_shown_in_either_unit() -> None:
    assert values.money_text(Decimal(1200000)) == "1,200,000.00"
    assert values.money_text(Decimal(1200000), "万元") == "120.00"
    assert values.money_text(Decimal("50"), "万元") == "0.01"
    assert values.money_text(None) == "—"
    with pytest.raises(ValueError, match="unit"):
        values.money_text(1, "美元")


def test_rate_shows_its_parts() -> None:
    assert values.rate_text(Rate(137, 149)) == "91.9%（137/149）"
    assert values.rate_text(Rate(137, 149), with_parts=False) == "91.9%"
    assert values.rate_text(Rate(0, 0)) == "—（0/0）"
    assert drawn("{{ one|rate }}", one=Rate(5115, 10100)) == "50.6%（5,115/10,100）"
    assert drawn("{{ one|rate_bare }}", one=Rate(1, 3)) == "33.3%"


def test_change_of_a_rate_is_in_points() -> None:
    assert values.points_text(Decimal("1.25")) == "上升1.3个百分点"
    assert values.points_text(Decimal("-0.5")) == "下降0.5个百分点"
    assert values.points_text(Decimal("0.04")) == "持平"
    assert values.points_text(Missing.NOT_APPLICABLE) == "不适用"


def test_dates_and_periods() -> None:
    assert values.date_text(dt.date(2025, 1, 2)) == "2025-01-02"
    assert values.period_text(dt.date(2025, 1, 1), dt.date(2025, 12, 31)) == "2025-01-01 ～ 2025-12-31"
    assert values.period_text(None, None) == "起始不详 ～ 至今"
    moment = dt.datetime(2025, 11, 22, 7, 2, 31, tzinfo=dt.UTC)
    assert values.datetime_text(moment) == "2025-11-22 15:02"
    assert values.datetime_text(moment, seconds=True) == "2025-11-22 15:02:31"
    assert values.datetime_text(None) == "—"
    assert drawn("{{ at|instant_seconds }}", at=moment) == "2025-11-22 15:02:31"
    assert drawn("{{ on|day }}", on=dt.date(2025, 1, 2)) == '<time datetime="2025-01-02">2025-01-02</time>'


@pytest.mark.parametrize(
    ("due_on", "words", "tone"),
    [
        (dt.date(2026, 6, 30), "还有 12 天（06-30）", "grey"),
        (dt.date(2026, 6, 25), "还有 7 天（06-25）", "amber"),
        (dt.date(2026, 6, 18), "今天到期", "amber"),
        (dt.date(2026, 6, 16), "已逾期 2 天", "red"),
        (dt.date(2027, 1, 5), "还有 201 天（2027-01-05）", "grey"),
        (None, "未定期限", "grey"),
    ],
)
def test_deadline_says_how_long(due_on: dt.date | None, words: str, tone: str) -> None:
    assert values.deadline_text(due_on, dt.date(2026, 6, 18)) == (words, tone)


def test_file_sizes() -> None:
    assert [values.size_text(size) for size in (812, 12_300, 1_258_291)] == ["812 B", "12 KB", "1.2 MB"]


@pytest.mark.parametrize(
    "text",
    ["2024-3-1", "2024.03.01", "2024/3/1", "2024年3月1日", "20240301", "２０２４-０３-０１", " 2024 年 3 月 1 日"],
)
def test_dates_are_read_as_people_type_them(text: str) -> None:
    assert parse_date(text) == dt.date(2024, 3, 1)


@pytest.mark.parametrize("text", ["", "2024-13-01", "2024-02-30", "1.22", "明天", "24-3-1", "2024-3-1-5"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_values_are_escaped() -> None:
    assert value_html("<b>") == "&lt;b&gt;"
    assert tag_html("<b>", "info") == '<span class="tag tag-blue">&lt;b&gt;</span>'
    assert fact("名称", "<a>", url="/x/").html == '<a href="/x/">&lt;a&gt;</a>'


def test_tone_outside_the_palette_is_refused() -> None:
    with pytest.raises(ValueError, match="tone"):
        tag_html("正常", "pink")


def test_unknown_kind_of_column_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        Column("a", "甲", kind="percent")


@dataclass
class Line:
    pk: int
    name: str
    parent: "Line | None" = None
    is_open: bool = True
    due_on: dt.date = dt.date(2026, 6, 18)


def test_columns_follow_attribute_paths_and_export_typed_values() -> None:
    parent = Line(1, "上级")
    line = Line(2, "本级", parent)
    path = Column("parent", "上级", value="parent.name")
    assert (path.raw(line), path.raw(parent), path.html(parent)) == ("上级", None, '<span class="missing">—</span>')
    flag = Column("is_open", "在办", kind="bool")
    assert (flag.html(line), flag.plain(line)) == ("是", "是")
    rate = Column("rate", "覆盖率", value=lambda row: Rate(1, 2), kind="rate")
    assert (rate.plain(line), rate.css_class) == ("50.0%（1/2）", "card-row num")
    due = Column("due_on", "期限", value=lambda row: (row.due_on, dt.date(2026, 6, 20)), kind="deadline")
    assert due.html(line) == '<span class="tag tag-red">已逾期 2 天</span>'
    assert due.plain(line) == dt.date(2026, 6, 18)
    count = Column("pk", "人数", kind="number")
    assert count.plain(line) == 2
    assert Column("gone", "缺", value=lambda row: Missing.NOT_REPORTED).plain(line) == "未填报"
    assert Column("at", "时间", value=lambda row: None, kind="datetime").plain(line) is None


def test_small_table_has_its_own_empty_words() -> None:
    shown = table("别名", [Column("name", "名称")], [Line(1, "甲")])
    assert [row.html for row in shown.rows] == ['<td role="cell" class="card-row" data-label="名称">甲</td>']
    assert table("别名", [Column("name", "名称")], [], empty="没有别名。").empty == "没有别名。"


def test_tags_draw_states_icons_and_amounts() -> None:
    assert drawn('{% state_tag "待审核" "amber" %}') == '<span class="tag tag-amber">待审核</span>'
    assert drawn('{% state_tag "" %}') == '<span class="missing">—</span>'
    assert drawn("{{ one|wan }} {{ one|yuan }}", one=Decimal(25000)) == "2.50 25,000.00"
    assert drawn("{{ one|points }} {{ size|file_size }}", one=Decimal(-2), size=10) == "下降2.0个百分点 10 B"
    assert 'aria-hidden="true"' in drawn('{% icon "search" %}')
    assert 'aria-label="搜索"' in drawn('{% icon "search" "搜索" %}')
    assert drawn("{% period a b %}", a=dt.date(2025, 1, 1), b=None) == "2025-01-01 ～ 至今"
    with pytest.raises(Exception, match="no icon"):
        drawn('{% icon "rocket" %}')
