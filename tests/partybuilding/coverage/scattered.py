"""A register full of odd cases, the same for the same seed: what the equality of figures and lists is shown on."""

from datetime import date, timedelta
from random import Random

from associations.evaluation.models import Grade
from associations.registry.enums import AssignmentRole, AssociationKind, AssociationStatus
from associations.registry.models import Association, Department, PartyMemberCount
from partybuilding.coverage.enums import InstructorKind
from partybuilding.establishment.enums import PlanKind
from partybuilding.organizations.enums import EstablishmentMode, GroupKind, OrganizationKind
from portal.regions.models import Region
from tests import factories
from tests.personas import Province

FIRST = date(2024, 1, 1)
DAYS = 1000


def _day(random: Random, *, empty: float = 0.3) -> date | None:
    return None if random.random() < empty else FIRST + timedelta(days=random.randrange(DAYS))


def _span(random: Random) -> dict[str, date | None]:
    starts_on, ends_on = _day(random), _day(random)
    if starts_on and ends_on and ends_on < starts_on:
        starts_on, ends_on = ends_on, starts_on
    return {"starts_on": starts_on, "ends_on": ends_on}


def scatter(province: Province, seed: int, number: int = 60) -> list[Association]:
    """`number` associations with relations that start, end, overlap and are missing."""
    random = Random(seed)
    regions = [province.hunan, province.changsha, province.yuelu, province.zhuzhou, province.lusong]
    committees = [province.committee, province.branch_committee, province.other_committee]
    kinds = [*InstructorKind, InstructorKind.INSTRUCTOR]
    instructors = [factories.make_instructor(kind=kind) for kind in kinds]
    made = [_association(random, regions, committees) for _ in range(number)]
    for association in made:
        for instructor in random.sample(instructors, random.choice([0, 0, 0, 1, 2])):
            span = _span(random)
            factories.make_instructor_assignment(instructor, association, span["starts_on"] or FIRST, span["ends_on"])
        for kind in random.sample(list(GroupKind), random.choice([0, 0, 0, 0, 1, 2])):
            factories.make_group(association, kind, **_span(random))
        _planned(random, association)
    for _ in range(number):
        _organization(random, random.sample(made, random.choice([1, 1, 1, 3])))
    return made


def _planned(random: Random, association: Association) -> None:
    """What was decided about some: a founding that is still open or given up, a deferral that ends by itself."""
    if random.random() < 0.6:
        return
    kind = random.choice(list(PlanKind))
    starts_on = FIRST + timedelta(days=random.randrange(DAYS))
    due_on = starts_on + timedelta(days=random.randrange(400))
    if kind == PlanKind.DEFERRAL:
        factories.make_plan(association, kind, starts_on, due_on, ground=random.choice(["dormant", "other"]))
    else:
        factories.make_plan(association, kind, starts_on, due_on, ends_on=random.choice([None, due_on]))


def _association(random: Random, regions: list[Region], committees: list[Department]) -> Association:
    association = factories.make_association(
        region=random.choice(regions),
        kind=random.choice(AssociationKind.values),
        status=random.choice([*AssociationStatus.values, *[AssociationStatus.ACTIVE] * 8]),
        status_on=_day(random),
        established_on=_day(random, empty=0.6),
        is_industry_association=random.choice([True, False, None]),
        staff_count=random.choice([None, 0, 19, 20, 60]),
        full_time_staff_count=random.choice([None, 0, 4, 5]),
        charter_has_party_clause=random.choice([True, True, False, None]),
        charter_party_clause_on=_day(random),
    )
    if random.random() < 0.8:
        changed_on = FIRST + timedelta(days=random.randrange(DAYS))
        first, second = random.sample(committees, 2)
        role = AssignmentRole.PARTY_COMMITTEE
        factories.make_assignment(association, first, role, None, changed_on - timedelta(days=1))
        if random.random() < 0.7:
            factories.make_assignment(association, second, role, changed_on)
    for counted_on in {FIRST + timedelta(days=random.randrange(DAYS)) for _ in range(random.choice([0, 1, 3]))}:
        counts = random.choice([(0, 0), (0, None), (None, 4), (2, 3), (1, 0), (3, 3), (5, None)])
        PartyMemberCount.objects.create(
            association=association, counted_on=counted_on, relation_count=counts[0], working_count=counts[1]
        )
    for announced_on in {FIRST + timedelta(days=random.randrange(DAYS)) for _ in range(random.choice([0, 0, 1, 2]))}:
        Grade.objects.create(
            association=association,
            level=random.choice(["5A", "4A", "3A"]),
            announced_on=announced_on,
            starts_on=announced_on + timedelta(days=random.choice([0, 200])),
            ends_on=announced_on + timedelta(days=500),
        )
    return association


def _organization(random: Random, covered: list[Association]) -> None:
    established_on, dissolved_on = _day(random), _day(random, empty=0.7)
    if established_on and dissolved_on and dissolved_on < established_on:
        established_on, dissolved_on = dissolved_on, established_on
    organization = factories.make_organization(
        kind=random.choice(OrganizationKind.values),
        establishment_mode=random.choice(EstablishmentMode.values),
        established_on=established_on,
        dissolved_on=dissolved_on,
    )
    for association in covered:
        organization.covered.create(association=association, **_span(random))
