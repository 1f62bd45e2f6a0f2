"""Taking a file that a person hands in: size, type by content, pictures cleaned; refusals name cause and remedy."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.files.examiner import DOCX, JPEG, OFD, OLE, PDF, PNG, XLSX
from portal.files.models import StoredFile
from portal.files.services import open_file, store

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 20 * MEGABYTE
TIMEOUT_SECONDS = 60
NAME_LENGTH = 120
TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
PICTURES = frozenset({JPEG, PNG})
SHOWN_INLINE = PICTURES | {PDF}
# What is only kept: by content, and by the ending that tells one office format from another.
OFFICE_ENDINGS = frozenset({"doc", "docx", "wps", "xls", "xlsx", "et", "ofd"})
KEPT = frozenset({OLE, DOCX, XLSX, OFD})
ENDINGS = {
    PDF: ("pdf",),
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    PNG: ("png",),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    OFD: ("ofd",),
    OLE: ("doc", "wps", "xls", "et"),
}
PROBLEMS = {
    "locked": ("file.locked", "文件「{name}」有打开密码，系统无法查看。请去除密码后重新上传。"),
    "active": (
        "file.active",
        "文件「{name}」里有脚本或内嵌文件，为安全起见没有保存。请用「打印为 PDF」另存一份后上传。",
    ),
    "macros": ("file.active", "文件「{name}」含有宏，为安全起见没有保存。请另存为不含宏的文件，或打印为 PDF 后上传。"),
    "broken": ("file.broken", "文件「{name}」打不开，可能没有传完整或已损坏。请在电脑上确认能打开后重新上传。"),
    "pixels": ("file.pixels", "照片「{name}」尺寸过大。请用手机扫描为「标准」清晰度后重新上传。"),
    "heic": ("file.type", "照片「{name}」是苹果手机的 HEIC 格式。请直接用本页的「拍照」，或另存为 JPG 后上传。"),
    "archive": ("file.type", "{label}应为 PDF、JPG 或 PNG，现在是压缩包「{name}」。请解压后分别上传。"),
    "type": ("file.type", "{label}应为 PDF、JPG 或 PNG，现在是{ending}。请另存为 PDF，或拍照后上传。"),
}


def take_upload(
    upload: UploadedFile, *, label: str, kind: str, actor: Actor, now: datetime, only_shown: bool = False
) -> StoredFile:
    """Keep an uploaded file, sealed at rest; pictures lose everything but the picture.

    `label` is what the file is asked for as; `only_shown` takes nothing that a page cannot show. Raises `Refused` with
    the texts of the catalogue: file.empty, file.size, file.type, file.locked, file.broken, file.active, file.pixels.
    """
    name = _plain_name(upload.name or "")
    size = upload.size or 0
    if size == 0:
        raise Refused("file.empty", f"文件「{name}」是空的（0 字节）。请重新选择有内容的文件。")
    if size > SIZE_LIMIT:
        raise Refused(
            "file.size",
            f"文件 {_megabytes(size)}，超过 {SIZE_LIMIT // MEGABYTE} MB 上限。"
            "可用手机扫描为「标准」清晰度，或分成两个文件。",
        )
    workspace = Path(settings.PORTAL_DATA) / "tmp"
    workspace.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="upload-", dir=workspace) as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        _write(upload, source)
        found = _examine(folder, "clean", source, target)
        media_type = found.get("media_type", "")
        is_taken = media_type in SHOWN_INLINE or (media_type in KEPT and not only_shown)
        if not is_taken or (media_type == OLE and _ending(name) not in ENDINGS[OLE]):
            raise _refusal(found.get("problem", "type"), name, label)
        with (target if target.exists() else source).open("rb") as content:
            return store(
                content,
                name=_fitting(name, media_type),
                kind=kind,
                actor=actor,
                now=now,
                is_sealed=True,
                known_type=media_type,
            )


def join_pictures(pictures: Sequence[StoredFile], *, name: str, kind: str, actor: Actor, now: datetime) -> StoredFile:
    """One PDF of several pictures, a page each, in their order."""
    workspace = Path(settings.PORTAL_DATA) / "tmp"
    workspace.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="join-", dir=workspace) as folder:
        sources = []
        for number, picture in enumerate(pictures):
            source = Path(folder, str(number))
            with open_file(picture) as file:
                source.write_bytes(file.read())
            sources.append(source)
        target = Path(folder, "joined.pdf")
        found = _examine(folder, "join", target, *sources)
        if "problem" in found or not target.exists():
            raise _refusal("broken", name, name)
        with target.open("rb") as content:
            return store(content, name=name, kind=kind, actor=actor, now=now, is_sealed=True, known_type=PDF)


def _examine(folder: str, work: str, *paths: Path) -> dict[str, str]:
    try:
        done = subprocess.run(  # noqa: S603 - our own module; paths of our own making
            [sys.executable, "-m", "portal.files.examiner", work, *map(str, paths)],
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            cwd=settings.BASE_DIR,
            env={
                "PATH": os.environ.get("PATH", ""),
                "TMPDIR": folder,
                "LANG": "C.UTF-8",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"problem": "broken"}
    if done.returncode != 0:
        return {"problem": "broken"}
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _write(upload: UploadedFile, path: Path) -> None:
    try:
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
    except OSError as error:
        raise Refused(
            "file.disk_full",
            f"文件没有保存：服务器存储空间不足或不可写（{error.strerror}）。请联系系统管理员清理后重试。",
        ) from error


def _refusal(problem: str, name: str, label: str) -> Refused:
    code, text = PROBLEMS[problem]
    ending = _ending(name)
    return Refused(code, text.format(name=name, label=label, ending=f" .{ending} 文件" if ending else "其他类型的文件"))


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.0f} MB" if size >= 21 * MEGABYTE else f"{size / MEGABYTE:.1f} MB"


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()[:8] if "." in name else ""


def _fitting(name: str, media_type: str) -> str:
    """The name with an ending that tells the truth about the content."""
    endings = ENDINGS[media_type]
    if _ending(name) in endings:
        return name
    stem = name.rpartition(".")[0] if "." in name else name
    return f"{stem or name}.{endings[0]}"


def _plain_name(name: str) -> str:
    """What people read of a file's name: without folders, controls and marks that turn the writing round."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(_readable(last)).strip(" .")
    if len(plain) > NAME_LENGTH:
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[: NAME_LENGTH - 10]}{dot}{ending[:8]}" if dot else plain[:NAME_LENGTH]
    return plain or "未命名"


def _readable(text: str) -> Iterable[str]:
    return (one for one in text if one.isprintable() and one not in TURNING)
