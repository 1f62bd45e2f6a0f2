"""Every figure equals the list behind it, on registers full of odd cases, on several days (R-076…R-079)."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from associations.registry.enums import AssignmentRole
from associations.registry.models import Association
from associations.registry.selectors import answered_by, in_region, unanswered
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import CoverageCounts
from partybuilding.coverage.selectors import (
    Dimension,
    child_key,
    cover_is,
    coverage_facts,
    coverage_rules,
    coverage_summary,
    measured,
)
from partybuilding.organizations.enums import Cover, EstablishmentMode, OrganizationKind
from portal.access.actor import acting_as
from portal.access.scoping import scoped
from portal.regulations.models import Parameter
from tests import factories
from tests.partybuilding.coverage.scattered import scatter
from tests.personas import Personas, Province

DAYS = [date(2024, 3, 1), date(2025, 6, 30), date(2026, 9, 1)]
pytestmark = pytest.mark.usefixtures("parameters")


@pytest.fixture
def register(request: pytest.FixtureRequest, province: Province) -> Province:
    scatter(province, seed=getattr(request, "param", 1), number=40)
    return province


@pytest.mark.parametrize(
    ("register", "basis"),
    [pytest.param(1, "employed", marks=pytest.mark.one_database), (2, "relation_only")],
    indirect=["register"],
)
def test_every_figure_equals_its_list_and_the_rule(register: Province, personas: Personas, basis: str) -> None:
    actor = personas.department_staff.actor
    for count_functional, day in product(["true", "false"], DAYS):
        Parameter.objects.filter(code="coverage.member_count_basis").update(text=basis)
        Parameter.objects.filter(code="coverage.count_functional").update(text=count_functional)
        with acting_as(actor):
            rows = coverage_facts(actor, as_of=day)
            total = coverage_summary(actor, as_of=day).total.counts
            for measure in Measure:
                listed = set(measured(scoped(Association, actor), measure, as_of=day).values_list("pk", flat=True))
                decided = {row.pk for row in rows if coverage.counts(measure, row.facts, coverage_rules(day))}
                assert listed == decided, (day, measure)
                assert getattr(total, measure) == len(listed), (day, measure)


def test_cover_is_equals_the_strongest_cover_of_the_facts(register: Province, personas: Personas) -> None:
    actor, day = personas.department_staff.actor, DAYS[1]
    rows = coverage_facts(actor, as_of=day)
    for cover in Cover:
        listed = set(scoped(Association, actor).filter(cover_is(cover, day)).values_list("pk", flat=True))
        assert listed == {row.pk for row in rows if row.facts.cover == cover}


def test_groups_add_up_to_the_total(register: Province, personas: Personas) -> None:
    actor = personas.department_staff.actor
    dimensions = [Dimension.REGION, Dimension.COMMITTEE, Dimension.KIND, Dimension.GRADE]
    for day, by in product(DAYS, dimensions):
        summary = coverage_summary(actor, as_of=day, by=by)
        assert sum((group.counts for group in summary.groups), CoverageCounts()) == summary.total.counts
        assert len({group.key for group in summary.groups}) == len(summary.groups)


def test_groups_by_region_and_committee_equal_their_lists(register: Province, personas: Personas) -> None:
    actor, day = personas.department_staff.actor, DAYS[1]
    everyone = scoped(Association, actor)
    by_region = {group.key: group.counts for group in coverage_summary(actor, as_of=day).groups}
    changsha = measured(everyone.filter(in_region(register.changsha)), Measure.COVERED, as_of=day)
    own = measured(everyone.filter(in_region(register.hunan, itself=True)), Measure.COVERED, as_of=day)
    assert by_region["430100"].covered == changsha.count()
    assert by_region["own-430000"].covered == own.count()
    by_committee = {
        group.key: group.counts for group in coverage_summary(actor, as_of=day, by=Dimension.COMMITTEE).groups
    }
    role = AssignmentRole.PARTY_COMMITTEE
    for committee in (register.committee, register.other_committee):
        rows = everyone.filter(answered_by(role, day, [committee.pk]))
        assert by_committee[str(committee.pk)].in_scope == measured(rows, Measure.IN_SCOPE, as_of=day).count()
    nobody = measured(everyone.filter(unanswered(role, day)), Measure.IN_SCOPE, as_of=day)
    assert by_committee[""].in_scope == nobody.count()


def test_summary_of_a_city_compares_its_counties(register: Province, personas: Personas) -> None:
    actor = personas.regional_office.actor
    summary = coverage_summary(actor, as_of=DAYS[1])
    assert [(group.key, group.label) for group in summary.groups] == [
        ("430104", "岳麓区"),
        ("own-430100", "长沙市本级"),
    ]
    wider = coverage_summary(personas.department_staff.actor, as_of=DAYS[1], region=register.changsha)
    assert summary.total.counts == wider.total.counts
    assert wider.total.list_query(Measure.COVERED) == {"city": "430100", "coverage": "covered"}


def test_summary_stays_within_few_queries(
    register: Province, personas: Personas, django_assert_num_queries: Any
) -> None:
    actor = personas.department_staff.actor
    with acting_as(actor), django_assert_num_queries(4):
        coverage_summary(actor, as_of=DAYS[2])
    with acting_as(actor), django_assert_num_queries(2):
        coverage_facts(actor, as_of=DAYS[2])


def test_scenario_of_hefei(province: Province, personas: Personas) -> None:
    """100 own and 37 covered by 9 joint branches of 149 (R-076), 10 more with an instructor (R-077)."""
    day = date(2026, 6, 30)
    made = [factories.make_association(region=province.hunan) for _ in range(149)]
    for association in made[:100]:
        factories.make_organization("", association)
    joint = {"kind": OrganizationKind.JOINT_BRANCH, "establishment_mode": EstablishmentMode.JOINT}
    for start in range(100, 137, 4):
        factories.make_organization("", *made[start : min(start + 4, 137)], **joint)
    factories.make_organization("", *made[134:137], **joint)
    for association in made[137:147]:
        factories.make_instructor_assignment(factories.make_instructor(), association, date(2026, 1, 1))
    counts = coverage_summary(personas.department_staff.actor, as_of=day).total.counts
    assert (counts.covered, counts.in_scope, counts.organization_rate.display()) == (137, 149, "91.9%")
    assert (counts.work_rate.display(), counts.blank_spot) == ("98.7%", 2)
    assert counts.own_rate.display() == "67.1%"


def test_unreported_is_not_zero(province: Province, personas: Personas) -> None:
    day = date(2026, 6, 30)
    silent, empty = province.tea, province.trade
    factories.make_member_count(empty, day, 0)
    factories.make_member_count(silent, date(2026, 7, 1), 5)
    rows = scoped(Association, personas.department_staff.actor)
    assert list(measured(rows, Measure.UNREPORTED, as_of=day)) == [silent]
    assert list(measured(rows, Measure.NO_MEMBERS, as_of=day)) == [empty]
    assert list(measured(rows, Measure.SHOULD_NOT_BUILT, as_of=date(2026, 7, 1))) == [silent]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/430000/", "own-430000"),
        ("/430000/430100/", "430100"),
        ("/430000/430100/430104/", "430100"),
        ("/110000/110100/", "110100"),
    ],
)
def test_child_key_names_the_child_or_the_place_itself(province: Province, path: str, key: str) -> None:
    assert child_key(path, province.hunan) == key


def test_young_associations_are_left_out_where_the_parameter_says_so(province: Province, personas: Personas) -> None:
    Parameter.objects.filter(code="coverage.exclude_new_months").update(text="6")
    old = factories.make_association(region=province.hunan, established_on=date(2025, 12, 31))
    factories.make_association(region=province.hunan, established_on=date(2026, 1, 1))
    rows = scoped(Association, personas.department_staff.actor)
    assert list(measured(rows, Measure.IN_SCOPE, as_of=date(2026, 6, 30))) == [old]
