"""1 December, 8:30: the draft that made itself, three names with reasons, one of them a mistake; corrected with a
document, compared, reviewed, signed; spreadsheet and official document say what the page says (issue 5, first line)."""

import io
import re
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association
from partybuilding.closing.models import Close
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.scoping import everything
from portal.importing.normalise import name_key
from portal.jobs.registry import run_ticks
from portal.regulations.models import CalendarYear
from portal.reporting.schedules import create_schedule
from tests import factories
from tests.browser.conftest import Visit
from tests.browser.journeys.papers import PATIENCE_MS, download, figures_of, paper, sheet_of, table_of, words_of
from tests.partybuilding.closing.conftest import Story, do_work, moment
from tests.personas import Personas, Province

OCTOBER, NOVEMBER, DECEMBER = "2026-10", "2026-11", moment(date(2026, 12, 1))
WHOLE, COVERED = 1000, 924


def names(number: int) -> str:
    return f"湖南省第{number:04d}行业协会"


def make_thousand(province: Province) -> None:
    """1,000 associations of two committees, 924 with a branch of their own; written past the services."""
    rows = [
        Association(
            uscc=factories.uscc(700_000 + number),
            name=names(number),
            key=name_key(names(number)),
            search_key=name_key(names(number)),
            kind="social_group",
            registration_level="province",
            region=province.hunan,
            established_on=date(2015, 3, 1),
        )
        for number in range(1, WHOLE + 1)
    ]
    made = Association.objects.bulk_create(rows)
    Assignment.objects.bulk_create(
        Assignment(
            association=one,
            role=AssignmentRole.PARTY_COMMITTEE,
            department=province.other_committee if number < 600 else province.branch_committee,
            starts_on=date(2018, 1, 1),
        )
        for number, one in enumerate(made)
    )
    branches = PartyOrganization.objects.bulk_create(
        PartyOrganization(
            name=f"中共{one.name}支部委员会",
            key=name_key(f"中共{one.name}支部委员会"),
            kind="branch",
            establishment_mode="individual",
            established_on=date(2019, 7, 1),
        )
        for one in made[:COVERED]
    )
    CoveredAssociation.objects.bulk_create(
        CoveredAssociation(organization=branch, association=one, starts_on=date(2019, 7, 1))
        for branch, one in zip(branches, made[:COVERED], strict=True)
    )


def three_leave() -> None:
    """Two branches are dissolved in November; the cover of a third is ended by mistake."""
    for number, day in ((1, date(2026, 11, 10)), (2, date(2026, 11, 18))):
        branch = PartyOrganization.objects.get(covered__association__name=names(number))
        PartyOrganization.objects.filter(pk=branch.pk).update(dissolved_on=day)
    CoveredAssociation.objects.filter(association__name=names(3)).update(ends_on=date(2026, 11, 20))


