"""What is still missing before the work can begin, by kind."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.home.readiness import readiness


class Command(BaseCommand):
    """Exit status 0: the work can begin (gaps may be listed); 1: something is missing without which it cannot."""

    help = "按类别列出还缺什么；退出状态 1 表示有必须补齐的。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        found = readiness(timezone.localdate())
        is_ready = all(one.is_ready for one in found)
        if options["json"]:
            kinds = [asdict(one) | {"is_ready": one.is_ready} for one in found]
            self.stdout.write(json.dumps({"is_ready": is_ready, "kinds": kinds}, ensure_ascii=False))
        else:
            for one in found:
                self.stdout.write(f"{one.label}（{one.kind}）：{one.count:,} 条{'' if one.lacks else '，齐备'}")
                for lack in one.lacks:
                    self.stdout.write(f"  {'必须补齐' if lack.must else '可以后补'}：{lack.text}{lack.remedy}")
            self.stdout.write("可以开始使用。" if is_ready else "还有必须补齐的内容，暂不能开始使用。")
        if not is_ready:
            sys.exit(1)
