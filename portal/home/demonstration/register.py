"""Associations with who answers for them, last year and today; member counts; grades."""

from datetime import date, timedelta

from associations.evaluation.enums import GradeLevel
from associations.evaluation.models import Grade
from associations.evaluation.rules import validity
from associations.registry.enums import (
    AssignmentRole,
    AssociationKind,
    AssociationStatus,
    NameKind,
    RegistrationLevel,
    RegistrationMode,
    Source,
)
from associations.registry.models import Assignment, Association, AssociationName, Department, PartyMemberCount
from portal.home.demonstration.codes import uscc
from portal.home.demonstration.departments import committee, department, make_provincial, save_departments
from portal.home.demonstration.names import Draft, Namer
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, HUNAN, World, insert, place_name, words
from portal.importing.normalise import name_key
from portal.regions.models import Region

OFFICES = ("行业管理处", "社会组织管理处", "综合处", "产业发展处", "政策法规处", "人事处（机关党委）")
LOCAL_OFFICES = ("行业管理科", "综合科", "产业科", "办公室")
# Weighted towards what a province looks like: many small ones, few with more than a branch.
MEMBER_BANDS = {(0, 0): 11, (1, 2): 27, (3, 6): 37, (7, 20): 13, (21, 49): 3, (50, 99): 1, (100, 140): 1, None: 6}
# The first regime of grades ends the day before.
REGIME_2026_ON = date(2026, 3, 1)


def make_register(world: World) -> None:
    """Associations of the three levels, the bodies that answer for them, and what they reported."""
    make_provincial(world)
    namer = Namer(world)
    assignments: list[Assignment] = []
    names: list[AssociationName] = []
    for level, place in _places(world):
        draft = namer.draw(place)
        association = _association(world, draft, level, place)
        world.associations.append(association)
        assignments += _assignments(world, association, draft, place)
        names += _names(world, association, draft)
    save_departments(world)
    for association in world.associations:
        association.search_key = f"{association.key} {association.uscc.casefold()}"
    for name in names:
        name.association.search_key += f" {name.key}"
    insert(Association, world.associations)
    insert(AssociationName, names)
    insert(Assignment, assignments)
    # Both are set by the clock on insert; the demonstration knows no clock but its own date.
    Association.objects.update(created_at=world.now, updated_at=world.now)
    Department.objects.update(updated_at=world.now)
    _member_counts(world)
    _grades(world)


def _places(world: World) -> list[tuple[str, Region]]:
    """One entry an association: level and place of registration. Larger cities have more."""
    cities, counties = world.cities(), world.counties()
    # 长沙 counts four times, 衡阳, 岳阳, 常德 and 株洲 twice.
    heavy = {"430100": 4, "430200": 2, "430400": 2, "430600": 2, "430700": 2}
    weights = [heavy.get(city.code, 1) for city in cities]
    drawn = cities + world.dice.choices(cities, weights, k=world.scale.city_count - len(cities))
    below = [counties[index % len(counties)] for index in range(world.scale.county_count)]
    return (
        [(str(RegistrationLevel.PROVINCE), world.regions[HUNAN])] * world.scale.province_count
        + [(RegistrationLevel.CITY, city) for city in drawn]
        + [(RegistrationLevel.COUNTY, county) for county in below]
    )


