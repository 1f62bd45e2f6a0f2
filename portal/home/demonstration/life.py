"""Organisation life of the year: most branches meet as they should, some miss a month. Dice of their own."""

from datetime import date, timedelta
from random import Random

from partybuilding.life.enums import FIRST_ITEM_KINDS, Area, LifeKind, PioneerKind
from partybuilding.life.models import LifeFile, LifeRecord, PartyGroup, PioneerRecord, StudyProblem, StudyProgramme
from partybuilding.life.rules import has_committee
from partybuilding.life.selectors import facts_of, life_rules
from partybuilding.life.services import FILE_KIND
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor, Scope
from portal.access.roles import Role
from portal.files.examiner import PDF
from portal.files.services import store
from portal.home.demonstration.closes import paper
from portal.home.demonstration.world import SEED, World, insert

TOPICS = {
    LifeKind.CONGRESS: ("学习贯彻全会精神", "讨论本季度重点工作", "通报党费收缴情况", "讨论发展党员工作"),
    LifeKind.COMMITTEE: ("研究本月工作", "研究主题党日安排", "听取党小组工作情况", "研究行业自律事项"),
    LifeKind.GROUP: ("学习党章", "交流学习体会", "开展谈心谈话"),
    LifeKind.LECTURE: ("加强党的纪律建设", "新时代行业协会商会党建", "学习中央八项规定精神"),
    LifeKind.PARTY_DAY: ("重温入党誓词", "走访会员企业", "参观红色教育基地", "志愿服务进社区", "学习警示教育案例"),
    LifeKind.LIFE_MEETING: ("年度组织生活会",),
    LifeKind.STUDY: ("专题读书班", "集体研讨", "学习交流会"),
    LifeKind.COUNCIL: ("理事会例会",),
}
RECORDER = "党组织书记"
PROBLEMS = (
    (Area.GOVERNANCE, "会费收支公开不够及时。", "已按季度在会员大会公开。", "会费收支公开办法"),
    (Area.SYSTEM, "重大事项议事规则不够具体。", "已修订议事规则并提交理事会。", "重大事项议事规则"),
    (Area.BUSINESS, "评比活动收费依据不清。", "已停止收费并向会员说明。", ""),
)
PIONEERS = (
    (PioneerKind.POST, "会员服务党员示范岗"),
    (PioneerKind.SERVICE, "进社区党员志愿服务队"),
    (PioneerKind.TEAM, "行业纾困党员先锋队"),
    (PioneerKind.PLEDGE, "服务承诺公开"),
)
READER = Actor(0, "", 0, Role.DEPARTMENT_ADMIN, Scope("province", None, "湖南省"), "演示数据")
PROGRAMMES = (
    ("党纪学习教育", date(2024, 4, 1), date(2024, 7, 31)),
    ("深入贯彻中央八项规定精神学习教育", date(2025, 3, 1), date(2025, 7, 31)),
)


