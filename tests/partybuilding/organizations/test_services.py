from datetime import date, datetime
from typing import Any

import pytest

from associations.registry.enums import AssignmentRole
from partybuilding.coverage.enums import ESTABLISH_TASK
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from partybuilding.organizations.services import (
    Recorded,
    change_party_organization,
    cover_association,
    dissolve_party_organization,
    end_cover,
    record_party_organization,
)
from portal.access.actor import Scope, acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from portal.notices.models import Task
from portal.notices.services import open_task
from tests import factories
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")
NUMBER = "湘茶党发〔2026〕3号"


def establish(personas: Personas, now: datetime, *, persona: str = "party_committee", **values: Any) -> Recorded:
    """The tea association's own branch below the committee of the acting persona, unless told otherwise."""
    actor, province = personas[persona].actor, personas.province
    given = {
        "name": "中共湖南省茶业协会支部委员会",
        "kind": "branch",
        "establishment_mode": "individual",
        "committee": province.branch_committee,
        "associations": [province.tea],
        "approval_number": NUMBER,
        "established_on": date(2026, 6, 20),
        "full_member_count": 4,
    }
    with acting_as(actor):
        return record_party_organization(actor=actor, now=now, **given | values)


def refusal_of(personas: Personas, now: datetime, **values: Any) -> str:
    with pytest.raises(Refused) as refusal:
        establish(personas, now, **values)
    assert not PartyOrganization.objects.filter(approval_number=NUMBER).exists()
    return refusal.value.code


def test_record_party_organization_covers_its_association_from_its_day(personas: Personas, now: datetime) -> None:
    tea = personas.province.tea
    recorded = establish(personas, now, versions={tea.pk: 1})
    row = CoveredAssociation.objects.get()
    assert (row.association, row.starts_on, row.ends_on) == (tea, date(2026, 6, 20), None)
    assert recorded.findings == []
    tea.refresh_from_db()
    assert tea.version == 2
    event = AuditEvent.objects.get(action="party_organizations.establish")
    assert event.after["covers"] == ["湖南省茶业协会"]
    assert event.after["approval_number"] == NUMBER


def test_record_party_organization_closes_the_task_with_its_number(personas: Personas, now: datetime) -> None:
    committee = personas.province.branch_committee
    open_task(
        kind=ESTABLISH_TASK,
        subject=personas.province.tea,
        title="为「湖南省茶业协会」组建党组织",
        url="/associations/1/",
        for_role="party_committee",
        body=Scope("department", committee.pk, committee.name),
        due_on=date(2026, 7, 31),
        actor=personas.department_staff.actor,
        now=now,
    )
    establish(personas, now)
    task = Task.objects.get()
    assert task.state == "closed"
    assert task.evidence == f"已成立「中共湖南省茶业协会支部委员会」，批复文号{NUMBER}。"
    assert task.closed_by == personas.party_committee.user


def test_a_joint_branch_does_not_close_the_task_for_an_own_organization(personas: Personas, now: datetime) -> None:
    committee, trade = personas.province.branch_committee, personas.province.trade
    open_task(
        kind=ESTABLISH_TASK,
        subject=trade,
        title="组建",
        url="/associations/1/",
        for_role="party_committee",
        body=Scope("department", committee.pk, committee.name),
        due_on=None,
        actor=personas.department_staff.actor,
        now=now,
    )
    establish(
        personas,
        now,
        persona="department_staff",
        kind="joint_branch",
        establishment_mode="joint",
        associations=[personas.province.tea, trade],
    )
    assert Task.objects.get().state == "open"
    assert CoveredAssociation.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"approval_number": "  "}, "organization.approval"),
        ({"established_on": date(2026, 7, 1)}, "date.future"),
        ({"associations": []}, "organization.covers_none"),
        ({"establishment_mode": "functional"}, "organization.combination"),
        ({"kind": "joint_branch"}, "organization.combination"),
        ({"persona": "department_staff", "persona_only": True}, ""),
        ({"persona": "registrar"}, "role"),
        ({"persona": "supervising_unit"}, "role"),
        ({"persona": "association_filer"}, "role"),
        ({"persona": "other_committee"}, "scope.outside"),
    ],
)
def test_record_party_organization_refusals(
    personas: Personas, now: datetime, values: dict[str, Any], code: str
) -> None:
    if values.pop("persona_only", False):
        assert establish(personas, now, **values).organization.pk
        return
    assert refusal_of(personas, now, **values) == code


def test_a_committee_records_nothing_outside_its_subtree(personas: Personas, now: datetime) -> None:
    province = personas.province
    assert refusal_of(personas, now, associations=[province.trade]) == "scope.outside"
    assert refusal_of(personas, now, committee=province.other_committee) == "scope.outside"
    assert refusal_of(personas, now, committee=province.unit) == "organization.committee"
    assert refusal_of(personas, now, parent=province.trade_branch) == "scope.outside"