def _association(world: World, draft: Draft, level: str, place: Region) -> Association:
    dice = world.dice
    established = None if world.chance(0.02) else world.days_ago(200, 34 * 365)
    status = world.weighted(
        {
            AssociationStatus.ACTIVE: 945,
            AssociationStatus.DEREGISTERED: 30,
            AssociationStatus.REVOKED: 10,
            AssociationStatus.SUSPENDED: 10,
            AssociationStatus.PREPARING: 5,
        }
    )
    if status == AssociationStatus.PREPARING:
        established = None
    mode = world.weighted({RegistrationMode.DUAL: 3, RegistrationMode.DIRECT: 3, RegistrationMode.DECOUPLED: 4})
    if not draft.is_industry:
        mode = world.weighted({RegistrationMode.DUAL: 8, RegistrationMode.DIRECT: 2})
    has_clause = world.chance(0.86)
    city = place if level == RegistrationLevel.CITY else dice.choice(world.cities())
    street = f"{place_name(city if level == RegistrationLevel.PROVINCE else place)}{dice.choice(words()['streets'])}"
    is_group = draft.kind == "social_group"
    staff = dice.randint(1, 30)
    clause_on = world.between(max(established or date(2016, 1, 1), date(2016, 1, 1)), world.today)
    serial = len(world.associations)
    return Association(
        uscc=uscc(draft.kind, place.code, serial),
        name=draft.name,
        key=name_key(draft.name),
        kind=draft.kind,
        is_industry_association=draft.is_industry,
        is_charity=_is_charity(draft.kind, serial),
        registration_level=level,
        region=place,
        registration_mode=mode,
        status=status,
        status_on=None
        if status in (AssociationStatus.ACTIVE, AssociationStatus.PREPARING)
        else max(world.days_ago(5, 600), (established or date.min) + timedelta(days=1)),
        industry_category=draft.industry.category if draft.industry else "",
        established_on=established,
        domicile=f"{street}{dice.randint(1, 699)}号",
        registered_fund=dice.choice([3, 5, 5, 10, 10, 20, 30, 50]) * 10000 if draft.kind != "foundation" else 2_000_000,
        unit_member_count=dice.randint(30, 400) if is_group and world.chance(0.95) else None,
        individual_member_count=dice.randint(0, 120) if is_group and world.chance(0.8) else None,
        staff_count=staff,
        full_time_staff_count=dice.randint(0, staff),
        term_started_on=world.days_ago(30, 6 * 365) if world.chance(0.95) else None,
        term_years=world.weighted({5: 7, 4: 2, 3: 1}),
        charter_has_party_clause=has_clause if world.chance(0.96) else None,
        charter_party_clause_on=clause_on if has_clause and world.chance(0.8) else None,
    )


def _is_charity(kind: str, serial: int) -> bool | None:
    """Most foundations and some institutions; of a few others nobody has said. By number: no dice fall for it."""
    if kind == AssociationKind.FOUNDATION:
        return serial % 3 != 0
    if serial % 29 == 7:
        return None
    return kind == AssociationKind.SERVICE_INSTITUTION and serial % 5 == 0


def _assignments(world: World, association: Association, draft: Draft, place: Region) -> list[Assignment]:
    """Today's bodies and, for some associations, the different ones of last year."""
    field = draft.industry.regulator if draft.industry else "mzt"
    found: list[Assignment] = []

    def add(
        role: str, body: Department, *, starts: date | None = None, ends: date | None = None, named: bool = True
    ) -> None:
        offices = OFFICES if place.code == HUNAN else LOCAL_OFFICES
        found.append(
            Assignment(
                association=association,
                role=role,
                department=body,
                office=world.dice.choice(offices) if named else "",
                officer=("处长" if place.code == HUNAN else "科长") if named else "",
                starts_on=starts,
                ends_on=ends,
                source=Source.DEMONSTRATION,
            )
        )

    last_year_end = world.new_year - timedelta(days=1)
    own, general = department(world, place, field), department(world, place, "fgw")
    if association.registration_mode == RegistrationMode.DUAL:
        if world.chance(0.96):
            add(AssignmentRole.SUPERVISING_UNIT, own)
    elif association.registration_mode == RegistrationMode.DECOUPLED and world.chance(0.12):
        # Decoupled at the turn of the year: last year it still had a supervising unit.
        add(AssignmentRole.SUPERVISING_UNIT, own, ends=last_year_end)
    if draft.is_industry and world.chance(0.95):
        has_officer = world.chance(0.92)
        if world.chance(0.08) and own != general:
            add(AssignmentRole.INDUSTRY_REGULATOR, general, ends=last_year_end)
            add(AssignmentRole.INDUSTRY_REGULATOR, own, starts=world.new_year, named=has_officer)
        else:
            add(AssignmentRole.INDUSTRY_REGULATOR, own, named=has_officer)
    for starts, ends, body in _committees(world, draft, place):
        add(AssignmentRole.PARTY_COMMITTEE, body, starts=starts, ends=ends, named=False)
        if ends is None:
            world.committee_of[association.uscc] = body
    return found


def _committees(world: World, draft: Draft, place: Region) -> list[tuple[date | None, date | None, Department]]:
    """The committee of today, and where it moved last summer from the general one."""
    if not world.chance(0.94):
        return []
    if place.code == HUNAN:
        body = committee(world, place, draft.industry.committee if draft.industry else "general")
    elif place.level == "city" and draft.industry and draft.industry.category == "工业制造":
        body = committee(world, place, "industry")
    else:
        body = committee(world, place, "general")
    before = committee(world, place, "general")
    moved_on = date(world.today.year - 1, 7, 1)
    if body is not before and moved_on < world.today and world.chance(0.15):
        return [(None, moved_on - timedelta(days=1), before), (moved_on, None, body)]
    return [(None, None, body)]


