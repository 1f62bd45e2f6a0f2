"""Every write of terms: a valid election begins one, an approved extension lets one run on; the reminders of a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.services import checked, refuse_future, require_role, within_scope
from partybuilding.members.enums import PartyPost
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.members.services import appoint_secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.rules import Finding
from partybuilding.organizations.selectors import existing_on, may_manage
from partybuilding.organizations.services import RECORDERS, Recorded
from partybuilding.terms.models import PartyElection, TermExtension
from partybuilding.terms.rules import (
    ElectionFacts,
    election_findings,
    election_problem,
    extension_problem,
    is_early,
    is_reminder_day,
)
from partybuilding.terms.selectors import (
    EVERY,
    REMIND,
    attach_terms,
    day_key,
    election_rules,
    present_term,
    remind_days,
    term_rules,
    with_terms,
)
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.importing.sources import by_hand
from portal.jobs.daily import request_daily
from portal.jobs.runner import JobContext
from portal.notices import reminding
from portal.notices.selectors import people_at
from portal.notices.services import NewTask, close_for_subject, open_many, tell_each
from portal.regulations.selectors import value
from portal.workflow.services import update_versioned

TERM_TASK = "party_term"
WHY = "reminders go to every committee whose organisations are due"


def _check(organization: PartyOrganization, actor: Actor, what: str) -> None:
    require_role(actor, RECORDERS, what)
    within_scope(organization, actor, "党组织")
    decision = may_manage(actor, organization.committee, f"「{organization}」")
    if not decision:
        raise Refused("organization.foreign", decision.reason)
    if organization.dissolved_on is not None:
        raise Refused(
            "organization.dissolved", f"「{organization}」已于{organization.dissolved_on.isoformat()}撤销，不能{what}。"
        )


def record_election(
    organization: PartyOrganization,
    *,
    held_on: date,
    method: str,
    eligible_count: int,
    present_count: int,
    seat_count: int,
    candidate_count: int,
    elected_count: int,
    least_votes: int,
    approval_number: str,
    actor: Actor,
    now: datetime,
    version: int,
    early_approval_number: str = "",
    posts: Iterable[tuple[str, str]] = (),
    secretary_origin: str = "",
) -> Recorded:
    """Record a valid election and the term it begins; `posts` (name, post) go onto the roster where the names stand.

    Raises `Refused` with the rule for an election that R-071 or R-075 does not let stand, for an early one without
    the superior committee's approval, and for a day before the present term; `Conflict` on a stale version.
    """
    _check(organization, actor, "登记换届选举")
    refuse_future(held_on, now, "选举日期")
    elected = list(posts)
    facts = ElectionFacts(
        kind=organization.kind,
        method=method,
        eligible_count=eligible_count,
        present_count=present_count,
        seat_count=seat_count,
        candidate_count=candidate_count,
        elected_count=elected_count,
        least_votes=least_votes,
    )
    rules = election_rules(held_on)
    problem = election_problem(facts, rules)
    if problem is not None:
        raise Refused(problem.code, problem.text)
    if len(elected) > elected_count:
        raise Refused(
            "election.posts", f"当选人数填的是{elected_count}，名单上有{len(elected)}人。请核对当选人数或名单。"
        )
    election = PartyElection(
        organization=organization,
        held_on=held_on,
        method=method,
        eligible_count=eligible_count,
        present_count=present_count,
        seat_count=seat_count,
        candidate_count=candidate_count,
        elected_count=elected_count,
        least_votes=least_votes,
        approval_number=approval_number.strip(),
        early_approval_number=early_approval_number.strip(),
    )
    findings = election_findings(facts, organization.full_member_count, rules)
    with transaction.atomic():
        before = organization.term_started_on
        findings += _check_day(organization, election)
        changes = {"term_started_on": held_on}
        update_versioned(
            organization,
            version=version,
            changes=changes | by_hand(organization, changes) | {"updated_at": now},
        )
        checked(election).save()
        record(
            "party_terms.election",
            actor=actor,
            subject=organization,
            before={"term_started_on": before},
            after=_facts(election),
            now=now,
        )
        findings += _seat(organization, elected, held_on, secretary_origin, actor, now)
        evidence = f"{held_on.isoformat()}已换届，批复文号{election.approval_number}。"
        close_for_subject(organization, kinds=(TERM_TASK,), evidence=evidence, actor=actor, now=now)
    return Recorded(organization, findings)


def _check_day(organization: PartyOrganization, election: PartyElection) -> list[Finding]:
    """Whether the day fits the organisation and its present term; remarks on a late one."""
    held_on, started = election.held_on, organization.term_started_on
    if organization.established_on is not None and held_on < organization.established_on:
        raise Refused(
            "election.day",
            f"选举日期{held_on.isoformat()}早于党组织成立日期{organization.established_on.isoformat()}。请核对日期。",
        )
    if started is not None and held_on < started:
        raise Refused(
            "election.day", f"本届自{started.isoformat()}起任期，选举日期{held_on.isoformat()}更早。请核对日期。"
        )
    rules = term_rules(held_on)
    term = present_term(organization, rules) if held_on != started else None
    if is_early(held_on, term, rules) and not election.early_approval_number:
        assert term is not None  # noqa: S101  only a term can be early
        raise Refused(
            "election.early",
            f"本届应于{term.regular_end.isoformat()}届满，{held_on.isoformat()}换届属于提前换届，须经上级党委批准。"
            "请填写提前换届批准文号。",
        )
    if term is not None and term.due_on < held_on:
        late = (held_on - term.due_on).days
        text = f"本届应于{term.due_on.isoformat()}届满，逾期{late}日换届，没有延期批准记录。"
        return [Finding("R-075", "warn", text)]
    return []


def _seat(
    organization: PartyOrganization,
    elected: list[tuple[str, str]],
    held_on: date,
    origin: str,
    actor: Actor,
    now: datetime,
) -> list[Finding]:
    """The secretary is appointed; posts go onto the roster, and those of the old committee leave it."""
    if not elected:
        return []
    with everything("the roster and the secretary of one organisation"):
        roster = list(PartyMember.objects.filter(organization=organization, ends_on=None).select_related("person"))
        holder = Secretary.objects.filter(organization=organization, ends_on=None).select_related("person").first()
    names = {name_key(name): post for name, post in elected}
    secretary = next((name for name, post in elected if post == PartyPost.SECRETARY), "")
    if secretary and (holder is None or holder.person.name_key != name_key(secretary)):
        appoint_secretary(
            organization,
            name=secretary,
            origin=origin,
            starts_on=held_on,
            actor=actor,
            now=now,
            version=organization.version,
        )
    by_name: dict[str, list[PartyMember]] = defaultdict(list)
    for member in roster:
        by_name[member.person.name_key].append(member)
    for member in roster:
        key = member.person.name_key
        post = names.get(key, "") if len(by_name[key]) == 1 else member.party_post
        if post != member.party_post:
            _give(member, post, actor, now)
    if not roster:
        return []
    missing = [name for name, _post in elected if len(by_name[name_key(name)]) != 1]
    if not missing:
        return []
    text = f"名册上没有或有同名的：{'、'.join(missing)}。党内职务没有写入名册，请在党员名册中核对。"
    return [Finding("R-071", "warn", text)]


def _give(member: PartyMember, post: str, actor: Actor, now: datetime) -> None:
    before = member.party_post
    changes = {"party_post": post}
    update_versioned(
        member, version=member.version, changes=changes | by_hand(member, ["party_post"]) | {"updated_at": now}
    )
    record(
        "party_members.correct",
        actor=actor,
        subject=member,
        before={"party_post": before},
        after=changes,
        reason="换届选举",
        now=now,
    )


def extend_term(
    organization: PartyOrganization,
    *,
    until_on: date,
    approved_on: date,
    approval_number: str,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> TermExtension:
    """Record that the superior committee let the present term run on; a year in all (R-075)."""
    _check(organization, actor, "登记任期延期")
    refuse_future(approved_on, now, "批准日期")
    with transaction.atomic():
        update_versioned(organization, version=version, changes={"updated_at": now})
        rules = term_rules(localdate(now))
        term, started = present_term(organization, rules), organization.term_started_on
        if term is None or started is None:
            raise Refused(
                "term.unknown", f"「{organization}」没有登记本届起始日期，或者不设任期，不能延期。请先登记换届选举。"
            )
        if approved_on < started:
            raise Refused(
                "term.dates", f"批准日期{approved_on.isoformat()}早于本届起始日期{started.isoformat()}。请核对日期。"
            )
        problem = extension_problem(until_on, term, rules)
        if problem:
            raise Refused("term.extension", problem)
        extension = TermExtension(
            organization=organization,
            term_started_on=started,
            until_on=until_on,
            approved_on=approved_on,
            approval_number=approval_number.strip(),
            reason=reason.strip(),
        )
        checked(extension).save()
        after = {
            "until_on": until_on,
            "approved_on": approved_on,
            "approval_number": extension.approval_number,
        }
        before = {"until_on": term.due_on}
        record(
            "party_terms.extend",
            actor=actor,
            subject=organization,
            before=before,
            after=after,
            reason=extension.reason,
            now=now,
        )
        evidence = f"经批准延期至{until_on.isoformat()}，文号{extension.approval_number}。"
        close_for_subject(organization, kinds=(TERM_TASK,), evidence=evidence, actor=actor, now=now)
    return extension


def _facts(election: PartyElection) -> dict[str, Any]:
    names = (
        *("held_on", "eligible_count", "present_count", "seat_count", "candidate_count", "elected_count"),
        *("least_votes", "approval_number", "early_approval_number"),
    )
    return {"method": str(election.get_method_display())} | {name: getattr(election, name) for name in names}


# Reminders


def request_reminders(now: datetime) -> int:
    """The tick: from eight in the morning one job a day. Returns how many."""
    return int(request_daily("partybuilding.remind_terms", kind="term", label="任期届满提醒", now=now) is not None)


def remind_terms(context: JobContext) -> dict[str, Any]:
    """The job: tasks and messages together with its own end, so that a second run sends nothing twice."""
    with transaction.atomic():
        result = send_reminders(date.fromisoformat(context.job.parameters["on"]), now=context.now())
        context.complete(result)
    return result


def due_today(today: date) -> list[PartyOrganization]:
    """The organisations whose day of reminding it is, with their term; those without a committee are nobody's."""
    rules = term_rules(today)
    days, every = remind_days(value(REMIND, on=today)), int(value(EVERY, on=today))
    with everything(WHY):
        rows: Any = with_terms(PartyOrganization.objects.filter(existing_on(today), committee__isnull=False), rules)
        soon = day_key(today + timedelta(days=rules.due_days + 1))
        found = list(rows.filter(term_over__lte=soon).select_related("committee").order_by("pk"))
    attach_terms(found, today, rules)
    return [row for row in found if is_reminder_day(row.term.due_on, today, days, every)]  # type: ignore[attr-defined]