def test_a_second_own_organization_is_refused_but_not_one_below_it(personas: Personas, now: datetime) -> None:
    parent = establish(personas, now, kind="general_branch", full_member_count=60).organization
    with pytest.raises(Refused) as refusal:
        establish(personas, now, name="中共湖南省茶业协会第一支部委员会")
    assert refusal.value.code == "organization.second"
    below = establish(personas, now, name="中共湖南省茶业协会第一支部委员会", parent=parent).organization
    assert below.parent == parent


def test_the_same_name_is_refused(personas: Personas, now: datetime) -> None:
    establish(personas, now)
    with pytest.raises(Refused) as refusal:
        establish(personas, now, name="中共 湖南省茶业协会支部委员会")
    assert refusal.value.code == "organization.known"


def test_two_people_who_set_up_one_organization_are_one_after_the_other(personas: Personas, now: datetime) -> None:
    tea = personas.province.tea
    establish(personas, now, versions={tea.pk: 1})
    with pytest.raises(Conflict):
        establish(personas, now, name="中共湖南省茶业协会总支部委员会", versions={tea.pk: 1})


def test_an_own_organization_ends_the_joint_cover_the_day_before(personas: Personas, now: datetime) -> None:
    province = personas.province
    joint = factories.make_organization(
        "中共湖南省茶业联合支部委员会",
        province.tea,
        province.trade,
        kind="joint_branch",
        establishment_mode="joint",
        committee=province.branch_committee,
    )
    establish(personas, now)
    ends = {row.association_id: row.ends_on for row in joint.covered.all()}
    assert ends == {province.tea.pk: date(2026, 6, 19), province.trade.pk: None}


def test_findings_remark_on_size_number_and_mode(personas: Personas, now: datetime) -> None:
    province = personas.province
    others = [factories.make_association(region=province.hunan) for _ in range(5)]
    for association in others:
        factories.make_assignment(association, province.committee, AssignmentRole.PARTY_COMMITTEE)
    factories.make_member_count(others[0], date(2026, 6, 1), 3)
    recorded = establish(
        personas,
        now,
        kind="joint_branch",
        establishment_mode="joint",
        associations=[province.tea, *others],
        full_member_count=5,
    )
    assert [finding.rule for finding in recorded.findings] == ["R-072", "R-073"]
    small = establish(personas, now, name="中共湖南省茶业协会总支部委员会", full_member_count=2)
    assert [finding.rule for finding in small.findings] == ["R-070"]


def change(personas: Personas, now: datetime, organization: PartyOrganization, **values: Any) -> Recorded:
    actor = personas.party_committee.actor
    given = {"version": organization.version} | values
    with acting_as(actor):
        return change_party_organization(organization, actor=actor, now=now, **given)


def test_change_keeps_the_former_name_and_the_version(personas: Personas, now: datetime) -> None:
    organization = personas.province.tea_branch
    change(personas, now, organization, name="中共湖南省茶叶协会支部委员会", full_member_count=8)
    assert organization.names.get().name == "中共湖南省茶业协会支部委员会"
    assert (organization.version, organization.full_member_count) == (2, 8)
    with pytest.raises(Conflict):
        change(personas, now, organization, remark="改", version=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"established_on": date(2026, 7, 1)}, "date.future"),
        ({"establishment_mode": "temporary"}, "organization.combination"),
        ({"name": "中共湖南省商贸业协会支部委员会"}, "organization.known"),
    ],
)
def test_change_refusals(personas: Personas, now: datetime, changes: dict[str, Any], code: str) -> None:
    assert personas.province.trade_branch.pk
    with pytest.raises(Refused) as refusal:
        change(personas, now, personas.province.tea_branch, **changes)
    assert refusal.value.code == code


def test_change_never_closes_a_cycle(personas: Personas, now: datetime) -> None:
    top = personas.province.tea_branch
    low = factories.make_organization("中共下级支部", personas.province.tea, committee=top.committee, parent=top)
    with pytest.raises(Refused) as refusal:
        change(personas, now, top, parent=low)
    assert refusal.value.code == "organization.cycle"
    with pytest.raises(Refused) as refusal:
        change(personas, now, top, parent=top)
    assert refusal.value.code == "organization.cycle"
    with pytest.raises(TypeError):
        change(personas, now, top, dissolved_on=date(2026, 6, 1))


@pytest.mark.parametrize(
    ("kind", "parent_kind", "dissolved", "code"),
    [
        ("branch", "branch", None, "organization.level"),
        ("branch", "committee", date(2026, 6, 1), "organization.parent_dissolved"),
        ("branch", "committee", None, ""),
    ],
)
def test_a_parent_is_of_a_higher_level_and_exists(
    personas: Personas, now: datetime, kind: str, parent_kind: str, dissolved: date | None, code: str
) -> None:
    tea = personas.province.tea_branch
    parent = factories.make_organization(
        "中共上级组织", personas.province.tea, committee=tea.committee, kind=parent_kind, dissolved_on=dissolved
    )
    if not code:
        change(personas, now, tea, kind=kind, parent=parent)
        with pytest.raises(Refused) as refusal:
            change(personas, now, parent, kind="branch")
        assert refusal.value.code == "organization.level"
        return
    with pytest.raises(Refused) as refusal:
        change(personas, now, tea, kind=kind, parent=parent)
    assert refusal.value.code == code


