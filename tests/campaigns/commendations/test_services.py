"""The way to an honour through the services, and every gate on it, asked at every door."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from associations.registry.enums import AssociationStatus
from campaigns.commendations import deciding, services
from campaigns.commendations.enums import NominationState, RoundState
from campaigns.commendations.models import Commendation, Nomination, Quota
from campaigns.methods import services as methods
from campaigns.methods.models import MethodRecord
from campaigns.plans.enums import MethodForm, Target
from campaigns.plans.models import Method
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from portal.notices.models import Task
from portal.publishing import services as publishing
from portal.publishing.models import Objection, Publication
from tests import factories
from tests.campaigns.award_makers import make_kind, make_nomination
from tests.campaigns.commendations.conftest import DECIDABLE, PUBLISHED, Chain
from tests.campaigns.makers import make_unit
from tests.people.makers import make_party_member, make_secretary


def refused(call: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        call()
    return caught.value.reason


def test_from_a_basis_to_an_honour(chain: Chain) -> None:
    """R-117: published on 2026-06-01, decided on 2026-06-09."""
    nomination = chain.published()
    notice = chain.fresh(chain.round).notice
    assert (notice.published_on, notice.ends_on, notice.is_provisional) == (
        date(2026, 6, 1),
        date(2026, 6, 8),
        False,
    )
    assert "2026-06-09 起才能作出决定" in refused(lambda: chain.decide(at=DECIDABLE - timedelta(days=1)))
    [honour] = chain.decide()
    assert chain.fresh(chain.round).state == RoundState.DECIDED
    assert chain.fresh(nomination).state == NominationState.AWARDED
    assert (honour.decided_on, honour.decided_by, honour.name) == (
        date(2026, 6, 9),
        chain.personas.department_admin.user,
        str(chain.tea),
    )
    assert AuditEvent.objects.filter(action="campaigns.commend").count() == 1


def test_an_award_completes_the_method_and_taken_back_undoes_it(chain: Chain) -> None:
    """What came with the decision goes with the honour alone; what a unit recorded before stands."""
    method = Method.objects.create(campaign=chain.campaign, number=5, title="评选表彰", form=MethodForm.COMMENDATION)
    chain.published()
    [honour] = chain.decide()
    with everything("test"):
        row = MethodRecord.objects.get(method=method)
    assert (row.unit, row.done_on, row.award_round) == (chain.tea, honour.decided_on, chain.round)
    assert row.summary == f"{chain.round}：{honour}，湘社工〔2026〕30号。"
    with acting_as(chain.admin):
        text = refused(
            lambda: methods.withdraw_record(row, reason="误登", actor=chain.admin, now=DECIDABLE, version=row.version)
        )
        assert "撤销表彰时一并撤回" in text
        deciding.revoke(
            honour,
            document_number="湘社工〔2026〕41号",
            reason="材料不实",
            actor=chain.admin,
            now=DECIDABLE,
            version=honour.version,
        )
    with everything("test"):
        assert not MethodRecord.objects.filter(method=method).exists()


@pytest.mark.parametrize(
    ("changed", "word"),
    [({"basis_number": ""}, "三个不得"), ({"basis_title": ""}, "三个不得"), ({"basis_file": None}, "没有上传依据文件")],
)
def test_a_round_without_its_basis_does_not_open(chain: Chain, changed: dict[str, Any], word: str) -> None:
    for name, value in changed.items():
        setattr(chain.round, name, value)
    chain.round.save()
    assert word in refused(chain.open)


def test_the_database_knows_no_open_round_without_its_basis(chain: Chain) -> None:
    chain.round.basis_number = ""
    chain.round.state, chain.round.opened_at = RoundState.OPEN, PUBLISHED
    with pytest.raises(IntegrityError), transaction.atomic():
        chain.round.save()


def test_places_that_do_not_add_up_do_not_open(chain: Chain) -> None:
    chain.kind.total = 2
    chain.kind.save()
    with acting_as(chain.staff):
        counts = {chain.tea: 1}
        text = refused(
            lambda: services.set_quotas(
                chain.kind, counts, actor=chain.staff, now=PUBLISHED, version=chain.round.version
            )
        )
    assert "共 2 个，填写合计 1 个" in text
    Quota.objects.create(kind=chain.kind, unit=chain.tea, count=1)
    with acting_as(chain.staff):
        text = refused(
            lambda: services.open_round(chain.round, actor=chain.staff, now=PUBLISHED, version=chain.round.version)
        )
    assert "名额共 2 个，已分配 1 个" in text


def test_places_by_members_of_the_roster_or_as_reported(chain: Chain) -> None:
    """R-115a: 10 over 120/80/50 gives 5/3/2, whether the members are on a roster or only counted."""
    chain.kind.total = 10
    chain.kind.save()
    units = [chain.tea, chain.trade]
    for unit, count in ((chain.tea, 120), (chain.trade, 80)):
        assert unit.organization is not None
        unit.organization.full_member_count = count
        unit.organization.save()
    third = factories.make_organization("第三党支部", committee=chain.personas.province.committee, full_member_count=50)
    units.append(make_unit(chain.campaign, third, file=None))
    with acting_as(chain.staff):
        rows = services.distribute(
            chain.kind, units, by="members", actor=chain.staff, now=PUBLISHED, version=chain.round.version
        )
    assert [(row.base_count, row.count) for row in rows] == [(120, 5), (80, 3), (50, 2)]
    make_party_member(third)
    with acting_as(chain.staff):
        chain.fresh(chain.round)
        rows = services.distribute(
            chain.kind, units, by="members", actor=chain.staff, now=PUBLISHED, version=chain.round.version
        )
    assert [row.base_count for row in rows] == [120, 80, 1]


def test_opening_lays_a_task_on_units_with_places(chain: Chain) -> None:
    chain.open()
    assert [task.body_pk for task in Task.objects.filter(kind=services.NOMINATE_TASK)] == [chain.tea.organization_id]
    chain.nominate()
    assert not Task.objects.filter(kind=services.NOMINATE_TASK, state="open").exists()


def test_a_nominee_of_another_unit_is_refused(chain: Chain) -> None:
    chain.open()
    assert "不属于本单位" in refused(lambda: chain.nominate(organization=chain.trade.organization))
    stranger = factories.make_organization("没有参加的党支部")
    assert "不属于本单位" in refused(lambda: chain.nominate(organization=stranger))


def test_no_place_no_recommendation(chain: Chain) -> None:
    chain.open()
    chain.nominate()
    assert "已经推荐" in refused(chain.nominate)
    assert "推荐截止" in refused(lambda: chain.nominate(at=PUBLISHED + timedelta(days=90)))


@pytest.mark.parametrize("changed", [{"participant_count": 0}, {"support_count": 0}, {"support_count": 31}])
def test_the_masses_recommend_first(chain: Chain, changed: dict[str, Any]) -> None:
    chain.open()
    assert refused(lambda: chain.nominate(**changed))
    assert not Nomination.objects.exists()


def test_deeds_carry_no_numbers(chain: Chain) -> None:
    """R-117: the public reads name, organisation, post and reason."""
    chain.open()
    assert "不得含身份证号" in refused(lambda: chain.nominate(deeds="联系电话 138 0000 0000"))


def test_an_overdue_election_is_a_veto_at_every_step(chain: Chain) -> None:
    chain.open()
    branch = chain.tea.organization
    assert branch is not None
    branch.term_started_on = date(2020, 1, 1)
    branch.save()
    assert "没有换届" in refused(chain.nominate)
    branch.term_started_on = None
    branch.save()
    nomination = chain.nominate()
    branch.term_started_on = date(2020, 1, 1)
    branch.save()
    chain.fresh(nomination).organization.refresh_from_db()
    assert "没有换届" in refused(lambda: chain.choose(Nomination.objects.get()))
    branch.term_started_on = None
    branch.save()
    chain.choose(Nomination.objects.get())
    branch.term_started_on = date(2020, 1, 1)
    branch.save()
    assert "没有换届" in refused(chain.publicise)
    assert not Publication.objects.exists()
    branch.term_started_on = None
    branch.save()
    chain.issue(chain.publicise())
    branch.term_started_on = date(2020, 1, 1)
    branch.save()
    assert "没有换届" in refused(chain.decide)
    assert not Commendation.objects.exists()


def test_an_association_that_may_not_act_is_a_veto(chain: Chain) -> None:
    chain.published()
    association = chain.personas.province.tea
    association.status = AssociationStatus.SUSPENDED
    association.save()
    assert "限期停止活动" in refused(chain.decide)


def test_persons_come_from_the_roster_with_what_the_unit_states(chain: Chain) -> None:
    kind = make_kind(chain.round, target=Target.MEMBER, title="优秀共产党员")
    branch = chain.tea.organization
    assert branch is not None
    member = make_party_member(branch)
    Quota.objects.create(kind=kind, unit=chain.tea, count=1)
    chain.open()
    stated = {"appraisal": "excellent", "dues_paid": True, "no_discipline": True}
    assert "党费" in refused(lambda: chain.nominate(kind=kind, member=member, **stated | {"dues_paid": False}))
    assert "不属于本单位" in refused(lambda: chain.nominate(kind=kind, **stated))
    foreign = make_party_member(chain.personas.province.trade_branch)
    assert "不属于本单位" in refused(lambda: chain.nominate(kind=kind, member=foreign, **stated))
    member.is_lost = True
    member.save()
    assert "失去联系" in refused(lambda: chain.nominate(kind=kind, member=member, **stated))
    member.is_lost = False
    member.save()
    assert chain.nominate(kind=kind, member=member, **stated).member == member


def test_a_worker_has_years_in_party_work(chain: Chain) -> None:
    kind = make_kind(chain.round, target=Target.WORKER, title="优秀党务工作者")
    branch = chain.tea.organization
    assert branch is not None
    secretary = make_secretary(branch, starts_on=date(2025, 1, 1))
    Quota.objects.create(kind=kind, unit=chain.tea, count=1)
    chain.open()
    stated = {"appraisal": "excellent", "dues_paid": True, "no_discipline": True}
    assert "不满 2 年" in refused(lambda: chain.nominate(kind=kind, secretary=secretary, **stated))
    secretary.starts_on = date(2020, 1, 1)
    secretary.save()
    assert chain.nominate(kind=kind, secretary=secretary, **stated).secretary == secretary


def test_whoever_drew_up_the_list_does_not_issue_it(chain: Chain) -> None:
    chain.open()
    chain.choose(chain.nominate())
    notice = chain.publicise()
    with acting_as(chain.staff):
        text = refused(
            lambda: publishing.issue_publication(notice, actor=chain.staff, now=PUBLISHED, version=notice.version)
        )
    assert "责编与签发须是两个人" in text
    assert "还没有公示" in refused(chain.decide)


def object_to(notice: Publication, at: Any, address: str = "10.0.0.1") -> Objection:
    line = notice.lines.get()
    return publishing.lodge_objection(notice, text="事迹不实", line=line, address=address, now=at)


def test_no_decision_with_an_open_objection(chain: Chain) -> None:
    chain.published()
    notice = chain.fresh(chain.round).notice
    objection = object_to(notice, PUBLISHED + timedelta(days=7))
    assert "还有 1 件异议" in refused(chain.decide)
    with acting_as(chain.admin):
        publishing.investigate_objection(objection, actor=chain.admin, now=DECIDABLE, version=objection.version)
    assert "还有 1 件异议" in refused(chain.decide)
    with acting_as(chain.admin):
        publishing.conclude_objection(
            objection,
            is_upheld=False,
            finding="走访核实",
            result="经核查不属实",
            actor=chain.admin,
            now=DECIDABLE,
            version=objection.version,
        )
    assert len(chain.decide()) == 1


def test_an_upheld_objection_keeps_its_line_from_the_honour(chain: Chain) -> None:
    nomination = chain.published()
    objection = object_to(chain.fresh(chain.round).notice, PUBLISHED)
    with acting_as(chain.admin):
        publishing.investigate_objection(objection, actor=chain.admin, now=DECIDABLE, version=objection.version)
        publishing.conclude_objection(
            objection,
            is_upheld=True,
            finding="查实",
            result="情况属实，已移出",
            actor=chain.admin,
            now=DECIDABLE,
            version=objection.version,
        )
    assert "异议经核查属实" in refused(chain.decide)
    with acting_as(chain.staff):
        services.drop(
            chain.fresh(nomination), reason="异议属实", actor=chain.staff, now=DECIDABLE, version=nomination.version
        )
    assert "名单是空的" in refused(chain.decide)


def test_an_objection_after_the_last_day_is_refused(chain: Chain) -> None:
    chain.published()
    notice = chain.fresh(chain.round).notice
    assert object_to(notice, PUBLISHED + timedelta(days=7)).receipt
    assert "已于 2026-06-08 结束" in refused(lambda: object_to(notice, DECIDABLE))


def test_who_was_not_before_the_public_is_not_commended(chain: Chain) -> None:
    """Even when a row is put on the list behind the services' back."""
    chain.published()
    other = Nomination.objects.get()
    other.pk, other.unit, other.organization = None, chain.trade, chain.personas.province.trade_branch
    other.state = NominationState.CHOSEN
    other.save()
    assert "没有公示，不能表彰" in refused(chain.decide)


