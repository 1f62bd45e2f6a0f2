"""Progress reports by a set day: asked, handed in, returned, urged, counted in the official report (C-31, C-38)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from campaigns.collecting import services
from campaigns.collecting.enums import Asked, ReportState
from campaigns.collecting.models import Collection, UnitReport
from campaigns.collecting.rules import ReportFacts, due_problem, may_return, may_submit
from campaigns.collecting.selectors import together
from campaigns.guidance.reports import build_campaign
from campaigns.plans import unit_services
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Unit
from campaigns.urging import reminders
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.notices.models import Notice, Task
from tests.campaigns.makers import END, START, make_campaign, make_unit
from tests.campaigns.plans.test_views import post, signed_in
from tests.personas import Persona, Personas
from tests.wings import query_count

FACTS = ReportFacts("茶业支部", progress="进展", remark="补充数字", is_reviewer=True)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"progress": None}, ""),
        ({"is_own": False}, "自己报送"),
        ({"is_running": False}, "没有在开展中"),
        ({"has_left": True}, "已退出"),
        ({"progress": " "}, "还没有填写"),
    ],
)
def test_a_unit_reports_for_itself(changed: dict[str, Any], words: str) -> None:
    decision = may_submit(ReportFacts(**{"unit": "茶业支部", "progress": "进展"} | changed))
    assert (bool(decision), words in decision.reason) == (not words, True)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({}, ""), ({"remark": None}, ""), ({"is_reviewer": False}, "上级党组织"), ({"remark": ""}, "还要补充什么")],
)
def test_who_stands_above_asks_for_more_in_words(changed: dict[str, Any], words: str) -> None:
    decision = may_return(ReportFacts(**{"unit": "甲", "is_reviewer": True, "remark": "数字"} | changed))
    assert (bool(decision), words in decision.reason) == (not words, True)


@pytest.mark.parametrize(
    ("due_on", "ends_on", "words"),
    [
        (date(2026, 7, 1), END, ""),
        (date(2026, 7, 1), None, ""),
        (date(2026, 6, 29), END, "早于今天"),
        (date(2027, 1, 1), END, "不在活动起止（2026-04-01 至 2026-12-31）之内"),
    ],
)
def test_the_last_day_is_to_come_and_within_the_campaign(due_on: date, ends_on: date | None, words: str) -> None:
    found = due_problem(due_on, START, ends_on, date(2026, 6, 30))
    assert (found == "", words in found) == (not words, True)
    assert "起）之内" in due_problem(date(2026, 7, 1), date(2026, 8, 1), None, date(2026, 6, 30))


@pytest.fixture
def unit(personas: Personas, parameters: None, now: datetime) -> Unit:
    campaign = make_campaign(personas.province, state=CampaignState.RUNNING, issued_at=now, contact_name="指导组办公室")
    make_unit(campaign, personas.province.trade_branch, file=None)
    return make_unit(campaign, personas.province.tea_branch, file=None)


def opened(unit: Unit, personas: Personas, now: datetime, **fields: Any) -> Collection:
    actor = personas.department_admin.actor
    given = {"title": "上半年情况", "asks": "写数字", "asked": Asked.ALL, "due_on": now.date() + timedelta(days=7)}
    with acting_as(actor):
        return services.open_collection(unit.campaign, actor=actor, now=now, **given | fields)


def handed_in(unit: Unit, persona: Persona, now: datetime, **fields: Any) -> UnitReport:
    with everything("test"):
        report = UnitReport.objects.select_related("collection__campaign", "unit__campaign__region").get(unit=unit)
    given = {"progress": "开展 3 次活动", "problems": "经费不足", "suggestions": "", "plans": "", "file": None}
    with acting_as(persona.actor):
        return services.submit_report(report, actor=persona.actor, now=now, version=report.version, **given | fields)


def open_tasks() -> int:
    with everything("test"):
        return Task.objects.filter(kind=services.REPORT_TASK, state="open").count()


def test_from_asking_to_the_official_report(unit: Unit, personas: Personas, now: datetime) -> None:
    one = opened(unit, personas, now)
    assert open_tasks() == 2
    report = handed_in(unit, personas.branch_secretary, now)
    assert (report.state, report.handed_in_on, open_tasks()) == (ReportState.SUBMITTED, now.date(), 1)
    admin = personas.department_admin.actor
    with acting_as(admin):
        services.return_report(report, remark="请补数字", actor=admin, now=now, version=report.version)
        assert (report.state, open_tasks()) == (ReportState.RETURNED, 2)
    later = now + timedelta(days=9)
    report = handed_in(unit, personas.branch_secretary, later)
    assert (report.handed_in_on, report.is_late(later.date())) == (now.date(), False)
    with acting_as(admin):
        said = together(admin, one)
        assert [(part.label, part.text) for part in said] == [
            ("开展情况和成效", f"{unit}：开展 3 次活动"),
            ("存在的问题", f"{unit}：经费不足"),
        ]
        found = build_campaign(admin, {"campaign": unit.campaign_id}, later.date())
    (table,) = (row for row in found.tables if row.key == "reports")
    assert [str(cell.value) for cell in table.rows[0].cells[:4]] == ["上半年情况", "2", "1", "1"]
    spoken = ["".join(part if isinstance(part, str) else "#" for part in one.parts) for one in found.narrative]
    assert "收集进展情况1次，应报送#份，已报送#份，报送率#。" in spoken


def test_who_has_not_reported_is_reminded_and_named(unit: Unit, personas: Personas, now: datetime) -> None:
    assert personas.branch_secretary.user
    one = opened(unit, personas, now)
    result = reminders.send_reminders(unit.campaign, now.date(), now=now)
    assert result["tasks"] == 0
    with everything("test"):
        text = Notice.objects.get(user=personas.branch_secretary.user).text
    assert text == f"「{unit.campaign}」提醒：「上半年情况」还有 7 天（{one.due_on} 截止）。"
    desk = signed_in(personas.department_admin)
    page = desk.get(reverse("campaigns:collection_urging", args=[one.pk])).content.decode()
    assert ("没有报送「上半年情况」的单位共 2 个" in page, "指导组办公室" in page) == (True, True)


def test_more_time_moves_the_tasks_and_leaving_takes_them_away(unit: Unit, personas: Personas, now: datetime) -> None:
    one, actor = opened(unit, personas, now), personas.department_admin.actor
    until = one.due_on + timedelta(days=5)
    with acting_as(actor):
        services.change_collection(
            one, title=one.title, asks="", due_on=until, actor=actor, now=now, version=one.version
        )
        with everything("test"):
            dues = set(Task.objects.filter(kind=services.REPORT_TASK).values_list("due_on", flat=True))
        assert dues == {until}
        unit_services.leave_campaign(
            unit, left_on=now.date(), reason="撤销", actor=actor, now=now, version=unit.version
        )
        assert open_tasks() == 1
        services.remove_collection(one, actor=actor, now=now, version=one.version)
    assert open_tasks() == 0
    with everything("test"):
        assert not UnitReport.objects.exists()


@pytest.mark.parametrize(
    ("who", "changed", "words"),
    [
        ("department_admin", {"due_on": date(2026, 6, 1)}, "早于今天"),
        ("department_admin", {"asked": Asked.COMMITTEES}, "没有可以报送的单位"),
        ("party_committee", {}, "由其他单位组织"),
    ],
)
def test_what_is_not_asked(
    unit: Unit, personas: Personas, now: datetime, who: str, changed: dict[str, Any], words: str
) -> None:
    actor = getattr(personas, who).actor
    given = {"title": "情况", "asks": "", "asked": Asked.ALL, "due_on": date(2026, 7, 9)} | changed
    with acting_as(actor), pytest.raises(Refused, match=words):
        services.open_collection(unit.campaign, actor=actor, now=now, **given)


def test_a_collection_with_a_report_stays(unit: Unit, personas: Personas, now: datetime) -> None:
    one, actor = opened(unit, personas, now), personas.department_admin.actor
    handed_in(unit, personas.branch_secretary, now)
    with acting_as(actor), pytest.raises(Refused, match="已有 1 个单位报送"):
        services.remove_collection(one, actor=actor, now=now, version=one.version)


def test_through_the_pages(unit: Unit, personas: Personas) -> None:
    desk, campaign = signed_in(personas.department_admin), unit.campaign
    given = {"title": "下半年情况", "asks": "写数字", "asked": "all", "due_on": "2026-12-20"}
    type(campaign).objects.unscoped("test").filter(pk=campaign.pk).update(ends_on=None)
    assert post(desk, "collection_new", [campaign.pk], given | {"due_on": "2099-12-20"}).status_code == 302
    with everything("test"):
        one, report = Collection.objects.get(), UnitReport.objects.get(unit=unit)
    branch = signed_in(personas.branch_secretary)
    page = branch.get(reverse("campaigns:unit", args=[unit.pk]) + "?tab=reports").content.decode()
    assert ("请报送「下半年情况」" in page, "要求" in page) == (True, False)
    wrong = post(branch, "unit_report_submit", [report.pk], {"progress": "", "version": 1})
    assert wrong.status_code == 422
    assert post(branch, "unit_report_submit", [report.pk], {"progress": "已开展", "version": 1}).status_code == 302
    shown = branch.get(reverse("campaigns:unit_report", args=[report.pk])).content.decode()
    assert ("要求：写数字" in shown, "已开展" in shown) == (True, True)
    for state, rows in (("reported", 1), ("timely", 1), ("missing", 1), ("late", 0), ("returned", 0)):
        found = desk.get(reverse("campaigns:collection", args=[one.pk]) + f"?state={state}").content.decode()
        assert found.count("/campaigns/unit-reports/") == rows
    assert "已开展" in desk.get(reverse("campaigns:collection_together", args=[one.pk])).content.decode()
    assert "50.0%" in desk.get(reverse("campaigns:collections", args=[campaign.pk])).content.decode()
    more = {"remark": "请补数字", "version": 2}
    assert post(desk, "unit_report_return", [report.pk], more).status_code == 302
    changed = {"title": "下半年进展", "asks": "", "due_on": "2099-12-21", "version": 1}
    assert post(desk, "collection_edit", [one.pk], changed).status_code == 302
    assert post(desk, "collection_remove", [one.pk], {"version": 2}).status_code == 422
    for name in ("collection", "collection_together", "collection_urging"):
        assert query_count(desk, reverse(f"campaigns:{name}", args=[one.pk])) <= 15
    assert query_count(branch, reverse("campaigns:unit", args=[unit.pk])) <= 15
