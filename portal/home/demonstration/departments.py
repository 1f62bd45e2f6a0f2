"""The directory: provincial departments with former names, local bureaus, registrars, and the tree of committees.

Provincial bodies are all made; a city or county gets the bureaus and committees that its associations need.
"""

from datetime import date
from functools import cache

from associations.registry.enums import DepartmentKind, NameKind, RegistrationLevel
from associations.registry.models import Department, DepartmentName
from portal.home.demonstration.world import HUNAN, World, insert, place_name, rows
from portal.importing.normalise import name_key
from portal.regions.models import Region

# The institutional reform after which the former names are no longer in use.
REFORM_ON = date(2018, 10, 31)
WORKING = "working"


@cache
def fields_of_work() -> dict[str, dict[str, str]]:
    """The rows of departments.csv by key."""
    return {row["key"]: row for row in rows("departments")}


def department(world: World, place: Region, key: str) -> Department:
    """The body of a place for one field of work; made on first use. Two fields may share one county bureau."""
    row = fields_of_work()[key]
    if place.code == HUNAN:
        name, level = row["name"], RegistrationLevel.PROVINCE
    elif place.level == "city":
        name, level = f"{place_name(place)}{row['bureau']}", RegistrationLevel.CITY
    else:
        name, level = f"{place_name(place)}{row['county_bureau']}", RegistrationLevel.COUNTY
    if name not in world.departments:
        kind = DepartmentKind.REGISTRAR if key == "mzt" else DepartmentKind.GOVERNMENT
        world.departments[name] = _body(name, f"{place.code}-{row['code']}", level, place, kind)
    return world.departments[name]


def committee(world: World, place: Region, key: str) -> Department:
    """A committee: one of the 23 of the province, or `general` / `industry` of a city, `general` of a county."""
    if place.code == HUNAN:
        return world.committees[key]
    code = f"{place.code}-{key}"
    if code not in world.committees:
        is_city = place.level == "city"
        title, number, host = (
            ("行业协会商会党委", "DW02", "gxt") if key == "industry" else ("社会组织综合党委", "DW01", "mzt")
        )
        world.committees[code] = _body(
            f"{place_name(place)}{title}",
            f"{place.code}-{number}",
            RegistrationLevel.CITY if is_city else RegistrationLevel.COUNTY,
            place,
            DepartmentKind.PARTY_COMMITTEE,
            parent=_working_committee(world, world.regions[f"{place.code[:4]}00"]),
            hosted_by=department(world, place, host),
        )
    return world.committees[code]


def place_of(body: Department) -> Region:
    """Where a body sits; all of the demonstration's have a place."""
    if body.region is None:
        raise ValueError(f"{body} has no region")
    return body.region


def make_provincial(world: World) -> None:
    """All departments of the province, 两新工委 and its 23 committees."""
    province = world.regions[HUNAN]
    for key in fields_of_work():
        department(world, province, key)
    world.committees[WORKING] = _body(
        "中共湖南省委非公有制经济组织和社会组织工作委员会",
        f"{HUNAN}-LXGW",
        RegistrationLevel.PROVINCE,
        province,
        DepartmentKind.WORKING_COMMITTEE,
    )
    for row in rows("committees"):
        world.committees[row["key"]] = _body(
            row["name"],
            f"{HUNAN}-{row['code']}",
            RegistrationLevel.PROVINCE,
            province,
            DepartmentKind.PARTY_COMMITTEE,
            parent=world.committees[WORKING],
            hosted_by=department(world, province, row["host"]),
        )


def save_departments(world: World) -> None:
    """Write the whole directory, hosts and parents first, and its other names."""
    bodies = [*world.departments.values(), *world.committees.values()]
    for place in {place_of(body).code: place_of(body) for body in bodies}.values():
        department(world, place, "mzt")
    insert(Department, world.departments.values())
    committees = list(world.committees.values())
    for depth in range(3):
        insert(Department, [one for one in committees if _depth(one) == depth])
    _save_names(world)


def _depth(body: Department) -> int:
    return 0 if body.parent is None else 1 + _depth(body.parent)


def _working_committee(world: World, city: Region) -> Department:
    code = f"{city.code}-{WORKING}"
    if code not in world.committees:
        world.committees[code] = _body(
            f"中共{place_name(city)}委非公有制经济组织和社会组织工作委员会",
            f"{city.code}-LXGW",
            RegistrationLevel.CITY,
            city,
            DepartmentKind.WORKING_COMMITTEE,
            parent=world.committees[WORKING],
        )
    return world.committees[code]


def _body(name: str, code: str, level: str, region: Region, kind: str, **above: Department) -> Department:
    return Department(name=name, key=name_key(name), code=code, level=level, region=region, kind=kind, **above)


def _save_names(world: World) -> None:
    """Short names in daily use, and the names before the reform, which old spreadsheets still carry."""
    names: list[DepartmentName] = []

    def add(owner: Department, name: str, kind: str, ends_on: date | None = None) -> None:
        if name_key(name) != owner.key:
            names.append(DepartmentName(department=owner, name=name, key=name_key(name), kind=kind, ends_on=ends_on))

    bureaus = {row["bureau"]: row["bureau_short"] for row in fields_of_work().values()}
    for row in fields_of_work().values():
        owner = world.departments[row["name"]]
        for alias in filter(None, row["aliases"].split(";")):
            add(owner, alias, NameKind.SHORT)
        for former in filter(None, row["former"].split(";")):
            for name in former.split("="):
                add(owner, name, NameKind.FORMER, REFORM_ON)
    for owner in world.departments.values():
        if owner.level == RegistrationLevel.CITY:
            place = place_name(place_of(owner))
            add(owner, f"{place}{bureaus[owner.name.removeprefix(place)]}", NameKind.SHORT)
    for row in rows("committees"):
        add(world.committees[row["key"]], row["alias"], NameKind.SHORT)
    for owner in world.committees.values():
        if owner.kind == DepartmentKind.WORKING_COMMITTEE:
            place = "省" if owner.level == RegistrationLevel.PROVINCE else place_name(place_of(owner))
            add(owner, f"{place}委两新工委", NameKind.SHORT)
    insert(DepartmentName, names)
