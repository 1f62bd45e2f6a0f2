"""The bar and the rows below it: everybody is shown what he may open, and where he is."""

import pytest
from django.urls import resolve, reverse

from portal.access.policy import policy_of
from portal.access.roles import Role
from portal.screens import navigation
from portal.screens.navigation import NavEntry, entries_for, mistakes

EVERYBODY = frozenset(Role)


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[NavEntry]:
    """The bar with entries of the test only."""
    found: list[NavEntry] = []
    monkeypatch.setattr(navigation, "_entries", found)
    return found


def test_every_entry_leads_to_a_page_its_roles_may_open() -> None:
    shut = {
        (entry.label, role)
        for entry in navigation.registered_entries()
        for role in entry.roles
        if (policy := policy_of(resolve(reverse(entry.url_name)).func)) is None or role not in policy.roles
    }
    assert shut == set()


def test_entries_of_the_portal_have_their_places() -> None:
    assert mistakes(Role) == []


@pytest.mark.parametrize(
    ("path", "entry", "part"),
    [
        ("/", "工作台", "工作台"),
        ("/coverage/", "两个覆盖", "总览"),
        ("/coverage/should-establish/plan/", "两个覆盖", "应建未建"),
        ("/closes/7/urging/", "两个覆盖", "月报"),
        ("/checklists/", "两个覆盖", "党建交接台"),
        ("/party-organizations/terms/", "党组织", "任期与换届"),
        ("/party-organizations/3/", "党组织", "党组织"),
        ("/party-members/3/", "党组织", "党员名册"),
        ("/departments/2/", "社会组织", "责任单位"),
        ("/reports/runs/", "报告", "报告历史"),
    ],
)
def test_current_page_stands_in_its_row(path: str, entry: str, part: str | None) -> None:
    current = [one for one in entries_for(Role.DEPARTMENT_ADMIN, path) if one.is_current]
    assert [one.label for one in current] == [entry]
    assert [one.label for one in current[0].parts if one.is_current] == ([part] if part else [])


def test_page_of_nobody_marks_nothing() -> None:
    assert [one for one in entries_for(Role.AUDITOR, "/coverage/") if one.is_current] == []
    assert entries_for(None, "/") == []


def test_row_leaves_out_what_a_role_may_not_open() -> None:
    rows = {one.label: [part.label for part in one.parts] for one in entries_for(Role.REGISTRAR, "/coverage/")}
    assert [name for name in ("月报", "两年党员数核对") if name in rows["两个覆盖"]] == []
    # No way leads to a roster.
    assert [name for name in ("党员名册", "转接", "组织生活", "关怀激励") if name in rows["党组织"]] == []
    assert rows["党组织"][0] == "党组织"


def test_entry_alone_has_no_row(entries: list[NavEntry]) -> None:
    entries.append(NavEntry("任务", "notices:task_list", EVERYBODY, section="tasks"))
    assert [one.parts for one in entries_for(Role.AUDITOR, "/tasks/")] == [()]


def test_mistakes_are_named(entries: list[NavEntry]) -> None:
    entries += [NavEntry(str(number), "home:home", EVERYBODY, order=number) for number in range(9)]
    entries.append(NavEntry("名单", "home:home", EVERYBODY, under="nowhere"))
    assert mistakes([Role.AUDITOR]) == [
        "名单: no section 'nowhere'",
        "the bar of auditor holds 8 entries: 0、1、2、3、4、5、6、7、8",
    ]
