"""Party organisations, what they cover, and instructors: with gaps, so that every list has something to show."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from associations.registry.enums import TERMINAL_STATUSES, AssociationStatus, NameKind, Source
from associations.registry.models import Association, Department
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.organizations.enums import EstablishmentMode, GroupKind, OrganizationKind
from partybuilding.organizations.models import (
    CoveredAssociation,
    GroupOrganization,
    PartyOrganization,
    PartyOrganizationName,
)
from portal.home.demonstration.departments import committee, place_of
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, SEED, World, insert, place_name, words
from portal.importing.normalise import name_key
from portal.people.models import Person

KEPT_OPEN_COUNT = 3
TITLES = {
    OrganizationKind.BRANCH: "支部委员会",
    OrganizationKind.GENERAL_BRANCH: "总支部委员会",
    OrganizationKind.COMMITTEE: "委员会",
    OrganizationKind.FUNCTIONAL_BRANCH: "功能型支部委员会",
    OrganizationKind.TEMPORARY_BRANCH: "临时支部委员会",
}
GROUP_TITLES = {
    GroupKind.UNION: "工会委员会",
    GroupKind.YOUTH_LEAGUE: "团支部",
    GroupKind.WOMEN: "妇女委员会",
}


@dataclass
class Drafts:
    """Rows to be written together."""

    organizations: list[PartyOrganization] = field(default_factory=list)
    names: list[PartyOrganizationName] = field(default_factory=list)
    covered: list[CoveredAssociation] = field(default_factory=list)


def make_organizations(world: World) -> None:
    """Own organisations by size, branches below the large ones, joint and functional ones, then instructors."""
    drafts = Drafts()
    few: list[Association] = []
    kept_open: list[Association] = []
    uncovered: list[Association] = []
    for association in world.associations:
        number = world.member_counts[association.uscc]
        committee = world.committee_of.get(association.uscc)
        is_open = _is_kept_open(world, association, len(kept_open))
        if is_open:
            kept_open.append(association)
        if is_open or association.status == AssociationStatus.PREPARING or committee is None:
            uncovered.append(association)
        elif number is not None and number >= 3 and (number >= 50 or world.chance(0.9)):
            _own(world, drafts, association, committee, number)
        elif number is None and world.chance(0.3):
            _own(world, drafts, association, committee, world.dice.randint(3, 8))
        elif number and world.chance(0.85):
            few.append(association)
        else:
            uncovered.append(association)
    for group in _groups(world, few):
        if len(group.members) > 1:
            _joint(world, drafts, group)
        else:
            uncovered += group.members
    functional = [one for one in uncovered if one.uscc in world.committee_of and world.chance(0.06)]
    for association in functional or uncovered[:1]:
        _functional(world, drafts, association)
    _write(world, drafts)
    _instructors(world, uncovered)
    _groups_of_associations(world)


def numeral(number: int) -> str:
    """1–99 as names carry it: 一, 十, 十二, 二十, 三十五."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones or not tens else "")


def _is_kept_open(world: World, association: Association, kept_count: int) -> bool:
    """The demonstration's committee always has a few associations that should establish an organisation (R-078)."""
    return (
        kept_count < KEPT_OPEN_COUNT
        and association.status == AssociationStatus.ACTIVE
        and world.committee_of.get(association.uscc) is world.committees[DEMONSTRATION_COMMITTEE]
        and (world.member_counts[association.uscc] or 0) >= 3
    )


@dataclass
class Group:
    """Associations that one committee looks after."""

    committee: Department
    members: list[Association]


def _groups(world: World, associations: list[Association]) -> list[Group]:
    """By committee; what would stand alone joins the general committee of its place. The largest comes first."""
    groups: dict[str, Group] = {}
    for association in associations:
        body = world.committee_of[association.uscc]
        groups.setdefault(body.code, Group(body, [])).members.append(association)
    for code in [code for code, group in groups.items() if len(group.members) < 3]:
        group = groups.pop(code)
        general = committee(world, place_of(group.committee), "general")
        groups.setdefault(general.code, Group(general, [])).members.extend(group.members)
    return sorted(groups.values(), key=lambda group: (-len(group.members), group.committee.code))


