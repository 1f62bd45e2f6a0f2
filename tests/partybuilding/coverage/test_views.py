from collections.abc import Callable
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.organizations.models import PartyOrganization
from portal.notices.models import Task
from tests import factories
from tests.partybuilding.coverage.scattered import scatter
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]


def names(client: Client, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code == 200, url
    return [row.name for row in response.context["rows"]]


class Figures(HTMLParser):
    """The figures of a page that are links, with what they say and where they lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._href = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self._href = given.get("href") or "" if tag == "a" and given.get("class") == "figure-link" else ""

    def handle_data(self, data: str) -> None:
        if self._href:
            self.found.append((data, self._href))
            self._href = ""


@pytest.mark.one_database
def test_every_figure_of_the_board_equals_its_list(province: Province, personas: Personas, sign_in: SignIn) -> None:
    scatter(province, seed=3, number=25)
    client = sign_in(personas.department_staff)
    for query in ("as_of=2026-01-15&city=430100", f"committee={province.committee.pk}"):
        page = client.get(f"/coverage/?{query}").content.decode()
        counted = {(said, href) for said, href in Figures(page).found if said.replace(",", "").isdecimal()}
        assert len(counted) > 40
        for said, href in counted:
            listed = client.get(href, headers={"HX-Request": "true"})
            assert listed.context["page"].total == int(said.replace(",", "")), href


def test_list_of_a_figure_says_where_it_comes_from(province: Province, personas: Personas, sign_in: SignIn) -> None:
    factories.make_member_count(province.tea, date(2026, 1, 1), 3)
    client = sign_in(personas.department_staff)
    page = client.get("/coverage/?as_of=2026-06-30").content.decode()
    href = next(href for _said, href in Figures(page).found if "coverage=should_not_built" in href)
    response = client.get(href)
    assert "来自：两个覆盖·应建未建" in response.content.decode()
    assert "截至" in response.content.decode()
    assert [row.name for row in response.context["rows"]] == ["湖南省茶业协会"]


def test_board_stays_within_its_queries(
    province: Province, personas: Personas, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    province.fill()
    client = sign_in(personas.department_staff)
    client.get("/coverage/")
    for query in ("", "?city=430100&level=city"):
        with django_assert_max_num_queries(15):
            assert client.get(f"/coverage/{query}").status_code == 200


def test_board_with_a_filter_that_cannot_be_read_shows_no_figure(personas: Personas, sign_in: SignIn) -> None:
    response = sign_in(personas.department_staff).get("/coverage/?level=moon")
    assert "筛选条件读不出来" in response.content.decode()


@pytest.mark.parametrize("url", ["/coverage/", "/coverage/should-establish/", "/instructors/", "/party-organizations/"])
@pytest.mark.parametrize("persona", ["association_filer", "auditor"])
def test_staff_pages_are_closed_to_others(personas: Personas, sign_in: SignIn, url: str, persona: str) -> None:
    assert sign_in(personas[persona]).get(url).status_code == 403


@pytest.mark.parametrize("measure", Measure.values)
def test_list_knows_every_measure(province: Province, personas: Personas, sign_in: SignIn, measure: str) -> None:
    province.fill()
    assert sign_in(personas.department_staff).get(f"/associations/?coverage={measure}").status_code == 200


def test_list_of_associations_filters_by_cover(province: Province, personas: Personas, sign_in: SignIn) -> None:
    province.fill()
    client = sign_in(personas.department_staff)
    assert names(client, "/associations/?party=own") == ["湖南省商贸业协会", "湖南省茶业协会"]
    assert sorted(names(client, "/associations/?party=none")) == ["株洲市商贸业协会", "长沙市茶业协会"]


@pytest.fixture
def unbuilt(province: Province) -> Province:
    """Tea and city_trade have enough members and no organisation; city_tea too, but no committee."""
    for association in (province.tea, province.city_trade, province.city_tea):
        factories.make_member_count(association, date(2026, 1, 1), 4, 5)
    return province


def test_should_establish_query_count_does_not_grow(province: Province, personas: Personas, sign_in: SignIn) -> None:
    client, counted = sign_in(personas.department_staff), []
    for rows in (1, 29):
        for _ in range(rows):
            association = factories.make_association(region=province.yuelu, party_committee=province.committee)
            factories.make_member_count(association, date(2026, 1, 1), 3)
            factories.make_instructor_assignment(factories.make_instructor(), association, date(2026, 1, 1))
        counted.append(query_count(client, "/coverage/should-establish/"))
    assert counted[0] == counted[1] <= 15


def test_should_establish_gives_the_reason(unbuilt: Province, personas: Personas, sign_in: SignIn) -> None:
    page = sign_in(personas.party_committee).get("/coverage/should-establish/").content.decode()
    assert "达到 3 名，还没有党组织" in page
    assert "株洲市商贸业协会" not in page


def assign(client: Client, pks: list[int], instructor: Instructor, **values: str) -> Any:
    today = timezone.localdate()
    given = {"instructor": instructor.pk, "starts_on": today, "due_on": today + timedelta(days=60)} | values
    return client.post("/coverage/should-establish/assign/", {"pk": pks, "confirmed": "1", **given}, follow=True)


def test_journey_from_the_list_to_the_moved_rate(unbuilt: Province, personas: Personas, sign_in: SignIn) -> None:
    """Assign with a due date; the committee finds the task, records the branch, the task closes, the rate moves."""
    instructor = factories.make_instructor("李指导", unbuilt.other_committee)
    client = sign_in(personas.department_admin)
    first = client.post("/coverage/should-establish/assign/", {"pk": [unbuilt.city_trade.pk]})
    assert "株洲市商贸业协会" in first.content.decode()
    page = assign(client, [unbuilt.city_trade.pk, unbuilt.city_tea.pk], instructor)
    assert "已指派 1 家，并交办组建任务。" in page.content.decode()
    assert "「长沙市茶业协会」没有指派" in page.content.decode()
    assert "还没有所属综合（行业）党委" in page.content.decode()
    task = Task.objects.get()
    assert (task.body_pk, task.for_role) == (unbuilt.other_committee.pk, "party_committee")
    assert task.due_on == timezone.localdate() + timedelta(days=60)
    assert "还有 60 天" in client.get("/coverage/should-establish/").content.decode()
    committee = sign_in(personas.other_committee)
    assert task.title in committee.get("/tasks/").content.decode()
    assert committee.get(task.url).status_code == 200
    before = client.get("/coverage/").context["cards"][0].cell
    form = committee.get(f"/party-organizations/new/?association={unbuilt.city_trade.pk}").context["form"]
    assert form.initial["committee"] == unbuilt.other_committee.pk
    values = {
        "associations": form.initial["associations"],
        "name": form.initial["name"],
        "kind": "branch",
        "establishment_mode": "individual",
        "committee": form.initial["committee"],
        "approval_number": "株商党发〔2026〕7号",
        "established_on": timezone.localdate().isoformat(),
        "full_member_count": "4",
        "ends_shared": "on",
    }
    response = committee.post("/party-organizations/new/", values)
    made = PartyOrganization.objects.get()
    assert response["Location"] == f"/party-organizations/{made.pk}/"
    task.refresh_from_db()
    assert (task.state, task.evidence) == ("closed", f"已成立「{made.name}」，批复文号株商党发〔2026〕7号。")
    after = client.get("/coverage/").context["cards"][0].cell
    assert (before.numerator, after.numerator) == (0, 1)
    assert names(client, "/coverage/should-establish/") == ["湖南省茶业协会", "长沙市茶业协会"]


def test_assign_only_what_the_actor_reaches(unbuilt: Province, personas: Personas, sign_in: SignIn) -> None:
    instructor = factories.make_instructor("李指导", unbuilt.committee)
    client = sign_in(personas.party_committee)
    page = client.post("/coverage/should-establish/assign/", {"pk": [unbuilt.city_trade.pk]})
    assert page.status_code == 400
    assign(client, [unbuilt.tea.pk, unbuilt.city_trade.pk], instructor)
    assert list(InstructorAssignment.objects.values_list("association__name", flat=True)) == ["湖南省茶业协会"]
    foreign = factories.make_instructor("王指导", unbuilt.other_committee)
    refused = assign(client, [unbuilt.tea.pk], foreign)
    assert InstructorAssignment.objects.count() == 1
    assert "党建工作指导员" in refused.content.decode()


def test_assign_needs_a_due_date_in_bulk_and_not_for_one(
    unbuilt: Province, personas: Personas, sign_in: SignIn
) -> None:
    instructor = factories.make_instructor("李指导", unbuilt.committee)
    client = sign_in(personas.department_staff)
    assert assign(client, [unbuilt.tea.pk], instructor, due_on="").status_code == 422
    url = f"/associations/{unbuilt.tea.pk}/instructors/new/"
    assert client.get(url).status_code == 200
    given = {"instructor": instructor.pk, "starts_on": timezone.localdate().isoformat(), "version": "1"}
    assert client.post(url, given)["Location"] == f"/associations/{unbuilt.tea.pk}/?tab=party"
    assert not Task.objects.exists()
    again = client.post(url, given | {"version": "2"})
    assert (again.status_code, "不必重复指派" in again.content.decode()) == (422, True)


@pytest.mark.parametrize("tab", ["overview", "party", "responsibility", "timeline"])
def test_tabs_of_an_association_stay_within_their_queries(
    unbuilt: Province, personas: Personas, sign_in: SignIn, django_assert_max_num_queries: Any, tab: str
) -> None:
    branch, client = unbuilt.tea_branch, sign_in(personas.department_staff)
    factories.make_instructor_assignment(factories.make_instructor(), unbuilt.tea)
    assert branch.pk
    client.get("/instructors/")
    for association in (unbuilt.tea, unbuilt.city_trade):
        with django_assert_max_num_queries(15):
            assert client.get(f"/associations/{association.pk}/?tab={tab}").status_code == 200


def test_party_tab_and_attention(unbuilt: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.association_filer)
    page = client.get(f"/associations/{unbuilt.tea.pk}/?tab=party").content.decode()
    assert "组织未覆盖" in page
    assert "应建未建：组织关系在本组织的正式党员 4 名" in page
    assert "登记党组织" not in page
    silent = sign_in(personas.other_filer).get(f"/associations/{unbuilt.trade.pk}/").content.decode()
    assert "党员人数未填报。没有党员的请填 0。" in silent


def test_instructors(unbuilt: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.party_committee)
    assert client.get("/instructors/new/").status_code == 200
    outside = client.post("/instructors/new/", {"name": "赵指导", "department": unbuilt.other_committee.pk})
    assert outside.status_code == 422
    client.post("/instructors/new/", {"name": "赵指导", "department": unbuilt.committee.pk})
    made = Instructor.objects.get()
    again = client.post("/instructors/new/", {"name": "赵指导", "department": unbuilt.committee.pk})
    assert (again.status_code, "已有指导员" in again.content.decode()) == (422, True)
    for _ in range(6):
        factories.make_instructor_assignment(made, factories.make_association(region=unbuilt.hunan))
    factories.make_instructor_assignment(made, unbuilt.tea)
    page = client.get(f"/instructors/{made.pk}/").content.decode()
    assert "这名指导员将联系7家社会组织，原则上不超过5家" in page
    assert names(client, "/instructors/?load=full&active=true") == ["赵指导"]
    assert names(client, "/instructors/?load=free") == []
    row = made.assignments.get(association=unbuilt.tea)
    end = f"/instructors/{made.pk}/assignments/{row.pk}/end/"
    assert client.get(end).status_code == 200
    assert client.post(end, {"ends_on": timezone.localdate().isoformat(), "version": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == timezone.localdate()
    edit = f"/instructors/{made.pk}/edit/"
    assert client.get(edit).status_code == 200
    leaving = {"name": "赵指导", "department": unbuilt.committee.pk, "version": "1"}
    assert client.post(edit, leaving).status_code == 302
    made.refresh_from_db()
    assert not made.is_active
    assert not made.assignments.filter(ends_on=None).exists()


def test_instructor_query_count_does_not_grow(province: Province, personas: Personas, sign_in: SignIn) -> None:
    client, counted = sign_in(personas.department_staff), []
    for rows in (1, 29):
        for _ in range(rows):
            association = factories.make_association(region=province.hunan)
            factories.make_instructor_assignment(factories.make_instructor("", province.committee), association)
        counted.append(query_count(client, "/instructors/"))
    assert counted[0] == counted[1] <= 15


def test_an_instructor_of_another_committee_is_missing(unbuilt: Province, personas: Personas, sign_in: SignIn) -> None:
    made = factories.make_instructor("李指导", unbuilt.other_committee)
    assert sign_in(personas.party_committee).get(f"/instructors/{made.pk}/").status_code == 404
    assert sign_in(personas.other_committee).get(f"/instructors/{made.pk}/").status_code == 200


def test_export_of_should_establish(unbuilt: Province, personas: Personas, sign_in: SignIn) -> None:
    content = sign_in(personas.department_staff).get("/coverage/should-establish/?export=csv").content
    lines = content.decode("utf-8-sig").splitlines()
    assert sum("达到 3 名" in line for line in lines) == Association.objects.count()
