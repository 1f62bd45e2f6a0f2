"""Child process that looks into an uploaded file.

`python -m portal.files.examiner clean SOURCE TARGET` says what the content is and writes pictures anew, upright and
with nothing but the picture in them (no place, no camera); `… join TARGET SOURCE…` binds pictures into one PDF. Foreign
bytes are parsed here only, under resource limits; no Django here. Result: one JSON object on stdout, {"media_type"} or
{"problem"}.
"""

import json
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

MEMORY_LIMIT = 1536 * 1024**2
CPU_SECONDS = 30
FILE_LIMIT = 64 * 1024**2
LONGEST_SIDE = 2600
MOST_PIXELS = 220_000_000
MOST_PIXELS_WHOLE = 60_000_000  # of formats that cannot be read scaled down
MOST_ENTRIES = 20_000
MOST_OBJECTS = 50_000

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
OLE = "application/x-ole-storage"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFD = "application/ofd"
ENTRIES = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "OFD.xml": OFD}
ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"}


def limit_resources() -> None:
    """Set before the heavy imports, so that a hostile file ends this process and nothing else."""
    for kind, value in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_LIMIT),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def clean(source: Path, target: Path) -> dict[str, Any]:
    """What the file is; a picture is written to `target` anew."""
    with source.open("rb") as file:
        head = file.read(1024)
    if b"%PDF-" in head:
        return _pdf(source)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _picture(source, target)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"hevc", b"msf1"):
        return {"problem": "heic"}
    if head.startswith(b"PK\x03\x04"):
        return _package(source)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return {"media_type": OLE}
    if head.startswith((b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")):
        return {"problem": "archive"}
    return {"problem": "type"}


def _picture(source: Path, target: Path) -> dict[str, Any]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # our own limits, told in words
    try:
        with Image.open(source, formats=["JPEG", "PNG"]) as picture:
            pixels = picture.width * picture.height
            is_jpeg = picture.format == "JPEG"
            if pixels > (MOST_PIXELS if is_jpeg else MOST_PIXELS_WHOLE):
                return {"problem": "pixels"}
            if is_jpeg:
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            if is_jpeg:
                _plain(upright).save(target, "JPEG", quality=88, optimize=True)
            else:
                upright = upright if upright.mode in ("1", "L", "P", "RGB") else _plain(upright)
                upright.info.clear()
                upright.save(target, "PNG", optimize=True)
    except (OSError, SyntaxError, ValueError, ZeroDivisionError):
        return {"problem": "broken"}
    return {"media_type": JPEG if is_jpeg else PNG}


def _plain(picture: Any) -> Any:
    """In plain colours on white paper, with nothing but its pixels."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        coloured = picture.convert("RGBA")
        paper = Image.new("RGB", coloured.size, "white")
        paper.paste(coloured, mask=coloured.getchannel("A"))
        return paper
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain


def _pdf(source: Path) -> dict[str, Any]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(source, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"problem": "locked"}
        pages = len(reader.pages)
        if pages == 0:
            return {"problem": "broken"}
        if _is_active(reader):
            return {"problem": "active"}
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return {"problem": "broken"}
    except NotImplementedError:
        return {"problem": "locked"}
    return {"media_type": PDF, "pages": pages}


def _is_active(reader: Any) -> bool:
    """Whether the document can run something, or carries other files."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer.get("/Root")]
    while waiting and len(seen) < MOST_OBJECTS:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if (one.idnum, one.generation) in seen:
                continue
            seen.add((one.idnum, one.generation))
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            if one.get("/S") in ACTIVE_ACTIONS or "/JS" in one or "/EmbeddedFiles" in one or "/XFA" in one:
                return True
            waiting.extend(dict.__getitem__(one, key) for key in one if key != "/Parent")
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))
    return False


def _package(source: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(source) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return {"problem": "broken"}
    if len(names) > MOST_ENTRIES:
        return {"problem": "archive"}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return {"problem": "macros"}
    known = next((media for entry, media in ENTRIES.items() if entry in names), "")
    return {"media_type": known} if known else {"problem": "archive"}


def join(target: Path, sources: list[Path]) -> dict[str, Any]:
    """Pictures, one a page of A4, in one PDF."""
    from PIL import Image

    pages = []
    for source in sources:
        with Image.open(source, formats=["JPEG", "PNG"]) as picture:
            picture.thumbnail((1654, 1654))
            page = _plain(picture)
        width, height = (1240, 1754) if page.height >= page.width else (1754, 1240)
        page.thumbnail((width - 80, height - 80))
        paper = Image.new("RGB", (width, height), "white")
        paper.paste(page, ((width - page.width) // 2, (height - page.height) // 2))
        pages.append(paper)
    pages[0].save(target, "PDF", save_all=True, append_images=pages[1:], resolution=150, quality=82)
    return {"media_type": PDF, "pages": len(pages)}


def main(arguments: list[str]) -> int:
    limit_resources()
    work, *names = arguments
    paths = [Path(name) for name in names]
    found = clean(paths[0], paths[1]) if work == "clean" else join(paths[0], paths[1:])
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
