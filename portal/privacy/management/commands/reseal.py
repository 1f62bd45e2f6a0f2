"""`manage.py reseal`: bring every sealed value to the active key of the ring; may be stopped and run again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.privacy.keys import KeyRingError, ring
from portal.privacy.sealing import SealBroken
from portal.privacy.services import reseal


class Command(BaseCommand):
    help = "Re-encrypt every sealed value with the active key, in chunks; interrupted, it goes on where it stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--chunk", type=int, default=500, help="values a transaction")
        parser.add_argument("--pause", type=float, default=0.02, help="seconds between two, for other writers")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = reseal(chunk=options["chunk"], pause=options["pause"], now=timezone.now())
        except (KeyRingError, SealBroken) as error:
            raise CommandError(f"重新加密没有完成：{error}。已完成的部分有效，排除原因后可再次执行。") from error
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"现用密钥：{ring().active}")
