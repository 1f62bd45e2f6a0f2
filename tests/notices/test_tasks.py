"""Tasks: on whose desk they lie, who closes them, and what a second person at the same task gets."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from associations.registry.models import Association
from portal.access.actor import Actor, Scope, acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.audit.models import AuditEvent
from portal.notices import services
from portal.notices.enums import TaskState
from portal.notices.models import Notice, Task
from portal.notices.selectors import open_tasks_about, overdue, tasks_for, unread_count
from portal.notices.transitions import TaskFacts, may_cancel, may_close
from portal.workflow.models import WorkflowEvent
from tests.personas import PERSONAS, Persona, Personas, Province

SignIn = Callable[[Persona], Client]


def committee_task(personas: Personas, subject: Association | None = None, due_on: date | None = None) -> Task:
    """What the department lays on the committee below the persona's one."""
    province = personas.province
    body = province.branch_committee
    return services.open_task(
        kind="set_up_branch",
        subject=subject or province.tea,
        title="督促建立党组织：湖南省茶业协会",
        url="/associations/1/",
        for_role=Role.PARTY_COMMITTEE,
        body=Scope("department", body.pk, body.name),
        due_on=due_on,
        actor=personas.department_admin.actor,
        now=timezone.now(),
    )


DESK = {"party_committee"}
VISIBLE = DESK | {"department_admin", "department_staff"}


@pytest.mark.parametrize("key", PERSONAS)
def test_task_is_seen_by_its_committee_and_the_department_only(
    key: str, province: Province, personas: Personas
) -> None:
    province.fill()
    task = committee_task(personas)
    actor = personas[key].actor
    with acting_as(actor):
        assert (list(tasks_for(actor)) == [task]) is (key in DESK)
        assert (list(scoped(Task, actor)) == [task]) is (key in VISIBLE)


NODES = [
    ("supervising_unit", "department", "unit"),
    ("registrar", "department", "registrar"),
    ("regional_office", "region", "yuelu"),
    ("association_filer", "association", "tea"),
    ("association_signer", "association", "tea"),
    ("branch_secretary", "organization", "tea_branch"),
    ("department_staff", "province", None),
]


@pytest.mark.parametrize(("key", "kind", "node"), NODES)
def test_task_lies_on_the_desk_of_its_role_and_body(
    key: str, kind: str, node: str | None, province: Province, personas: Personas
) -> None:
    province.fill()
    row = getattr(province, node) if node else None
    body = Scope(kind, row.pk if row else None, str(row or "全省"), path=getattr(row, "path", ""))  # type: ignore[arg-type]
    task = services.open_task(
        kind="check",
        subject=province.tea,
        title="核对",
        url="/associations/1/",
        for_role=personas[key].actor.role,
        body=body,
        due_on=None,
        actor=None,
        now=timezone.now(),
    )
    desks = {one for one in PERSONAS if list(tasks_for(personas[one].actor)) == [task]}
    assert desks == {key, "county_office"} if kind == "region" else desks == {key}


def test_task_laid_on_a_person_follows_the_person(province: Province, personas: Personas) -> None:
    task = services.open_task(
        kind="check",
        subject=province.tea,
        title="核对",
        url="/associations/1/",
        for_role="",
        body=Scope("province", None, "全省"),
        due_on=None,
        user=personas.other_unit.user,
        actor=None,
        now=timezone.now(),
    )
    assert list(tasks_for(personas.other_unit.actor)) == [task]
    assert list(tasks_for(personas.supervising_unit.actor)) == []
    assert task.addressee == "other_unit"


def test_opener_sees_the_task_in_the_membership_that_opened_it_only(province: Province, personas: Personas) -> None:
    unit = personas.supervising_unit.actor
    task = services.open_task(
        kind="check",
        subject=province.tea,
        title="核对",
        url="/associations/1/",
        for_role=Role.ASSOCIATION_FILER,
        body=Scope("association", province.tea.pk, province.tea.name),
        due_on=None,
        actor=unit,
        now=timezone.now(),
    )
    elsewhere = Actor(unit.user_id, unit.username, unit.membership_id + 1, unit.role, unit.scope, unit.label)
    assert list(scoped(Task, unit)) == [task]
    assert list(scoped(Task, elsewhere)) == []


def test_opening_twice_is_one_task_with_the_later_due_date(personas: Personas) -> None:
    first = committee_task(personas, due_on=date(2026, 12, 1))
    again = committee_task(personas, due_on=date(2026, 12, 31))
    assert (again.pk, again.version, again.due_on) == (first.pk, 2, date(2026, 12, 31))
    assert committee_task(personas, due_on=date(2026, 12, 31)).version == 2
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "notices.open",
        "notices.renew",
    ]