def joint_branch(personas: Personas) -> PartyOrganization:
    province = personas.province
    return factories.make_organization(
        "中共湖南省茶业联合支部委员会",
        province.tea,
        kind="joint_branch",
        establishment_mode="joint",
        committee=province.branch_committee,
        established_on=date(2026, 1, 1),
        covered_from=date(2026, 1, 1),
    )


def test_cover_and_end_cover(personas: Personas, now: datetime) -> None:
    actor, joint = personas.department_staff.actor, joint_branch(personas)
    given: dict[str, Any] = {"actor": actor, "now": now}
    day = date(2026, 6, 1)
    row = cover_association(joint, personas.province.trade, starts_on=day, version=1, **given)
    with pytest.raises(Refused, match="不必重复登记"):
        cover_association(joint, personas.province.trade, starts_on=day, version=2, **given)
    joint.refresh_from_db()
    with pytest.raises(Refused, match="早于党组织成立日期2026-01-01"):
        cover_association(joint, personas.province.trade, starts_on=date(2025, 1, 1), version=2, **given)
    with pytest.raises(Refused, match="早于起始日期2026-06-01"):
        end_cover(row, ends_on=date(2026, 5, 1), version=2, **given)
    end_cover(row, ends_on=date(2026, 6, 15), version=2, **given)
    assert CoveredAssociation.objects.get(pk=row.pk).ends_on == date(2026, 6, 15)
    with pytest.raises(Refused, match="已于2026-06-15终止"):
        end_cover(row, ends_on=date(2026, 6, 20), version=3, **given)


def test_cover_a_second_association_is_not_for_an_own_organization(personas: Personas, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        cover_association(
            personas.province.tea_branch,
            personas.province.trade,
            starts_on=date(2026, 6, 1),
            version=1,
            actor=personas.department_staff.actor,
            now=now,
        )
    assert refusal.value.code == "organization.combination"


def dissolve(personas: Personas, now: datetime, organization: PartyOrganization, **values: Any) -> PartyOrganization:
    actor = personas.party_committee.actor
    given = {"dissolved_on": date(2026, 6, 30), "approval_number": NUMBER, "reason": "协会注销", "version": 1}
    with acting_as(actor):
        return dissolve_party_organization(organization, actor=actor, now=now, **given | values)


def test_dissolve_ends_every_cover_the_day_before(personas: Personas, now: datetime) -> None:
    joint = joint_branch(personas)
    dissolve(personas, now, joint)
    assert joint.dissolved_on == date(2026, 6, 30)
    assert list(joint.covered.values_list("ends_on", flat=True)) == [date(2026, 6, 29)]
    with pytest.raises(Refused, match="已于2026-06-30撤销"):
        dissolve(personas, now, joint, version=2)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"approval_number": ""}, "organization.approval"),
        ({"dissolved_on": date(2026, 7, 1)}, "date.future"),
        ({"dissolved_on": date(2026, 1, 1)}, "organization.dates"),
    ],
)
def test_dissolve_refusals(personas: Personas, now: datetime, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        dissolve(personas, now, joint_branch(personas), **values)
    assert refusal.value.code == code


def test_dissolve_waits_for_the_organizations_below(personas: Personas, now: datetime) -> None:
    joint = joint_branch(personas)
    factories.make_organization("中共下级支部", personas.province.tea, committee=joint.committee, parent=joint)
    with pytest.raises(Refused) as refusal:
        dissolve(personas, now, joint)
    assert refusal.value.code == "organization.has_children"
    joint.refresh_from_db()
    assert joint.dissolved_on is None


def test_a_committee_reads_a_joint_branch_of_another_and_changes_nothing(personas: Personas, now: datetime) -> None:
    province, actor = personas.province, personas.party_committee.actor
    foreign = factories.make_organization(
        "中共湖南省商贸联合支部委员会",
        province.tea,
        province.trade,
        kind="joint_branch",
        establishment_mode="joint",
        committee=province.other_committee,
        covered_from=date(2026, 1, 1),
    )
    given: dict[str, Any] = {"actor": actor, "now": now, "version": 1}
    row = foreign.covered.get(association=province.tea)
    attempts = [
        lambda: change_party_organization(foreign, remark="改", **given),
        lambda: dissolve(personas, now, foreign),
        lambda: cover_association(foreign, province.tea, starts_on=date(2026, 6, 1), **given),
        lambda: end_cover(row, ends_on=date(2026, 6, 1), **given),
    ]
    for attempt in attempts:
        with acting_as(actor), pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "organization.foreign"
        assert "由「湖南省商贸行业党委」管理" in refusal.value.reason
    foreign.refresh_from_db()
    assert foreign.version == 1
