"""Export a kind as a spreadsheet that the importer reads back (import contract)."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.http import QueryDict
from django.utils import timezone

from portal import importing
from portal.access.actor import Actor, acting_as
from portal.access.decisions import Refused
from portal.access.roles import WORKSPACE
from portal.audit.services import record
from portal.exporting.services import export_rows
from portal.importing.exports import filtered
from portal.memberships.selectors import actor_of, membership_for


class Command(BaseCommand):
    """Personal columns are empty: this version keeps no personal data. Exit status 2: nothing was exported."""

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
        if actor.role not in WORKSPACE:
            raise Refused("policy.role", f"身份「{actor.label}」不能导出名单。")
        resource = importing.kinds().get(options["kind"])
        if resource is None:
            raise Refused("import.kind", f"没有「{options['kind']}」这类表格。可用：{'、'.join(importing.kinds())}。")
        path: Path = options["file"]
        format_ = options["format"] or path.suffix.lstrip(".").lower() or "xlsx"
        if format_ not in ("xlsx", "csv", "json"):
            raise Refused("export.format", f"不能导出为「{format_}」。请用 xlsx、csv 或 json。")
        today, now = timezone.localdate(), timezone.now()
        rows = list(resource.export_rows(filtered(resource, QueryDict(options["filter"]), actor, today), today))
        notes = [f"范围：{actor.scope.label}", f"数据截至：{today}", f"筛选：{options['filter'] or '无'}"]
        content = export_rows(resource.columns(), rows, format_, title=resource.label, notes=notes, limit=None)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise Refused("file.write", f"写不了文件「{path}」：{error.strerror}。请核对路径和权限。") from error
        record(
            "export.spreadsheet",
            actor=actor,
            subject_label=f"{resource.label} {len(rows)} 行",
            after={"kind": resource.kind, "rows": len(rows), "format": format_},
            now=now,
        )
        return {"state": "exported", "kind": resource.kind, "file": str(path), "rows": len(rows)}
