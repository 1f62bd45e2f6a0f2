"""People and phones as an import plans them: found by blind index a chunk at a time, sealed before they reach staging.

Whatever stands in a plan is a token or an index; the numbers themselves stay in the memory of the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from portal.importing import identities, precisions
from portal.importing.enums import Severity
from portal.importing.normalise import name_key
from portal.importing.parsers import (
    ChoiceParser,
    DateParser,
    IdNumberParser,
    PersonNameParser,
    PhoneParser,
)
from portal.importing.partial import agrees
from portal.importing.resources import Column, Issue, StagedRow
from portal.people.enums import IdType, PoliticalStatus, Sex
from portal.people.models import Person, Phone
from portal.people.rules import index_text, kind_of, says_birthday
from portal.privacy.masks import mask_id_number, mask_phone
from portal.privacy.sealing import BlindIndex, Sealer

PERSON, PHONE = "person", "phone"
TABLES: dict[str, Any] = {PERSON: Person, PHONE: Phone}
MATCHING = "a number is unique over the whole register"
SEX_SYNONYMS = {"male": ["男性", "M", "1"], "female": ["女性", "F", "2"]}
ID_TYPE_SYNONYMS = {
    IdType.RESIDENT: ["身份证", "居民身份证号", "公民身份证", "二代身份证"],
    IdType.HMT_RESIDENT: ["港澳台居住证", "港澳居民居住证", "台湾居民居住证"],
    IdType.FOREIGN_RESIDENT: ["永久居留证", "外国人永久居留证", "五星卡"],
    IdType.HMT_PERMIT: ["回乡证", "港澳通行证"],
    IdType.TAIWAN_PERMIT: ["台胞证"],
    IdType.MILITARY: ["军人证", "士官证", "警官证"],
}
POLITICAL_SYNONYMS = {
    "party_member": ["党员", "中共党员(正式)", "正式党员", "共产党员", "中国共产党党员", "中共"],
    "probationary": ["预备党员", "中共党员(预备)"],
    "youth_league": ["团员", "共青团", "中国共产主义青年团团员"],
    "rcck": ["民革", "民革会员"],
    "cdl": ["民盟"],
    "cndca": ["民建"],
    "capd": ["民进"],
    "cpwdp": ["农工党", "农工民主党", "农工民主党党员"],
    "zgp": ["致公党"],
    "jiusan": ["九三", "九三学社"],
    "tsl": ["台盟"],
    "democratic": ["民主党派"],
    "independent": ["无党派", "无党派民主人士"],
    "masses": ["普通群众", "群众(无党派)"],
}


def name_column(**more: Any) -> Column:
    settings: dict[str, Any] = {"required": True, "synonyms": ["名字", "人员姓名"]} | more
    return Column("姓名", PersonNameParser(), **settings)


def id_type_column() -> Column:
    choices = ChoiceParser(IdType.choices, {str(code): words for code, words in ID_TYPE_SYNONYMS.items()})
    return Column("证件类型", choices, synonyms=["证件种类", "证件名称"], hint="不填按号码判断；护照等须填写")


def id_number_column(**more: Any) -> Column:
    return Column(
        "公民身份号码",
        IdNumberParser(),
        personal=True,
        mask=mask_id_number,
        synonyms=["身份证号", "身份证号码", "证件号码", "身份证", "居民身份证号码", "公民身份证号码", "证件号"],
        hint="可不填；单元格请设为文本格式",
        **more,
    )


def phone_column(*synonyms: str) -> Column:
    known = ["电话", "手机", "联系方式", "手机号", "手机号码", "电话号码", "联系人电话", "移动电话"]
    return Column("联系电话", PhoneParser(), personal=True, mask=mask_phone, synonyms=[*known, *synonyms])


def sex_column() -> Column:
    return Column("性别", ChoiceParser(Sex.choices, SEX_SYNONYMS))


def born_on_column() -> Column:
    return Column("出生日期", DateParser(), synonyms=["出生年月", "出生年月日", "生日", "出生时间"])


def political_status_column() -> Column:
    return Column(
        "政治面貌",
        ChoiceParser(PoliticalStatus.choices, POLITICAL_SYNONYMS),
        attribute="political_status",
        synonyms=["政治面目", "党派"],
    )


@dataclass(frozen=True, slots=True)
class Known:
    """A person that a number was found to belong to; `issues` are those of the row that first brings it, if new."""

    pk: UUID
    name_key: str
    sex: str
    born_on: Any
    issues: list[Issue] | None = None

    @property
    def is_there(self) -> bool:
        """Whether it is written, or will be: the row that brings it was not rejected."""
        return not any(issue.severity == Severity.ERROR for issue in self.issues or ())


class PeopleImport:
    """The people of one run. `load` a chunk, then `person` and `phone` a row."""

    def __init__(self) -> None:
        self._index, self._phone_index = BlindIndex("id_number"), BlindIndex("phone")
        self._persons = Sealer(Person._meta.db_table, "id_number")
        self._phones = Sealer(Phone._meta.db_table, "number")
        self._planned: dict[str, Known] = {}
        self._known: dict[str, Known] = {}
        self._indexes: dict[int, str] = {}
        self._kinds: dict[int, str] = {}

    def check(self, row: StagedRow) -> None:
        """Number against kind, birthday and sex of the same row (R-003, R-004); what the number says holds."""
        number = row.values.get("id_number")
        if number is None:
            return
        kind, problem = kind_of(number, row.values.get("id_type", ""))
        if problem:
            row.error("id.type", "id_number", f"公民身份号码「{mask_id_number(number)}」{problem}。")
            return
        row.values["id_type"] = kind
        if not says_birthday(number):
            return
        born, sex = identities.born_on(number), identities.sex(number)
        if born is not None and not agrees(row.values.get("born_on", born), born):
            text = f"出生日期 {row.values['born_on']} 与公民身份号码不一致，按号码登记。请核对。"
            row.warn("born_on.disagrees", "born_on", text)
        if row.values.get("sex", sex) != sex:
            text = f"性别填的是「{Sex(row.values['sex']).label}」，与公民身份号码不一致，按号码登记。请核对。"
            row.warn("sex.disagrees", "sex", text)
        row.values |= {"born_on": born, "sex": sex}

    def load(self, rows: Sequence[StagedRow]) -> None:
        """The known people of a chunk by their numbers: one query."""
        self._indexes = {}
        for row in rows:
            number = row.values.get("id_number")
            if number is not None and not row.is_rejected:
                self._indexes[row.number] = self._index.of(index_text(row.values.get("id_type", ""), number))
        wanted = set(self._indexes.values())
        found = Person.objects.unscoped(MATCHING).filter(id_number_index__in=wanted) if wanted else ()
        self._known = {one.id_number_index: Known(one.pk, one.name_key, one.sex, one.born_on) for one in found}

    def index_of(self, row: StagedRow) -> str:
        """The blind index of the row's number, empty without one."""
        return self._indexes.get(row.number, "")

    def person(self, row: StagedRow, present: Person | None, *, name: str | None = None) -> UUID | None:
        """The person whom the role row of this row names: `present` where it is the same, a known one, a new one.

        None when the row is rejected for it: the number is registered under another name (which the message does not
        tell).
        """
        name = row.values.get("name") if name is None else name
        index = self.index_of(row)
        known = self._find(index)
        if known is not None and name is not None and known.name_key != name_key(name):
            text = (
                f"公民身份号码「{mask_id_number(row.values['id_number'])}」已登记在另一个姓名下，与「{name}」不符。"
                "请核对号码和姓名；确属改名的，请先在登记库中更正姓名。"
            )
            row.error("duplicate.conflict", "id_number", text)
            return None
        if known is not None and not says_birthday(row.values["id_number"]):
            given = row.values.get("sex", ""), row.values.get("born_on")
            if given != (known.sex, known.born_on):
                text = "这个证件号码已登记，但性别或出生日期与填写的不一致。请对照证件填写这两项。"
                row.error("duplicate.conflict", "id_number", text)
                return None
        if known is not None:
            return known.pk
        if present is not None:
            self._complete(row, present, index)
            return present.pk
        return self._new(row, str(name), index)

    def named(self, row: StagedRow, name: str) -> UUID:
        """A new person of whom only the name is known."""
        key = uuid4()
        row.insert(PERSON, {"name": name, "name_key": name_key(name)}, object_uuid=key)
        return key

    def _find(self, index: str) -> Known | None:
        if not index:
            return None
        planned = self._planned.get(index)
        return planned if planned is not None and planned.is_there else self._known.get(index)

    def _new(self, row: StagedRow, name: str, index: str) -> UUID:
        key, values = uuid4(), row.values
        facts = {"name": name, "name_key": name_key(name)}
        facts |= {field: values[field] for field in ("sex", "born_on") if field in values}
        precisions.settle(facts, {})
        if index:
            facts |= self._number(row, key, index)
            sex, born = values.get("sex", ""), values.get("born_on")
            self._planned[index] = Known(key, facts["name_key"], sex, born, row.issues)
        row.insert(PERSON, facts, object_uuid=key)
        return key

    def _number(self, row: StagedRow, key: UUID, index: str) -> dict[str, Any]:
        token = self._persons.seal(row.values["id_number"], key)
        return {"id_type": row.values["id_type"], "id_number": token, "id_number_index": index}

    def _complete(self, row: StagedRow, person: Person, index: str) -> None:
        """A person without a number gets the one the file brings; sex and birthday follow what the file says."""
        if person.id_number_index:
            return
        values: dict[str, Any] = {field: row.values[field] for field in ("sex", "born_on") if field in row.values}
        precisions.settle(values, {"born_on": person.born_on, precisions.FIELD: person.precisions})
        after: dict[str, Any] = {field: value for field, value in values.items() if getattr(person, field) != value}
        if index:
            after |= self._number(row, person.pk, index)
            sex, born = row.values.get("sex", person.sex), row.values.get("born_on", person.born_on)
            self._planned[index] = Known(person.pk, person.name_key, sex, born, row.issues)
        if after:
            row.update(PERSON, person.pk, before={field: getattr(person, field) for field in after}, after=after)

    def phone(self, row: StagedRow, present: Phone | None, column: str = "phone") -> UUID | None:
        """The phone of a row's role row: the present one where it is the same or none is given, else a new one."""
        number = row.values.get(column)
        if number is None:
            return present.pk if present is not None else None
        index = self._phone_index.of(number)
        if present is not None and present.number_index == index:
            return present.pk
        key = uuid4()
        row.insert(PHONE, {"number": self._phones.seal(number, key), "number_index": index}, object_uuid=key)
        return key