def test_a_new_list_stands_for_all_its_days_again(chain: Chain) -> None:
    chain.published()
    first = chain.fresh(chain.round).notice
    with acting_as(chain.staff):
        one = chain.fresh(chain.round)
        services.return_list(one, reason="名单有误", actor=chain.staff, now=DECIDABLE, version=one.version)
    assert chain.fresh(first).state == "withdrawn"
    assert "不能「作出表彰决定」" in refused(chain.decide)


def test_a_decision_on_a_stale_page_is_a_conflict(chain: Chain) -> None:
    chain.published()
    one = chain.fresh(chain.round)
    with acting_as(chain.admin), pytest.raises(Conflict):
        deciding.decide(
            one,
            document_number="湘社工〔2026〕30号",
            reason="公示无异议",
            actor=chain.admin,
            now=DECIDABLE,
            version=one.version - 1,
        )


def test_other_bodies_do_not_decide(chain: Chain) -> None:
    chain.published()
    actor = chain.personas.party_committee.actor
    with acting_as(actor), pytest.raises(Refused):
        deciding.decide(
            chain.fresh(chain.round),
            document_number="湘社工〔2026〕30号",
            reason="公示无异议",
            actor=actor,
            now=DECIDABLE,
            version=chain.round.version,
        )


def test_an_honour_is_taken_back_by_a_document_and_stays_in_the_file(chain: Chain) -> None:
    chain.published()
    [honour] = chain.decide()
    with acting_as(chain.admin):
        text = refused(
            lambda: deciding.revoke(
                honour, document_number="无", reason="弄虚作假", actor=chain.admin, now=DECIDABLE, version=1
            )
        )
        assert "须有决定文号" in text
        deciding.revoke(
            honour,
            document_number="湘社工〔2026〕45号",
            reason="弄虚作假",
            actor=chain.admin,
            now=DECIDABLE,
            version=honour.version,
        )
    assert chain.fresh(honour).revoked_by == chain.personas.department_admin.user
    with acting_as(chain.admin):
        text = refused(
            lambda: deciding.revoke(
                honour,
                document_number="湘社工〔2026〕45号",
                reason="再次",
                actor=chain.admin,
                now=DECIDABLE,
                version=honour.version,
            )
        )
    assert "已于" in text


