"""Foundings: plans, deferrals, and organisers of the information pool. Dice of their own, so that the others fall as
ever."""

from datetime import timedelta
from random import Random

from associations.registry.models import Association, Department
from partybuilding.coverage.enums import InstructorKind, Measure
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.coverage.selectors import measured
from partybuilding.establishment.enums import Ground, PlanKind
from partybuilding.establishment.models import EstablishmentPlan
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, SEED, World, insert, words
from portal.importing.normalise import name_key
from portal.people.models import Person

GROUNDS = {
    Ground.DORMANT: "已停止活动，正在商议注销。",
    Ground.DEREGISTERING: "已提出注销申请，待登记管理机关办理。",
    Ground.MEMBERS_LEAVING: "两名党员的组织关系年内转往原单位。",
    Ground.OTHER: "正在换届，换届完成后组建。",
}


def make_establishment(world: World) -> None:
    """What was decided about those that should have an organisation, and who prepares the others."""
    dice = Random(SEED + 3)  # noqa: S311  invented data, nothing secret
    plans: list[EstablishmentPlan] = []
    waiting = measured(Association.objects.all(), Measure.SHOULD_NOT_BUILT, as_of=world.today).order_by("pk")
    own = world.committees[DEMONSTRATION_COMMITTEE]
    for association in waiting:
        committee, lot = world.committee_of.get(association.uscc), dice.random()
        starts_on = world.today - timedelta(days=dice.randint(10, 200))
        if lot < 0.12 and committee is not own:
            ground = dice.choice(list(GROUNDS))
            due_on = world.today + timedelta(days=dice.randint(30, 300))
            plans.append(
                EstablishmentPlan(
                    association=association,
                    kind=PlanKind.DEFERRAL,
                    starts_on=starts_on,
                    due_on=due_on,
                    ends_on=due_on,
                    committee=committee,
                    document_number=f"湘社组党〔{starts_on.year}〕{dice.randint(100, 199)}号",
                    ground=ground,
                    reason=GROUNDS[ground],
                )
            )
        elif lot < 0.5:
            plans.append(
                EstablishmentPlan(
                    association=association,
                    kind=PlanKind.FOUNDING,
                    starts_on=starts_on,
                    # Some days are past already.
                    due_on=max(starts_on, world.today + timedelta(days=dice.randint(-40, 180))),
                    committee=committee,
                    responsible=dice.choice(["党委组织处处长", "党委专职副书记", "社会组织科科长"]),
                )
            )
    insert(EstablishmentPlan, plans)
    _organisers(world, dice)


def _organisers(world: World, dice: Random) -> None:
    """One 党建组织员 for the associations of a committee, for some of them."""
    by_committee: dict[int, tuple[Department, list[Association]]] = {}
    for association in measured(Association.objects.all(), Measure.INFO_POOL, as_of=world.today).order_by("pk"):
        committee = world.committee_of.get(association.uscc)
        if committee is not None and dice.random() < 0.6:
            by_committee.setdefault(committee.pk, (committee, []))[1].append(association)
    people: list[Person] = []
    organisers: list[Instructor] = []
    assignments: list[InstructorAssignment] = []
    for committee, looked_after in by_committee.values():
        name = dice.choice(words()["surnames"]) + dice.choice(words()["given"])
        people.append(Person(id=world.person_key(), name=name, name_key=name_key(name)))
        organisers.append(Instructor(person=people[-1], kind=InstructorKind.ORGANISER, department=committee))
        assignments += [
            InstructorAssignment(
                instructor=organisers[-1],
                association=association,
                starts_on=world.today - timedelta(days=dice.randint(5, 120)),
            )
            for association in looked_after
        ]
    insert(Person, people)
    insert(Instructor, organisers)
    insert(InstructorAssignment, assignments)
