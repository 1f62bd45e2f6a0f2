"""How a message is told as cause and remedy, in lists and in the columns of the error workbook. Pure."""

from collections.abc import Sequence

REMEDY_STARTS = ("请", "是否应为", "如", "确属", "不需要", "需要的")
REMARKS = ("行号", "错误原因", "怎么改")


def split_message(message: str) -> tuple[str, str]:
    """Cause and remedy of a message: the remedy begins with the first sentence that asks for something."""
    sentences = [part for part in message.replace("？", "？。").split("。") if part]
    for index, sentence in enumerate(sentences):
        if index and sentence.startswith(REMEDY_STARTS):
            return _joined(sentences[:index]), _joined(sentences[index:])
    return message, ""


def _joined(sentences: Sequence[str]) -> str:
    return "".join(sentence if sentence.endswith("？") else f"{sentence}。" for sentence in sentences)
