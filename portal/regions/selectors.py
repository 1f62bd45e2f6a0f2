"""Reading the region tree."""

import re
import unicodedata
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from portal.regions.models import Region

CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}|BT\d{2}")
PATH_SEPARATORS = re.compile(r"[\s/·、,，>\-]+")


def normalised(text: str) -> str:
    """Half-width, upper case, without spaces and separators: 「湖南省 / 长沙市」 → 湖南省长沙市."""
    return PATH_SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def subtree(region: Region) -> QuerySet[Region]:
    """`region` and everything below it."""
    return Region.objects.filter(path__startswith=region.path)


def children_of(region: Region | None) -> QuerySet[Region]:
    """The regions directly below `region`; the provinces when None."""
    return Region.objects.filter(parent=region)


def ancestors_of(region: Region) -> list[Region]:
    """From the province down to `region` itself; one query."""
    by_code = Region.objects.in_bulk(region.path_codes, field_name="code")
    return [by_code[code] for code in region.path_codes]


def full_name(region: Region) -> str:
    """湖南省长沙市岳麓区: the names from the province down."""
    return "".join(ancestor.name for ancestor in ancestors_of(region))


def find(text: str, *, within: Region | None = None, levels: Collection[str] | None = None) -> list[Region]:
    """The regions that `text` may mean: a code, a name with or without its suffix, or a chain of names.

    A code is given whole or without its trailing zeros (43, 4301). A full name wins over short names; a bare name
    shared by a place and places inside it means the outer one (长沙 is 长沙市, the county is written 长沙县).
    Several results mean that the text is ambiguous, none that it is unknown; the caller never guesses. `levels` leaves
    out places of other levels than those named.
    """
    wanted = normalised(text)
    if not wanted:
        return []
    regions = Region.objects.all() if within is None else subtree(within)
    if levels is not None:
        regions = regions.filter(level__in=levels)
    if CODE.fullmatch(wanted):
        return list(regions.filter(code=wanted.ljust(6, "0") if wanted.isdigit() else wanted))
    return (
        list(regions.filter(name=wanted))
        or _outermost(regions.filter(short_name=wanted))
        or _autonomous(wanted, regions)
        or _by_chain(wanted, within, levels)
    )


def _outermost(found: Iterable[Region]) -> list[Region]:
    """Drop what lies inside another of the found regions."""
    regions = list(found)
    return [one for one in regions if not any(other != one and other.contains(one) for other in regions)]


def _autonomous(wanted: str, regions: QuerySet[Region]) -> list[Region]:
    """湘西州, 江华县, 广西自治区: autonomous places are mostly written without their peoples."""
    for kind in ("自治区", "州", "县", "旗"):
        if wanted.endswith(kind):
            return list(regions.filter(short_name=wanted.removesuffix(kind), name__endswith=f"自治{kind[-1]}"))
    return []


def _by_chain(wanted: str, within: Region | None, levels: Collection[str] | None) -> list[Region]:
    """Split a chain such as 湖南长沙岳麓区 into its first place and the rest, to be found inside that place."""
    heads = [wanted[:length] for length in range(2, len(wanted) - 1)]
    regions = Region.objects.all() if within is None else subtree(within)
    found: dict[int, Region] = {}
    for head in regions.filter(Q(name__in=heads) | Q(short_name__in=heads)):
        used = head.name if wanted.startswith(head.name) else head.short_name
        for region in find(wanted.removeprefix(used), within=head, levels=levels):
            if region != head:
                found[region.pk] = region
    return _outermost(found.values())
