"""What has already happened in the demonstration, done through the services: tasks, last month's report, a schedule."""

import os
from datetime import datetime, timedelta

from associations.checklists.models import Checklist
from associations.checklists.rules import open_steps
from associations.checklists.selectors import step_views, with_steps
from associations.checklists.services import close_checklist, open_new_registrations
from associations.registry.models import Association
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.keeping import keep_whole
from partybuilding.coverage.models import Instructor
from partybuilding.coverage.reports import KEY
from partybuilding.coverage.selectors import measured
from partybuilding.coverage.services import assign_instructor, committee_of, create_instructor
from partybuilding.embedding.enums import Stage
from partybuilding.embedding.services import record_check
from partybuilding.organizations.enums import EstablishmentMode, OrganizationKind
from partybuilding.organizations.services import record_party_organization
from portal.access.actor import Actor, acting_as
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.home.demonstration.categories import make_categories
from portal.home.demonstration.censuses import make_census
from portal.home.demonstration.closes import make_closes
from portal.home.demonstration.commissions import hold_conference
from portal.home.demonstration.evaluations import make_evaluations
from portal.home.demonstration.library import make_library
from portal.home.demonstration.partymembers import do_member_acts
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, World
from portal.jobs.models import Job
from portal.memberships.models import Membership
from portal.memberships.selectors import RELATED, actor_of
from portal.reporting.models import ReportRun
from portal.reporting.schedules import create_schedule
from portal.reporting.services import lock_run, request_run
from portal.reporting.tasks import build_run

# Days since the task was laid, days from then until it is due: one overdue, one with time for the committee that has a
# demonstration account; one due soon and one settled for others.
OWN_TASKS = ((40, 30), (5, 30))
OTHER_TASKS = ((20, 25), (30, 28))
SETTLED = OTHER_TASKS[-1]
# Links in the documents lead to where the demonstration is started.
BASE_URL = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"


def make_history(world: World) -> None:
    """Act as the department's administrator did over the last weeks."""
    membership = Membership.objects.select_related(*RELATED).get(role=Role.DEPARTMENT_ADMIN)
    actor = actor_of(membership)
    with acting_as(actor):
        _lay_tasks(world, actor)
        _hand_over(world, actor)
        _look(world, actor)
        _sign_report(world, actor)
        create_schedule(KEY, day_of_month=1, hour=7, params={}, actor=actor, now=world.now)
        make_closes(world, actor, BASE_URL)
        make_census(world, actor)
        make_evaluations(world, actor)
        make_categories(world, actor)
        make_library(world, actor)
        hold_conference(world, actor)
        do_member_acts(world, actor)
    keep_whole(world.today)


def _lay_tasks(world: World, actor: Actor) -> None:
    """Associations that should establish an organisation get an instructor and a date; one has established it since."""
    waiting = measured(scoped(Association, actor), Measure.SHOULD_NOT_BUILT, as_of=world.today)
    waiting = waiting.filter(registration_level="province").order_by("pk")
    own: list[Association] = []
    others: list[Association] = []
    for association in waiting:
        committee = committee_of(association, world.today - timedelta(days=60))
        if committee is not None:
            is_own = committee.pk == world.committees[DEMONSTRATION_COMMITTEE].pk
            (own if is_own else others).append(association)
    laid = [*zip(own, OWN_TASKS, strict=False), *zip(others, OTHER_TASKS, strict=False)]
    for association, (ago, period) in laid:
        at = world.now - timedelta(days=ago)
        committee = committee_of(association, at.date())
        instructor = _instructor(world, actor, association, at)
        assign_instructor(
            association,
            instructor,
            starts_on=at.date(),
            ends_on=None,
            due_on=at.date() + timedelta(days=period),
            actor=actor,
            now=at,
        )
        if committee and (ago, period) == SETTLED:
            founded = world.today - timedelta(days=3)
            record_party_organization(
                name=f"中共{association.name}支部委员会",
                kind=OrganizationKind.BRANCH,
                establishment_mode=EstablishmentMode.INDIVIDUAL,
                committee=committee,
                associations=[association],
                approval_number=f"湘社组党〔{founded.year}〕98号",
                established_on=founded,
                full_member_count=world.member_counts[association.uscc],
                actor=actor,
                now=world.now - timedelta(days=2),
            )


def _hand_over(world: World, actor: Actor) -> None:
    """New registrations have their checklists; one is settled, because the records answer every step."""
    open_new_registrations(world.now)
    for checklist in with_steps(scoped(Checklist, actor), actor).order_by("pk"):
        steps = step_views([checklist], world.today)[checklist.pk]
        if not open_steps(steps):
            close_checklist(checklist, actor=actor, now=world.now, version=checklist.version)
            return


def _look(world: World, actor: Actor) -> None:
    """A few of the five checks as they were recorded over the last weeks."""
    some = scoped(Association, actor).filter(status="active", registration_level="province").order_by("pk")[:10]
    for at, association in enumerate(some):
        stage = list(Stage)[at % len(Stage)]
        looked = {"role_effect": "sound", "member_education": "sound"} if stage == Stage.ELECTION else {}
        record_check(
            association,
            stage=stage,
            level=("5A", "4A")[at // len(Stage)] if stage == Stage.EVALUATION else "",
            checked_on=world.today - timedelta(days=3 * at + 1),
            note="已向申报单位反馈，按要求补充说明。" if stage == Stage.EVALUATION else "",
            actor=actor,
            now=world.now,
            **looked,
        )


def _instructor(world: World, actor: Actor, association: Association, at: datetime) -> Instructor:
    committee = committee_of(association, at.date())
    taken = scoped(Instructor, actor).filter(department=committee).exclude(assignments__association=association)
    name = f"{world.dice.choice('陈李王张刘周黄杨')}联络员"
    return taken.order_by("pk").first() or create_instructor(name=name, department=committee, actor=actor, now=at)


def _sign_report(world: World, actor: Actor) -> None:
    """The report of the end of last month, signed on the first days of this one."""
    month_end = world.today.replace(day=1) - timedelta(days=1)
    at = min(world.now, world.now.replace(day=2, hour=9))
    request_run(KEY, params={}, as_of=month_end, actor=actor, now=at)
    build_run(Job.objects.unscoped("the only job of an empty portal").get(task="reporting.build_run").pk)
    run = ReportRun.objects.unscoped("the only run of an empty portal").get()
    lock_run(run, actor=actor, version=run.version, base_url=BASE_URL, now=at + timedelta(minutes=30))
