"""The generator writes past the services, so every row is checked here as a service would have checked it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Count
from stdnum.cn import uscc as official

from associations.evaluation.models import Grade
from associations.registry.models import Assignment, Association, DepartmentName, PartyMemberCount, TreeLock
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.models import CoverageMark, InstructorAssignment
from partybuilding.coverage.selectors import measured
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.actor import acting_as
from portal.access.roles import Role
from portal.access.scoping import everything, scoped
from portal.filing.definition import FieldType
from portal.filing.examination import Given, content_code, examine
from portal.home.demonstration.codes import organization_code, uscc
from portal.home.demonstration.organizations import numeral
from portal.memberships.models import Membership
from portal.memberships.selectors import RELATED, actor_of
from portal.notices.models import Task
from portal.reporting.models import ReportRun, Schedule
from portal.workflow.services import history
from supervision.inspections.enums import Conclusion, InspectionState
from supervision.inspections.models import Inspection, InspectionFigures, Submission
from supervision.rounds.models import Round
from supervision.rounds.selectors import form_of
from tests.databases import rolled_back

TODAY = date(2026, 6, 30)
# Locks, and marks that are taken away once what they are about is counted.
PASSING = (TreeLock, CoverageMark)
MODELS = [
    model
    for label in ("associations", "partybuilding", "campaigns", "publishing", "memberships", "regulations")
    for model in apps.get_app_config(label).get_models()
    if model not in PASSING
]


@pytest.fixture(autouse=True, scope="module")
def _demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The small province, made once for this file inside a transaction that is rolled back."""
    with rolled_back(django_db_blocker):
        call_command("load_demo", today=TODAY.isoformat(), verbosity=0)
        yield


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_row_satisfies_its_model(model: Any) -> None:
    """Fields of every row; what the database holds by itself (uniqueness, constraints) of every thirtieth."""
    rows = list(model.objects.all())
    assert rows
    for at, row in enumerate(rows):
        # Who recorded a count is set by the services; nobody did here.
        row.clean_fields(exclude={"recorded_by", *relations(model)})
        if at % 30 == 0:
            row.full_clean(exclude={"recorded_by"})


def relations(model: Any) -> set[str]:
    """Foreign keys: the database refuses one that leads nowhere."""
    return {field.name for field in model._meta.fields if field.is_relation}


def test_small_province_has_about_three_hundred_associations() -> None:
    levels = Association.objects.order_by().values_list("registration_level").annotate(Count("pk"))
    assert dict(levels) == {"city": 143, "county": 60, "province": 103}
    assert len(set(Association.objects.filter(registration_level="city").values_list("region__code", flat=True))) == 14


def test_codes_are_valid_and_agree_with_kind_and_region() -> None:
    prefixes = {"social_group": "51", "service_institution": "52", "foundation": "53"}
    for association in Association.objects.select_related("region"):
        assert official.is_valid(association.uscc)
        assert association.uscc.startswith(f"{prefixes[association.kind]}{association.region.code}MJ9999")


@pytest.mark.parametrize(
    ("serial", "code"), [(0, "MJ999900"), (31 * 31 - 1, "MJ9999YY"), (31 * 31, "MJ999A00"), (200000, "MJ99G03K")]
)
def test_organization_codes_count_on_by_31(serial: int, code: str) -> None:
    assert organization_code(serial)[:8] == code


@pytest.mark.parametrize("serial", range(0, 4000, 37))
def test_uscc_is_valid_by_the_standard(serial: int) -> None:
    assert official.is_valid(uscc("social_group", "430000", serial))


def test_working_committee_has_its_23_committees() -> None:
    working = DepartmentName.objects.select_related("department").get(name="省委两新工委").department
    committees = working.children.filter(kind="party_committee")
    assert committees.count() == 23
    assert committees.filter(hosted_by=None).count() == 0


@pytest.mark.parametrize(
    ("name", "current"),
    [
        ("省经信委", "湖南省工业和信息化厅"),
        ("湖南省经济和信息化委员会", "湖南省工业和信息化厅"),
        ("省卫计委", "湖南省卫生健康委员会"),
        ("省工商局", "湖南省市场监督管理局"),
    ],
)
def test_former_names_lead_to_todays_department(name: str, current: str) -> None:
    former = DepartmentName.objects.select_related("department").get(name=name)
    assert (former.department.name, former.kind, former.ends_on) == (current, "former", date(2018, 10, 31))


