"""The words of a campaign's official report that the portal brings: default headings and the sentences of figures.

Four numbered parts and what comes next, as such a report is written; judgements are left to who writes and signs.
"""

from collections.abc import Mapping, Sequence

from campaigns.ledgers.enums import UNDERTAKEN, EntryKind
from portal.reporting.data import Cell, Definition, Paragraph

OPENING, NEXT = 0, 5
HEADINGS = {
    OPENING: "引言",
    1: "高度重视，统一部署",
    2: "加强指导，突出特色",
    3: "培育发展，规范管理",
    4: "培育典型，示范引领",
    NEXT: "下一步打算",
}
NUMERALS = {1: "一", 2: "二", 3: "三", 4: "四"}
Sentence = Sequence[str | Cell]


def narrative(
    words: Mapping[int, tuple[str, str]], sentences: Mapping[int, Sequence[Sentence]]
) -> tuple[Paragraph, ...]:
    """The report: the opening, four parts under their headings, what comes next. `words`: part → heading, text."""
    found: list[Paragraph] = []
    for number, default in HEADINGS.items():
        heading, text = words.get(number, (default, ""))
        own = [Paragraph((line,)) for line in text.splitlines() if line.strip()]
        figures = [Paragraph(tuple(sentence)) for sentence in sentences.get(number, ())]
        if number in NUMERALS:
            found.append(Paragraph((f"{NUMERALS[number]}、{heading}",), 1))
            found += [*own, *figures]
        elif number == OPENING:
            found += [*own, *figures]
        elif own:
            # What comes next is no numbered part: it closes the report.
            found += own
    return tuple(found)


def ledger_sentence(of: Mapping[EntryKind, tuple[Cell, Cell]], kinds: Sequence[EntryKind]) -> list[str | Cell]:
    """为群众办实事3项，已完成2项；… for the ledgers that have an entry; empty without one."""
    found: list[str | Cell] = []
    for kind in kinds:
        total, done = of[kind]
        if total.value:
            found += ["；" if found else "", str(kind.label), total, "项"]
            # A fact is on record; only what was undertaken is done.
            found += ["，已完成", done, "项"] if kind in UNDERTAKEN else []
    return [*found, "。"] if found else []


DEFINITIONS = (
    Definition("社会组织", "截至日期活动范围内状态正常的社会组织：开展地区登记的，或者组织单位负责联系的。", "C-35"),
    Definition("党员", "组织关系在社会组织的正式党员，取截至日期前最近一次报告的数；没有报告的不计入，另列家数。"),
    Definition("党组织", "截至日期列入活动、没有退出的社会组织党组织。", "C-02"),
    Definition("完成率", "各党组织已完成的推进方式之和，除以党组织数与推进方式数之积。", "R-112"),
    Definition(
        "符合评估条件", "取得登记证书满规定月数，截至日期没有有效评估等级。其他限制条件由民政部门审核。", "R-021"
    ),
    Definition("报送率", "截止日期已到的情况报送中，已报送的份数除以应报送的份数。", "C-38"),
    Definition("走访", "联系领导到联系点的走访，每个联系点每半年至少一次。", "R-118"),
)
