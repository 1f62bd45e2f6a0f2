import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import RequestFactory

from portal.access.roles import Role
from portal.memberships.models import Membership
from tests.databases import rolled_back

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The small province, made once for this file inside a transaction that is rolled back."""
    with rolled_back(django_db_blocker):
        call_command("load_demo", today="2026-06-30", verbosity=0)
        yield


@pytest.fixture
def accounts(_demonstration: None, settings: Any) -> list[list[str]]:
    call_command("demo_accounts", verbosity=0)
    text = (Path(settings.PORTAL_DATA) / "demo-accounts.txt").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


def test_demo_accounts_are_written_for_their_owner_only(accounts: list[list[str]], settings: Any) -> None:
    assert sorted(role for role, *_ in accounts) == sorted(Role.values)
    assert [len(line) for line in accounts] == [4] * len(Role.values)
    assert stat.S_IMODE((Path(settings.PORTAL_DATA) / "demo-accounts.txt").stat().st_mode) == 0o600


def test_demo_accounts_can_sign_in_and_get_new_passwords_the_next_time(accounts: list[list[str]]) -> None:
    request = RequestFactory().post("/login/")
    for _, username, password, _ in accounts:
        assert authenticate(request, username=username, password=password) is not None
    said = StringIO()
    call_command("demo_accounts", stdout=said)
    again = [line.split("\t") for line in said.getvalue().splitlines()]
    assert [line[:2] for line in again] == [line[:2] for line in accounts]
    assert not {line[2] for line in again} & {line[2] for line in accounts}


def test_demo_accounts_in_production_are_refused(settings: Any) -> None:
    settings.PORTAL_MODE = "production"
    with pytest.raises(CommandError, match="没有演示账号"):
        call_command("demo_accounts")


def test_demo_accounts_hang_on_nodes_with_something_to_show(accounts: list[list[str]]) -> None:
    committee = Membership.objects.select_related("department").get(role=Role.PARTY_COMMITTEE).department
    assert committee is not None
    assert committee.party_organizations.exists()
    assert committee.assignments.exists()
