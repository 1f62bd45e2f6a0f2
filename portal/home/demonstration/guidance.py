"""Ledgers of the units of the demonstration's campaigns, and how the campaigns are guided. Dice of their own."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from associations.evaluation.selectors import eligible_q
from associations.registry.models import Association
from campaigns.guidance.enums import InspectionKind, NoticeState
from campaigns.guidance.models import (
    CampaignInspection,
    ContactPoint,
    InspectedUnit,
    RectificationNotice,
    ReportPart,
    Visit,
)
from campaigns.guidance.selectors import stratum_of
from campaigns.guidance.transitions import ANSWER, CLOSE
from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, EntryState, Level, MassGroup, Origin
from campaigns.ledgers.models import Entry, GradeApplication, SelfRating, Signatory
from campaigns.plans.enums import ItemKind, UnitState
from campaigns.plans.models import Campaign, CampaignItem, SteeringMember, Unit
from campaigns.plans.selectors import associations_of
from partybuilding.organizations.models import CoveredAssociation
from portal.accounts.models import User
from portal.home.demonstration.moves import moved
from portal.home.demonstration.world import SEED, World, insert
from portal.sampling import draw_by_stratum, seed_of, share_count
from portal.workflow.models import WorkflowEvent

# Ledger → title, what it says, what came of it.
TEXTS: dict[EntryKind, tuple[tuple[str, str, str], ...]] = {
    EntryKind.CARRIER: (("党员示范岗", "在会员服务窗口设党员示范岗，亮身份、亮承诺。", ""),),
    EntryKind.MATTER: (
        ("为会员企业代办政务事项", "汇总会员企业需求，集中代办。", "代办 26 件，办结 24 件，2 件转主管部门。"),
        ("开设政策咨询热线", "每周二、周四由党员值守。", "接听咨询 130 余次，问题当日答复。"),
        ("为困难职工送温暖", "走访会员企业困难职工家庭。", "走访 18 户，慰问物资发放到户。"),
    ),
    EntryKind.PROBLEM: (
        ("会费标准意见不一", "会员对会费分档有意见，召开座谈会听取意见。", "调整分档方案，经会员大会表决通过。"),
        ("行业低价竞争", "组织自律约定，设投诉渠道。", "签订自律公约的会员企业 41 家，受理投诉 3 件。"),
    ),
    EntryKind.MECHANISM: (("党员联系会员企业制度", "每名党员联系 2 家会员企业，每季度走访。", "印发制度并张榜公布。"),),
    EntryKind.CASE: (
        ("支部建在产业链上", "由链主企业党组织牵头，共同学习、共同服务。", "带动上下游会员企业 30 余家。"),
    ),
    EntryKind.CONTRIBUTION: (("参与防汛抢险", "组织党员突击队转运物资。", "转运物资 6 车次。"),),
    EntryKind.ACTIVITY: (("扶贫济困日活动", "组织会员企业认领帮扶项目。", ""),),
    EntryKind.INTEGRITY: (("诚信自律承诺书", "依法经营、公平竞争、明码标价、不垄断不串价，接受社会监督。", ""),),
    EntryKind.SUMMARY: (("上半年阶段小结", "完成学习动员和公开承诺，下半年抓办实事项目收尾。", ""),),
    EntryKind.GROUPS: (
        ("创建先进集体活动", "带动职工创先进集体、争当先进个人。", "评出先进集体 2 个、先进个人 5 名。"),
    ),
}
ENTERPRISES = ("长沙湘岭食品有限公司", "株洲南车配件厂", "湘潭金荷商贸有限公司", "衡阳雁城物流有限公司")
COUNTED = {EntryKind.CARRIER, EntryKind.CONTRIBUTION, EntryKind.ACTIVITY, EntryKind.GROUPS}


def make_guidance(world: World) -> None:
    """Units whose plan was accepted keep ledgers; each rates itself where the campaign asks for outcomes."""
    dice = Random(SEED + 9)  # noqa: S311  invented data, nothing secret
    recorder = User.objects.order_by("pk").first()
    assert recorder is not None  # noqa: S101  accounts are made before
    for campaign in Campaign.objects.order_by("pk"):
        units = list(Unit.objects.filter(campaign=campaign, state=UnitState.ACCEPTED).order_by("pk"))
        _entries(campaign, units, world, dice, recorder)
        _ratings(campaign, units, world, dice, recorder)
    make_direction(world)


def _entries(campaign: Campaign, units: list[Unit], world: World, dice: Random, recorder: User) -> None:
    arenas = list(CampaignItem.objects.filter(campaign=campaign, kind=ItemKind.ARENA).order_by("number"))
    made = []
    for unit in units:
        for kind in dice.sample(list(TEXTS), dice.randint(1, 4)):
            entry = _entry(unit, kind, world, dice, recorder)
            entry.arena = dice.choice(arenas) if arenas else None
            made.append(entry)
    insert(Entry, made)
    _signatories([entry for entry in made if entry.kind == EntryKind.INTEGRITY])
    Entry.objects.filter(unit__campaign=campaign).update(created_at=world.now, updated_at=world.now)
    cases = Entry.objects.filter(unit__campaign=campaign, kind=EntryKind.CASE).order_by("pk")[:3]
    for number, case in enumerate(cases, start=1):
        Entry.objects.filter(pk=case.pk).update(promoted_on=world.today, promotion=f"活动简报第 {number} 期")


def _entry(unit: Unit, kind: EntryKind, world: World, dice: Random, recorder: User) -> Entry:
    title, text, result = dice.choice(TEXTS[kind])
    began_on = _between(dice, max(unit.campaign.starts_on, world.today - timedelta(days=200)), world.today)
    due_on = began_on + timedelta(days=dice.choice((30, 60, 120)))
    is_done = dice.random() < 0.6
    done_on = _between(dice, began_on, min(due_on, world.today))
    origin, group = dice.choice(Origin.values), dice.choice(MassGroup.values)
    taking_part = dice.randint(8, 90)
    entry = Entry(
        unit=unit, kind=kind, title=title, text=text, began_on=began_on, recorded_by=recorder, state=EntryState.DONE
    )
    if kind in COUNTED:
        entry.taking_part_count = taking_part
    if kind == EntryKind.GROUPS:
        entry.group = group
    if kind not in UNDERTAKEN:
        entry.result = result
        return entry
    entry.due_on, entry.origin = due_on, "" if kind == EntryKind.MECHANISM else origin
    entry.state = EntryState.DONE if is_done else EntryState.OPEN
    if is_done:
        entry.done_on, entry.result, entry.finished_at = done_on, result, world.at(done_on)
        entry.document = f"《{title}》" if kind == EntryKind.MECHANISM else ""
    return entry


def _signatories(pledges: list[Entry]) -> None:
    """The associations that the unit's organisation covers sign, and member enterprises with them."""
    organizations = {entry.unit.organization_id for entry in pledges}
    covered: dict[int, list[Association]] = defaultdict(list)
    rows = CoveredAssociation.objects.filter(organization__in=organizations - {None}, ends_on=None)
    for row in rows.select_related("association").order_by("pk"):
        covered[row.organization_id].append(row.association)
    made = []
    for entry in pledges:
        own = covered[entry.unit.organization_id or 0][:3]
        named = [(one.name, one) for one in own] + [(name, None) for name in ENTERPRISES[: 2 + entry.pk % 3]]
        made += [
            Signatory(entry=entry, number=number, name=name, association=association)
            for number, (name, association) in enumerate(named, start=1)
        ]
    insert(Signatory, made)


