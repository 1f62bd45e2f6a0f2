"""`add_user`: an account that is ready to use, an existing one with a further membership, bad input refused."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import User
from portal.memberships.models import Membership
from tests.factories import PASSWORD, make_association
from tests.personas import Province


def add_user(*args: str, password: str | None = None, monkeypatch: pytest.MonkeyPatch | None = None) -> str:
    out = io.StringIO()
    if password is not None:
        assert monkeypatch is not None
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        args = (*args, "--password-stdin")
    call_command("add_user", *args, stdout=out)
    return out.getvalue()


def test_account_is_ready_to_use(db: None, monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    add_user("chen.jie", "--role", "department_admin", password=PASSWORD, monkeypatch=monkeypatch)
    assert client.post("/login/", {"username": "chen.jie", "password": PASSWORD})["Location"] == "/"
    assert client.get("/").status_code == 200


def test_running_twice_changes_nothing(province: Province) -> None:
    first = add_user("chen.jie", "--role", "regional_office", "--scope", province.changsha.code)
    again = add_user("chen.jie", "--role", "regional_office", "--scope", "长沙市")
    assert "已登记：chen.jie:regional_office@430100" in first
    assert "原已登记" in again
    assert (User.objects.count(), Membership.objects.count()) == (1, 1)


def test_second_association_is_a_second_membership(province: Province) -> None:
    add_user("chen.jie", "--role", "association_filer", "--scope", province.tea.uscc)
    add_user("chen.jie", "--role", "association_filer", "--scope", province.trade.name)
    assert (User.objects.count(), Membership.objects.count()) == (1, 2)


def test_account_without_password_is_for_commands_only(db: None) -> None:
    assert "没有密码" in add_user("chen.jie", "--role", "department_admin")
    assert not User.objects.get().has_usable_password()


def test_password_of_an_existing_account_is_replaced(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    add_user("chen.jie", "--role", "department_admin", password=PASSWORD, monkeypatch=monkeypatch)
    add_user("chen.jie", "--role", "department_admin", password="Yuelu-Shan-2027", monkeypatch=monkeypatch)
    assert User.objects.get().check_password("Yuelu-Shan-2027")


BAD = [
    (("chen:jie", "--role", "department_admin"), "用户名"),
    (("chen.jie", "--role", "king"), "没有「king」这个角色"),
    (("chen.jie", "--role", "regional_office"), "须写明范围"),
    (("chen.jie", "--role", "supervising_unit", "--scope", "没有的厅"), "没有找到「没有的厅」"),
    (("chen.jie", "--role", "department_admin", "--scope", "430000"), "不用写范围"),
]


@pytest.mark.parametrize(("args", "said"), BAD)
def test_bad_input_is_refused_and_leaves_nothing(args: tuple[str, ...], said: str, db: None) -> None:
    make_association()
    with pytest.raises(CommandError, match=said) as error:
        add_user(*args)
    assert error.value.returncode == 2
    assert User.objects.count() == 0


@pytest.mark.parametrize("password", ["", "short"])
def test_bad_password_is_refused(password: str, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="密码"):
        add_user("chen.jie", "--role", "department_admin", password=password, monkeypatch=monkeypatch)
    assert User.objects.count() == 0
