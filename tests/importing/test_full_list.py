"""Full lists: what is absent is listed, never deleted; a person decides each."""

import datetime as dt

import pytest
from django.utils import timezone

from associations.registry.full_lists import associations_within
from associations.registry.models import Association
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything, scoped
from portal.audit.models import AuditEvent
from portal.importing import resource_for
from portal.importing.absences import absences, actions, decide
from portal.importing.enums import AbsenceDecision
from tests.people import makers
from tests.workbooks import PLAIN_HEADER, association_row, table


@pytest.fixture
def listed(run_import, province):
    """A list of the whole province with one association; three others are absent."""
    province.fill()
    batch = run_import(table([association_row(province.tea.name, province.tea.uscc)]), full_list_scope="全省")
    assert batch.absent_count == 3
    return batch


def test_absent_records_are_open_and_untouched(listed, province):
    assert [one.decision for one in absences(listed)] == ["", "", ""]
    assert {one.subject_pk for one in absences(listed)} == {
        province.trade.pk,
        province.city_tea.pk,
        province.city_trade.pk,
    }
    assert Association.objects.filter(status="active").count() == 4


def test_row_with_a_mistake_is_not_absent(run_import, province):
    province.fill()
    rows = [(*association_row(province.tea.name, province.tea.uscc), "很多")]
    batch = run_import(table(rows, (*PLAIN_HEADER, "从业人员数")), full_list_scope="全省")
    assert (batch.rejected_count, batch.absent_count) == (1, 3)


def test_person_decides_each(listed, province, personas):
    actor, now = personas.department_admin.actor, timezone.now()
    kept, gone, _ = absences(listed).order_by("subject_pk")
    with acting_as(actor):
        assert decide(listed, [kept.pk], action="keep", remark="已核实", actor=actor, now=now) == 1
        with pytest.raises(Refused) as refused:
            decide(listed, [gone.pk], action="deregistered", actor=actor, now=now)
        assert refused.value.code == "absence.basis"
        assert decide(listed, [gone.pk], action="deregistered", remark="湘民社〔2026〕12号", actor=actor, now=now) == 1
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.decision, kept.remark, kept.decided_by_id) == (AbsenceDecision.KEPT, "已核实", actor.user_id)
    assert gone.decision == AbsenceDecision.SETTLED
    assert Association.objects.get(pk=gone.subject_pk).status == "deregistered"
    assert Association.objects.get(pk=kept.subject_pk).status == "active"
    assert AuditEvent.objects.filter(action="importing.absence").count() == 2
    assert absences(listed, AbsenceDecision.OPEN).count() == 1


def test_decision_is_made_once(listed, personas):
    actor, now = personas.department_admin.actor, timezone.now()
    pk = absences(listed)[0].pk
    with acting_as(actor):
        decide(listed, [pk], action="keep", actor=actor, now=now)
        with pytest.raises(Refused) as refused:
            decide(listed, [pk], action="deregistered", remark="文号", actor=actor, now=now)
    assert refused.value.code == "absence.none"


def test_unknown_action_is_refused(listed, personas):
    actor = personas.department_admin.actor
    assert list(actions(listed)) == ["keep", "deregistered", "revoked", "suspended"]
    with acting_as(actor), pytest.raises(Refused) as refused:
        decide(listed, [1], action="delete", actor=actor, now=timezone.now())
    assert refused.value.code == "absence.action"


def test_page_lists_decides_and_shows_what_was_decided(listed, sign_in, personas, province):
    browser = sign_in(personas.department_admin)
    page = browser.get(f"/imports/{listed.pk}/absences/").content.decode()
    assert province.trade.uscc in page
    assert f'href="/associations/{province.trade.pk}/"' in page
    assert "还有 3 条未处理" in page
    first = absences(listed)[0]
    answer = browser.post(
        f"/imports/{listed.pk}/absences/",
        {"chosen": [first.pk], "action": "keep", "remark": "电话核实", "version": listed.version},
    )
    assert answer.status_code == 302
    page = browser.get(f"/imports/{listed.pk}/absences/").content.decode()
    assert "还有 2 条未处理" in page
    assert "电话核实" in page
    assert browser.get(f"/imports/{listed.pk}/preview/").status_code == 200


