"""From any list of associations: a task for whoever answers, or an instructor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from associations.registry.enums import AssociationStatus
from associations.registry.models import Association
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.coverage.services import follow_up
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.notices.models import Task
from tests import factories
from tests.personas import Persona, Personas, Province

pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]
TITLE = "补报党员人数"


def lay(client: Client, pks: list[int], **values: Any) -> Any:
    given = {"title": TITLE, "due_on": timezone.localdate() + timedelta(days=9)} | values
    return client.post("/coverage/follow-up/", {"pk": pks, "confirmed": "1", **given}, follow=True)


def laid() -> list[tuple[str, str, str]]:
    with everything("test"):
        rows = Task.objects.filter(kind__startswith="follow_up").order_by("title")
        return [(task.title, task.for_role, task.body_label) for task in rows]


def test_task_goes_to_the_committee_else_to_the_city(province: Province, personas: Personas, sign_in: SignIn) -> None:
    province.fill()
    client = sign_in(personas.department_staff)
    assert "交办任务" in client.get("/associations/").content.decode()
    shown = client.post("/coverage/follow-up/", {"pk": [province.tea.pk]}).content.decode()
    assert "由其所属综合（行业）党委办理" in shown
    page = lay(client, [province.tea.pk, province.city_tea.pk]).content.decode()
    assert "已交办 2 项任务" in page
    assert laid() == [
        (f"{TITLE}：湖南省茶业协会", "party_committee", "湖南省茶叶行业党委"),
        (f"{TITLE}：长沙市茶业协会", "regional_office", "长沙市"),
    ]
    lay(client, [province.tea.pk])
    assert len(laid()) == 2


def test_committee_lays_it_on_the_association_itself(province: Province, personas: Personas, sign_in: SignIn) -> None:
    lay(sign_in(personas.party_committee), [province.tea.pk, province.trade.pk])
    assert laid() == [(f"{TITLE}：湖南省茶业协会", "association_filer", "湖南省茶业协会")]


def test_whole_filtered_list_is_chosen_at_once(province: Province, personas: Personas, sign_in: SignIn) -> None:
    province.fill()
    client = sign_in(personas.department_staff)
    given = {"all": "1", "confirmed": "1", "title": TITLE, "due_on": timezone.localdate()}
    client.post("/coverage/follow-up/?city=430100&party=none", given)
    assert [title for title, _role, _body in laid()] == [f"{TITLE}：长沙市茶业协会"]


def test_what_nobody_answers_for_is_named_and_left_out(province: Province, personas: Personas, sign_in: SignIn) -> None:
    alone = factories.make_association("湖南省无主协会", region=province.hunan)
    page = lay(sign_in(personas.department_staff), [alone.pk, province.tea.pk]).content.decode()
    assert "「湖南省无主协会」没有交办：「湖南省无主协会」在省本级登记，还没有所属综合（行业）党委" in page
    assert len(laid()) == 1


def test_association_that_is_gone_gets_no_task(province: Province, personas: Personas) -> None:
    with everything("test data"):
        Association.objects.filter(pk=province.tea.pk).update(status=AssociationStatus.DEREGISTERED)
        province.tea.refresh_from_db()
    now = timezone.now()
    with pytest.raises(Refused, match="已注销"):
        follow_up(
            province.tea, title=TITLE, due_on=timezone.localdate(), actor=personas.department_staff.actor, now=now
        )


def test_day_that_has_passed_is_refused(province: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    page = lay(client, [province.tea.pk], due_on=timezone.localdate() - timedelta(days=1))
    assert "已经过去" in page.content.decode()
    assert laid() == []


def test_instructor_is_assigned_from_the_register(province: Province, personas: Personas, sign_in: SignIn) -> None:
    instructor = factories.make_instructor()
    today = timezone.localdate()
    given = {"pk": [province.tea.pk, province.city_tea.pk], "confirmed": "1", "instructor": instructor.pk}
    page = sign_in(personas.department_staff).post("/coverage/guide/", {**given, "starts_on": today}, follow=True)
    assert "已指派 2 家" in page.content.decode()
    with everything("test"):
        assert InstructorAssignment.objects.filter(instructor=instructor, starts_on=today).count() == 2
