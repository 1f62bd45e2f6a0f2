"""`manage.py sweep`: the small process beside the worker that keeps jobs going."""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from portal.jobs import rules
from portal.jobs.sweep import sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Every 10 seconds: ring again for jobs that wait, lease anew what died. Runs until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopped.set())
        while True:
            try:
                sweep(timezone.now())
            except DatabaseError as error:
                if options["once"]:
                    raise
                logger.error("the sweep could not look: %s", type(error).__name__)
            if options["once"] or stopped.wait(rules.SWEEP_EVERY.total_seconds()):
                return
            close_old_connections()