def make_life(world: World) -> None:
    """Groups of the larger branches, and the records of last quarter and of this year up to today."""
    dice = Random(SEED + 6)  # noqa: S311  invented data, nothing secret
    rows = list(PartyOrganization.objects.filter(dissolved_on=None).order_by("pk"))
    programmes = insert(
        StudyProgramme,
        [
            *(StudyProgramme(name=name, starts_on=first, ends_on=last) for name, first, last in PROGRAMMES),
            StudyProgramme(name=f"{world.today.year}年度主题学习", starts_on=world.new_year, ends_on=None),
        ],
    )
    groups = insert(
        PartyGroup,
        [
            PartyGroup(organization=row, name=name, starts_on=row.established_on)
            for row in rows
            if row.kind == "branch" and (row.full_member_count or 0) >= 20
            for name in ("第一党小组", "第二党小组")
        ],
    )
    by_owner: dict[int, list[PartyGroup]] = {}
    for group in groups:
        by_owner.setdefault(group.organization_id, []).append(group)
    rules, facts = life_rules(world.today), facts_of(rows, READER)
    made: list[LifeRecord] = []
    for row in rows:
        number = row.full_member_count
        if row.kind not in rules.subject_kinds or not number or dice.random() < 0.05:
            continue
        care = dice.choice([0.99, 0.99, 0.97, 0.9, 0.7])
        writer = Writer(world, dice, row, number, care)
        year = world.today.year
        for month in (*((year - 1, one) for one in (10, 11, 12)), *((year, one) for one in range(1, 13))):
            first = date(*month, 1)
            if first > world.today or (row.established_on and first < row.established_on):
                continue
            writer.month(first, has_committee(facts[row.pk], first, rules), by_owner.get(row.pk, []), programmes[-1])
        writer.past(programmes[1])
        made += writer.made
    _study(world, dice, rows[::5], programmes[-1])
    kept = insert(LifeRecord, made)
    for place in (0, len(kept) // 2):
        file = store(paper(), name="会议记录.pdf", kind=FILE_KIND, actor=None, now=world.now, known_type=PDF)
        LifeFile.objects.create(record=kept[place], file=file)


def _study(world: World, dice: Random, rows: list[PartyOrganization], programme: StudyProgramme) -> None:
    """Problems found in study, most of them mended, and posts of members."""
    problems, pioneers = [], []
    for place, row in enumerate(rows):
        found_on = world.today - timedelta(days=dice.randint(40, 200))
        area, text, result, system = PROBLEMS[place % len(PROBLEMS)]
        problem = StudyProblem(
            organization=row,
            programme=programme if found_on >= world.new_year else None,
            area=area,
            text=text,
            found_on=found_on,
            due_on=found_on + timedelta(days=60),
        )
        if dice.random() < 0.7:
            problem.rectified_on = min(world.today, found_on + timedelta(days=dice.randint(10, 75)))
            problem.result, problem.linked_system = result, system
        problems.append(problem)
        kind, name = PIONEERS[place % len(PIONEERS)]
        pioneers.append(
            PioneerRecord(
                organization=row,
                kind=kind,
                name=name,
                member_count=dice.randint(1, 6),
                starts_on=row.established_on or world.new_year,
                result="在服务会员、志愿服务中发挥带头作用。",
            )
        )
    insert(StudyProblem, problems)
    insert(PioneerRecord, pioneers)


class Writer:
    """The records of one branch under construction."""

    def __init__(self, world: World, dice: Random, row: PartyOrganization, number: int, care: float) -> None:
        self.world, self.dice, self.row, self.number, self.care = world, dice, row, number, care
        self.made: list[LifeRecord] = []

    def month(self, first: date, has_committee: bool, groups: list[PartyGroup], programme: StudyProgramme) -> None:
        """What was held in a month; the running one may still have everything before it."""
        self.hold(LifeKind.PARTY_DAY, first)
        if has_committee:
            self.hold(LifeKind.COMMITTEE, first, expected=min(5, self.number))
        for group in groups:
            self.hold(LifeKind.GROUP, first, expected=self.number // 2, group=group)
        if first.month % 3 == 2:
            self.hold(LifeKind.CONGRESS, first)
            self.hold(LifeKind.LECTURE, first, by_secretary=first.month == 5)
        if first.month == 12:
            self.hold(LifeKind.LIFE_MEETING, first)
        if first.month in (4, 10):
            self.hold(LifeKind.COUNCIL, first, expected=15)
        if first >= self.world.new_year and first.month in (3, 6, 9) and self.dice.random() < 0.7:
            self.hold(
                LifeKind.STUDY,
                first,
                mode=self.dice.choice(["collective", "collective", "self", "joint"]),
                form=self.dice.choice(["seminar", "reading_class", "material"]),
                education=self.dice.choice(["", "warning", "base", "on_site"]),
                programme=programme,
                officer_count=self.dice.randint(0, 3),
                member_unit_count=self.dice.choice([0, 0, 2, 5]),
            )

    def past(self, programme: StudyProgramme) -> None:
        """One study of a programme that is over."""
        first = programme.starts_on
        if first is not None and (self.row.established_on is None or self.row.established_on <= first):
            self.hold(LifeKind.STUDY, first, mode="collective", form="reading_class", programme=programme)

    def hold(self, kind: LifeKind, first: date, *, expected: int = 0, **values: object) -> None:
        day = first + timedelta(days=self.dice.randint(2, 26))
        is_missed = self.dice.random() > self.care
        expected = expected or self.number
        present = self.dice.randint((expected * 4 + 4) // 5, expected)
        has_first = kind in FIRST_ITEM_KINDS and self.dice.random() < 0.85
        topic = self.dice.choice(TOPICS[kind])
        if is_missed or day > self.world.today:
            return
        if kind in FIRST_ITEM_KINDS:
            values |= {"has_first_item": has_first, "first_item": "学习重要讲话精神" if has_first else ""}
        self.made.append(
            LifeRecord(
                organization=self.row,
                kind=kind,
                held_on=day,
                topic=topic,
                expected_count=expected,
                present_count=present,
                recorded_by=RECORDER,
                created_at=self.world.now,
                updated_at=self.world.now,
                **values,
            )
        )
