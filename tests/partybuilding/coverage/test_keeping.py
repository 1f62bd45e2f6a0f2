"""What is kept is what the facts say: for every role, after every write by any door, and never for another day."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from associations.evaluation.models import Grade
from associations.registry.enums import AssignmentRole, AssociationKind
from associations.registry.models import Assignment, Association, PartyMemberCount
from partybuilding.closing.models import CloseRow
from partybuilding.coverage.combination import _standing_now, beginning, differing_from, kept_days, kept_lines
from partybuilding.coverage.facts import GROUPS
from partybuilding.coverage.keeping import TASK, keep_marked, keep_whole, request_keeping
from partybuilding.coverage.models import (
    CoverageDay,
    CoverageMark,
    CoverageStanding,
    Instructor,
    InstructorAssignment,
)
from partybuilding.coverage.rules import CoverageRules
from partybuilding.coverage.selectors import coverage_rules, looked_up_lines
from partybuilding.establishment.enums import PlanKind
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization, PartyOrganization
from partybuilding.tasks import keep_coverage
from portal.access.actor import acting_as
from portal.access.scoping import everything, scoped
from portal.jobs.models import Job
from portal.regions.models import Region
from portal.regulations.models import Parameter
from tests import factories
from tests.partybuilding.coverage.scattered import scatter
from tests.personas import Personas, Province

pytestmark = pytest.mark.usefixtures("parameters")
TODAY = date(2026, 6, 30)
LATER = TODAY + timedelta(days=1)
COLUMNS = list(GROUPS)
LOOKING = (
    *("department_staff", "regional_office", "county_office", "registrar", "city_registrar"),
    *("supervising_unit", "industry_regulator", "party_committee"),
)
POSTGRESQL = connection.vendor == "postgresql"


def _kept(day: date = TODAY, rules: CoverageRules | None = None) -> list[str]:
    with everything("the test looks at all"):
        return sorted(map(str, kept_lines(Association.objects.all(), day, rules or coverage_rules(day), COLUMNS)))


def _counted(day: date = TODAY) -> list[str]:
    with everything("the test looks at all"):
        return sorted(map(str, looked_up_lines(Association.objects.all(), day, coverage_rules(day), COLUMNS)))


def test_every_role_is_shown_what_its_own_look_ups_say(province: Province, personas: Personas) -> None:
    made = scatter(province, seed=5, number=40)
    for one in made[::3]:
        factories.make_assignment(one, province.unit, AssignmentRole.SUPERVISING_UNIT)
        factories.make_assignment(one, province.regulator, AssignmentRole.INDUSTRY_REGULATOR)
    actors = [personas[key].actor for key in LOOKING]
    keep_whole(TODAY)
    Association.objects.filter(pk__in=[one.pk for one in made[:4]]).update(kind=AssociationKind.FOUNDATION)
    sizes = set()
    for actor in actors:
        with acting_as(actor):
            rows = scoped(Association, actor)
            for chosen in (rows, rows.filter(kind=AssociationKind.SOCIAL_GROUP)):
                for day in kept_days(TODAY):
                    rules = coverage_rules(day)
                    kept = sorted(map(str, kept_lines(chosen, day, rules, COLUMNS)))
                    assert kept == sorted(map(str, looked_up_lines(chosen, day, rules, COLUMNS)))
                    sizes.add(len(kept))
    assert len(sizes) > 4


# Every write to a fact, by one door or another; they are given an association that has one of each.


def _raw(sql: str, *given: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)


def _saved(one: Association) -> None:
    one.status, one.status_on = "deregistered", TODAY - timedelta(days=3)
    one.save()


def _bulk(one: Association) -> None:
    one.charter_has_party_clause, one.charter_party_clause_on = True, None
    Association.objects.bulk_update([one], ["charter_has_party_clause", "charter_party_clause_on"])


def _moved(one: Association) -> None:
    """A relation that is written over to somebody else: both count differently."""
    other = Association.objects.exclude(pk=one.pk).order_by("pk")[0]
    CoveredAssociation.objects.filter(association=one).update(association=other)


def _copied(one: Association) -> None:
    """Set-based, as an import writes."""
    _raw(
        "INSERT INTO associations_partymembercount (association_id, counted_on, relation_count, source) "
        "SELECT id, %s, 1, 'import' FROM associations_association WHERE id = %s",
        TODAY,
        one.pk,
    )


def _these(one: Association) -> Any:
    return Association.objects.filter(pk=one.pk)


def _own(model: Any, one: Association) -> Any:
    return model.objects.filter(association=one)


def _begun(model: Any, one: Association) -> Any:
    return _own(model, one).filter(Q(starts_on=None) | Q(starts_on__lt=TODAY))


WRITES: dict[str, Callable[[Association], Any]] = {
    "association saved": _saved,
    "association in bulk": _bulk,
    "association by sql": lambda one: _raw(
        "UPDATE associations_association SET established_on = %s WHERE id = %s", TODAY + timedelta(days=9), one.pk
    ),
    "association moved": lambda one: _these(one).update(region=Region.objects.exclude(pk=one.region_id)[0]),
    "association deleted": lambda one: one.delete(),
    "association new": lambda one: factories.make_association(region=one.region),
    "region under another": lambda one: Region.objects.filter(pk=one.region_id).update(path="/430000/430200/430299/"),
    "count": lambda one: factories.make_member_count(one, TODAY, 0),
    "count by sql": _copied,
    "count deleted": lambda one: _own(PartyMemberCount, one).delete(),
    "grade": lambda one: _own(Grade, one).update(level="1A"),
    "grade deleted": lambda one: _own(Grade, one).delete(),
    "committee ended": lambda one: _begun(Assignment, one).update(ends_on=TODAY - timedelta(days=1)),
    "committee deleted": lambda one: _own(Assignment, one).delete(),
    "cover ended": lambda one: _begun(CoveredAssociation, one).update(ends_on=TODAY - timedelta(days=1)),
    "cover deleted": lambda one: _own(CoveredAssociation, one).delete(),
    "cover of another": _moved,
    "organisation": lambda one: PartyOrganization.objects.filter(covered__association=one).update(
        kind=OrganizationKind.JOINT_BRANCH
    ),
    "organisation dissolved": lambda one: PartyOrganization.objects.filter(covered__association=one).update(
        dissolved_on=TODAY
    ),
    "instructor": lambda one: Instructor.objects.filter(assignments__association=one).update(kind="organiser"),
    "instructor ended": lambda one: _begun(InstructorAssignment, one).update(ends_on=TODAY - timedelta(days=1)),
    "group deleted": lambda one: _own(GroupOrganization, one).delete(),
    "group": lambda one: factories.make_group(Association.objects.exclude(pk=one.pk)[0], "youth_league"),
    "plan": lambda one: _own(EstablishmentPlan, one).update(starts_on=LATER, due_on=date(2027, 1, 1)),
}


@pytest.fixture
def full(province: Province) -> Association:
    """One association that has one of every fact, and some others; everything is kept."""
    one = factories.make_association(region=province.yuelu, charter_has_party_clause=False)
    factories.make_association(region=province.lusong)
    since = date(2025, 1, 1)
    factories.make_assignment(one, province.committee, AssignmentRole.PARTY_COMMITTEE, since)
    factories.make_organization(established_on=since).covered.create(association=one, starts_on=since)
    factories.make_instructor_assignment(factories.make_instructor(), one, since)
    factories.make_group(one, "workers_union")
    factories.make_member_count(one, since, 4)
    factories.make_plan(one, PlanKind.FOUNDING, since, date(2027, 1, 1))
    Grade.objects.create(association=one, level="4A", announced_on=since, starts_on=since)
    keep_whole(TODAY)
    return one


@pytest.mark.parametrize("write", WRITES)
def test_a_write_counts_at_once_and_after_it_was_taken_up(full: Association, write: str) -> None:
    before = _kept()
    assert before == _counted()
    WRITES[write](full)
    assert CoverageMark.objects.exists()
    assert _kept() == _counted() != before
    keep_marked()
    assert not CoverageMark.objects.exists()
    assert _kept() == _counted()
    assert _kept(kept_days(TODAY)[1]) == _counted(kept_days(TODAY)[1])


@pytest.mark.parametrize("seed", [3, 4])
def test_any_run_of_writes_leaves_what_the_facts_say(province: Province, seed: int) -> None:
    random = Random(seed)
    made = scatter(province, seed=seed, number=25)
    keep_whole(TODAY)
    names = [name for name in WRITES if name not in {"association deleted", "group", "count", "count by sql"}]
    for _ in range(30):
        with suppress(IntegrityError), transaction.atomic():
            WRITES[random.choice(names)](random.choice(made))
        if random.random() < 0.3:
            keep_marked()
        assert _kept() == _counted()


def test_whatever_the_question_reads_is_watched(province: Province) -> None:
    sql, _given = _standing_now(TODAY, coverage_rules(TODAY))
    own = {model._meta.db_table for model in (CoverageDay, CoverageMark, CoverageStanding)}
    tables = {name for name in connection.introspection.table_names() if f'"{name}"' in sql} - own
    assert len(tables) == 11
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE '%_coverage_%'"
            if POSTGRESQL
            else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_coverage_%'"
        )
        found = {name for (name,) in cursor.fetchall()}
    verbs = ["insert", "update", "delete", *(["truncate"] if POSTGRESQL else [])]
    assert found == {f"{table}_coverage_{verb}" for table in tables for verb in verbs}


def test_other_days_and_other_rules_are_not_kept(full: Association) -> None:
    assert _kept()
    assert not _kept(TODAY - timedelta(days=1))
    assert not _kept(TODAY + timedelta(days=1))
    before = coverage_rules(TODAY)
    Parameter.objects.filter(code="coverage.should_establish_member_count").update(text="5")
    assert not _kept()
    assert _kept(rules=before)


def test_nobody_and_nothing_before_are_no_error(full: Association) -> None:
    rules = coverage_rules(TODAY)
    with everything("the test looks at all"):
        nobody, all_of_them = Association.objects.none(), Association.objects.all()
        assert kept_lines(nobody, TODAY, rules, COLUMNS) == []
        before = CloseRow.objects.none().values_list("association", beginning("cover", "has_instructor", "has_group"))
        assert differing_from(before, nobody, TODAY, rules) == set()
        assert differing_from(before, all_of_them, TODAY, rules) == set(all_of_them.values_list("pk", flat=True))
        CoverageDay.objects.all().delete()
        assert differing_from(before, all_of_them, TODAY, rules) is None


def test_a_write_about_very_many_keeps_nothing_until_the_next_whole_count(full: Association) -> None:
    CoverageMark.objects.create(association=None)
    assert not _kept()
    keep_whole(TODAY)
    assert _kept() == _counted()


def test_many_associations_at_once_are_marked_as_all(province: Province) -> None:
    """PostgreSQL marks a statement at once; SQLite marks each row."""
    keep_whole(TODAY)
    first = factories.make_association(region=province.yuelu)
    columns = ", ".join(
        f'"{field.column}"' for field in Association._meta.concrete_fields if field.name not in {"id", "uscc"}
    )
    _raw(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 501) "  # noqa: S608
        f"INSERT INTO associations_association (uscc, {columns}) "
        f"SELECT 'x' || i, {columns} FROM n, associations_association WHERE id = %s",
        first.pk,
    )
    assert CoverageMark.objects.filter(association=None).exists() == POSTGRESQL
    assert bool(_kept()) != POSTGRESQL
    keep_whole(TODAY)
    assert _kept() == _counted()


# The minute's tick


def _at(day: date) -> datetime:
    return datetime.combine(day, time(0, 1), tzinfo=timezone.get_default_timezone())


@pytest.mark.usefixtures("no_bells")
def test_a_new_day_is_counted_by_one_job_and_marks_are_taken_up_at_once(
    province: Province, frozen: Callable[..., None]
) -> None:
    one = factories.make_association(region=province.yuelu)
    frozen(_at(TODAY))
    assert [request_keeping(_at(TODAY)) for _ in range(2)] == [0, 0]  # one job
    with everything("the test looks at all"):
        job = Job.objects.get(task=TASK)
    keep_coverage(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"associations": 1})
    assert set(CoverageDay.objects.values_list("day", flat=True)) == set(kept_days(TODAY))
    Association.objects.filter(pk=one.pk).update(kind=AssociationKind.FOUNDATION)
    assert request_keeping(_at(TODAY)) == 1
    assert request_keeping(_at(TODAY)) == 0
    assert _kept() == _counted()
    tomorrow = TODAY + timedelta(days=1)
    frozen(_at(tomorrow))
    request_keeping(_at(tomorrow))
    with everything("the test looks at all"):
        keep_coverage(Job.objects.filter(task=TASK).latest("pk").pk)
    assert set(CoverageDay.objects.values_list("day", flat=True)) == {tomorrow, TODAY}
    assert _kept(tomorrow) == _counted(tomorrow)


@pytest.mark.usefixtures("no_bells")
def test_without_the_parameters_nothing_is_kept(province: Province) -> None:
    Parameter.objects.filter(code__startswith="coverage.").delete()
    assert request_keeping(_at(TODAY)) == 0
    assert not CoverageDay.objects.exists()


# A write that is still open


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_a_write_that_is_open_while_all_is_counted_counts_when_it_is_committed(full: Association) -> None:
    """SQLite lets in one writer."""
    if not POSTGRESQL:
        return
    written, counted = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            _these(full).update(kind=AssociationKind.FOUNDATION)
            written.set()
            counted.wait(20)
        connection.close()

    for keep in (lambda: keep_whole(TODAY), keep_marked):
        written.clear()
        counted.clear()
        _these(full).update(kind=AssociationKind.SOCIAL_GROUP)  # its own mark is taken up; the open one is not seen
        before = _counted()
        writer = Thread(target=write)
        writer.start()
        assert written.wait(20)
        keep()
        assert _kept() == before
        counted.set()
        writer.join(20)
        assert CoverageMark.objects.exists()
        assert _kept() == _counted() != before
        keep_marked()
        assert _kept() == _counted()


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_figures_are_true_while_others_write_and_keep(full: Association) -> None:
    """Writers and keepers side by side: whoever reads sees each association once, as it was at some moment."""
    if not POSTGRESQL:
        return
    over = Event()
    failures: list[Exception] = []

    def again(what: Callable[[], Any]) -> Callable[[], None]:
        def run() -> None:
            try:
                while not over.is_set():
                    what()
            except Exception as error:
                failures.append(error)
            finally:
                connection.close()

        return run

    kinds = [AssociationKind.FOUNDATION, AssociationKind.SOCIAL_GROUP]
    random = Random(1)
    others = [
        Thread(target=again(lambda: _these(full).update(kind=random.choice(kinds)))),
        Thread(target=again(keep_marked)),
        Thread(target=again(lambda: keep_whole(TODAY))),
        Thread(target=again(keep_marked)),
    ]
    for one in others:
        one.start()
    began = monotonic()
    while monotonic() - began < 5:
        assert sum(int(line.rsplit(", ", 1)[1].rstrip(")")) for line in _kept()) == 2
    over.set()
    for one in others:
        one.join(20)
    assert failures == []
    assert _kept() == _counted()
    keep_marked()
    assert _kept() == _counted()
