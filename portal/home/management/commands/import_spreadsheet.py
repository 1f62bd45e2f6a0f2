"""Import a spreadsheet: the engine of the browser wizard on the command line (import contract)."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal import importing
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.importing.command import Order, carry_out, columns_of, refusal, rows_of
from portal.importing.enums import DataSource
from portal.importing.mapping import UnknownHeading
from portal.memberships.selectors import actor_of, membership_for


class Command(BaseCommand):
    """Exit status 0: previewed or committed, also with rejected rows; 2: the file as a whole was refused."""

    help = "导入表格：校验并预览，加 --commit 写入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="KIND", help="、".join(importing.kinds()))
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="spec", required=True, metavar="USERNAME[:ROLE[@CODE]]", help="以谁的身份")
        parser.add_argument("--sheet", default="", help="工作表名")
        parser.add_argument("--header", default="", metavar="ROW", help="表头所在行，如 3 或 3-4")
        parser.add_argument(
            "--map", action="append", default=[], metavar="HEADER=field", help="列对应；列名= 表示不导入"
        )
        parser.add_argument("--effective-on", type=date.fromisoformat, metavar="DATE", help="责任关系变更的生效日期")
        parser.add_argument("--full-list", default="", metavar="SCOPE", help="这是该范围的全量名单")
        parser.add_argument("--source", default="", choices=["", *DataSource.values], help="数据来源，缺省按身份")
        parser.add_argument("--commit", action="store_true", help="校验后写入")
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = self._answer(options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self._describe(answer)
        if answer["state"] == "refused":
            self.stderr.write(answer["refusal"]["message"])
            sys.exit(2)

    def _answer(self, options: dict[str, Any]) -> dict[str, Any]:
        try:
            actor = actor_of(membership_for(options["spec"], timezone.localdate()))
            order = Order(
                kind=options["kind"],
                path=options["file"],
                sheet=options["sheet"],
                header=rows_of(options["header"]) if options["header"] else (),
                columns=columns_of(options["map"]),
                effective_on=options["effective_on"],
                full_list=options["full_list"],
                source=options["source"],
                commit=options["commit"],
            )
        except Refused as refused:
            return refusal(refused.code, refused.reason)
        except UnknownHeading as unknown:
            return refusal("mapping.unknown", str(unknown))
        with acting_as(actor):
            return carry_out(order, actor=actor, now=timezone.now())

    def _describe(self, answer: dict[str, Any]) -> None:
        """The same answer for a person."""
        if answer["state"] == "refused":
            return
        counts = answer["counts"]
        state = "已写入" if answer["state"] == "committed" else "已校验，尚未写入"
        self.stdout.write(
            f"{answer['batch']} {state}：读取 {counts['read']} 行，新增 {counts['new']}，更新 {counts['changed']}，"
            f"无变化 {counts['same']}，错误 {counts['rejected']}，提醒 {counts['warned']}。"
        )
        for issue in answer["rejected"]:
            self.stdout.write(f"  错误 {issue['row']} 行 {issue['column']} 列：{issue['message']}")
        for issue in answer["warnings"]:
            self.stdout.write(f"  提醒 {issue['row']} 行 {issue['column']} 列：{issue['message']}")
