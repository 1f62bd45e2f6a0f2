"""Each committee and each city prints its own list of the month; it says what the page says."""

import re
from datetime import date
from typing import Any

import pytest

from partybuilding.closing.facts import correct_fact
from partybuilding.closing.models import Close
from partybuilding.closing.selectors import unit_list
from partybuilding.closing.unit_reports import UnitParameters
from partybuilding.closing.views import figures
from partybuilding.organizations.models import CoveredAssociation
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.reporting.data import ReportData
from portal.reporting.forms import schedule_form
from portal.reporting.models import ReportRun
from portal.reporting.registry import find
from portal.reporting.selectors import load_report
from tests.partybuilding.closing.conftest import APRIL, FIRST_OF_JUNE, LAST_DAY, Story, do_work, moment, paper
from tests.personas import Persona

TRADE = "湖南省商贸行业党委"
MID_MAY = date(2026, 5, 12)


def built(who: Persona, unit: str, day: date = LAST_DAY) -> ReportData:
    report = find("close_unit")
    assert report is not None
    with acting_as(who.actor):
        return report.build(who.actor, {"unit": unit}, day)


@pytest.fixture
def close(story: Story, found: Any) -> Close:
    """May: the trade committee founded a branch for its second association, and lost nothing."""
    story.issue(APRIL, moment(date(2026, 5, 1)))
    found(story.province.city_trade, MID_MAY)
    return story.open()


def test_report_of_a_committee_says_what_its_page_says(story: Story, close: Close, sign_in: Any) -> None:
    officer = story.personas.other_committee
    unit = story.units(close)[TRADE]
    report = built(officer, unit.key)
    assert report.problems() == []
    assert (report.title, report.subtitle) == (f"{TRADE}社会组织两个覆盖月报", "（2026年5月）")
    assert [(card.label, card.cell.display(), card.note) for card in report.cards] == [
        ("组织覆盖率", "100.0%", "上月50.0%，比上月上升50.0个百分点"),
        ("工作覆盖率", "100.0%", "上月50.0%，比上月上升50.0个百分点"),
        ("单独组建率", "100.0%", "上月50.0%，比上月上升50.0个百分点"),
        ("组织覆盖的变动", "1", "增加 1，减少 0"),
        ("工作覆盖的变动", "1", "增加 1，减少 0"),
        ("纳入统计", "2", "增加 0，减少 0"),
        ("与上月不同", "1", "本月名单 2 家"),
    ]
    page = sign_in(officer).get(f"/closes/units/{unit.pk}/").content.decode()
    with everything("test"):
        shown = figures(unit, unit_list(unit, officer.actor))
    on_page = {label: value for label, value, _note, _query in shown}
    on_paper = {card.label: card.cell.display() for card in report.cards}
    assert {label: on_paper[label] for label in on_page} == on_page
    (listed,) = [one for one in report.annexes if one.key == "list"]
    names = [row.cells[0].display() for row in listed.rows]
    assert names == re.findall(r'/associations/\d+/">([^<]+)</a>', page)
    assert [column.label for column in report.annexes[0].columns] == ["社会组织", "变动", "原因", "依据"]
    assert report.narrative[-1].plain() == f"{TRADE}尚未确认本月名单，确认截止2026年5月29日。"


def test_issued_month_is_reported_as_it_was_issued(story: Story, close: Close) -> None:
    officer = story.personas.other_committee
    story.confirm_all(close)
    before = built(officer, story.units(close)[TRADE].key)
    story.sign(story.draft())
    # Known a month too late: next month's 更正, not this month's figure.
    with everything("test"):
        CoveredAssociation.objects.filter(association=story.province.city_trade).update(ends_on=date(2026, 5, 13))
    after = built(officer, story.units(close)[TRADE].key)
    assert after.cards == before.cards
    assert after.tables == before.tables
    assert after.rosters == before.rosters
    assert [row.cells for row in after.annexes[0].rows] == [row.cells for row in before.annexes[0].rows]


def test_nobody_reads_another_units_report(story: Story, close: Close) -> None:
    units = story.units(close)
    for who in (story.personas.party_committee, story.personas.regional_office):
        with pytest.raises(Refused) as refused:
            built(who, units[TRADE].key)
        assert refused.value.code == "close.unit"
    assert built(story.personas.department_staff, units[TRADE].key).cards
    with pytest.raises(Refused):
        built(story.personas.other_committee, units[TRADE].key, date(2026, 3, 31))


def test_city_reports_what_has_no_committee_and_may_do_so_every_month(story: Story, close: Close) -> None:
    city, unit = story.personas.regional_office, story.units(close)["长沙市（未明确党委）"]
    report = built(city, unit.key)
    assert (report.title, report.issuer) == ("长沙市（未明确党委）社会组织两个覆盖月报", "中共长沙市委社会工作部")
    assert report.problems() == []
    with acting_as(city.actor):
        form = schedule_form(UnitParameters)({"unit": unit.key, "day_of_month": 1, "hour": 8}, actor=city.actor)
        assert form.is_valid(), form.errors
        assert form.to_params() == {"unit": unit.key}  # type: ignore[attr-defined]


def test_correction_of_an_association_stands_on_the_list_it_is_on(story: Story, close: Close) -> None:
    admin, province = story.admin.actor, story.province
    with acting_as(admin):
        correct_fact(
            close,
            province.trade,
            fact="",
            starts_on=None,
            ends_on=None,
            number="湘社工〔2026〕9号",
            text="名称有误",
            file=paper(admin),
            actor=admin,
            version=province.trade.version,
            now=FIRST_OF_JUNE,
        )
    units = story.units(close)
    assert [one.key for one in built(story.admin, units[TRADE].key).annexes] == ["ledger", "corrections", "list"]
    assert [one.key for one in built(story.admin, units["湖南省茶叶行业党委"].key).annexes] == ["ledger", "list"]


def test_button_on_the_page_makes_the_run(story: Story, close: Close, sign_in: Any, frozen: Any) -> None:
    frozen(date(2026, 6, 1))
    officer = story.personas.other_committee
    browser, unit = sign_in(officer), story.units(close)[TRADE]
    page = browser.get(f"/closes/units/{unit.pk}/").content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(as_of|unit)" value="([^"]*)">', page))
    assert fields == {"as_of": "2026-05-31", "unit": unit.key}
    answer = browser.post("/reports/close_unit/new/", fields)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    do_work()
    with everything("test"):
        run = ReportRun.objects.get(key="close_unit")
    assert (run.state, run.as_of, run.failure_text) == ("draft", LAST_DAY, "")
    assert load_report(run, with_rows=True).problems() == []
    assert browser.get(answer["Location"]).status_code == 200
    foreign = browser.post("/reports/close_unit/new/", {**fields, "unit": "r430100"})
    assert foreign.status_code == 422
