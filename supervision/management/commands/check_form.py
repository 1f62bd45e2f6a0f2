"""Checks one form file and tells every mistake with its line."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.filing.loading import FormErrors
from supervision.rounds import editions


class Command(BaseCommand):
    """Writes nothing. Exit status 0 when the form can be used, 1 with the mistakes listed."""

    help = "检查表单文件，按行列出全部错误。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            form = editions.check(path.read_text(encoding="utf-8"))
        except FormErrors as errors:
            for one in errors.errors:
                self.stdout.write(str(one))
            self.stdout.write(f"{path.name}：{len(errors.errors)} 处错误。")
            sys.exit(1)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"读不到文件「{path}」（{error}）。请核对路径，并用 UTF-8 编码保存。") from None
        indicators = sum(1 for one in form.asked if not one.is_locked)
        self.stdout.write(
            f"{form.title}（{form.code} 第 {form.version} 版）可以使用："
            f"{len(form.sections)} 个部分，{indicators} 项指标，{len(form.checks)} 条核对，{len(form.flags)} 条提示。"
        )
