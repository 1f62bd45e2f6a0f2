"""The reminders of a day: methods and steps that end, one task a desk and one message a person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from campaigns.collecting.models import Collection
from campaigns.collecting.services import awaited, lay_tasks
from campaigns.plans.models import Campaign, Method, Unit
from campaigns.plans.running import desk_of, task_desk
from campaigns.plans.selectors import methods_of, running_q, steps_of
from campaigns.urging.services import METHOD_TASK, behind, desk_for, task_words
from portal.access.actor import Scope
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.jobs.daily import request_daily
from portal.jobs.runner import JobContext
from portal.notices import reminding
from portal.notices.selectors import people_at
from portal.notices.services import NewTask, open_many, tell_each
from portal.regulations.selectors import value

DAYS = "campaign.remind_days"
NAMED = 3
WHY = "reminders go to everybody who is due"
# A body that reads: the kind of its scope and its key.
Body = tuple[str, int]
RUNNER: Body = ("runner", 0)
Lines = dict[Body, list[str]]


def request_reminders(now: datetime) -> int:
    """The tick: from eight in the morning one job a running campaign and day. Returns how many."""
    with everything(WHY):
        campaigns = list(Campaign.objects.filter(running_q(localdate(now))).order_by("pk"))
    jobs = [
        request_daily(
            "campaigns.remind",
            kind="campaign",
            label=f"{campaign}提醒",
            subject=campaign,
            parameters={"campaign": campaign.pk},
            now=now,
        )
        for campaign in campaigns
    ]
    return sum(job is not None for job in jobs)


def remind(context: JobContext) -> dict[str, Any]:
    """The job: tasks and messages together with its own end, so that a second run sends nothing twice."""
    with transaction.atomic():
        with everything(WHY):
            rows = Campaign.objects.select_related("region", "organizer")
            campaign = rows.get(pk=context.job.parameters["campaign"])
        today = date.fromisoformat(context.job.parameters["on"])
        result = send_reminders(campaign, today, now=context.now())
        context.complete(result)
    return result


def send_reminders(campaign: Campaign, today: date, *, now: datetime) -> dict[str, Any]:
    """Remind everybody whose day it is. Who is behind has a task, its committee and who runs the campaign a message."""
    distances = reminding.reminding_dates(today, reminding.days_from(str(value(DAYS, on=today))))
    lines: Lines = defaultdict(list)
    opened = sum(
        _remind_method(campaign, method, distances[method.due_on], lines, now)
        for method in methods_of(campaign)
        if method.due_on in distances
    )
    opened += _remind_reports(campaign, distances, lines, now)
    _remind_steps(campaign, distances, lines)
    told = _tell(campaign, lines, today, now)
    result = {"bodies": len(lines), "tasks": opened, "people": told}
    if lines:
        record("campaigns.remind", actor=None, subject=campaign, after=result, now=now)
    return result


def _remind_method(campaign: Campaign, method: Method, distance: int, lines: Lines, now: datetime) -> int:
    """Tasks for those who are behind with one method, and what each of them reads; returns how many tasks are new."""
    assert method.due_on is not None  # noqa: S101  asked before
    when = reminding.distance_text(distance, method.due_on)
    units = list(behind(campaign, method))
    by_committee: dict[int, int] = defaultdict(int)
    tasks: dict[tuple[Role, Scope], NewTask] = {}
    for unit in units:
        committee = unit.organization.committee_id if unit.organization else None
        if committee is not None:
            by_committee[committee] += 1
        desk = desk_for(method, unit)
        if desk is not None and desk not in tasks:
            title, url = task_words(method, unit)
            tasks[desk] = NewTask(subject=method, title=title, url=url, body=desk[1], due_on=method.due_on)
    for role, body in tasks:
        if role == Role.BRANCH_SECRETARY and body.pk is not None:
            lines[("organization", body.pk)].append(f"「{method}」{when}")
    for committee, count in by_committee.items():
        lines[("department", committee)].append(f"「{method}」{when}，还有 {count} 个党组织未完成")
    if units:
        lines[RUNNER].append(f"「{method}」{when}，还有 {len(units)} 个党组织未完成")
    return sum(
        open_many(
            [task for (role, _body), task in tasks.items() if role == wanted],
            kind=METHOD_TASK,
            for_role=wanted,
            actor=None,
            now=now,
        )
        for wanted in (Role.BRANCH_SECRETARY, Role.PARTY_COMMITTEE)
    )


def _remind_reports(campaign: Campaign, distances: Mapping[date, int], lines: Lines, now: datetime) -> int:
    """Who has not reported what was asked for by a day; its committee and who runs the campaign read how many."""
    opened = 0
    with everything(WHY):
        collections = list(Collection.objects.filter(campaign=campaign, due_on__in=list(distances)).order_by("number"))
    for one in collections:
        when = reminding.distance_text(distances[one.due_on], one.due_on)
        reports = awaited(one)
        opened += lay_tasks(reports, actor=None, now=now)
        above: dict[int, int] = defaultdict(int)
        for report in reports:
            _role, desk = task_desk(report.unit)
            lines[(desk.kind, desk.pk or 0)].append(f"「{one}」{when}")
            if report.unit.committee is not None:
                above[report.unit.committee.pk] += 1
        for committee, count in above.items():
            lines[("department", committee)].append(f"「{one}」{when}，所属还有 {count} 个单位未报送")
        if reports:
            lines[RUNNER].append(f"「{one}」{when}，还有 {len(reports)} 个单位未报送")
    return opened


def _remind_steps(campaign: Campaign, distances: Mapping[date, int], lines: Lines) -> None:
    """A step that ends soon or today, extended or not, concerns everybody who takes part; one that is over nobody."""
    ending = [
        f"步骤「{step}」{reminding.distance_text(distances[until], until)}"
        for step in steps_of(campaign)
        if (until := step.ends_on) is not None and distances.get(until, 1) <= 0
    ]
    if not ending:
        return
    with everything(WHY):
        rows = Unit.objects.filter(campaign=campaign, left_on=None)
        for organization, department in rows.values_list("organization", "department"):
            lines[("organization", organization) if organization else ("department", department)] += ending
    lines[RUNNER] += ending


def _people(campaign: Campaign, bodies: Iterable[Body], today: date) -> dict[int, list[Body]]:
    """Who reads what: user → bodies it acts for, and the campaign itself for who runs it."""
    found: dict[int, list[Body]] = defaultdict(list)
    for kind, role in (("organization", Role.BRANCH_SECRETARY), ("department", Role.PARTY_COMMITTEE)):
        keys = [pk for one, pk in bodies if one == kind]
        for user, own in people_at(kind, keys, roles={role}, on=today).items():
            found[user] += [(kind, pk) for pk in own]
    scope, role = desk_of(campaign)
    roles = DEPARTMENT if scope.kind == "province" else {role}
    for user in people_at(scope.kind, [scope.pk or 0], roles=roles, on=today):
        found[user].append(RUNNER)
    return found


def _tell(campaign: Campaign, lines: Lines, today: date, now: datetime) -> int:
    if not lines:
        return 0
    with everything(WHY):
        rows = Unit.objects.filter(campaign=campaign, organization__isnull=False)
        units: dict[int, int] = dict(rows.values_list("organization", "pk"))
    urging = reverse("campaigns:method_urging", args=[campaign.pk])

    def words(bodies: list[Body]) -> tuple[str, str]:
        own = list(dict.fromkeys(line for body in bodies for line in lines.get(body, ())))
        more = f"，另有 {len(own) - NAMED} 项" if len(own) > NAMED else ""
        kind, pk = bodies[0]
        url = reverse("campaigns:unit", args=[units[pk]]) + "?tab=methods" if kind == "organization" else urging
        return f"「{campaign}」提醒：{'；'.join(own[:NAMED])}{more}。", url

    people = {
        user: bodies for user, bodies in _people(campaign, lines, today).items() if any(one in lines for one in bodies)
    }
    return tell_each(people, words, now)