@pytest.mark.parametrize(
    ("scope", "count"),
    [("全省", 4), ("长沙市", 1), ("{tea.uscc}", 1), ("{tea.name}", 1), ("{regulator.name}", 1)],
)
def test_scope_is_the_code_or_name_of_a_place_a_body_or_an_association(province, personas, scope, count):
    province.fill()
    actor = personas.department_admin.actor
    within = associations_within(scope.format(**vars_of(province)), actor=actor, on=timezone.localdate())
    assert scoped(Association, actor).filter(within).count() == count


def test_unknown_scope_is_refused(province, personas):
    with pytest.raises(LookupError):
        associations_within("火星", actor=personas.department_admin.actor, on=timezone.localdate())
    assert province.changsha


def test_party_organizations_and_members_have_full_lists_too(run_import, province):
    province.fill()
    branch = province.tea_branch
    header = ("党组织名称", "类别", "上级党组织")
    content = table([(branch.name, branch.get_kind_display(), None)], header)
    batch = run_import(content, "party_organizations", full_list_scope="全省")
    assert (batch.state, [one.label for one in absences(batch)]) == ("previewed", [province.trade_branch.name])
    batch = run_import(content, "party_organizations", full_list_scope=branch.name)
    assert (batch.state, batch.absent_count) == ("previewed", 0)


def test_a_role_that_a_full_list_lacks_ends_the_day_before(run_import, province, personas, reference):
    """Officers, contacts, member units and Party members end, a Party organisation is dissolved."""
    tea, branch, day = province.fill().tea, province.tea_branch, dt.date(2026, 7, 1)
    makers.make_officer(tea, makers.make_person("王建国"), post="president")
    makers.make_contact(tea, makers.make_person("李春梅"))
    makers.make_member_unit(tea, "湖南甲公司")
    makers.make_party_member(branch, makers.make_person("张三"))
    rows = {
        "officers": (table([(tea.uscc, "赵海", "秘书长")], ("统一社会信用代码", "姓名", "职务")), "王建国"),
        "contacts": (table([(tea.uscc, "赵海")], ("统一社会信用代码", "姓名")), "李春梅"),
        "member_units": (table([(tea.uscc, "湖南乙公司")], ("社会组织统一社会信用代码", "单位名称")), "湖南甲公司"),
        "party_members": (table([("李四", "正式", branch.name)], ("姓名", "正式/预备", "所在党组织")), "张三"),
    }
    actor, now = personas.department_admin.actor, timezone.now()
    for kind, (content, name) in rows.items():
        batch = run_import(content, kind, full_list_scope=tea.uscc, effective_on=day)
        (absent,) = absences(batch)
        assert (kind, name in absent.label) == (kind, True)
        with acting_as(actor):
            assert decide(batch, [absent.pk], action="end", remark="核实已离任", actor=actor, now=now) == 1
        with everything("the test looks"):
            record = resource_for(kind).main_model().objects.get(pk=absent.subject_pk)
        assert record.ends_on == dt.date(2026, 6, 30)
    header = ("党组织名称", "类别")
    batch = run_import(
        table([(branch.name, branch.get_kind_display())], header),
        "party_organizations",
        full_list_scope="全省",
        effective_on=day,
    )
    (absent,) = absences(batch)
    with acting_as(actor):
        decide(batch, [absent.pk], action="dissolve", remark="湘行党〔2026〕3号", actor=actor, now=now)
        with pytest.raises(Refused) as refused:
            resource_for("party_organizations").settle(
                absent.subject_pk, "dissolve", remark="湘行党〔2026〕3号", actor=actor, on=day, now=now
            )
    assert refused.value.code == "organization.dissolved"


def vars_of(province):
    return {name: getattr(province, name) for name in ("tea", "regulator", "committee")}
