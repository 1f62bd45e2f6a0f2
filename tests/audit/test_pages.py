"""The auditor's pages: filters, plain words, and nobody else."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from portal.audit.changes import Change, changes_of
from portal.audit.models import AuditEvent, Result
from portal.audit.services import record, record_access
from tests.personas import Persona, Personas

SignIn = Callable[[Persona], Client]
NOON = datetime(2026, 6, 30, 12, tzinfo=timezone.get_default_timezone())
LATE = datetime(2026, 6, 30, 23, 59, 59, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def events(personas: Personas) -> None:
    admin, filer = personas.department_admin.actor, personas.association_filer.actor
    tea = personas.province.tea
    record(
        "associations.change",
        actor=admin,
        subject=tea,
        before={"domicile": "旧址"},
        after={"domicile": "新址"},
        now=NOON,
    )
    record("notices.close", actor=filer, subject_label="核对任务", result=Result.REFUSED, reason="不是您的。", now=LATE)
    record("accounts.sign_in_failed", actor=None, subject_label="不存在的用户名", result=Result.FAILED, now=NOON)


FILTERS = [
    ("", {"修改社会组织", "办结任务", "登录失败"}),
    ("user=department_admin", {"修改社会组织"}),
    ("user=社会组织填报人", {"办结任务"}),
    ("action=associations.change", {"修改社会组织"}),
    ("action=办结", {"办结任务"}),
    ("subject=茶业", {"修改社会组织"}),
    ("result=refused", {"办结任务"}),
    ("since=2026-07-01", set()),
    ("since=2026-06-30&until=2026-06-30", {"修改社会组织", "办结任务", "登录失败"}),
    ("until=2026-06-29", set()),
    ("request_id=NOSUCH", set()),
]


@pytest.mark.parametrize(("query", "shown"), FILTERS)
def test_log_is_found_by_user_act_object_result_and_date(
    query: str, shown: set[str], events: None, personas: Personas, sign_in: SignIn
) -> None:
    page = sign_in(personas.auditor).get(f"/audit/?{query}").content.decode()
    assert {label for label in ("修改社会组织", "办结任务", "登录失败") if f">{label}<" in page} == shown


def test_act_shows_what_changed_in_the_words_of_the_record(events: None, personas: Personas, sign_in: SignIn) -> None:
    event = AuditEvent.objects.get(action="associations.change")
    page = sign_in(personas.auditor).get(f"/audit/{event.pk}/").content.decode()
    assert [word in page for word in ("住所", "旧址", "新址", "湖南省茶业协会", "修改社会组织")] == [True] * 5


def test_changes_are_words_not_codes(personas: Personas) -> None:
    event = record(
        "memberships.open",
        actor=None,
        subject=personas.association_filer.membership,
        before={"ends_on": None, "is_new": True},
        after={
            "role": "association_filer",
            "ends_on": None,
            "covers": ["甲", "乙"],
            "counts": {"新增": 3},
            "is_new": False,
        },
        now=NOON,
    )
    assert changes_of(event) == [
        Change("is_new", "是", "否"),
        Change("角色", "—", "社会组织填报人"),
        Change("覆盖的社会组织", "—", "甲、乙"),
        Change("行数", "—", "新增 3"),
    ]


def test_act_on_a_record_of_a_room_that_is_gone_is_still_shown(db: None) -> None:
    event = AuditEvent.objects.create(
        action="old.act", subject_model="old.Thing", subject_pk="1", after={"name": "甲"}, at=NOON
    )
    assert changes_of(event) == [Change("name", "—", "甲")]


def test_reading_shows_its_objects(personas: Personas, sign_in: SignIn) -> None:
    few = record_access(
        "people:list", actor=personas.department_admin.actor, object_ids=[3, 5], filters="q=a", now=NOON
    )
    many = record_access("people:list", actor=personas.department_admin.actor, object_ids=list(range(51)), now=NOON)
    client = sign_in(personas.auditor)
    assert "3、5" in client.get(f"/audit/access/{few.pk}/").content.decode()
    assert (many.object_ids, many.object_count) == ([], 51)
    page = client.get("/audit/access/?view=people&user=department").content.decode()
    assert re.search(r'total-count">(\d+)', page).group(1) == "2"  # type: ignore[union-attr]


@pytest.mark.parametrize("count", [1, 30])
def test_log_asks_as_much_for_thirty_lines_as_for_one(
    count: int, personas: Personas, sign_in: SignIn, django_assert_max_num_queries: Callable
) -> None:
    for _ in range(count):
        record("notices.close", actor=personas.department_admin.actor, now=NOON)
    client = sign_in(personas.auditor)
    client.get("/audit/")
    with django_assert_max_num_queries(6):
        assert client.get("/audit/").status_code == 200
