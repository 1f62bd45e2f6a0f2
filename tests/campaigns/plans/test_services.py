"""From a draft to units with plans: what the services write, and what they refuse."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from campaigns.plans import part_services, services, unit_services
from campaigns.plans.enums import CampaignState, MethodForm, UnitState
from campaigns.plans.models import Campaign, CriterionSet, Method, Phase, Step, Unit, run_by
from campaigns.plans.selectors import is_runner, items_of, plan_of
from campaigns.plans.transitions import RUNNERS
from partybuilding.members.services import appoint_secretary
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from portal.home.management.commands.load_reference import read
from portal.jobs.models import Job
from portal.jobs.runner import run
from portal.notices.models import Task
from tests import factories
from tests.campaigns.makers import END, START, campaigns, draft_campaign, make_campaign
from tests.conftest import ROOT
from tests.personas import PERSONAS, Personas

pytestmark = pytest.mark.usefixtures("parameters")
ITEMS = {"basis": ["《意见》（中办发〔2010〕12号）"], "goal": ["推动发展", "服务群众"]}


def values(personas: Personas, **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "title": "创先争优活动",
        "document_number": "湘社工〔2026〕12号",
        "theme": "建功新时代",
        "region": personas.province.hunan,
        "organizer": None,
        "starts_on": START,
        "ends_on": END,
        "plans_due_on": date(2026, 7, 31),
        "contact_name": "",
        "contact_phone": "",
        "contact_fax": "",
    }
    return given | fields


def issue(campaign: Campaign, personas: Personas, now: datetime) -> Campaign:
    actor = personas.department_admin.actor
    with acting_as(actor):
        return services.issue_campaign(campaign, actor=actor, now=now, version=campaign.version)


def refused(call: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        call()
    return caught.value.reason


def test_a_draft_keeps_the_lists_of_its_document(personas: Personas, now: datetime) -> None:
    services.load_criteria(read(ROOT / "fixtures" / "reference" / "criteria.csv"))
    good = CriterionSet.objects.get(code="five_good_gd_2010")
    actor = personas.department_staff.actor
    with acting_as(actor):
        campaign = services.create_campaign(
            items=ITEMS, criterion_sets=[good], actor=actor, now=now, **values(personas)
        )
        assert items_of(campaign)["goal"] == ["推动发展", "服务群众"]
        changed = values(personas, theme="新主题", ends_on=None)
        services.change_campaign(
            campaign,
            items={**ITEMS, "goal": ["加强基层"]},
            criterion_sets=[],
            actor=actor,
            now=now,
            version=campaign.version,
            **changed,
        )
        assert items_of(campaign)["goal"] == ["加强基层"]
    campaign.refresh_from_db()
    assert (campaign.theme, campaign.ends_on, campaign.criterion_sets.count()) == ("新主题", None, 0)
    assert AuditEvent.objects.filter(action="campaigns.change").count() == 1


def test_the_two_texts_of_the_five_criteria_are_both_data() -> None:
    """R-110: the province's text of 2010 differs from the central one."""
    rows = read(ROOT / "fixtures" / "reference" / "criteria.csv")
    assert services.load_criteria(rows) == 5
    assert services.load_criteria(rows) == 0

    def titles(code: str) -> list[str]:
        return list(CriterionSet.objects.get(code=code).criteria.values_list("title", flat=True))

    assert titles("five_good_gd_2010") == ["领导班子好", "制度落实好", "党员队伍好", "工作成绩好", "群众反映好"]
    assert titles("five_good_2010") == ["领导班子好", "党员队伍好", "工作机制好", "工作业绩好", "群众反映好"]
    assert titles("five_lead_gd_2010")[1:3] == ["带头践行宗旨", "带头爱岗敬业"]
    assert CriterionSet.objects.get(code="five_good_gd_2010").preconditions.startswith("学习型党组织建设成效明显")


def test_a_body_runs_campaigns_of_its_own_reach_only(personas: Personas, now: datetime) -> None:
    committee, _hunan = personas.party_committee.actor, personas.province.hunan
    with acting_as(committee):
        assert refused(
            lambda: services.create_campaign(items={}, criterion_sets=[], actor=committee, now=now, **values(personas))
        ).startswith("您只能以「湖南省综合行业党委」的名义组织活动")
        own = services.create_campaign(
            items={},
            criterion_sets=[],
            actor=committee,
            now=now,
            **values(personas, organizer=personas.province.committee),
        )
    assert own.organizer == personas.province.committee
    office = personas.regional_office.actor
    with acting_as(office):
        assert refused(
            lambda: services.create_campaign(items={}, criterion_sets=[], actor=office, now=now, **values(personas))
        ).startswith("您只能组织「")
    registrar = personas.registrar.actor
    with acting_as(registrar):
        assert "不能拟定活动方案" in refused(
            lambda: services.create_campaign(items={}, criterion_sets=[], actor=registrar, now=now, **values(personas))
        )


