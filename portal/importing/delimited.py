"""Reading delimited text: encoding, delimiter, rows. Standard library only."""

import codecs
import csv
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from portal.importing import limits, refusals
from portal.importing.pages import Page, Rows

DELIMITERS = (",", "\t", ";", "|", "，")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WIDE = ("utf-16-le", "utf-16-be")
NARROW = ("utf-8", "gb18030", "big5hkscs")
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "gb18030": "GB18030（GBK，简体中文）",
    "big5hkscs": "Big5（繁体中文）",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
SAMPLE = 256 * 1024
# Of text read in the wrong encoding hardly a third of the characters are usual ones.
LIKELY = 0.85
SEPARATOR_LINE = re.compile(r"^sep=(.)\r?\n$", re.IGNORECASE)
QUOTES = "请用表格软件打开检查这一行，改正引号后另存为 .xlsx 再上传。"


@dataclass(frozen=True)
class Guess:
    """How a text may be written, likeliest first; ``is_doubtful`` when only a person can tell."""

    encodings: tuple[str, ...]
    is_doubtful: bool = False


def guess(path: Path, name: str) -> Guess:
    """By byte order mark, else strict UTF-8, else UTF-16 by its zero bytes, else GB18030 (what Chinese office software
    writes) when it reads like Chinese, else in doubt. Raises ``FileRefused`` when nothing decodes it.
    """
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    marked = [encoding for mark, encoding in BOMS if head.startswith(mark)]
    if marked and _decodes(path, marked[0]):
        return Guess((marked[0],))
    if b"\x00" in head:
        found = [encoding for encoding in WIDE if _decodes(path, encoding)]
        found.sort(key=lambda encoding: -likelihood(_text(head, encoding)))
        if found and likelihood(_text(head, found[0])) >= LIKELY:
            return Guess((found[0],))
        raise refusals.unreadable(name, "的内容不是表格，可能在传输中损坏")
    found = [encoding for encoding in NARROW if _decodes(path, encoding)]
    if not found:
        raise refusals.unreadable(
            name, "的文字编码无法识别", "请用表格软件打开，另存为 .xlsx 或「CSV UTF-8」后重新上传。"
        )
    if found[0] == "utf-8" or likelihood(_text(head, found[0])) >= LIKELY:
        return Guess(tuple(found))
    found.sort(key=lambda encoding: -likelihood(_text(head, encoding)))
    return Guess(tuple(found), is_doubtful=True)


def likelihood(text: str) -> float:
    """The share of the characters beyond ASCII that plain Chinese text is made of; 1 when there are none."""
    beyond = [character for character in text if character > "\x7f"]
    if any(character < " " and character not in "\t\r\n\x0b\x0c\x1a" for character in text):
        return 0.0
    if not beyond:
        return 1.0
    return sum(1 for character in beyond if _is_usual(character)) / len(beyond)


def _is_usual(character: str) -> bool:
    if character in "√✓○●·—…①②③④⑤⑥⑦⑧⑨⑩℃㎡〇\ufeff\u3000\xa0" or "\uff01" <= character <= "\uff5e":
        return True
    try:
        return len(character.encode("gb2312")) == 2 and character >= "\u2010"
    except UnicodeEncodeError:
        return False


def _text(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)("ignore").decode(head)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(limits.MEGABYTE):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(lines: list[str]) -> str:
    """The candidate that splits most lines into the same number (at least two) of parts; comma when in doubt."""
    best, best_score = ",", 0
    for candidate in DELIMITERS:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=candidate) if row]
        except csv.Error:
            continue
        if not counts:
            continue
        common = max(set(counts), key=lambda count: (counts.count(count), count))
        score = counts.count(common) * min(common, 30) if common > 1 else 0
        if score > best_score:
            best, best_score = candidate, score
    return best


def pages(path: Path, name: str, encoding: str) -> Generator[Page]:
    """A text has one page, called like the file."""
    yield Page(name=name.rpartition(".")[0] or name, rows=rows(path, name, encoding), encoding=encoding)


def rows(path: Path, name: str, encoding: str) -> Rows:
    """Every record, blank ones too, so that the n-th record is row n of the sheet a person sees. Raises
    ``FileRefused`` for more columns than are read and for a quotation mark that swallows the lines after it.
    """
    with path.open(encoding=encoding, newline="") as stream:
        sample = [line for _, line in zip(range(40), stream, strict=False)]
        stream.seek(0)
        if sample and (said := SEPARATOR_LINE.match(sample[0])):
            # Excel reads its own first line ``sep=;`` and does not show it.
            delimiter = said.group(1)
            stream.readline()
        else:
            delimiter = delimiter_of(sample)
        lines = _Lines(stream)
        reader = csv.reader(lines, delimiter=delimiter)
        number, width, record_lines = 0, 0, [""]
        try:
            for number, record in enumerate(reader, start=1):
                record_lines, lines.held = lines.held, []
                if len(record_lines) > 1 and _has_swallowed(record, delimiter, width):
                    raise refusals.unreadable(name, f"第 {number} 行的引号没有成对，后面的行会被并进同一格", QUOTES)
                width = width or len(record)
                if len(record) > limits.COLUMNS and any(record[limits.COLUMNS :]):
                    raise refusals.too_large(
                        f"文件「{name}」第 {number} 行有 {len(record)} 列，超过 {limits.COLUMNS} 列上限",
                        "请删除多余的列后重新上传。",
                    )
                yield [_cell(text) for text in record[: limits.COLUMNS]]
        except csv.Error as damaged:
            raise refusals.unreadable(name, f"第 {number + 1} 行读不下去，引号可能没有成对", QUOTES) from damaged
        if _stays_open(record_lines, delimiter):
            raise refusals.unreadable(name, f"第 {number} 行的引号没有成对", QUOTES)


class _Lines:
    """The lines of a stream, held until the record they belong to is complete."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.held: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            self.held.append(line)
            yield line


def _stays_open(lines: list[str], delimiter: str) -> bool:
    """Whether the text ends inside quotation marks."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as found:
        return "unexpected end" in str(found)
    return False


def _has_swallowed(record: list[str], delimiter: str, width: int) -> bool:
    """Whether a cell of several lines holds lines that look like records of the same table."""
    for text in record:
        lines = text.splitlines()[1:]
        if width > 2 and sum(1 for line in lines if line.count(delimiter) >= width - 2) >= 1:
            return True
    return False


def _cell(text: str) -> str | None:
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    elif text.startswith("'") and text[1:2] in ("=", "+", "-", "@", "\t", "\r"):
        text = text[1:]
    return text if text.strip("\x00 \t\r\n\u3000\ufeff") else None
