"""Two documents as they were written: the plan of seed 003 and the report of seed 000, through the services."""

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from associations.evaluation.models import Grade
from associations.registry.models import Department
from campaigns.guidance import services as guidance
from campaigns.guidance.reports import KEY, build_campaign
from campaigns.guidance.selectors import points_for, with_visits
from campaigns.ledgers import rating_services
from campaigns.ledgers import services as ledgers
from campaigns.plans import part_services, services
from campaigns.plans.enums import MethodForm, SteeringRole
from campaigns.plans.models import Campaign, CriterionSet, Method, Unit
from portal.access.actor import Actor, acting_as
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.home.management.commands.load_reference import read
from portal.reporting.data import CellKind, ReportData
from portal.reporting.printing import official_html
from tests import factories
from tests.campaigns.plans.test_views import signed_in
from tests.conftest import ROOT
from tests.personas import Persona, Personas

pytestmark = pytest.mark.usefixtures("parameters")


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, tzinfo=timezone.get_default_timezone())


# Seed 003: the plan of Guangdong, 15 July 2010 --------------------------------------------------------------------

ITEMS: dict[str, list[str]] = {
    "basis": ["《意见》的通知（中办发〔2010〕12号）", "《实施意见》的通知（粤办发〔2010〕11号）"],
    "goal": ["推动科学发展", "促进社会和谐", "服务人民群众", "加强基层组织"],
    "arena": [
        "在加强社会组织党建工作上创先争优",
        "在促进社会组织科学发展上创先争优",
        "在维护社会和谐稳定上创先争优",
        "在服务人民群众上创先争优",
    ],
    "principle": [
        "坚持围绕中心工作，服务科学发展大局",
        "坚持密切联系实际，务求实效",
        "坚持走群众路线，广泛吸引群众参与",
        "坚持长抓不懈，形成长效机制",
    ],
    "aspect": ["理论学习", "理想信念", "履行职责", "服务群众", "工作作风", "组织纪律", "廉洁自律", "道德修养"],
    "channel": ["新闻媒体", "网络", "简报", "宣传栏"],
}
PHASES = [
    (1, "第一阶段", date(2010, 4, 1), date(2011, 6, 30), "迎接中国共产党成立90周年"),
    (2, "第二阶段", date(2011, 7, 1), None, "迎接党的十八大"),
]
STEPS = [
    (1, "学习贯彻", None, None),
    (2, "下发方案", None, None),
    (3, "全面争创", date(2010, 6, 1), date(2011, 6, 30)),
    (4, "总结提高", date(2011, 7, 1), None),
]
METHODS = [
    (1, "公开承诺", MethodForm.PLEDGE, []),
    (2, "自我讲评", MethodForm.REVIEW, [1]),
    (3, "领导点评", MethodForm.COMMENT, [2]),
    (4, "群众评议", MethodForm.APPRAISAL, []),
    (5, "评选表彰", MethodForm.COMMENDATION, [1, 2, 3, 4]),
]
POINTS = ("食品行业协会", "物流行业协会", "软件行业协会", "皮具商会", "特种设备行业协会")


