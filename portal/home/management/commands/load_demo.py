"""A synthetic province to try the portal with."""

from argparse import ArgumentParser
from datetime import date
from time import monotonic

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import PartyOrganization
from portal.access.scoping import GuardedModel, everything
from portal.home.demonstration.load import NotEmpty, load_demonstration, load_stress
from portal.home.demonstration.mass import Mass
from portal.home.demonstration.world import SCALES

STRESS = "stress"
MASS = Mass(times=25, member_count=1_000_000)


class Command(BaseCommand):
    """The same scale and date give the same database."""

    help = "导入演示数据（全部为虚构）；同一规模、同一日期得到同样的数据。只能在空库、演示模式下运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scale",
            choices=sorted(SCALES),
            default="small",
            help="small 约300家，province 约4000家，stress 10万家、党员100万名，用于测速",
        )
        parser.add_argument("--today", default="", metavar="YYYY-MM-DD", help="数据所围绕的日期，默认今天")

    def handle(self, *args: object, **options: str) -> None:
        if settings.PORTAL_MODE != "demonstration":
            raise CommandError(
                "现在是正式运行模式，不能导入演示数据。需要演示时请另用一个空库并设 PORTAL_MODE=demonstration。"
            )
        try:
            today = date.fromisoformat(options["today"]) if options["today"] else timezone.localdate()
        except ValueError:
            raise CommandError(f"日期 {options['today']} 无法识别。请按 2026-06-30 的格式填写。") from None
        started = monotonic()
        call_command("load_reference", verbosity=0)
        try:
            if options["scale"] == STRESS:
                world = load_stress(SCALES[STRESS], today, MASS)
            else:
                world = load_demonstration(SCALES[options["scale"]], today)
        except NotEmpty:
            raise CommandError(
                "库中已有社会组织，不能混入演示数据。请换一个空的 PORTAL_DATA 或 DATABASE_URL。"
            ) from None
        # Rows written in bulk are unknown to the planner until somebody counts them.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        if options["verbosity"]:
            self.stdout.write(
                f"演示数据已导入：社会组织{number(Association)}家，党组织{number(PartyOrganization)}个，"
                f"党员{number(PartyMember)}名，责任单位{len(world.departments) + len(world.committees)}个，"
                f"用时{monotonic() - started:.1f}秒。"
            )


def number(model: type[GuardedModel]) -> int:
    with everything("the command tells how many rows it made"):
        return int(model.objects.count())
