"""A campaign from its document to the honour in the file, in one story: the department and a committee at a desk, a
branch secretary on a phone, the public on phones that run no scripts (issue 6, X-11). Then what seed 000 reports: the
same on the page, in the spreadsheet and on paper."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from campaigns.ballots.voting import cast
from campaigns.commendations.models import Commendation
from portal.access.actor import Actor
from portal.access.scoping import everything
from portal.home.management.commands.load_reference import calendar_rows
from portal.jobs.registry import run_ticks
from portal.regulations.services import load_calendar
from tests.browser.conftest import Visit, Visitor
from tests.browser.journeys.papers import PATIENCE_MS, download, figures_of, paper, sheet_of, table_of, words_of
from tests.campaigns.test_scenarios import AS_OF, ministry, seed_000
from tests.conftest import ROOT, session_of
from tests.partybuilding.closing.conftest import do_work, moment
from tests.personas import Persona, Personas
from tests.wings import parameters

__all__ = ["ministry", "parameters"]

TITLE = "社会组织创先争优活动"
TABLES = {"methods": "推进方式完成情况表", "grades": "社会组织评估等级情况表"}
CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")
# What the browser itself says about a form that was answered with its errors.
EXPECTED = ("status of 422",)


class Hand:
    """A person at a page: follows links, fills fields by their labels, presses a button, waits for the answer."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, *links: str | re.Pattern[str]) -> None:
        for name in links:
            self.page.locator("main").get_by_role("link", name=name).first.click()

    def fill(self, fields: dict[str, Any]) -> None:
        for label, value in fields.items():
            control = self.page.get_by_label(re.compile(rf"^{re.escape(label)}(（选填）)?$"))
            if isinstance(value, bool):
                control.set_checked(value)
            elif isinstance(value, dict):
                control.set_input_files(value)
            elif control.evaluate("one => one.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)

    def press(self, button: str, fields: dict[str, Any] | None = None, *, says: str) -> None:
        self.fill(fields or {})
        self.page.locator("main").get_by_role("button", name=button, exact=True).click()
        self.reads(says)

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text)


@dataclass
class Stage:
    """The clock of the story, and a browser for whoever comes."""

    visit: Visit
    frozen: Callable[[date | datetime], None]
    base: str
    visitors: dict[tuple[int, str], Visitor] = field(default_factory=dict)

    def day(self, month: int, day: int, hour: int = 9, minute: int = 0) -> None:
        self.frozen(moment(date(2026, month, day), hour, minute))

    def url(self, path: str) -> str:
        return self.base + path

    def enters(self, who: Persona | None, path: str, width: str = "desk", **options: Any) -> Hand:
        """Each has one browser for the whole story; days later the session of the last visit has run out."""
        key = (who.user.pk if who else 0, width)
        if key not in self.visitors:
            self.visitors[key] = self.visit(who, width, **options)
        visitor = self.visitors[key]
        if who is not None:
            session = {"name": "sessionid", "value": session_of(who), "url": self.base}
            visitor.context.add_cookies([session])  # type: ignore[list-item]
        return Hand(visitor.open(path))

    def citizen(self, path: str) -> Hand:
        """Somebody of the public: a phone that runs no scripts, nobody signed in."""
        return self.enters(None, path, "phone", java_script_enabled=False)

    def takes_task(self, who: Persona, title: str, width: str = "desk") -> Hand:
        """Whoever has something to do finds it among the tasks."""
        hand = self.enters(who, "/tasks/", width)
        hand.follow(re.compile(title))
        hand.page.locator("dl.facts a").first.click()
        return hand


