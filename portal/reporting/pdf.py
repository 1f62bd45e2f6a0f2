"""Child process that turns one prepared HTML document into a PDF: `python -m portal.reporting.pdf SOURCE TARGET`.

It keeps WeasyPrint's memory out of the worker, runs under resource limits and can fetch nothing but `data:` addresses
and the fonts of the system. No Django here. Result: exit code 0 and the file, or exit code 3 and one JSON object
{"code", "reason", "remedy"} on stdout when this machine cannot make official documents at all.
"""

import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weasyprint import Document

UNAVAILABLE = 3
MEMORY_LIMIT = 3 * 1024**3
CPU_SECONDS = 150
FILE_LIMIT = 200 * 1024**2

# Families that carry simplified Chinese well enough for an official document, best first.
CHINESE_FAMILIES = (
    "FangSong_GB2312",
    "仿宋_GB2312",
    "FandolFang",
    "FandolFang R",
    "LXGW WenKai",
    "LXGW WenKai Light",
    "Noto Serif CJK SC",
)

PANGO_REMEDY = "请系统管理员在服务器上运行：apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FONT_REMEDY = "请系统管理员在服务器上运行：apt-get install -y fonts-noto-cjk fonts-lxgw-wenkai && fc-cache -f"


def limit_resources() -> None:
    """Set before the heavy import, so that a runaway document ends this process and nothing else."""
    for kind, value in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_LIMIT),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def render(source: str) -> "Document":
    """Lay out `source`. Nothing is fetched: neither files, nor the network, nor redirects."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class DataOnly(URLFetcher):
        """Our documents carry their style sheet and drawings inside; every other address is refused."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if not url.startswith("data:"):
                raise ValueError("only data: addresses may be fetched")
            return super().fetch(url, headers)

    return HTML(string=source, url_fetcher=DataOnly()).render(presentational_hints=True)


def chinese_font_of(document: "Document") -> str:
    """The family that set the Chinese text of a written document, or "" when the machine has none that we accept."""
    used = {font.family for font in document.fonts.values()}
    return next((family for family in CHINESE_FAMILIES if family in used), "")


def _unavailable(code: str, reason: str, remedy: str) -> int:
    json.dump({"code": code, "reason": reason, "remedy": remedy}, sys.stdout, ensure_ascii=False)
    return UNAVAILABLE


def main(arguments: list[str]) -> int:
    source, target = Path(arguments[0]), Path(arguments[1])
    limit_resources()
    try:
        document = render(source.read_text(encoding="utf-8"))
    except OSError as error:
        if "cannot load library" not in str(error):
            raise
        return _unavailable("pdf.no_pango", "服务器缺少排版库 Pango，不能生成 PDF。", PANGO_REMEDY)
    document.write_pdf(target)
    if not chinese_font_of(document):
        target.unlink()
        return _unavailable("pdf.no_fonts", "服务器没有中文字体，生成的 PDF 会是空白方块。", FONT_REMEDY)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
