"""The monthly close in the demonstration: last month is signed, this month has changes of every reason and is being
confirmed. The committee and the city with demonstration accounts have not confirmed yet."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from pypdf import PdfWriter

from associations.registry.enums import AssignmentRole, AssociationStatus
from associations.registry.models import Association
from associations.registry.services import assign_department, change_association
from partybuilding.closing.enums import CONFIRM_TASK, How, UnitState
from partybuilding.closing.models import Close, CloseUnit
from partybuilding.closing.reports import KEY
from partybuilding.closing.rules import month_before, month_of
from partybuilding.closing.selectors import kept_rows, live_rows, opening_edition, standings
from partybuilding.closing.services import correct, open_close
from partybuilding.closing.urging import log_call
from partybuilding.coverage.enums import InstructorKind
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.coverage.selectors import coverage_rules
from partybuilding.coverage.services import assign_instructor, committee_of, end_instructor_assignment
from partybuilding.organizations.enums import Cover, EstablishmentMode, GroupKind, OrganizationKind
from partybuilding.organizations.group_services import end_group, record_group
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization
from partybuilding.organizations.services import dissolve_party_organization, record_party_organization
from partybuilding.tasks import prepare_close
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.files.services import store
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, World
from portal.jobs.models import Job
from portal.notices.enums import CallResult, TaskState
from portal.notices.models import Task
from portal.reporting.models import ReportRun
from portal.reporting.schedules import create_schedule
from portal.reporting.services import lock_run, new_version, request_run, send_run
from portal.reporting.tasks import build_run
from supervision.inspections.models import Inspection

WHY = "the demonstration does the background work at once"
CITY = "430100"


def make_closes(world: World, actor: Actor, base_url: str) -> None:
    """Sign last month, let things happen this month, and open its close."""
    last = month_before(world.today)
    month_ago = min(world.now, world.now.replace(day=1, hour=8))
    create_schedule(KEY, day_of_month=1, hour=8, params={}, actor=actor, now=world.now)
    picks = _Picks(world, actor, last)
    union = _old_union(picks, world, actor)
    before = _open(month_of(last), actor, month_ago)
    late = [_most_changed(before, actor), *_units(before, actor)[-2:]]
    _confirm(before, actor, month_ago, keep=frozenset(late))
    first = _build(request_run(KEY, params={}, as_of=before.as_of, actor=actor, now=month_ago))
    _confirm(before, actor, month_ago, keep=frozenset(_units(before, actor)) - frozenset(late))
    second = _build(new_version(first, actor=actor, now=month_ago + timedelta(minutes=10)))
    _sign(second, actor, month_ago, base_url)
    day = max(world.today.replace(day=1), world.today - timedelta(days=4))
    known_late = _happen(picks, world, actor, day, union)
    close = _open(month_of(world.today), actor, world.now)
    file = store(paper(), name="更正说明.pdf", kind="correction", actor=actor, now=world.now)
    correct(
        close,
        [known_late],
        number=f"湘社工函〔{world.today.year}〕31号",
        text="指导员上月以前已经到位，登记迟报，据此更正。",
        file=file,
        actor=actor,
        now=world.now,
    )
    committee = world.committees[DEMONSTRATION_COMMITTEE].pk
    waiting = {f"d{committee}", f"r{CITY}", *_units(close, actor)[::5]}
    _confirm(close, actor, world.now, keep=frozenset(waiting))
    _called(close, world, actor)


def paper() -> bytes:
    """A page as an office scans it."""
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(content)
    return content.getvalue()


def _open(month: str, actor: Actor, at: datetime) -> Close:
    close = open_close(month, actor=actor, now=at)
    prepare_close(_job("partybuilding.prepare_close", close.pk))
    found: Close = scoped(Close, actor).get(pk=close.pk)
    return found


def _job(task: str, pk: int) -> int:
    rows = Job.objects.unscoped(WHY).filter(task=task, subject_pk=str(pk)).order_by("-pk")
    return int(rows.values_list("pk", flat=True)[0])


def _confirm(close: Close, actor: Actor, at: datetime, *, keep: frozenset[str]) -> None:
    """What committees and cities did, past the service: they have no accounts here."""
    opening = kept_rows(opening_edition(close))
    found = standings(opening, live_rows(actor, close.as_of, coverage_rules(close.as_of)))
    changed = []
    for unit in scoped(CloseUnit, actor).filter(close=close).exclude(key__in=keep):
        one = found[unit.key]
        unit.state = UnitState.CONFIRMED
        unit.how = How.CHECKED if one.changed_count else How.UNCHANGED
        unit.change_count, unit.fingerprint = one.changed_count, one.fingerprint
        unit.confirmed_at, unit.confirmed_by_id, unit.confirmed_label = at, actor.user_id, unit.label
        changed.append(unit)
    names = ("state", "how", "change_count", "fingerprint", "confirmed_at", "confirmed_by", "confirmed_label")
    CloseUnit.objects.unscoped(WHY).bulk_update(changed, names, batch_size=200)
    laid = Task.objects.unscoped(WHY).filter(
        kind=CONFIRM_TASK, subject_model=CloseUnit._meta.label, subject_pk__in=[str(unit.pk) for unit in changed]
    )
    laid.update(state=TaskState.CLOSED, closed_at=at, closed_by=actor.user_id, evidence="已确认。", version=2)


def _called(close: Close, world: World, actor: Actor) -> None:
    """Some units have a telephone; one has promised to confirm."""
    units = list(scoped(CloseUnit, actor).filter(close=close).exclude(state=UnitState.CONFIRMED).order_by("pk"))
    for number, unit in enumerate(units[:4]):
        unit.contact_post, unit.contact_phone = "党建工作处联络员", f"0731-8450{2000 + number}"
    CloseUnit.objects.unscoped(WHY).bulk_update(units[:4], ("contact_post", "contact_phone"))
    log_call(
        units[0],
        result=CallResult.PROMISED,
        promised_on=world.today,
        note="负责人出差，返回后确认。",
        actor=actor,
        now=world.now,
    )


def _most_changed(close: Close, actor: Actor) -> str:
    """The unit whose list differs most from the month before."""
    opening = kept_rows(opening_edition(close))
    found = standings(opening, live_rows(actor, close.as_of, coverage_rules(close.as_of)))
    return max(sorted(found), key=lambda key: found[key].changed_count)


def _units(close: Close, actor: Actor) -> list[str]:
    """The units of a close by key, in the order in which they were made."""
    return list(scoped(CloseUnit, actor).filter(close=close).order_by("pk").values_list("key", flat=True))


def _build(run: ReportRun) -> ReportRun:
    build_run(_job("reporting.build_run", run.pk))
    built: ReportRun = ReportRun.objects.unscoped(WHY).get(pk=run.pk)
    return built


def _sign(run: ReportRun, actor: Actor, at: datetime, base_url: str) -> None:
    """Sent for review and signed."""
    sent = send_run(run, actor=actor, version=run.version, now=at + timedelta(minutes=20))
    lock_run(sent, actor=actor, version=sent.version, base_url=base_url, now=at + timedelta(minutes=40))


# What happens in the month


class _Picks:
    """Associations of committees without accounts, each taken for one thing only."""

    def __init__(self, world: World, actor: Actor, day: date) -> None:
        demonstration = f"d{world.committees[DEMONSTRATION_COMMITTEE].pk}"
        rows = live_rows(actor, day, coverage_rules(day))
        filing = set(scoped(Inspection, actor).values_list("association", flat=True))
        self.actor, self.taken = actor, set[int]()
        # What has changed since by itself is left alone: every change of the month has one reason.
        today = live_rows(actor, world.today, coverage_rules(world.today))
        self.rows = [
            row
            for row in rows.values()
            if row.kept.unit.startswith("d")
            and row.kept.unit != demonstration
            and row.pk in today
            and today[row.pk].kept.facts == row.kept.facts
        ]
        self.rows.sort(key=lambda row: (row.pk in filing, row.pk))

    def take(self, cover: str, *, instructor: bool = False, only: Collection[int] | None = None) -> Association:
        """The first one with these facts that nothing has happened to."""
        for row in self.rows:
            facts = row.kept.facts
            fits = facts.cover == cover and facts.has_instructor == instructor and not facts.has_group
            if fits and row.pk not in self.taken and (only is None or row.pk in only):
                self.taken.add(row.pk)
                found: Association = scoped(Association, self.actor).get(pk=row.pk)
                return found
        raise LookupError(f"the demonstration has no association with {cover}, instructor {instructor}")


def _old_union(picks: _Picks, world: World, actor: Actor) -> GroupOrganization:
    """A trade union that has existed for years; it ends this month."""
    association = picks.take(Cover.NONE)
    name = f"{association.name}工会委员会"
    since = max(association.established_on or date(2020, 1, 1), date(2020, 1, 1))
    known_at = world.now - min(timedelta(days=90), world.today - since)
    return record_group(association, kind=GroupKind.UNION, name=name, starts_on=since, actor=actor, now=known_at)


def _happen(picks: _Picks, world: World, actor: Actor, day: date, union: GroupOrganization) -> Association:
    """One change of every reason on a day of this month; returns the association whose change became known late."""
    given: Any = {"actor": actor, "now": world.now}
    _founded(picks.take(Cover.NONE), world, day, given)
    _founded(picks.take(Cover.SHARED), world, day, given)
    _dissolved(picks, actor, day, given)
    instructors = scoped(Instructor, actor).filter(is_active=True, kind=InstructorKind.INSTRUCTOR).order_by("pk")
    helped, late = picks.take(Cover.NONE), picks.take(Cover.NONE)
    before = month_before(world.today) - timedelta(days=9)
    for association, since in ((helped, day), (late, before)):
        assign_instructor(association, instructors[0], starts_on=since, ends_on=None, due_on=None, **given)
    guided = scoped(InstructorAssignment, actor).filter(ends_on=None).order_by("pk")
    ended = picks.take(Cover.NONE, instructor=True, only=set(guided.values_list("association", flat=True)))
    for row in guided.filter(association=ended):
        end_instructor_assignment(row, ends_on=day, **given)
    newest = picks.take(Cover.NONE)
    record_group(newest, kind=GroupKind.UNION, name=f"{newest.name}工会委员会", starts_on=day, **given)
    end_group(union, ends_on=day, **given)
    _moved(picks.take(Cover.OWN), world, day, given)
    gone = picks.take(Cover.NONE)
    change_association(gone, version=gone.version, status=AssociationStatus.DEREGISTERED, status_on=day, **given)
    preparing = scoped(Association, actor).filter(status=AssociationStatus.PREPARING).order_by("pk")[0]
    change_association(
        preparing,
        version=preparing.version,
        status=AssociationStatus.ACTIVE,
        status_on=None,
        established_on=day,
        **given,
    )
    return late


def _founded(association: Association, world: World, day: date, given: Any) -> None:
    """An own branch; where a joint one covered the association, that cover ends the day before."""
    committee = committee_of(association, day)
    if committee is None:
        raise LookupError(f"{association} has no committee")
    record_party_organization(
        name=f"中共{association.name}支部委员会",
        kind=OrganizationKind.BRANCH,
        establishment_mode=EstablishmentMode.INDIVIDUAL,
        committee=committee,
        associations=[association],
        approval_number=f"湘社组党〔{day.year}〕{100 + association.pk % 90}号",
        established_on=day,
        full_member_count=3,
        **given,
    )


def _dissolved(picks: _Picks, actor: Actor, day: date, given: Any) -> None:
    alone = scoped(CoveredAssociation, actor).filter(
        ends_on=None, organization__parent=None, organization__children=None, organization__dissolved_on=None
    )
    association = picks.take(Cover.OWN, only=set(alone.values_list("association", flat=True)))
    organization = alone.select_related("organization").filter(association=association)[0].organization
    dissolve_party_organization(
        organization,
        dissolved_on=day,
        approval_number=f"湘社组党〔{day.year}〕77号",
        reason="党员转出后不足三名。",
        version=organization.version,
        **given,
    )


def _moved(association: Association, world: World, day: date, given: Any) -> None:
    """Another committee answers from a day on."""
    held = committee_of(association, day)
    others = [one for one in world.committees.values() if held is None or one.pk != held.pk]
    assign_department(
        association,
        role=AssignmentRole.PARTY_COMMITTEE,
        department=next(one for one in others if one.code != DEMONSTRATION_COMMITTEE),
        starts_on=day,
        version=association.version,
        **given,
    )