def issue_the_plan(stage: Stage, admin: Persona) -> str:
    """Drafted with two phases and five methods; what does not hold together is refused with its rule."""
    hand = stage.enters(admin, "/campaigns/")
    hand.follow("拟定活动方案")
    hand.press(
        "保存草稿",
        {
            "活动名称": TITLE,
            "实施方案文号": "湘社工〔2026〕12号",
            "开展地区": "湖南省",
            "开始日期": "2026-04-01",
            "结束日期": "2026-12-31",
            "单位方案报送截止": "2026-04-30",
            "依据文件": "《意见》（中办发〔2010〕12号）",
            "公开承诺内容": "理论学习\n服务群众",
        },
        says="草稿已保存",
    )
    address = hand.path
    hand.follow("登记阶段")
    first = {"阶段": "第一阶段", "开始日期": "2026-04-01", "结束日期": "2026-06-30"}
    hand.press("保存", first, says="2026-04-01 至 2026-06-30")
    hand.follow("登记阶段")
    second = {"阶段": "第二阶段", "开始日期": "2026-06-30", "结束日期": "2026-12-31"}
    hand.press("保存", second, says="各阶段不能重叠，请调整起止日期。")
    hand.press("保存", {"开始日期": "2026-07-01"}, says="2026-07-01 至 2026-12-31")
    for title, form, needs in (
        ("公开承诺", "承诺", []),
        ("自我讲评", "讲评会议", ["公开承诺"]),
        ("领导点评", "上级点评", ["自我讲评"]),
        ("群众评议", "群众评议", []),
        ("评选表彰", "评选表彰", ["公开承诺", "自我讲评", "领导点评", "群众评议"]),
    ):
        hand.follow("登记推进方式")
        fields: dict[str, Any] = {"推进方式": title, "记录形式": form, **dict.fromkeys(needs, True)}
        hand.press("保存", fields, says="登记推进方式")
        expect(hand.row(title).first).to_be_visible()
    hand.follow("印发实施方案")
    hand.press("印发", says="实施方案已印发，参加单位已列入")
    return address


def plan_of_the_branch(stage: Stage, secretary: Persona, committee: Persona) -> str:
    """Written on a phone, handed in, accepted by the committee above. Gives the unit's page."""
    hand = stage.takes_task(secretary, f"报送「{TITLE}」单位方案", "phone")
    unit = hand.path
    hand.follow("填写方案")
    plan = {"本单位主题": "党员先锋岗", "主要措施": "设立党员示范岗\n每月服务会员一次", "活动载体": "党员示范岗"}
    hand.press("保存", plan, says="方案已保存。核对后请报送。")
    hand.follow("报送方案")
    hand.press("报送方案", says="方案已报送。")
    above = stage.takes_task(committee, "审阅「中共湖南省茶业协会支部委员会」")
    above.follow("审阅方案")
    above.press("提交", {"审阅意见": "同意"}, says="审阅结果已登记。")
    return unit


def methods_of_the_branch(stage: Stage, secretary: Persona, committee: Persona, unit: str) -> None:
    """Pledge, self-review, comment: in their order and no other (R-112); whose it is not, only reads."""
    stage.day(5, 8)
    hand = stage.enters(secretary, f"{unit}?tab=methods", "phone")
    hand.follow("自我讲评")
    hand.reads("「自我讲评」须先完成「公开承诺」。请先登记。")
    expect(hand.page.get_by_role("link", name="登记完成")).to_have_count(0)
    hand.page.go_back()
    hand.follow("公开承诺", "登记承诺")
    pledge = {"理论学习": True, "承诺内容": "每周为会员值班一次", "公布日期": "2026-05-06", "公布方式": "张榜公布"}
    hand.press("登记承诺", pledge, says="承诺已登记")
    hand.follow("登记完成")
    counted = {"完成日期": "2026-05-07", "应承诺的党员（人）": "9", "已公开承诺的党员（人）": "9"}
    hand.press("登记完成", {**counted, "开展情况": "党员大会公开承诺"}, says="9/9（100.0%）")
    hand.page.goto(stage.url(f"{unit}?tab=methods"))
    hand.follow("自我讲评", "登记完成")
    meeting = {"会议日期": "2026-05-08", "会议类别": "专题组织生活会", "应到党员（人）": "9", "实到党员（人）": "8"}
    meeting |= {"陈述党员（人）": "8", "邀请群众代表（人）": "2", "书记小结": "大家讲得实在"}
    hand.press("登记完成", {**meeting, "会议日期": "2026-05-06"}, says="早于「公开承诺」的完成日期 2026-05-07")
    hand.press("登记完成", {"会议日期": "2026-05-08"}, says="8/9（88.9%）")
    hand.page.goto(stage.url(f"{unit}?tab=methods"))
    hand.follow("领导点评")
    hand.reads("「领导点评」由上级党组织或活动组织单位登记，您只能查看。")
    above = stage.enters(committee, f"{unit}?tab=methods")
    above.follow("领导点评", "登记完成")
    words = {"取得的成绩": "载体实在", "存在的问题": "资料不全", "努力方向": "补齐台账"}
    above.press("登记完成", {"点评人职务": "党委书记", "结合的工作": "调研检查", **words}, says="补齐台账")


