"""What belongs to a person: name, identity number, telephone. Pure. Messages show numbers masked."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from portal.importing import identities
from portal.importing.normalise import BETWEEN_HAN, clean, half_width, is_blank
from portal.importing.parsers.cells import (
    NOTHING,
    WARNING,
    CellContext,
    Parsed,
    Problem,
    cell_error,
    number_text,
    reject,
    shown,
)
from portal.importing.reader import Cell, CellError
from portal.privacy.masks import mask_id_number, mask_phone

SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+?\d+$", re.IGNORECASE)
DOTS = re.compile("[•‧∙・･⋅．]")
SEVERAL = re.compile(r"[、;；\n/]")
MOBILE = re.compile(r"^1[3-9]\d{9}$")
LANDLINE = re.compile(r"^(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:[-*转]\d{1,6})?$")
SERVICE = re.compile(r"^(?:[48]00-?\d{3}-?\d{4}|1\d{4,5}|9\d{4,5})$")


@dataclass(frozen=True)
class PersonNameParser:
    """One person's name: blanks between Han characters go (张　三), the dots of other peoples' names become ``·``."""

    max_length: int = 60
    name: str = "person_name"
    example: str = "张三"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        label = context.label
        if isinstance(raw, (bool, int, float, dt.date)):
            return reject("name.number", f"{label}填的是「{shown(raw)}」，不是姓名。请填写姓名，或检查列是否对错。")
        text = DOTS.sub("·", BETWEEN_HAN.sub("", clean(raw)))
        if is_blank(text):
            return NOTHING
        if any(character.isdigit() for character in half_width(text)):
            return reject("name.number", f"{label}里有数字。请只填姓名，电话和号码填到各自的列。")
        if SEVERAL.search(raw.strip()):
            return reject("name.several", f"{label}「{shown(raw)}」像是几个人。请一行只填一个人。")
        if len(text) < 2:
            return reject("name.too_short", f"{label}只有一个字「{text}」。请填写全名。")
        if len(text) > self.max_length:
            return reject("text.too_long", f"{label}有 {len(text)} 个字，超过 {self.max_length} 个字。请只填姓名。")
        if "(" in half_width(text):
            note = f"{label}「{shown(text)}」带有括号，按原样记录。如括号内是说明，请移到备注。"
            return text, (Problem("name.note", note, WARNING),)
        return text, ()


@dataclass(frozen=True)
class IdNumberParser:
    """公民身份号码 and other documents (R-003, R-004): normalised, checked, never repaired.

    A number of 15 to 18 digits must be a valid one of 18; other forms (passport, officer's certificate) are taken as
    they are, and whether ``id_type`` says so is for the row to check.
    """

    name: str = "id_number"
    example: str = "11010519491231002X"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        label = context.label
        if isinstance(raw, (bool, dt.date)):
            return reject("id.checksum", f"{label}填的不是号码。请按证件填写 18 位号码。")
        if isinstance(raw, (int, float)):
            if abs(raw) >= 1e15:
                return _lost(label)
            raw = number_text(raw)
        number = re.sub(r"[\s\-'‘’`]", "", half_width(raw)).upper()
        if is_blank(number):
            return NOTHING
        if SCIENTIFIC.match(number):
            return _lost(label)
        if identities.is_valid(number, context.today):
            return number, ()
        if len(number) == identities.LENGTH and number.isdigit() and number.endswith("000"):
            return _lost(label)
        masked = mask_id_number(number)
        if len(number) == 15 and number.isdigit():
            return reject("id.checksum", f"{label}「{masked}」是 15 位旧号，已停止使用。请按现用证件填写 18 位号码。")
        if number[:-1].isdigit() or len(number) == identities.LENGTH:
            why = identities.fault(number, context.today)
            return reject("id.checksum", f"{label}「{masked}」{why}。请对照证件重新填写。")
        if identities.OTHER_DOCUMENTS.match(number) or identities.document_of(number) == identities.FOREIGN:
            return number, ()
        return reject("id.checksum", f"{label}「{masked}」不像证件号码。请对照证件重新填写。")


def _lost(label: str) -> Parsed:
    return reject(
        "id.lost_digits",
        f"{label}被表格软件改成了数字，后三位已丢失，不能还原。请把该列改为文本格式，对照证件重新填写。",
    )


@dataclass(frozen=True)
class PhoneParser:
    """One or several telephone numbers in one form, joined by ``；``. What does not look like a number is kept as it
    was written, with a warning: a telephone never keeps a row out, unless the software has destroyed it.
    """

    max_length: int = 100
    name: str = "phone"
    example: str = "13800001234"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        if raw is None:
            return NOTHING
        if isinstance(raw, CellError):
            return cell_error(raw, context.label)
        label = context.label
        if isinstance(raw, (bool, dt.date)):
            return reject("phone.invalid", f"{label}「{shown(raw)}」不是电话号码。请重新填写。")
        text = number_text(raw) if isinstance(raw, (int, float)) else half_width(raw)
        if is_blank(text):
            return NOTHING
        if SCIENTIFIC.match(text.replace(" ", "")):
            return reject(
                "number.lost_digits", f"{label}被表格软件改成了科学记数，末几位已丢失。请把该列改为文本格式，重新填写。"
            )
        numbers = list(dict.fromkeys(number for part in _parts(text) if (number := _one_form(part))))
        joined = "；".join(numbers)
        if len(joined) > self.max_length:
            return reject("text.too_long", f"{label}有 {len(joined)} 个字，超过 {self.max_length} 个字。请只填号码。")
        odd = [number for number in numbers if not is_phone(number)]
        if odd:
            lost = any(number.isdigit() and is_phone("0" + number) for number in odd)
            why = "，可能丢了区号前面的 0" if lost else ""
            note = f"{label}「{mask_phone(odd[0])}」不像电话号码{why}，按原样记录。请核对。"
            return joined, (Problem("phone.unusual", note, WARNING),)
        return joined or None, ()


def is_phone(number: str) -> bool:
    return bool(MOBILE.match(number) or LANDLINE.match(number) or SERVICE.match(number))


def _parts(text: str) -> list[str]:
    """Numbers in a cell: separated by signs, or by blanks between whole numbers."""
    parts = [part.strip() for part in re.split(r"[;；、,，/\n]+", text)]
    found: list[str] = []
    for part in parts:
        pieces = part.split()
        whole = len(pieces) > 1 and all(is_phone(_one_form(piece)) for piece in pieces)
        found.extend(pieces if whole else [part])
    return found


def _one_form(part: str) -> str:
    """Blanks out, dashes of one kind, without the country code, ``.0`` of a number cell and brackets of the area."""
    text = re.sub(r"[‐‑‒–—―－﹣−~～]", "-", part)
    text = re.sub(r"^\((0\d{2,3})\)-?", r"\1-", text.replace(" ", ""))
    text = re.sub(r"^(?:\+|00)86-?(?=[01])", "", text)
    text = re.sub(r"^(\d+)\.0$", r"\1", text)
    if re.fullmatch(r"1[3-9]\d-\d{4}-\d{4}", text):
        text = text.replace("-", "")
    match: Any = re.fullmatch(r"(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})", text)
    return f"{match[1]}-{match[2]}" if match else text