@pytest.mark.parametrize("role", ["supervising_unit", "industry_regulator", "party_committee"])
def test_some_associations_answered_to_somebody_else_last_year(role: str) -> None:
    ended = Assignment.objects.filter(role=role, ends_on__lt=TODAY)
    assert ended.exists()
    for assignment in ended:
        following = Assignment.objects.filter(association=assignment.association_id, role=role, ends_on=None)
        assert not following.filter(department=assignment.department_id).exists()


def test_some_associations_reported_nothing_and_some_reported_zero() -> None:
    assert Association.objects.exclude(pk__in=PartyMemberCount.objects.values("association")).exists()
    assert PartyMemberCount.objects.filter(relation_count=0).exists()
    assert not PartyMemberCount.objects.filter(counted_on__gt=TODAY).exists()


def test_grades_are_valid_expired_and_announced() -> None:
    assert Grade.objects.filter(starts_on__lte=TODAY, ends_on__gte=TODAY).exists()
    assert Grade.objects.filter(ends_on__lt=TODAY).exists()
    announced = Grade.objects.filter(announced_on__lte=TODAY, starts_on__gt=TODAY)
    assert set(announced.values_list("starts_on", "ends_on")) == {(date(2027, 1, 1), date(2031, 12, 31))}


def test_organizations_are_own_joint_and_functional() -> None:
    kinds = set(PartyOrganization.objects.values_list("kind", flat=True))
    assert kinds == {"branch", "general_branch", "committee", "joint_branch", "functional_branch"}
    joint = PartyOrganization.objects.filter(kind="joint_branch").annotate(covered_count=Count("covered"))
    assert max(joint.values_list("covered_count", flat=True)) > 5


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五"), (99, "九十九")]
)
def test_numeral_is_written_as_in_names(number: int, text: str) -> None:
    assert numeral(number) == text


def test_instructors_are_current_expired_and_overloaded() -> None:
    current = InstructorAssignment.objects.filter(ends_on=None)
    assert InstructorAssignment.objects.filter(ends_on__lt=TODAY).exists()
    loads = current.order_by().values("instructor").annotate(load=Count("pk")).values_list("load", flat=True)
    assert max(loads) > 5


def test_nothing_lies_after_today() -> None:
    assert not Association.objects.filter(established_on__gt=TODAY).exists()
    assert not Association.objects.filter(status_on__gt=TODAY).exists()
    assert not PartyOrganization.objects.filter(established_on__gt=TODAY).exists()
    assert not CoveredAssociation.objects.filter(starts_on__gt=TODAY).exists()
    assert not Grade.objects.filter(announced_on__gt=TODAY).exists()


def test_accounts_cover_every_role_and_cannot_sign_in_before_a_password_is_set() -> None:
    memberships = Membership.objects.select_related("user")
    assert sorted(one.role for one in memberships) == sorted(Role.values)
    assert [one.user.username for one in memberships if one.user.has_usable_password()] == []


def test_tasks_are_overdue_waiting_and_settled() -> None:
    tasks = Task.objects.filter(kind="establish_party_organization").order_by("opened_at")
    assert [(task.state, task.due_on) for task in tasks] == [
        ("open", date(2026, 6, 20)),
        ("closed", date(2026, 6, 28)),
        ("open", date(2026, 7, 5)),
        ("open", date(2026, 7, 25)),
    ]
    settled = tasks[1]
    assert settled.evidence.startswith("已成立「中共")
    assert settled.evidence.endswith("批复文号湘社组党〔2026〕98号。")


def test_last_months_report_is_signed_and_a_schedule_waits() -> None:
    run, schedule = ReportRun.objects.get(key="coverage"), Schedule.objects.get(report_key="coverage")
    assert (run.state, run.as_of, run.key) == ("locked", date(2026, 5, 31), "coverage")
    assert run.title == "湖南省社会组织两个覆盖情况报告"
    assert (schedule.report_key, schedule.is_active) == ("coverage", True)