def test_database_holds_one_open_task_a_subject_and_body(personas: Personas) -> None:
    task = committee_task(personas)
    task.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        task.save(force_insert=True)


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_task_leads_to_our_own_pages_only(personas: Personas, url: str) -> None:
    with pytest.raises(Refused, match="不是本系统的地址"):
        services.open_task(
            kind="check",
            subject=personas.province.tea,
            title="核对",
            url=url,
            for_role=Role.PARTY_COMMITTEE,
            body=Scope("department", 1, "某党委"),
            due_on=None,
            actor=None,
            now=timezone.now(),
        )


def test_installation_is_no_body_for_tasks(personas: Personas) -> None:
    with pytest.raises(Refused, match="不能承办任务"):
        services.open_task(
            kind="check",
            subject=personas.province.tea,
            title="核对",
            url="/",
            for_role=Role.AUDITOR,
            body=personas.auditor.actor.scope,
            due_on=None,
            actor=None,
            now=timezone.now(),
        )


def test_closing_stamps_the_task_and_leaves_history(personas: Personas) -> None:
    task = committee_task(personas)
    actor = personas.party_committee.actor
    now = timezone.now()
    services.close_task(task, actor=actor, version=1, evidence="湘社工党批〔2026〕12号", now=now)
    assert (task.state, task.version, task.closed_by_id, task.closed_at, task.evidence) == (
        TaskState.CLOSED,
        2,
        actor.user_id,
        now,
        "湘社工党批〔2026〕12号",
    )
    event = WorkflowEvent.objects.get()
    assert (event.transition, event.source, event.target, event.comment, event.membership_label) == (
        "close",
        "open",
        "closed",
        "湘社工党批〔2026〕12号",
        actor.label,
    )
    assert list(tasks_for(actor)) == []


def test_second_person_at_the_same_task_gets_a_conflict_and_changes_nothing(personas: Personas) -> None:
    task = committee_task(personas)
    seen_by_second = Task.objects.get(pk=task.pk)
    services.close_task(task, actor=personas.party_committee.actor, version=1, evidence="已建立", now=timezone.now())
    with pytest.raises(Conflict, match="已被他人修改"):
        services.cancel_task(
            seen_by_second, actor=personas.department_admin.actor, version=1, reason="重复", now=timezone.now()
        )
    assert (seen_by_second.state, seen_by_second.evidence) == (TaskState.CLOSED, "已建立")
    assert WorkflowEvent.objects.count() == 1


def test_closed_task_cannot_be_closed_again(personas: Personas) -> None:
    task = committee_task(personas)
    actor = personas.party_committee.actor
    services.close_task(task, actor=actor, version=1, evidence="已建立", now=timezone.now())
    with pytest.raises(Refused, match="已办结"):
        services.close_task(task, actor=actor, version=2, evidence="再办", now=timezone.now())


def test_stranger_cannot_close_a_task(personas: Personas) -> None:
    task = committee_task(personas)
    with pytest.raises(Refused, match="由「湖南省茶叶行业党委"):
        services.close_task(task, actor=personas.other_committee.actor, version=1, evidence="是", now=timezone.now())


def test_recorded_fact_closes_every_task_that_asked_for_it(personas: Personas) -> None:
    committee_task(personas)
    other = committee_task(personas, subject=personas.province.trade)
    with acting_as(personas.department_staff.actor):
        closed = services.close_for_subject(
            personas.province.tea,
            kinds=("set_up_branch",),
            evidence="湘社工党批〔2026〕12号",
            actor=personas.department_staff.actor,
            now=timezone.now(),
        )
    assert [task.state for task in closed] == [TaskState.CLOSED]
    assert open_tasks_about(personas.province.tea) == []
    assert open_tasks_about(personas.province.trade, kind="set_up_branch") == [other]


def facts(**changes: object) -> TaskFacts:
    given = {"addressee": "某党委", "is_addressed": False, "is_opener": False, "is_department": False, "text": "依据"}
    return TaskFacts(**(given | changes))  # type: ignore[arg-type]


CLOSING = [
    (facts(), False),
    (facts(is_opener=True), False),
    (facts(is_addressed=True), True),
    (facts(is_department=True), True),
    (facts(is_addressed=True, text="  "), False),
    (facts(is_addressed=True, text=None), True),
    (facts(by_fact=True, text=""), True),
]


@pytest.mark.parametrize(("given", "allowed"), CLOSING)
def test_who_may_close(given: TaskFacts, allowed: bool) -> None:
    assert may_close(given).allowed is allowed


CANCELLING = [
    (facts(), False),
    (facts(is_addressed=True), False),
    (facts(is_opener=True), True),
    (facts(is_department=True), True),
    (facts(is_opener=True, text=""), False),
    (facts(is_opener=True, text=None), True),
]


@pytest.mark.parametrize(("given", "allowed"), CANCELLING)
def test_who_may_cancel(given: TaskFacts, allowed: bool) -> None:
    assert may_cancel(given).allowed is allowed


