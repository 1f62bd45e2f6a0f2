"""Every write of people and phones: who a role row names, corrections, and joining two rows that are one person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.timezone import localdate

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT
from portal.access.scoping import GuardedModel, everything
from portal.audit.services import record
from portal.importing import identities
from portal.importing.normalise import name_key
from portal.importing.parsers import CellContext, IdNumberParser, Parser, PersonNameParser, PhoneParser
from portal.importing.partial import PartialDate, agrees
from portal.people.enums import IdType
from portal.people.models import Person, PersonMerge, Phone
from portal.people.rules import index_text, kind_of, says_birthday
from portal.privacy.masks import mask_id_number
from portal.privacy.sealing import blind, seal, unseal

PERSON_TABLE = Person._meta.db_table
PHONE_TABLE = Phone._meta.db_table
ALL_ROLES = "all role rows of one person, whoever reaches them"


@dataclass(frozen=True, slots=True)
class Identity:
    """What somebody typed about a person; `id_number` is normalised by `identity()`."""

    name: str
    id_type: str = IdType.RESIDENT
    id_number: str = ""
    sex: str = ""
    born_on: date | None = None


def identity(
    *,
    name: str,
    id_number: str = "",
    id_type: str = "",
    sex: str = "",
    born_on: date | None = None,
    now: datetime,
) -> Identity:
    """Check what was typed; a number that tells birthday and sex decides over both. Raises `Refused`."""
    cleaned = _parsed(PersonNameParser(), name, "姓名", now)
    if not cleaned:
        raise Refused("person.name_missing", "没有填写姓名。请填写姓名。")
    number = _parsed(IdNumberParser(), id_number, "证件号码", now)
    kind = id_type or IdType.RESIDENT
    if number:
        kind, problem = kind_of(number, id_type)
        if problem:
            raise Refused("id.type", f"证件号码「{mask_id_number(number)}」{problem}。")
        if says_birthday(number):
            told = identities.born_on(number)
            if born_on is not None and told is not None and not agrees(born_on, told):
                raise Refused(
                    "person.born_on",
                    f"出生日期{born_on.isoformat()}与证件号码中的出生日期不一致。请对照证件改正其中一项。",
                )
            born_on, sex = told, identities.sex(number)
    return Identity(cleaned, kind, number, sex, born_on)


def _parsed(parser: Parser, text: str, label: str, now: datetime) -> str:
    """A value as the spreadsheets' parser reads it; whatever it remarks is refused, for here somebody can mend it."""
    value, problems = parser.parse(text or None, CellContext(label=label, today=localdate(now)))
    if problems:
        raise Refused(problems[0].code, problems[0].message)
    return str(value or "")


def person_for(
    *,
    name: str,
    id_number: str = "",
    id_type: str = "",
    sex: str = "",
    born_on: date | None = None,
    actor: Actor | None,
    now: datetime,
) -> Person:
    """The person whom a role row names: the one that has this number, else a new one.

    Nothing of a known person but name, birthday and sex, which the number and the name imply, is ever shown by it.
    Raises `Refused` for an unsound number, or when the number is registered under another name: the message does not
    say which. Two that come at once get the same row.
    """
    given = identity(name=name, id_number=id_number, id_type=id_type, sex=sex, born_on=born_on, now=now)
    if not given.id_number:
        return _new_person(given, "")
    index = blind(index_text(given.id_type, given.id_number), purpose="id_number")
    found = _by_index(index)
    if found is None:
        try:
            with transaction.atomic():
                return _new_person(given, index)
        except IntegrityError:
            # Somebody else was faster; now the row is there.
            found = _by_index(index)
            if found is None:
                raise
    return _same_facts(_same_name(found, given.name), given)


def _by_index(index: str) -> Person | None:
    return Person.objects.unscoped("a number is unique over the whole register").filter(id_number_index=index).first()


def _new_person(given: Identity, index: str) -> Person:
    person = Person(name=given.name, sex=given.sex, born_on=given.born_on, id_type=given.id_type, id_number_index=index)
    person.id_number = seal(given.id_number, table=PERSON_TABLE, column="id_number", row=person.pk)
    person.save(force_insert=True)
    return person


def _same_name(person: Person, name: str) -> Person:
    if person.name_key != name_key(name):
        raise Refused(
            "person.other_name",
            f"这个证件号码已登记在另一个姓名下，与「{name}」不符。请先核对号码和姓名；确属改名的，"
            "请联系省委社会工作部更正。",
        )
    return person


