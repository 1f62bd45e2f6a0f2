"""Officers, contacts and member units in spreadsheets."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, Q

from associations.governance import references as owning
from associations.governance import services
from associations.governance.enums import SINGLE_POSTS, AppointmentMode, MemberLevel, Post
from associations.governance.models import Contact, MemberUnit, Officer
from associations.governance.parsing import PostsParser
from associations.governance.references import Associations, owner_key
from associations.registry.enums import Source
from associations.registry.full_lists import associations_within
from associations.registry.models import Association, current_on
from associations.registry.references import ASSOCIATIONS
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.parsers import (
    ChoiceParser,
    DateParser,
    IntegerParser,
    NameParser,
    TextParser,
    UsccParser,
    YesNoParser,
)
from portal.importing.references import ReferenceDomain
from portal.importing.resources import Column, ImportResource, StagedRow
from portal.people import imports as people
from portal.people.imports import PeopleImport

END = "end"
MATCHING = owning.MATCHING
SINGLE = frozenset(str(post) for post in SINGLE_POSTS)
LEVEL_SYNONYMS = {
    "president": ["会长", "理事长单位"],
    "vice_president": ["副会长", "副理事长单位"],
    "executive_director": ["常务理事"],
    "director": ["理事"],
    "supervisor": ["监事"],
    "member": ["会员", "普通会员", "单位会员", "团体会员"],
}


class AssociationRows(ImportResource):
    """What kinds share whose rows hang on one association; `begins`: a new row starts on a given effective date."""

    begins: ClassVar[bool] = True
    absence_label: ClassVar[Sequence[str]] = ("association__name", "person__name")
    references: ClassVar[Mapping[str, ReferenceDomain]] = {owning.NAME: ASSOCIATIONS}

    end_label: ClassVar[str]
    end: ClassVar[Callable[..., Any]]

    def prepare(self) -> None:
        self.associations = Associations(self.run)

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        self.associations.check_scope(rows)

    def owners(self, rows: Sequence[StagedRow]) -> set[int]:
        """The associations of a chunk."""
        return {found.pk for row in rows if (found := self.associations.owner(row)) is not None}

    def in_full_list(self, scope: str) -> Q:
        """Rows that hold on the effective date, of the associations of the scope."""
        day = self.run.effective_on
        within = associations_within(scope, actor=self.run.actor, on=day)
        return current_on(day) & Q(association__in=scoped(Association, self.run.actor).filter(within).values("pk"))

    @classmethod
    def absence_actions(cls) -> dict[str, str]:
        """What the list's silence may mean: the row ended."""
        return {END: cls.end_label}

    @classmethod
    def settle(cls, pk: int, action: str, *, remark: str, actor: Actor, on: dt.date, now: dt.datetime) -> None:
        """The last day is the day before the list's."""
        record: Any = scoped(cls.main_model(), actor).select_related("association").get(pk=pk)  # type: ignore[type-var]
        cls.end(record, ends_on=on - dt.timedelta(days=1), actor=actor, now=now, version=record.version)

    def take(self, row: StagedRow, record: Any) -> None:
        """The record that a row was found to be."""
        row.pk, row.version = record.pk, record.version
        row.current = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}

    def begin(self, row: StagedRow) -> None:
        """What a new role row starts with."""
        found = self.associations.owner(row)
        if row.is_new and found is not None:
            row.main |= {"association_id": found.pk, "source": Source.IMPORT.value}
            if self.begins and "starts_on" not in row.values and self.run.is_dated:
                row.main["starts_on"] = self.run.effective_on


