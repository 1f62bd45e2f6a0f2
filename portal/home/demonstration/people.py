"""Officers, contacts, member units, Party members and secretaries of the demonstration; nobody of them exists.

An ID number begins with 430000: the province itself, which is no place of birth, so no human being has such a number. A
telephone begins with 154, which no operator gives out. Names are put together from the invented words.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from associations.governance.models import Contact, MemberUnit, Officer
from associations.registry.enums import TERMINAL_STATUSES
from associations.registry.models import Association
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import PartyOrganization
from portal.home.demonstration.world import SEED, World, insert, words
from portal.importing.identities import check_character
from portal.importing.normalise import name_key
from portal.people.models import Person, Phone
from portal.privacy.sealing import BlindIndex, Sealer

NOWHERE = "430000"
UNISSUED = "1540000"
MEMBER_UNITS = ("茶业", "食品", "科技", "物流", "建材", "文化", "农业", "机械", "电子", "环保")
LARGEST_ROSTER = 8
# Each in its turn, without dice: the rest of the invented data stays as it was.
NATIVE_PLACES = ("湖南长沙", "湖南株洲", "湖南邵阳", "", "湖北武汉", "湖南怀化")
TITLES = ("高级经济师", "", "会计师", "", "高级工程师", "", "")


@dataclass
class Invented:
    """The rows under construction."""

    world: World
    dice: Random = field(default_factory=lambda: Random(SEED + 2))  # noqa: S311  invented data, nothing secret
    people: list[Person] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    rows: dict[type[Any], list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.born_on_day: Counter[date] = Counter()
        self.numbers, self.calls = BlindIndex("id_number"), BlindIndex("phone")
        self.seal_number, self.seal_call = Sealer("people_person", "id_number"), Sealer("people_phone", "number")

    def add(self, row: Any) -> None:
        self.rows.setdefault(type(row), []).append(row)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def person(self, oldest: int, youngest: int, *, has_number: bool = True) -> Person:
        """Somebody of that age, with a synthetic number."""
        invented = words()
        name = self.dice.choice(invented["surnames"]) + self.dice.choice(invented["given"])
        today = self.world.today
        born = date(
            today.year - self.dice.randint(youngest, oldest), self.dice.randint(1, 12), self.dice.randint(1, 28)
        )
        serial = len(self.people)
        one = Person(id=self.world.person_key(), name=name, name_key=name_key(name), born_on=born)
        one.sex = "male" if serial % 2 else "female"
        if has_number:
            # The serial tells people of one birthday apart, and is odd for men; there are fewer than 500 of them.
            body = f"{NOWHERE}{born:%Y%m%d}{2 * self.born_on_day[born] + serial % 2:03d}"
            self.born_on_day[born] += 1
            number = body + check_character(body)
            one.id_number, one.id_number_index = self.seal_number.seal(number, one.pk), self.numbers.of(number)
        self.people.append(one)
        return one

    def phone(self) -> Phone:
        number = f"{UNISSUED}{len(self.phones) % 10_000:04d}"
        one = Phone(id=self.world.person_key(), number_index=self.calls.of(number))
        one.number = self.seal_call.seal(number, one.pk)
        self.phones.append(one)
        return one


def make_people(world: World) -> None:
    """Leaders and contacts of every living association, members of some, rosters of some Party organisations."""
    made = Invented(world)
    for association in world.associations:
        if association.status not in TERMINAL_STATUSES:
            _leaders(made, association)
            _contacts(made, association)
            if association.unit_member_count and made.chance(0.15):
                _member_units(made, association)
    for organization in world.organizations:
        if organization.dissolved_on is None:
            _party(made, organization)
    insert(Person, made.people)
    insert(Phone, made.phones)
    PartyOrganization.objects.bulk_update(world.organizations, ["phone"], batch_size=500)
    for model in (Officer, Contact, MemberUnit, PartyMember, Secretary):
        insert(model, made.rows.get(model, []))
        model._default_manager.update(updated_at=world.now)
    Person.objects.update(created_at=world.now)


def _leaders(made: Invented, association: Association) -> None:
    start = association.term_started_on
    president = made.person(76, 45)
    common: dict[str, Any] = {"association": association, "term_started_on": start, "starts_on": start}

    def appoint(person: Person, post: str, **values: Any) -> None:
        made.add(Officer(person=person, post=post, **common | values))

    retired = made.chance(0.12)
    appoint(
        president,
        "president",
        phone=made.phone(),
        political_status=made.dice.choice(["party_member", "party_member", "masses", "democratic"]),
        term_count=made.dice.choice([1, 1, 1, 2, 2, 3]),
        appointment_mode="elected",
        is_retired_official=retired,
        retired_on=made.world.today - timedelta(days=made.dice.randint(200, 3000)) if retired else None,
        employer="某企业董事长" if not retired else "",
    )
    legal = president if made.chance(0.8) else made.person(65, 40)
    appoint(legal, "legal_representative")
    appoint(
        made.person(60, 30),
        "secretary_general",
        phone=made.phone(),
        appointment_mode=made.dice.choice(["elected", "appointed"]),
        political_status=made.dice.choice(["party_member", "masses"]),
    )
    for _ in range(made.dice.randint(1, 2)):
        appoint(made.person(68, 35, has_number=made.chance(0.6)), "vice_president", appointment_mode="elected")
    if start is not None and made.chance(0.2):
        before = {"starts_on": start - timedelta(days=5 * 365), "ends_on": start - timedelta(days=1)}
        appoint(made.person(80, 50), "president", term_started_on=before["starts_on"], **before)


def _contacts(made: Invented, association: Association) -> None:
    main = made.person(55, 25, has_number=False)
    made.add(Contact(association=association, person=main, phone=made.phone(), duty="办公室主任", is_main=True))
    if made.chance(0.3):
        made.add(Contact(association=association, phone=made.phone(), duty="值班电话"))


def _member_units(made: Invented, association: Association) -> None:
    levels = ["president", "vice_president", "director", "member", "member"]
    place = association.region.short_name or association.region.name
    for level in levels[: min(5, association.unit_member_count or 0)]:
        word = "".join(made.dice.sample("恒盛泰和润丰宏景远达", 2))
        name = f"{place}{word}{made.dice.choice(MEMBER_UNITS)}有限公司"
        known = {one.name for one in made.rows.get(MemberUnit, []) if one.association is association}
        if name not in known:
            unit = MemberUnit(association=association, name=name, key=name_key(name), level=level)
            unit.starts_on = association.established_on
            made.add(unit)


def _party(made: Invented, organization: PartyOrganization) -> None:
    secretary = made.person(62, 35)
    term = organization.term_started_on or organization.established_on
    if made.chance(0.85):
        origin = made.dice.choice(["officer", "staff", "seconded", "retired"])
        made.add(Secretary(organization=organization, person=secretary, origin=origin, starts_on=term))
        organization.phone = made.phone()
    count = organization.full_member_count
    if not count or count > LARGEST_ROSTER or not made.chance(0.5):
        return
    for place in range(count):
        person = secretary if place == 0 else made.person(65, 28)
        joined = date((person.born_on or made.world.today).year + made.dice.randint(22, 27), 7, 1)
        made.add(
            PartyMember(
                organization=organization,
                person=person,
                phone=made.phone() if made.chance(0.5) else None,
                membership_state="full",
                joined_on=joined,
                became_full_on=joined.replace(year=joined.year + 1),
                ethnicity=made.dice.choice(["汉族", "汉族", "汉族", "土家族", "苗族"]),
                education=made.dice.choice(["bachelor", "college", "postgraduate", "high_school"]),
                native_place=NATIVE_PLACES[(count + place) % len(NATIVE_PLACES)],
                professional_title=TITLES[(count + place) % len(TITLES)],
                is_in_hardship=True if place == 4 and count % 3 == 0 else None,
                relation_in_organization=True,
                party_post="secretary" if place == 0 else "commissioner" if place < 3 else "",
            )
        )