def _write(world: World, drafts: Drafts) -> None:
    above = [one for one in drafts.organizations if one.parent is None]
    insert(PartyOrganization, above)
    insert(PartyOrganization, [one for one in drafts.organizations if one.parent is not None])
    insert(PartyOrganizationName, drafts.names)
    insert(CoveredAssociation, drafts.covered)
    PartyOrganization.objects.update(created_at=world.now, updated_at=world.now)
    world.organizations = drafts.organizations


def _organization(
    world: World,
    drafts: Drafts,
    *,
    name: str,
    kind: str,
    mode: str,
    committee: Department,
    established: date,
    member_count: int | None,
    parent: PartyOrganization | None = None,
) -> PartyOrganization:
    years = 5 if kind == OrganizationKind.COMMITTEE else 3
    # Terms follow each other; in some organisations the last one has run out.
    oldest = world.today - timedelta(days=years * 365 + (300 if world.chance(0.12) else -30))
    serial = len(drafts.organizations)
    organization = PartyOrganization(
        name=name,
        key=name_key(name),
        kind=kind,
        establishment_mode=mode,
        committee=committee,
        parent=parent,
        established_on=established,
        approval_number=f"湘社组党〔{established.year}〕{serial % 97 + 1}号" if world.chance(0.93) else "",
        term_started_on=max(established, world.between(oldest, world.today - timedelta(days=20))),
        full_member_count=member_count,
        probationary_member_count=None if member_count is None else world.dice.choice([0, 0, 0, 1, 1, 2]),
    )
    drafts.organizations.append(organization)
    return organization


def _cover(drafts: Drafts, organization: PartyOrganization, association: Association, starts_on: date | None) -> None:
    drafts.covered.append(CoveredAssociation(organization=organization, association=association, starts_on=starts_on))


def _established(world: World, association: Association) -> date:
    """Some time after the association, mostly years ago, now and then this year."""
    earliest = max(association.established_on or date(2012, 1, 1), date(2012, 1, 1))
    if world.chance(0.1):
        earliest = max(earliest, world.new_year)
    last = association.status_on or world.today - timedelta(days=15)
    return min(world.between(earliest, last), last)


def _own(world: World, drafts: Drafts, association: Association, committee: Department, number: int) -> None:
    kind = OrganizationKind.BRANCH
    if number >= 100:
        kind = OrganizationKind.COMMITTEE
    elif number >= 50:
        kind = OrganizationKind.GENERAL_BRANCH
    established = _established(world, association)
    organization = _organization(
        world,
        drafts,
        name=f"中共{association.name}{TITLES[kind]}",
        kind=kind,
        mode=EstablishmentMode.INDIVIDUAL,
        committee=committee,
        established=established,
        member_count=number if world.chance(0.97) else None,
    )
    _cover(drafts, organization, association, established)
    if association.status in TERMINAL_STATUSES:
        # An association that ended took its organisation with it.
        organization.dissolved_on = association.status_on
    if world.chance(0.3):
        short = f"{association.name}党{kind.label.removeprefix('党')}"
        drafts.names.append(
            PartyOrganizationName(organization=organization, name=short, key=name_key(short), kind=NameKind.SHORT)
        )
    if kind != OrganizationKind.BRANCH:
        for word in ("第一", "第二"):
            below = _organization(
                world,
                drafts,
                name=f"中共{association.name}{word}支部委员会",
                kind=OrganizationKind.BRANCH,
                mode=EstablishmentMode.INDIVIDUAL,
                committee=committee,
                established=established,
                member_count=number // 2,
                parent=organization,
            )
            below.dissolved_on = organization.dissolved_on
            _cover(drafts, below, association, established)


