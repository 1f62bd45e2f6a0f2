"""Passwords for the demonstration accounts, kept with the data and readable by its owner only."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.access.scoping import everything
from portal.home.demonstration.accounts import set_passwords


class Command(BaseCommand):
    """A second run gives new passwords."""

    help = "给演示账号设置随机密码，写入 PORTAL_DATA/demo-accounts.txt；只能在演示模式下运行。"

    def handle(self, *args: object, **options: int) -> None:
        if settings.PORTAL_MODE != "demonstration":
            raise CommandError("现在是正式运行模式，没有演示账号。请用 add_user 建立账号。")
        with everything("the demonstration's own accounts"), transaction.atomic():
            lines = set_passwords(settings.PORTAL_DATA)
        if options["verbosity"]:
            self.stdout.write("\n".join(lines))