def _between(dice: Random, first: date, last: date) -> date:
    return first + timedelta(days=dice.randint(0, max(0, (last - first).days)))


def _ratings(campaign: Campaign, units: list[Unit], world: World, dice: Random, recorder: User) -> None:
    outcomes = list(CampaignItem.objects.filter(campaign=campaign, kind=ItemKind.OUTCOME).order_by("number"))
    insert(
        SelfRating,
        [
            SelfRating(
                unit=unit,
                outcome=outcome,
                rated_on=world.today,
                level=dice.choice((Level.GOOD, Level.GOOD, Level.FAIRLY, Level.ORDINARY)),
                recorded_by=recorder,
            )
            for unit in units[::2]
            for outcome in outcomes
        ],
    )


# Guidance ----------------------------------------------------------------------------------------------------------

FINDINGS = (
    "方案落实较好，台账齐全，群众反映好。",
    "公开承诺张榜及时，个别党员承诺内容较笼统。",
    "活动开展正常，典型材料有待充实。",
)
WORDS = {
    0: ("引言", "开展创先争优活动，是加强社会组织党的建设的重要举措。我们认真组织、积极推动，目前活动进展顺利。"),
    1: ("高度重视，统一部署", "将社会组织党组织全部纳入实施方案，统一部署、统一实施，明确党组织书记为第一责任人。"),
    2: ("加强指导，突出特色", "按社会组织特点分类指导，围绕促进业务工作设计载体，通过座谈、走访和抽查掌握进展。"),
    3: ("培育发展，规范管理", "把活动与能力建设结合起来，着力解决影响发展的突出问题，形成长效机制。"),
    4: ("培育典型，示范引领", "发挥凝聚力强、管理规范、作用突出的社会组织示范作用，及时总结推广好经验好做法。"),
    5: ("下一步打算", "下一步，我们将继续加强督促指导，广泛听取意见建议，及时总结，推动活动扎实开展。"),
}


