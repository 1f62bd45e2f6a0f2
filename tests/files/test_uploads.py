"""Files that people hand in: what is taken, what is refused and how, and what is left of a photograph."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from portal.access.decisions import Refused
from portal.files import examiner
from portal.files.models import StoredFile
from portal.files.services import open_file, path_of
from portal.files.uploads import SIZE_LIMIT, join_pictures, take_upload
from tests.personas import Personas


def take(personas: Personas, name: str, content: bytes, **options: Any) -> StoredFile:
    upload = SimpleUploadedFile(name, content)
    actor = personas.association_filer.actor
    return take_upload(upload, label="审计报告", kind="test", actor=actor, now=timezone.now(), **options)


def jpeg(width: int = 40, height: int = 30, **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(stream, "JPEG", **options)
    return stream.getvalue()


def png(mode: str = "RGBA") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (20, 30)).save(stream, "PNG")
    return stream.getvalue()


def pdf(*, password: str = "", owner: str = "", script: bool = False, pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(action))
    if password or owner:
        writer.encrypt(password, owner or None, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def package(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in names:
            packed.writestr(name, b"x")
    return stream.getvalue()


REFUSED = [
    ("空.pdf", b"", "file.empty", "文件「空.pdf」是空的（0 字节）。请重新选择有内容的文件。"),
    ("a.rar", b"Rar!\x1a\x07", "file.type", "审计报告应为 PDF、JPG 或 PNG，现在是压缩包「a.rar」。请解压后分别上传。"),
    ("a.exe", b"MZ\x90", "file.type", "审计报告应为 PDF、JPG 或 PNG，现在是 .exe 文件。请另存为 PDF，或拍照后上传。"),
    ("a.pdf", b"<html>", "file.type", "审计报告应为 PDF、JPG 或 PNG，现在是 .pdf 文件。请另存为 PDF，或拍照后上传。"),
    (
        "a.heic",
        b"\0\0\0\x18ftypheic",
        "file.type",
        "照片「a.heic」是苹果手机的 HEIC 格式。请直接用本页的「拍照」，或另存为 JPG 后上传。",
    ),
]


@pytest.mark.parametrize(("name", "content", "code", "text"), REFUSED, ids=[one[0] for one in REFUSED])
def test_refusal_names_cause_and_remedy(personas: Personas, name: str, content: bytes, code: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        take(personas, name, content)
    assert (refused.value.code, refused.value.reason) == (code, text)
    assert StoredFile.objects.count() == 0


def test_thirty_megabytes_are_refused_before_anybody_looks(personas: Personas) -> None:
    upload = SimpleUploadedFile("照片.jpg", b"\xff\xd8\xff")
    upload.size = 30 * 1024 * 1024
    with pytest.raises(Refused) as refused:
        take_upload(upload, label="照片", kind="test", actor=personas.association_filer.actor, now=timezone.now())
    assert refused.value.reason == ("文件 30 MB，超过 20 MB 上限。可用手机扫描为「标准」清晰度，或分成两个文件。")
    assert SIZE_LIMIT == 20 * 1024 * 1024


def test_photograph_loses_everything_but_the_picture(personas: Personas) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    stored = take(personas, "../../相册\u202egpj.jpg", jpeg(40, 30, exif=exif.tobytes()))
    with open_file(stored) as file:
        content = file.read()
    assert (stored.name, stored.media_type, stored.is_sealed) == ("相册gpj.jpg", "image/jpeg", True)
    assert b"SecretCamera" not in content
    assert b"\xff\xd8\xff" not in path_of(stored).read_bytes()[:3]
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((30, 40), {})


def test_file_gets_the_ending_of_its_content(personas: Personas) -> None:
    assert take(personas, "证书.jpg", pdf()).name == "证书.pdf"


# In this process, for speed: what the child does with each kind of content.
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (pdf(), {"media_type": "application/pdf", "pages": 1}),
        (pdf(owner="only-printing"), {"media_type": "application/pdf", "pages": 1}),
        (pdf(password="secret"), {"problem": "locked"}),
        (pdf(script=True), {"problem": "active"}),
        (pdf(pages=0), {"problem": "broken"}),
        (pdf()[:60], {"problem": "broken"}),
        (png(), {"media_type": "image/png"}),
        (jpeg()[:200], {"problem": "broken"}),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, {"problem": "broken"}),
        (package("word/document.xml"), {"media_type": examiner.DOCX}),
        (package("xl/workbook.xml"), {"media_type": examiner.XLSX}),
        (package("OFD.xml", "Doc_0/Document.xml"), {"media_type": examiner.OFD}),
        (package("word/document.xml", "word/vbaProject.bin"), {"problem": "macros"}),
        (package("readme.txt"), {"problem": "archive"}),
        (b"PK\x03\x04broken", {"problem": "broken"}),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {"media_type": examiner.OLE}),
    ],
)
def test_content_decides(tmp_path: Any, content: bytes, found: dict[str, Any]) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(content)
    assert examiner.clean(source, target) == found
    assert target.exists() is (found.get("media_type", "").startswith("image/"))


def test_office_file_is_kept_under_its_own_ending_only(personas: Personas) -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert take(personas, "章程.wps", old).media_type == examiner.OLE
    with pytest.raises(Refused, match="请另存为 PDF"):
        take(personas, "setup.msi", old)
    with pytest.raises(Refused, match="请另存为 PDF"):
        take(personas, "章程.doc", old, only_shown=True)


def test_photographs_become_one_pdf(personas: Personas) -> None:
    pictures = [take(personas, f"{number}.jpg", jpeg()) for number in range(2)]
    actor = personas.association_filer.actor
    joined = join_pictures(pictures, name="照片等2张.pdf", kind="test", actor=actor, now=timezone.now())
    with open_file(joined) as file:
        assert file.read(5) == b"%PDF-"