def test_due_date_holds_to_the_last_second_of_its_day(personas: Personas) -> None:
    due_on = date(2026, 6, 30)
    task = committee_task(personas, due_on=due_on)
    assert not task.is_overdue(due_on)
    assert task.is_overdue(due_on + timedelta(days=1))
    assert list(overdue(Task.objects.all(), due_on)) == []
    assert list(overdue(Task.objects.all(), due_on + timedelta(days=1))) == [task]


def test_list_shows_what_is_due_first_and_undated_last(personas: Personas, sign_in: SignIn) -> None:
    late = committee_task(personas, due_on=timezone.localdate() - timedelta(days=2))
    undated = committee_task(personas, subject=personas.province.city_tea)
    soon = committee_task(personas, subject=personas.province.trade, due_on=timezone.localdate())
    response = sign_in(personas.party_committee).get("/tasks/")
    text = response.content.decode()
    places = [text.index(f"/tasks/{task.pk}/") for task in (late, soon, undated)]
    assert places == sorted(places)
    assert "已逾期 2 天" in text


def test_list_of_all_shows_the_department_what_lies_elsewhere(personas: Personas, sign_in: SignIn) -> None:
    task = committee_task(personas)
    client = sign_in(personas.department_admin)
    assert f"/tasks/{task.pk}/" not in client.get("/tasks/").content.decode()
    assert f"/tasks/{task.pk}/" in client.get("/tasks/?desk=all").content.decode()
    assert f"/tasks/{task.pk}/" in client.get("/tasks/?desk=opened").content.decode()
    assert f"/tasks/{task.pk}/" not in client.get("/tasks/?desk=all&state=closed").content.decode()
    assert f"/tasks/{task.pk}/" not in client.get("/tasks/?desk=all&overdue=true").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_list_asks_as_much_for_thirty_tasks_as_for_one(
    count: int, personas: Personas, sign_in: SignIn, django_assert_max_num_queries: Callable
) -> None:
    from tests.factories import make_association

    for _ in range(count):
        committee_task(personas, subject=make_association())
    client = sign_in(personas.party_committee)
    client.get("/tasks/")
    with django_assert_max_num_queries(13):
        assert client.get("/tasks/").status_code == 200


def test_closing_by_the_page(personas: Personas, sign_in: SignIn) -> None:
    task = committee_task(personas)
    client = sign_in(personas.party_committee)
    assert "办结任务" in client.get(f"/tasks/{task.pk}/").content.decode()
    empty = client.post(f"/tasks/{task.pk}/close/", {"version": 1, "evidence": ""})
    assert empty.status_code == 422
    done = client.post(f"/tasks/{task.pk}/close/", {"version": 1, "evidence": "批复已下"})
    assert done["Location"] == f"/tasks/{task.pk}/"
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "批复已下" in page
    assert "已办结" in page


def test_stale_page_gets_a_conflict(personas: Personas, sign_in: SignIn) -> None:
    task = committee_task(personas)
    committee_task(personas, due_on=date(2026, 12, 31))
    client = sign_in(personas.party_committee)
    assert client.post(f"/tasks/{task.pk}/close/", {"version": 1, "evidence": "批复已下"}).status_code == 409


def test_committee_cannot_cancel_what_the_department_asked_for(personas: Personas, sign_in: SignIn) -> None:
    task = committee_task(personas)
    client = sign_in(personas.party_committee)
    page = client.get(f"/tasks/{task.pk}/cancel/").content.decode()
    assert "任务只能由交办人或社会工作部撤销" in page
    assert client.post(f"/tasks/{task.pk}/cancel/", {"version": 1, "reason": "不想做"}).status_code == 422
    staff = sign_in(personas.department_staff)
    assert staff.post(f"/tasks/{task.pk}/cancel/", {"version": 1, "reason": "已注销"}).status_code == 302
    assert "已撤销" in staff.get(f"/tasks/{task.pk}/").content.decode()


def test_messages_are_the_users_own(personas: Personas, sign_in: SignIn) -> None:
    mine, other = personas.department_staff, personas.auditor
    now = timezone.now()
    assert services.notify([mine.user.pk, mine.user.pk, other.user.pk], "11 月月报已办好。", "/reports/1/", now) == 2
    foreign = Notice.objects.get(user=other.user)
    client = sign_in(mine)
    assert "11 月月报已办好。" in client.get("/messages/").content.decode()
    client.post("/messages/read/", {"pk": [foreign.pk]})
    foreign.refresh_from_db()
    assert foreign.read_at is None
    client.post("/messages/read/", {"all": "1"})
    assert (unread_count(mine.actor), unread_count(other.actor)) == (0, 1)
    assert AuditEvent.objects.filter(action="notices.read").count() == 1


def test_bell_counts_open_tasks_only(personas: Personas, sign_in: SignIn) -> None:
    committee_task(personas)
    services.notify([personas.party_committee.user.pk], "消息", "", timezone.now())
    assert '<span class="count">1</span>' in sign_in(personas.party_committee).get("/messages/").content.decode()
    assert '<span class="count">' not in sign_in(personas.auditor).get("/messages/").content.decode()