def make_direction(world: World) -> None:
    """Contact points, two inspections with findings and notices, the words of the report, applications for grades."""
    dice = Random(SEED + 10)  # noqa: S311  invented data, nothing secret
    recorder = User.objects.order_by("pk").first()
    assert recorder is not None  # noqa: S101  accounts are made before
    for campaign in Campaign.objects.select_related("region", "organizer").order_by("pk"):
        units = list(
            Unit.objects.filter(campaign=campaign, organization__isnull=False)
            .select_related("organization__committee")
            .order_by("pk")
        )
        _points(campaign, units, world, dice, recorder)
        _inspections(campaign, units, world, dice, recorder)
        insert(
            ReportPart,
            [
                ReportPart(campaign=campaign, number=number, heading=heading, text=text)
                for number, (heading, text) in WORDS.items()
            ],
        )
        eligible = associations_of(campaign, world.today).filter(eligible_q(world.today, 24)).order_by("pk")
        insert(
            GradeApplication,
            [
                GradeApplication(
                    campaign=campaign,
                    association=one,
                    applied_on=world.today - timedelta(days=dice.randint(10, 60)),
                    wanted=dice.choice(("3A", "4A")),
                    recorded_by=recorder,
                )
                for one in eligible[::3][:14]
            ],
        )


def _points(campaign: Campaign, units: list[Unit], world: World, dice: Random, recorder: User) -> None:
    leaders = list(SteeringMember.objects.filter(campaign=campaign).order_by("number"))
    points = insert(
        ContactPoint,
        [
            ContactPoint(unit=unit, leader=leaders[number % len(leaders)], starts_on=campaign.starts_on)
            for number, unit in enumerate(units[:5])
        ],
    )
    visits = []
    for number, point in enumerate(points):
        # The last point was never visited: there is something to ask for.
        for months in range(1, 9, 3) if number < len(points) - 1 else ():
            day = campaign.starts_on + timedelta(days=30 * months + dice.randint(0, 20))
            if day <= world.today:
                visits.append(
                    Visit(
                        point=point,
                        visited_on=day,
                        visitor=point.leader_words[:60],
                        text="听取党组织汇报，与会员企业代表座谈，活动按方案推进。",
                        asked="把好的做法固定为制度。" if number % 2 else "",
                        recorded_by=recorder,
                    )
                )
    insert(Visit, visits)