def _names(world: World, association: Association, draft: Draft) -> list[AssociationName]:
    """A short name for some, and for a few the name they carried before."""
    found = []

    def add(name: str, kind: str, ends_on: date | None = None) -> None:
        found.append(
            AssociationName(association=association, name=name, key=name_key(name), kind=kind, ends_on=ends_on)
        )

    if draft.short_name and association.region.code == HUNAN and world.chance(0.6):
        add(f"省{draft.short_name}", NameKind.SHORT)
    if draft.is_industry and world.chance(0.08):
        changed_on = world.between(association.established_on or world.days_ago(3000, 3000), world.today)
        before = f"{place_name(association.region)}{draft.industry.name}联谊会" if draft.industry else draft.name
        add(before, NameKind.FORMER, changed_on)
    return found


def _member_counts(world: World) -> None:
    """Reports of two past dates and of the end of last month; some never reported."""
    month_end = world.today.replace(day=1) - timedelta(days=1)
    last = world.today.year - 1
    counted: list[PartyMemberCount] = []
    # Also the smallest province has a 党委 and a 党总支, and a committee with something to establish.
    large, eligible = [62, 120], [3, 5, 4, 3]
    for association in world.associations:
        band = world.weighted(MEMBER_BANDS)
        if band is None:
            world.member_counts[association.uscc] = None
            continue
        number = world.dice.randint(*band)
        if association.status == AssociationStatus.ACTIVE and association.uscc in world.committee_of:
            is_demonstrated = world.committee_of[association.uscc] is world.committees[DEMONSTRATION_COMMITTEE]
            fixed = eligible if is_demonstrated else large
            number = fixed.pop() if fixed else number
        world.member_counts[association.uscc] = number
        past = [day for day in (date(last, 6, 30), date(last, 12, 31)) if day < month_end]
        for day in [*past, month_end]:
            if association.established_on and day < association.established_on:
                continue
            before = day != month_end and number > 3
            relation = max(0, number - world.dice.randint(0, 2)) if before else number
            working = relation + world.dice.choice([0, 0, 0, 1, 2]) if number else 0
            counted.append(
                PartyMemberCount(
                    association=association,
                    counted_on=day,
                    relation_count=relation,
                    working_count=working if number >= 3 or not number else relation,
                    source=Source.DEMONSTRATION,
                )
            )
    insert(PartyMemberCount, counted)


def _grades(world: World) -> None:
    """Valid grades, expired ones, and ones that are announced and take effect on 1 January."""
    usual = {GradeLevel.AAAAA: 8, GradeLevel.AAAA: 22, GradeLevel.AAA: 45, GradeLevel.AA: 15, GradeLevel.A: 10}
    # A county grades up to 3A.
    county = {GradeLevel.AAA: 50, GradeLevel.AA: 30, GradeLevel.A: 20}
    made: list[Grade] = []

    def add(association: Association, level: str, announced: date, number: int) -> None:
        regime = "2026" if announced >= REGIME_2026_ON else "2010"
        span = validity(announced, regime=regime, years=5)
        made.append(
            Grade(
                association=association,
                level=level,
                announced_on=announced,
                starts_on=span.starts_on,
                ends_on=span.ends_on,
                document_number=f"湘民评〔{announced.year}〕{number}号",
                source=Source.DEMONSTRATION,
            )
        )

    for association in world.associations:
        if not world.chance(0.36) or association.established_on is None:
            continue
        first = association.established_on + timedelta(days=730)
        levels = county if association.registration_level == RegistrationLevel.COUNTY else usual
        level = world.weighted(levels)
        # A quarter is older than five years and has expired; some of these, and some valid ones, have a new one.
        announced = max(first, world.days_ago(1850, 3300) if world.chance(0.25) else world.days_ago(60, 1800))
        if announced > world.today:
            continue
        add(association, level, announced, world.dice.randint(1, 20))
        recent = world.days_ago(5, 150)
        if world.chance(0.12) and recent > announced:
            add(association, world.weighted(levels), recent, world.dice.randint(21, 40))
    insert(Grade, made)
