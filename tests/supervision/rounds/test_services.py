"""Rounds: prepared from the rule book, opened once, filled whole however often, exceptions by whoever may decide."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from associations.registry.enums import AssociationStatus
from associations.registry.models import Association
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from portal.jobs.models import Job
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection
from supervision.rounds import editions, expectation, rules, services
from supervision.rounds.enums import RoundLabel, RoundState
from supervision.rounds.models import Round, RoundTrack
from supervision.rounds.views import charity_said
from tests import factories
from tests.supervision.makers import make_form_version, make_inspection, make_round, make_track

NOW = datetime(2026, 1, 5, 9, tzinfo=timezone.get_default_timezone())
DAY = NOW.date()
ROUND = {"opens_on": date(2026, 1, 1), "closes_on": None, "help_office": "社会组织处", "help_phone": "0731-84502000"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_bells")]


def rows_of(a_round: Round) -> list[Inspection]:
    return list(Inspection.objects.filter(round=a_round).order_by("number"))


def variety(province):
    """One association for each thing that decides."""
    make = factories.make_association
    return {
        "dual": make("甲", region=province.hunan, supervising_unit=province.unit, registration_mode="dual"),
        "dual_without": make("乙", region=province.hunan, registration_mode="dual"),
        "direct": make("丙", region=province.hunan, party_committee=province.committee, registration_mode="direct"),
        "unknown": make("丁", region=province.hunan),
        "city": make("戊", region=province.yuelu, registration_level="city", established_on=date(2025, 6, 30)),
        "young": make("己", region=province.hunan, established_on=date(2025, 7, 1)),
        "gone": make("庚", region=province.hunan, status=AssociationStatus.DEREGISTERED, status_on=date(2025, 12, 1)),
        "foundation": make("辛", region=province.hunan, kind="foundation"),
        "other": make("壬", region=province.hunan, kind="other"),
        "charity": make("癸", region=province.hunan, kind="foundation", is_charity=True),
        "no_charity": make("子", region=province.hunan, kind="foundation", is_charity=False),
    }


def arranged(**fields) -> Round:
    a_round = make_round(RoundState.OPEN, **fields)
    make_track(a_round, mode="dual")
    make_track(a_round, mode="", to_supervisor_by=None, has_first_review=False)
    make_track(a_round, kind="foundation", to_supervisor_by=None, has_first_review=False)
    return a_round


def test_a_round_is_filled_as_the_rule_says(province, django_assert_max_num_queries):
    made = variety(province)
    registrar, city_registrar = province.registrar, province.city_registrar
    a_round = arranged()
    tracks = list(RoundTrack.objects.filter(round=a_round))
    with django_assert_max_num_queries(20):
        assert expectation.fill(a_round, now=NOW) == 7
    found = {one.association_id: one for one in rows_of(a_round)}
    for name, association in made.items():
        candidate = rules.Candidate(
            association.kind,
            association.registration_mode,
            association.established_on,
            is_active=association.status == AssociationStatus.ACTIVE,
            is_charity=association.is_charity,
        )
        track = rules.arrangement_for(candidate, tracks)
        assert (association.pk in found) is rules.is_expected(candidate, track, a_round.label), name
        if association.pk in found:
            one = found[association.pk]
            assert (one.track, one.form_id) == (track, track.form_id)
            assert one.filing_due_on == rules.filing_due_on(track, has_supervisor=one.supervisor_id is not None), name
    dual, city = found[made["dual"].pk], found[made["city"].pk]
    assert (dual.supervisor, dual.registrar, dual.state, dual.version) == (province.unit, registrar, "not_started", 1)
    assert (city.registrar, found[made["direct"].pk].committee) == (city_registrar, province.committee)
    assert [one.number for one in rows_of(a_round)] == [f"NJ-2025-{number:06d}" for number in range(1, 8)]


def test_charities_of_any_kind_are_in_the_report_and_unknown_ones_are_counted(personas, province):
    made = variety(province)
    factories.make_association("丑", region=province.hunan, is_charity=True)
    a_round = arranged(label=RoundLabel.REPORT)
    assert expectation.fill(a_round, now=NOW) == 2
    assert made["charity"].pk in {one.association_id for one in rows_of(a_round)}
    assert sum(one.count for one in expectation.expected(a_round, DAY)) == 2
    assert expectation.uncovered(a_round, DAY) == []
    admin = personas.department_admin.actor
    unknown = Association.objects.filter(is_charity=None, status="active", kind__in=["social_group", "foundation"])
    with acting_as(admin):
        assert expectation.charity_unknown(a_round, admin, DAY) > 5
        said = charity_said(a_round, admin, DAY)
    with everything("test"):
        assert said == f"{unknown.count()} 家未填报是否慈善组织，按非慈善组织处理，不列入年度报告。"


def test_a_second_run_adds_only_who_joined_since(province):
    variety(province)
    a_round = arranged()
    assert expectation.fill(a_round, now=NOW) == 7
    before = {one.pk: one.number for one in rows_of(a_round)}
    assert expectation.fill(a_round, now=NOW) == 0
    late = factories.make_association("癸", region=province.hunan)
    assert expectation.fill(a_round, now=NOW) == 1
    after = {one.pk: one.number for one in rows_of(a_round)}
    assert {pk: after[pk] for pk in before} == before
    assert rows_of(a_round)[-1].association == late
    assert rows_of(a_round)[-1].number == "NJ-2025-000008"
    assert AuditEvent.objects.filter(action="supervision.fill_round").count() == 2


def test_a_second_round_of_the_year_goes_on_counting(province):
    factories.make_association(region=province.hunan)
    first, second = arranged(), arranged()
    assert (expectation.fill(first, now=NOW), expectation.fill(second, now=NOW)) == (1, 1)
    assert [one.number for one in rows_of(second)] == ["NJ-2025-000002"]


def test_a_round_that_is_not_open_is_not_filled(province):
    factories.make_association(region=province.hunan)
    for state in (RoundState.DRAFT, RoundState.CLOSED):
        a_round = make_round(state)
        make_track(a_round)
        assert expectation.fill(a_round, now=NOW) == 0


def test_the_opening_page_says_what_opening_makes(province):
    variety(province)
    a_round = arranged()
    said = expectation.expected(a_round, DAY)
    assert [(one.track.mode, one.track.kind, one.count, one.with_supervisor, one.late_registered) for one in said] == [
        ("", "foundation", 2, 0, 0),
        ("", "social_group", 3, 0, 1),
        ("dual", "social_group", 2, 1, 0),
    ]
    assert sum(one.count for one in said) == expectation.fill(a_round, now=NOW)
    assert expectation.uncovered(a_round, DAY) == [("其他", 1)]


def test_who_left_the_register_is_released(province):
    kept, gone = factories.make_association(region=province.hunan), factories.make_association(region=province.hunan)
    a_round = arranged()
    expectation.fill(a_round, now=NOW)
    gone.status, gone.status_on = AssociationStatus.DEREGISTERED, date(2026, 1, 2)
    gone.save()
    assert expectation.release_gone(a_round, now=NOW) == 1
    assert expectation.release_gone(a_round, now=NOW) == 0
    states = dict(Inspection.objects.filter(round=a_round).values_list("association", "state"))
    assert states == {kept.pk: InspectionState.NOT_STARTED, gone.pk: InspectionState.EXEMPTED}


def test_a_round_is_prepared_from_the_rule_book(personas, reference):
    editions.take_in_shipped(now=NOW)
    a_round = services.create_round(report_year=2025, actor=personas.department_admin.actor, now=NOW, **ROUND)
    assert (a_round.title, a_round.state) == ("2025年度检查", RoundState.DRAFT)
    tracks = RoundTrack.objects.filter(round=a_round)
    assert sorted((one.kind, one.mode, one.form.code) for one in tracks) == [
        ("foundation", "", "foundation"),
        ("other", "", "other"),
        ("other", "dual", "other"),
        ("service_institution", "", "service_institution"),
        ("service_institution", "dual", "service_institution"),
        ("social_group", "", "social_group"),
        ("social_group", "dual", "social_group"),
    ]
    assert tracks.get(kind="social_group", mode="dual").to_supervisor_by == date(2026, 3, 31)
    with pytest.raises(Refused, match="不能建立填报批次"):
        services.create_round(report_year=2025, actor=personas.registrar.actor, now=NOW, **ROUND)


def test_a_round_opens_once_and_asks_for_one_job(personas, province):
    factories.make_association(region=province.hunan)
    a_round, admin = make_round(RoundState.DRAFT), personas.department_admin.actor
    with pytest.raises(Refused, match="没有一家社会组织需要填报"):
        services.open_round(a_round, actor=admin, version=1, now=NOW)
    make_track(a_round)
    with pytest.raises(Refused, match="不由"):
        services.open_round(a_round, actor=personas.department_staff.actor, version=1, now=NOW)
    stale = Round.objects.get(pk=a_round.pk)
    services.open_round(a_round, actor=admin, version=1, now=NOW)
    with pytest.raises(Conflict):
        services.open_round(stale, actor=admin, version=1, now=NOW)
    assert (a_round.state, a_round.opened_at) == (RoundState.OPEN, NOW)
    assert Job.objects.unscoped("test").filter(task="supervision.fill_round").count() == 1
    services.close_round(a_round, actor=admin, version=a_round.version, now=NOW)
    assert (a_round.state, a_round.closed_at) == (RoundState.CLOSED, NOW)
    with pytest.raises(Refused, match="不能补充名单"):
        services.request_filling(a_round, actor=admin, now=NOW)


def test_the_nightly_tick_asks_once_a_day(province):
    a_round = make_round()
    make_round(RoundState.CLOSED)
    assert services.fill_open_rounds(NOW.replace(hour=1)) == 0
    assert [services.fill_open_rounds(NOW), services.fill_open_rounds(NOW.replace(hour=20))] == [1, 1]
    (job,) = Job.objects.unscoped("test").all()
    assert job.parameters == {"round": a_round.pk}


def test_an_open_round_keeps_what_decides_and_takes_corrections(personas):
    a_round, staff = make_round(RoundState.OPEN), personas.department_staff.actor
    changed = services.edit_round(a_round, version=1, actor=staff, now=NOW, help_phone="12345")
    assert (changed.help_phone, changed.version) == ("12345", 2)
    with pytest.raises(Refused, match="开始填报日期不能再改"):
        services.edit_round(a_round, version=2, actor=staff, now=NOW, opens_on=date(2026, 2, 1))
    with pytest.raises(Conflict):
        services.edit_round(a_round, version=1, actor=staff, now=NOW, help_phone="2")
    with pytest.raises(Refused, match="已经结束"):
        services.edit_round(make_round(RoundState.CLOSED), version=1, actor=staff, now=NOW, help_phone="2")


def test_arrangements_change_only_while_a_round_is_prepared(personas):
    a_round, staff, form = make_round(RoundState.DRAFT), personas.department_staff.actor, make_form_version()
    fields = {
        "kind": "social_group",
        "form": form,
        "registered_by": date(2025, 6, 30),
        "to_registrar_by": date(2026, 5, 31),
        "has_first_review": False,
    }
    track = services.add_track(a_round, version=1, actor=staff, now=NOW, **fields)
    with pytest.raises(Conflict):
        services.add_track(a_round, version=1, actor=staff, now=NOW, **{**fields, "mode": "dual"})
    services.edit_track(track, version=2, actor=staff, now=NOW, registered_by=date(2025, 12, 31))
    assert RoundTrack.objects.get().registered_by == date(2025, 12, 31)
    services.remove_track(track, version=3, actor=staff, now=NOW)
    assert not RoundTrack.objects.exists()
    with pytest.raises(Refused, match="只有筹备中的批次可以"):
        services.add_track(make_round(RoundState.OPEN), version=1, actor=staff, now=NOW, **fields)


def test_only_the_registrar_extends(personas, province):
    inspection = make_inspection(province.tea)
    for role in ("department_admin", "supervising_unit", "party_committee", "association_filer"):
        with pytest.raises(Refused, match="延期由登记管理机关决定"):
            services.extend(
                inspection, date(2026, 6, 30), reason="换届", actor=personas[role].actor, version=1, now=NOW
            )
    registrar = personas.registrar.actor
    made = services.extend(inspection, date(2026, 6, 30), reason="换届", actor=registrar, version=1, now=NOW)
    assert (made.decider_label, inspection.filing_due_on, inspection.version) == (
        registrar.scope.label,
        date(2026, 6, 30),
        2,
    )
    with pytest.raises(Refused, match="不晚于现在的截止日期"):
        services.extend(inspection, date(2026, 6, 30), reason="换届", actor=registrar, version=2, now=NOW)
    with pytest.raises(Conflict):
        services.extend(inspection, date(2026, 7, 30), reason="换届", actor=registrar, version=1, now=NOW)
    done = make_inspection(province.trade, state=InspectionState.CONCLUDED)
    with pytest.raises(Refused, match="不需要延期"):
        services.extend(done, date(2026, 7, 30), reason="换届", actor=registrar, version=1, now=NOW)


def test_an_extension_of_a_correction_moves_its_own_day(personas, province):
    inspection = make_inspection(province.tea, state=InspectionState.RETURNED, step_due_on=date(2026, 4, 10))
    services.extend(inspection, date(2026, 4, 20), reason="住院", actor=personas.registrar.actor, version=1, now=NOW)
    assert (inspection.step_due_on, inspection.filing_due_on) == (date(2026, 4, 20), date(2026, 4, 20))


@pytest.mark.parametrize("state", [InspectionState.NOT_STARTED, InspectionState.DRAFTING])
def test_an_exempted_association_comes_back_where_it_was(personas, province, state):
    started = {} if state == InspectionState.NOT_STARTED else {"started_at": NOW}
    inspection, admin = make_inspection(province.tea, state=state, **started), personas.department_admin.actor
    with pytest.raises(Refused, match="没有填写理由"):
        services.exempt(inspection, reason=" ", actor=admin, version=1, now=NOW)
    services.exempt(inspection, reason="已转为慈善组织年报", actor=admin, version=1, now=NOW)
    assert (inspection.state, inspection.exempt_reason) == (InspectionState.EXEMPTED, "已转为慈善组织年报")
    services.reinstate(inspection, reason="仍需年检", actor=admin, version=2, now=NOW)
    assert (inspection.state, inspection.exempt_reason) == (state, "")
    with everything("test"):
        assert Inspection.objects.get().version == 3
