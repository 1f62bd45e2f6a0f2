"""What a document number says by itself (R-003, R-004), and what the blind index is made of. Pure.

The number itself is checked by `portal.importing.parsers.IdNumberParser`, on forms as in spreadsheets.
"""

from portal.importing import identities
from portal.people.enums import IdType

TELLING = frozenset({IdType.RESIDENT, IdType.HMT_RESIDENT, IdType.FOREIGN_RESIDENT})


def kind_of(number: str, id_type: str) -> tuple[str, str]:
    """(kind of document, what is wrong with the kind given): the form of a number must fit its kind.

    An empty kind is told from the number where that is possible; a passport and the like must be named.
    """
    told = identities.document_of(number)
    if not id_type:
        return (told, "") if told != IdType.OTHER else ("", "不是居民身份证号码，须写明证件类型，例如「护照」")
    if id_type in TELLING and told != id_type:
        return "", f"的形式不是{IdType(id_type).label}的号码，请核对号码或证件类型"
    if id_type not in TELLING and told in {IdType.RESIDENT, IdType.HMT_RESIDENT}:
        return "", f"的形式是{IdType(told).label}的号码，请核对证件类型"
    return id_type, ""


def says_birthday(number: str) -> bool:
    """Whether the number itself tells birthday and sex."""
    return identities.born_on(number) is not None


def index_text(id_type: str, number: str) -> str:
    """What the blind index is made of: two kinds of documents may carry the same number."""
    return number if id_type in TELLING else f"{id_type}:{number}"
