"""The set-up: what it finds, what it says when it cannot go on."""

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.parts import prepare, servers, start
from scripts.parts.say import Stop

ROOT = Path(__file__).resolve().parents[2]


def test_digest_follows_content_and_names(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = prepare.digest(tmp_path)
    assert prepare.digest(tmp_path) == first
    (tmp_path / "a").write_text("2")
    second = prepare.digest(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, prepare.digest(tmp_path)}) == 3


def test_a_stamp_holds_for_its_own_value_only(tmp_path: Path) -> None:
    stamp = tmp_path / "deep" / ".stamp"
    assert prepare.is_stamped(stamp, "1") is False
    prepare.write_stamp(stamp, "1")
    assert (prepare.is_stamped(stamp, "1"), prepare.is_stamped(stamp, "2")) == (True, False)


def test_an_environment_that_is_a_link_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "kept").touch()
    (tmp_path / ".venv").symlink_to(tmp_path / "shared")
    monkeypatch.setattr(prepare, "VENV", tmp_path / ".venv")
    with pytest.raises(Stop, match="是指向"):
        prepare.python_packages()
    assert (tmp_path / "shared" / "kept").exists()


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(Stop) as said:
        prepare.data_folder()
    assert f"数据目录 {tmp_path / 'file' / 'data'} 无法写入" in str(said.value)
    assert "PORTAL_DATA" in str(said.value)


def test_a_new_data_folder_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path / "data"))
    assert prepare.data_folder().stat().st_mode & 0o777 == 0o700


def test_missing_libraries_are_named_by_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "LIBRARIES", {"libc.so.6": "libc6", "libnowhere.so.0": "libnowhere0"})
    assert prepare.missing_libraries() == ["libnowhere0"]


def test_an_ordinary_user_is_given_the_line_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare, "LIBRARIES", {"libnowhere.so.0": "libnowhere0"})
    monkeypatch.setattr(prepare, "is_root", lambda: False)
    assert prepare.system_libraries() is False
    said = capsys.readouterr().err
    assert "PDF 暂不可用" in said
    assert "apt-get install -y --no-install-recommends libnowhere0" in said


def test_without_apt_the_missing_fonts_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare, "FONTS", tmp_path)
    monkeypatch.setattr(prepare.shutil, "which", lambda name: None)
    prepare.fonts()
    assert "中文字体不全" in capsys.readouterr().err
    assert str(tmp_path) in (tmp_path / "fonts.conf").read_text()
    assert not (tmp_path / ".stamp").exists()


def test_own_font_configuration_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(prepare, "FONTS", tmp_path)
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    assert prepare.font_environment() == {}
    (tmp_path / "fonts.conf").write_text("")
    assert prepare.font_environment() == {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    monkeypatch.setenv("FONTCONFIG_FILE", "/etc/fonts/own.conf")
    assert prepare.font_environment() == {}


def test_no_supported_python_is_said(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    result = subprocess.run(
        ["/bin/sh", str(ROOT / "scripts" / "start")], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert "没有找到 Python 3.11 至 3.13" in result.stderr


def test_an_unknown_command_is_said() -> None:
    result = subprocess.run([sys.executable, str(ROOT / "scripts"), "dance"], capture_output=True, text=True)
    assert (result.returncode, result.stderr[:6]) == (2, "usage:")


def test_port_that_is_given_must_be_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(Stop, match=f"端口 {port} 已被占用"):
            start.choose_port()
        monkeypatch.setattr(start, "FIRST_PORT", port)
        monkeypatch.delenv("PORT")
        assert start.choose_port() > port
    monkeypatch.setenv("PORT", str(port))
    assert start.choose_port() == port


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_port_that_is_no_port_is_said(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Stop, match=f"PORT 的值是“{port}”"):
        start.choose_port()


def test_two_starts_on_one_data_folder_are_refused(tmp_path: Path) -> None:
    with start.only_start(tmp_path), pytest.raises(Stop, match=f"进程 {os.getpid()}"), start.only_start(tmp_path):
        pass
    with start.only_start(tmp_path):
        pass


@pytest.fixture
def unready() -> Iterator[str]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.end_headers()
            self.wfile.write(json.dumps({"ready": False, "reasons": ["一", "二"]}).encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_readiness_tells_the_reasons(unready: str) -> None:
    assert start.readiness(unready) == (False, "一；二")
    assert start.readiness(f"http://127.0.0.1:{servers.spare_port()}/")[0] is False


def test_accounts_are_shown_one_per_role(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start.show_accounts(tmp_path)
    (tmp_path / "demo-accounts.txt").write_text("auditor\tshenji\tsecret\t全省\n", encoding="utf-8")
    start.show_accounts(tmp_path)
    shown = capsys.readouterr().out.splitlines()
    assert shown[1].split() == ["auditor", "shenji", "secret", "全省"]


def test_own_servers_start_and_leave_nothing(tmp_path: Path) -> None:
    program = shutil.which("redis-server")
    if program is None:
        return
    with servers.redis(program) as url:
        port = int(url.rsplit(":", 1)[1].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port), 2) as link:
            link.sendall(b"PING\r\n")
            assert link.recv(16) == b"+PONG\r\n"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 2)