def _same_facts(person: Person, given: Identity) -> Person:
    """A passport tells neither birthday nor sex: who did not type them is not shown them either."""
    if not says_birthday(given.id_number) and (person.sex, person.born_on) != (given.sex, given.born_on):
        raise Refused(
            "person.other_facts",
            f"这个{IdType(given.id_type).label}号码已登记，但性别或出生日期与填写的不一致。请对照证件填写这两项；"
            "仍不能保存的，请联系省委社会工作部核对。",
        )
    return person


def new_phone(number: str, *, now: datetime) -> Phone | None:
    """A new row for a phone number; None for an empty one. Raises `Refused` for what cannot be one."""
    text = _parsed(PhoneParser(), number, "联系电话", now)
    if not text:
        return None
    phone = Phone(number_index=blind(text, purpose="phone"))
    phone.number = seal(text, table=PHONE_TABLE, column="number", row=phone.pk)
    phone.save(force_insert=True)
    return phone


def phone_after(present: Phone | None, number: str | None, *, now: datetime) -> Phone | None:
    """The phone of a role row after an edit: None leaves it, an empty text takes it away, the same number stays."""
    if number is None:
        return present
    if present is not None and number.strip() and blind(number, purpose="phone") == present.number_index:
        return present
    return new_phone(number, now=now)


# Corrections ------------------------------------------------------------------------------------------------------
def reaches_all(person: Person, actor: Actor) -> bool:
    """Whether every role row of the person lies in the actor's scope: only then may what they share be changed."""
    for model, field in role_fields():
        rows = model.objects.unscoped(ALL_ROLES).filter(**{field: person})
        if rows.exclude(pk__in=model.objects.for_actor(actor).filter(**{field: person}).values("pk")).exists():
            return False
    return True


def role_fields() -> list[tuple[type[GuardedModel], str]]:
    """Every (model, field) that names a person; the wings' role rows, found by their foreign key."""
    return [
        (relation.related_model, relation.field.name)
        for relation in Person._meta.related_objects
        if relation.related_model not in (Person, PersonMerge) and issubclass(relation.related_model, GuardedModel)
    ]


def correct_person(
    person: Person,
    *,
    name: str,
    sex: str | None = None,
    born_on: date | None = None,
    id_number: str | None = None,
    id_type: str = "",
    actor: Actor,
    now: datetime,
) -> Person:
    """Correct what all role rows of a person share. `id_number` None leaves the number, which nobody retypes, as
    `sex` and `born_on` None leave theirs.

    Returns the person the role row names from now on: another one, when the number given is another's of the same
    name. Raises `Refused` when the person is also named outside the actor's scope, or for an unsound number.
    """
    number = unseal(person.id_number, table=PERSON_TABLE, column="id_number", row=person.pk)
    typed = number if id_number is None else id_number
    # A form posts the first day of a month of which no more is known; unchanged it is still that month.
    born_on = person.born_on if born_on == person.born_on else born_on
    kind = id_type or (person.id_type if id_number is None else "")
    given = identity(
        name=name,
        id_number=typed,
        id_type=kind,
        # A new number tells both by itself.
        sex=person.sex if sex is None and id_number is None else sex or "",
        born_on=person.born_on if born_on is None and id_number is None else born_on,
        now=now,
    )
    index = blind(index_text(given.id_type, given.id_number), purpose="id_number") if given.id_number else ""
    values = {"name": given.name, "sex": given.sex, "born_on": given.born_on, "id_type": given.id_type}
    before = {field: getattr(person, field) for field in values}
    if values == before and index == person.id_number_index:
        return person
    if not reaches_all(person, actor):
        raise Refused(
            "person.shared",
            f"「{person}」还在其他单位任职，姓名、性别、出生日期和证件号码不能由本单位修改。请联系省委社会工作部更正。",
        )
    other = _by_index(index) if index and index != person.id_number_index else None
    if other is not None:
        return _same_name(other, given.name)
    person.precisions = {"born_on": given.born_on.precision} if isinstance(given.born_on, PartialDate) else {}
    for field, value in values.items():
        setattr(person, field, value)
    if index != person.id_number_index:
        person.id_number = seal(given.id_number, table=PERSON_TABLE, column="id_number", row=person.pk)
        person.id_number_index = index
    with transaction.atomic():
        person.save()
        changed = {field: value for field, value in values.items() if before[field] != value}
        if id_number is not None and given.id_number != number:
            changed["id_number"] = "已更改"
        shown = {field: before.get(field, "") for field in changed}
        record("people.correct", actor=actor, subject=person, before=shown, after=changed, now=now)
    return person