def secret_ballot(stage: Stage, secretary: Persona, unit: str) -> None:
    """Slips printed and taken once; the masses vote on phones without scripts, each code once; counted afterwards."""
    stage.day(5, 12)
    hand = stage.enters(secretary, f"{unit}?tab=methods", "phone")
    hand.follow("群众评议", "组织投票")
    when = {"开始日期": "2026-05-13", "结束日期": "2026-05-13", "监票人": "甲某", "另一名监票人": "乙某"}
    hand.press("保存", {"应参加评议（人）": "29", **when}, says="用投票码难以保密")
    hand.press("保存", {"应参加评议（人）": "30"}, says="投票已准备好。请在开始前打印选票。")
    ballot = hand.path
    hand.follow("打印选票")
    hand.press("打印选票", says="正在排版")
    do_work()
    hand.page.reload()
    with hand.page.expect_download() as downloading:
        hand.page.get_by_role("button", name="取走选票").click()
    slips = PdfReader(io.BytesIO(Path(downloading.value.path()).read_bytes()))
    codes = CODE.findall("".join(page.extract_text() for page in slips.pages))
    assert (len(codes), len(set(codes))) == (30, 30)
    address = stage.url("/vote/")
    assert address in re.sub(r"\s", "", slips.pages[0].extract_text())

    stage.day(5, 13, 7)
    early = stage.citizen("/vote/")
    early.press("下一步", {"投票码": codes[0]}, says="投票还没有开始")
    stage.day(5, 13, 10)
    voter = stage.citizen("/vote/")
    voter.press("下一步", {"投票码": codes[0].lower().replace("-", " ")}, says="提交后不能修改。")
    voter.press("投票", {"满意": True}, says="感谢参加评议。")
    again = stage.citizen("/vote/")
    again.press("下一步", {"投票码": codes[0]}, says="投票码不对，或者已经投过票。")
    for number, code in enumerate(codes[1:25]):
        assert cast(code, "satisfied" if number < 18 else "basic", now=timezone.now()) == "taken"
    hand = stage.enters(secretary, ballot, "phone")
    hand.reads("投票正在进行，结束前任何人看不到结果。")
    expect(hand.page.get_by_text("满意率")).to_have_count(0)

    stage.day(5, 13, 18, 1)
    run_ticks(timezone.now())
    hand = stage.enters(secretary, ballot, "phone")
    hand.reads("已公布", "少于三张的选项合并公布")
    # Nobody was dissatisfied, and that is not told: the cell would say how everybody voted.
    hand.reads("不低于92.0%")
    expect(hand.row("满意").first).to_be_visible()


def round_of_awards(stage: Stage, campaign: str, admin: Persona, committee: Persona) -> str:
    """No round without its basis (R-116); the committee recommends after the masses did; the list, drawn up by hand."""
    stage.day(5, 20)
    hand = stage.enters(admin, f"{campaign}awards/")
    hand.follow("拟定评选")
    hand.press("保存草稿", {"评选名称": "“七一”评选表彰", "推荐截止": "2026-05-31"}, says="草稿已保存")
    address = hand.path
    hand.reads("按「三个不得」不能开展评选表彰")
    hand.follow("登记类别")
    hand.press("保存", {"表彰类别": "社会组织先进党组织", "对象": "党组织", "名额": "1"}, says="社会组织先进党组织")
    hand.follow("按比例分配名额")
    hand.press("分配", {"党组织数": True, "湖南省商贸行业党委": False}, says="名额已分配")
    hand.follow("修改评选")
    basis = {"依据文件": "关于开展党内表彰的通知", "依据文号": "湘办发〔2026〕8号", "依据文件扫描件": paper()}
    hand.press("保存", basis, says="湘办发〔2026〕8号")
    hand.follow("开始推荐")
    hand.press("开始推荐", says="已开始推荐")

    stage.day(5, 25)
    above = stage.takes_task(committee, "推荐「“七一”评选表彰」对象")
    above.follow("推荐社会组织先进党组织")
    masses = {"群众推荐日期": "2026-05-20", "群众推荐方式": "会议推荐", "参与推荐人数": "30", "同意人数": "31"}
    nominee = {"党组织": "中共湖南省茶业协会支部委员会", "主要事迹": "组织健全，作用突出"}
    above.press("推荐", {**nominee, **masses}, says="两个数不符")
    above.press("推荐", {"同意人数": "28"}, says="已推荐。")

    stage.day(6, 1)
    hand = stage.enters(admin, address)
    hand.follow("中共湖南省茶业协会支部委员会", "列入拟表彰名单")
    hand.press("列入拟表彰名单", {"理由": "成绩突出"}, says="已列入拟表彰名单。")
    hand.page.goto(stage.url(address))
    hand.follow("名单送公示")
    hand.press("名单送公示", {"监督电话（办公）": "0731-80000000 机关纪委"}, says="公示稿已生成，请由另一人签发")
    return address