def test_the_database_knows_no_honour_before_the_end_of_publicity(chain: Chain) -> None:
    chain.published()
    [honour] = chain.decide()
    honour.decided_on = date(2026, 6, 8)
    with pytest.raises(IntegrityError), transaction.atomic():
        honour.save()


def test_a_round_is_called_off_with_a_reason(chain: Chain) -> None:
    chain.published()
    one = chain.fresh(chain.round)
    with acting_as(chain.staff):
        services.cancel_round(one, reason="上级要求暂停", actor=chain.staff, now=PUBLISHED, version=one.version)
    assert chain.fresh(one.notice).state == "withdrawn"
    assert refused(chain.decide)


def test_whom_a_committee_recommended_reads_its_own_honour(chain: Chain) -> None:
    """Who is recommended by the committee above sees nothing before the decision, and its honour afterwards."""
    committee = make_unit(chain.campaign, None, department=chain.personas.province.committee, file=None)
    kind = make_kind(chain.round, title="先进支部", target=Target.ORGANIZATION)
    one = make_nomination(kind, committee, chain.personas.department_admin.user, organization=chain.tea.organization)
    secretary = chain.personas.branch_secretary.actor
    assert not Nomination.objects.for_actor(secretary).exists()
    with everything("test data"):
        Nomination.objects.filter(pk=one.pk).update(state=NominationState.AWARDED)
    assert Nomination.objects.for_actor(secretary).get() == one
    assert not Nomination.objects.for_actor(chain.personas.other_committee.actor).exists()
