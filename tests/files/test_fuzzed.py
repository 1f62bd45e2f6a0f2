"""Files that were cut off or damaged on the way: each is taken or refused in words, none trips the examiner."""

import io
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter

from portal.files import examiner
from portal.files.uploads import KEPT, PROBLEMS, SHOWN_INLINE

FEW, MANY = 8, 400
OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def pdf(password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(595, 842)
    writer.add_metadata({"/Title": "审计报告"})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def picture(kind: str) -> bytes:
    stream = io.BytesIO()
    dots = Random(3).randbytes(96 * 64 * 3)
    Image.frombytes("RGB", (96, 64), dots).save(stream, kind)
    return stream.getvalue()


def package(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, b"<xml/>" * 50)
    return stream.getvalue()


SOUND = {
    "pdf": pdf(),
    "locked.pdf": pdf("secret"),
    "jpg": picture("JPEG"),
    "png": picture("PNG"),
    "doc": OLE_HEAD + Random(4).randbytes(1500),
    "docx": package("[Content_Types].xml", "word/document.xml"),
    "ofd": package("OFD.xml", "Doc_0/Document.xml"),
}


def damaged(content: bytes, dice: Random) -> bytes:
    """Cut off somewhere, bits turned over, or a piece of it missing or doubled."""
    way, at = dice.randrange(4), dice.randrange(8, len(content))
    if way == 0:
        return content[:at]
    if way == 1:
        turned = bytearray(content)
        for _ in range(dice.randint(1, 40)):
            turned[dice.randrange(8, len(turned))] ^= 1 << dice.randrange(8)
        return bytes(turned)
    end = min(len(content), at + dice.randint(1, 200))
    return content[:at] + content[end:] if way == 2 else content[:end] + content[at:]


def looked_into(folder: Path, content: bytes) -> dict[str, Any]:
    source, target = folder / "source", folder / "target"
    source.write_bytes(content)
    target.unlink(missing_ok=True)
    return examiner.clean(source, target)


def tried(folder: Path, kind: str, times: int) -> None:
    dice = Random(f"{kind}-{times}")
    for _ in range(times):
        content = damaged(SOUND[kind], dice)
        found = looked_into(folder, content)
        assert found.get("media_type") in SHOWN_INLINE | KEPT or found.get("problem") in PROBLEMS, (kind, found)


@pytest.mark.parametrize("kind", SOUND)
def test_sound_file_is_known(tmp_path: Path, kind: str) -> None:
    assert (looked_into(tmp_path, SOUND[kind]).get("problem") == "locked") == (kind == "locked.pdf")


@pytest.mark.parametrize("kind", SOUND)
def test_damaged_file_is_answered_in_words(tmp_path: Path, kind: str) -> None:
    tried(tmp_path, kind, FEW)


@pytest.mark.heavy
@pytest.mark.parametrize("kind", SOUND)
def test_hundreds_of_damaged_files_are_answered_in_words(tmp_path: Path, kind: str) -> None:
    tried(tmp_path, kind, MANY)