class OfficerResource(AssociationRows):
    """Kind ``officers``; key: number, else name, with association and post. A person may hold several posts."""

    kind: ClassVar[str] = "officers"
    label: ClassVar[str] = "社会组织负责人"
    load_order: ClassVar[int] = 40
    main: ClassVar[str] = "officer"
    end_label: ClassVar[str] = "终止任职（截至生效日期前一天）"
    end: ClassVar[Callable[..., Any]] = staticmethod(services.end_appointment)
    page: ClassVar[str] = "associations:officer"
    export_order: ClassVar[Sequence[str]] = ("association__name", "pk")
    export_related: ClassVar[Sequence[str]] = ("association", "person")

    association_uscc = owning.code_column()
    association_name = owning.name_column()
    name = people.name_column(key=2, synonyms=["负责人姓名", "负责人", "名字", "人员姓名", "现任负责人"])
    post = Column(
        "职务",
        PostsParser(),
        key=3,
        required=True,
        synonyms=["社团职务", "协会职务", "任职", "担任职务", "本组织职务", "现任职务", "社会组织职务"],
        hint="一人兼任的用顿号分开，例如「副会长、秘书长」",
    )
    id_type = people.id_type_column()
    id_number = people.id_number_column()
    born_on = people.born_on_column()
    sex = people.sex_column()
    political_status = people.political_status_column()
    term_started_on = Column(
        "本届起始日期",
        DateParser(),
        attribute="term_started_on",
        synonyms=["本届任期起始", "任期起始日期", "换届日期", "当选日期", "届期起始"],
    )
    term_count = Column(
        "届数",
        IntegerParser(1, 20),
        attribute="term_count",
        synonyms=["连任届数", "第几届", "任职届数", "已任届数"],
    )
    is_retired_official = Column(
        "是否离退休领导干部",
        YesNoParser(),
        attribute="is_retired_official",
        synonyms=["离退休领导干部", "是否退(离)休领导干部", "是否离退休干部", "离退休干部"],
    )
    retired_on = Column("退休日期", DateParser(), attribute="retired_on", synonyms=["退休时间", "离退休日期"])
    approval_number = Column(
        "兼职批复文号",
        TextParser(80),
        attribute="approval_number",
        synonyms=["批复文号", "审批文号", "兼职审批文号", "批准文号"],
    )
    appointment_mode = Column(
        "选任/聘任",
        ChoiceParser(AppointmentMode.choices, {"elected": ["选举", "选举产生"], "appointed": ["聘用", "外聘"]}),
        attribute="appointment_mode",
        synonyms=["产生方式", "任职方式", "选任或聘任", "选(聘)任"],
    )
    employer = Column(
        "工作单位及职务",
        TextParser(200),
        attribute="employer",
        synonyms=["工作单位", "所在单位及职务", "单位及职务", "工作单位职务", "主要任职单位及职务"],
    )
    starts_on = Column(
        "任职起始日期", DateParser(), attribute="starts_on", synonyms=["任职日期", "任职时间", "到任日期"]
    )
    phone = people.phone_column("负责人电话")
    remark = Column("备注", TextParser(500), attribute="remark", synonyms=["说明", "备注说明"])

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"officer": Officer, **people.TABLES}

    def prepare(self) -> None:
        super().prepare()
        self.people = PeopleImport()
        self.holders: dict[tuple[int, str], int] = {}

    def check(self, row: StagedRow) -> None:
        self.people.check(row)
        retired = row.values.get("retired_on")
        if retired is not None and row.values.get("is_retired_official") is False:
            text = f"填了退休日期 {retired}，但「是否离退休领导干部」填的是否。请核对。"
            row.warn("retired_on.unexpected", "retired_on", text)

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        owner, name = owner_key(row), row.values.get("name")
        if owner and name is not None:
            number = row.values.get("id_number", "")
            for post in row.values.get("post", ()):
                yield "post", (owner, post, name_key(name), number)

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.associations.load(rows)
        self.people.load(rows)
        open_rows = Officer.objects.unscoped(MATCHING).filter(association__in=self.owners(rows), ends_on=None)
        self.open: dict[tuple[int, str], list[Officer]] = {}
        for one in open_rows.select_related("person", "phone").order_by("pk"):
            self.open.setdefault((one.association_id, one.post), []).append(one)
        self.present: dict[int, Officer] = {}
        for row in rows:
            found = self.associations.owner(row)
            posts = row.values.get("post")
            if found is not None and posts and not row.is_rejected:
                one = self._held(row, found.pk, posts[0])
                if one is not None:
                    self.take(row, one)
                    self.present[row.number] = one

    def _held(self, row: StagedRow, association: int, post: str) -> Officer | None:
        """The open officer who is this row's person: by number, else by name where the numbers do not differ."""
        index, key = self.people.index_of(row), name_key(row.values.get("name", ""))
        held = self.open.get((association, post), ())
        for one in held:
            if index and one.person.id_number_index == index:
                return one
        same = [one for one in held if one.person.name_key == key and not (index and one.person.id_number_index)]
        return same[0] if len(same) == 1 else None

    def plan(self, row: StagedRow) -> None:
        found, posts = self.associations.owner(row), row.values.get("post")
        if found is None or not posts or "name" not in row.values:
            return
        self.begin(row)
        row.label = f"{found.name} {row.values['name']}"[:200]
        present = self.present.get(row.number)
        person = self.people.person(row, present.person if present else None)
        phone = self.people.phone(row, present.phone if present else None)
        row.main |= {"post": posts[0], "phone_id": phone}
        if person is not None:
            row.main["person_id"] = person
        starts_on = self._take_over(row, found.pk, posts[0], present)
        if starts_on is not None:
            row.main["starts_on"] = starts_on
        for post in posts[1:]:
            self._further(row, found.pk, post, person)

    def _take_over(self, row: StagedRow, association: int, post: str, present: Officer | None) -> dt.date | None:
        """A single post changes hands: the term before ends the day before. Returns the first day, if it follows."""
        if post not in SINGLE:
            return None
        first = self.holders.setdefault((association, post), row.number)
        if first != row.number:
            text = f"{Post(post).label}只能有一人，本文件第 {first} 行已填。请核对，已卸任的不要列入。"
            row.error("duplicate.in_file", "post", text)
            return None
        if present is not None:
            return None
        before = next(iter(self.open.get((association, post), ())), None)
        if before is None:
            return None
        start = row.values.get("starts_on") or self.run.effective_on
        if before.starts_on is not None and before.starts_on >= start:
            text = (
                f"{Post(post).label}「{before.person.name}」自 {before.starts_on} 起任职，不早于本次生效的 {start}。"
                "请核对任职起始日期，或把本批的生效日期改为更晚的一天。"
            )
            row.error("date.conflict", "post", text)
            return None
        last = start - dt.timedelta(days=1)
        text = (
            f"{Post(post).label}由「{before.person.name}」变更为「{row.values['name']}」，"
            f"原任职到 {last} 为止。请核对是否换人。"
        )
        row.warn("officer.replaced", "name", text)
        row.update("officer", before.pk, before={"ends_on": None}, after={"ends_on": last}, version=before.version)
        return start

    def _further(self, row: StagedRow, association: int, post: str, person: Any) -> None:
        """Another post of the same person."""
        held = self._held(row, association, post)
        start = self._take_over(row, association, post, held)
        if held is not None or person is None:
            return
        facts = {name: value for name, value in row.main.items() if name not in ("post", "starts_on")}
        facts |= {"association_id": association, "person_id": person, "post": post, "source": Source.IMPORT.value}
        # Each role row has a phone of its own: two rows never share one.
        facts["phone_id"] = self.people.phone(row, None)
        first = start or row.values.get("starts_on") or (self.run.effective_on if self.run.is_dated else None)
        row.insert("officer", facts | {"starts_on": first})

    @classmethod
    def filterset(cls) -> Any:
        from associations.governance.filters import OfficerFilter

        return OfficerFilter

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterator[dict[str, Any]]:
        for one in records:
            yield {
                "association_uscc": one.association.uscc,
                "association_name": one.association.name,
                "name": one.person.name,
                "post": one.get_post_display(),
                "id_type": one.person.get_id_type_display() if one.person.id_number_index else None,
                "born_on": one.person.born_on,
                "sex": one.person.get_sex_display() or None,
                "political_status": one.get_political_status_display() or None,
                "appointment_mode": one.get_appointment_mode_display() or None,
            }


