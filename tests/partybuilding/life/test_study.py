"""Study: programmes and their coverage, problems found and mended, pioneer records, the figures of a year."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from partybuilding.life.enums import ProblemState
from partybuilding.life.models import PioneerRecord, StudyProblem, StudyProgramme
from partybuilding.life.rules import problem_state
from partybuilding.life.study import problem_is, study_figures
from partybuilding.life.study_services import (
    add_pioneer,
    add_programme,
    change_programme,
    end_pioneer,
    find_problem,
    rectify_problem,
)
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from tests.partybuilding.life.makers import make_life, make_pioneer, make_problem, make_programme
from tests.personas import Persona, Personas

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 6, 20)


@pytest.mark.parametrize(
    ("rectified", "due", "expected"),
    [
        (None, date(2026, 6, 20), ProblemState.OPEN),
        (None, date(2026, 6, 19), ProblemState.OVERDUE),
        (date(2026, 6, 20), date(2026, 6, 1), ProblemState.RECTIFIED),
        (date(2026, 6, 21), date(2026, 6, 1), ProblemState.OVERDUE),
    ],
)
def test_a_problem_on_a_day_as_rule_and_as_filter(
    rectified: date | None, due: date, expected: ProblemState, personas: Personas
) -> None:
    assert problem_state(rectified, due, DAY) == expected
    make_problem(personas.province.tea_branch, due_on=due, rectified_on=rectified, result="已办" if rectified else "")
    rows = StudyProblem.objects.unscoped("a test")
    assert [state for state in ProblemState if rows.filter(problem_is(state, DAY)).exists()] == [expected]


def test_a_problem_is_found_and_mended_with_its_system(personas: Personas, now: datetime) -> None:
    branch, actor = personas.province.tea_branch, personas.branch_secretary.actor
    with acting_as(actor):
        given = {"area": "system", "text": "议事规则不具体", "found_on": date(2026, 5, 1), "due_on": date(2026, 6, 1)}
        with pytest.raises(Refused, match="整改期限早于查摆日期"):
            find_problem(branch, actor=actor, now=now, **given | {"due_on": date(2026, 4, 1)})
        row = find_problem(branch, actor=actor, now=now, **given)
        done = {"rectified_on": DAY, "result": "已修订", "linked_system": "议事规则"}
        with pytest.raises(Refused, match="完成日期不早于查摆日期"):
            rectify_problem(row, actor=actor, now=now, version=1, **done | {"rectified_on": date(2026, 4, 1)})
        row.refresh_from_db()
        rectify_problem(row, actor=actor, now=now, version=1, **done)
        with pytest.raises(Refused, match="不必重复登记"):
            rectify_problem(row, actor=actor, now=now, version=2, **done)
    assert StudyProblem.objects.unscoped("a test").get().linked_system == "议事规则"


def test_a_pioneer_record_begins_and_ends(personas: Personas, now: datetime) -> None:
    branch, actor = personas.province.tea_branch, personas.branch_secretary.actor
    with acting_as(actor):
        given = {"kind": "post", "name": "示范岗", "member_count": 2, "starts_on": date(2026, 1, 1)}
        row = add_pioneer(branch, actor=actor, now=now, **given)
        with pytest.raises(Refused, match="还没有结束"):
            add_pioneer(branch, actor=actor, now=now, **given)
        end_pioneer(row, ends_on=DAY, result="服务会员 30 家", actor=actor, now=now, version=1)
        with pytest.raises(Refused, match="不必重复登记"):
            end_pioneer(row, ends_on=DAY, result="", actor=actor, now=now, version=2)
    assert PioneerRecord.objects.unscoped("a test").get().ends_on == DAY


def test_programmes_are_entered_by_the_department(personas: Personas, now: datetime) -> None:
    actor = personas.department_admin.actor
    with acting_as(actor):
        row = add_programme(name="党纪学习教育", starts_on=date(2024, 4, 1), actor=actor, now=now)
        with pytest.raises(Refused):
            add_programme(name="党纪学习教育", starts_on=date(2024, 4, 1), actor=actor, now=now)
        given = {"name": row.name, "starts_on": row.starts_on, "ends_on": date(2024, 7, 31)}
        change_programme(row, actor=actor, now=now, version=1, **given)
    assert StudyProgramme.objects.unscoped("a test").get().ends_on == date(2024, 7, 31)
    actor = personas.party_committee.actor
    with acting_as(actor), pytest.raises(Refused, match="不能登记专项学习"):
        add_programme(name="另一个", starts_on=DAY, actor=actor, now=now)


def total(page: Client, url: str) -> int:
    return int(page.get(url).context["page"].total)


def test_each_number_of_study_is_as_long_as_its_list(
    personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any, django_assert_max_num_queries: Any
) -> None:
    frozen(DAY)
    one, other = personas.province.tea_branch, personas.province.trade_branch
    programme = make_programme()
    study = {"mode": "joint", "education": "warning", "form": "seminar", "programme": programme, "officer_count": 2}
    make_life(one, "study", present_count=9, member_unit_count=4, **study)
    make_life(one, "lecture", topic="纪律党课", programme=programme)
    make_life(other, "study", mode="collective", held_on=date(2026, 6, 30))
    make_problem(one, rectified_on=DAY, result="已办", linked_system="公开办法")
    make_problem(other)
    make_pioneer(one)
    page = sign_in(personas.department_admin)
    shown = page.get(reverse("partybuilding:study")).context
    expected = {"学习次数": 2, "参学率": 2, "查摆问题整改率": 1, "查摆问题": 2, "建立或修订制度": 1}
    assert {one.label: total(page, one.url) for one in shown["figures"]} == expected
    assert shown["figures"][1].rate.display() == "87.5%"
    assert shown["figures"][2].rate.display() == "50.0%"
    for _title, ways in shown["ways"]:
        for way in ways:
            assert total(page, way.url) == way.count, way.label
    html = "".join(str(row.html) for row in shown["programmes"].rows)
    for part in html.split('<a href="')[1:]:
        url, rest = part.split('">', 1)
        text = rest.split("<", 1)[0]
        if text.isdecimal():
            assert total(page, url.replace("&amp;", "&")) == int(text), url
    assert total(page, reverse("partybuilding:pioneers") + "?current=true") == 1
    assert total(page, reverse("partybuilding:pioneers") + "?current=false") == 0
    assert total(page, reverse("partybuilding:study_problems") + "?linked=false") == 1
    for name in ("study", "study_problems", "pioneers"):
        with django_assert_max_num_queries(15):
            page.get(reverse(f"partybuilding:{name}"))
    with acting_as(personas.department_admin.actor):
        found = study_figures(personas.department_admin.actor, date(2026, 1, 1), DAY)
    assert (found.officers, found.member_units, found.organizations) == (2, 4, 1)


def test_the_pages_of_study(personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any) -> None:
    frozen(DAY)
    branch = personas.province.tea_branch
    programme = make_programme()
    page = sign_in(personas.branch_secretary)
    own = reverse("partybuilding:organization", args=[branch.pk])
    given = {"text": "收支公开不及时", "area": "governance", "found_on": "2026-06-01", "due_on": "2026-07-01"}
    url = reverse("partybuilding:problem_new", args=[branch.pk])
    assert page.get(url).status_code == 200
    assert page.post(url, given | {"programme": programme.pk}).status_code == 302
    row = StudyProblem.objects.unscoped("a test").get()
    url = reverse("partybuilding:problem_rectify", args=[branch.pk, row.pk])
    assert "登记整改完成" in page.get(f"{own}?tab=study").content.decode()
    assert page.get(url).status_code == 200
    assert page.post(url, {"rectified_on": "2026-06-20", "result": "已公开", "version": "1"}).status_code == 302
    url = reverse("partybuilding:pioneer_new", args=[branch.pk])
    given = {"kind": "team", "name": "先锋队", "member_count": "4", "starts_on": "2026-03-01"}
    assert page.post(url, given).status_code == 302
    with everything("a test"):
        pioneer = PioneerRecord.objects.get()
    url = reverse("partybuilding:pioneer_end", args=[branch.pk, pioneer.pk])
    assert page.get(url).status_code == 200
    assert page.post(url, {"ends_on": "2026-06-20", "result": "完成", "version": "1"}).status_code == 302
    department = sign_in(personas.department_admin)
    url = reverse("partybuilding:programme_new")
    assert department.post(url, {"name": "主题教育", "starts_on": "2026-01-01"}).status_code == 302
    url = reverse("partybuilding:programme_edit", args=[programme.pk])
    assert department.get(url).status_code == 200
    changed = {"name": programme.name, "starts_on": "2026-04-01", "ends_on": "2026-08-31", "version": "1"}
    assert department.post(url, changed).status_code == 302
