"""Export a kind as a spreadsheet that the importer reads back (import contract)."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal import importing
from portal.access.actor import Actor, acting_as
from portal.access.decisions import Refused
from portal.audit.services import record
from portal.exporting.services import write_rows
from portal.exporting.sources import of_kind
from portal.memberships.selectors import actor_of, membership_for


class Command(BaseCommand):
    """Personal columns are empty: numbers leave by approval only. Exit status 2: nothing was exported."""

    help = "导出表格；导出的文件可以原样导入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="KIND", help="、".join(importing.kinds()))
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="spec", required=True, metavar="USERNAME[:ROLE[@CODE]]", help="以谁的身份")
        parser.add_argument("--format", choices=["xlsx", "csv", "json"], default="", help="缺省按文件扩展名")
        parser.add_argument("--filter", default="", metavar="QUERY", help="名单页的查询串，如 'region=3&status=active'")
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            actor = actor_of(membership_for(options["spec"], timezone.localdate()))
            with acting_as(actor):
                answer = self._export(actor, options)
        except Refused as refused:
            answer = {"state": "refused", "refusal": {"code": refused.code, "message": refused.reason}}
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        elif answer["state"] == "exported":
            self.stdout.write(f"已导出 {answer['rows']} 行到 {answer['file']}。")
        if answer["state"] == "refused":
            self.stderr.write(answer["refusal"]["message"])
            sys.exit(2)

    def _export(self, actor: Actor, options: dict[str, Any]) -> dict[str, Any]:
        path: Path = options["file"]
        format_ = options["format"] or path.suffix.lstrip(".").lower() or "xlsx"
        if format_ not in ("xlsx", "csv", "json"):
            raise Refused("export.format", f"不能导出为「{format_}」。请用 xlsx、csv 或 json。")
        today, now = timezone.localdate(), timezone.now()
        kind = options["kind"]
        found = of_kind(kind, options["filter"], [], format_, actor=actor, now=now, today=today)
        try:
            with path.open("wb") as stream:
                count = write_rows(stream, found.columns, found.rows, format_, title=found.title, notes=found.notes)
        except OSError as error:
            raise Refused("file.write", f"写不了文件「{path}」：{error.strerror}。请核对路径和权限。") from error
        found.remember(actor=actor, count=count, now=now)
        record(
            "export.spreadsheet",
            actor=actor,
            subject_label=f"{found.title} {count} 行",
            after={"kind": kind, "rows": count, "format": format_},
            now=now,
        )
        return {"state": "exported", "kind": kind, "file": str(path), "rows": count}
