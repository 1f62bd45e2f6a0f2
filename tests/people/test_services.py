"""People: a number makes a row unique, a name never does; joining is recorded and can be taken back."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from associations.governance import services as governance
from associations.governance.models import Officer
from partybuilding.members import services as members
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from portal.people import services
from portal.people.models import Person, PersonMerge
from portal.people.services import person_for
from portal.privacy.services import opened
from tests.people import makers
from tests.personas import Personas, Province

NUMBER = makers.id_number(7)


def make(name: str = "张三", number: str = "", **values: Any) -> Person:
    return person_for(name=name, id_number=number, actor=None, now=timezone.now(), **values)


@pytest.mark.django_db
def test_number_makes_one_person_and_a_name_does_not() -> None:
    assert make("张三", NUMBER) == make("张 三", NUMBER.lower())
    assert make("张三") != make("张三")
    assert make("张三", "E12345678", id_type="passport", sex="male") != make("张三", "E12345678", id_type="other")


@pytest.mark.django_db
def test_number_tells_birthday_and_sex() -> None:
    one = make("张三", NUMBER)
    assert (one.born_on, one.sex, one.id_type) == (date(1960, 5, 1), "male", "resident_id")
    assert opened(one, "id_number") == NUMBER
    assert NUMBER not in one.id_number + one.id_number_index


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"number": "430104195601010010"}, "id.checksum"),
        ({"number": "E12345678"}, "id.type"),
        ({"number": NUMBER, "id_type": "passport"}, "id.type"),
        ({"number": NUMBER, "born_on": date(1961, 1, 1)}, "person.born_on"),
        ({"name": " "}, "person.name_missing"),
        ({"name": "张三13800138000"}, "name.number"),
    ],
)
def test_unsound_identity_is_refused_without_the_number(values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        make(**values)
    assert caught.value.code == code
    assert values.get("number", "-") not in caught.value.reason


@pytest.mark.django_db
def test_known_number_under_another_name_shows_nothing() -> None:
    make("欧阳外人", NUMBER)
    with pytest.raises(Refused) as caught:
        make("张三", NUMBER)
    assert caught.value.code == "person.other_name"
    assert "欧阳" not in caught.value.reason


@pytest.mark.django_db
def test_passport_shows_only_what_was_typed() -> None:
    make("张三", "E12345678", id_type="passport", sex="male", born_on=date(1970, 1, 1))
    with pytest.raises(Refused, match="不一致"):
        make("张三", "E12345678", id_type="passport")
    assert make("张三", "E12345678", id_type="passport", sex="male", born_on=date(1970, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_two_that_come_at_once_get_the_same_person() -> None:
    """Either waits for the other, or finds the number taken and takes that row."""
    makers.make_person("别人", makers.id_number(9))
    gate, found, wrong = threading.Barrier(4), [], []

    def come() -> None:
        try:
            gate.wait(10)
            found.append(make("张三", NUMBER).pk)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert (len(found), len(set(found))) == (4, 1)


# Corrections ------------------------------------------------------------------------------------------------------
def test_shared_person_is_corrected_by_who_reaches_all(province: Province, personas: Personas) -> None:
    person = make("张三", NUMBER)
    makers.make_officer(province.tea, person)
    makers.make_officer(province.trade, person)
    now = timezone.now()
    with pytest.raises(Refused) as caught:
        services.correct_person(person, name="张四", actor=personas.association_filer.actor, now=now)
    assert caught.value.code == "person.shared"
    services.correct_person(person, name="张四", actor=personas.department_admin.actor, now=now)
    person.refresh_from_db()
    assert (person.name, opened(person, "id_number")) == ("张四", NUMBER)


def test_number_given_later_leads_to_the_person_who_has_it(province: Province, personas: Personas) -> None:
    known, other = make("张三", NUMBER), make("张三")
    makers.make_officer(province.tea, other)
    actor, now = personas.department_admin.actor, timezone.now()
    assert services.correct_person(other, name="张三", id_number=NUMBER, actor=actor, now=now) == known
    fresh = services.correct_person(other, name="张三", id_number=makers.id_number(11), actor=actor, now=now)
    assert fresh == other
    assert AuditEvent.objects.get(action="people.correct").after == {
        "sex": "male",
        "born_on": "1960-05-01",
        "id_number": "已更改",
    }


# Joining ----------------------------------------------------------------------------------------------------------
def test_merge_moves_role_rows_and_can_be_taken_back(province: Province, personas: Personas) -> None:
    kept, dropped = make("张三"), make("张三", NUMBER)
    officer = makers.make_officer(province.tea, dropped)
    member = makers.make_party_member(province.tea_branch, dropped)
    stays = makers.make_officer(province.trade, kept)
    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        done = services.merge(kept, dropped, reason="核对了换届备案材料", actor=actor, now=now)
    officer.refresh_from_db(), member.refresh_from_db(), kept.refresh_from_db(), dropped.refresh_from_db()
    assert (officer.person, member.person, dropped.merged_into) == (kept, kept, kept)
    assert (opened(kept, "id_number"), dropped.id_number) == (NUMBER, "")
    with acting_as(actor):
        services.unmerge(done, actor=actor, now=now)
    officer.refresh_from_db(), member.refresh_from_db(), stays.refresh_from_db(), dropped.refresh_from_db()
    assert (officer.person, member.person, stays.person) == (dropped, dropped, kept)
    assert (opened(dropped, "id_number"), dropped.merged_into) == (NUMBER, None)
    assert PersonMerge.objects.get().undone_at == now


@pytest.mark.parametrize(
    ("numbers", "reason", "who", "code"),
    [
        ((NUMBER, makers.id_number(9)), "核对了材料", "department_admin", "person.two_numbers"),
        (("", NUMBER), "", "department_admin", "person.reason"),
        (("", NUMBER), "核对了材料", "association_filer", "role"),
    ],
)
def test_merge_is_refused(numbers: tuple[str, str], reason: str, who: str, code: str, personas: Personas) -> None:
    one, two = (make("张三", number) for number in numbers)
    with pytest.raises(Refused) as caught:
        services.merge(one, two, reason=reason, actor=personas[who].actor, now=timezone.now())
    assert caught.value.code == code


def test_merge_of_two_in_one_post_is_refused(province: Province, personas: Personas) -> None:
    one, two = make("张三"), make("张三")
    makers.make_officer(province.tea, one, post="director")
    makers.make_officer(province.tea, two, post="director")
    with pytest.raises(Refused) as caught:
        services.merge(one, two, reason="核对了材料", actor=personas.department_admin.actor, now=timezone.now())
    assert caught.value.code == "person.same_role"


# Role rows --------------------------------------------------------------------------------------------------------
def appoint(province: Province, personas: Personas, name: str, starts_on: date | None, **values: Any) -> Officer:
    values = {"post": "president"} | values
    actor = personas.department_admin.actor
    with acting_as(actor):
        return governance.appoint(
            province.tea, name=name, starts_on=starts_on, actor=actor, now=timezone.now(), **values
        )


def test_president_takes_over_the_day_after(province: Province, personas: Personas) -> None:
    first = appoint(province, personas, "张三", date(2020, 1, 1), phone="0731-84567890")
    second = appoint(province, personas, "李四", date(2025, 6, 1))
    first.refresh_from_db()
    assert (first.ends_on, second.ends_on, opened(first.phone, "number")) == (date(2025, 5, 31), None, "0731-84567890")
    for day, code in ((date(2025, 6, 1), "officer.later"), (None, "officer.start")):
        with pytest.raises(Refused) as caught:
            appoint(province, personas, "王五", day)
        assert caught.value.code == code


def test_vice_presidents_are_many_and_each_once(province: Province, personas: Personas) -> None:
    appoint(province, personas, "张三", None, post="vice_president", id_number=NUMBER)
    appoint(province, personas, "李四", None, post="vice_president")
    with pytest.raises(Refused) as caught:
        appoint(province, personas, "张三", None, post="vice_president", id_number=NUMBER)
    assert caught.value.code == "officer.known"


def test_correcting_an_officer_keeps_numbers_that_are_not_retyped(province: Province, personas: Personas) -> None:
    officer = appoint(province, personas, "张三", date(2020, 1, 1), id_number=NUMBER, phone="0731-84567890")
    actor, now, version = personas.department_admin.actor, timezone.now(), officer.version
    values = {
        "name": "张三",
        "sex": "male",
        "born_on": date(1960, 5, 1),
        "id_number": "",
        "phone": "",
        "employer": "某厂",
    }
    with acting_as(actor):
        governance.correct_officer(officer, starts_on=date(2020, 1, 1), actor=actor, now=now, version=version, **values)
        officer.refresh_from_db()
        assert (officer.employer, opened(officer.person, "id_number")) == ("某厂", NUMBER)
        assert opened(officer.phone, "number") == "0731-84567890"
        with pytest.raises(Conflict):
            governance.correct_officer(officer, starts_on=None, actor=actor, now=now, version=version, **values)


def test_audit_holds_no_number(province: Province, personas: Personas) -> None:
    officer = appoint(province, personas, "张三", date(2020, 1, 1), id_number=NUMBER, phone="15400001234")
    actor, now = personas.department_admin.actor, timezone.now()
    values = {"name": "张三", "id_number": makers.id_number(9), "phone": "15400009999"}
    with acting_as(actor):
        governance.correct_officer(officer, starts_on=None, actor=actor, now=now, version=officer.version, **values)
    told = str(list(AuditEvent.objects.values_list()))
    for number in (NUMBER, "15400001234", makers.id_number(9), "15400009999"):
        assert number not in told


def test_roster_and_secretary(province: Province, personas: Personas) -> None:
    actor, now, branch = personas.branch_secretary.actor, timezone.now(), province.tea_branch
    with acting_as(actor):
        member = members.enrol(
            branch, name="张三", id_number=NUMBER, membership_state="full", starts_on=None, actor=actor, now=now
        )
        with pytest.raises(Refused) as caught:
            members.enrol(
                branch, name="张三", id_number=NUMBER, membership_state="full", starts_on=None, actor=actor, now=now
            )
        assert caught.value.code == "party_member.known"
        with pytest.raises(Refused):
            members.enrol(
                province.trade_branch, name="李四", membership_state="full", starts_on=None, actor=actor, now=now
            )
        members.end_membership(
            member, ends_on=date(2026, 1, 1), reason="转出", actor=actor, now=now, version=member.version
        )
    admin = personas.department_admin.actor
    with acting_as(admin):
        for name, day in (("张三", date(2020, 1, 1)), ("李四", date(2025, 6, 1))):
            branch.refresh_from_db()
            members.appoint_secretary(
                branch,
                name=name,
                origin="",
                starts_on=day,
                phone="15400001234",
                actor=admin,
                now=now,
                version=branch.version,
            )
    found = {one.person.name: one.ends_on for one in branch.secretaries.select_related("person")}
    assert found == {"张三": date(2025, 5, 31), "李四": None}


def test_relation_elsewhere_is_refused_by_the_database_too(province: Province, personas: Personas) -> None:
    person = make("张三", NUMBER)
    makers.make_party_member(province.trade_branch, person)
    actor, now = personas.department_admin.actor, timezone.now()
    values = {"name": "张三", "id_number": NUMBER, "membership_state": "full", "starts_on": None}
    with acting_as(actor):
        with pytest.raises(Refused, match="组织关系已在另一个党组织"):
            members.enrol(province.tea_branch, actor=actor, now=now, **values)
        members.enrol(province.tea_branch, relation_in_organization=False, actor=actor, now=now, **values)
