"""Official documents: layout by GB/T 9704, fonts inside, drafts marked, nothing fetched."""

import base64
import http.server
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from portal.reporting import pdf, printing
from portal.reporting.data import Paragraph
from portal.reporting.printing import PdfFailed, PdfUnavailable, html_to_pdf, official_html
from portal.reporting.titles import balanced_lines
from tests.reporting.samples import coverage_sample

NUMBER = "BG-2026-11-001-v1"


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PdfReader]:
    from django.conf import settings

    kept, settings.PORTAL_DATA = settings.PORTAL_DATA, tmp_path_factory.mktemp("pdf")
    source = official_html(coverage_sample(long_text="测" * 28 * 40), number=NUMBER, signed_on=None)
    yield PdfReader(io.BytesIO(html_to_pdf(source)))
    settings.PORTAL_DATA = kept


def fonts_of(reader: PdfReader) -> dict[str, bool]:
    """Font name → whether its outlines are embedded."""
    found = {}
    for page in reader.pages:
        resources = page["/Resources"]
        for reference in resources.get("/Font", DictionaryObject()).values():  # type: ignore[union-attr]
            descendant = reference.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            found[str(descriptor["/FontName"])] = any(f"/FontFile{number}" in descriptor for number in ("", "2", "3"))
    return found


def lines_of(reader: PdfReader, page: int) -> list[str]:
    text = reader.pages[page].extract_text()
    return [line for line in text.splitlines() if line.strip()]


def test_every_font_is_embedded_and_chinese(draft: PdfReader) -> None:
    fonts = fonts_of(draft)
    assert set(fonts.values()) == {True}
    assert not [name for name in fonts if "DejaVu" in name]
    wanted = [family.replace(" ", "-") for family in pdf.CHINESE_FAMILIES]
    assert [name for name in fonts if any(family in name for family in wanted)]


def test_page_is_a4(draft: PdfReader) -> None:
    box = draft.pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (210, 297)


def test_page_full_of_text_has_22_lines_of_28_characters(draft: PdfReader) -> None:
    """R-160."""
    lines = [line for line in lines_of(draft, 1) if set(line) == {"测"}]
    assert [len(line) for line in lines[:20]] == [28] * 20
    full = replace(coverage_sample(), narrative=(Paragraph(("正" * 28 * 60,)),), tables=(), charts=(), annexes=())
    reader = PdfReader(io.BytesIO(html_to_pdf(official_html(full, number=NUMBER, signed_on=date(2026, 12, 1)))))
    body = [line for line in lines_of(reader, 1) if set(line) == {"正"}]
    assert [len(line) for line in body] == [28] * 22


def test_page_numbers_stand_between_dashes(draft: PdfReader) -> None:
    """R-161."""
    for number, page in enumerate(draft.pages, start=1):
        assert f"— {number} —" in page.extract_text()


def test_draft_is_marked_on_every_page_and_waits_for_its_date(draft: PdfReader) -> None:
    texts = [page.extract_text().replace("\n", "") for page in draft.pages]
    assert all("草" in text and "稿" in text for text in texts)
    assert any("（成文日期待签发）" in text for text in texts)


def test_signed_document_has_its_date_and_no_mark() -> None:
    source = official_html(coverage_sample(), number=NUMBER, signed_on=date(2026, 12, 1))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(html_to_pdf(source))).pages)
    assert "2026年12月1日" in text
    assert "草" not in text
    assert "秘密" not in text
    assert "机密" not in text


def test_document_lists_its_attachments_in_order(draft: PdfReader) -> None:
    text = "".join(page.extract_text() for page in draft.pages)
    for number, title in enumerate(["统计表", "示意图", "空白点名单", "指标口径说明"], start=1):
        assert f"{number}.{title}" in text
        assert f"附件{number}" in text
    assert f"（编号：{NUMBER}）" in text
    assert "分市州两个覆盖情况统计表" in text
    assert "计量单位：家" in text


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("湖南省社会组织两个覆盖情况报告", ("湖南省社会组织两个覆盖情况报告",)),
        ("一" * 20, ("一" * 20,)),
        ("一" * 21, ("一" * 11, "一" * 10)),
        ("一" * 50, ("一" * 17, "一" * 17, "一" * 16)),
        (
            "中共湖南省委社会工作部组织开展社会组织党组织和党员创先争优活动情况的汇报",
            ("中共湖南省委社会工作部组织开展社会组织", "党组织和党员创先争优活动情况的汇报"),
        ),
        ("长沙市芙蓉区社会组织2025年度检查报送情况通报", ("长沙市芙蓉区社会组织", "2025年度检查报送情况通报")),
        (f"（{'长' * 30}）", (f"（{'长' * 15}", f"{'长' * 15}）")),
        ("", ("",)),
    ],
)
def test_title_breaks_by_meaning_into_even_lines(title: str, lines: tuple[str, ...]) -> None:
    assert balanced_lines(title) == lines


def test_document_escapes_what_people_typed() -> None:
    report = replace(coverage_sample(), title="<script>alert(1)</script>", issuer='"><img src=x>')
    source = official_html(report, number=NUMBER, signed_on=None)
    assert "<script" not in source
    assert "<img" not in source


