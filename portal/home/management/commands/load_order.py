"""The sequence of the first day: which kinds of spreadsheets to load, one after the other."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal import importing
from portal.importing.templates import heading_of


class Command(BaseCommand):
    """A kind refers only to kinds above it, so that nothing has to be loaded twice."""

    help = "打印首日导入的先后次序：每类表格、必填的列和导入命令。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        steps = [
            {
                "step": number,
                "kind": kind,
                "label": resource.label,
                "required": [column.code for column in resource.columns() if column.required],
            }
            for number, (kind, resource) in enumerate(importing.kinds().items(), start=1)
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"steps": steps}, ensure_ascii=False))
            return
        self.stdout.write("先运行 load_reference（行政区划、工作日历、规则参数），再按次序导入：")
        for step, resource in zip(steps, importing.kinds().values(), strict=True):
            needed = "、".join(heading_of(column) for column in resource.columns() if column.required)
            self.stdout.write(f"{step['step']:>2}. {step['label']}（{step['kind']}）  必填：{needed}")
            self.stdout.write(f"    import_spreadsheet {step['kind']} 文件 --as 用户名 --commit")
        self.stdout.write("最后运行 check_readiness，看还缺什么。")
