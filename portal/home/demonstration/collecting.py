"""Progress reports of the demonstration: one collecting that is over, one that runs. Dice of their own."""

from datetime import date, timedelta
from random import Random

from campaigns.collecting.enums import Asked, ReportState
from campaigns.collecting.models import Collection, UnitReport
from campaigns.collecting.selectors import asked_units
from campaigns.collecting.services import awaited, lay_tasks
from campaigns.collecting.transitions import SUBMIT
from campaigns.plans.models import Campaign
from portal.access.roles import Role
from portal.accounts.models import User
from portal.home.demonstration.moves import moved
from portal.home.demonstration.world import SEED, World, insert
from portal.memberships.models import Membership
from portal.workflow.models import WorkflowEvent

PROGRESS = (
    "召开党员大会部署，公开承诺 {} 项，已兑现 {} 项。",
    "走访会员企业 {} 家，收集问题 {} 个，办结过半。",
    "开展主题党日 {} 次，组织志愿服务 {} 次。",
)
PROBLEMS = ("", "党员分散在会员企业，集中活动组织难。", "台账登记不够及时。", "载体不够鲜明。")
SUGGESTIONS = ("", "希望组织同行业支部交流观摩。", "希望提供活动经费支持渠道。")
PLANS = ("抓好未兑现承诺的收尾。", "开好专题组织生活会。", "总结推广好的做法。")


def make_collecting(world: World) -> None:
    """Of the first campaign, which is the province's: every unit was asked before, the committees are asked now."""
    dice = Random(SEED + 13)  # noqa: S311  invented data, nothing secret
    campaign = Campaign.objects.order_by("pk").first()
    assert campaign is not None  # noqa: S101  campaigns are made before
    admin = Membership.objects.filter(role=Role.DEPARTMENT_STAFF).select_related("user").order_by("pk")[0].user
    over = world.today - timedelta(days=20)
    _collection(campaign, 1, "第三季度活动开展情况", Asked.ALL, over, 92, world, dice, admin)
    soon = world.today + timedelta(days=7)
    _collection(campaign, 2, "全年情况和意见建议", Asked.COMMITTEES, soon, 35, world, dice, admin)


def _collection(
    campaign: Campaign,
    number: int,
    title: str,
    asked: str,
    due_on: date,
    share: int,
    world: World,
    dice: Random,
    user: User,
) -> None:
    opened = due_on - timedelta(days=25)
    one = Collection.objects.create(
        campaign=campaign,
        number=number,
        title=title,
        asks="写清做法、数字和实例，问题和建议要具体。",
        asked=asked,
        due_on=due_on,
        opened_by=user,
        opened_at=world.at(opened),
    )
    reports = []
    for unit in asked_units(campaign, asked):
        report = UnitReport(collection=one, unit=unit)
        if dice.randrange(100) < share:
            late = dice.randint(1, 10) if dice.randrange(10) == 0 else 0
            day = min(due_on - timedelta(days=dice.randint(0, 12)) + timedelta(days=late), world.today)
            report.state = ReportState.SUBMITTED
            report.progress = dice.choice(PROGRESS).format(dice.randint(3, 12), dice.randint(1, 3))
            report.problems, report.suggestions = dice.choice(PROBLEMS), dice.choice(SUGGESTIONS)
            report.plans, report.handed_in_on = dice.choice(PLANS), day
            report.submitted_at = world.at(day)
        reports.append(report)
    made = insert(UnitReport, reports)
    UnitReport.objects.filter(collection=one).update(updated_at=world.now)
    handed_in = [report for report in made if report.handed_in_on is not None]
    insert(
        WorkflowEvent,
        [
            moved(report, 1, SUBMIT, ReportState.AWAITING, _writer(report), world.at(report.handed_in_on))
            for report in handed_in
            if report.handed_in_on is not None
        ],
    )
    UnitReport.objects.filter(pk__in=[report.pk for report in handed_in]).update(version=2)
    lay_tasks(awaited(one), actor=None, now=world.now)


def _writer(report: UnitReport) -> str:
    """Who handed it in: the secretary of a Party organisation, or the committee."""
    return f"党组织书记 · {report.unit}" if report.unit.organization_id else f"综合（行业）党委 · {report.unit}"
