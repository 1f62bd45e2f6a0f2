"""Party members in spreadsheets: by number, else by name, organisation and the day of joining."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, Q

from associations.registry.enums import Source
from associations.registry.models import current_on
from partybuilding.care.rules import CARERS
from partybuilding.members.enums import Education, MembershipState, PartyPost
from partybuilding.members.models import PartyMember
from partybuilding.members.services import end_membership
from partybuilding.organizations.full_lists import organizations_within
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.references import MATCHING, ORGANIZATIONS, Organizations
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.parsers import ChoiceParser, DateParser, NameParser, TextParser, YesNoParser
from portal.importing.references import ReferenceDomain
from portal.importing.resources import Column, ImportResource, StagedRow
from portal.people import imports as people
from portal.people.imports import PeopleImport

END = "end"

STATE_SYNONYMS = {
    "full": ["正式", "正式党员(中共)", "中共党员", "党员"],
    "probationary": ["预备", "中共预备党员"],
}
POST_SYNONYMS = {
    "secretary": ["党支部书记", "支部书记", "党委书记", "总支书记", "党总支书记"],
    "deputy_secretary": ["党支部副书记", "支部副书记", "党委副书记", "总支副书记"],
    "publicity": ["宣传统战委员"],
    "discipline": ["纪律检查委员", "纪检监察委员"],
    "commissioner": ["支委", "支部委员", "党支部委员", "党委委员"],
}
EDUCATION_SYNONYMS = {
    "postgraduate": ["硕士", "博士", "研究生及以上", "硕士研究生", "博士研究生", "在职研究生"],
    "bachelor": ["本科", "大学", "大学本科及以上", "在职大学", "学士"],
    "college": ["大专", "专科", "高职", "大学普通班"],
    "secondary": ["中等专科", "中师"],
    "high_school": ["高中", "技校", "职高", "中技", "高中及以下"],
    "junior": ["初中", "小学", "初中以下"],
}
NATIONS = "族"


class PartyMemberResource(ImportResource):
    """Kind ``party_members``."""

    kind: ClassVar[str] = "party_members"
    label: ClassVar[str] = "党员名册"
    load_order: ClassVar[int] = 50
    main: ClassVar[str] = "party_member"
    references: ClassVar[Mapping[str, ReferenceDomain]] = {"party_organization": ORGANIZATIONS}
    export_order: ClassVar[Sequence[str]] = ("organization__name", "person__name", "pk")
    export_related: ClassVar[Sequence[str]] = ("organization", "person")

    id_number = people.id_number_column(key=1)
    id_type = people.id_type_column()
    name = people.name_column(key=2, synonyms=["党员姓名", "名字"])
    sex = people.sex_column()
    born_on = people.born_on_column()
    ethnicity = Column("民族", TextParser(20), attribute="ethnicity", synonyms=["民 族"])
    education = Column(
        "学历",
        ChoiceParser(Education.choices, EDUCATION_SYNONYMS),
        attribute="education",
        synonyms=["文化程度", "最高学历", "学历学位"],
    )
    native_place = Column("籍贯", TextParser(60), attribute="native_place", synonyms=["籍 贯", "祖籍"])
    professional_title = Column(
        "专业技术职称",
        TextParser(60),
        attribute="professional_title",
        synonyms=["职称", "技术职称", "专业技术职务", "专业职称"],
    )
    is_in_hardship = Column(
        "生活困难",
        YesNoParser(),
        synonyms=["是否生活困难", "生活困难党员", "困难党员", "是否困难党员"],
        hint="只有上级党委和社会工作部可以看到，不随名册导出",
    )
    membership_state = Column(
        "正式/预备",
        ChoiceParser(MembershipState.choices, STATE_SYNONYMS),
        attribute="membership_state",
        required=True,
        synonyms=["党员类别", "人员类别", "党员类型", "正式党员/预备党员", "是否正式党员"],
    )
    joined_on = Column(
        "入党日期",
        DateParser(),
        key=4,
        attribute="joined_on",
        synonyms=["入党时间", "加入党组织日期", "加入党组织时间", "入党年月"],
    )
    became_full_on = Column(
        "转正日期", DateParser(), attribute="became_full_on", synonyms=["转正时间", "转为正式党员日期"]
    )
    party_organization = Column(
        "所在党组织",
        NameParser(),
        key=3,
        required=True,
        synonyms=["党组织", "所在党支部", "所在支部", "党支部", "党组织名称", "组织关系所在党支部", "隶属组织"],
    )
    relation_in_organization = Column(
        "组织关系是否在本组织",
        YesNoParser(),
        attribute="relation_in_organization",
        synonyms=["组织关系在本组织", "组织关系是否在本支部", "组织关系是否转入", "组织关系所在"],
    )
    association_post = Column(
        "社会组织职务",
        TextParser(80),
        attribute="association_post",
        synonyms=["协会职务", "社团职务", "在社会组织职务", "行政职务"],
    )
    party_post = Column(
        "党内职务",
        ChoiceParser(PartyPost.choices, POST_SYNONYMS),
        attribute="party_post",
        synonyms=["党组织职务", "支部职务", "党务职务"],
    )
    phone = people.phone_column()
    remark = Column("备注", TextParser(500), attribute="remark", synonyms=["说明", "备注说明"])

    absence_label: ClassVar[Sequence[str]] = ("organization__name", "person__name")
    page: ClassVar[str] = "partybuilding:party_member"

    @classmethod
    def absence_actions(cls) -> dict[str, str]:
        return {END: "移出名册（截至生效日期前一天）"}

    @classmethod
    def settle(cls, pk: int, action: str, *, remark: str, actor: Actor, on: dt.date, now: dt.datetime) -> None:
        member = scoped(PartyMember, actor).select_related("organization", "person").get(pk=pk)
        last = on - dt.timedelta(days=1)
        end_membership(member, ends_on=last, reason=remark, actor=actor, now=now, version=member.version)

    def in_full_list(self, scope: str) -> Q:
        """Members on the roster on the effective date, of the organisations of the scope."""
        day, actor = self.run.effective_on, self.run.actor
        within = organizations_within(scope, actor=actor, on=day)
        return current_on(day) & Q(organization__in=scoped(PartyOrganization, actor).filter(within).values("pk"))

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"party_member": PartyMember, **people.TABLES}

    def prepare(self) -> None:
        self.organizations = Organizations(self.run.actor, confirmed=self.run.remembered.get(ORGANIZATIONS.code))
        self.people = PeopleImport()
        self.relations: dict[Any, int] = {}

    def check(self, row: StagedRow) -> None:
        self.people.check(row)
        values = row.values
        joined, full = values.get("joined_on"), values.get("became_full_on")
        if joined is not None and full is not None and full < joined:
            row.error("date.conflict", "became_full_on", f"转正日期 {full} 早于入党日期 {joined}。请核对两个日期。")
        is_probationary = values.get("membership_state") == MembershipState.PROBATIONARY
        if is_probationary and full is not None and full <= self.run.today:
            text = f"党员类别是预备党员，但填了转正日期 {full}。请核对是否已转正。"
            row.warn("membership_state.disagrees", "membership_state", text)
        born = values.get("born_on")
        if born is not None and joined is not None and joined < dt.date(born.year + 18, 1, 1):
            text = f"入党日期 {joined} 时不满 18 岁。请核对出生日期和入党日期。"
            row.warn("joined_on.too_early", "joined_on", text)
        if (nation := values.get("ethnicity")) is not None and not nation.endswith(NATIONS) and len(nation) < 5:
            values["ethnicity"] = nation + NATIONS

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        values = row.values
        if "id_number" in values:
            yield "id_number", (values["id_number"], name_key(values.get("party_organization", "")))
        elif "name" in values and "party_organization" in values:
            names = name_key(values["name"]), name_key(values["party_organization"])
            yield "name", (*names, values.get("joined_on"))

    # Matching -----------------------------------------------------------------------------------------------------

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.organizations.load(rows)
        self.people.load(rows)
        indexes = {index for row in rows if (index := self.people.index_of(row))}
        keys = {name_key(row.values["name"]) for row in rows if "name" in row.values}
        open_rows = PartyMember.objects.unscoped(MATCHING).filter(ends_on=None)
        open_rows = open_rows.select_related("person", "phone")
        named = Q(person__name_key__in=keys, organization__in=self.organizations.owners())
        found = list(open_rows.filter(named).order_by("pk"))
        # Where else a person's relation is: the number decides, over the whole register.
        elsewhere = list(open_rows.filter(person__id_number_index__in=indexes).order_by("pk")) if indexes else []
        self.by_index: dict[tuple[str, int], PartyMember] = {}
        self.by_name: dict[tuple[str, int], list[PartyMember]] = {}
        self.related: dict[str, PartyMember] = {}
        for one in {member.pk: member for member in [*found, *elsewhere]}.values():
            self.by_name.setdefault((one.person.name_key, one.organization_id), []).append(one)
            if index := one.person.id_number_index:
                self.by_index[index, one.organization_id] = one
                if one.relation_in_organization is not False:
                    self.related[index] = one
        self.present: dict[int, PartyMember] = {}
        for row in rows:
            owner = self.organizations.owner(row)
            if owner is None or "name" not in row.values or row.is_rejected:
                continue
            one = self._known(row, owner)
            if one is not None:
                row.pk, row.version = one.pk, one.version
                row.current = {field.attname: getattr(one, field.attname) for field in FIELDS}
                self.present[row.number] = one

    def _known(self, row: StagedRow, owner: int) -> PartyMember | None:
        """By number; else by name, organisation and day of joining, where numbers and days do not differ."""
        index = self.people.index_of(row)
        if index and (one := self.by_index.get((index, owner))) is not None:
            return one
        joined = row.values.get("joined_on")
        same = [
            one
            for one in self.by_name.get((name_key(row.values["name"]), owner), ())
            if not (index and one.person.id_number_index)
            and (joined is None or one.joined_on is None or one.joined_on == joined)
        ]
        if len(same) > 1:
            text = f"这个党组织有 {len(same)} 名党员叫「{row.values['name']}」。请补填公民身份号码或入党日期。"
            row.error("reference.ambiguous", "name", text)
        return same[0] if len(same) == 1 else None

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        self.organizations.check_scope(rows)

    # Planning -----------------------------------------------------------------------------------------------------

    def plan(self, row: StagedRow) -> None:
        owner = self.organizations.owner(row)
        if owner is None or "name" not in row.values:
            return
        present = self.present.get(row.number)
        if present is None:
            row.main |= {"organization_id": owner, "source": Source.IMPORT.value}
            row.main |= {"starts_on": self.run.effective_on} if self.run.is_dated else {}
        person = self.people.person(row, present.person if present else None)
        if person is not None:
            row.main["person_id"] = person
        row.main["phone_id"] = self.people.phone(row, present.phone if present else None)
        self._hardship(row)
        self._one_relation(row, owner, present)

    def _hardship(self, row: StagedRow) -> None:
        """Written by those who read care records; nobody else learns by importing what is known."""
        if "is_in_hardship" not in row.values:
            return
        if self.run.actor.role in CARERS:
            row.main["is_in_hardship"] = row.values["is_in_hardship"]
        else:
            text = "生活困难由党组织的上级党委和社会工作部登记，本次没有写入。请交由社会工作部导入或登记。"
            row.warn("column.not_kept", "is_in_hardship", text)

    def _one_relation(self, row: StagedRow, owner: int, present: PartyMember | None) -> None:
        """A person's relation is in one organisation at a time; who only works here says so."""
        index = self.people.index_of(row)
        held = present.relation_in_organization if present is not None else None
        if not index or row.values.get("relation_in_organization", held) is False:
            return
        first = self.relations.setdefault(index, row.number)
        other = self.related.get(index)
        if first != row.number:
            text = f"此人的组织关系在本文件第 {first} 行已列入另一个党组织。请核对，组织关系不在本组织的填「否」。"
            row.error("duplicate.in_file", "id_number", text)
        elif other is not None and other.organization_id != owner:
            text = "此人的组织关系登记在另一个党组织。请先在原党组织转出，或在「组织关系是否在本组织」填「否」。"
            row.error("duplicate.conflict", "id_number", text)

    @classmethod
    def filterset(cls) -> Any:
        from partybuilding.members.filters import PartyMemberFilter

        return PartyMemberFilter

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterator[dict[str, Any]]:
        for one in records:
            yield {
                "name": one.person.name,
                "id_type": one.person.get_id_type_display() if one.person.id_number_index else None,
                "sex": one.person.get_sex_display() or None,
                "born_on": one.person.born_on,
                "education": one.get_education_display() or None,
                "membership_state": one.get_membership_state_display(),
                "party_organization": one.organization.name,
                "party_post": one.get_party_post_display() or None,
            }


FIELDS = PartyMember._meta.concrete_fields
