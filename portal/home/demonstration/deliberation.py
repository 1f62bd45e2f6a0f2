"""Major decisions, what was done together, agreements: of every third organisation. Dice of their own."""

from datetime import date, timedelta
from random import Random
from typing import Any

from associations.checklists.models import ChecklistTemplate
from partybuilding.deliberation.enums import AgreementKind, Council, InteractionKind, Opinion, Outcome
from partybuilding.deliberation.models import Agreement, Interaction, MajorDecision
from partybuilding.deliberation.services import SCAN
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.files.examiner import PDF
from portal.files.models import StoredFile
from portal.files.services import store
from portal.home.demonstration.closes import paper
from portal.home.demonstration.world import SEED, World, insert

# Papers cost time to make: a few records have theirs.
SCANNED = 3

TITLES = {
    "章程的制定和修改": "关于修改章程部分条款的议案",
    "换届方案和负责人人选": "关于换届工作方案的议案",
    "年度工作计划和重要工作报告": "关于审议年度工作报告的议案",
    "年度预算决算和大额资金使用": "关于年度预算和专项经费安排的议案",
    "重大项目安排和重大合作": "关于共建行业检测中心的议案",
    "会费和收费标准的制定和调整": "关于调整会费标准的议案",
    "分支机构、代表机构的设立和注销": "关于设立标准化专业委员会的议案",
    "重大活动和评比达标表彰项目": "关于举办行业年会的议案",
    "重要管理制度的制定和修改": "关于修订财务管理制度的议案",
}
TOGETHER = {
    InteractionKind.ATTENDANCE: (
        "书记列席理事会会议",
        "听取上半年工作情况，就服务会员企业工作提出建议。",
        "理事会采纳建议两条",
    ),
    InteractionKind.CONSULTATION: ("党组织与秘书处沟通会", "就会费使用和人员安排交换意见。", "形成沟通事项清单"),
    InteractionKind.JOINT_STUDY: ("党组织与理事会共同学习", "学习社会组织管理有关规定，结合工作开展讨论。", ""),
    InteractionKind.DELIBERATION: (
        "共同商议行业纠纷调解",
        "党组织与理事会共同商议会员企业纠纷处理办法。",
        "确定调解小组人选",
    ),
}
CONTENT = "党组织参与重大问题决策，对贯彻国家法律法规、维护会员和职工权益情况进行监督；书记参加或者列席理事会会议。"


def make_deliberation(world: World) -> None:
    """Most decisions were studied before the vote; some were not, one waits for it, one went against the opinion."""
    dice = Random(SEED + 68)  # noqa: S311  invented data, nothing secret
    template = ChecklistTemplate.objects.get(code="decision_matters", region=None)
    matters = [step for step in template.steps.order_by("number") if step.text in TITLES]
    covers = CoveredAssociation.objects.filter(ends_on=None, organization__dissolved_on=None)
    decisions: list[MajorDecision] = []
    interactions: list[Interaction] = []
    agreements: list[Agreement] = []
    for at, cover in enumerate(covers.select_related("organization", "association").order_by("pk")):
        if at and dice.random() > 0.35:
            continue
        first = _first_day(cover, world.today)
        if first is None:
            continue
        whose: dict[str, Any] = {"organization": cover.organization, "association": cover.association}
        for number in range(dice.randint(1, 3)):
            step = dice.choice(matters)
            decisions.append(
                MajorDecision(
                    **whose,
                    list_title=template.title,
                    matter_number=step.number,
                    matter=step.text,
                    title=TITLES[step.text],
                    **_course(dice, _day(dice, first, world.today), 0 if at == 0 and number == 0 else dice.random()),
                )
            )
        for kind in dice.sample(list(TOGETHER), dice.randint(1, 2)):
            title, content, result = TOGETHER[kind]
            day = _day(dice, first, world.today)
            interactions.append(
                Interaction(**whose, kind=kind, held_on=day, title=title, content=content, result=result)
            )
        if dice.random() < 0.4:
            form = dice.choice(list(AgreementKind))
            agreements.append(Agreement(**whose, kind=form, starts_on=first, content=CONTENT))
    for signed in [one for one in agreements if one.kind == AgreementKind.AGREEMENT][:SCANNED]:
        signed.scan = _scan("共建协议（签字页）.pdf", world)
    for studied in [one for one in decisions if one.reviewed_on][:SCANNED]:
        studied.scan = _scan("党组织会议记录.pdf", world)
    insert(MajorDecision, decisions)
    insert(Interaction, interactions)
    insert(Agreement, agreements)
    for model in (MajorDecision, Interaction, Agreement):
        model.objects.update(created_at=world.now, updated_at=world.now)


def _scan(name: str, world: World) -> StoredFile:
    return store(paper(), name=name, kind=SCAN, actor=None, now=world.now, known_type=PDF)


def _first_day(cover: CoveredAssociation, today: date) -> date | None:
    """From when on the organisation could act for the association; none where that is too lately."""
    organization: PartyOrganization = cover.organization
    known = [day for day in (cover.starts_on, organization.established_on, today - timedelta(days=420)) if day]
    first = max(known)
    return first if first < today - timedelta(days=30) else None


def _day(dice: Random, first: date, today: date) -> date:
    return first + timedelta(days=dice.randint(0, (today - first).days - 16))


def _course(dice: Random, day: date, fall: float) -> dict[str, Any]:
    """The opinion and the vote; `fall` decides how it went."""
    vote = {
        "voted_on": day + timedelta(days=dice.randint(1, 15)),
        "council": dice.choice(list(Council)),
        "outcome": dice.choice([Outcome.ADOPTED, Outcome.ADOPTED, Outcome.AMENDED]),
    }
    if fall < 0.1:
        return vote
    opinion = {"reviewed_on": day, "opinion": Opinion.AGREE}
    if fall < 0.2:
        return opinion
    if fall < 0.25:
        return (
            vote | opinion | {"opinion": Opinion.DISAGREE, "opinion_text": "资金来源没有落实，建议补充论证后再表决。"}
        )
    if fall < 0.4:
        changed = {"opinion": Opinion.CHANGE, "opinion_text": "建议补充征求会员意见的程序。"}
        return vote | opinion | changed | {"outcome": Outcome.AMENDED}
    return vote | opinion
