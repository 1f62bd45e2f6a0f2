"""People and role rows for tests, past the services. All numbers are synthetic: 430000 is no county, so no human being
has a number that begins with it."""

from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from associations.governance.models import Contact, MemberUnit, Officer
from associations.registry.models import Association
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.terms.models import PartyElection, TermExtension
from portal.importing.identities import check_character
from portal.people.models import Person, PersonMerge, Phone
from portal.people.services import new_phone, person_for

_serial = count(1)


def id_number(serial: int = 0, born_on: date = date(1960, 5, 1)) -> str:
    """A sound number of nobody; odd serials are men."""
    body = f"430000{born_on:%Y%m%d}{(serial or next(_serial)) % 1000:03d}"
    return body + check_character(body)


def phone_number(serial: int = 0) -> str:
    """154 0000 xxxx: no operator gives out 154."""
    return f"1540000{serial or next(_serial):04d}"


def invented_name() -> str:
    """A name of nobody, different each time."""
    return "甄" + "".join("零壹贰叁肆伍陆柒捌玖"[int(digit)] for digit in str(next(_serial)))


def make_person(name: str = "", number: str = "", **values: Any) -> Person:
    name = name or invented_name()
    return person_for(name=name, id_number=number, actor=None, now=timezone.now(), **values)


def make_phone(number: str = "") -> Phone:
    made = new_phone(number or phone_number(), now=timezone.now())
    assert made is not None
    return made


def make_officer(association: Association, person: Person | None = None, **fields: Any) -> Officer:
    values = {"post": "vice_president"} | fields
    return Officer.objects.create(association=association, person=person or make_person(), **values)


def make_contact(association: Association, person: Person | None = None, **fields: Any) -> Contact:
    return Contact.objects.create(association=association, person=person or make_person(), **fields)


def make_member_unit(association: Association, name: str = "", **fields: Any) -> MemberUnit:
    return MemberUnit.objects.create(association=association, name=name or f"会员企业{next(_serial)}", **fields)


def make_party_member(organization: PartyOrganization, person: Person | None = None, **fields: Any) -> PartyMember:
    values = {"membership_state": "full"} | fields
    return PartyMember.objects.create(organization=organization, person=person or make_person(), **values)


def make_secretary(organization: PartyOrganization, person: Person | None = None, **fields: Any) -> Secretary:
    return Secretary.objects.create(organization=organization, person=person or make_person(), **fields)


def make_merge() -> PersonMerge:
    return PersonMerge.objects.create(kept=make_person(), dropped=make_person(), merged_at=timezone.now())


def make_election(organization: PartyOrganization, **fields: Any) -> PartyElection:
    """A valid election of five by twenty of twenty-five."""
    given = {
        "held_on": date(2023, 7, 1),
        "method": "committee",
        "eligible_count": 25,
        "present_count": 20,
        "seat_count": 5,
        "candidate_count": 6,
        "elected_count": 5,
        "least_votes": 11,
        "approval_number": "湘社组党〔2023〕7号",
    }
    return PartyElection.objects.create(organization=organization, **given | fields)


def make_extension(organization: PartyOrganization, **fields: Any) -> TermExtension:
    given = {
        "term_started_on": date(2023, 7, 1),
        "until_on": date(2026, 12, 31),
        "approved_on": date(2026, 6, 1),
        "approval_number": "湘社组党〔2026〕8号",
        "reason": "会员大会推迟",
    }
    return TermExtension.objects.create(organization=organization, **given | fields)