def test_overlapping_phases_are_refused_and_leave_nothing(draft: Campaign, personas: Personas, now: datetime) -> None:
    actor = personas.department_admin.actor

    def add(number: int, start: date, end: date | None) -> Phase:
        return part_services.save_phase(
            draft,
            None,
            actor=actor,
            now=now,
            version=draft.version,
            number=number,
            title=f"阶段{number}",
            starts_on=start,
            ends_on=end,
            focus="",
        )

    with acting_as(actor):
        add(1, START, date(2026, 8, 31))
        version = draft.version
        assert "时间重叠" in refused(lambda: add(2, date(2026, 8, 1), END))
        draft.refresh_from_db()
        assert (draft.version, Phase.objects.unscoped("test").count()) == (version, 1)
        assert plan_of(draft).problems() == [
            "活动结束日期为 2026-12-31，最后一个阶段「阶段1」到 2026-08-31 结束。请调整。"
        ]
        add(2, date(2026, 9, 1), None)
        assert plan_of(draft).problems() == []
        with pytest.raises(Conflict):
            part_services.remove_part(
                draft, Phase.objects.unscoped("test").get(number=2), actor=actor, now=now, version=version
            )


def test_a_method_before_its_prerequisite_is_refused(draft: Campaign, personas: Personas, now: datetime) -> None:
    actor = personas.department_admin.actor
    with acting_as(actor):
        first, second, third = Method.objects.unscoped("test").filter(campaign=draft).order_by("number")

        def save(method: Method, requires: list[Method]) -> Method:
            return part_services.save_method(
                draft,
                method,
                requires=requires,
                actor=actor,
                now=now,
                version=draft.version,
                number=method.number,
                title=method.title,
                form=MethodForm.REVIEW,
                work="",
                due_on=None,
            )

        assert "排在它之后" in refused(lambda: save(first, [third]))
        draft.refresh_from_db()
        save(third, [second])
        assert "须先完成「自我讲评」" in refused(
            lambda: part_services.remove_part(draft, second, actor=actor, now=now, version=draft.version)
        )
        draft.refresh_from_db()
        part_services.remove_part(draft, third, actor=actor, now=now, version=draft.version)
        assert Method.objects.unscoped("test").filter(campaign=draft).count() == 2


def test_issuing_takes_in_every_organisation_in_reach_with_its_committee(
    draft: Campaign, personas: Personas, now: datetime
) -> None:
    """C-35: associations are in by default; C-02: each unit is asked for its own plan."""
    issue(draft, personas, now)
    province = personas.province
    units = Unit.objects.filter(campaign=draft)
    assert set(units.values_list("organization__name", flat=True)) - {None} == {
        province.tea_branch.name,
        province.trade_branch.name,
    }
    assert set(units.values_list("department__name", flat=True)) - {None} == {
        province.branch_committee.name,
        province.other_committee.name,
    }
    tasks = Task.objects.filter(kind=unit_services.PLAN_TASK)
    assert set(tasks.values_list("for_role", "due_on")) == {
        ("branch_secretary", date(2026, 7, 31)),
        ("party_committee", date(2026, 7, 31)),
    }
    assert tasks.count() == 4
    with acting_as(personas.department_admin.actor):
        assert "实施方案已经印发，活动名称不能再改" in refused(
            lambda: services.change_campaign(
                draft,
                items={},
                criterion_sets=[],
                actor=personas.department_admin.actor,
                now=now,
                version=draft.version,
                **values(personas, title="另一个名称"),
            )
        )


def test_a_committees_campaign_reaches_its_own_associations_only(personas: Personas, now: datetime) -> None:
    assert personas.province.tea_branch.pk
    assert personas.province.trade_branch.pk
    campaign = draft_campaign(personas.province, organizer=personas.province.committee)
    actor = personas.party_committee.actor
    with acting_as(actor):
        services.issue_campaign(campaign, actor=actor, now=now, version=campaign.version)
    names = {str(unit) for unit in Unit.objects.filter(campaign=campaign)}
    assert names == {personas.province.tea_branch.name, personas.province.branch_committee.name}


