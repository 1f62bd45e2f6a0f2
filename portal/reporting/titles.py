"""Where the title of an official document breaks: by meaning, into lines of nearly equal length (R-163). Pure."""

import re
from itertools import pairwise

# Characters of 22 pt that fit the core of 156 mm.
TITLE_CHARACTERS = 20
# What is read in one piece: names of bodies and things that titles speak of, a number with its unit, a short quotation.
WHOLE = re.compile(
    r"“[^”]{1,10}”|《[^》]{1,10}》|（[^）]{1,10}）|(?:\d+)?年度检查|\d+(?:年度?|月份?|日|号)?|[A-Za-z]+"
    r"|非公有制经济组织|社会工作部|工作委员会|社会组织|党组织|综合党委|行业协会|组织开展|创先争优|两个覆盖|委员会|基金会"
    r"|全覆盖|省委|市委|民政厅|党员|商会|活动|情况|汇报|报告|通报|月报|简报|专刊|年检|年报|检查|年度|报送|摸底|调查|开展|推进|评估"
    r"|表彰|评选|进展|统计|综合|行业|党建|工作|管理"
)
# A line does not begin with these, nor end with those.
NOT_FIRST, NOT_LAST = "的和与及、，。：）》”", "和与及（《“第"


def breaks_of(title: str) -> list[int]:
    """The places at which a title may go on in a new line."""
    inside = {at for found in WHOLE.finditer(title) for at in range(found.start() + 1, found.end())}
    return [
        at
        for at in range(1, len(title))
        if at not in inside and title[at] not in NOT_FIRST and title[at - 1] not in NOT_LAST
    ]


def balanced_lines(title: str, limit: int = TITLE_CHARACTERS) -> tuple[str, ...]:
    """The title in as few lines as it needs, nearly equally long, the longer ones first (R-163: an inverted
    trapezoid), no word broken. A title without a place to break is broken evenly."""
    fewest = -(-len(title) // limit) or 1
    for places in (breaks_of(title), list(range(1, len(title)))):
        for count in (fewest, fewest + 1):
            found = _lines(title, places, count, limit)
            if found:
                return found
    return (title,)


def _lines(title: str, places: list[int], count: int, limit: int) -> tuple[str, ...]:
    """The most even way to break a title into so many lines, none longer than `limit`; () when there is none."""
    # Where a line may end → how uneven it is up to there, the lengths with the longer ones first, the ends.
    ways: dict[int, tuple[int, list[int], list[int]]] = {0: (0, [], [])}
    for number in range(1, count + 1):
        ends = [len(title)] if number == count else places
        ways = {
            end: min(
                (cost + (end - start) ** 2, [*lengths, start - end], [*cuts, end])
                for start, (cost, lengths, cuts) in ways.items()
                if 0 <= end - start <= limit
            )
            for end in ends
            if any(0 <= end - start <= limit for start in ways)
        }
    if len(title) not in ways:
        return ()
    return tuple(title[start:end] for start, end in pairwise([0, *ways[len(title)][2]]))
