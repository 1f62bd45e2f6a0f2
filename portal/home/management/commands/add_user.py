"""`manage.py add_user USERNAME --role ROLE [--scope CODE] [--password-stdin]`: an account with a membership."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.home.accounts import add_account
from portal.memberships.selectors import spec_of


class Command(BaseCommand):
    help = "Make an account that is ready to use, or give an existing one a further membership."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument(
            "--scope", default="", metavar="CODE", help="region, department, USCC or name; empty=province"
        )
        parser.add_argument("--name", default="", help="what colleagues read; default: the user name")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        if password == "":
            raise CommandError("标准输入里没有密码。请把密码写在标准输入的第一行。", returncode=2)
        try:
            membership, is_new = add_account(
                options["username"],
                role=options["role"],
                scope=options["scope"],
                display_name=options["name"],
                password=password,
                now=timezone.now(),
            )
        except Refused as refused:
            raise CommandError(refused.reason, returncode=2) from refused
        said = "已登记" if is_new else "原已登记"
        self.stdout.write(f"{said}：{spec_of(membership)}（{membership}）")
        if not membership.user.has_usable_password():
            self.stdout.write("该账号没有密码，只能用于 --as；要登录请加 --password-stdin 再运行一次。")