def test_an_organisation_founded_later_is_taken_in_once(draft: Campaign, personas: Personas, now: datetime) -> None:
    issue(draft, personas, now)
    branch = factories.make_organization("中共长沙市茶业协会支部委员会", personas.province.city_tea)
    assert unit_services.request_enrolment(now) == 1
    unit_services.request_enrolment(now)
    job = Job.objects.get(task="campaigns.enrol")
    run(job.pk, unit_services.enrol_everywhere)
    assert Unit.objects.filter(organization=branch).count() == 1
    with transaction.atomic():
        assert unit_services.enrol(draft, actor=None, now=now) == 0


def own_unit(campaign: Campaign, personas: Personas) -> Unit:
    return Unit.objects.select_related("campaign", "organization__committee").get(
        campaign=campaign, organization=personas.province.tea_branch
    )


def write_plan(unit: Unit, personas: Personas, now: datetime, **changes: Any) -> Unit:
    actor = personas.branch_secretary.actor
    given: dict[str, Any] = {
        "theme": "茶香党旗红",
        "measures": "亮身份\n比服务",
        "carriers": "党员示范岗",
        "mobilised_on": date(2026, 6, 20),
        "mobilised_count": 12,
        "file": None,
    }
    with acting_as(actor):
        return unit_services.save_plan(unit, actor=actor, now=now, version=unit.version, **given | changes)


def test_a_plan_goes_from_the_secretary_to_the_committee_and_back(
    draft: Campaign, personas: Personas, now: datetime
) -> None:
    issue(draft, personas, now)
    unit, secretary, committee = own_unit(draft, personas), personas.branch_secretary, personas.party_committee
    branch = personas.province.tea_branch
    with acting_as(personas.department_admin.actor):
        appoint_secretary(
            branch,
            name="王明",
            origin="",
            starts_on=date(2025, 1, 1),
            actor=personas.department_admin.actor,
            now=now,
            version=branch.version,
        )
    with acting_as(secretary.actor):
        assert "方案须有本单位主题和主要措施" in refused(
            lambda: unit_services.submit_plan(unit, actor=secretary.actor, now=now, version=unit.version)
        )
    write_plan(unit, personas, now)
    with acting_as(secretary.actor):
        unit_services.submit_plan(unit, actor=secretary.actor, now=now, version=unit.version)
    assert (unit.state, unit.responsible.person.name) == (UnitState.SUBMITTED, "王明")  # type: ignore[union-attr]
    assert not Task.objects.filter(kind=unit_services.PLAN_TASK, subject_pk=str(unit.pk), state="open").exists()
    with acting_as(committee.actor):
        assert "退回修改须写明修改意见" in refused(
            lambda: unit_services.review_plan(
                unit, is_accepted=False, text=" ", actor=committee.actor, now=now, version=unit.version
            )
        )
        unit_services.review_plan(
            unit, is_accepted=False, text="措施太笼统", actor=committee.actor, now=now, version=unit.version
        )
    assert Task.objects.filter(kind=unit_services.PLAN_TASK, subject_pk=str(unit.pk), state="open").count() == 1
    write_plan(unit, personas, now, measures="设 3 个党员示范岗")
    with acting_as(secretary.actor):
        unit_services.submit_plan(unit, actor=secretary.actor, now=now, version=unit.version)
    with acting_as(committee.actor):
        unit_services.review_plan(unit, is_accepted=True, text="", actor=committee.actor, now=now, version=unit.version)
    assert unit.state == UnitState.ACCEPTED
    assert "方案已备案，不能修改" in refused(lambda: write_plan(unit, personas, now))


def test_nobody_writes_or_looks_at_a_plan_that_is_not_his(draft: Campaign, personas: Personas, now: datetime) -> None:
    issue(draft, personas, now)
    unit = own_unit(draft, personas)
    other = personas.other_committee.actor
    with acting_as(other):
        assert (
            refused(
                lambda: unit_services.review_plan(
                    unit, is_accepted=True, text="", actor=other, now=now, version=unit.version
                )
            )
            == "所选单位不在您的管理范围内。请重新选择。"
        )
    committee = personas.party_committee.actor
    with acting_as(committee):
        assert "的方案由该单位填写，您只能查看" in refused(
            lambda: unit_services.save_plan(
                unit,
                theme="甲",
                measures="乙",
                carriers="",
                mobilised_on=None,
                mobilised_count=None,
                file=None,
                actor=committee,
                now=now,
                version=unit.version,
            )
        )