def _inspections(campaign: Campaign, units: list[Unit], world: World, dice: Random, recorder: User) -> None:
    started = max(campaign.starts_on, world.today - timedelta(days=60))
    symposium = CampaignInspection.objects.create(
        campaign=campaign,
        kind=InspectionKind.SYMPOSIUM,
        number=f"{started.year}-01",
        title="活动进展座谈",
        starts_on=started,
        ends_on=started,
        summary="参加座谈的单位均已制订方案。共性问题是台账登记不及时，已要求各单位补登。",
        recorded_by=recorder,
    )
    seed = seed_of(f"demonstration|{campaign.pk}", key=b"demonstration")
    draw = CampaignInspection.objects.create(
        campaign=campaign,
        kind=InspectionKind.DRAW,
        number=f"{started.year}-02",
        title="随机抽查",
        starts_on=min(started + timedelta(days=20), world.today),
        share=Decimal("0.05"),
        seed=seed,
        drawn_at=world.at(started),
        recorded_by=recorder,
    )
    strata: dict[str, list[int]] = {}
    for unit in units:
        strata.setdefault(stratum_of(unit), []).append(unit.pk)
    drawn = draw_by_stratum(strata, seed=seed, count=share_count(len(units), Decimal("0.05")))
    chosen = {key for keys in drawn.values() for key in keys}
    rows = [
        InspectedUnit(
            inspection=symposium,
            unit=unit,
            stratum=stratum_of(unit),
            visited_on=started,
            finding=dice.choice(FINDINGS),
        )
        for unit in units[5:9]
    ]
    for unit in units:
        row = InspectedUnit(inspection=draw, unit=unit, stratum=stratum_of(unit), is_chosen=unit.pk in chosen)
        if row.is_chosen and dice.random() < 0.7:
            row.visited_on, row.finding = world.today, dice.choice(FINDINGS)
        rows.append(row)
    made = insert(InspectedUnit, rows)
    found = [row for row in made if row.finding]
    _notices(found[:3], world, recorder)


def _notices(found: list[InspectedUnit], world: World, recorder: User) -> None:
    """One awaited and late, one reported, one closed."""
    notices = []
    for number, row in enumerate(found):
        notice = RectificationNotice(
            unit=row.unit,
            inspected=row,
            issued_on=world.today - timedelta(days=30),
            due_on=world.today - timedelta(days=5),
            problem="公开承诺内容较笼统，台账登记不及时。",
            requirement="逐条细化承诺，补齐台账，书面报告。",
            issued_by=recorder,
            issued_label="湖南省委社会工作部",
        )
        if number:
            notice.state = NoticeState.ANSWERED
            notice.answer, notice.answered_at = "已细化承诺并重新张榜，台账补登齐全。", world.now - timedelta(days=3)
        if number == 2:
            notice.state, notice.judgement = NoticeState.CLOSED, "整改到位。"
            notice.closed_at = world.now - timedelta(days=1)
        notices.append(notice)
    insert(RectificationNotice, notices)
    insert(WorkflowEvent, [event for notice in notices for event in _history(notice)])
    RectificationNotice.objects.update(updated_at=world.now)
    CampaignInspection.objects.update(updated_at=world.now)


def _history(notice: RectificationNotice) -> list[WorkflowEvent]:
    """How a notice came to where it is."""
    found = []
    if notice.answered_at is not None:
        by = f"党组织书记 · {notice.unit}"
        found.append(moved(notice, 1, ANSWER, NoticeState.ISSUED, by, notice.answered_at))
    if notice.closed_at is not None:
        by = f"社会工作部工作人员 · {notice.issued_label}"
        found.append(moved(notice, 2, CLOSE, NoticeState.ANSWERED, by, notice.closed_at, notice.judgement))
    return found
