"""The stress scale: a province of 4,000 associations, twenty-five times over, with a million Party members.

Every row of the province that coverage reads is copied under another name, another code and other keys, so that places,
committees, kinds, grades and dates stay as they are in a province and every constraint holds. Rosters are invented. It
writes by COPY on PostgreSQL, by prepared statements on SQLite; beside the importer it is the only writer that bypasses
the services. What does not bear on coverage (filings, closes, reports, officers) stays that of the small part.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection
from django.db.models import AutoField, Field, Model

from associations.evaluation.models import Grade
from associations.registry.models import Assignment, Association, AssociationName, PartyMemberCount
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.members.enums import SecretarySource
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization, PartyOrganization
from portal.home.demonstration.codes import uscc
from portal.home.demonstration.world import SEED, World, place_name, words
from portal.importing.normalise import name_key
from portal.people.models import Person

LINES_AT_ONCE = 5_000
# Copied in this order: what is referred to comes first.
COPIED: tuple[type[Model], ...] = (
    Association,
    AssociationName,
    Assignment,
    PartyMemberCount,
    Grade,
    PartyOrganization,
    CoveredAssociation,
    Person,
    Instructor,
    InstructorAssignment,
    GroupOrganization,
    EstablishmentPlan,
)
# Two characters each: the word that tells a copy from its original.
FIRST, SECOND = "恒盛泰和润丰宏景远达", "安康明德信义"
YEARS = range(28, 66)


@dataclass(frozen=True, slots=True)
class Mass:
    """How many times the province stands there, itself included, and how many Party members it has in all."""

    times: int
    member_count: int


def make_mass(world: World, mass: Mass) -> None:
    """Copy the province `mass.times - 1` times and fill rosters up to `mass.member_count`."""
    copier = Copier(world, mass)
    for model in COPIED:
        copier.copy(model)
    make_rosters(copier)
    reset_sequences((*COPIED, PartyMember, Secretary))


# Copies


def word(number: int) -> str:
    """The word of a copy."""
    return FIRST[number % len(FIRST)] + SECOND[number // len(FIRST) % len(SECOND)]


class Copier:
    """Copies whole tables; keys of copy n are those of the original plus n times the table's width."""

    def __init__(self, world: World, mass: Mass) -> None:
        self.world, self.mass = world, mass
        self.places = {region.pk: region for region in world.regions.values()}
        self.widths = {model: self._width(model) for model in COPIED if isinstance(model._meta.pk, AutoField)}
        # Names of the associations and of their copies, by key.
        self.names: dict[int, str] = {}
        self.leads: dict[int, int] = dict(
            CoveredAssociation._default_manager.order_by("-pk").values_list("organization", "association")
        )
        self.first_serial = len(world.associations) + 100
        self.people = set(Instructor._default_manager.values_list("person", flat=True))
        self.factor = self._factor()

    def _width(self, model: type[Model]) -> int:
        last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
        return int(last or 0)

    def _factor(self) -> float:
        """By how much the branches of the copies are larger than those of the province, so that members suffice."""
        counts = [count for _pk, count in leaves() if count]
        wanted = (self.mass.member_count - PartyMember._default_manager.count()) / max(1, self.mass.times - 1)
        factor = 1.0
        while sum(scaled(count, factor) for count in counts) < wanted and factor < 40:
            factor += 0.05
        return factor

    def copy(self, model: type[Model]) -> None:
        fields = model._meta.concrete_fields
        rows = model._default_manager.order_by("pk")
        if model is Person:
            rows = rows.filter(pk__in=self.people)
        kept = [tuple(row) for row in rows.values_list(*(one.attname for one in fields))]
        shift = [self._shift(one) for one in fields]
        change = _CHANGES.get(model)
        names = [one.attname for one in fields]

        def copies() -> Iterator[Sequence[Any]]:
            for number in range(1, self.mass.times):
                for place, row in enumerate(kept):
                    values = [
                        value if by is None or value is None else by(value, number)
                        for by, value in zip(shift, row, strict=True)
                    ]
                    if change is not None:
                        change(self, dict(zip(names, row, strict=True)), values, names, number, place)
                    yield values

        if model is Association:
            at = names.index("name")
            self.names = {row[0]: row[at] for row in kept}
        write(model, fields, copies())

    def _shift(self, one: Field) -> Callable[[Any, int], Any] | None:
        """How a key moves from the original to its copy; None for what stays."""
        model = one.model if one.primary_key else one.related_model
        if model is Person:
            return person_key if one.primary_key or one.model is Instructor else None
        width = self.widths.get(model)  # type: ignore[arg-type]
        return None if width is None else lambda value, number: value + number * width


