"""The second look into an .xlsx: what the fast reader cannot see (hidden rows and columns, error cells,
formulas without a kept value, the true extent of the data). Streaming, bounded, no Django.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from defusedxml.expatreader import create_parser

from portal.importing import limits, refusals
from portal.importing.pages import BUILT_IN_MONTHS, extend, shown_as

# What reading a damaged archive may raise; an archive that names an unknown packing method counts as damaged too.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
SMALL_PART = 4 * limits.MEGABYTE
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
REMARKABLE = re.compile(rb"""\st=["']e["']|\shidden=["'](?:1|true)|<(?:\w+:)?f[\s>/]""")
# A regular expression stops at every tag; these plain searches tell first whether it need be asked at all.
HINTS = (b'"e"', b"'e'", b"hidden", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
ROW_TAG = re.compile(rb"<(?:\w+:)?row[\s>/]")
ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["'](\d{1,9})["']""")
WIDE_CELL = re.compile(rb"""\sr=["'](?:[A-Z]{3}|[J-Z][A-Z]|I[W-Z])\d""")
# A comment or a piece of raw text may hold what looks like a tag.
UNUSUAL = re.compile(rb"<!(?:--|\[CDATA\[)")
LONGEST_ROW = 8 * limits.MEGABYTE
HIDDEN_COLUMN = re.compile(rb"""<(?:\w+:)?col\s[^>]*\bhidden=["'](?:1|true)["'][^>]*>""")
HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*\bhidden=["'](?:1|true)["'][^>]*>""")
MINIMUM, MAXIMUM = (re.compile(rf"""\b{end}=["'](\d{{1,5}})["']""".encode()) for end in ("min", "max"))
PLAIN_NUMBER = re.compile(rb"""\sr=["'](\d{1,7})["']""")
ERROR_TYPE = re.compile(rb"""\st=["']e["']""")
CELL_TAG = re.compile(rb"<(?:\w+:)?c\s")
CELL_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
REFERENCE = re.compile(r"^([A-Z]{1,3})(\d+)$")


@dataclass
class SheetNotes:
    """What was seen beside the values; rows and columns count from 1."""

    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas_without_value: set[tuple[int, int]] = field(default_factory=set)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


@dataclass(frozen=True)
class SheetPart:
    name: str
    path: str
    hidden: bool


def column_number(letters: str) -> int:
    """``A`` → 1, ``AA`` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letter(number: int) -> str:
    """1 → ``A``, 27 → ``AA``."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Collector(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.notes = SheetNotes()
        self.row = 0
        self.column = 0
        self.kind = ""
        self.is_formula = False
        self.has_value = False
        self.reading = False
        self.text = ""

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 (SAX names it)
        tag = name.rpartition(":")[2]
        if tag == "c":
            match = REFERENCE.match(attrs.get("r", ""))
            self.column = column_number(match.group(1)) if match else self.column + 1
            self.kind = attrs.get("t", "n")
            self.is_formula = self.has_value = False
            self.text = ""
        elif tag in ("v", "t"):
            self.reading = True
        elif tag == "f":
            self.is_formula = True
        elif tag == "row":
            number = attrs.get("r", "")
            self.row = int(number) if number.isdigit() else self.row + 1
            self.column = 0
            if attrs.get("hidden") in ("1", "true"):
                extend(self.notes.hidden_rows, self.row, self.row)
        elif tag == "col" and attrs.get("hidden") in ("1", "true"):
            first, last = int(attrs.get("min", "0")), int(attrs.get("max", "0"))
            self.notes.hidden_columns.extend(range(first, min(last, limits.COLUMNS) + 1))

    def characters(self, content: str) -> None:
        if self.reading:
            self.has_value = True
            if self.kind == "e" and len(self.text) < 20:
                self.text += content

    def endElement(self, name: str) -> None:  # noqa: N802
        tag = name.rpartition(":")[2]
        if tag in ("v", "t"):
            self.reading = False
        elif tag == "c":
            notes, place = self.notes, (self.row, self.column)
            if self.kind == "e":
                notes.errors[place] = self.text or "#ERROR"
            elif self.is_formula and not self.has_value:
                notes.formulas_without_value.add(place)
            if self.has_value or self.is_formula:
                notes.last_row = max(notes.last_row, self.row)
                notes.last_column = max(notes.last_column, self.column)


def sheet_parts(archive: zipfile.ZipFile, name: str) -> list[SheetPart]:
    """The sheets in the order of the workbook, with the archive path of each."""
    relations = {
        element.get("Id"): element.get("Target", "")
        for element in _small_xml(archive, "xl/_rels/workbook.xml.rels", name)
    }
    parts = []
    for element in _small_xml(archive, "xl/workbook.xml", name).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        target = relations.get(next((value for key, value in element.attrib.items() if key.endswith("}id")), None), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        hidden = element.get("state", "visible") != "visible"
        parts.append(SheetPart(name=element.get("name", ""), path=path, hidden=hidden))
    return parts


def counts_from_1904(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether the workbook counts its days from 1904, as old Macintosh ones do."""
    settings = _small_xml(archive, "xl/workbook.xml", name).iter()
    found = [element.get("date1904", "") for element in settings if element.tag.rpartition("}")[2] == "workbookPr"]
    return found[:1] in (["1"], ["true"], ["on"])


def telling_formats(archive: zipfile.ZipFile, name: str) -> dict[int, str]:
    """``{index of a cell style: what its number format does}`` for the few that matter (``pages.shown_as``)."""
    if "xl/styles.xml" not in archive.namelist() or archive.getinfo("xl/styles.xml").file_size > SMALL_PART:
        return {}
    styles = _small_xml(archive, "xl/styles.xml", name)
    formats = dict.fromkeys(BUILT_IN_MONTHS, "month")
    for element in styles.iter():
        number = element.get("numFmtId", "")
        if element.tag.rpartition("}")[2] == "numFmt" and number.isdecimal():
            formats[int(number)] = shown_as(element.get("formatCode", ""))
    cells = next((element for element in styles.iter() if element.tag.rpartition("}")[2] == "cellXfs"), ())
    numbers = [style.get("numFmtId", "0") for style in cells]
    return {
        index: formats[int(number)]
        for index, number in enumerate(numbers)
        if number.isdecimal() and formats.get(int(number))
    }


def _small_xml(archive: zipfile.ZipFile, path: str, name: str) -> Any:
    try:
        if archive.getinfo(path).file_size > SMALL_PART:
            raise refusals.bomb(name, f"的内部目录有 {archive.getinfo(path).file_size // limits.MEGABYTE} MB，内容异常")
        return fromstring(archive.read(path), forbid_dtd=True)
    except (KeyError, ParseError, DefusedXmlException, ValueError, *DAMAGED) as error:
        raise refusals.unreadable(name, "的内部目录已损坏") from error


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Pieces that overlap a little, so that no mark is cut in two."""
    tail = b""
    while piece := stream.read(limits.MEGABYTE):
        yield tail + piece
        tail = piece[-64:]


def look_through(
    archive: zipfile.ZipFile, part: SheetPart, name: str, formats: Mapping[int, str] | None = None
) -> SheetNotes:
    """Scan one sheet; cells under one of ``formats`` are noted. A plain sheet costs one pass of regular
    expressions; only one that holds something remarkable, or whose extent looks suspicious, is parsed cell by cell.
    """
    remarkable = wide = False
    row_tags = last_row = 0
    styled = _cells_under(formats) if formats else None
    under: dict[tuple[int, int], str] = {}
    try:
        with archive.open(part.path) as stream:
            for chunk in _chunks(stream):
                if b"<!" in chunk and FORBIDDEN.search(chunk):
                    raise refusals.unreadable(name, f"的工作表「{part.name}」含有不允许的内容(外部实体)")
                if not remarkable and any(hint in chunk for hint in HINTS):
                    remarkable = REMARKABLE.search(chunk) is not None
                wide = wide or WIDE_CELL.search(chunk) is not None
                if styled and formats:
                    for letters, row, style in styled.findall(chunk):
                        under[int(row), column_number(letters.decode())] = formats[int(style)]
                row_tags += _count_rows(chunk)
                if number := ROW_NUMBER.match(chunk, max(chunk.rfind(b"<row "), 0)):
                    last_row = max(last_row, int(number.group(1)))
        notes = SheetNotes(last_row=max(row_tags, last_row))
        if wide or max(row_tags, last_row) * limits.COLUMNS > limits.CELLS:
            notes = _parse(archive, part, name)
        elif remarkable:
            notes = _scan(archive, part) or _parse(archive, part, name)
    except KeyError as error:
        raise refusals.unreadable(name, f"缺少工作表「{part.name}」的内容") from error
    except DAMAGED as error:
        raise refusals.unreadable(name, "已损坏或没有传完整") from error
    notes.formats = under
    return notes


def _count_rows(chunk: bytes) -> int:
    """Row tags of a piece, also under a namespace prefix."""
    if b":row" in chunk:
        return len(ROW_TAG.findall(chunk))
    return chunk.count(b"<row ") + chunk.count(b"<row>") + chunk.count(b"<row/")


def _cells_under(formats: Mapping[int, str]) -> re.Pattern[bytes]:
    """Cells of these styles: column letters, row and style."""
    styles = "|".join(map(str, sorted(formats, reverse=True)))
    return re.compile(rf"""<(?:\w+:)?c\s+r=["']([A-Z]{{1,3}})(\d{{1,7}})["']\s+s=["']({styles})["']""".encode())


def _scan(archive: zipfile.ZipFile, part: SheetPart) -> SheetNotes | None:
    """What is remarkable, looked up where it stands instead of cell by cell: twenty times faster than parsing. ``None``
    when the sheet is written in a way that only a parser understands.
    """
    notes, rest = SheetNotes(), b""
    with archive.open(part.path) as stream:
        while True:
            piece = stream.read(limits.MEGABYTE)
            text = rest + piece
            # Whole rows only; what comes after the last one waits for the next piece.
            end = text.rfind(b"row>") + 4 if piece else len(text)
            rest = text[end:]
            if UNUSUAL.search(text, 0, end) or len(rest) > LONGEST_ROW:
                return None
            if not _scan_rows(text[:end], notes):
                return None
            if not piece:
                return notes


def _scan_rows(text: bytes, notes: SheetNotes) -> bool:
    is_hiding = b"hidden=" in text
    for column in HIDDEN_COLUMN.findall(text) if is_hiding else ():
        first, last = (int(number.group(1)) if (number := at.search(column)) else 0 for at in (MINIMUM, MAXIMUM))
        notes.hidden_columns.extend(range(first, min(last, limits.COLUMNS) + 1))
    for row in HIDDEN_ROW.findall(text) if is_hiding else ():
        number = PLAIN_NUMBER.search(row)
        if number is None:
            return False
        extend(notes.hidden_rows, int(number.group(1)), int(number.group(1)))
    for mark in ERROR_TYPE.finditer(text) if b'"e"' in text or b"'e'" in text else ():
        cell = text[text.rfind(b"<", 0, mark.start()) : text.find(b">", mark.start()) + 1]
        if not CELL_TAG.match(cell):
            continue
        if (place := _place(cell)) is None:
            return False
        found = VALUE.search(text, mark.end(), _end_of_cell(text, mark.end()))
        notes.errors[place] = found.group(1).decode("utf-8", "replace").strip()[:20] if found else "#ERROR"
    for mark in FORMULA.finditer(text) if b"<f" in text or b":f" in text else ():
        cell = text[text.rfind(b"<", 0, mark.start()) : mark.start()]
        if VALUE.search(text, mark.end(), _end_of_cell(text, mark.end())) is not None:
            continue
        if (place := _place(cell)) is None:
            return False
        if place not in notes.errors:
            notes.formulas_without_value.add(place)
    return True


def _end_of_cell(text: bytes, start: int) -> int:
    """Where the next cell or the end of the row begins."""
    ends = [end for mark in (b"c>", b"<c ", b"row>") if (end := text.find(mark, start)) >= 0]
    return min(ends, default=len(text))


def _place(tag: bytes) -> tuple[int, int] | None:
    found = CELL_PLACE.search(tag)
    return (int(found.group(2)), column_number(found.group(1).decode())) if found else None


def _parse(archive: zipfile.ZipFile, part: SheetPart, name: str) -> SheetNotes:
    collector = _Collector()
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(collector)
    try:
        with archive.open(part.path) as stream:
            parser.parse(stream)
    except (SAXException, DefusedXmlException, ValueError) as error:
        raise refusals.unreadable(name, f"的工作表「{part.name}」已损坏") from error
    notes = collector.notes
    if notes.last_column > limits.COLUMNS:
        raise refusals.too_large(
            f"工作表「{part.name}」有 {notes.last_column} 列，"
            f"到 {column_letter(notes.last_column)} 列为止，超过 {limits.COLUMNS} 列上限",
            "请删除多余的列后重新上传。",
        )
    if notes.last_row * max(notes.last_column, 1) > limits.CELLS:
        raise refusals.too_large(
            f"工作表「{part.name}」数据一直延伸到第 {notes.last_row} 行、"
            f"{column_letter(notes.last_column)} 列，超过上限",
            "请删除表格下方和右侧零散的内容后重新上传。",
        )
    return notes


def check_strings(archive: zipfile.ZipFile, name: str) -> None:
    """Read the shared strings once: proves the part is whole and declares no entities."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return
    try:
        with archive.open("xl/sharedStrings.xml") as stream:
            for chunk in _chunks(stream):
                if b"<!" in chunk and FORBIDDEN.search(chunk):
                    raise refusals.unreadable(name, "含有不允许的内容(外部实体)")
    except DAMAGED as error:
        raise refusals.unreadable(name, "已损坏或没有传完整") from error
