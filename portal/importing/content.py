"""What a file is, by its content, before anything of it is unpacked. Standard library only."""

import codecs
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from portal.importing import limits, refusals

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
OTHER_STREAMS = (
    ("WordDocument".encode("utf-16-le"), "是 Word 文档"),
    ("PowerPoint Document".encode("utf-16-le"), "是演示文稿"),
)
ODS_TYPES = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
)
MANIFEST_BYTES = 4 * limits.MEGABYTE
KNOWN_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "是 PDF 文档"),
    (b"\xff\xd8\xff", "是图片"),
    (b"\x89PNG", "是图片"),
    (b"GIF8", "是图片"),
    (b"BM6", "是图片"),
    (b"Rar!", "是 RAR 压缩包"),
    (b"7z\xbc\xaf", "是 7z 压缩包"),
    (b"\x1f\x8b", "是 gzip 压缩包"),
    (b"{\\rtf", "是 RTF 文档"),
    (b"\x7fELF", "是程序"),
    (b"MZ", "是程序"),
    (b"SQLite format 3", "是数据库文件"),
)
TEXT_ENDINGS = (".csv", ".tsv")
TEXT_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def detect(path: Path, name: str, *, max_bytes: int) -> str:
    """``xlsx`` (also with macros), ``xls``, ``ods`` or ``csv`` (any delimited text); everything else raises
    ``FileRefused`` with the cause and what to do.

    ``name`` is the name the sender gave; its ending decides only between a text table and other text.
    """
    size = path.stat().st_size
    if size == 0:
        raise refusals.empty(name)
    if size > max_bytes:
        raise refusals.too_large(
            f"文件「{name}」{size / limits.MEGABYTE:.1f} MB，超过 {max_bytes // limits.MEGABYTE} MB 上限",
            "请删除图片和不需要的工作表，或按市州分成几个文件上传。",
        )
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return check_archive(path, name)
    if head.startswith(OLE_MAGIC):
        return _detect_compound(path, name)
    for magic, what in KNOWN_MAGIC:
        if head.startswith(magic):
            raise refusals.wrong_type(name, what)
    return _detect_text(head, name)


def _detect_compound(path: Path, name: str) -> str:
    """The old container of Microsoft and WPS programs: which of them wrote it is told by the streams it names."""
    if _contains(path, ENCRYPTED_STREAM):
        raise refusals.encrypted(name)
    if name.lower().endswith((".et", ".ett")):
        raise refusals.wrong_type(name, "是 WPS 表格自己的格式(.et)")
    for stream, what in OTHER_STREAMS:
        if _contains(path, stream):
            raise refusals.wrong_type(name, what, "请把其中的表格复制到 .xlsx 工作簿，再重新上传。")
    return "xls"


def _detect_text(head: bytes, name: str) -> str:
    start = head.lstrip(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(b"<") and any(
        mark in start for mark in (b"<html", b"<table", b"<!doctype", b"<?xml", b"<meta")
    ):
        raise refusals.wrong_type(name, "的内容是网页，只是名字看起来像表格")
    if not name.lower().endswith(TEXT_ENDINGS):
        if b"\x00" in head and not head.startswith(TEXT_BOMS):
            raise refusals.unreadable(name, "的内容不是表格，可能在传输中损坏")
        ending = name.rpartition(".")[2] if "." in name else ""
        what = f"的扩展名是 .{ending}，内容却不是工作簿" if ending else "没有扩展名，内容也不是工作簿"
        raise refusals.wrong_type(name, what)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe,;"):
        raise refusals.empty(name)
    return "csv"


def check_archive(path: Path, name: str) -> str:
    """Entry count, unpacked size, packing ratio and kind, from the archive's directory alone: ``xlsx`` or ``ods``."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            document = _document_type(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, NotImplementedError) as error:
        raise refusals.unreadable(name, "已损坏或没有传完整") from error
    if len(entries) > limits.ARCHIVE_ENTRIES:
        raise refusals.bomb(name, f"内部有 {len(entries)} 个部件，超过 {limits.ARCHIVE_ENTRIES} 个")
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > limits.ARCHIVE_BYTES:
        raise refusals.bomb(
            name, f"解开后有 {unpacked // limits.MEGABYTE} MB，超过 {limits.ARCHIVE_BYTES // limits.MEGABYTE} MB"
        )
    if unpacked > limits.ARCHIVE_RATIO_FROM_BYTES and unpacked / packed > limits.ARCHIVE_RATIO:
        raise refusals.bomb(name, f"压缩比达到 {unpacked // packed} 倍，内容异常")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise refusals.encrypted(name)
    names = {entry.filename for entry in entries}
    lowered = {entry.lower() for entry in names}
    if "xl/workbook.xml" in lowered:
        return "xlsx"
    if document is not None and document.kind in ODS_TYPES:
        if document.is_encrypted or "encrypted-package" in lowered:
            raise refusals.encrypted(name)
        return "ods"
    if document is not None or "word/document.xml" in lowered:
        what = "是 Word 文档" if document is None else "是 OpenDocument 文档，但不是表格"
        raise refusals.wrong_type(name, what, "请把其中的表格复制到 .xlsx 工作簿，再重新上传。")
    if "xl/workbook.bin" in lowered:
        raise refusals.wrong_type(name, "是二进制工作簿(.xlsb)")
    raise refusals.wrong_type(name, "是压缩包，不是工作簿", "请先解压，再上传其中的表格文件。")


@dataclass(frozen=True)
class Document:
    """What an OpenDocument archive says of itself."""

    kind: bytes
    is_encrypted: bool


def _document_type(archive: zipfile.ZipFile) -> Document | None:
    if "mimetype" not in archive.namelist() or "content.xml" not in archive.namelist():
        return None
    if archive.getinfo("mimetype").file_size > 200:
        return None
    kind, manifest = archive.read("mimetype").strip(), b""
    if "META-INF/manifest.xml" in archive.namelist():
        with archive.open("META-INF/manifest.xml") as stream:
            manifest = stream.read(MANIFEST_BYTES)
    return Document(kind, b"encryption-data" in manifest)


def _contains(path: Path, needle: bytes) -> bool:
    tail = b""
    with path.open("rb") as stream:
        while chunk := stream.read(limits.MEGABYTE):
            if needle in tail + chunk:
                return True
            tail = chunk[-len(needle) :]
    return False
