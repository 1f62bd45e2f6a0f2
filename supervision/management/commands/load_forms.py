"""Takes in form files: those that come with the portal, or those named."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.access.decisions import Refused
from portal.filing.loading import FormErrors
from supervision.rounds import editions


class Command(BaseCommand):
    """Idempotent. A file with mistakes is refused as a whole; the files before it stay taken in."""

    help = "载入表单文件；不写文件名时载入随系统提供的表单。可重复运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"] or editions.shipped_files():
            try:
                edition, is_written = editions.take_in(path.read_text(encoding="utf-8"), now=timezone.now())
            except FormErrors as errors:
                raise CommandError(f"{path.name} 没有载入：\n{errors}") from None
            except Refused as refused:
                raise CommandError(refused.reason) from None
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"读不到文件「{path}」（{error}）。请核对路径，并用 UTF-8 编码保存。") from None
            self.stdout.write(f"{path.name}：{edition}{'已载入' if is_written else '未变'}。")
