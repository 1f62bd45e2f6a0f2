"""A month from its opening to its signature, through the services."""

from datetime import date
from typing import Any

from partybuilding.closing.enums import CloseState, UnitState
from partybuilding.closing.models import CloseChange
from portal.access.scoping import everything
from portal.reporting.selectors import load_report
from tests.partybuilding.closing.conftest import APRIL, Story, moment


def changes_of(run: Any) -> list[tuple[str, str, int, str]]:
    with everything("test"):
        rows = CloseChange.objects.filter(edition__run=run).order_by("name", "measure")
        return [(row.name, row.measure, row.delta, row.reason) for row in rows]


def test_month_is_opened_confirmed_drafted_reviewed_and_signed(story: Story, found: Any) -> None:
    first = story.issue(APRIL, moment(date(2026, 5, 1)))
    assert first.state == CloseState.ISSUED
    found(story.province.city_trade, date(2026, 5, 12))

    close = story.open()
    assert close.previous == first
    assert {unit.state for unit in story.units(close).values()} == {UnitState.AWAITING}
    story.confirm_all(close)
    run = story.draft()
    assert run.state == "draft", run.failure_text
    assert changes_of(run) == [
        ("株洲市商贸业协会", "covered", 1, "founded"),
        ("株洲市商贸业协会", "own", 1, "founded"),
        ("株洲市商贸业协会", "work_covered", 1, "founded"),
    ]
    report = load_report(run, with_rows=True)
    assert report.problems() == []
    assert [(card.label, card.cell.display()) for card in report.cards] == [
        ("组织覆盖率", "75.0%"),
        ("工作覆盖率", "75.0%"),
        ("单独组建率", "75.0%"),
        ("组织覆盖的变动", "1"),
        ("工作覆盖的变动", "1"),
        ("纳入统计", "4"),
        ("未确认单位", "0"),
    ]
    assert report.cards[0].note == "上月50.0%，比上月上升25.0个百分点"
    signed = story.sign(run)
    assert signed.state == "locked"
    assert story.reload(close).state == CloseState.ISSUED