def _joint(world: World, drafts: Drafts, group: Group) -> None:
    """Joint branches of two to five associations of a group; the first of a large one covers seven (R-072)."""
    place = place_name(place_of(group.committee))
    body = group.committee.name.removeprefix(place).removesuffix("党委").removesuffix("综合")
    waiting, serial = group.members, 0
    while waiting:
        size = 7 if not serial and len(waiting) >= 12 else world.weighted({2: 3, 3: 4, 4: 3, 5: 2})
        # Nobody is left to form a joint branch alone.
        size = len(waiting) if len(waiting) - size < 2 else size
        members, waiting = waiting[:size], waiting[size:]
        serial += 1
        established = max(_established(world, one) for one in members)
        organization = _organization(
            world,
            drafts,
            name=f"中共{place}{body}第{numeral(serial)}联合支部委员会",
            kind=OrganizationKind.JOINT_BRANCH,
            mode=world.weighted(
                {EstablishmentMode.JOINT: 8, EstablishmentMode.ATTACHED: 1, EstablishmentMode.INDUSTRY: 2}
            ),
            committee=group.committee,
            established=established,
            member_count=sum(world.member_counts[one.uscc] or 0 for one in members),
        )
        if organization.establishment_mode == EstablishmentMode.ATTACHED:
            organization.initiator = f"{place}工商业联合会"
        for one in members:
            _cover(drafts, organization, one, established)


def _functional(world: World, drafts: Drafts, association: Association) -> None:
    established = _established(world, association)
    organization = _organization(
        world,
        drafts,
        name=f"中共{association.name}{TITLES[OrganizationKind.FUNCTIONAL_BRANCH]}",
        kind=OrganizationKind.FUNCTIONAL_BRANCH,
        mode=EstablishmentMode.FUNCTIONAL,
        committee=world.committee_of.get(association.uscc) or world.committees["general"],
        established=established,
        member_count=None,
    )
    _cover(drafts, organization, association, established)


def _instructors(world: World, uncovered: list[Association]) -> None:
    """Most uncovered associations have an instructor; some assignments have run out, some people carry too many."""
    waiting_for_one = [
        association
        for association in uncovered
        if association.uscc in world.committee_of
        and association.status == AssociationStatus.ACTIVE
        and world.chance(0.7)
    ]
    invented = words()
    people: list[Person] = []
    instructors: list[Instructor] = []
    assignments: list[InstructorAssignment] = []
    for group in _groups(world, waiting_for_one):
        waiting = group.members
        while waiting:
            # The first carries more than the rule book allows.
            size = world.weighted({2: 2, 3: 3, 4: 4, 5: 3}) if instructors else 8
            looked_after, waiting = waiting[:size], waiting[size:]
            name = world.dice.choice(invented["surnames"]) + world.dice.choice(invented["given"])
            people.append(Person(id=world.person_key(), name=name, name_key=name_key(name)))
            instructor = Instructor(person=people[-1], department=group.committee)
            instructors.append(instructor)
            for association in looked_after:
                starts_on = world.days_ago(30, 900)
                has_ended = len(instructors) > 1 and world.chance(0.15)
                assignments.append(
                    InstructorAssignment(
                        instructor=instructor,
                        association=association,
                        starts_on=starts_on,
                        ends_on=world.between(starts_on, world.today - timedelta(days=1)) if has_ended else None,
                    )
                )
    insert(Person, people)
    insert(Instructor, instructors)
    insert(InstructorAssignment, assignments)


def _groups_of_associations(world: World) -> None:
    """Larger associations mostly have a 工会, some a league or a women's organisation; a few were given up since."""
    # Dice of their own, so that the others fall as ever.
    dice = Random(SEED + 2)  # noqa: S311
    made: list[GroupOrganization] = []
    for association in world.associations:
        staff, established = association.staff_count or 0, association.established_on
        if association.status != AssociationStatus.ACTIVE or established is None:
            continue
        for kind, share in ((GroupKind.UNION, staff / 60), (GroupKind.YOUTH_LEAGUE, 0.04), (GroupKind.WOMEN, 0.04)):
            if dice.random() >= share:
                continue
            first = max(established, date(2012, 1, 1))
            starts_on = first + timedelta(days=dice.randint(0, max(0, (world.today - first).days - 30)))
            gone = dice.random() < 0.06
            made.append(
                GroupOrganization(
                    association=association,
                    kind=kind,
                    name=f"{association.name}{GROUP_TITLES[kind]}",
                    starts_on=starts_on,
                    ends_on=max(starts_on, world.today - timedelta(days=dice.randint(1, 300))) if gone else None,
                    source=Source.DEMONSTRATION,
                )
            )
    insert(GroupOrganization, made)
