"""The mark that a template of ours carries: which kind it is for, and which version. Pure; the child reads it too."""

import re
import zipfile
from pathlib import Path

PROPERTY = "portal-template"
PART = "docProps/custom.xml"
LARGEST = 64 * 1024
MARK = re.compile(rb'name="portal-template".{0,200}?<vt:lpwstr>([a-z_]{1,40}:[0-9a-f]{8})</vt:lpwstr>', re.S)
# The further sheets of a template; in a marked workbook they are no data.
DICTIONARY, INSTRUCTIONS = "可选值", "填写说明"
OWN_SHEETS = frozenset({DICTIONARY, INSTRUCTIONS})


def mark_of(source: Path) -> str:
    """``kind:version`` of a workbook made from our template, else an empty text."""
    try:
        with zipfile.ZipFile(source) as archive:
            part = archive.getinfo(PART)
            if part.file_size > LARGEST:
                return ""
            with archive.open(part) as stream:
                found = MARK.search(stream.read(LARGEST))
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return ""
    return found.group(1).decode() if found else ""
