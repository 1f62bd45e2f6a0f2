"""What falls due at Party organisations, told once a day: organisation life that is behind (R-086 to R-088), probations
that end (R-091), members abroad who are to be contacted (R-093).

A task lies on the secretary's desk, one an organisation and matter; a person gets one message a matter. No member is
named: who it is about stands on the page that the task leads to.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from partybuilding.floating.models import FloatingMember
from partybuilding.floating.rules import contact_due
from partybuilding.floating.selectors import floating_rules
from partybuilding.life.rules import unit_of, usual_period
from partybuilding.life.selectors import bare, compliances, life_rules
from partybuilding.life.urging import LIFE_TASK, missing_text
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on
from partybuilding.standing.enums import ProbationState
from partybuilding.standing.rules import probation_end
from partybuilding.standing.selectors import in_probation_state, probation_rules, probationary
from portal.access.actor import Actor, Scope
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.jobs.daily import request_daily
from portal.jobs.runner import JobContext
from portal.notices.enums import TaskState
from portal.notices.models import Task
from portal.notices.reminding import days_from, reminding_dates
from portal.notices.selectors import people_at
from portal.notices.services import NewTask, close_for_subject, open_many, tell_each
from portal.regulations.selectors import value

LIFE_DAY = "life.remind_day"
WHY = "reminders go to every organisation to which something is due"


@dataclass(frozen=True, slots=True)
class Due:
    """One matter of one organisation: what is asked, and until when."""

    organization: PartyOrganization
    title: str
    due_on: date


Days = Callable[[Q, date, date], list[tuple[int, date]]]


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of task: its title, where it is done, what messages say. One with days of its own names the parameter
    that says when to remind of them, and what finds organisation and day of everything that is due by a day."""

    kind: str
    title: str
    tab: str
    words: str
    parameter: str = ""
    days: Days | None = None


def _organizations(keys: Iterable[int]) -> dict[int, PartyOrganization]:
    with everything(WHY):
        rows = PartyOrganization.objects.filter(pk__in=set(keys)).select_related("committee").order_by("pk")
        return {one.pk: one for one in rows}


def probations(keys: Q, until: date, today: date) -> list[tuple[int, date]]:
    """Every probation that ends by a day."""
    rules = replace(probation_rules(today), due_days=(until - today).days)
    states = (ProbationState.DUE, ProbationState.OVERDUE)
    near = reduce(or_, (in_probation_state(state, today, rules) for state in states))
    with everything(WHY):
        rows = probationary(PartyMember.objects.filter(keys), today).filter(near).order_by("organization", "pk")
        found = list(rows.values_list("organization", "joined_on", "probation_until_on"))
    ends = [(owner, probation_end(joined_on, until_on, rules)) for owner, joined_on, until_on in found]
    return [(owner, end) for owner, end in ends if end is not None]


def contacts(keys: Q, until: date, today: date) -> list[tuple[int, date]]:
    """Every contact with a member abroad that is due by a day."""
    rules = floating_rules(today)
    with everything(WHY):
        away = FloatingMember.objects.filter(keys, Q(ends_on=None) | Q(ends_on__gt=today), is_abroad=True)
        rows = list(away.order_by("organization", "pk").values_list("organization", "starts_on", "contacted_on"))
    days = [(owner, contact_due(starts_on, contacted_on, rules)) for owner, starts_on, contacted_on in rows]
    return [(owner, day) for owner, day in days if day <= until]


LIFE = Matter(LIFE_TASK, "补齐组织生活", "life", "组织生活有欠开，请补开或补登记。")
PROBATION = Matter(
    "party_probation",
    "办理预备党员转正",
    "members",
    "有预备党员预备期将满或者已满，请按期讨论转正，报上级党委审批。",
    "member.probation_remind_days",
    probations,
)
CONTACT = Matter(
    "party_contact",
    "联系出国（境）党员",
    "members",
    "有出国（境）党员应当联系，请联系后登记联系日期。",
    "member.abroad_remind_days",
    contacts,
)
MATTERS = (LIFE, PROBATION, CONTACT)
LISTS = {
    LIFE.kind: "partybuilding:life_branches",
    PROBATION.kind: "partybuilding:probation",
    CONTACT.kind: "partybuilding:floating",
}


def life_due(today: date) -> list[Due]:
    """On one day of the month: whoever missed what the last months asked, without a task that somebody has laid."""
    if today.day != int(value(LIFE_DAY, on=today)):
        return []
    period = usual_period(today)
    with everything(WHY):
        rows = bare(PartyOrganization.objects.filter(existing_on(today)))
        found = compliances(rows, period, today, None, life_rules(min(period.last, today)))
        tasks = Task.objects.filter(kind=LIFE_TASK, state=TaskState.OPEN)
        asked = set(tasks.order_by().values_list("subject_pk", flat=True))
    texts = {pk: text for pk, one in found.items() if (text := missing_text(one)) and str(pk) not in asked}
    last = unit_of(today, 1).last
    return [Due(one, f"{LIFE.title}（{period.label}欠{texts[pk]}）", last) for pk, one in _organizations(texts).items()]