# Joining ----------------------------------------------------------------------------------------------------------
def merge(kept: Person, dropped: Person, *, reason: str, actor: Actor, now: datetime) -> PersonMerge:
    """Join two rows that are one human being: all role rows of `dropped` name `kept` from now on.

    Raises `Refused` unless the department does it with a reason, for two different numbers, or for a row already
    joined. What pointed where is kept, so `unmerge` can take it back.
    """
    if actor.role not in DEPARTMENT:
        raise Refused("role", "合并人员由省委社会工作部办理。")
    if len(reason.strip()) < 4:
        raise Refused("person.reason", "合并人员须写明依据，例如核对了哪份材料。")
    if kept.pk == dropped.pk or kept.merged_into_id or dropped.merged_into_id:
        raise Refused("person.merged", "这两条人员记录已经是同一人，不必再合并。")
    if kept.id_number_index and dropped.id_number_index:
        raise Refused("person.two_numbers", "两条人员记录的证件号码不同，不是同一人。请先核对并更正号码。")
    with transaction.atomic():
        moved = _repoint(dropped, kept)
        is_number_moved = bool(dropped.id_number)
        if is_number_moved:
            _move_number(dropped, kept)
        dropped.merged_into = kept
        if not _swap(dropped, merged_into=None, then=kept) or not _swap(kept, merged_into=None, then=None):
            raise Refused("person.merged", "其中一条人员记录刚刚被他人合并。请刷新页面再看。")
        done = PersonMerge.objects.create(
            kept=kept,
            dropped=dropped,
            moved=moved,
            is_number_moved=is_number_moved,
            reason=reason.strip()[:200],
            merged_by_id=actor.user_id,
            merged_at=now,
        )
        record("people.merge", actor=actor, subject=kept, after={"moved": moved}, reason=reason, now=now)
    return done


def _swap(person: Person, *, merged_into: Person | None, then: Person | None) -> int:
    """Compare and swap in the database: two who join at once do not both succeed."""
    rows = Person.objects.unscoped("a compare-and-swap by primary key")
    return rows.filter(pk=person.pk, merged_into=merged_into).update(merged_into=then)


def _repoint(source: Person, target: Person) -> dict[str, list[Any]]:
    moved: dict[str, list[Any]] = {}
    try:
        with transaction.atomic():
            for model, field in role_fields():
                rows = model.objects.unscoped(ALL_ROLES).filter(**{field: source})
                pks = list(rows.order_by("pk").values_list("pk", flat=True))
                if pks:
                    moved[f"{model._meta.label}.{field}"] = pks
                    rows.update(**{field: target})
    except IntegrityError:
        raise Refused(
            "person.same_role", "两人在同一单位担任同一职务，合并后会重复。请先终止其中一条任职，再合并。"
        ) from None
    return moved


def _move_number(source: Person, target: Person) -> None:
    number = unseal(source.id_number, table=PERSON_TABLE, column="id_number", row=source.pk)
    index, kind = source.id_number_index, source.id_type
    source.id_number, source.id_number_index = "", ""
    source.save()
    target.id_number = seal(number, table=PERSON_TABLE, column="id_number", row=target.pk)
    target.id_number_index, target.id_type = index, kind
    target.save()


def unmerge(done: PersonMerge, *, actor: Actor, now: datetime) -> Person:
    """Take a joining back: the role rows moved then, and still there, name their own person again."""
    if actor.role not in DEPARTMENT:
        raise Refused("role", "撤销人员合并由省委社会工作部办理。")
    if done.undone_at is not None:
        raise Refused("person.unmerged", "这次合并已经撤销。")
    kept, dropped = done.kept, done.dropped
    if kept.merged_into_id:
        raise Refused("person.merged_on", "合并后的人员记录又与另一条合并过。请先撤销后来的那次合并。")
    models_by_name: dict[str, tuple[type[models.Model], str]] = {
        f"{model._meta.label}.{field}": (model, field) for model, field in role_fields()
    }
    with transaction.atomic(), everything("a recorded joining is taken back"):
        if not PersonMerge.objects.filter(pk=done.pk, undone_at=None).update(undone_at=now):
            raise Refused("person.unmerged", "这次合并已经撤销。")
        for name, pks in done.moved.items():
            model, field = models_by_name[name]
            model._default_manager.filter(pk__in=pks, **{field: kept}).update(**{field: dropped})
        if done.is_number_moved:
            _move_number(kept, dropped)
        dropped.merged_into = None
        dropped.save()
        done.undone_at = now
        record("people.unmerge", actor=actor, subject=dropped, before={"moved": done.moved}, now=now)
    return dropped


def person_key() -> UUID:
    """The key of a person that is planned before it is written."""
    field: Any = Person._meta.pk
    return UUID(str(field.get_default()))
