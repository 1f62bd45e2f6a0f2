"""Which year a list is checked for, and what is missing before it goes on."""

from datetime import date

import pytest

from partybuilding.duties.rules import Item, Span, may_submit, year_problem

TODAY = date(2026, 6, 30)
ALWAYS = Span()


@pytest.mark.parametrize(
    ("in_force", "exists", "year", "words"),
    [
        (ALWAYS, ALWAYS, 2026, ""),
        (ALWAYS, ALWAYS, 2027, "2027年还没有到"),
        (Span(date(2026, 3, 1)), ALWAYS, 2025, "《清单》自2026-03-01起执行，不能对照2025年"),
        (Span(date(2026, 3, 1)), ALWAYS, 2026, ""),
        (Span(None, date(2024, 6, 30)), ALWAYS, 2025, "《清单》已于2024-06-30停止执行，不能对照2025年"),
        (Span(None, date(2024, 6, 30)), ALWAYS, 2024, ""),
        (ALWAYS, Span(date(2026, 1, 1)), 2025, "2025年「支部」还没有成立或者已经撤销"),
        (ALWAYS, Span(None, date(2024, 5, 1)), 2025, "2025年「支部」还没有成立或者已经撤销"),
        (ALWAYS, Span(date(2025, 12, 31)), 2025, ""),
    ],
)
def test_a_year_needs_list_and_bearer(in_force: Span, exists: Span, year: int, words: str) -> None:
    found = year_problem("清单", in_force, "支部", exists, year, TODAY)
    assert found.startswith(words) if words else found == ""


def test_every_item_is_answered_and_what_is_not_done_is_explained() -> None:
    done, silent = Item(1, "政治方向", "done"), Item(2, "凝聚群众", "open")
    told = Item(2, "凝聚群众", "partly", "九月底前建立联系制度")
    assert may_submit([done, Item(2, "凝聚群众")]).reason.startswith("还有 1 项没有对照：第2项「凝聚群众」")
    assert may_submit([done, silent]).reason.startswith("第2项「凝聚群众」没有完全落实")
    assert may_submit([done, told])