@pytest.mark.django_db(transaction=True)
def test_month_is_closed_on_the_first_of_december(
    visit: Visit,
    province: Province,
    personas: Personas,
    reference: None,
    no_bells: None,
    frozen: Callable[[date | datetime], None],
) -> None:
    frozen(moment(date(2026, 11, 1)))
    for year in (2026, 2027):
        CalendarYear.objects.create(year=year, is_provisional=True)
    with everything("test data"):
        make_thousand(province)
    story = Story(province, personas)
    admin = story.admin
    for one in ("party_committee", "other_committee", "department_admin"):
        assert personas[one]
    story.issue(OCTOBER, moment(date(2026, 11, 1)))
    create_schedule("coverage_close", day_of_month=1, hour=8, params={}, actor=admin.actor, now=timezone.now())
    with everything("test data"):
        three_leave()

    # The fifth working day from the end: the close opens itself, each body finds its task and confirms.
    frozen(moment(date(2026, 11, 24)))
    run_ticks(timezone.now())
    do_work()
    with everything("test"):
        close = Close.objects.get(month=NOVEMBER)
    officer = visit(personas.other_committee).open("/tasks/")
    officer.get_by_role("link", name=re.compile("确认2026年11月")).first.click()
    officer.goto(officer.url)
    officer.locator("dl.facts a").first.click()
    expect(officer.get_by_role("heading", name="与上月相比的变动")).to_be_visible(timeout=PATIENCE_MS)
    assert officer.get_by_role("button", name="本月无变化，确认").count() == 0
    officer.get_by_role("link", name="核对后确认").click()
    officer.get_by_role("button", name="确认名单").click()
    expect(officer.get_by_text("已确认。")).to_be_visible(timeout=PATIENCE_MS)
    other = visit(personas.party_committee).open("/closes/")
    other.get_by_role("link", name="2026年11月").click()
    other.locator("td.card-title a").first.click()
    other.get_by_role("button", name="本月无变化，确认").click()
    expect(other.get_by_text("已确认。")).to_be_visible(timeout=PATIENCE_MS)

    # 1 December: the schedule has made the draft.
    frozen(moment(date(2026, 12, 1), 8, 1))
    run_ticks(timezone.now())
    do_work()
    frozen(DECEMBER)
    page = visit(admin).open("/")
    page.get_by_role("link", name=re.compile("两个覆盖月报 BG-2026-11")).first.click()
    first = page.url
    shown = figures_of(page)
    assert shown["组织覆盖率"] == ("92.1%", "921/1,000")
    assert page.get_by_text("上月92.4%，比上月下降0.3个百分点").count() >= 1
    assert shown["组织覆盖的变动"][0] == "3"

    # One click: three names with their reasons. One is a mistake.
    page.locator(".figure", has_text="组织覆盖的变动").get_by_role("link").click()
    rows = page.locator("table.list tbody tr")
    expect(rows).to_have_count(3, timeout=PATIENCE_MS)
    lines = [row.get_by_role("cell").all_inner_texts() for row in rows.all()]
    assert [(line[0], line[3]) for line in lines] == [(names(number), "撤销") for number in (1, 2, 3)]
    assert "2026-11-20 止" in lines[2][5]
    rows.nth(2).get_by_role("link", name="更正").click()
    page.get_by_role("row").filter(has_text="覆盖关系").get_by_role("link", name="更正这一项").click()
    page.get_by_label("终止日期（更正后）").fill("")
    page.get_by_label("文号").fill("湘商党〔2026〕41号")
    page.get_by_label("更正内容").fill("支部没有撤销，终止日期系误录。")
    page.get_by_label("文件").set_input_files(paper())
    page.get_by_role("button", name="登记更正").click()
    expect(page.get_by_text("已更正，文件已存。请生成新版草稿。")).to_be_visible(timeout=PATIENCE_MS)

    # The first draft can no longer be signed; the second is compared with it.
    page.goto(first)
    expect(page.get_by_text("本版生成后又登记了 1 件更正")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="生成新版").click()
    page.get_by_role("button", name="生成新版").click()
    do_work()
    page.reload()
    second = page.url
    assert figures_of(page)["组织覆盖率"] == ("92.2%", "922/1,000")
    page.get_by_role("link", name="与其他版本对照").click()
    headline = page.locator("section", has_text="主要数字").get_by_role("row").filter(has_text="组织覆盖率")
    expect(headline).to_contain_text(f"增加：{names(3)}", timeout=PATIENCE_MS)
    assert headline.get_by_role("cell").all_inner_texts()[2:4] == ["92.1%（921/1,000）", "92.2%（922/1,000）"]

    # Reviewed and signed.
    page.goto(second)
    page.get_by_role("link", name="送审").click()
    page.get_by_role("button", name="送审").click()
    page.get_by_role("link", name="签发").click()
    page.get_by_role("button", name="签发").click()
    expect(page.get_by_text("已签发").first).to_be_visible(timeout=PATIENCE_MS)
    assert story.reload(close).state == "issued"
    do_work()

    # The spreadsheet and the official document say what the page says.
    page.goto(second)
    figures = figures_of(page)
    tables = {key: table_of(page, key) for key in ("equation", "reasons", "units")}
    book = openpyxl.load_workbook(io.BytesIO(download(page, "XLSX")), data_only=True)
    assert sheet_of(book, "两个覆盖数字平衡表") == tables["equation"]
    assert sheet_of(book, "分单位两个覆盖情况表") == tables["units"]
    assert sheet_of(book, "变动原因统计表") == tables["reasons"]
    plain = words_of(download(page, "PDF"))
    for label in ("组织覆盖率", "工作覆盖率"):
        assert figures[label][0] in plain
    assert "湘商党〔2026〕41号" in plain
    for row in tables["equation"]:
        assert "".join(row).replace(",", "") in plain
    for number in (1, 2):
        assert names(number) in plain
    assert names(3) in plain  # named with its correction, no longer as a change
    assert "草稿" not in plain
    page.goto(second)
    page.locator(".figure", has_text="组织覆盖的变动").get_by_role("link").click()
    expect(page.locator("table.list tbody tr")).to_have_count(2, timeout=PATIENCE_MS)