def test_a_step_runs_on_by_a_decision_only(draft: Campaign, personas: Personas, now: datetime) -> None:
    """C-28: time yields to quality, but not without a decision, and not beyond the campaign."""
    actor = personas.department_admin.actor
    Step.objects.create(campaign=draft, number=1, title="全面争创", starts_on=START, ends_on=date(2026, 6, 30))
    Step.objects.create(campaign=draft, number=2, title="总结提高", starts_on=date(2026, 7, 1), ends_on=END)
    issue(draft, personas, now)
    step = Step.objects.select_related("campaign").get(number=1)

    def extend(**changes: Any) -> Any:
        given = {
            "until_on": date(2026, 8, 31),
            "decided_on": date(2026, 6, 25),
            "document_number": "湘社工〔2026〕30号",
            "reason": "部分单位进度落后",
        }
        with acting_as(actor):
            return part_services.extend_step(
                step, actor=actor, now=now, version=step.campaign.version, **given | changes
            )

    assert "延期须有决定文号和事由" in refused(lambda: extend(document_number=""))
    step.refresh_from_db()
    assert "晚于活动结束日期" in refused(lambda: extend(until_on=date(2027, 1, 1)))
    step.refresh_from_db()
    extend()
    step.refresh_from_db()
    assert (step.ends_on, step.may_overlap) == (date(2026, 8, 31), True)


def test_a_unit_leaves_with_a_reason_and_its_task_goes(draft: Campaign, personas: Personas, now: datetime) -> None:
    issue(draft, personas, now)
    unit, actor = own_unit(draft, personas), personas.department_admin.actor
    with acting_as(actor):
        assert "退出须写明原因" in refused(
            lambda: unit_services.leave_campaign(
                unit, left_on=date(2026, 6, 30), reason=" ", actor=actor, now=now, version=unit.version
            )
        )
        unit.refresh_from_db()
        unit_services.leave_campaign(
            unit, left_on=date(2026, 6, 30), reason="党组织撤销", actor=actor, now=now, version=unit.version
        )
    assert "本单位已退出这项活动" in refused(lambda: _submit(unit, personas, now))


def _submit(unit: Unit, personas: Personas, now: datetime) -> Unit:
    write_plan(unit, personas, now)
    actor = personas.branch_secretary.actor
    with acting_as(actor):
        return unit_services.submit_plan(unit, actor=actor, now=now, version=unit.version)


def test_a_campaign_ends_on_its_last_day_and_clears_the_desks(
    draft: Campaign, personas: Personas, now: datetime
) -> None:
    issue(draft, personas, now)
    actor = personas.department_admin.actor
    with acting_as(actor):
        assert "今天还不能结束" in refused(
            lambda: services.close_campaign(draft, actor=actor, now=now, version=draft.version)
        )
        Campaign.objects.filter(pk=draft.pk).unscoped("test").update(ends_on=date(2026, 6, 30), plans_due_on=None)
        draft.refresh_from_db()
        services.close_campaign(draft, actor=actor, now=now, version=draft.version)
    assert draft.state == CampaignState.CLOSED
    assert not Task.objects.filter(kind=unit_services.PLAN_TASK, state="open").exists()


def test_links_and_the_leading_group(draft: Campaign, personas: Personas, now: datetime) -> None:
    actor = personas.department_admin.actor
    earlier = make_campaign(personas.province, "学习实践活动", starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 31))
    with acting_as(actor):
        part_services.link_campaign(draft, earlier, kind="preceding", actor=actor, now=now, version=draft.version)
        assert "活动不能与自己相关" in refused(
            lambda: part_services.link_campaign(
                draft, draft, kind="linked", actor=actor, now=now, version=draft.version
            )
        )
        draft.refresh_from_db()

        def lead(name: str) -> Any:
            return part_services.appoint_steering(
                draft,
                actor=actor,
                now=now,
                version=draft.version,
                role="leader",
                name=name,
                post="",
                number=1,
                starts_on=date(2026, 4, 1),
            )

        first = lead("分管副部长")
        assert "已有在任组长" in refused(lambda: lead("另一位"))
        draft.refresh_from_db()
        part_services.end_steering(first, ends_on=date(2026, 6, 29), actor=actor, now=now, version=draft.version)
        draft.refresh_from_db()
        lead("另一位")


def test_who_runs_a_campaign_is_the_same_in_words_and_in_sql(personas: Personas) -> None:
    made: dict[str, Any] = campaigns(personas)
    city = make_campaign(personas.province, "全市活动", region=personas.province.yuelu)
    everything = [*made.values(), city]
    for key in PERSONAS:
        actor = personas[key].actor
        rows = Campaign.objects.filter(run_by(actor)) if actor.role in RUNNERS else Campaign.objects.none()
        by_sql = set(rows.values_list("pk", flat=True))
        assert {one.pk for one in everything if is_runner(one, actor)} == by_sql, key
