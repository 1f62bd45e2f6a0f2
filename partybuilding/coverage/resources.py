"""Instructors in spreadsheets, with the associations they look after."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, Q

from associations.directory.references import DEPARTMENTS
from associations.directory.resources import Directory
from associations.governance import references as owning
from associations.governance.references import Associations
from associations.registry.models import Department, current_on, in_department_subtree
from associations.registry.references import ASSOCIATIONS
from partybuilding.coverage.enums import InstructorKind
from partybuilding.coverage.models import Instructor, InstructorAssignment
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.parsers import ChoiceParser, DateParser, NameParser, NamesParser, UsccsParser
from portal.importing.references import ReferenceDomain
from portal.importing.resources import Column, ImportResource, StagedRow
from portal.people import imports as people
from portal.people.imports import PeopleImport

MATCHING = owning.MATCHING
KIND_SYNONYMS: dict[str, tuple[str, ...]] = {
    InstructorKind.INSTRUCTOR: ("指导员", "党建指导员", "驻会指导员"),
    InstructorKind.LIAISON: ("党建联络员", "选派联络员"),
    InstructorKind.ORGANISER: ("组织员",),
}


class InstructorResource(ImportResource):
    """Kind ``instructors``; key: number, else name and the body that seconds. The
    associations looked after stand in one cell, separated by 、."""

    kind: ClassVar[str] = "instructors"
    label: ClassVar[str] = "党建工作指导员"
    load_order: ClassVar[int] = 60
    main: ClassVar[str] = "instructor"
    export_order: ClassVar[Sequence[str]] = ("person__name", "pk")
    export_related: ClassVar[Sequence[str]] = ("person", "department")
    references: ClassVar[Mapping[str, ReferenceDomain]] = {
        "department": DEPARTMENTS,
        owning.NAME: ASSOCIATIONS,
    }

    name = people.name_column(key=2, synonyms=["指导员", "指导员姓名", "党建指导员", "党建工作指导员"])
    id_type = people.id_type_column()
    id_number = people.id_number_column(key=1)
    department = Column(
        "选派单位",
        NameParser(),
        key=3,
        synonyms=["派出单位", "所属党委", "选派党委", "派出党组织", "选派党组织", "所在单位"],
    )
    person_kind = Column(
        "类别",
        ChoiceParser(InstructorKind.choices, KIND_SYNONYMS),
        attribute="kind",
        synonyms=["人员类别", "指导员类别", "选派类别", "派驻类别"],
        hint="党建工作指导员、联络员或党建组织员；不填的新人按党建工作指导员登记",
    )
    phone = people.phone_column("指导员电话")
    association_uscc = owning.code_column(UsccsParser())
    association_name = owning.name_column(NamesParser())
    starts_on = Column(
        "联系起始日期", DateParser(), synonyms=["起始日期", "联系日期", "选派日期", "派驻日期", "选派时间"]
    )
    ends_on = Column(
        "联系终止日期", DateParser(may_be_future=True), synonyms=["终止日期", "到期日期", "派驻到期", "联系期满日期"]
    )

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"instructor": Instructor, "assignment": InstructorAssignment, **people.TABLES}

    def prepare(self) -> None:
        self.associations = Associations(self.run, is_required=False)
        self.people = PeopleImport()
        self.directory = Directory(self.run.effective_on, self.run.remembered.get(DEPARTMENTS.code))

    def check(self, row: StagedRow) -> None:
        self.people.check(row)
        first, last = row.values.get("starts_on"), row.values.get("ends_on")
        if first is not None and last is not None and last < first:
            row.error("date.conflict", "ends_on", f"联系终止日期 {last} 早于起始日期 {first}。请核对两个日期。")

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        if "id_number" in row.values:
            yield "id_number", row.values["id_number"]
        elif "name" in row.values:
            yield "name", (name_key(row.values["name"]), name_key(row.values.get("department", "")))

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.associations.load(rows)
        self.people.load(rows)
        self.bodies: dict[int, int | None] = {}
        for row in rows:
            body = self.directory.resolve(row, "department", "选派单位", frozenset())
            self.bodies[row.number] = body.pk if body is not None else None
        indexes = {index for row in rows if (index := self.people.index_of(row))}
        keys = {name_key(row.values["name"]) for row in rows if "name" in row.values}
        wanted = Q(person__name_key__in=keys) | Q(person__id_number_index__in=indexes)
        known = Instructor.objects.unscoped(MATCHING).filter(wanted, is_active=True)
        found: dict[str, list[Instructor]] = {}
        for one in known.select_related("person", "phone").order_by("pk"):
            found.setdefault(one.person.name_key, []).append(one)
            if one.person.id_number_index:
                found.setdefault(one.person.id_number_index, []).append(one)
        self.present: dict[int, Instructor] = {}
        for row in rows:
            one = None if row.is_rejected else self._known(row, found)
            if one is not None:
                row.pk, row.version = one.pk, one.version
                row.current = {field.attname: getattr(one, field.attname) for field in FIELDS}
                self.present[row.number] = one
        held = InstructorAssignment.objects.unscoped(MATCHING).filter(
            instructor__in=[one.pk for one in self.present.values()]
        )
        self.held: dict[tuple[int, int], InstructorAssignment] = {}
        for assignment in held.order_by("starts_on", "pk"):
            self.held[assignment.instructor_id, assignment.association_id] = assignment

    def _known(self, row: StagedRow, found: dict[str, list[Instructor]]) -> Instructor | None:
        index, name = self.people.index_of(row), row.values.get("name")
        if index in found:
            return found[index][0]
        if name is None:
            return None
        body = self.bodies[row.number]
        same = [
            one
            for one in found.get(name_key(name), ())
            if (body is None or one.department_id == body) and not (index and one.person.id_number_index)
        ]
        if len(same) > 1:
            text = f"名册中有 {len(same)} 名叫「{name}」的在任指导员。请补填选派单位或公民身份号码。"
            row.error("reference.ambiguous", "name", text)
        return same[0] if len(same) == 1 else None

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        """A committee brings its own instructors, and those who look after its associations."""
        self.associations.check_scope(rows)
        actor = self.run.actor
        if actor.scope.kind == "province":
            return
        pks = [one.pk for one in self.present.values()]
        reached = set(scoped(Instructor, actor).filter(pk__in=pks).values_list("pk", flat=True))
        mine = Q() if actor.role != Role.PARTY_COMMITTEE else in_department_subtree("pk", actor.scope.pk)
        own = set(Department.objects.unscoped(MATCHING).filter(mine).values_list("pk", flat=True))
        may_send = actor.role == Role.PARTY_COMMITTEE
        for row in rows:
            body = self.bodies[row.number]
            is_foreign = row.pk is not None and row.pk not in reached
            is_sent_elsewhere = row.pk is None and (not may_send or body not in own)
            if (is_foreign or is_sent_elsewhere) and not row.is_outside:
                text = (
                    f"指导员「{row.label}」的选派单位不在「{actor.scope.label}」范围内，不能由本账号导入。"
                    "请填写本党委或下级党委，其他单位选派的交由省级导入。"
                )
                row.error("scope.outside", "department" if "department" in row.values else "name", text)

    def plan(self, row: StagedRow) -> None:
        if "name" not in row.values:
            return
        present = self.present.get(row.number)
        person = self.people.person(row, present.person if present else None)
        if person is not None:
            row.main["person_id"] = person
        row.main["phone_id"] = self.people.phone(row, present.phone if present else None)
        if (body := self.bodies[row.number]) is not None:
            row.main["department_id"] = body
        starts_on, ends_on = row.values.get("starts_on"), row.values.get("ends_on")
        owner, refs = row.owner("instructor_id")
        for association in self.associations.owners(row):
            held = self.held.get((row.pk or 0, association.pk))
            if held is not None and held.is_current(self.run.effective_on):
                if ends_on is not None and held.ends_on != ends_on:
                    row.update("assignment", held.pk, before={"ends_on": held.ends_on}, after={"ends_on": ends_on})
                continue
            first = starts_on or self.run.effective_on
            if held is not None and (held.ends_on is None or held.ends_on >= first):
                text = (
                    f"「{association.name}」的联系关系到 {held.ends_on} 才终止，与新的起始日期 {first} 重叠。请核对。"
                )
                row.error("date.conflict", "starts_on", text)
                continue
            values = {**owner, "association_id": association.pk, "starts_on": first, "ends_on": ends_on}
            row.insert("assignment", values, **refs)

    @classmethod
    def filterset(cls) -> Any:
        from partybuilding.coverage.filters import InstructorFilter

        return InstructorFilter

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterator[dict[str, Any]]:
        held = InstructorAssignment.objects.unscoped(MATCHING).filter(current_on(on), instructor__in=records)
        associations: dict[int, list[Any]] = {}
        for assignment in held.select_related("association").order_by("pk"):
            associations.setdefault(assignment.instructor_id, []).append(assignment.association)
        for one in records:
            mine = associations.get(one.pk, [])
            yield {
                "name": one.person.name,
                "id_type": one.person.get_id_type_display() if one.person.id_number_index else None,
                "department": one.department.name if one.department else None,
                "person_kind": one.get_kind_display(),
                "association_uscc": "、".join(association.uscc for association in mine) or None,
                "association_name": "、".join(association.name for association in mine) or None,
            }


FIELDS = Instructor._meta.concrete_fields
