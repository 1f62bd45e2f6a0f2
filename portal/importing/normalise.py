"""Names as they are compared, which is not how they are shown."""

import re
import unicodedata

_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff·•．.\-—_]+")
_BRACKETS = str.maketrans({"【": "(", "】": ")", "〔": "(", "〕": ")", "［": "(", "］": ")", "[": "(", "]": ")"})


def name_key(text: str) -> str:
    """The key by which two spellings of one name are the same: full-width, spaces, dots and brackets unified."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).translate(_BRACKETS)).casefold()
