"""The first page of each role: work first, every number leads to a list of that many rows."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.access.roles import Role
from portal.audit.models import Result
from portal.audit.services import record
from portal.notices.services import open_task
from tests.factories import make_instructor, make_instructor_assignment, make_member_count
from tests.personas import BY_ROLE, Persona, Personas

SignIn = Callable[[Persona], Client]
BUDGET = 15


@pytest.mark.parametrize("role", Role.values)
def test_home_of_each_role_opens_within_the_budget(
    role: str, reference: None, personas: Personas, sign_in: SignIn, django_assert_max_num_queries: Callable
) -> None:
    personas.province.fill()
    client = sign_in(personas[BY_ROLE[role]])
    client.get("/")
    with django_assert_max_num_queries(BUDGET):
        response = client.get("/")
    assert response.status_code == 200


def test_task_stands_first_with_its_due_date(reference: None, personas: Personas, sign_in: SignIn) -> None:
    province = personas.province.fill()
    for number, days in enumerate((5, -2)):
        open_task(
            kind=f"check{number}",
            subject=province.tea,
            title=f"核对 {days}",
            url="/associations/1/",
            for_role=Role.PARTY_COMMITTEE,
            body=personas.party_committee.actor.scope,
            due_on=timezone.localdate() + timedelta(days=days),
            actor=None,
            now=timezone.now(),
        )
    text = sign_in(personas.party_committee).get("/").content.decode()
    assert text.index("要我办的") < text.index("核对 -2") < text.index("核对 5") < text.index("需要关注")
    assert "已逾期 2 天" in text
    assert "全部 2 项任务，其中已逾期 1 项" in text


def test_filer_sees_the_own_association_and_no_other(reference: None, personas: Personas, sign_in: SignIn) -> None:
    personas.province.fill()
    text = sign_in(personas.association_filer).get("/").content.decode()
    assert "湖南省茶业协会" in text
    assert "中共湖南省茶业协会支部委员会" in text
    assert "湖南省农业农村厅" in text
    for foreign in ("商贸业", "长沙市茶业协会", "湖南省商务厅"):
        assert foreign not in text


def test_figures_count_the_own_scope_only(reference: None, personas: Personas, sign_in: SignIn) -> None:
    personas.province.fill()
    shown = re.compile(r"纳入统计的社会组织</span><span class=\"figure-value\"><a [^>]*><?[^0-9]*(\d+)")
    for key, number in (("department_admin", "4"), ("regional_office", "1"), ("other_committee", "2")):
        assert shown.search(sign_in(personas[key]).get("/").content.decode()).group(1) == number  # type: ignore[union-attr]


@pytest.mark.parametrize("key", ["department_admin", "other_committee", "registrar", "regional_office"])
def test_every_figure_of_a_desk_leads_to_a_list_of_that_many_rows(
    key: str, reference: None, personas: Personas, sign_in: SignIn
) -> None:
    province = personas.province.fill()
    today = timezone.localdate()
    make_member_count(province.trade, today, 5, 5)
    make_member_count(province.city_trade, today, 3, 3)
    make_instructor_assignment(make_instructor(), province.city_tea)
    open_task(
        kind="late",
        subject=province.tea,
        title="核对",
        url="/associations/1/",
        for_role=Role.PARTY_COMMITTEE,
        body=personas.party_committee.actor.scope,
        due_on=today - timedelta(days=1),
        actor=None,
        now=timezone.now(),
    )
    client = sign_in(personas[key])
    page = client.get("/").content.decode()
    figures = re.findall(
        r'figure-label">([^<]+)</span><span class="figure-value"><a href="([^"]+)">.*?</span><span class="figure-note">'
        r"(?:<[^>]*>)?([0-9]*)",
        page,
    )
    assert len(figures) >= 4
    for label, url, numerator in figures:
        shown = numerator or re.search(rf"{label}</span><span[^>]*><a[^>]*>(\d+)", page).group(1)  # type: ignore[union-attr]
        listed = client.get(url.replace("&amp;", "&")).content.decode()
        assert re.search(r'total-count">(\d+)', listed).group(1) == shown, label  # type: ignore[union-attr]


def test_auditor_finds_behind_each_figure_a_list_of_that_many_rows(
    db: None, personas: Personas, sign_in: SignIn
) -> None:
    now = timezone.now()
    actor = personas.department_admin.actor
    for action, result, times in (
        ("accounts.sign_in_failed", Result.FAILED, 3),
        ("export.spreadsheet", Result.SUCCESS, 2),
        ("memberships.open", Result.SUCCESS, 1),
        ("associations.change", Result.REFUSED, 4),
    ):
        for _ in range(times):
            record(action, actor=actor, result=result, now=now)
    record("accounts.sign_in_failed", actor=None, result=Result.FAILED, now=now - timedelta(days=8))
    client = sign_in(personas.auditor)
    figures = re.findall(
        r'figure-label">([^<]+)</span><span class="figure-value"><a href="([^"]+)">(\d+)',
        client.get("/").content.decode(),
    )
    assert [(label, count) for label, _, count in figures[:5]] == [
        ("登录失败", "3"),
        ("被拒绝的操作", "4"),
        ("批量导出", "2"),
        ("身份变更与切换", "1"),
        ("全部操作", "10"),
    ]
    for _, url, count in figures:
        page = client.get(url.replace("&amp;", "&")).content.decode()
        assert re.search(r'total-count">(\d+)', page).group(1) == count  # type: ignore[union-attr]


def test_administrator_of_the_system_sees_its_state_and_no_business_data(
    reference: None, personas: Personas, sign_in: SignIn
) -> None:
    personas.province.fill()
    text = sign_in(personas.system_admin).get("/").content.decode()
    assert "系统状态" in text
    assert "协会" not in text


def test_empty_scope_says_why_and_what_next(reference: None, personas: Personas, sign_in: SignIn) -> None:
    text = sign_in(personas.department_admin).get("/").content.decode()
    assert "您的范围内还没有社会组织" in text