class ContactResource(AssociationRows):
    """Kind ``contacts``; key: name and association, or the office telephone that has no name."""

    kind: ClassVar[str] = "contacts"
    label: ClassVar[str] = "社会组织联系人"
    load_order: ClassVar[int] = 45
    main: ClassVar[str] = "contact"
    end_label: ClassVar[str] = "停用（截至生效日期前一天）"
    end: ClassVar[Callable[..., Any]] = staticmethod(services.end_contact)
    page: ClassVar[str] = "associations:contact"
    export_order: ClassVar[Sequence[str]] = ("association__name", "pk")
    export_related: ClassVar[Sequence[str]] = ("association", "person")

    association_uscc = owning.code_column()
    association_name = owning.name_column()
    name = people.name_column(key=2, required=False, synonyms=["联系人", "联系人姓名", "经办人", "联络员", "名字"])
    duty = Column(
        "职务或分工", TextParser(80), attribute="duty", synonyms=["职务", "联系人职务", "分工", "岗位", "部门及职务"]
    )
    phone = people.phone_column("办公电话", "单位电话", "联系人手机")
    is_main = Column(
        "首要联系方式",
        YesNoParser(),
        attribute="is_main",
        synonyms=["是否首要联系人", "主要联系人", "首要联系人", "是否主要联系人"],
    )
    remark = Column("备注", TextParser(500), attribute="remark", synonyms=["说明", "备注说明"])

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"contact": Contact, **people.TABLES}

    def prepare(self) -> None:
        super().prepare()
        self.people = PeopleImport()
        self.mains: dict[int, int] = {}

    def check(self, row: StagedRow) -> None:
        if not any(code in row.cells for code in ("name", "phone")):
            row.error("required", "name", "姓名和联系电话都没有填写。请至少填写一项。")

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        owner = owner_key(row)
        if owner and "name" in row.values:
            yield "name", (owner, name_key(row.values["name"]))
        elif owner and "phone" in row.values:
            yield "phone", (owner, row.values["phone"])

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.associations.load(rows)
        self.people.load(rows)
        open_rows = Contact.objects.unscoped(MATCHING).filter(association__in=self.owners(rows), ends_on=None)
        self.open: dict[int, list[Contact]] = {}
        for one in open_rows.select_related("person", "phone").order_by("pk"):
            self.open.setdefault(one.association_id, []).append(one)
        self.present: dict[int, Contact] = {}
        for row in rows:
            found = self.associations.owner(row)
            if found is None or row.is_rejected:
                continue
            one = self._known(row, self.open.get(found.pk, ()))
            if one is not None:
                self.take(row, one)
                self.present[row.number] = one

    def _known(self, row: StagedRow, candidates: Sequence[Contact]) -> Contact | None:
        name = row.values.get("name")
        if name is not None:
            key = name_key(name)
            return next((one for one in candidates if one.person is not None and one.person.name_key == key), None)
        offices = [one for one in candidates if one.person is None and one.duty == row.values.get("duty", one.duty)]
        return offices[0] if len(offices) == 1 else None

    def plan(self, row: StagedRow) -> None:
        found = self.associations.owner(row)
        if found is None:
            return
        self.begin(row)
        row.label = f"{found.name} {row.values.get('name', '单位电话')}"[:200]
        present = self.present.get(row.number)
        if "name" in row.values:
            row.main["person_id"] = self.people.person(row, present.person if present else None)
        row.main["phone_id"] = self.people.phone(row, present.phone if present else None)
        if row.values.get("is_main"):
            first = self.mains.setdefault(found.pk, row.number)
            if first != row.number:
                text = f"同一社会组织的首要联系方式本文件第 {first} 行已填。请只保留一个「是」。"
                row.error("duplicate.in_file", "is_main", text)
            for one in self.open.get(found.pk, ()):
                if one.is_main and one.pk != row.pk:
                    change = {"before": {"is_main": True}, "after": {"is_main": False}}
                    row.update("contact", one.pk, **change, version=one.version)

    @classmethod
    def filterset(cls) -> Any:
        from associations.governance.filters import ContactFilter

        return ContactFilter

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterator[dict[str, Any]]:
        for one in records:
            yield {
                "association_uscc": one.association.uscc,
                "association_name": one.association.name,
                "name": one.person.name if one.person else None,
            }