def seed_003(personas: Personas) -> Campaign:
    """The plan as it was issued, by the services alone; five associations are contact points."""
    services.load_criteria(read(ROOT / "fixtures" / "reference" / "criteria.csv"))
    for name in POINTS:
        association = factories.make_association(f"省{name}", region=personas.province.hunan)
        factories.make_organization(f"中共省{name}支部委员会", association, committee=personas.province.committee)
    actor, now = personas.department_admin.actor, at(2010, 7, 15)
    with acting_as(actor):
        campaign = services.create_campaign(
            items=ITEMS,
            criterion_sets=CriterionSet.objects.filter(code__endswith="_gd_2010"),
            actor=actor,
            now=now,
            title="社会组织党组织和党员开展创先争优活动",
            document_number="粤民管〔2010〕49号",
            theme="推动科学发展、促进社会和谐、服务人民群众、加强基层组织",
            region=personas.province.hunan,
            organizer=None,
            starts_on=date(2010, 4, 1),
            ends_on=None,
            plans_due_on=date(2010, 8, 31),
            contact_name="指导小组办公室",
            contact_phone="020-0000 0000",
            contact_fax="020-0000 0001",
        )

        def save(call: Any, **values: Any) -> Any:
            return call(campaign, None, actor=actor, now=now, version=campaign.version, **values)

        for number, title, starts_on, ends_on, focus in PHASES:
            save(
                part_services.save_phase,
                number=number,
                title=title,
                starts_on=starts_on,
                ends_on=ends_on,
                focus=focus,
            )
        for number, title, starts_on, ends_on in STEPS:
            save(
                part_services.save_step,
                number=number,
                title=title,
                starts_on=starts_on,
                ends_on=ends_on,
                work="",
                may_overlap=False,
            )
        made: dict[int, Method] = {}
        for number, title, form, needs in METHODS:
            made[number] = save(
                part_services.save_method,
                number=number,
                title=title,
                form=form,
                work="",
                due_on=None,
                requires=[made[one] for one in needs],
            )
        part_services.appoint_steering(
            campaign,
            role=SteeringRole.LEADER,
            name="省社会组织党工委书记",
            post="指导小组",
            number=1,
            starts_on=date(2010, 7, 15),
            actor=actor,
            now=now,
            version=campaign.version,
        )
        services.issue_campaign(campaign, actor=actor, now=now, version=campaign.version)
    return campaign


def test_seed_003_is_two_phases_four_steps_five_methods(personas: Personas) -> None:
    """The calendar, the methods, the kinds and the five contact points of the plan come out as pages."""
    assert all(personas[key] for key in ("department_admin", "party_committee", "branch_secretary"))
    campaign = seed_003(personas)
    actor = personas.department_admin.actor
    with acting_as(actor):
        units = {str(unit): unit for unit in Unit.objects.for_actor(actor).filter(campaign=campaign)}
        (leader,) = campaign.steering.for_actor(actor)
        for name in POINTS:
            guidance.set_point(
                units[f"中共省{name}支部委员会"],
                leader=leader,
                leader_post="",
                starts_on=date(2010, 7, 15),
                actor=actor,
                now=at(2010, 7, 16),
            )
        points = with_visits(points_for(actor, campaign), date(2011, 1, 1))
    # C-26: five points; set up within a half-year, they owe their first visit in the next one.
    assert (len(points), {str(row.visit_state) for row in points}) == (5, {"due"})  # type: ignore[attr-defined]
    assert set(campaign.criterion_sets.values_list("code", flat=True)) == {
        "five_good_gd_2010",
        "five_lead_gd_2010",
        "five_a_gd_2010",
    }
    client = signed_in(personas.department_admin)
    page = client.get(reverse("campaigns:schedule", args=[campaign.pk])).content.decode()
    wanted = [
        *(f"阶段{number}　{title}" for number, title, *_rest in PHASES),
        *(f"步骤{number}　{title}" for number, title, *_rest in STEPS),
        *(title for _number, title, *_rest in METHODS),
        "2010年2季度",
        "随活动开展",
        "公开承诺、自我讲评、领导点评、群众评议",
    ]
    assert [text for text in wanted if text not in page] == []
    listed = client.get(reverse("campaigns:points", args=[campaign.pk])).content.decode()
    assert [name for name in POINTS if name not in listed] == []
    branch = signed_in(personas.branch_secretary).get(reverse("campaigns:schedule", args=[campaign.pk]))
    assert branch.status_code == 200


# Seed 000: the report of the ministry, 27 August 2010 --------------------------------------------------------------

AS_OF = date(2010, 8, 27)
WORDS = {
    1: ("高度重视，统一部署", "在制定实施方案中就将社会组织纳入其中，统一部署、统一实施。"),
    2: ("加强指导，突出特色", "针对社会组织自身特点，加强分类指导。"),
    3: ("培育发展，规范管理", "加强自身建设和规范管理。"),
    4: ("培育典型，示范引领", "重视发挥示范作用，进行宣传推广。"),
    5: ("下一步打算", "下一步，我们要进一步加强督促指导，及时总结。"),
}


