"""Reviews of members, duty reports and role effects of last year. Dice of their own."""

from datetime import date, timedelta
from random import Random
from typing import Any

from django.db.models import Model

from partybuilding.appraisal.enums import Level, MemberGrading, Paper, PaperState
from partybuilding.appraisal.models import MemberGrade, MemberReview, ReportSection, YearlyReport
from partybuilding.appraisal.rules import most_excellent
from partybuilding.appraisal.selectors import owing_reports, owing_reviews, review_rules, sections_for
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import PartyOrganization
from portal.home.demonstration.world import SEED, World, insert

TEXTS = {
    "work": "落实支部工作条例，按月研究党建工作，组织生活正常开展。",
    "reform": "把党建引领改革发展列入年度重点，推动行业自律公约修订和会员服务改进。",
    "problems": "流动党员参加组织生活不够经常，党务工作力量偏弱。",
    "plan": "健全党小组，落实主题党日，加强青年职工教育。",
    "political": "组织学习重要会议精神，重大事项经党组织研究后提交理事会。",
    "organizational": "发挥党员带头作用，凝聚会员单位职工。",
    "development": "围绕产业发展开展公益项目对接。",
    "society": "参与乡村振兴和社区服务项目。",
    "masses": "面向困难群众开展帮扶。",
}


def make_appraisals(world: World) -> None:
    """Most branches reviewed their members and reported; some reports wait, some are missing."""
    dice = Random(SEED + 7)  # noqa: S311  invented data, nothing secret
    year = world.today.year - 1
    day = date(year + 1, 1, 1)
    reviews = _reviews(world, dice, year)
    insert(MemberReview, reviews)
    insert(MemberGrade, _grades(reviews))
    reports, sections = [], []
    rows = list(owing_reports(PartyOrganization.objects.all(), year, world.today).order_by("pk"))
    for paper in Paper:
        for row in rows:
            if dice.random() < 0.88:
                report = _report(world, dice, paper, year, Level.ORGANIZATION, row.committee, organization=row)
                reports.append(report)
                sections += _sections(report, sections_for(paper, year, day, row))
    for committee in {row.committee_id: row.committee for row in rows if row.committee}.values():
        if dice.random() < 0.9:
            report = _report(world, dice, Paper.DUTY, year, Level.COMMITTEE, committee.parent, committee=committee)
            reports.append(report)
            sections += _sections(report, sections_for(Paper.DUTY, year, day, None))
    insert(YearlyReport, reports)
    insert(ReportSection, sections)


def _reviews(world: World, dice: Random, year: int) -> list[MemberReview]:
    rules = review_rules(world.today)
    made = []
    for row in owing_reviews(PartyOrganization.objects.all(), year, world.today).order_by("pk"):
        number = row.full_member_count
        held_on = min(date(year, 12, 1) + timedelta(days=dice.randint(0, 55)), world.today)
        if not number or dice.random() < 0.1:
            continue
        probationary = row.probationary_member_count or 0
        excellent = dice.randint(0, most_excellent(number, rules.excellent_share))
        basic = 1 if number - excellent > 5 and dice.random() < 0.1 else 0
        made.append(
            MemberReview(
                organization=row,
                year=year,
                held_on=held_on,
                member_count=number + probationary,
                probationary_count=probationary,
                participant_count=number + probationary - (1 if number > 5 and dice.random() < 0.3 else 0),
                excellent_count=excellent,
                competent_count=number - excellent - basic,
                basic_count=basic,
                recorded_by="党组织书记",
                updated_at=world.now,
            )
        )
    return made


def _grades(reviews: list[MemberReview]) -> list[MemberGrade]:
    """By name where the whole roster is kept; the first are 优秀."""
    rosters: dict[int, list[PartyMember]] = {}
    for member in PartyMember.objects.filter(ends_on=None, membership_state="full").order_by("pk"):
        rosters.setdefault(member.organization_id, []).append(member)
    made = []
    for review in reviews[::2]:
        members = rosters.get(review.organization_id, [])
        if len(members) != review.graded_count:
            continue
        grades = [
            *[MemberGrading.EXCELLENT] * review.excellent_count,
            *[MemberGrading.COMPETENT] * review.competent_count,
            *[MemberGrading.BASIC] * review.basic_count,
        ]
        made += [
            MemberGrade(review=review, member=member, grade=grade)
            for member, grade in zip(members, grades, strict=True)
        ]
    return made


def _report(
    world: World, dice: Random, paper: str, year: int, level: str, above: Any, **reporter: Model
) -> YearlyReport:
    reported_on = min(date(year, 12, 10) + timedelta(days=dice.randint(0, 40)), world.today)
    row = YearlyReport(
        paper=paper,
        level=level,
        year=year,
        reported_on=reported_on,
        submitted_by="党组织书记" if level == Level.ORGANIZATION else "综合（行业）党委",
        submitted_at=world.now,
        state=PaperState.SUBMITTED,
        **reporter,
    )
    if above is not None and dice.random() < 0.85:
        row.state = PaperState.RATED
        row.rating = dice.choice(["good", "good", "good", "fair", "fair", "average"])
        row.rated_on = min(reported_on + timedelta(days=dice.randint(3, 20)), world.today)
        row.rated_at, row.rated_by, row.comment = world.now, above.name, "总体情况属实，请落实下一步措施。"
    return row


def _sections(report: YearlyReport, asked: list[tuple[str, str]]) -> list[ReportSection]:
    return [
        ReportSection(report=report, code=code, label=label, text=TEXTS[code.split("_", 1)[1]]) for code, label in asked
    ]
