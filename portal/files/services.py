"""Putting files away and taking them out. Content decides the type; the person's file name never reaches the disk."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.conf import settings

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.files.models import StoredFile
from portal.privacy.sealing import SealedReader, SealedWriter

CHUNK = 1024 * 1024
SIGNATURES = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
]


def store(
    content: bytes | IO[bytes],
    *,
    name: str,
    kind: str,
    actor: Actor | None,
    now: datetime,
    is_sealed: bool = False,
    known_type: str = "",
) -> StoredFile:
    """Write `content` under a generated name and return its row; raise `Refused("file.disk_full")` if it cannot.

    The file is complete on disk before the row exists; a row that is rolled back leaves a file that no row names.
    `is_sealed` keeps it encrypted: what may hold personal numbers, such as an upload, never lies readable on the disk.
    `known_type` is what a closer look at the content found (`uploads`); without it the first bytes decide.
    """
    stored_as = f"{secrets.token_hex(16)}"
    path = _path(stored_as)
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with SealedWriter(file, context=stored_as) if is_sealed else nullcontext(file) as target:
                for chunk in _chunks(content):
                    head = head or chunk[:16]
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Refused(
            "file.disk_full",
            f"文件没有保存：服务器存储空间不足或不可写（{error.strerror}）。请联系系统管理员清理后重试。",
        ) from error
    return StoredFile.objects.create(
        name=Path(name).name[:255] or "未命名",
        stored_as=stored_as,
        kind=kind,
        media_type=known_type or media_type(head),
        size=size,
        sha256=digest.hexdigest(),
        owner_id=actor.user_id if actor else None,
        is_sealed=is_sealed,
        created_at=now,
    )


def path_of(stored: StoredFile) -> Path:
    """Where the file lies; raises `Refused("file.gone")` when it was deleted."""
    path = _path(stored.stored_as)
    if stored.deleted_at is not None or not path.exists():
        raise Refused("file.gone", f"文件「{stored.name}」已按规定删除，不能再打开。")
    return path


class _Unsealed(SealedReader):
    """What a sealed file holds; closing it closes the file on the disk."""

    def close(self) -> None:
        self._file.close()
        super().close()


def open_file(stored: StoredFile) -> BinaryIO:
    """The file opened for reading, unsealed where it is sealed; raises like `path_of`."""
    file = path_of(stored).open("rb")
    return cast("BinaryIO", _Unsealed(file, context=stored.stored_as)) if stored.is_sealed else file


def remove(stored: StoredFile, *, now: datetime) -> None:
    """Delete the content and keep the row; doing it twice is harmless."""
    _path(stored.stored_as).unlink(missing_ok=True)
    with everything("one row by primary key"):
        StoredFile.objects.filter(pk=stored.pk, deleted_at=None).update(deleted_at=now)


def media_type(head: bytes) -> str:
    """The type that the first bytes show, whatever the name says."""
    for signature, found in SIGNATURES:
        if head.startswith(signature):
            return found
    return "application/octet-stream"


def _path(stored_as: str) -> Path:
    return settings.PORTAL_DATA / "files" / stored_as[:2] / stored_as


def _chunks(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(CHUNK):
        yield chunk