def before_the_public(stage: Stage, award: str, admin: Persona, staff: Persona) -> None:
    """Another person issues the notice; the public reads it and objects without scripts; the objection is answered
    before anything is decided, and the decision waits for the last day (R-117)."""
    hand = stage.takes_task(staff, "签发《“七一”评选表彰拟表彰名单公示》")
    hand.follow("签发")
    hand.press("签发", says="已签发，公众可以看到。")
    hand.page.goto(stage.url("/publications/new/"))
    progress = {"类别": "活动进展", "专题": TITLE, "标题": "第一阶段进展", "正文": "全省两个党组织参加活动。"}
    hand.press("保存", progress, says="已保存。请同单位的另一人签发。")
    other = stage.takes_task(admin, "签发《第一阶段进展》")
    other.follow("签发")
    other.press("签发", says="已签发，公众可以看到。")

    stage.day(6, 2)
    citizen = stage.citizen("/public/")
    citizen.follow(TITLE)
    citizen.reads("全省两个党组织参加活动。")
    citizen.follow("“七一”评选表彰拟表彰名单公示")
    citizen.reads("2026-06-01 至 2026-06-08", "组织健全，作用突出")
    citizen.follow("提出异议")
    citizen.press("提交异议", says="请写明要反映的情况")
    citizen.press("提交异议", {"反映的情况": "5 月 6 日没有召开党员大会。"}, says="异议已收到")
    receipt = citizen.page.locator("strong").inner_text()

    stage.day(6, 9)
    refused = stage.enters(admin, f"{award}decide/")
    refused.reads("还有 1 件异议没有核查结论")
    checker = stage.takes_task(staff, "异议")
    checker.follow("开始核查")
    checker.press("开始核查", says="已登记为核查人。")
    checker.follow("登记核查结论")
    found = {"反映不属实": True, "核查情况": "查会议记录和签到册", "答复": "5 月 6 日召开了党员大会，有记录。"}
    checker.press("登记核查结论", found, says="核查结论已登记")
    citizen = stage.citizen("/public/objections/")
    citizen.press("查询", {"回执号": receipt.lower()}, says="5 月 6 日召开了党员大会，有记录。")
    late = stage.citizen("/public/")
    late.follow("“七一”评选表彰拟表彰名单公示")
    late.reads("公示已于 2026-06-08 结束")


def honour_in_the_file(stage: Stage, award: str, admin: Persona, secretary: Persona) -> None:
    """Decided by a named person for a reason; the certificate says so; the file of the association keeps it."""
    stage.day(6, 8)
    hand = stage.enters(admin, f"{award}decide/")
    hand.reads("公示到 2026-06-08 结束，2026-06-09 起才能作出决定。")
    stage.day(6, 9)
    hand = stage.enters(admin, f"{award}decide/")
    decision = {"表彰决定文号": "湘社工〔2026〕30号", "决定理由": "公示无异议"}
    hand.press("作出表彰决定", decision, says="表彰决定已登记，证书可以生成。")
    hand.reads("department_admin", "公示无异议")
    hand = stage.enters(secretary, award, "phone")
    hand.follow("中共湖南省茶业协会支部委员会", "荣誉证书")
    hand.page.locator("main").get_by_role("button", name="生成并下载").click()
    hand.page.wait_for_url("**/jobs/**")
    do_work()
    hand.page.reload()
    with hand.page.expect_download() as downloading:
        hand.follow("下载证书")
    said = words_of(Path(downloading.value.path()).read_bytes())
    with everything("test"):
        honour = Commendation.objects.select_related("nomination__organization").get()
    for words in ("中共湖南省茶业协会支部委员会：", "社会组织先进党组织", honour.number, "2026年6月9日"):
        assert words in said


