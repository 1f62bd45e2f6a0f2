"""The yearly check of a list as data: which year, what is missing, when it may go on. No database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from partybuilding.duties.enums import Result
from portal.access.decisions import ALLOWED, Decision


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list with what was found; `result` empty: nobody looked yet."""

    number: int
    text: str
    result: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something exists or holds; null = open."""

    starts_on: date | None = None
    ends_on: date | None = None

    def meets(self, year: int) -> bool:
        """Whether it exists on a day of the year."""
        return (self.starts_on is None or self.starts_on.year <= year) and (
            self.ends_on is None or self.ends_on.year >= year
        )


def year_problem(title: str, in_force: Span, bearer: str, exists: Span, year: int, today: date) -> str:
    """Why a list cannot be checked for a year: it is to come, the list did not hold, the bearer did not exist."""
    if year > today.year:
        return f"{year}年还没有到，不能对照。请选择{today.year}年或以前的年度。"
    if not in_force.meets(year):
        if in_force.starts_on is not None and in_force.starts_on.year > year:
            return f"《{title}》自{in_force.starts_on.isoformat()}起执行，不能对照{year}年。请选择执行以后的年度。"
        return f"《{title}》已于{in_force.ends_on}停止执行，不能对照{year}年。请选择执行期间的年度。"
    if not exists.meets(year):
        return f"{year}年「{bearer}」还没有成立或者已经撤销，不能对照。请选择存续期间的年度。"
    return ""


def unanswered(items: Iterable[Item]) -> list[Item]:
    return [one for one in items if not one.result]


def unexplained(items: Iterable[Item]) -> list[Item]:
    """What was not fully carried out needs a word: why, and what will be done by when."""
    return [one for one in items if one.result in (Result.PARTLY, Result.OPEN) and not one.note.strip()]


def may_submit(items: Sequence[Item]) -> Decision:
    """Every item answered, and everything that is not done explained."""
    missing, silent = unanswered(items), unexplained(items)
    if missing:
        return Decision(False, f"还有 {len(missing)} 项没有对照：{_names(missing)}。请逐项选择落实情况。")
    if silent:
        return Decision(False, f"{_names(silent)}没有完全落实，请写明原因、整改措施和期限。")
    return ALLOWED


def _names(items: Iterable[Item]) -> str:
    return "、".join(f"第{one.number}项「{one.text[:20]}」" for one in items)
