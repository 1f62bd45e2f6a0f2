"""Bringing text to one form before it is compared. Pure; what is stored keeps its own spelling."""

import re
import unicodedata
from functools import lru_cache

INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
SPACE = re.compile(r"\s+")
HAN = "\u3400-\u9fff\uf900-\ufaff"
BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
NAME_NOISE = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad·•‧∙・･⋅．。.‐‑‒–—―－﹣−_\"'“”‘’《》-]+")
HEADER_NOTE = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
YES_NO_NOTE = re.compile(r"^(?:填)?[是有√][/或、]?[否无×]$")
HEADER_NOISE = re.compile(r"[\s*:：;；,，、.。\"'“”‘’_]+|^(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.．]")
BLANKS = frozenset(
    {
        "",
        "/",
        "／",
        "\\",
        "-",
        "--",
        "---",
        "—",
        "——",
        "―",
        "－",
        "–",
        "无",
        "無",
        "空",
        "暂无",
        "没有",
        "不详",
        "不清楚",
        "不适用",
        "n/a",
        "na",
        "null",
        "none",
        "nan",
    }
)


def clean(text: str) -> str:
    """Invisible characters out, runs of white space to one blank, ends trimmed; spelling untouched."""
    if text.isascii() and text.isalnum():
        return text
    return SPACE.sub(" ", INVISIBLE.sub("", text)).strip()


def half_width(text: str) -> str:
    """NFKC (full-width letters, digits and signs become half-width) on cleaned text: for codes, numbers, dates."""
    return clean(unicodedata.normalize("NFKC", text))


def display_name(text: str) -> str:
    """A name as it is to be stored: cleaned, no blanks or line breaks between Han characters."""
    return BETWEEN_HAN.sub("", clean(text))


@lru_cache(maxsize=8_192)
def name_key(text: str) -> str:
    """The key by which two spellings of one name are the same: width, case and brackets unified; blanks, dots,
    dashes and quotation marks left out.

    ``湖南省（长沙） 商会`` and ``湖南省(长沙)商会`` have one key.
    """
    return NAME_NOISE.sub("", unicodedata.normalize("NFKC", text).translate(_BRACKETS)).casefold()


_BRACKETS = str.maketrans(
    {
        "〔": "(",
        "〕": ")",
        "【": "(",
        "】": ")",
        "[": "(",
        "]": ")",
        "「": "(",
        "」": ")",
        "《": "",
        "》": "",
        "“": '"',
        "”": '"',
    }
)


@lru_cache(maxsize=8_192)
def header_key(text: str) -> str:
    """The form by which column headings are compared: no notes in brackets, stars, numbering or spaces.

    ``*党员人数 (人)`` and ``党员人数`` have one key. A heading that is nothing but a note keeps the note.
    """
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).translate(_BRACKETS)
    folded = SPACE.sub("", folded)
    without_note = HEADER_NOISE.sub("", HEADER_NOTE.sub("", folded))
    return (without_note or HEADER_NOISE.sub("", folded)).casefold()


@lru_cache(maxsize=8_192)
def heading_parts(text: str) -> tuple[str, ...]:
    """The levels written into one heading, ``会员数/单位``; a slash inside a note, ``(是/否)``, parts nothing."""
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).translate(_BRACKETS)
    without_note = HEADER_NOTE.sub("", folded)
    return tuple((without_note if without_note.strip() else folded).split("/"))


def asks_yes_or_no(text: str) -> bool:
    """Whether a heading's note asks for 是/否: 行业协会商会 alone is a name, 行业协会商会(是/否) a question."""
    return YES_NO_NOTE.search(header_note(text)) is not None


@lru_cache(maxsize=8_192)
def header_note(text: str) -> str:
    """What stands in brackets in a heading, such as a unit (``万元``) or a hint (``是/否``)."""
    folded = SPACE.sub("", unicodedata.normalize("NFKC", text).translate(_BRACKETS))
    return "、".join(HEADER_NOTE.findall(folded))


def is_blank(text: str) -> bool:
    """Whether a cell's text says that there is nothing: empty, ``/``, ``—``, 无 and the like."""
    return len(text) <= 4 and half_width(text).casefold() in BLANKS