def due(matter: Matter, today: date) -> list[Due]:
    """The organisations of which one matter is to be reminded on a day; of several days the first is the task's."""
    if matter.days is None:
        return life_due(today)
    reminding = _reminding(matter, today)
    found: dict[int, list[date]] = defaultdict(list)
    for owner, day in matter.days(Q(), max(reminding), today):
        found[owner].append(day)
    wanted = {owner: days for owner, days in found.items() if reminding & set(days)}
    return [
        Due(one, f"{matter.title}（{len(wanted[pk])} 人）", min(wanted[pk]))
        for pk, one in _organizations(wanted).items()
    ]


def _reminding(matter: Matter, today: date) -> set[date]:
    """The due dates whose reminder falls on a day."""
    return set(reminding_dates(today, days_from(str(value(matter.parameter, on=today)))))


def _still_due(matter: Matter, keys: Collection[int], today: date) -> set[int]:
    """For which organisations a matter is not done yet."""
    assert matter.days is not None  # noqa: S101  only such matters are asked for
    return {owner for owner, _day in matter.days(Q(organization__in=keys), max(_reminding(matter, today)), today)}


# Sending


def request_reminders(now: datetime) -> int:
    """The tick: from eight in the morning one job a day. Returns how many."""
    job = request_daily("partybuilding.remind_organizations", kind="life", label="党组织工作提醒", now=now)
    return int(job is not None)


def remind_organizations(context: JobContext) -> dict[str, Any]:
    """The job: tasks and messages together with its own end, so that a second run sends nothing twice."""
    with transaction.atomic():
        result = send_reminders(date.fromisoformat(context.job.parameters["on"]), now=context.now())
        context.complete(result)
    return result


def send_reminders(today: date, *, now: datetime) -> dict[str, Any]:
    """Close what is no longer asked, then lay and tell what is due; how many tasks and messages of each matter."""
    result: dict[str, Any] = {}
    for matter in MATTERS:
        closed = _close_settled(matter, today, now)
        found = due(matter, today)
        told = {"tasks": _lay(matter, found, now), "people": _tell(matter, found, today, now), "closed": closed}
        if any(told.values()):
            record(
                "party_organizations.remind",
                actor=None,
                subject_label="党组织工作提醒",
                after={"matter": matter.kind, **told},
                now=now,
            )
        result |= {f"{matter.kind}_{name}": number for name, number in told.items()}
    return result


def _page(matter: Matter, organization: PartyOrganization) -> str:
    return f"{reverse('partybuilding:organization', args=[organization.pk])}?tab={matter.tab}"


def _lay(matter: Matter, found: Sequence[Due], now: datetime) -> int:
    """A task on each secretary's desk; one that is open keeps its words."""
    tasks = (
        NewTask(
            subject=one.organization,
            title=one.title,
            url=_page(matter, one.organization),
            body=Scope("organization", one.organization.pk, one.organization.name),
            due_on=one.due_on,
        )
        for one in found
    )
    return open_many(tasks, kind=matter.kind, for_role=Role.BRANCH_SECRETARY, actor=None, now=now)


def _tell(matter: Matter, found: Sequence[Due], today: date, now: datetime) -> int:
    """One message to each secretary and to each of the committee's people."""
    own: dict[int, list[Due]] = defaultdict(list)
    committees: dict[int, list[Due]] = defaultdict(list)
    for one in found:
        own[one.organization.pk].append(one)
        if one.organization.committee_id is not None:
            committees[one.organization.committee_id].append(one)

    def words(rows: dict[int, list[Due]]) -> Callable[[list[int]], tuple[str, str]]:
        def of(keys: list[int]) -> tuple[str, str]:
            mine = [one.organization for key in keys for one in rows[key]]
            more = f"等 {len(mine)} 个党组织" if len(mine) > 1 else ""
            url = _page(matter, mine[0]) if len(mine) == 1 else reverse(LISTS[matter.kind])
            return f"提醒：「{mine[0]}」{more}{matter.words}", url

        return of

    secretaries = people_at("organization", own.keys(), roles={Role.BRANCH_SECRETARY}, on=today)
    officers = people_at("department", committees.keys(), roles={Role.PARTY_COMMITTEE}, on=today)
    return tell_each(secretaries, words(own), now) + tell_each(officers, words(committees), now)


def _close_settled(matter: Matter, today: date, now: datetime) -> int:
    """What was done by another way, such as leaving the roster, closes in the morning."""
    if matter.days is None:
        return 0
    with everything(WHY):
        tasks = Task.objects.filter(kind=matter.kind, state=TaskState.OPEN)
        asked = {int(pk) for pk in tasks.values_list("subject_pk", flat=True).order_by()}
    done = asked - _still_due(matter, asked, today) if asked else set()
    return sum(len(_close(matter, one, None, now)) for one in _organizations(done).values())


def settle(matter: Matter, organization: PartyOrganization, *, actor: Actor | None, now: datetime) -> list[Task]:
    """Close the task of an organisation when nothing of its matter is due there any more."""
    if _still_due(matter, [organization.pk], localdate(now)):
        return []
    return _close(matter, organization, actor, now)


def _close(matter: Matter, organization: PartyOrganization, actor: Actor | None, now: datetime) -> list[Task]:
    return close_for_subject(organization, kinds=(matter.kind,), evidence="已办理并登记。", actor=actor, now=now)
