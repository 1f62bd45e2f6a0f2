"""Kinds of people in spreadsheets: matched by number or by name in its place, sealed in the plan, undone whole."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from associations.governance.models import Contact, MemberUnit, Officer
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.members.models import PartyMember
from portal.access.decisions import Refused
from portal.importing import services
from portal.importing.models import ImportBatch, ImportIssue, ImportRow
from portal.importing.presentation import change_lines
from portal.importing.selectors import issues
from portal.people.models import Person, Phone
from portal.privacy.services import opened
from tests.importing.conftest import run_import as engine_run  # noqa: F401  the fixture of the engine's tests
from tests.people import makers
from tests.personas import Personas, Province
from tests.workbooks import table

Run = Any
OFFICERS = ("社会组织信用代码", "姓名", "职务", "公民身份号码", "政治面貌", "联系电话", "连任届数")
MEMBERS = (
    "姓名",
    "公民身份号码",
    "正式/预备",
    "入党日期",
    "所在党组织",
    "组织关系是否在本组织",
    "党内职务",
    "联系电话",
)


@pytest.fixture
def run_import(engine_run: Run) -> Run:  # noqa: F811
    """Written when there is anything to write."""

    def run(content: bytes, kind: str, *, commit: bool = True, **options: Any) -> ImportBatch:
        try:
            return engine_run(content, kind, commit=commit, **options)
        except Refused as refused:
            if refused.code != "import.nothing":
                raise
            return engine_run(content, kind, **options)

    return run


def codes(batch: ImportBatch, severity: str = "error") -> list[str]:
    return sorted(issues(batch, severity).values_list("code", flat=True))


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new_count, batch.changed_count, batch.same_count, batch.rejected_count


@pytest.fixture
def officers(run_import: Run, province: Province) -> Run:
    def run(*rows: tuple[Any, ...], header: tuple[str, ...] = OFFICERS, **options: Any) -> ImportBatch:
        content = table([(province.tea.uscc, *row) for row in rows], header)
        return run_import(content, "officers", **options)

    return run


# Officers ---------------------------------------------------------------------------------------------------------
def test_officers_come_in_with_sealed_numbers(officers: Run, province: Province) -> None:
    number, phone = makers.id_number(7), makers.phone_number(7)
    batch = officers(("张 三", "会长", number, "党员", phone, 2), ("李四", "秘书长", None, "群众", None, None))
    assert (batch.state, counts(batch)) == ("committed", (2, 0, 0, 0))
    one = Officer.objects.select_related("person", "phone").get(post="president")
    assert (one.association, one.person.name, one.term_count) == (province.tea, "张三", 2)
    assert (one.political_status, one.source) == ("party_member", "import")
    assert opened(one.person, "id_number") == number
    assert opened(one.phone, "number") == phone
    assert (one.person.born_on, one.person.sex) == (date(1960, 5, 1), "male")
    planned = str(list(ImportRow.objects.filter(batch=batch).values_list("added", "changed", "kept")))
    told = str(list(ImportIssue.objects.filter(batch=batch).values_list("value", "message")))
    assert number not in planned + told
    assert phone not in planned + told


def test_same_file_again_changes_nothing(officers: Run) -> None:
    rows = (("张三", "会长", makers.id_number(7), "党员", makers.phone_number(7), 2), ("李四", "秘书长", *[None] * 4))
    officers(*rows)
    again = officers(*rows)
    assert counts(again) == (0, 0, 2, 0)
    assert (Person.objects.count(), Phone.objects.count(), Officer.objects.count()) == (2, 1, 2)


def test_undo_takes_people_and_phones_away(officers: Run, personas: Personas) -> None:
    batch = officers(("张三", "会长", makers.id_number(7), "党员", makers.phone_number(7), 2))
    actor, now = personas.department_admin.actor, timezone.now()
    done = services.undo(batch, actor=actor, now=now, version=batch.version)
    assert done.state == "undone"
    assert (Person.objects.count(), Phone.objects.count(), Officer.objects.count()) == (0, 0, 0)


def test_another_president_ends_the_term_of_the_one_before(officers: Run, province: Province) -> None:
    before = makers.make_officer(province.tea, makers.make_person("张三"), post="president", starts_on=date(2020, 1, 1))
    batch = officers(("李四", "会长", *[None] * 4), effective_on=date(2026, 6, 1))
    assert codes(batch, "warning") == ["officer.replaced"]
    before.refresh_from_db()
    after = Officer.objects.get(ends_on=None)
    assert (before.ends_on, after.person.name, after.starts_on) == (date(2026, 5, 31), "李四", date(2026, 6, 1))


def test_undo_gives_the_president_before_back(officers: Run, province: Province, personas: Personas) -> None:
    before = makers.make_officer(province.tea, makers.make_person("张三"), post="president", starts_on=date(2020, 1, 1))
    batch = officers(("李四", "会长", *[None] * 4))
    services.undo(batch, actor=personas.department_admin.actor, now=timezone.now(), version=batch.version)
    assert list(Officer.objects.values_list("pk", "ends_on")) == [(before.pk, None)]


def test_two_presidents_in_one_file_are_one_too_many(officers: Run) -> None:
    batch = officers(("张三", "会长", *[None] * 4), ("李四", "会长", *[None] * 4), ("王五", "副会长", *[None] * 4))
    assert (counts(batch), codes(batch)) == ((2, 0, 0, 1), ["duplicate.in_file"])


def test_several_posts_of_one_person_in_one_cell(officers: Run) -> None:
    officers(("张三", "副会长兼秘书长", makers.id_number(7), *[None] * 3))
    assert sorted(Officer.objects.values_list("post", "person__name")) == [
        ("secretary_general", "张三"),
        ("vice_president", "张三"),
    ]
    assert Person.objects.count() == 1
    again = officers(("张三", "副会长兼秘书长", makers.id_number(7), *[None] * 3))
    assert counts(again) == (0, 0, 1, 0)


def test_unknown_post_is_said(officers: Run) -> None:
    batch = officers(("张三", "大总管", *[None] * 4))
    assert codes(batch) == ["choice.unknown"]


def test_number_of_two_rows_is_one_person(officers: Run) -> None:
    number = makers.id_number(7)
    officers(("张三", "会长", number, *[None] * 3), ("张三", "法定代表人", number, *[None] * 3))
    assert Person.objects.count() == 1
    assert Officer.objects.count() == 2


def test_person_of_a_rejected_row_comes_with_the_next(officers: Run, province: Province) -> None:
    number = makers.id_number(7)
    header = ("社会组织信用代码", "姓名", "职务", "公民身份号码", "退休日期")
    batch = officers(("张三", "会长", number, "去年"), ("张三", "法定代表人", number, None), header=header)
    assert (counts(batch), codes(batch)) == ((1, 0, 0, 1), ["date.invalid"])
    assert Officer.objects.get().person.name == "张三"


def test_number_fills_in_later_and_names_the_same_person(officers: Run) -> None:
    officers(("张三", "会长", *[None] * 4))
    person = Person.objects.get()
    batch = officers(("张三", "会长", makers.id_number(7), *[None] * 3))
    assert counts(batch) == (0, 1, 0, 0)
    assert Person.objects.get().pk == person.pk
    assert opened(Person.objects.get(), "id_number") == makers.id_number(7)


def test_known_number_under_another_name_is_refused_without_that_name(officers: Run, province: Province) -> None:
    makers.make_officer(province.trade, makers.make_person("欧阳外人", makers.id_number(7)))
    batch = officers(("张三", "会长", makers.id_number(7), *[None] * 3))
    assert codes(batch) == ["duplicate.conflict"]
    said = str(list(issues(batch, "error").values_list("value", "message")))
    assert "43**************" in said
    assert "欧阳外人" not in said
    assert makers.id_number(7) not in said


def test_known_number_brings_nothing_of_the_other_association(officers: Run, province: Province) -> None:
    other = makers.make_person("张三", makers.id_number(7))
    makers.make_officer(
        province.trade, other, phone=makers.make_phone("19911112222"), political_status="jiusan", employer="某厅"
    )
    officers(("张三", "会长", makers.id_number(7), *[None] * 3))
    one = Officer.objects.get(association=province.tea)
    assert one.person == other
    assert (one.phone, one.political_status, one.employer) == (None, "", "")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("430104195601010010", "id.checksum"),
        (4.3000019600501e17, "id.lost_digits"),
        ("E12345678", "id.type"),
    ],
)
def test_unsound_number_rejects_the_row(officers: Run, number: Any, code: str) -> None:
    batch = officers(("张三", "会长", number, *[None] * 3))
    assert codes(batch) == [code]


def test_birthday_and_sex_follow_the_number(officers: Run) -> None:
    header = ("社会组织信用代码", "姓名", "职务", "公民身份号码", "出生日期", "性别")
    batch = officers(("张三", "会长", makers.id_number(7), "1961-01-01", "女"), header=header)
    assert codes(batch, "warning") == ["born_on.disagrees", "sex.disagrees"]
    assert Person.objects.get().born_on == date(1960, 5, 1)


def test_office_imports_no_officer_of_another_region(
    run_import: Run,
    province: Province,
    personas: Personas,
) -> None:
    content = table([(province.tea.uscc, "张三", "会长", *[None] * 4)], OFFICERS)
    batch = run_import(content, "officers", actor=personas.regional_office.actor)
    assert codes(batch) == ["scope.outside"]
    assert province.tea.name not in str(list(issues(batch, "error").values_list("message", flat=True)))


def test_officers_are_found_by_the_name_of_the_association(run_import: Run, province: Province) -> None:
    header = ("社会组织名称", "姓名", "职务")
    rows = [(province.tea.name, "张三", "会长"), ("没有这家协会", "李四", "会长"), (None, "王五", "会长")]
    batch = run_import(table(rows, header), "officers", commit=True)
    assert (counts(batch), codes(batch)) == ((1, 0, 0, 2), ["reference.unknown", "required"])


# Contacts and member units ----------------------------------------------------------------------------------------
def test_contacts_with_and_without_a_name(run_import: Run, province: Province) -> None:
    header = ("社会组织信用代码", "联系人", "职务", "联系电话", "是否主要联系人")
    rows = [
        (province.tea.uscc, "张三", "办公室主任", "0731-84567890", "是"),
        (province.tea.uscc, None, "值班电话", "19900001234", None),
        (province.tea.uscc, None, None, None, None),
        (province.trade.uscc, None, None, None, "是"),
    ]
    batch = run_import(table(rows, header), "contacts", commit=True)
    assert (counts(batch), codes(batch)) == ((2, 0, 0, 2), ["required", "required"])
    main = Contact.objects.get(is_main=True)
    assert (str(main), opened(main.phone, "number")) == ("张三", "0731-84567890")
    rows[0] = (province.tea.uscc, "张三", "办公室主任", "0731-84567891", "是")
    again = run_import(table(rows[:2], header), "contacts", commit=True)
    assert counts(again) == (0, 1, 1, 0)
    assert opened(Contact.objects.get(is_main=True).phone, "number") == "0731-84567891"


def test_member_units_by_code_or_name(run_import: Run, province: Province) -> None:
    header = ("社会组织信用代码", "会员单位名称", "会员单位信用代码", "会员类别", "入会日期")
    rows = [
        (province.tea.uscc, "湖南甲茶业有限公司", "91430000MA4L000000"[:17] + "X", "会员", None),
        (province.tea.uscc, "湖南乙茶业有限公司", None, "副会长单位", "2020-3-1"),
        (province.tea.uscc, "湖南乙茶业 有限公司", None, None, None),
    ]
    batch = run_import(table(rows, header), "member_units", commit=True)
    assert (counts(batch), codes(batch)) == ((1, 0, 0, 2), ["duplicate.in_file", "uscc.checksum"])
    unit = MemberUnit.objects.get()
    assert (unit.level, unit.starts_on) == ("vice_president", date(2020, 3, 1))
    again = run_import(table(rows[1:2], header), "member_units", commit=True)
    assert counts(again) == (0, 0, 1, 0)


# Party members ----------------------------------------------------------------------------------------------------
@pytest.fixture
def members(run_import: Run, province: Province) -> Run:
    def run(*rows: tuple[Any, ...], **options: Any) -> ImportBatch:
        return run_import(table(list(rows), MEMBERS), "party_members", **options)

    return run


def test_party_members_with_and_without_a_number(members: Run, province: Province) -> None:
    branch = province.tea_branch.name
    rows = (
        ("张三", makers.id_number(7), "正式", "1990-7-1", branch, "是", "书记", makers.phone_number(7)),
        ("李四", None, "预备党员", "2026-1-1", branch, None, None, None),
    )
    batch = members(*rows)
    assert counts(batch) == (2, 0, 0, 0)
    one = PartyMember.objects.get(party_post="secretary")
    assert (one.organization, one.membership_state) == (province.tea_branch, "full")
    assert opened(one.person, "id_number") == makers.id_number(7)
    assert counts(members(*rows)) == (0, 0, 2, 0)


def test_namesakes_are_told_apart_by_the_day_of_joining(members: Run, province: Province) -> None:
    branch = province.tea_branch.name
    first = ("张三", None, "正式", "1990-7-1", branch, None, None, None)
    second = ("张三", None, "正式", "1995-7-1", branch, None, None, None)
    assert counts(members(first, second)) == (2, 0, 0, 0)
    assert counts(members(second)) == (0, 0, 1, 0)
    unclear = ("张三", None, "正式", None, branch, None, None, None)
    assert codes(members(unclear)) == ["reference.ambiguous"]


def test_relation_is_in_one_organization(members: Run, province: Province) -> None:
    number = makers.id_number(7)
    makers.make_party_member(province.trade_branch, makers.make_person("张三", number))
    row = ["张三", number, "正式", "1990-7-1", province.tea_branch.name, None, None, None]
    assert codes(members(tuple(row))) == ["duplicate.conflict"]
    row[5] = "否"
    assert counts(members(tuple(row))) == (1, 0, 0, 0)
    assert Person.objects.count() == 1


def test_unknown_organization_and_one_outside_the_scope(members: Run, province: Province, personas: Personas) -> None:
    province.fill()
    rows = [
        ("张三", None, "正式", None, "没有这个支部", None, None, None),
        ("李四", None, "正式", None, province.tea_branch.name, None, None, None),
    ]
    batch = members(*rows, actor=personas.regional_office.actor)
    assert codes(batch) == ["reference.unknown", "scope.outside"]


# Instructors ------------------------------------------------------------------------------------------------------
def test_instructors_with_their_associations(run_import: Run, province: Province) -> None:
    header = ("姓名", "选派单位", "联系电话", "社会组织信用代码", "联系起始日期")
    codes_of = f"{province.tea.uscc}、{province.trade.uscc}"
    row = ("张三", province.committee.name, makers.phone_number(7), codes_of, "2026-1-1")
    batch = run_import(table([row], header), "instructors", commit=True)
    assert counts(batch) == (1, 0, 0, 0)
    one = Instructor.objects.get()
    assert (one.name, one.department) == ("张三", province.committee)
    assert sorted(InstructorAssignment.objects.values_list("association__name", flat=True)) == sorted(
        [province.tea.name, province.trade.name]
    )
    assert counts(run_import(table([row], header), "instructors", commit=True)) == (0, 0, 1, 0)


# The people columns of other kinds ----------------------------------------------------------------------------------
def test_another_name_in_an_associations_file_ends_the_old_appointment(run_import: Run, province: Province) -> None:
    header = ("统一社会信用代码", "会长", "联系电话")
    before = makers.make_officer(province.tea, makers.make_person("张三"), post="president", starts_on=date(2020, 1, 1))
    content = table([(province.tea.uscc, "李四", "0731-84567890")], header)
    batch = run_import(content, "associations", effective_on=date(2026, 6, 1))
    assert codes(batch, "warning") == ["officer.replaced"]
    before.refresh_from_db()
    after = Officer.objects.get(ends_on=None)
    assert (before.ends_on, after.person.name, after.starts_on) == (date(2026, 5, 31), "李四", date(2026, 6, 1))
    assert opened(Contact.objects.get(is_main=True).phone, "number") == "0731-84567890"
    assert counts(run_import(content, "associations", effective_on=date(2026, 6, 1))) == (0, 0, 1, 0)


def test_undo_of_an_associations_file_gives_the_president_before_back(
    run_import: Run, province: Province, personas: Personas
) -> None:
    before = makers.make_officer(province.tea, makers.make_person("张三"), post="president", starts_on=date(2020, 1, 1))
    header = ("统一社会信用代码", "会长", "法定代表人", "联系电话")
    batch = run_import(table([(province.tea.uscc, "李四", "王五", "0731-84567890")], header), "associations")
    services.undo(batch, actor=personas.department_admin.actor, now=timezone.now(), version=batch.version)
    assert list(Officer.objects.values_list("pk", "ends_on")) == [(before.pk, None)]
    assert (Contact.objects.count(), Phone.objects.count(), Person.objects.count()) == (0, 0, 1)


def test_secretary_and_telephone_of_a_party_organization(run_import: Run, province: Province) -> None:
    header = ("党组织名称", "书记", "书记来源", "联系电话")
    branch = province.tea_branch
    row = (branch.name, "张三", "协会领导兼任", "19900001234")
    batch = run_import(table([row], header), "party_organizations")
    assert codes(batch, "warning") == ["secretary_source.other"]
    branch.refresh_from_db()
    one = branch.secretaries.get()
    assert (one.person.name, one.origin, opened(branch.phone, "number")) == ("张三", "other", "19900001234")
    assert counts(run_import(table([row], header), "party_organizations")) == (0, 0, 1, 0)
    later = run_import(table([(branch.name, "李四", "上级选派", None)], header), "party_organizations")
    assert codes(later, "warning") == ["secretary.replaced"]
    assert branch.secretaries.get(ends_on=None).person.name == "李四"
    assert branch.secretaries.exclude(ends_on=None).get().person.name == "张三"


def test_preview_names_people_and_shows_no_number(officers: Run, province: Province) -> None:
    makers.make_officer(province.tea, makers.make_person("王五"), post="president", starts_on=date(2020, 1, 1))
    batch = officers(("张三", "会长", makers.id_number(7), "党员", makers.phone_number(7), 2), commit=False)
    (row,) = ImportRow.objects.filter(batch=batch)
    lines = change_lines(batch, [row])[row.row_number]
    assert "姓名 张三" in lines
    assert "联系电话 号码不显示" in lines
    said = "新增人员（姓名 张三，性别 男，出生日期 1960-05-01，证件类型 居民身份证，公民身份号码 号码不显示）"
    assert said in lines
    assert [line for line in lines if line.startswith("更新负责人（终止日期 空 → ")] != []
    assert not any("v1." in line for line in lines)


def test_lower_source_does_not_overwrite_what_a_document_said(
    officers: Run, province: Province, reference: None
) -> None:
    officers(("张三", "会长", None, "党员", None, 2), source="document")
    batch = officers(("张三", "会长", None, "群众", None, 3), source="city")
    one = Officer.objects.get()
    assert (one.political_status, one.term_count, batch.kept_count) == ("party_member", 2, 1)
    officers(("张三", "会长", None, "群众", None, 3), source="registrar")
    one.refresh_from_db()
    assert (one.political_status, one.term_count) == ("masses", 3)