@pytest.fixture
def ministry(personas: Personas) -> Actor:
    """A supervising unit with 39 associations, 232 members, 12 branches; 9 graded, 22 eligible."""
    unit: Department = factories.make_department("工业和信息化部")
    membership = factories.make_membership(factories.make_user("ministry"), Role.SUPERVISING_UNIT, unit)
    levels = ["4A"] * 4 + ["3A"] * 4 + ["2A"]
    for number in range(39):
        is_graded, is_eligible = number < 9, 9 <= number < 31
        association = factories.make_association(
            f"中国第{number + 1:02d}行业协会",
            region=personas.province.hunan,
            supervising_unit=unit,
            established_on=date(2000, 1, 1) if is_graded or is_eligible else date(2009, 6, 1),
        )
        # 12 x 12 + 26 x 3 + 10 = 232.
        factories.make_member_count(association, date(2010, 6, 30), 12 if number < 12 else 3 if number < 38 else 10)
        if number < 12:
            committee = personas.province.committee
            factories.make_organization(f"中国第{number + 1:02d}行业协会党支部", association, committee=committee)
        if is_graded:
            Grade.objects.create(
                association=association,
                level=levels[number],
                announced_on=date(2010, 1, 1),
                starts_on=date(2010, 1, 1),
                ends_on=date(2014, 12, 31),
            )
    return Persona(membership.user, membership).actor


def seed_000(ministry: Actor, personas: Personas) -> Campaign:
    now = at(2010, 5, 10)
    with acting_as(ministry):
        organizer = Department.objects.for_actor(ministry).get(name="工业和信息化部")
        campaign = services.create_campaign(
            items={"basis": ["《意见》的通知（中办发〔2010〕12号）"], "outcome": ["每个单位都见实效"]},
            criterion_sets=[],
            actor=ministry,
            now=now,
            title="社会组织创先争优活动",
            document_number="工信厅人〔2010〕88号",
            theme="",
            region=personas.province.hunan,
            organizer=organizer,
            starts_on=date(2010, 5, 1),
            ends_on=None,
            plans_due_on=None,
            contact_name="",
            contact_phone="",
            contact_fax="",
        )
        part_services.save_method(
            campaign,
            None,
            number=1,
            title="设计载体",
            form=MethodForm.RECORD,
            work="",
            due_on=None,
            requires=[],
            actor=ministry,
            now=now,
            version=campaign.version,
        )
        services.issue_campaign(campaign, actor=ministry, now=now, version=campaign.version)
        for number, (heading, text) in WORDS.items():
            guidance.write_part(campaign, number=number, heading=heading, text=text, actor=ministry, now=now, version=0)
        associations = list(organizer.assignments.for_actor(ministry).order_by("association__name"))
        for row in associations[9:23]:
            rating_services.record_application(
                campaign,
                row.association,
                applied_on=date(2010, 7, 1),
                wanted="3A",
                actor=ministry,
                now=at(2010, 8, 1),
            )
    return campaign


def built(ministry: Actor, campaign: Campaign) -> ReportData:
    with acting_as(ministry):
        return build_campaign(ministry, {"campaign": campaign.pk}, AS_OF)


def test_seed_000_is_a_report_in_four_numbered_parts(ministry: Actor, personas: Personas) -> None:
    """39 associations, 232 members, 12 branches; 9 graded 4/4/1; 22 eligible, 14 of them applied."""
    report = built(ministry, seed_000(ministry, personas))
    assert report.problems() == []
    assert report.title == "工业和信息化部组织开展社会组织创先争优活动情况的汇报"
    assert report.issuer == "工业和信息化部"
    lines = [paragraph.plain() for paragraph in report.narrative]
    assert lines[0] == (
        "截至2010年8月27日，工业和信息化部组织开展活动的社会组织共有39家，有232名党员和12个党组织。现汇报如下："
    )
    headings = [paragraph.plain() for paragraph in report.narrative if paragraph.level == 1]
    assert headings == [
        "一、高度重视，统一部署",
        "二、加强指导，突出特色",
        "三、培育发展，规范管理",
        "四、培育典型，示范引领",
    ]
    assert (
        "有有效评估等级的社会组织9家，其中4家为4A级、4家为3A级、1家为2A级。"
        "目前符合评估条件的22家中，已有14家申报，申报率63.6%。"
    ) in lines
    assert lines[-1] == "下一步，我们要进一步加强督促指导，及时总结。"
    (grades,) = (one for one in report.tables if one.key == "grades")
    assert [[cell.display() for cell in row.cells] for row in grades.rows] == [
        ["4A 级", "4"],
        ["3A 级", "4"],
        ["2A 级", "1"],
        ["合计", "9"],
    ]
    # Every figure opens its list; the number of members opens the associations that reported it.
    figures = [part for one in report.narrative for part in one.parts if not isinstance(part, str)]
    assert all(cell.drill in report.drilldowns for cell in figures)
    members = next(cell for cell in figures if cell.kind is CellKind.TEXT)
    column = [row.cells[2] for row in report.rows_of(members.drill or "")]
    assert (members.value, sum(int(one or 0) for one in column)) == ("232", 232)


