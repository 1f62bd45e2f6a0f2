"""Contact points, inspections, notices: what the services write, and what they refuse."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from campaigns.guidance import services
from campaigns.guidance.enums import InspectionKind, NoticeState, VisitState
from campaigns.guidance.models import CampaignInspection, ContactPoint, InspectedUnit, RectificationNotice
from campaigns.guidance.overview import attention, campaign_attention, unit_panel
from campaigns.guidance.selectors import inspected_for, points_behind, points_for, redraw, with_visits
from campaigns.plans.enums import CampaignState, SteeringRole
from campaigns.plans.models import Campaign, SteeringMember, Unit
from portal.access.actor import Actor, acting_as
from portal.access.decisions import Refused
from portal.notices.models import Task
from tests import factories
from tests.campaigns.makers import START, make_campaign, make_unit
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")
ACTORS = ("department_admin", "party_committee", "other_committee", "branch_secretary", "registrar")


@pytest.fixture
def unit(personas: Personas, now: datetime) -> Unit:
    # Personas are made on first use; a refusal that is rolled back would take one with it.
    assert all(personas[key] for key in ACTORS)
    campaign = make_campaign(personas.province, starts_on=date(2025, 7, 1), state=CampaignState.RUNNING, issued_at=now)
    return make_unit(campaign, personas.province.tea_branch)


@pytest.fixture
def leader(unit: Unit) -> SteeringMember:
    return SteeringMember.objects.create(campaign=unit.campaign, role=SteeringRole.LEADER, name="分管副部长")


def refused(actor: Actor, call: Any) -> str:
    with acting_as(actor), pytest.raises(Refused) as caught, transaction.atomic():
        call()
    return caught.value.reason


def set_point(unit: Unit, actor: Actor, now: datetime, **fields: Any) -> ContactPoint:
    values: dict[str, Any] = {"leader": None, "leader_post": "", "starts_on": date(2025, 7, 1)}
    with acting_as(actor):
        return services.set_point(unit, actor=actor, now=now, **values | fields)


def test_a_contact_point_is_visited_every_half_year(
    unit: Unit, leader: SteeringMember, personas: Personas, now: datetime
) -> None:
    """R-118, C-26."""
    actor, campaign = personas.department_admin.actor, unit.campaign
    point = set_point(unit, actor, now, leader=leader)
    assert point.leader_words == "分管副部长（组长）"
    with acting_as(actor):
        assert [row.unit for row in points_behind(actor, campaign, now.date())] == [unit]
        assert "有 1 个联系点有半年未走访" in campaign_attention(actor, campaign, now.date())[0].text

        def visit(day: date) -> Any:
            return services.record_visit(
                point, visited_on=day, visitor="副部长", text="了解进展", asked="", actor=actor, now=now
            )

        visit(date(2025, 9, 1))
        (row,) = with_visits(points_for(actor, campaign), now.date())
        assert row.visit_state == VisitState.DUE  # type: ignore[attr-defined]
        visit(date(2026, 3, 1))
        assert points_behind(actor, campaign, now.date()) == []
        assert campaign_attention(actor, campaign, now.date()) == []
    assert "不在联系点设立期间" in refused(actor, lambda: visit(date(2025, 6, 30)))
    assert "这一天的走访已登记" in refused(actor, lambda: visit(date(2026, 3, 1)))
    assert "已是联系点" in refused(actor, lambda: set_point(unit, actor, now, leader=leader))

    def end(reason: str) -> Any:
        return services.end_point(point, ends_on=now.date(), reason=reason, actor=actor, now=now)

    assert "须写明原因" in refused(actor, lambda: end(" "))
    with acting_as(actor):
        end("更换联系领导")
    assert "已于 2026-06-30 撤销" in refused(actor, lambda: end("再次"))
    assert set_point(unit, actor, now, leader=leader).pk != point.pk


def test_a_committee_keeps_points_of_its_own(
    unit: Unit, leader: SteeringMember, personas: Personas, now: datetime
) -> None:
    """C-26: 各地也要确定联系点."""
    committee = personas.party_committee.actor
    point = set_point(unit, committee, now, leader_post="党委副书记")
    assert (point.body, point.leader_words) == (personas.province.tea_branch.committee, "党委副书记")
    point.delete()
    assert "由活动组织单位设立" in refused(committee, lambda: set_point(unit, committee, now, leader=leader))
    branch, other = personas.branch_secretary.actor, personas.other_committee.actor
    assert "不能设立联系点" in refused(branch, lambda: set_point(unit, branch, now, leader_post="x"))
    assert "不在您的管理范围内" in refused(other, lambda: set_point(unit, other, now, leader_post="x"))
    foreign = SteeringMember.objects.create(
        campaign=make_campaign(personas.province, "另一活动"), role=SteeringRole.LEADER, name="某领导"
    )
    department = personas.department_admin.actor
    assert "不是这项活动的在任小组成员" in refused(department, lambda: set_point(unit, department, now, leader=foreign))


def inspect(campaign: Campaign, actor: Actor, now: datetime, **fields: Any) -> CampaignInspection:
    values: dict[str, Any] = {
        "kind": InspectionKind.REGULAR,
        "number": "2026-01",
        "title": "活动进展",
        "starts_on": date(2026, 6, 1),
        "ends_on": None,
        "names": [],
        "share": None,
    }
    with acting_as(actor):
        return services.open_inspection(campaign, actor=actor, now=now, **values | fields)


def test_five_percent_of_149_are_drawn_and_drawn_again(unit: Unit, personas: Personas, now: datetime) -> None:
    """R-143: N=149, 5 % → 8; the same list from the seed alone; nobody drawn twice."""
    committee = personas.province.committee
    for number in range(148):
        branch = factories.make_organization(f"第{number}支部", personas.province.tea, committee=committee)
        Unit.objects.create(campaign=unit.campaign, organization=branch, joined_on=START)
    actor = personas.department_admin.actor
    draw = inspect(unit.campaign, actor, now, kind=InspectionKind.DRAW, share=Decimal("0.05"))
    with acting_as(actor):
        number, again, is_same = redraw(draw)
        chosen = list(inspected_for(actor, draw).values_list("unit", flat=True))
        assert (number, len(again), is_same, sorted(chosen)) == (149, 8, True, again)
        InspectedUnit.objects.unscoped("a list that somebody changed").filter(inspection=draw, unit=again[0]).update(
            is_chosen=False
        )
        assert redraw(draw)[2] is False
    other = inspect(unit.campaign, actor, now, kind=InspectionKind.DRAW, share=Decimal("0.05"), number="2026-02")
    assert other.seed != draw.seed
    assert "这个批次号已使用" in refused(actor, lambda: inspect(unit.campaign, actor, now, names=["第1支部"]))


def test_units_are_named_and_findings_follow(unit: Unit, personas: Personas, now: datetime) -> None:
    actor, campaign = personas.department_admin.actor, unit.campaign
    name = str(unit)
    assert "没有这个单位" in refused(actor, lambda: inspect(campaign, actor, now, names=["不存在"]))
    assert "请填写督查的单位" in refused(actor, lambda: inspect(campaign, actor, now))
    draw = {"kind": InspectionKind.DRAW}
    assert "须填写抽取比例" in refused(actor, lambda: inspect(campaign, actor, now, **draw))
    inspection = inspect(campaign, actor, now, names=[name])
    with acting_as(actor):
        (row,) = inspected_for(actor, inspection)

    def find(day: date) -> InspectedUnit:
        return services.record_finding(row, visited_on=day, finding="台账不全", actor=actor, now=now)

    def close(summary: str = "总体较好") -> CampaignInspection:
        return services.close_inspection(
            inspection, ends_on=now.date(), summary=summary, actor=actor, now=now, version=inspection.version
        )

    assert "早于督查开始日期" in refused(actor, lambda: find(date(2026, 5, 31)))
    assert "还有 1 个单位没有登记督查情况" in refused(actor, close)
    with acting_as(actor):
        find(date(2026, 6, 2))
        close()
    branch = personas.branch_secretary.actor
    with acting_as(branch):
        assert [one.finding for one in inspected_for(branch, inspection)] == ["台账不全"]
        panel = unit_panel(branch, unit, now.date())
    assert (panel.context["point_url"], panel.context["notice_url"]) == ("", "")
    assert "不能登记督查情况" in refused(
        branch, lambda: services.record_finding(row, visited_on=START, finding="x", actor=branch, now=now)
    )


def test_a_committee_inspects_its_own_units_only(unit: Unit, personas: Personas, now: datetime) -> None:
    trade = make_unit(unit.campaign, personas.province.trade_branch)
    committee = personas.party_committee.actor
    assert "没有这个单位" in refused(committee, lambda: inspect(unit.campaign, committee, now, names=[str(trade)]))
    own = inspect(unit.campaign, committee, now, names=[str(unit)])
    assert own.body == personas.province.committee
    department = personas.department_admin.actor
    with acting_as(department):
        row = InspectedUnit.objects.for_actor(department).get(inspection=own)
    assert "由其他单位组织" in refused(
        department,
        lambda: services.record_finding(row, visited_on=date(2026, 6, 2), finding="x", actor=department, now=now),
    )


def test_a_notice_is_reported_returned_and_closed(unit: Unit, personas: Personas, now: datetime) -> None:
    """C-28."""
    committee, branch = personas.party_committee.actor, personas.branch_secretary.actor

    def issue(actor: Actor, **fields: Any) -> RectificationNotice:
        values: dict[str, Any] = {
            "inspected": None,
            "number": "",
            "issued_on": date(2026, 6, 1),
            "due_on": date(2026, 6, 20),
            "problem": "没有按期公开承诺",
            "requirement": "补齐",
        }
        return services.issue_notice(unit, actor=actor, now=now, **values | fields)

    assert "不能提出整改意见" in refused(branch, lambda: issue(branch))
    assert "应晚于提出日期" in refused(committee, lambda: issue(committee, due_on=date(2026, 6, 1)))
    with acting_as(committee):
        notice = issue(committee)
    task = Task.objects.get(kind=services.NOTICE_TASK)
    assert (task.for_role, task.due_on, task.title) == ("branch_secretary", notice.due_on, "整改：没有按期公开承诺")
    with acting_as(branch):
        (item,) = attention(branch, unit, now.date())
    assert item.text == "整改意见：没有按期公开承诺，已逾期 10 天。"

    def answer(text: str) -> RectificationNotice:
        return services.answer_notice(notice, answer=text, file=None, actor=branch, now=now, version=notice.version)

    def judge(actor: Actor, words: str, *, is_closed: bool = True) -> RectificationNotice:
        return services.judge_notice(
            notice, is_closed=is_closed, judgement=words, actor=actor, now=now, version=notice.version
        )

    assert "须写明做了什么" in refused(branch, lambda: answer(" "))
    with acting_as(branch):
        answer("已公开")
    assert "不能核对整改情况" in refused(branch, lambda: judge(branch, "好"))
    assert "须写明意见" in refused(committee, lambda: judge(committee, " "))
    with acting_as(committee):
        judge(committee, "请附照片", is_closed=False)
    notice.refresh_from_db()
    assert (notice.state, Task.objects.filter(kind=services.NOTICE_TASK, state="open").count()) == ("issued", 1)
    with acting_as(branch):
        answer("已公开，照片附后")
    with acting_as(committee):
        judge(committee, "整改到位")
    notice.refresh_from_db()
    assert (notice.state, notice.judgement, notice.closed_at) == (NoticeState.CLOSED, "整改到位", now)
    assert Task.objects.filter(kind__startswith="campaign_rectification", state="open").count() == 0


def test_nothing_is_guided_after_the_campaign(unit: Unit, personas: Personas, now: datetime) -> None:
    Campaign.objects.filter(pk=unit.campaign_id).update(state=CampaignState.CLOSED, closed_at=now)
    unit = Unit.objects.select_related("campaign").get(pk=unit.pk)
    actor = personas.department_admin.actor
    assert "已结束" in refused(actor, lambda: set_point(unit, actor, now, leader_post="x"))
    assert "已结束" in refused(actor, lambda: inspect(unit.campaign, actor, now, names=["x"]))
