"""Commit and undo: what is restored, what is left, and what a second click or a moved register does."""

import datetime as dt

import pytest
from django.utils import timezone

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association, AssociationName, PartyMemberCount
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from portal.files.models import StoredFile
from portal.importing import services
from portal.importing.jobs import expire_stale
from portal.importing.models import ImportBatch
from portal.importing.selectors import left_rows
from portal.workflow.models import WorkflowEvent
from tests import factories
from tests.workbooks import PLAIN_HEADER, association_row, table

FIRST = dt.date(2026, 1, 1)


def undo(batch, personas, **options):
    actor = personas.department_admin.actor
    with acting_as(actor):
        return services.undo(
            batch, actor=actor, version=options.get("version", batch.version), now=options.get("now", timezone.now())
        )


def business(record):
    """Every business column: all but the version and the instant of the last change."""
    skipped = ("version", "updated_at")
    return {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields if f.attname not in skipped}


def update(association, **columns):
    return table([(association.uscc, *columns.values())], ("统一社会信用代码", *columns))


def test_undo_restores_every_business_column(run_import, province, personas):
    tea = province.tea
    Association.objects.filter(pk=tea.pk).update(staff_count=5, established_on=None, registered_fund="12.30")
    tea.refresh_from_db()
    before = business(tea), list(Assignment.objects.order_by("pk").values())
    content = update(
        tea,
        从业人员数="8",
        成立日期="2001-02-03",
        注册资金="7",
        状态="注销",
        党建入章="是",
        简称="省茶协",
        正式党员数="4",
        行业管理部门=province.other_regulator.name,
        责任处室="一处",
    )
    batch = run_import(content, commit=True, effective_on=FIRST)
    tea.refresh_from_db()
    assert (tea.staff_count, tea.status, tea.version) == (8, "deregistered", 2)
    batch = undo(batch, personas)
    tea.refresh_from_db()
    assert (business(tea), list(Assignment.objects.order_by("pk").values())) == before
    assert tea.version == 3
    assert not AssociationName.objects.exists()
    assert not PartyMemberCount.objects.exists()
    assert (batch.state, batch.left_count) == ("undone", 0)


def test_row_changed_since_is_left_and_listed(run_import, province, personas):
    rows = [association_row("甲协会"), association_row("乙协会"), association_row("丙协会")]
    batch = run_import(table(rows), commit=True)
    changed = Association.objects.get(name="甲协会")
    Association.objects.filter(pk=changed.pk).update(remark="核实过", version=2)
    used = Association.objects.get(name="乙协会")
    factories.make_organization("乙协会支部", used)
    batch = undo(batch, personas)
    assert [row.label for row in left_rows(batch)] == ["甲协会", "乙协会"]
    assert batch.left_count == 2
    assert set(Association.objects.values_list("name", flat=True)) >= {"甲协会", "乙协会"}
    assert not Association.objects.filter(name="丙协会").exists()


def test_assignment_changed_by_hand_since_keeps_its_row(run_import, province, personas):
    tea = province.tea
    batch = run_import(update(tea, 行业管理部门=province.other_regulator.name), commit=True, effective_on=FIRST)
    current = Assignment.objects.get(association=tea, role=AssignmentRole.INDUSTRY_REGULATOR, ends_on=None)
    Assignment.objects.filter(pk=current.pk).update(officer="新处长")
    batch = undo(batch, personas)
    assert batch.left_count == 1
    assert Assignment.objects.get(pk=current.pk).ends_on is None


def test_tree_of_one_file_is_undone_as_a_whole(run_import, province, personas):
    header = ("党组织名称", "信用代码", "类别", "上级党组织", "组建方式", "成立日期")
    rows = [
        ("一支部", province.tea.uscc, "支部", "总支", "单独组建", "2021-1-1"),
        ("总支", province.tea.uscc, "总支", None, "单独组建", "2020-1-1"),
    ]
    batch = run_import(table(rows, header), "party_organizations", commit=True)
    assert undo(batch, personas).left_count == 0
    assert not PartyOrganization.objects.exists()


def test_parent_of_a_row_that_is_left_is_left_too(run_import, province, personas):
    header = ("党组织名称", "信用代码", "类别", "上级党组织", "组建方式", "成立日期")
    rows = [
        ("一支部", province.tea.uscc, "支部", "总支", "单独组建", "2021-1-1"),
        ("总支", province.tea.uscc, "总支", None, "单独组建", "2020-1-1"),
        ("另一支部", province.tea.uscc, "支部", None, "单独组建", "2020-1-1"),
    ]
    batch = run_import(table(rows, header), "party_organizations", commit=True)
    PartyOrganization.objects.filter(name="一支部").update(remark="x", version=2)
    batch = undo(batch, personas)
    assert [row.label for row in left_rows(batch)] == ["一支部", "总支"]


def test_later_batch_must_be_undone_first(run_import, province, personas):
    first = run_import(update(province.tea, 从业人员数="8"), commit=True)
    second = run_import(update(province.tea, 从业人员数="9"), commit=True)
    assert undo(first, personas).left_count == 1
    assert undo(second, personas).left_count == 0
    province.tea.refresh_from_db()
    assert province.tea.staff_count == 8