class _Listener(http.server.BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_response(302)
        self.send_header("Location", "file:///etc/hostname")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""


def test_child_fetches_neither_files_nor_the_network(tmp_path: Path) -> None:
    """Every way WeasyPrint knows to reach outside, aimed at a listener and at a file with a mark in it."""
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY-7d1f")
    server = http.server.HTTPServer(("127.0.0.1", 0), _Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    redirect = base64.b64encode(f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{base}/svg"/></svg>'.encode())
    source = f"""<html><head>
      <link rel="stylesheet" href="{base}/css"><link rel="attachment" href="file://{canary}">
      <style>@import url({base}/import); @font-face {{ font-family: x; src: url({base}/font) }}
      body {{ background: url(file://{canary}); font-family: x, "LXGW WenKai Light", "Noto Serif CJK SC" }}</style>
      </head>
      <body>正文<img src="{base}/img"><img src="file://{canary}"><object data="file://{canary}"></object>
      <embed src="{base}/embed"><img src="data:image/svg+xml;base64,{redirect.decode()}">
      <a href="file://{canary}" rel="attachment">附件</a></body></html>"""
    try:
        content = html_to_pdf(source)
    finally:
        server.shutdown()
        server.server_close()
    assert _Listener.hits == []
    assert b"CANARY" not in content
    assert b"EmbeddedFile" not in content
    assert PdfReader(io.BytesIO(content)).attachments == {}


def fake_child(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let another program stand in for the typesetter."""
    run = subprocess.run

    def instead(command: list[str], **options: Any) -> Any:
        return run([sys.executable, "-c", script, *command[3:]], **options)

    monkeypatch.setattr(printing.subprocess, "run", instead)


def test_child_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "TIMEOUT_SECONDS", 1)
    fake_child(monkeypatch, "import time; time.sleep(30)")
    with pytest.raises(PdfFailed, match="超过 1 秒"):
        html_to_pdf("x")


def test_child_that_dies_is_reported_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_child(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(PdfFailed, match="代码 -9"):
        html_to_pdf("x")


def test_machine_without_pango_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    fake_child(
        monkeypatch,
        "import sys, unittest.mock as m, portal.reporting.pdf as p\n"
        "error = OSError(\"cannot load library 'libpango-1.0-0'\")\n"
        "m.patch.object(p, 'render', side_effect=error).start()\n"
        "sys.exit(p.main(sys.argv[1:]))",
    )
    with pytest.raises(PdfUnavailable) as unavailable:
        html_to_pdf("x")
    assert unavailable.value.code == "pdf.no_pango"
    assert "apt-get install -y libpango-1.0-0" in unavailable.value.remedy


def test_machine_without_chinese_fonts_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a font configuration that knows one Latin font only."""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(
        f"<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(fonts))
    with pytest.raises(PdfUnavailable) as unavailable:
        html_to_pdf(official_html(coverage_sample(), number=NUMBER, signed_on=None))
    assert unavailable.value.code == "pdf.no_fonts"
    assert "fonts-noto-cjk" in unavailable.value.remedy
    assert printing.unavailability() == f"{unavailable.value.reason}{unavailable.value.remedy}"
    monkeypatch.delenv("FONTCONFIG_FILE")
    html_to_pdf("<p>正文</p><style>p { font-family: 'LXGW WenKai Light', 'Noto Serif CJK SC' }</style>")
    assert printing.unavailability() == ""


def test_child_gets_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "s3cret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://x")
    environment = printing._child_environment(str(tmp_path))
    assert not {"PORTAL_SECRET_KEY", "DATABASE_URL"} & set(environment)
    assert environment["PATH"] == os.environ["PATH"]


def test_leftovers_are_removed(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    fake_child(monkeypatch, "import sys; sys.exit(1)")
    with pytest.raises(PdfFailed):
        html_to_pdf("x")
    assert list((settings.PORTAL_DATA / "tmp").iterdir()) == []


def test_child_module_loads_no_django() -> None:
    """It starts quickly and cannot reach the database."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, portal.reporting.pdf; print('django' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"


def test_limits_are_set_before_the_work() -> None:
    script = (
        "import resource, portal.reporting.pdf as p; p.limit_resources();"
        "print([resource.getrlimit(k)[0] for k in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([pdf.MEMORY_LIMIT, pdf.CPU_SECONDS, pdf.FILE_LIMIT])


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, tuple[int, int]]]:
    """The limits that would be set, so that `main` may run inside the test's own process."""
    asked: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(pdf.resource, "setrlimit", lambda kind, pair: asked.append((kind, pair)))
    return asked


def test_main_writes_the_document_and_sets_its_limits(limits: list[Any], tmp_path: Path) -> None:
    source, target = tmp_path / "in.html", tmp_path / "out.pdf"
    source.write_text(
        "<style>p { font-family: 'LXGW WenKai Light', 'Noto Serif CJK SC' }</style><p>正文<img src='file:///etc/passwd'></p>"
    )
    assert pdf.main([str(source), str(target)]) == 0
    assert target.read_bytes()[:5] == b"%PDF-"
    assert [pair[0] for _, pair in limits] == [pdf.MEMORY_LIMIT, pdf.CPU_SECONDS, pdf.FILE_LIMIT, 0]


def test_main_refuses_a_document_that_no_chinese_font_has_set(
    limits: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.html", tmp_path / "out.pdf"
    source.write_text("<p>only Latin</p>")
    assert pdf.main([str(source), str(target)]) == pdf.UNAVAILABLE
    assert json.loads(capsys.readouterr().out)["code"] == "pdf.no_fonts"
    assert not target.exists()


def test_main_tells_a_missing_library_from_other_trouble(
    limits: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.html"
    source.write_text("x")

    def failing(message: str) -> Any:
        def render(text: str) -> Any:
            raise OSError(message)

        return render

    monkeypatch.setattr(pdf, "render", failing("cannot load library 'libpango-1.0-0'"))
    assert pdf.main([str(source), "x"]) == pdf.UNAVAILABLE
    assert json.loads(capsys.readouterr().out)["remedy"] == pdf.PANGO_REMEDY
    monkeypatch.setattr(pdf, "render", failing("disk on fire"))
    with pytest.raises(OSError, match="disk on fire"):
        pdf.main([str(source), "x"])
