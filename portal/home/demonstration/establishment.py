"""Foundings: plans, deferrals, and organisers of the information pool. Dice of their own, so that the others fall as
ever."""

from datetime import timedelta
from random import Random

from associations.registry.enums import AssignmentRole, Source
from associations.registry.models import Assignment, Association, Department, PartyMemberCount
from partybuilding.coverage.enums import InstructorKind, Measure
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.coverage.selectors import measured
from partybuilding.establishment.enums import Ground, PlanKind
from partybuilding.establishment.models import EstablishmentPlan
from portal.home.demonstration.codes import uscc
from portal.home.demonstration.departments import committee
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, HUNAN, SEED, World, insert, words
from portal.importing.normalise import name_key
from portal.people.models import Person
from portal.regions.models import Region

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
    for at, association in enumerate(waiting):
        body, lot = world.committee_of.get(association.uscc), dice.random()
        starts_on = world.today - timedelta(days=dice.randint(10, 200))
        if at % 8 == 3 and body is not own:
            ground = dice.choice(list(GROUNDS))
            due_on = world.today + timedelta(days=dice.randint(30, 300))
            plans.append(
                EstablishmentPlan(
                    association=association,
                    kind=PlanKind.DEFERRAL,
                    starts_on=starts_on,
                    due_on=due_on,
                    ends_on=due_on,
                    committee=body,
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
                    committee=body,
                    responsible=dice.choice(["党委组织处处长", "党委专职副书记", "社会组织科科长"]),
                )
            )
    insert(EstablishmentPlan, plans)
    _organisers(world, dice)


def _organisers(world: World, dice: Random) -> None:
    """One 党建组织员 for the associations of a committee, for some of them."""
    by_committee: dict[int, tuple[Department, list[Association]]] = {}
    for association in measured(Association.objects.all(), Measure.INFO_POOL, as_of=world.today).order_by("pk"):
        body = world.committee_of.get(association.uscc)
        if body is not None and dice.random() < 0.85:
            by_committee.setdefault(body.pk, (body, []))[1].append(association)
    people: list[Person] = []
    organisers: list[Instructor] = []
    assignments: list[InstructorAssignment] = []
    for body, looked_after in by_committee.values():
        name = dice.choice(words()["surnames"]) + dice.choice(words()["given"])
        people.append(Person(id=world.person_key(), name=name, name_key=name_key(name)))
        organisers.append(Instructor(person=people[-1], kind=InstructorKind.ORGANISER, department=body))
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


# Registered a short while ago: name, industry, place, committee (a key of the demonstration's, or the place's own),
# days ago, members (relation), charter clause.
FRESH = (
    ("湖南省低空经济行业协会", "省", "industry", 3, 4, True),
    ("湖南省数字文旅产业商会", "省", "general", 8, 2, True),
    ("湖南省预制菜产业协会", "省", "industry", 12, None, None),
    ("长沙市宠物行业协会", "430100", "", 5, 0, True),
    ("株洲市氢能产业协会", "430200", "", 20, 5, False),
    ("岳阳市冷链物流协会", "430600", None, 15, None, False),
)


def make_registrations(world: World) -> None:
    """A few associations that came onto the register this month: what the hand-over desk is about."""
    associations: list[Association] = []
    assignments: list[Assignment] = []
    counts: list[PartyMemberCount] = []
    for at, (name, place, body, days, members, clause) in enumerate(FRESH):
        region = world.regions[HUNAN if place == "省" else place]
        established = world.today - timedelta(days=days)
        code = uscc("social_group", region.code, len(world.associations) + at)
        association = Association(
            uscc=code,
            name=name,
            key=name_key(name),
            search_key=f"{name_key(name)} {code.casefold()}",
            kind="social_group",
            is_industry_association=True,
            registration_level="province" if place == "省" else "city",
            region=region,
            registration_mode="direct",
            established_on=established,
            unit_member_count=40 + at,
            staff_count=4 + at,
            full_time_staff_count=3,
            term_started_on=established,
            term_years=5,
            charter_has_party_clause=clause,
            charter_party_clause_on=established if clause else None,
        )
        associations.append(association)
        party = committee_at(world, region, body) if body is not None else None
        if party is not None:
            world.committee_of[code] = party
            assignments.append(
                Assignment(
                    association=association,
                    role=AssignmentRole.PARTY_COMMITTEE,
                    department=party,
                    starts_on=established,
                    source=Source.DEMONSTRATION,
                )
            )
        if members is not None:
            counts.append(
                PartyMemberCount(
                    association=association,
                    counted_on=min(world.today, established + timedelta(days=2)),
                    relation_count=members,
                    working_count=members,
                    source=Source.DEMONSTRATION,
                )
            )
    insert(Association, associations)
    insert(Assignment, assignments)
    insert(PartyMemberCount, counts)
    Association.objects.filter(pk__in=[one.pk for one in associations]).update(
        created_at=world.now, updated_at=world.now
    )
    world.associations += associations


def committee_at(world: World, region: Region, body: str) -> Department:
    """A committee of the province by its key, or the general one of a city."""
    return world.committees[body] if body else committee(world, region, "general")