def test_second_click_and_late_undo(run_import, province, personas):
    batch = run_import(update(province.tea, 从业人员数="8"), commit=True)
    version = batch.version
    with pytest.raises(Refused) as late:
        undo(batch, personas, now=timezone.now() + dt.timedelta(days=31))
    assert late.value.code == "import.undo_late"
    stale = ImportBatch.objects.get(pk=batch.pk)
    undo(batch, personas)
    with pytest.raises(Conflict):
        undo(stale, personas, version=version)


def test_commit_runs_twice_and_writes_once(run_import, province, personas):
    batch = run_import(table([association_row("甲协会")]), commit=True)
    actor = personas.department_admin.actor
    again = services.commit(batch, actor=actor, now=timezone.now())
    assert again.state == "committed"
    assert Association.objects.filter(name="甲协会").count() == 1


def test_second_confirmation_is_a_conflict(run_import, province, personas):
    batch = run_import(update(province.tea, 从业人员数="8"))
    actor, now, twin = personas.department_admin.actor, timezone.now(), ImportBatch.objects.get(pk=batch.pk)
    services.confirm(batch, actor=actor, version=batch.version, now=now)
    with pytest.raises(Conflict):
        services.confirm(twin, actor=actor, version=twin.version, now=now)


def test_register_that_moved_since_the_preview_is_checked_again(run_import, province, personas):
    batch = run_import(update(province.tea, 从业人员数="8"))
    Association.objects.filter(pk=province.tea.pk).update(domicile="新址", version=2)
    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        batch = services.commit(batch, actor=actor, now=now)
        assert (batch.state, batch.notice[:6]) == ("staging", "预览之后登记")
        province.tea.refresh_from_db()
        assert province.tea.staff_count is None
        batch = services.stage(batch, actor=actor, now=now)
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        batch = services.commit(batch, actor=actor, now=now)
    province.tea.refresh_from_db()
    assert (province.tea.staff_count, province.tea.domicile) == (8, "新址")


def test_code_registered_by_somebody_else_meanwhile(run_import, province, personas):
    code = factories.uscc()
    batch = run_import(table([association_row("甲协会", code)]))
    factories.make_association("甲协会", uscc=code, region=province.hunan)
    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        batch = services.commit(batch, actor=actor, now=now)
        batch = services.stage(batch, actor=actor, now=now)
    assert (batch.state, batch.new_count, batch.same_count) == ("previewed", 0, 1)


def test_one_audit_event_and_one_step_a_commit(run_import, province):
    batch = run_import(table([association_row("甲协会"), association_row("乙协会")]), commit=True)
    event = AuditEvent.objects.get(action="importing.commit")
    assert (event.subject_pk, event.reason) == (str(batch.pk), "新增 2 行、更新 0 行、跳过 0 行")
    steps = WorkflowEvent.objects.filter(subject_pk=str(batch.pk)).values_list("transition", flat=True)
    assert list(steps) == ["start", "preview", "confirm", "commit"]


def test_upload_is_deleted_at_commit(run_import, tmp_path):
    batch = run_import(table([association_row("甲协会")]))
    assert list((tmp_path / "files").rglob("*")) != []
    assert services.is_read(batch)
    done = run_import(table([association_row("乙协会")]), commit=True)
    assert StoredFile.objects.get(pk=done.file_id).deleted_at is not None
    assert not services.folder_of(done).exists()


def test_upload_nobody_came_back_to_is_deleted_after_a_day(run_import, personas):
    batch = run_import(table([association_row("甲协会")]))
    expire_stale(timezone.now() + dt.timedelta(hours=23))
    batch.refresh_from_db()
    assert batch.state == "previewed"
    expire_stale(timezone.now() + dt.timedelta(hours=25))
    batch.refresh_from_db()
    assert batch.state == "expired"
    assert StoredFile.objects.get(pk=batch.file_id).deleted_at is not None
    actor = personas.department_admin.actor
    with pytest.raises(Refused):
        services.propose(batch, given={}, actor=actor)


def test_numbers_of_one_day_count_up(run_import):
    first = run_import(table([association_row("甲协会")]))
    second = run_import(table([]), name="空.xlsx")
    day = timezone.localdate().strftime("%Y%m%d")
    assert [first.number, second.number] == [f"DR-{day}-01", f"DR-{day}-02"]


def test_nothing_to_write_is_said(run_import, province, personas):
    batch = run_import(table([(province.tea.uscc, province.tea.name)], ("统一社会信用代码", "名称")))
    actor = personas.department_admin.actor
    with pytest.raises(Refused) as refused:
        services.confirm(batch, actor=actor, version=batch.version, now=timezone.now())
    assert refused.value.code == "import.nothing"


def test_mapping_changed_after_the_preview_is_checked_anew(run_import, personas):
    batch = run_import(table([(*association_row("甲协会"), "x")], (*PLAIN_HEADER, "来宾")))
    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        given = services.decide(batch.given, columns={"来宾": "remark"})
        batch = services.propose(batch, given=given, actor=actor)
        assert batch.state == "uploaded"
        batch = services.start(batch, actor=actor, version=batch.version, now=now)
        batch = services.stage(batch, actor=actor, now=now)
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        services.commit(batch, actor=actor, now=now)
    assert Association.objects.get(name="甲协会").remark == "x"
