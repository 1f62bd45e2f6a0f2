"""The stored file: generated name, type by content, complete or not there at all."""

import errno
import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from portal.access.decisions import Refused
from portal.files.models import StoredFile
from portal.files.responses import download
from portal.files.services import media_type, open_file, path_of, remove, store
from tests.personas import Personas

PDF = b"%PDF-1.7\n" + b"x" * 100


def test_file_gets_a_generated_name_and_a_type_by_content(settings: Any, personas: Personas) -> None:
    actor = personas.department_admin.actor
    stored = store(PDF, name="../../etc/名册.xlsx", kind="test", actor=actor, now=timezone.now())
    assert (stored.name, stored.media_type, stored.size, stored.owner_id) == (
        "名册.xlsx",
        "application/pdf",
        len(PDF),
        actor.user_id,
    )
    path = path_of(stored)
    assert path.parent.parent == settings.PORTAL_DATA / "files"
    assert "名册" not in str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_file(stored) as file:
        assert file.read() == PDF


def test_stream_is_stored_like_bytes(db: None) -> None:
    one = store(io.BytesIO(PDF), name="a", kind="test", actor=None, now=timezone.now())
    two = store(PDF, name="a", kind="test", actor=None, now=timezone.now())
    assert (one.sha256, one.size) == (two.sha256, two.size)
    assert one.stored_as != two.stored_as


def test_file_without_a_name_gets_one(db: None) -> None:
    assert store(b"", name="", kind="test", actor=None, now=timezone.now()).name == "未命名"


def test_full_disk_is_told_in_words_and_leaves_nothing(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Refused, match="存储空间不足") as refused:
        store(PDF, name="a", kind="test", actor=None, now=timezone.now())
    assert refused.value.code == "file.disk_full"
    assert StoredFile.objects.count() == 0
    assert [path for path in Path(settings.PORTAL_DATA).rglob("*") if path.is_file()] == []


def test_removed_file_says_so_and_keeps_its_row(db: None) -> None:
    stored = store(PDF, name="a.pdf", kind="test", actor=None, now=timezone.now())
    for _ in range(2):
        remove(stored, now=timezone.now())
    stored.refresh_from_db()
    assert stored.deleted_at is not None
    with pytest.raises(Refused, match="已按规定删除"):
        path_of(stored)


def test_lost_file_says_so(db: None) -> None:
    stored = store(PDF, name="a.pdf", kind="test", actor=None, now=timezone.now())
    path_of(stored).unlink()
    with pytest.raises(Refused, match="已按规定删除"):
        open_file(stored)


def test_download_is_an_attachment_that_no_browser_guesses_about(db: None) -> None:
    stored = store(PDF, name="名册.pdf", kind="test", actor=None, now=timezone.now())
    response = download(stored)
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")
    assert b"".join(response) == PDF  # type: ignore[arg-type]
    response.close()


SIGNS = [
    (b"%PDF-1.4", "application/pdf"),
    (b"PK\x03\x04rest", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"<script>", "application/octet-stream"),
    (b"", "application/octet-stream"),
]


@pytest.mark.parametrize(("head", "kind"), SIGNS)
def test_type_is_what_the_first_bytes_show(head: bytes, kind: str) -> None:
    assert media_type(head) == kind
