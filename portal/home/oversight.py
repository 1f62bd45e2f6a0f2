"""The home pages of 三员: the auditor's figures of the last week, and the state of the installation."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.audit.filters import day_starts
from portal.audit.models import AccessEvent, AuditEvent, Result
from portal.health import not_ready_reasons
from portal.home.cards import Block, Figure, Work

WEEK = timedelta(days=6)


def audit(actor: Actor, today: date) -> list[Block]:
    """What an auditor looks at first; each figure leads to the log with exactly those lines."""
    since = today - WEEK
    acts = scoped(AuditEvent, actor).filter(at__gte=day_starts(since))
    failed = Q(action="accounts.sign_in_failed")
    exports = Q(action__icontains="export")
    memberships = Q(action__icontains="memberships.")
    counted = acts.aggregate(
        failed=Count("pk", filter=failed),
        refused=Count("pk", filter=Q(result=Result.REFUSED)),
        exports=Count("pk", filter=exports),
        memberships=Count("pk", filter=memberships),
        all=Count("pk"),
    )
    readings = scoped(AccessEvent, actor).filter(at__gte=day_starts(since))
    read = readings.aggregate(all=Count("pk"), refused=Count("pk", filter=Q(result=Result.REFUSED)))

    def log(label: str, count: int, url_name: str = "audit:event_list", **query: str) -> Figure:
        return Figure(label, f"{reverse(url_name)}?{urlencode({**query, 'since': since.isoformat()})}", count=count)

    return [
        Block(
            f"近 7 天（{since} 起）的操作",
            figures=[
                log("登录失败", counted["failed"], action="accounts.sign_in_failed"),
                log("被拒绝的操作", counted["refused"], result=Result.REFUSED),
                log("批量导出", counted["exports"], action="export"),
                log("身份变更与切换", counted["memberships"], action="memberships."),
                log("全部操作", counted["all"]),
            ],
        ),
        Block(
            "近 7 天的查阅",
            figures=[
                log("被拒绝的查阅", read["refused"], "audit:access_list", result=Result.REFUSED),
                log("全部查阅记录", read["all"], "audit:access_list"),
            ],
        ),
    ]


def installation() -> list[Block]:
    """Whether the portal can do its work; the desks of these administrators come with their own rooms."""
    reasons = not_ready_reasons()
    works = [Work(reason, reverse("readyz"), tag="需要处理") for reason in reasons]
    return [Block("系统状态", works, empty="数据库、数据库结构和后台任务均正常。")]
