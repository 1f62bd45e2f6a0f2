"""Desks of the committees: what they are, who sits on them, rules, meetings; meetings of units. Dice of their own."""

from datetime import date, timedelta
from random import Random
from typing import Any

from associations.registry.enums import DepartmentKind
from associations.registry.models import Department
from partybuilding.commissions.enums import Category, MeetingKind, MemberPost
from partybuilding.commissions.models import (
    AgendaItem,
    CommissionMember,
    CommissionProfile,
    CommissionRule,
    Meeting,
)
from partybuilding.commissions.rules import COMMITTEES
from partybuilding.commissions.services import decide_item, record_meeting
from partybuilding.duties.selectors import supervising_units
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, SEED, World, insert

SURNAMES, GIVEN = "王李张刘陈杨黄周吴徐孙胡", "明华伟敏静强磊洋勇艳杰娟涛超霞平"
AGENDA = {
    "传达学习上级关于社会组织党建工作的部署": "结合实际制定工作安排。",
    "研究应建未建社会组织的组建安排": "列出名单，逐家明确组建期限。",
    "听取党建工作指导员联系情况": "每季度通报一次联系情况。",
    "研究党组织书记述职评议工作": "年底前完成述职评议。",
    "通报两个覆盖月报情况": "对没有确认名单的单位发函催办。",
}
RULES = ("委员会议事规则", "党建工作联席制度", "党建工作指导员联系制度")
PRINCIPLE = "按产业相近、业务相关原则设置，依托行业管理部门开展工作。"


def make_commissions(world: World) -> None:
    """Every committee with its people, rules and meetings; meetings of units, exchanges with the registrar."""
    dice = Random(SEED + 70)  # noqa: S311  invented data, nothing secret
    bodies = Department.objects.filter(kind__in=COMMITTEES, ends_on=None).select_related("hosted_by", "region")
    made: dict[type[Any], list[Any]] = {
        one: [] for one in (CommissionProfile, CommissionMember, CommissionRule, Meeting, AgendaItem)
    }
    committees = list(bodies.order_by("pk"))
    for body in committees:
        founded = date(world.today.year - dice.randint(2, 8), dice.randint(1, 12), 15)
        made[CommissionProfile].append(
            CommissionProfile(department=body, category=_category(body), principle=_principle(body), founded_on=founded)
        )
        made[CommissionMember] += _seats(body, max(founded, world.new_year - timedelta(days=700)), dice)
        for title in RULES[: dice.randint(1, 3)]:
            starts_on = founded + timedelta(days=dice.randint(20, 200))
            document = f"〔{starts_on.year}〕{dice.randint(1, 40)}号"
            made[CommissionRule].append(
                CommissionRule(department=body, title=title, starts_on=starts_on, document_number=document)
            )
        for number in range(dice.randint(1, 3)):
            day = world.today - timedelta(days=20 + 90 * number + dice.randint(0, 40))
            kind = MeetingKind.CONFERENCE if number == 1 else MeetingKind.COMMITTEE
            title = f"{day.year}年{'党建工作会议' if number == 1 else f'第{(day.month + 2) // 3}季度会议'}"
            meeting = Meeting(department=body, kind=kind, held_on=day, title=title, attendee_count=dice.randint(7, 60))
            made[Meeting].append(meeting)
            made[AgendaItem] += _items(meeting, dice)
    registrar = Department.objects.filter(kind=DepartmentKind.REGISTRAR, level="province").order_by("pk").first()
    general = next((one for one in committees if one.kind == DepartmentKind.PARTY_COMMITTEE), None)
    if registrar is not None and general is not None:
        for number in range(4):
            day = world.today - timedelta(days=15 + 90 * number)
            made[Meeting].append(
                Meeting(
                    department=general,
                    counterpart=registrar,
                    kind=MeetingKind.EXCHANGE,
                    held_on=day,
                    title="登记信息与党建信息核对",
                    record_count=dice.randint(40, 160),
                )
            )
    for unit in supervising_units(Department.objects.filter(ends_on=None), world.today).order_by("pk"):
        if dice.random() < 0.6:
            flags = dice.choice([(True, True, True), (True, True, True), (True, False, True), (True, False, False)])
            day = world.today - timedelta(days=dice.randint(10, 300))
            made[Meeting].append(
                Meeting(
                    department=unit,
                    kind=MeetingKind.LEADERSHIP,
                    held_on=day,
                    title="研究所主管社会组织工作",
                    **dict(zip(("is_studied", "is_planned", "is_deployed"), flags, strict=True)),
                )
            )
    for model, rows in made.items():
        insert(model, rows)
    Meeting.objects.update(created_at=world.now, updated_at=world.now)


def hold_conference(world: World, actor: Actor) -> None:
    """The provincial 两新工委 met two weeks ago and laid a task on the committee that has a demonstration account."""
    above = scoped(Department, actor).filter(kind=DepartmentKind.WORKING_COMMITTEE, level="province", ends_on=None)
    committee = above.order_by("pk").first()
    if committee is None:
        return
    at = world.now - timedelta(days=14)
    given = {"is_studied": False, "is_planned": False, "is_deployed": False, "counterpart": None, "record_count": None}
    meeting = record_meeting(
        committee,
        kind=MeetingKind.CONFERENCE,
        held_on=at.date(),
        title="全省行业协会商会党建工作会议",
        attendee_count=86,
        summary="总结两个覆盖工作，部署应建尽建。",
        agenda=list(AGENDA)[:2],
        actor=actor,
        now=at,
        **given,
    )
    item = scoped(AgendaItem, actor).select_related("meeting__department").get(meeting=meeting, number=2)
    decide_item(
        item,
        resolution="列出应建未建名单，逐家明确组建期限和责任人",
        responsible=world.committees[DEMONSTRATION_COMMITTEE],
        due_on=world.today + timedelta(days=20),
        actor=actor,
        now=at,
        version=meeting.version,
    )


def _category(body: Department) -> Category:
    if body.kind == DepartmentKind.WORKING_COMMITTEE:
        return Category.WORKING
    return Category.COMPREHENSIVE if "综合" in body.name or body.hosted_by is None else Category.INDUSTRY


def _principle(body: Department) -> str:
    return PRINCIPLE if _category(body) == Category.INDUSTRY else ""


def _seats(body: Department, since: date, dice: Random) -> list[CommissionMember]:
    posts = [MemberPost.SECRETARY, MemberPost.DEPUTY, *[MemberPost.MEMBER] * dice.randint(2, 5)]
    names: list[str] = []
    while len(names) < len(posts):
        name = dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, 2))
        if name not in names:
            names.append(name)
    return [
        CommissionMember(department=body, post=post, name=name, number=number, starts_on=since)
        for number, (post, name) in enumerate(zip(posts, names, strict=True), start=1)
    ]


def _items(meeting: Meeting, dice: Random) -> list[AgendaItem]:
    found = []
    for number, title in enumerate(dice.sample(list(AGENDA), dice.randint(1, 3)), start=1):
        resolution = AGENDA[title] if dice.random() < 0.7 else ""
        found.append(AgendaItem(meeting=meeting, number=number, title=title, resolution=resolution))
    return found
