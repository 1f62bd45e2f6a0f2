"""Reading delimited text: encoding, delimiter, rows. Standard library only."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.importing import limits, refusals

DELIMITERS = (",", "\t", ";", "|", "，")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(path: Path, name: str) -> str:
    """By byte order mark, else strict UTF-8, else GB18030 (what Chinese office software writes)."""
    with path.open("rb") as stream:
        head = stream.read(4)
    for mark, encoding in BOMS:
        if head.startswith(mark):
            if not _decodes(path, encoding):
                break
            return encoding
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise refusals.unreadable(name, "的文字编码无法识别", "请用表格软件打开，另存为 .xlsx 或「CSV UTF-8」后重新上传。")


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


def rows(path: Path, name: str, encoding: str) -> Iterator[list[Any]]:
    """Every record, blank ones too, so that the n-th record is row n of the sheet a person sees."""
    with path.open(encoding=encoding, newline="") as stream:
        sample = [line for _, line in zip(range(40), stream, strict=False)]
        delimiter = delimiter_of(sample)
        stream.seek(0)
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            for record in reader:
                if len(record) > limits.COLUMNS and any(record[limits.COLUMNS :]):
                    raise refusals.too_large(
                        f"文件「{name}」第 {reader.line_num} 行有 {len(record)} 列，超过 {limits.COLUMNS} 列上限",
                        "请删除多余的列后重新上传。",
                    )
                yield [_cell(text) for text in record[: limits.COLUMNS]]
        except csv.Error as error:
            raise refusals.unreadable(name, f"第 {reader.line_num} 行读不下去，引号可能没有成对") from error


def _cell(text: str) -> str | None:
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    elif text.startswith("'") and text[1:2] in ("=", "+", "-", "@", "\t", "\r"):
        text = text[1:]
    return text if text.strip("\x00 \t\r\n\u3000\ufeff") else None