def person_key(original: UUID, number: int) -> UUID:
    """The key of a copied person; the bits of the version stay."""
    return UUID(int=original.int ^ (number << 64))


def copied_name(name: str, region: Any, number: int) -> str:
    """长沙市恒安印刷协会: the word stands behind the place, in front where no place is named."""
    place = place_name(region)
    return f"{place}{word(number)}{name.removeprefix(place)}" if name.startswith(place) else f"{word(number)}{name}"


Change = Callable[[Copier, dict[str, Any], list[Any], list[str], int, int], None]


def _association(self: Copier, row: dict[str, Any], values: list[Any], names: list[str], number: int, at: int) -> None:
    region = self.places[row["region_id"]]
    name = copied_name(row["name"], region, number)
    code = uscc(row["kind"], region.code, self.first_serial + number * len(self.names) + at)
    key = name_key(name)
    for column, value in (("uscc", code), ("name", name), ("key", key), ("search_key", f"{key} {code.casefold()}")):
        values[names.index(column)] = value


def _alias(self: Copier, row: dict[str, Any], values: list[Any], names: list[str], number: int, at: int) -> None:
    name = f"{word(number)}{row['name']}"
    values[names.index("name")], values[names.index("key")] = name, name_key(name)


def _count(self: Copier, row: dict[str, Any], values: list[Any], names: list[str], number: int, at: int) -> None:
    relation, working = row["relation_count"], row["working_count"]
    more = scaled(relation or 0, self.factor) - (relation or 0)
    if relation is not None:
        values[names.index("relation_count")] = relation + more
    if working is not None:
        values[names.index("working_count")] = working + more


def _organization(self: Copier, row: dict[str, Any], values: list[Any], names: list[str], number: int, at: int) -> None:
    lead = self.names.get(self.leads.get(row["id"], 0), "")
    name = row["name"]
    said = lead if lead and lead in name else name
    name = name.replace(said, f"{said}（{word(number)}）")
    values[names.index("name")], values[names.index("key")] = name, name_key(name)
    values[names.index("phone_id")] = None
    if row["full_member_count"] is not None:
        values[names.index("full_member_count")] = scaled(row["full_member_count"], self.factor)


def _person(self: Copier, row: dict[str, Any], values: list[Any], names: list[str], number: int, at: int) -> None:
    # A number belongs to one person only; who looks after associations has none here.
    for column, value in (("id_number", ""), ("id_number_index", ""), ("merged_into_id", None)):
        values[names.index(column)] = value


def _instructor(self: Copier, row: dict[str, Any], values: list[Any], names: list[str], number: int, at: int) -> None:
    values[names.index("phone_id")] = values[names.index("user_id")] = None


def _group(self: Copier, row: dict[str, Any], values: list[Any], names: list[str], number: int, at: int) -> None:
    values[names.index("name")] = f"{word(number)}{row['name']}"


_CHANGES: dict[type[Model], Change] = {
    Association: _association,
    AssociationName: _alias,
    PartyMemberCount: _count,
    PartyOrganization: _organization,
    Person: _person,
    Instructor: _instructor,
    GroupOrganization: _group,
}


def scaled(count: int, factor: float) -> int:
    """A larger number of members in the same band: what suffices still suffices, a branch stays a branch (R-070)."""
    if count < 3:
        return count
    most = 49 if count < 50 else 99 if count < 100 else 999
    return min(int(count * factor), most)


# Rosters


def leaves() -> list[tuple[int, int | None]]:
    """Organisations that have members of their own: they exist, and none stands below them."""
    rows = PartyOrganization._default_manager.filter(children=None, dissolved_on=None)
    return list(rows.order_by("pk").values_list("pk", "full_member_count"))


