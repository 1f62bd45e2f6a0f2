"""What a file is, by its content, before anything of it is unpacked. Standard library only."""

import codecs
import zipfile
from pathlib import Path

from portal.importing import limits, refusals

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
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
TEXT_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def detect(path: Path, name: str, *, max_bytes: int) -> str:
    """``xlsx`` or ``csv``; everything else raises ``FileRefused`` with the cause and what to do.

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
        check_archive(path, name)
        return "xlsx"
    if head.startswith(OLE_MAGIC):
        if _contains(path, ENCRYPTED_STREAM):
            raise refusals.encrypted(name)
        raise refusals.wrong_type(name, "是 Excel 97-2003 或 WPS 旧格式(.xls、.et)的文件")
    for magic, what in KNOWN_MAGIC:
        if head.startswith(magic):
            raise refusals.wrong_type(name, what)
    return _detect_text(head, name)


def _detect_text(head: bytes, name: str) -> str:
    start = head.lstrip(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(b"<") and any(
        mark in start for mark in (b"<html", b"<table", b"<!doctype", b"<?xml", b"<meta")
    ):
        raise refusals.wrong_type(name, "的内容是网页，只是名字看起来像表格")
    has_bom = head.startswith(TEXT_BOMS)
    if not has_bom and b"\x00" in head:
        raise refusals.unreadable(name, "的内容不是表格，可能在传输中损坏")
    if not name.lower().endswith(".csv"):
        ending = name.rpartition(".")[2] if "." in name else ""
        what = f"的扩展名是 .{ending}，内容却不是工作簿" if ending else "没有扩展名，内容也不是工作簿"
        raise refusals.wrong_type(name, what)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe,;"):
        raise refusals.empty(name)
    return "csv"


def check_archive(path: Path, name: str) -> None:
    """Entry count, unpacked size, packing ratio and kind, from the archive's directory alone."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
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
    if "xl/workbook.xml" not in lowered:
        if "xl/workbook.bin" in lowered:
            raise refusals.wrong_type(name, "是二进制工作簿(.xlsb)")
        if "content.xml" in lowered and "mimetype" in lowered:
            raise refusals.wrong_type(name, "是 OpenDocument 文件(.ods)")
        if "word/document.xml" in lowered:
            raise refusals.wrong_type(name, "是 Word 文档", "请把其中的表格复制到 .xlsx 工作簿，再重新上传。")
        raise refusals.wrong_type(name, "是压缩包，不是工作簿", "请先解压，再上传其中的表格文件。")
    if "xl/vbaproject.bin" in lowered:
        raise refusals.wrong_type(name, "是带宏的工作簿(.xlsm)")


def _contains(path: Path, needle: bytes) -> bool:
    tail = b""
    with path.open("rb") as stream:
        while chunk := stream.read(limits.MEGABYTE):
            if needle in tail + chunk:
                return True
            tail = chunk[-len(needle) :]
    return False
