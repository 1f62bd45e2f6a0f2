"""A census in the demonstration: most units have reported, the committee and the city with accounts are at it."""

from dataclasses import replace
from datetime import timedelta

from partybuilding.census.enums import CHECK_TASK, Aspect, RowState
from partybuilding.census.models import CensusDifference, CensusProblem, CensusRow, CensusUnit, ProblemKind
from partybuilding.census.rules import Standing, differences
from partybuilding.census.services import open_census
from partybuilding.closing.enums import UnitState
from partybuilding.closing.urging import log_call
from partybuilding.tasks import prepare_census
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, World
from portal.jobs.models import Job
from portal.notices.enums import CallResult, TaskState
from portal.notices.models import Task

WHY = "the demonstration does what committees and cities did"
CITY = "430100"
# How many associations the committee and the city with accounts have checked so far.
BEGUN = 7
NOTES = {
    Aspect.RELATION: "查阅组织关系介绍信后核实。",
    Aspect.WORKING: "与秘书处逐人核对。",
    Aspect.INSTRUCTOR: "电话向协会秘书处核实。",
    Aspect.STATUS: "实地走访，会址无人办公。",
    Aspect.OURS: "行业管理调整后由其他党委负责。",
}
SUMMARY = "党员流动大，人数登记不及时，个别党组织活动不正常。逐人核对组织关系，选派指导员，限期整顿。"


def make_census(world: World, actor: Actor) -> None:
    """Deployed three weeks ago over the figures of the end of last month."""
    at = world.now - timedelta(days=20)
    month_end = at.date().replace(day=1) - timedelta(days=1)
    census = open_census(
        title=f"{at.year}年社会组织党建工作摸底调查",
        number=f"湘社工〔{at.year}〕18号",
        request_text="逐家核对登记状态、党组织、指导员和党员人数，摸清底数、找准症结。联系不上的须实地走访。",
        as_of=month_end,
        due_on=world.today + timedelta(days=3),
        actor=actor,
        now=at,
    )
    rows = Job.objects.unscoped(WHY).filter(task="partybuilding.prepare_census", subject_pk=str(census.pk))
    prepare_census(rows.values_list("pk", flat=True)[0])
    kinds = {kind.code: kind for kind in ProblemKind.objects.filter(is_active=True)}
    own = {f"d{world.committees[DEMONSTRATION_COMMITTEE].pk}", f"r{CITY}"}
    units = list(scoped(CensusUnit, actor).filter(census=census).order_by("pk"))
    waiting = {unit.pk for unit in units[::7] if unit.key not in own}
    _report(world, actor, [unit for unit in units if unit.pk not in waiting], own, kinds)
    log_call(
        units[0],
        result=CallResult.PROMISED,
        promised_on=world.today,
        note="正在走访，走访后报送。",
        actor=actor,
        now=world.now,
    )


def _found(row: CensusRow) -> Standing:
    """What differs: one association in nine, in turn another aspect."""
    one = row.registered
    match row.pk % 45:
        case 3 | 30:
            return replace(one, relation_count=(one.relation_count or 0) + 2)
        case 12:
            return replace(one, working_count=(one.working_count or 0) + 1)
        case 21:
            return replace(one, has_instructor=not one.has_instructor)
        case 39:
            return replace(one, status="suspended")
    return one


def _troubles(row: CensusRow, found: Standing) -> list[str]:
    """Which problems it has."""
    if found.status != row.registered.status:
        return ["lost"]
    members = max(found.relation_count or 0, found.working_count or 0)
    wanted = []
    if found.relation_count is None and found.working_count is None:
        wanted.append("members_unclear")
    if members >= 3 and found.cover != "own":
        wanted.append("should_found")
    if row.pk % 11 == 0:
        wanted.append("role_weak" if found.cover != "none" else "instructor_absent")
    return wanted


def _report(world: World, actor: Actor, units: list[CensusUnit], own: set[str], kinds: dict[str, ProblemKind]) -> None:
    """What committees and cities did, past the service: they have no accounts here, or have only begun."""
    at = world.now - timedelta(days=5)
    differing, problems, rows = [], [], []
    begun: dict[int, int] = {}
    for row in scoped(CensusRow, actor).filter(unit__in=units).select_related("unit").order_by("name", "pk"):
        begun[row.unit_id] = begun.get(row.unit_id, 0) + 1
        if row.unit.key in own and begun[row.unit_id] > BEGUN:
            continue
        found = _found(row)
        parted = differences(row.registered, found)
        row.state = RowState.DIFFERS if parted else RowState.AGREES
        row.note = NOTES[parted[0].aspect] if parted else ""
        row.checked_at, row.checked_label = at, row.unit.label[:200]
        rows.append(row)
        differing += [
            CensusDifference(row=row, aspect=one.aspect, registered=one.registered, found=one.found) for one in parted
        ]
        problems += [CensusProblem(row=row, kind=kinds[code]) for code in _troubles(row, found) if code in kinds]
    CensusRow.objects.unscoped(WHY).bulk_update(rows, ("state", "note", "checked_at", "checked_label"), batch_size=500)
    CensusDifference.objects.bulk_create(differing, batch_size=1000)
    CensusProblem.objects.bulk_create(problems, batch_size=1000)
    done = [unit for unit in units if unit.key not in own]
    for unit in done:
        unit.state, unit.summary = UnitState.CONFIRMED, SUMMARY
        unit.confirmed_at, unit.confirmed_by_id, unit.confirmed_label = at, actor.user_id, unit.label
    names = ("state", "summary", "confirmed_at", "confirmed_by", "confirmed_label")
    CensusUnit.objects.unscoped(WHY).bulk_update(done, names, batch_size=200)
    laid = Task.objects.unscoped(WHY).filter(
        kind=CHECK_TASK, subject_model=CensusUnit._meta.label, subject_pk__in=[str(unit.pk) for unit in done]
    )
    laid.update(state=TaskState.CLOSED, closed_at=at, closed_by=actor.user_id, evidence="已确认报送。", version=2)