@dataclass
class Dice:
    """Quick dice for a million people."""

    today: date
    random: Random = field(default_factory=lambda: Random(SEED + 3))  # noqa: S311

    def __post_init__(self) -> None:
        invented = words()
        self.names = [
            (name, name_key(name))
            for name in (family + given for family in invented["surnames"] for given in invented["given"])
        ]
        year = self.today.year
        self.born = [date(year - age, month, day) for age in YEARS for month in range(1, 13) for day in (3, 11, 19, 27)]
        self.nations = ("汉族", "汉族", "汉族", "土家族", "苗族")
        self.educations = ("bachelor", "college", "postgraduate", "high_school")

    def person(self) -> tuple[UUID, str, str, date]:
        bits = self.random.getrandbits(128)
        name, key = self.names[bits % len(self.names)]
        return UUID(int=bits, version=4), name, key, self.born[(bits >> 40) % len(self.born)]


def make_rosters(copier: Copier) -> None:
    """Members of every organisation of the copies by its count, until there are as many as wanted."""
    width = copier.widths[PartyOrganization]
    wanted = copier.mass.member_count - PartyMember._default_manager.count()
    rosters: list[tuple[int, int]] = []
    for pk, count in leaves():
        if pk > width and count and wanted > 0:
            rosters.append((pk, min(count, wanted)))
            wanted -= count
    terms = dict(PartyOrganization._default_manager.filter(pk__gt=width).values_list("pk", "term_started_on"))
    dice, now = Dice(copier.world.today), copier.world.now
    people: list[tuple[Any, ...]] = []
    members: list[tuple[Any, ...]] = []
    secretaries: list[tuple[Any, ...]] = []

    def flush() -> None:
        load(Person, ("id", "name", "name_key", "born_on", "sex"), people, now)
        load(PartyMember, MEMBER_COLUMNS, members, now)
        load(Secretary, ("organization_id", "person_id", "origin", "starts_on"), secretaries, now)
        for rows in (people, members, secretaries):
            rows.clear()

    for organization, count in rosters:
        for place in range(count):
            key, name, known, born = dice.person()
            bits = key.int
            joined = date(born.year + 22 + bits % 5, 7, 1)
            people.append((key, name, known, born, "male" if bits & 1024 else "female"))
            post = "secretary" if place == 0 else "commissioner" if place < 3 and count >= 7 else ""
            nation, education = dice.nations[bits % 5], dice.educations[bits % 4]
            members.append(
                (organization, key, "full", joined, joined.replace(year=joined.year + 1), nation, education, True, post)
            )
            if place == 0:
                origin = SecretarySource.values[bits % len(SecretarySource.values)]
                secretaries.append((organization, key, origin, terms.get(organization)))
        if len(people) >= LINES_AT_ONCE:
            flush()
    flush()


MEMBER_COLUMNS = (
    *("organization_id", "person_id", "membership_state", "joined_on", "became_full_on"),
    *("ethnicity", "education", "relation_in_organization", "party_post"),
)


# Writing


def load(model: type[Model], given: Sequence[str], rows: Iterable[Sequence[Any]], now: datetime) -> None:
    """Insert rows of which some columns are given; the others have their defaults, the key counts on."""
    fields = {one.attname: one for one in model._meta.concrete_fields}
    others = [one for name, one in fields.items() if name not in given and not isinstance(one, AutoField)]
    constants = [_default(one, now) for one in others]
    chosen = [*(fields[name] for name in given), *others]
    write(model, chosen, ((*row, *constants) for row in rows))


def _default(one: Field, now: datetime) -> Any:
    if getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False):
        return now
    return one.get_default()


def write(model: type[Model], fields: Sequence[Field], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows in the order of `fields`, by the fastest way the database has."""
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(str(one.column)) for one in fields)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            source = iter(rows)
            while lines := ["\t".join(map(text, row)) + "\n" for row in islice(source, LINES_AT_ONCE)]:
                copy.write("".join(lines))
        return
    places = ", ".join(["%s"] * len(fields))
    prepared = [
        [one.get_db_prep_save(value, connection) for one, value in zip(fields, row, strict=True)] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", prepared)  # noqa: S608


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return value.translate(_ESCAPES) if any(mark in value for mark in "\\\t\n\r") else value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    return str(value)


def reset_sequences(models: Iterable[type[Model]]) -> None:
    """Keys were given: the next one that the database gives comes after them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)
