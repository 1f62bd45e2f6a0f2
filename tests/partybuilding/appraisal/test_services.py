"""Reviews and reports: what is written, refused, counted and shown."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partybuilding.appraisal.enums import Paper, Progress, ReviewState
from partybuilding.appraisal.models import MemberGrade, MemberReview, ReportSection, YearlyReport
from partybuilding.appraisal.selectors import review_rules, sections_for
from partybuilding.appraisal.services import (
    correct_review,
    rate_report,
    record_review,
    resubmit_report,
    return_report,
    submit_report,
)
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.notices.models import Task
from portal.regulations.models import Parameter
from portal.regulations.rules import ConfigurationError
from tests.partybuilding.appraisal.makers import make_report, make_review
from tests.people.makers import make_party_member
from tests.personas import Persona, Personas

pytestmark = pytest.mark.usefixtures("parameters")
REVIEW: dict[str, Any] = {
    "year": 2025,
    "held_on": date(2025, 12, 20),
    "member_count": 11,
    "probationary_count": 1,
    "participant_count": 11,
}
COUNTS = {"excellent_count": 3, "competent_count": 7, "basic_count": 0, "failing_count": 0}


def review(personas: Personas, now: datetime, **values: Any) -> MemberReview:
    actor, branch = personas.branch_secretary.actor, personas.province.tea_branch
    with acting_as(actor):
        return record_review(branch, actor=actor, now=now, **REVIEW | COUNTS | values)[0]


def test_a_review_is_recorded_once_a_year(personas: Personas, now: datetime) -> None:
    assert review(personas, now).graded_count == 10
    with pytest.raises(Refused, match="已登记"):
        review(personas, now)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("review.excellent", {"excellent_count": 4, "competent_count": 6}),
        ("review.probationary", {"competent_count": 8}),
        ("appraisal.year", {"year": 2023}),
        ("date.future", {"held_on": date(2030, 1, 1)}),
    ],
)
def test_a_review_that_the_rule_refuses(code: str, values: dict[str, Any], personas: Personas, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        review(personas, now, **values)
    assert refused.value.code == code


def test_grades_by_name_give_the_numbers(personas: Personas, now: datetime) -> None:
    branch = personas.province.tea_branch
    members = [make_party_member(branch) for _ in range(3)]
    probationary = make_party_member(branch, membership_state="probationary")
    grades = {one.pk: grade for one, grade in zip(members, ("excellent", "competent", "competent"), strict=True)}
    row = review(personas, now, grades=grades, member_count=4, participant_count=4)
    assert (row.excellent_count, row.competent_count, row.basic_count) == (1, 2, 0)
    assert MemberGrade.objects.unscoped("a test").count() == 3
    actor = personas.branch_secretary.actor
    with acting_as(actor):
        given = REVIEW | {"member_count": 4, "participant_count": 4}
        for wrong, code in (
            ({probationary.pk: "competent"}, "review.probationary"),
            ({10**9: "competent"}, "review.roster"),
        ):
            with pytest.raises(Refused) as refused:
                correct_review(row, actor=actor, now=now, version=1, grades=wrong, **given)
            assert refused.value.code == code
        correct_review(row, actor=actor, now=now, version=1, **given | {"competent_count": 3})
        assert not MemberGrade.objects.unscoped("a test").exists()
        with pytest.raises(Conflict):
            correct_review(row, actor=actor, now=now, version=1, **given | {"competent_count": 3})


def report(personas: Personas, now: datetime, **values: Any) -> YearlyReport:
    actor, branch = personas.branch_secretary.actor, personas.province.tea_branch
    with acting_as(actor):
        asked = sections_for(Paper.DUTY, 2025, date(2026, 6, 1), branch)
        texts = {code: f"{label}：已落实。" for code, label in asked} | values.pop("texts", {})
        given = {"paper": Paper.DUTY, "year": 2025, "reported_on": date(2025, 12, 25)} | values
        return submit_report(branch, texts=texts, actor=actor, now=now, **given)


def test_a_report_has_every_section(personas: Personas, now: datetime) -> None:
    with pytest.raises(Refused, match="「党建引领改革发展情况」没有填写"):
        report(personas, now, texts={"2_reform": ""})
    row = report(personas, now)
    sections = ReportSection.objects.unscoped("a test").filter(report=row)
    assert [one.code for one in sections] == ["1_work", "2_reform", "3_problems", "4_plan"]
    with pytest.raises(Refused, match="已提交"):
        report(personas, now)


def rate(row: YearlyReport, persona: Persona, now: datetime, version: int = 1) -> YearlyReport:
    with acting_as(persona.actor):
        return rate_report(
            row,
            rating="good",
            rated_on=date(2026, 1, 10),
            comment="属实",
            actor=persona.actor,
            now=now,
            version=version,
        )


@pytest.mark.parametrize("key", ["department_admin", "other_committee", "branch_secretary", "regional_office"])
def test_an_organisations_report_is_rated_by_its_committee_only(key: str, personas: Personas, now: datetime) -> None:
    """R-096: another level is refused, the department included."""
    row = report(personas, now)
    with pytest.raises(Refused):
        rate(row, personas[key], now)


def own_committee(personas: Personas) -> Persona:
    """The account of the committee that the branch belongs to."""
    persona = personas.party_committee
    assert persona.actor.scope.pk in (personas.province.committee.pk, personas.province.branch_committee.pk)
    with everything("a test"):
        PartyOrganization.objects.filter(pk=personas.province.tea_branch.pk).update(committee=persona.actor.scope.pk)
    personas.province.tea_branch.refresh_from_db()
    return persona


def test_a_report_is_returned_mended_and_rated(personas: Personas, now: datetime) -> None:
    committee = own_committee(personas)
    row = report(personas, now)
    with acting_as(committee.actor):
        return_report(row, comment="请补充问题", actor=committee.actor, now=now, version=1)
    actor = personas.branch_secretary.actor
    texts = {one.code: f"{one.text}补充。" for one in ReportSection.objects.unscoped("a test").filter(report=row)}
    with pytest.raises(Refused):
        rate(row, committee, now, version=2)
    with acting_as(actor):
        resubmit_report(row, reported_on=date(2025, 12, 28), texts=texts, actor=actor, now=now, version=2)
    with acting_as(committee.actor), pytest.raises(Refused, match="早于报告日期"):
        rate_report(
            row, rating="good", rated_on=date(2025, 12, 27), comment="", actor=committee.actor, now=now, version=3
        )
    rate(row, committee, now, version=3)
    row.refresh_from_db()
    assert (row.state, row.rating, row.rated_by) == ("rated", "good", committee.actor.scope.label)
    with pytest.raises(Refused):
        rate(row, committee, now, version=4)


def test_a_committee_reports_to_the_working_committee(personas: Personas, now: datetime) -> None:
    committee = personas.party_committee
    body = personas.province.committee if committee.actor.scope.pk == personas.province.committee.pk else None
    body = body or personas.province.branch_committee
    with acting_as(committee.actor):
        asked = sections_for(Paper.DUTY, 2025, date(2026, 6, 1), None)
        row = submit_report(
            body,
            paper=Paper.DUTY,
            year=2025,
            reported_on=date(2025, 12, 25),
            texts={code: "已落实" for code, _label in asked},
            actor=committee.actor,
            now=now,
        )
        with pytest.raises(Refused, match="由本党委提交"):
            submit_report(
                personas.province.other_committee,
                paper=Paper.DUTY,
                year=2025,
                reported_on=date(2025, 12, 25),
                texts={},
                actor=committee.actor,
                now=now,
            )
    with pytest.raises(Refused):
        rate(row, committee, now)
    from tests import factories

    above = factories.make_department("省委两新工委", kind="working_committee", level="province")
    with everything("a test"):
        type(body).objects.filter(pk=body.pk).update(parent=above)
    with acting_as(personas.department_admin.actor):
        row = YearlyReport.objects.unscoped("a test").select_related("committee__parent").get(pk=row.pk)
    rate(row, personas.department_admin, now)


def test_role_effect_asks_foundations_for_three_more(personas: Personas) -> None:
    branch, day = personas.province.tea_branch, date(2026, 6, 1)
    codes = [code for code, _label in sections_for(Paper.ROLE_EFFECT, 2025, day, branch)]
    assert codes == ["1_political", "2_organizational"]
    with everything("a test"):
        type(personas.province.tea).objects.filter(pk=personas.province.tea.pk).update(kind="foundation")
    codes = [code for code, _label in sections_for(Paper.ROLE_EFFECT, 2025, day, branch)]
    assert codes == ["1_political", "2_organizational", "3_development", "4_society", "5_masses"]


def total(page: Client, url: str) -> int:
    return int(page.get(url).context["page"].total)


def test_each_number_of_a_year_is_as_long_as_its_list(
    personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any, django_assert_max_num_queries: Any
) -> None:
    frozen(date(2026, 3, 1))
    one, other = personas.province.tea_branch, personas.province.trade_branch
    make_review(one)
    make_report(one, state="rated", rating="good", rated_on=date(2026, 1, 5), rated_at="2026-01-05T00:00Z")
    make_report(other)
    page = sign_in(personas.department_admin)
    for name, field, expected in (
        ("member_reviews", "state", {ReviewState.DONE: 1, ReviewState.OVERDUE: 1, ReviewState.COMING: 0}),
        ("duty_reports", "progress", {Progress.RATED: 1, Progress.SUBMITTED: 1, Progress.MISSING: 0}),
        ("role_effects", "progress", {Progress.MISSING: 2}),
    ):
        url = reverse(f"partybuilding:{name}")
        for state, number in expected.items():
            assert total(page, f"{url}?year=2025&{field}={state}") == number, (name, state)
        with django_assert_max_num_queries(15):
            page.get(f"{url}?year=2025")
    text = page.get(reverse("partybuilding:member_reviews") + "?year=2025").content.decode()
    assert "50.0% 的党组织已开展（1/2）" in text
    assert "state=overdue&quot;>逾期未开展 1 个" in text or 'state=overdue">逾期未开展 1 个' in text
    text = page.get(reverse("partybuilding:member_reviews") + "?year=2025").content.decode()
    assert "50.0% 的党组织已开展（1/2）" in text
    assert "逾期未开展 1 个" in text
    text = page.get(reverse("partybuilding:duty_reports") + "?year=2025").content.decode()
    assert "完成率 50.0%（1/2），其中按期完成 50.0%（1/2）" in text


def test_the_pages_of_a_year(personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any) -> None:
    frozen(date(2026, 1, 20))
    branch = personas.province.tea_branch
    committee = sign_in(own_committee(personas))
    page = sign_in(personas.branch_secretary)
    member = make_party_member(branch)
    form = {
        "year": "2025",
        "held_on": "2026-01-15",
        "member_count": "1",
        "probationary_count": "0",
        "participant_count": "1",
    }
    new = reverse("partybuilding:member_review_new", args=[branch.pk])
    assert page.get(new).status_code == 200
    by_name = page.get(f"{new}?by=name")
    assert member.person.name in by_name.content.decode()
    wrong = page.post(f"{new}?by=name", form | {f"grade_{member.pk}": "excellent"})
    assert (wrong.status_code, "优秀最多0人" in wrong.content.decode()) == (422, True)
    assert page.post(f"{new}?by=name", form | {f"grade_{member.pk}": "competent"}).status_code == 302
    row = MemberReview.objects.unscoped("a test").get()
    detail = reverse("partybuilding:member_review", args=[row.pk])
    assert member.person.name in page.get(detail).content.decode()
    assert page.get(f"{detail}edit/").status_code == 200
    for name, paper in (("duty_report_new", "duty"), ("role_effect_new", "role_effect")):
        url = reverse(f"partybuilding:{name}", args=[branch.pk])
        asked = page.get(url).context["form"].fields
        given = dict.fromkeys(asked, "已落实") | {"year": "2025", "reported_on": "2026-01-10"}
        assert page.post(url, given).status_code == 302
        made = YearlyReport.objects.unscoped("a test").get(paper=paper)
        shown = reverse("partybuilding:yearly_report", args=[made.pk])
        assert "已落实" in page.get(shown).content.decode()
        assert page.get(f"{shown}edit/").status_code == 200
        assert committee.get(f"{shown}rate/").status_code == 200
        answer = {"rating": "good", "rated_on": "2026-01-18", "comment": "属实", "version": "1"}
        assert committee.post(f"{shown}rate/", answer).status_code == 302
    tab = page.get(reverse("partybuilding:organization", args=[branch.pk]) + "?tab=appraisal").content.decode()
    assert "2025年度述职" in tab


@pytest.mark.parametrize(
    ("code", "text"), [("member_review.excellent_share", "third"), ("member_review.due_by", "13-40")]
)
def test_parameters_that_make_no_sense_stop_the_page(code: str, text: str, db: None) -> None:
    with everything("a test"):
        Parameter.objects.filter(code=code).update(text=text)
    with pytest.raises(ConfigurationError):
        review_rules(date(2026, 6, 1))


def test_urging_and_rating_lay_and_close_tasks(
    personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any, now: datetime
) -> None:
    frozen(date(2026, 1, 20))
    persona = own_committee(personas)
    branch, committee = personas.province.tea_branch, sign_in(persona)
    given = {"pk": [branch.pk], "confirmed": "1", "due_on": "2026-01-31"}
    for name in ("review_urge", "duty_urge", "effect_urge"):
        url = reverse(f"partybuilding:{name}") + "?year=2025"
        assert committee.post(url, {"pk": [branch.pk]}).status_code == 200
        assert committee.post(url, given | {"due_on": "2026-01-19"}).status_code == 422
        assert committee.post(url, given).status_code == 302
    open_ones = Task.objects.unscoped("a test").filter(state="open")
    assert sorted(one.title for one in open_ones) == [
        "完成2025年度作用发挥",
        "完成2025年度民主评议",
        "完成2025年度述职",
    ]
    review(personas, timezone.now())
    row = report(personas, timezone.now())
    left = {one.title: one.for_role for one in open_ones.all()}
    assert left == {
        "完成2025年度作用发挥": "branch_secretary",
        f"评议「{branch}」2025年度述职": "party_committee",
    }
    assert committee.post(reverse("partybuilding:duty_urge") + "?year=2025", given).status_code == 422
    with acting_as(persona.actor):
        return_report(row, comment="请补充", actor=persona.actor, now=timezone.now(), version=1)
    assert "修改2025年度述职报告：请补充" in {one.title for one in open_ones.all()}
