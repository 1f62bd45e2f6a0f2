"""Keys and ciphers are changed while everything stays readable; stopped, the work goes on where it was."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.access.decisions import Refused
from portal.audit.models import AuditEvent
from portal.people.models import Person, Phone
from portal.privacy import services
from portal.privacy.keys import add_key, ring_path
from portal.privacy.services import opened, reseal, reveal, sealed_columns, stale
from tests.people import makers
from tests.personas import Personas, Province

pytestmark = pytest.mark.django_db


def prefixes() -> set[str]:
    tokens = [*Person.objects.exclude(id_number="").values_list("id_number", flat=True)]
    tokens += Phone.objects.values_list("number", flat=True)
    return {token.rsplit(".", 1)[0] for token in tokens}


@pytest.fixture
def people() -> list[Person]:
    made = [makers.make_person(number=makers.id_number(serial)) for serial in range(1, 8)]
    makers.make_person()
    makers.make_phone("15400001234")
    return made


def test_every_sealed_column_is_known() -> None:
    found = {f"{model._meta.label}.{field}" for model, field in sealed_columns()}
    assert {"people.Person.id_number", "people.Phone.number"} <= found


def test_new_key_reaches_every_value(people: list[Person]) -> None:
    assert prefixes() == {"v1.k1"}
    add_key(ring_path())
    call_command("reseal", chunk=3, pause=0)
    assert prefixes() == {"v1.k2"}
    for serial, person in enumerate(people, 1):
        person.refresh_from_db()
        assert opened(person, "id_number") == makers.id_number(serial)
    assert AuditEvent.objects.get(action="privacy.reseal").after["people.Person.id_number"] == 7
    assert reseal(chunk=3, pause=0, now=timezone.now())["people.Person.id_number"] == 0


def test_other_cipher_is_a_rotation_too(people: list[Person], settings: Any) -> None:
    settings.PORTAL_CIPHER = "sm4"
    call_command("reseal", chunk=100, pause=0)
    assert prefixes() == {"v2.k1"}
    people[0].refresh_from_db()
    assert opened(people[0], "id_number") == makers.id_number(1)


def test_interrupted_it_goes_on(people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    add_key(ring_path())
    work, done = services._reseal_rows, []

    def once(*args: Any) -> int:
        if done:
            raise KeyboardInterrupt
        done.append(1)
        return work(*args)

    monkeypatch.setattr(services, "_reseal_rows", once)
    with pytest.raises(KeyboardInterrupt):
        reseal(chunk=3, pause=0, now=timezone.now())
    assert stale(Person, "id_number").count() == 4
    monkeypatch.setattr(services, "_reseal_rows", work)
    reseal(chunk=3, pause=0, now=timezone.now())
    assert prefixes() == {"v1.k2"}


def test_value_changed_meanwhile_is_not_overwritten(people: list[Person]) -> None:
    add_key(ring_path())
    before = [(people[0].pk, people[0].id_number)]
    Person.objects.filter(pk=people[0].pk).update(id_number="", id_number_index="")
    assert services._reseal_rows(Person, "id_number", before) == 0
    people[0].refresh_from_db()
    assert people[0].id_number == ""


def test_broken_value_is_told_and_shown_nowhere(people: list[Person]) -> None:
    add_key(ring_path())
    Person.objects.filter(pk=people[0].pk).update(id_number=people[1].id_number)
    with pytest.raises(CommandError, match="重新加密没有完成"):
        call_command("reseal", pause=0)


def test_value_that_is_not_sealed_never_reaches_the_database(people: list[Person]) -> None:
    from django.core.exceptions import ValidationError

    people[0].id_number = makers.id_number(1)
    with pytest.raises(ValidationError):
        people[0].save()


@pytest.mark.parametrize(
    ("who", "field", "purpose", "code"),
    [
        ("department_admin", "id_number", "看看", "privacy.purpose"),
        ("department_admin", "phone", "核对换届备案材料", "privacy.empty"),
        ("auditor", "id_number", "核对换届备案材料", "privacy.right"),
        ("other_filer", "id_number", "核对换届备案材料", "privacy.right"),
    ],
)
def test_reveal_is_refused(
    who: str, field: str, purpose: str, code: str, province: Province, personas: Personas
) -> None:
    officer = makers.make_officer(province.tea, makers.make_person("张三", makers.id_number(7)))
    with pytest.raises(Refused) as caught:
        reveal(officer, field, purpose=purpose, actor=personas[who].actor, now=timezone.now())
    assert caught.value.code == code
