"""The comparison of two years' Party members (两年党员数综合比较, d4), and what of it may be published. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from partybuilding.members.enums import EventKind

SMALLEST = 3


@dataclass(frozen=True, slots=True)
class Lines:
    """What is told of one organisation and year; the other five of the fifteen lines follow from these."""

    opening: int
    admitted: int = 0
    restored: int = 0
    moved_in: int = 0
    moved_in_whole: int = 0
    expelled: int = 0
    suspended: int = 0
    died: int = 0
    moved_out: int = 0
    moved_out_whole: int = 0
    actual: int = 0

    @property
    def joined(self) -> int:
        return self.admitted + self.restored + self.moved_in

    @property
    def left(self) -> int:
        return self.expelled + self.suspended + self.died + self.moved_out

    @property
    def expected(self) -> int:
        return self.opening + self.joined - self.left

    @property
    def difference(self) -> int:
        return self.actual - self.expected

    def __add__(self, other: "Lines") -> "Lines":
        return Lines(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Lines)})


NAMES = tuple(one.name for one in fields(Lines))
# The fifteen lines in the order of the form.
FORM: tuple[tuple[str, str], ...] = (
    ("上年底党员数", "opening"),
    ("增加合计", "joined"),
    ("发展", "admitted"),
    ("恢复党籍", "restored"),
    ("转入", "moved_in"),
    ("其中：整建制转入", "moved_in_whole"),
    ("减少合计", "left"),
    ("出党", "expelled"),
    ("停止党籍", "suspended"),
    ("死亡", "died"),
    ("转出", "moved_out"),
    ("其中：整建制转出", "moved_out_whole"),
    ("应有数", "expected"),
    ("本年底实有数", "actual"),
    ("实有数与应有数之差", "difference"),
)
OF_EVENT = {
    EventKind.ADMITTED: "admitted",
    EventKind.RESTORED: "restored",
    EventKind.MOVED_IN: "moved_in",
    EventKind.EXPELLED: "expelled",
    EventKind.SUSPENDED: "suspended",
    EventKind.DIED: "died",
    EventKind.MOVED_OUT: "moved_out",
}


def lines_of(opening: int, actual: int, events: Mapping[tuple[str, bool], int]) -> Lines:
    """The lines that a roster's two ends and its history give; `events` counts by kind and whether 整建制."""
    told = dict.fromkeys(NAMES, 0) | {"opening": opening, "actual": actual}
    for (kind, is_whole), number in events.items():
        name = OF_EVENT.get(EventKind(kind))
        if name is not None:
            told[name] += number
            if is_whole:
                told[f"{name}_whole"] += number
    return Lines(**told)


def return_problem(year: int, today: date, lines: Lines, last_actual: int | None, remark: str) -> str:
    """Why a yearly return cannot be recorded; empty if it can."""
    if date(year, 12, 31) >= today:
        return f"{year}年尚未结束，不能填报年末党员数。请在年度结束后填报。"
    for whole, total, label in (
        (lines.moved_in_whole, lines.moved_in, "转入"),
        (lines.moved_out_whole, lines.moved_out, "转出"),
    ):
        if whole > total:
            return f"其中整建制{label}{whole}名，多于{label}{total}名。请核对两个数。"
    if last_actual is not None and lines.opening != last_actual:
        return (
            f"上年底党员数填的是{lines.opening}，{year - 1}年填报的年底实有数是{last_actual}，两数应相同。"
            "请核对；上年填错的，先改上年。"
        )
    if lines.expected < 0:
        return f"减少合计{lines.left}名，多于上年底与增加之和{lines.opening + lines.joined}名。请核对各项。"
    if lines.difference and not remark.strip():
        return (
            f"应有数{lines.expected}，实有数{lines.actual}，相差{lines.difference}。请核对各项；确有差额的，写明原因。"
        )
    return ""


def published(cells: Mapping[str, int]) -> dict[str, int | None]:
    """What of a table may be published (R-170): no cell below three, and none that the total would give away."""
    shown: dict[str, int | None] = {name: None if 0 < number < SMALLEST else number for name, number in cells.items()}
    hidden = [name for name, number in shown.items() if number is None]
    others = sorted((number, name) for name, number in shown.items() if number)
    if len(hidden) == 1 and others:
        shown[others[0][1]] = None
    return shown