def send_reminders(today: date, *, now: datetime) -> dict[str, Any]:
    """A task a organisation on its committee's desk, and one message to each of the committee's people."""
    rows: list[Any] = due_today(today)
    opened = open_many(
        (
            NewTask(
                subject=row,
                title=f"「{row}」换届",
                url=_page(row),
                body=Scope("department", row.committee.pk, row.committee.name),
                due_on=row.term.due_on,
            )
            for row in rows
        ),
        kind=TERM_TASK,
        for_role=Role.PARTY_COMMITTEE,
        actor=None,
        now=now,
    )
    by_committee: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_committee[row.committee.pk].append(row)

    def words(keys: list[int]) -> tuple[str, str]:
        own = [row for key in keys for row in by_committee[key]]
        return _message(own, today), _page(own[0]) if len(own) == 1 else reverse("partybuilding:terms")

    people = people_at("department", by_committee.keys(), roles={Role.PARTY_COMMITTEE}, on=today)
    result = {"organizations": len(rows), "tasks": opened, "people": tell_each(people, words, now)}
    if rows:
        record("party_terms.remind", actor=None, subject_label="党组织任期", after=result, now=now)
    return result


def _message(rows: list[Any], today: date) -> str:
    first = rows[0]
    when = reminding.distance_text((today - first.term.due_on).days, first.term.due_on)
    more = f"等 {len(rows)} 个党组织" if len(rows) > 1 else ""
    return f"换届提醒：「{first}」{more}任期届满，{when}。请安排换届，需要延期的报上级党委批准。"


def _page(row: PartyOrganization) -> str:
    return reverse("partybuilding:organization", args=[row.pk]) + "?tab=term"
