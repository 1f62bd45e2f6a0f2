"""Take an import back within 30 days."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.access.actor import Actor, acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import scoped
from portal.importing import services
from portal.importing.models import ImportBatch
from portal.importing.selectors import left_rows
from portal.importing.transitions import IMPORTERS
from portal.memberships.selectors import actor_of, membership_for


class Command(BaseCommand):
    """Rows whose records changed since are left as they are and listed. Exit status 2: not undone."""

    help = "撤销一批导入；导入后又有变动的行保留并列出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", metavar="BATCH", help="批次号，如 DR-20261122-03")
        parser.add_argument("--as", dest="spec", required=True, metavar="USERNAME[:ROLE[@CODE]]", help="以谁的身份")
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            actor = actor_of(membership_for(options["spec"], timezone.localdate()))
            with acting_as(actor):
                answer = self._undo(options["batch"], actor)
        except (Refused, Conflict) as refused:
            code = refused.code if isinstance(refused, Refused) else "conflict"
            answer = {
                "batch": options["batch"],
                "state": "refused",
                "refusal": {"code": code, "message": refused.reason},
            }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        elif answer["state"] == "undone":
            self.stdout.write(f"{answer['batch']} 已撤销，{len(answer['left'])} 行导入后有变动，保留。")
            for row in answer["left"]:
                self.stdout.write(f"  保留 {row['row']} 行 {row['label']}")
        if answer["state"] == "refused":
            self.stderr.write(answer["refusal"]["message"])
            sys.exit(2)

    def _undo(self, number: str, actor: Actor) -> dict[str, Any]:
        if actor.role not in IMPORTERS:
            raise Refused("policy.role", f"身份「{actor.label}」不能撤销导入。请用社会工作部的身份。")
        batch = scoped(ImportBatch, actor).filter(number=number).first()
        if batch is None:
            raise Refused("import.unknown", f"没有批次「{number}」，或不在您的范围内。请核对批次号。")
        batch = services.undo(batch, actor=actor, version=batch.version, now=timezone.now())
        left = [{"row": row.row_number, "label": row.label} for row in left_rows(batch)]
        return {"batch": batch.number, "state": batch.state, "left": left}