def test_demonstrations_committee_has_work_on_its_desk() -> None:
    membership = Membership.objects.select_related(*RELATED).get(role=Role.PARTY_COMMITTEE)
    actor = actor_of(membership)
    with acting_as(actor):
        waiting = measured(scoped(Association, actor), Measure.SHOULD_NOT_BUILT, as_of=TODAY).count()
    assert waiting >= 1
    assert Task.objects.filter(state="open", body_pk=actor.scope.pk).exists()


def test_demonstration_into_a_filled_register_is_refused() -> None:
    with pytest.raises(CommandError, match="库中已有社会组织"):
        call_command("load_demo", today=TODAY.isoformat(), stdout=StringIO())


def test_demonstration_of_an_unreadable_date_is_refused() -> None:
    with pytest.raises(CommandError, match="日期 2026-13-01 无法识别"):
        call_command("load_demo", today="2026-13-01", stdout=StringIO())


def test_demonstration_in_production_is_refused(settings: Any) -> None:
    settings.PORTAL_MODE = "production"
    with pytest.raises(CommandError, match="正式运行模式"):
        call_command("load_demo", stdout=StringIO())


def test_last_years_round_is_concluded_for_most_and_this_years_is_open() -> None:
    before, now, reports = Round.objects.order_by("report_year", "pk")
    with everything("test"):
        assert set(reports.inspections.values_list("association__is_charity", flat=True)) == {True}
        assert not now.inspections.filter(association__is_charity=True).exists()
    assert (before.report_year, before.state, now.report_year, now.state) == (2024, "closed", 2025, "open")
    rows = Inspection.objects.filter(round=before)
    states = Counter(rows.values_list("state", flat=True))
    assert set(states) == {InspectionState.CONCLUDED, InspectionState.NOT_STARTED, InspectionState.DRAFTING}
    assert states[InspectionState.CONCLUDED] > 200
    assert set(rows.exclude(conclusion="").values_list("conclusion", flat=True)) == set(Conclusion.values)
    states = Counter(Inspection.objects.filter(round=now).values_list("state", flat=True))
    assert set(states) == set(InspectionState.values) - {InspectionState.FILED_ELSEWHERE}


def test_reports_fit_their_forms_and_their_figures() -> None:
    with everything("test"):
        rows = list(Submission.objects.select_related("inspection__form", "inspection__figures").order_by("pk"))[::7]
    assert len(rows) > 40
    for row in rows:
        form = form_of(row.inspection.form)
        answers = {code: raw for typed in row.answers.values() for code, raw in typed.items()}
        found = examine(Given(form, answers))
        left = [
            one.text
            for one in found.problems
            if form.fields[one.field].type is not FieldType.FILE and not form.fields[one.field].is_personal
        ]
        assert left == []
        assert row.content_code == content_code(form, answers, row.reasons, {})
        figures = row.inspection.figures
        for code, one in form.fields.items():
            if one.column:
                assert getattr(figures, one.column) == found.fields[code].value


def test_this_year_begins_where_last_year_ended() -> None:
    with everything("test"):
        last = dict(
            InspectionFigures.objects.filter(inspection__round__report_year=2024).values_list(
                "inspection__association", "net_assets_end"
            )
        )
        now = Submission.objects.filter(inspection__round__report_year=2025, inspection__form__code="social_group")
        compared = 0
        for association, answers in now.values_list("inspection__association", "answers")[:20]:
            if association in last:
                opening = answers["statements"]["balance_net_opening"]
                assert opening == f"{int(last[association]):,}.00"
                compared += 1
    assert compared > 5


def test_what_happened_to_a_filing_runs_forward() -> None:
    with everything("test"):
        rows = Inspection.objects.exclude(submitted_at=None).prefetch_related("opinions", "returns").order_by("pk")
        for row in rows:
            moves = [one.at for one in history(row)]
            assert moves == sorted(moves)
            said = [row.started_at, row.submitted_at, *sorted(one.given_at for one in row.opinions.all())]
            said += [one.returned_at for one in row.returns.all()] + ([row.concluded_at] if row.concluded_at else [])
            assert said == sorted(said)
            assert said[-1].date() <= TODAY
            assert row.is_late is (row.submitted_at.date() > row.filing_due_on)
            assert row.version == len(moves) + 1