def test_seed_000_is_signed_and_dated(ministry: Actor, personas: Personas) -> None:
    report = built(ministry, seed_000(ministry, personas))
    page = official_html(report, number="2010-1", signed_on=AS_OF)
    assert '<p class="issuer">工业和信息化部</p>' in page
    assert '<p class="date">2010年8月27日</p>' in page
    assert ("草稿" in page, "草稿" in official_html(report, number="2010-1", signed_on=None)) == (False, True)


def test_a_report_is_of_whoever_runs_the_campaign(ministry: Actor, personas: Personas) -> None:
    assert all(personas[key] for key in ("party_committee", "department_admin"))
    campaign = seed_000(ministry, personas)
    committee = personas.party_committee.actor
    with acting_as(committee), pytest.raises(Refused) as caught:
        build_campaign(committee, {"campaign": campaign.pk}, AS_OF)
    assert "不由您组织" in caught.value.reason
    with acting_as(ministry), pytest.raises(Refused) as caught:
        build_campaign(ministry, {"campaign": campaign.pk}, date(2010, 4, 30))
    assert "早于活动开始日期 2010-05-01" in caught.value.reason
    department = personas.department_admin.actor
    with acting_as(department):
        report = build_campaign(department, {"campaign": campaign.pk}, AS_OF)
    assert (report.issuer, report.cards[0].cell.value) == ("工业和信息化部", 39)
    page = signed_in(personas.department_admin).get(reverse("reporting:run_new", args=[KEY]))
    assert campaign.title in page.content.decode()


def test_ledgers_and_guidance_come_out_in_the_report(personas: Personas, ministry: Actor) -> None:
    """What units recorded and inspectors found by the day, and nothing later."""
    campaign = seed_000(ministry, personas)
    unit = Unit.objects.unscoped("a unit of the test").filter(campaign=campaign, organization__isnull=False).first()
    assert unit is not None
    assert unit.organization is not None
    secretary = factories.make_membership(factories.make_user("secretary"), Role.BRANCH_SECRETARY, unit.organization)
    branch = Persona(secretary.user, secretary).actor
    now = at(2010, 8, 20)
    with acting_as(branch):
        matter = ledgers.record_entry(
            unit,
            kind="matter",
            title="代办证照",
            began_on=date(2010, 6, 1),
            due_on=date(2010, 7, 1),
            actor=branch,
            now=now,
        )
        ledgers.finish_entry(
            matter, done_on=date(2010, 6, 30), result="代办 12 件", actor=branch, now=now, version=matter.version
        )
        ledgers.record_entry(
            unit, kind="case", title="党员先锋岗", began_on=date(2010, 8, 1), due_on=None, actor=branch, now=now
        )
        lines = rating_services.rate_self(
            unit,
            rated_on=date(2010, 8, 2),
            levels={f"outcome-{campaign.items.for_actor(branch).get(kind='outcome').pk}": "good"},
            texts={},
            actor=branch,
            now=now,
        )
    assert [str(row) for row in lines] == ["每个单位都见实效：好"]
    report = built(ministry, campaign)
    text = [paragraph.plain() for paragraph in report.narrative]
    assert "为群众办实事1项，已完成1项。" in text
    assert "总结典型经验1项，推广典型经验和做法0项。" in text
    with acting_as(ministry):
        early = build_campaign(ministry, {"campaign": campaign.pk}, date(2010, 6, 15))
    assert "为群众办实事1项，已完成0项。" in [paragraph.plain() for paragraph in early.narrative]
    assert report.problems() == early.problems() == []