@pytest.mark.django_db(transaction=True)
def test_a_campaign_goes_from_its_plan_to_the_honour_in_the_file(
    visit: Visit,
    live_server: Any,
    personas: Personas,
    parameters: None,
    no_bells: None,
    frozen: Callable[[date | datetime], None],
) -> None:
    load_calendar(calendar_rows(ROOT / "fixtures" / "reference"))
    stage = Stage(visit, frozen, live_server.url)
    province = personas.province
    # The committee of the story stands directly above the branch.
    province.branch_committee = province.committee
    stage.day(4, 1)
    admin, staff, committee = personas.department_admin, personas.department_staff, personas.party_committee
    secretary = personas.branch_secretary
    assert province.trade_branch.pk
    campaign = issue_the_plan(stage, admin)
    stage.day(4, 10)
    unit = plan_of_the_branch(stage, secretary, committee)
    methods_of_the_branch(stage, secretary, committee, unit)
    secret_ballot(stage, secretary, unit)
    award = round_of_awards(stage, campaign, admin, committee)
    before_the_public(stage, award, admin, staff)
    honour_in_the_file(stage, award, admin, secretary)
    file = stage.enters(admin, f"/associations/{province.tea.pk}/?tab=honours")
    file.reads("社会组织先进党组织", "湘社工〔2026〕30号")
    board = stage.enters(admin, f"{campaign}progress/")
    figures = figures_of(board.page)
    # The honour completed the fifth method; the other branch has done none.
    assert (figures["活动完成率"][1], figures["全部完成的单位"][0]) == ("已完成/应完成（项） 5/10", "1 个")
    problems = [problem for visitor in stage.visitors.values() for problem in visitor.problems]
    assert [one for one in problems if not any(words in one for words in EXPECTED)] == []


@pytest.mark.django_db(transaction=True)
def test_report_of_seed_000_says_the_same_on_the_page_in_the_sheet_and_on_paper(
    visit: Visit,
    live_server: Any,
    parameters: None,
    personas: Personas,
    ministry: Actor,
    no_bells: None,
    frozen: Callable[[date | datetime], None],
) -> None:
    frozen(moment(AS_OF))
    campaign = seed_000(ministry, personas)
    stage = Stage(visit, frozen, live_server.url)
    hand = stage.enters(personas.department_admin, "/reports/campaign/new/")
    hand.fill({"活动": str(campaign), "数据截至日期": AS_OF.isoformat()})
    hand.page.get_by_role("button", name="生成报告").click()
    hand.page.wait_for_url("**/reports/runs/*/")
    do_work()
    hand.page.reload()
    hand.follow("签发")
    hand.press("签发", says="已签发")
    do_work()
    hand.page.reload()

    cards = figures_of(hand.page)
    assert [cards[label][0] for label in ("社会组织", "党组织")] == ["39", "12"]
    body = hand.page.locator(".report-text")
    for words in (
        "截至2010年8月27日，工业和信息化部组织开展活动的社会组织共有39家，有232名党员和12个党组织。现汇报如下：",
        "目前符合评估条件的22家中，已有14家申报，申报率63.6%。",
        "一、高度重视，统一部署",
        "四、培育典型，示范引领",
    ):
        expect(body).to_contain_text(words)
    shown = re.sub(r"\s", "", body.inner_text())
    tables = {title: table_of(hand.page, key) for key, title in TABLES.items()}
    assert tables["社会组织评估等级情况表"] == [["4A 级", "4"], ["3A 级", "4"], ["2A 级", "1"], ["合计", "9"]]
    book = openpyxl.load_workbook(io.BytesIO(download(hand.page, "XLSX")), data_only=True)
    assert {title: sheet_of(book, title) for title in tables} == tables
    said = words_of(download(hand.page, "PDF"))
    assert shown in said
    for rows in tables.values():
        assert [row for row in rows if re.sub(r"\s", "", "".join(row)) not in said] == []
    assert said.index("工业和信息化部2010年8月27日") > said.index("下一步，我们要进一步加强督促指导")
    assert "草稿" not in said

    # A figure is a list: 22 associations by name, 14 of them with their application.
    hand.page.locator(".report-text").get_by_role("link", name="22", exact=True).click()
    expect(hand.page.locator(".total-count")).to_contain_text("22")