class MemberUnitResource(AssociationRows):
    """Kind ``member_units``; key: the unit's own code, else its name, within the association."""

    kind: ClassVar[str] = "member_units"
    label: ClassVar[str] = "单位会员"
    load_order: ClassVar[int] = 46
    begins: ClassVar[bool] = False
    absence_label: ClassVar[Sequence[str]] = ("association__name", "name")
    main: ClassVar[str] = "member_unit"
    end_label: ClassVar[str] = "登记退会（截至生效日期前一天）"
    end: ClassVar[Callable[..., Any]] = staticmethod(services.end_member_unit)
    export_order: ClassVar[Sequence[str]] = ("association__name", "pk")
    export_related: ClassVar[Sequence[str]] = ("association",)

    association_uscc = owning.code_column(synonyms=())
    association_name = owning.name_column(synonyms=())
    name = Column(
        "会员单位名称",
        NameParser(),
        key=3,
        required=True,
        synonyms=["会员名称", "单位会员名称", "会员单位", "企业名称", "单位名称", "公司名称", "会员企业"],
    )
    uscc = Column(
        "会员单位信用代码",
        UsccParser(),
        key=2,
        attribute="uscc",
        synonyms=[
            "统一社会信用代码",
            "信用代码",
            "会员信用代码",
            "企业信用代码",
            "会员单位统一社会信用代码",
            "企业统一社会信用代码",
        ],
    )
    level = Column(
        "会员类别",
        ChoiceParser(MemberLevel.choices, LEVEL_SYNONYMS),
        attribute="level",
        synonyms=["会员级别", "会员职务", "会员类型", "在协会职务", "会员等级"],
    )
    industry = Column("行业", TextParser(80), attribute="industry", synonyms=["所属行业", "行业类别", "主营业务"])
    starts_on = Column("入会日期", DateParser(), attribute="starts_on", synonyms=["入会时间", "加入日期", "加入时间"])
    ends_on = Column("退会日期", DateParser(), attribute="ends_on", synonyms=["退会时间", "退出日期"])
    remark = Column("备注", TextParser(500), attribute="remark", synonyms=["说明", "备注说明"])

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"member_unit": MemberUnit}

    def check(self, row: StagedRow) -> None:
        first, last = row.values.get("starts_on"), row.values.get("ends_on")
        if first is not None and last is not None and last < first:
            row.error("date.conflict", "ends_on", f"退会日期 {last} 早于入会日期 {first}。请核对两个日期。")

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        owner = owner_key(row)
        if owner and "uscc" in row.values:
            yield "uscc", (owner, row.values["uscc"])
        if owner and "name" in row.values:
            yield "name", (owner, name_key(row.values["name"]))

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.associations.load(rows)
        open_rows = MemberUnit.objects.unscoped(MATCHING).filter(association__in=self.owners(rows), ends_on=None)
        codes = {row.values["uscc"] for row in rows if "uscc" in row.values}
        keys = {name_key(row.values["name"]) for row in rows if "name" in row.values}
        by_code = {(one.association_id, one.uscc): one for one in open_rows.filter(uscc__in=codes)}
        by_name = {(one.association_id, one.key): one for one in open_rows.filter(key__in=keys)}
        for row in rows:
            found = self.associations.owner(row)
            if found is None or row.is_rejected:
                continue
            code, name = row.values.get("uscc"), row.values.get("name")
            one = by_code.get((found.pk, code)) if code else None
            same = by_name.get((found.pk, name_key(name))) if name is not None else None
            if one is None and same is not None and code and same.uscc and same.uscc != code:
                text = f"「{name}」已是会员，登记的信用代码是 {same.uscc}，与填写的不同。请核对代码。"
                if found.pk in self.associations.reachable:
                    row.error("duplicate.conflict", "uscc", text)
                continue
            if one is not None and same is not None and one.pk != same.pk:
                row.error("duplicate.conflict", "name", f"信用代码是「{one.name}」的，名称是另一个会员的。请核对。")
                continue
            if (one or same) is not None:
                self.take(row, one or same)

    def plan(self, row: StagedRow) -> None:
        found, name = self.associations.owner(row), row.values.get("name")
        if found is None or name is None:
            return
        self.begin(row)
        row.label = f"{found.name} {name}"[:200]
        if row.current is None or name_key(name) != row.current["key"]:
            row.main |= {"name": name, "key": name_key(name)}
            if row.current is not None:
                text = f"会员单位名称将由「{row.current['name']}」改为「{name}」。请核对是否改名。"
                row.warn("name.changed", "name", text)

    @classmethod
    def filterset(cls) -> Any:
        from associations.governance.filters import MemberUnitFilter

        return MemberUnitFilter

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterator[dict[str, Any]]:
        for one in records:
            yield {
                "association_uscc": one.association.uscc,
                "association_name": one.association.name,
                "name": one.name,
                "level": one.get_level_display(),
            }
