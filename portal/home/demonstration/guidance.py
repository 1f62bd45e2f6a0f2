"""Ledgers of the units of the demonstration's campaigns, and how the campaigns are guided. Dice of their own."""

from datetime import date, timedelta
from random import Random

from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, EntryState, Level, MassGroup, Origin
from campaigns.ledgers.models import Entry, SelfRating
from campaigns.plans.enums import ItemKind, UnitState
from campaigns.plans.models import Campaign, CampaignItem, Unit
from portal.accounts.models import User
from portal.home.demonstration.world import SEED, World, insert

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
    EntryKind.ACTIVITY: (
        ("扶贫济困日活动", "组织会员企业认领帮扶项目。", ""),
        ("诚信自律承诺活动", "会员企业公开签订诚信自律承诺书。", ""),
    ),
    EntryKind.SUMMARY: (("上半年阶段小结", "完成学习动员和公开承诺，下半年抓办实事项目收尾。", ""),),
    EntryKind.GROUPS: (
        ("创建先进集体活动", "带动职工创先进集体、争当先进个人。", "评出先进集体 2 个、先进个人 5 名。"),
    ),
}
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


def _entries(campaign: Campaign, units: list[Unit], world: World, dice: Random, recorder: User) -> None:
    arenas = list(CampaignItem.objects.filter(campaign=campaign, kind=ItemKind.ARENA).order_by("number"))
    made = []
    for unit in units:
        for kind in dice.sample(list(TEXTS), dice.randint(1, 4)):
            entry = _entry(unit, kind, world, dice, recorder)
            entry.arena = dice.choice(arenas) if arenas else None
            made.append(entry)
    insert(Entry, made)
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
