"""Yearly checks: what they write, what they refuse, whom they reach, what the pages show."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from associations.checklists.models import ChecklistTemplate, TemplateStep
from partybuilding.duties.models import YearlyCheck
from partybuilding.duties.selectors import lists_of
from partybuilding.duties.services import CHECK_TASK, change_check, confirm_check, return_check, save_check
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.notices.models import Task
from tests import factories
from tests.partybuilding.deliberation.makers import make_decision
from tests.partybuilding.duties.makers import make_duties, make_yearly_check
from tests.personas import Persona, Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
DONE = [(1, "done", ""), (2, "done", "谈心谈话 12 次"), (3, "partly", "十月底前完成换届")]
YEAR = 2026


@pytest.fixture
def branch(personas: Personas) -> PartyOrganization:
    found = personas.province.tea_branch
    PartyOrganization.objects.filter(pk=found.pk).update(established_on=date(2024, 5, 1))
    found.refresh_from_db()
    return found


@pytest.fixture
def duties(branch: PartyOrganization) -> ChecklistTemplate:
    return make_duties(starts_on=date(2025, 7, 1))


def save(
    branch: Any, template: ChecklistTemplate, personas: Personas, now: datetime, given: Any = DONE, **values: Any
) -> YearlyCheck:
    actor = personas[values.pop("persona", "branch_secretary")].actor
    year = values.pop("year", YEAR)
    with acting_as(actor):
        return save_check(branch, template, year, given, actor=actor, now=now, **values)


def test_from_the_first_item_to_the_confirmed_year(
    personas: Personas, branch: PartyOrganization, duties: ChecklistTemplate, now: datetime
) -> None:
    check = save(branch, duties, personas, now, [(1, "done", "")])
    actor, committee = personas.branch_secretary.actor, personas.party_committee.actor
    with acting_as(actor), pytest.raises(Refused, match="还有 2 项没有对照"):
        change_check(check, [(1, "done", "")], actor=actor, now=now, version=check.version, is_final=True)
    check.refresh_from_db()
    with acting_as(actor):
        change_check(check, DONE, actor=actor, now=now, version=check.version, is_final=True)
    assert (check.state, Task.objects.get(kind=CHECK_TASK, state="open").body_pk) == ("submitted", branch.committee_id)
    with acting_as(committee):
        return_check(check, reason="第2项写明次数", actor=committee, now=now, version=check.version)
    task = Task.objects.get(kind=CHECK_TASK, state="open")
    assert (task.for_role, task.body_pk, check.opinion) == ("branch_secretary", branch.pk, "第2项写明次数")
    with acting_as(actor):
        change_check(check, DONE, actor=actor, now=now, version=check.version, is_final=True)
    with acting_as(committee), pytest.raises(Conflict):
        confirm_check(check, opinion="", actor=committee, now=now, version=1)
    with acting_as(committee):
        confirm_check(check, opinion="同意", actor=committee, now=now, version=check.version)
    assert not Task.objects.filter(kind=CHECK_TASK, state="open").exists()
    with acting_as(actor), pytest.raises(Refused, match="已确认，不能再改"):
        change_check(check, DONE, actor=actor, now=now, version=check.version)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"year": 2024}, "duty.year"),  # before the list was in force
        ({"year": 2027}, "duty.year"),
        ({"persona": "registrar"}, "role"),
        ({"persona": "supervising_unit"}, "role"),
        ({"persona": "other_committee"}, "scope.outside"),
    ],
)
def test_a_year_without_the_list_and_a_stranger_are_refused(
    values: dict[str, Any],
    code: str,
    personas: Personas,
    branch: PartyOrganization,
    duties: ChecklistTemplate,
    now: datetime,
) -> None:
    with pytest.raises(Refused) as refused:
        save(branch, duties, personas, now, **values)
    assert refused.value.code == code


def test_a_list_of_another_place_and_a_second_check_are_refused(
    personas: Personas, branch: PartyOrganization, duties: ChecklistTemplate, now: datetime
) -> None:
    elsewhere = make_duties("ten_points", region=personas.province.lusong)
    assert lists_of(branch, YEAR, now.date()) == [duties]
    with pytest.raises(Refused, match="2026年不适用于"):
        save(branch, elsewhere, personas, now)
    save(branch, duties, personas, now)
    with pytest.raises(Refused, match="已经开始"):
        save(branch, duties, personas, now)


def test_a_unit_checks_itself_and_the_department_confirms(personas: Personas, now: datetime) -> None:
    duties = make_duties("cooperation", occasion="unit_year")
    unit = personas.province.unit
    with pytest.raises(Refused, match="只能填写本单位的"):
        save(unit, duties, personas, now, persona="other_unit")
    check = save(unit, duties, personas, now, persona="supervising_unit", is_final=True)
    committee, staff = personas.party_committee.actor, personas.department_staff.actor
    with acting_as(committee), pytest.raises(Refused):
        confirm_check(check, opinion="", actor=committee, now=now, version=check.version)
    with acting_as(staff):
        confirm_check(check, opinion="", actor=staff, now=now, version=check.version)
    assert check.state == "confirmed"


def test_journey_with_last_year_and_what_the_records_say(
    personas: Personas, branch: PartyOrganization, duties: ChecklistTemplate, sign_in: Callable[[Persona], Client]
) -> None:
    TemplateStep.objects.filter(template=duties, number=2).update(fact="decisions_reviewed")
    make_decision(branch, personas.province.tea)
    former = make_yearly_check(branch, 2025)
    former.items.filter(number=1).update(result="done", note="学习 12 次")
    client = sign_in(personas.branch_secretary)
    tab = reverse("partybuilding:organization", args=[branch.pk]) + "?tab=duties"
    assert "2025年" in client.get(tab).content.decode()
    new = reverse("partybuilding:duty_new", args=[branch.pk]) + "?code=responsibility&year=2026"
    page = client.get(new).content.decode()
    assert "学习 12 次" in page
    assert "系统记录：2026年表决重大决策 1 项，事前研究 1 项。" in page
    form = {f"result_{number}": result for number, result, _ in DONE} | {f"note_{at}": note for at, _, note in DONE}
    past = client.post(new.replace("2026", "2024"), form)
    assert past.status_code == 422
    assert "自2025-07-01起执行，不能对照2024年" in past.content.decode()
    done = client.post(new, form | {"is_final": "on"}, follow=True)
    assert "66.7%（2/3）" in done.content.decode()
    check = YearlyCheck.objects.unscoped("a test").get(year=2026)
    above = sign_in(personas.party_committee)
    board = above.get(reverse("partybuilding:duties"), {"state": "submitted", "year": "2026"})
    assert [row.name for row in board.context["rows"]] == [branch.name]
    assert "待确认 1 个" in board.content.decode()
    confirm = reverse("partybuilding:duty_confirm", args=[check.pk])
    assert above.post(confirm, {"version": str(check.version), "opinion": "同意"}).status_code == 302
    board = above.get(reverse("partybuilding:duties"), {"year": "2026"}).content.decode()
    assert "100.0%（1/1）" in board


def test_edit_and_return_by_page(
    personas: Personas, branch: PartyOrganization, duties: ChecklistTemplate, sign_in: Callable[[Persona], Client]
) -> None:
    check = make_yearly_check(branch, 2026)
    client = sign_in(personas.branch_secretary)
    edit = reverse("partybuilding:duty_edit", args=[check.pk])
    assert "第1项" not in client.get(edit).content.decode()
    form = {f"result_{number}": result for number, result, _ in DONE} | {f"note_{at}": note for at, _, note in DONE}
    assert client.post(edit, form | {"version": "1", "is_final": "on"}).status_code == 302
    back = reverse("partybuilding:duty_return", args=[check.pk])
    above = sign_in(personas.party_committee)
    assert "退回后由对照单位修改" in above.get(back).content.decode()
    check.refresh_from_db()
    assert above.post(back, {"version": str(check.version), "reason": "补充"}).status_code == 302
    assert "「待确认」" not in above.get(reverse("partybuilding:duty", args=[check.pk])).content.decode()
    assert "补充" in client.get(reverse("partybuilding:duty", args=[check.pk])).content.decode()


def test_a_unit_sees_its_own_and_its_tab_stands_on_supervising_units_only(
    personas: Personas, branch: PartyOrganization, sign_in: Callable[[Persona], Client]
) -> None:
    make_duties("cooperation", occasion="unit_year", title="党建配合职责")
    assert personas.province.trade
    client = sign_in(personas.supervising_unit)
    board = client.get(reverse("partybuilding:unit_duties"))
    assert [row.name for row in board.context["rows"]] == [personas.province.unit.name]
    page = reverse("associations:department", args=[personas.province.unit.pk])
    assert "开始对照" in client.get(page + "?tab=duties").content.decode()
    committee = reverse("associations:department", args=[personas.province.committee.pk])
    assert "年度对照" not in sign_in(personas.department_staff).get(committee).content.decode()


def test_thirty_rows_ask_no_more_than_one(
    personas: Personas, branch: PartyOrganization, duties: ChecklistTemplate, sign_in: Callable[[Persona], Client]
) -> None:
    client, url = sign_in(personas.department_staff), reverse("partybuilding:duties")
    make_yearly_check(branch, 2026)
    one = query_count(client, url)
    for _ in range(29):
        make_yearly_check(factories.make_organization("", factories.make_association()), 2026)
    assert query_count(client, url) == one
