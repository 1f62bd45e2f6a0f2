"""The ledger of a monthly close, and its calendar (X-21, R-171). Pure: no database, no clock.

`settle` decides what the close counts: what a unit confirmed as it stands now, what nobody confirmed as it stood last
month. `changes` then explains every difference between the two ends by name and reason; `balances` compares the two
ends, each counted by itself, with the sum of the reasons.
"""

import hashlib
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from partybuilding.closing.enums import Reason
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import AssociationFacts, CoverageRules, counts, is_covered
from partybuilding.organizations.enums import Cover
from portal.access.decisions import ALLOWED, Decision
from portal.regulations.rules import WorkCalendar

# Denominator of both rates, the two numerators, and the numerator of the own rate.
MEASURES = (Measure.IN_SCOPE, Measure.COVERED, Measure.WORK_COVERED, Measure.OWN)


# Months and days


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def month_end(month: str) -> date:
    """The last day of 「2026-11」; ValueError for anything else."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) or month.startswith("0000"):
        raise ValueError(f"{month!r} is no month")
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def month_before(day: date) -> date:
    """The last day of the month before the one in which `day` lies."""
    return day.replace(day=1) - timedelta(days=1)


def working_day_before_end(calendar: WorkCalendar, as_of: date, count: int) -> date:
    """The `count`-th last working day of the month that ends on `as_of`; 1 is the last one (R-005)."""
    day, left = as_of + timedelta(days=1), count
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working_day(day)
    return day


# What is counted


@dataclass(frozen=True, slots=True)
class Kept:
    """One association that is counted at one end: its facts, and the unit that answers for it."""

    facts: AssociationFacts
    unit: str
    is_carried: bool = False


def settle(opening: Mapping[int, Kept], live: Mapping[int, Kept], answered: frozenset[str]) -> dict[int, Kept]:
    """What the close counts of each association. A unit that has not answered keeps last month's row, marked.

    An association that moves between two units moves when both have answered; one that is new waits for its unit.
    """
    found = {}
    for pk in opening.keys() | live.keys():
        before, now = opening.get(pk), live.get(pk)
        units = {one.unit for one in (before, now) if one is not None}
        if units <= answered:
            if now is not None:
                found[pk] = now
        elif before is not None:
            found[pk] = replace(before, is_carried=True)
    return found


# Why it moved


@dataclass(frozen=True, slots=True)
class Fact:
    """Something with a date of its own: the first day on which it holds, or the first on which it no longer does."""

    on: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The dated facts of one association that can explain a change; `document` is a correction's number."""

    registered: tuple[Fact, ...] = ()
    resumed: tuple[Fact, ...] = ()
    deregistered: tuple[Fact, ...] = ()
    stopped: tuple[Fact, ...] = ()
    own: tuple[Fact, ...] = ()
    own_ended: tuple[Fact, ...] = ()
    cover: tuple[Fact, ...] = ()
    cover_ended: tuple[Fact, ...] = ()
    instructor: tuple[Fact, ...] = ()
    instructor_ended: tuple[Fact, ...] = ()
    group: tuple[Fact, ...] = ()
    group_ended: tuple[Fact, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The two ends: the day of last month's figures and the day of this month's, with the parameters of each."""

    opening_on: date
    closing_on: date
    opening_rules: CoverageRules
    closing_rules: CoverageRules

    def contains(self, day: date) -> bool:
        return self.opening_on < day <= self.closing_on


@dataclass(frozen=True, slots=True)
class Change:
    """One association enters or leaves one number of one unit. Without a reason the close cannot be issued."""

    association: int
    unit: str
    measure: Measure
    delta: int
    reason: Reason | None
    on: date | None = None
    text: str = ""
    document: str = ""

    @property
    def needs_document(self) -> bool:
        """更正 rests on a document: last month's issued figure was wrong."""
        return self.reason == Reason.CORRECTED and not self.document


OUTSIDE = AssociationFacts(is_in_scope=False)


def counted(one: Kept | None, rules: CoverageRules) -> dict[Measure, bool]:
    """Which of the four numbers count an association at one end."""
    facts = one.facts if one is not None else OUTSIDE
    return _counted(facts.is_in_scope, facts.cover, facts.has_instructor, facts.has_group, rules)


@lru_cache(maxsize=256)
def _counted(
    is_in_scope: bool, cover: str, has_instructor: bool, has_group: bool, rules: CoverageRules
) -> dict[Measure, bool]:
    """The four numbers rest on these facts alone: a province has a dozen combinations of them."""
    facts = AssociationFacts(is_in_scope, cover, has_instructor, has_group=has_group)
    return {measure: counts(measure, facts, rules) for measure in MEASURES}


def changes(
    opening: Mapping[int, Kept], closing: Mapping[int, Kept], evidence: Mapping[int, Evidence], window: Window
) -> list[Change]:
    """Every difference between the two ends, by association in ascending order, each with its reason (R-171)."""
    found = []
    for pk in sorted(opening.keys() | closing.keys()):
        found += _of_one(pk, opening.get(pk), closing.get(pk), evidence.get(pk, Evidence()), window)
    return found


def changed(opening: Mapping[int, Kept], closing: Mapping[int, Kept], window: Window) -> set[int]:
    """The associations for which evidence has to be read."""
    return {
        pk
        for pk in opening.keys() | closing.keys()
        if counted(opening.get(pk), window.opening_rules) != counted(closing.get(pk), window.closing_rules)
    }


def _of_one(pk: int, before: Kept | None, now: Kept | None, evidence: Evidence, window: Window) -> list[Change]:
    found: list[Change] = []
    then = counted(before, window.opening_rules)
    unit = (now or before or _NOBODY).unit
    if before is not None and now is not None and before.unit != now.unit:
        for measure in MEASURES:
            if then[measure]:
                found.append(Change(pk, before.unit, measure, -1, Reason.TRANSFERRED, window.closing_on))
                found.append(Change(pk, now.unit, measure, 1, Reason.TRANSFERRED, window.closing_on))
    by_new_rules = counted(before, window.closing_rules)
    for measure in MEASURES:
        if delta := by_new_rules[measure] - then[measure]:
            found.append(Change(pk, unit, measure, delta, Reason.RULES, window.closing_on, "统计口径调整"))
    at_end = counted(now, window.closing_rules)
    for measure in MEASURES:
        if delta := at_end[measure] - by_new_rules[measure]:
            found.append(_explained(Change(pk, unit, measure, delta, None), before, now, evidence, window))
    return found


_NOBODY = Kept(OUTSIDE, "")


def _explained(change: Change, before: Kept | None, now: Kept | None, evidence: Evidence, window: Window) -> Change:
    for reason, facts in _candidates(change, before, now, evidence, window.closing_rules):
        for fact in facts:
            if fact.on is not None and window.contains(fact.on):
                return replace(change, reason=reason, on=fact.on, text=fact.text)
    late = [
        fact
        for _reason, facts in _candidates(change, before, now, evidence, window.closing_rules)
        for fact in facts
        if fact.on is None or fact.on <= window.opening_on
    ]
    if late:
        known = max(late, key=lambda fact: fact.on or date.min)
        when = "日期未登记" if known.on is None else "发生在上月以前"
        text = f"{known.text}（{when}）"
        return replace(change, reason=Reason.CORRECTED, on=known.on, text=text, document=evidence.document)
    if evidence.document:
        return replace(change, reason=Reason.CORRECTED, document=evidence.document)
    return change


Candidates = Iterable[tuple[Reason, tuple[Fact, ...]]]


def _candidates(
    change: Change, before: Kept | None, now: Kept | None, evidence: Evidence, rules: CoverageRules
) -> Candidates:
    """The reasons that could explain a change, the strongest first."""
    if before is None:
        return ((Reason.REGISTERED, evidence.registered), (Reason.RESUMED, evidence.resumed))
    if now is None:
        return ((Reason.DEREGISTERED, evidence.deregistered), (Reason.STOPPED, evidence.stopped))
    if change.measure == Measure.OWN:
        was_covered = is_covered(before.facts, rules)
        if change.delta > 0:
            return ((Reason.CONVERTED if was_covered else Reason.FOUNDED, evidence.own),)
        return ((Reason.DISSOLVED, evidence.own_ended),)
    gained = ((Reason.FOUNDED, evidence.own + evidence.cover),)
    lost = ((Reason.DISSOLVED, evidence.own_ended + evidence.cover_ended),)
    if change.measure == Measure.COVERED:
        return gained if change.delta > 0 else lost
    return _work(change.delta, before.facts, now.facts, evidence, rules, gained, lost)


def _work(
    delta: int,
    before: AssociationFacts,
    now: AssociationFacts,
    evidence: Evidence,
    rules: CoverageRules,
    gained: tuple[tuple[Reason, tuple[Fact, ...]], ...],
    lost: tuple[tuple[Reason, tuple[Fact, ...]], ...],
) -> Candidates:
    """R-077: work is covered by the organisation, an instructor or a group organisation; whichever came or went."""
    facts = now if delta > 0 else before
    found: list[tuple[Reason, tuple[Fact, ...]]] = []
    if is_covered(facts, rules):
        found += gained if delta > 0 else lost
    if facts.has_instructor:
        found.append(
            (Reason.INSTRUCTOR_ASSIGNED, evidence.instructor)
            if delta > 0
            else (Reason.INSTRUCTOR_ENDED, evidence.instructor_ended)
        )
    if facts.has_group:
        found.append(
            (Reason.GROUP_FOUNDED, evidence.group) if delta > 0 else (Reason.GROUP_ENDED, evidence.group_ended)
        )
    return found


# The equation


@dataclass(frozen=True, slots=True)
class Sums:
    """The four numbers of one end, or of a sum of changes."""

    in_scope: int = 0
    covered: int = 0
    work_covered: int = 0
    own: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def __getitem__(self, measure: str) -> int:
        return int(getattr(self, Measure(measure).value))


NAMES = tuple(measure.value for measure in MEASURES)


def sums(rows: Mapping[int, Kept], rules: CoverageRules) -> dict[str, Sums]:
    """The four numbers of each unit at one end; "" is the total."""
    tally: dict[str, dict[Measure, int]] = {}
    for one in rows.values():
        unit = tally.setdefault(one.unit, dict.fromkeys(MEASURES, 0))
        for measure, is_one in counted(one, rules).items():
            unit[measure] += is_one
    found = {unit: Sums(**{measure.value: number for measure, number in own.items()}) for unit, own in tally.items()}
    return {"": sum(found.values(), Sums()), **found}


def moved(found: Iterable[Change]) -> dict[str, Sums]:
    """Σ of the changes by unit; "" is the total, in which 划转 cancels out."""
    total: dict[str, Sums] = {"": Sums()}
    for change in found:
        step = Sums(**{change.measure.value: change.delta})
        total[change.unit] = total.get(change.unit, Sums()) + step
        total[""] += step
    return total


@dataclass(frozen=True, slots=True)
class Balance:
    """One line of the equation: opening + Σ reasons against the closing number that was counted by itself."""

    unit: str
    opening: Sums
    moved: Sums
    closing: Sums

    @property
    def is_even(self) -> bool:
        return self.opening + self.moved == self.closing


def balances(opening: Mapping[str, Sums], steps: Mapping[str, Sums], closing: Mapping[str, Sums]) -> list[Balance]:
    """The equation in total ("") and for each unit."""
    units = sorted(opening.keys() | steps.keys() | closing.keys() | {""})
    nothing = Sums()
    return [
        Balance(unit, opening.get(unit, nothing), steps.get(unit, nothing), closing.get(unit, nothing))
        for unit in units
    ]


# Confirming


Line = tuple[int, str, str, bool, bool, int | None, int | None]


def line_of(pk: int, one: Kept | None, unit: str) -> Line:
    """What a unit sees of one association: whether it still answers for it, and its facts."""
    if one is None or one.unit != unit:
        return pk, one.unit if one is not None else "", Cover.NONE.value, False, False, None, None
    facts = one.facts
    return (
        pk,
        unit,
        Cover(facts.cover).value,
        facts.has_instructor,
        facts.has_group,
        facts.relation_count,
        facts.working_count,
    )


def fingerprint(lines: Iterable[Line]) -> str:
    """One number for a whole list: it differs when anything on the list does."""
    return hashlib.sha256(repr(sorted(lines)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ConfirmFacts:
    """Who confirms what: whether the unit lies in the actor's scope as the body that answers, and what changed."""

    answers: bool
    unit_label: str
    is_issued: bool
    change_count: int = 0
    says_unchanged: bool = False


def may_confirm(facts: ConfirmFacts) -> Decision:
    """A list is confirmed by the body that answers for it; the department urges, it does not confirm for others."""
    if facts.is_issued:
        return Decision(False, "本月月报已经签发，名单不能再确认。以后发现的差错在下月以「更正」列明。")
    if not facts.answers:
        return Decision(False, f"这份名单由「{facts.unit_label}」确认，您可以查看和催办，不能代为确认。")
    if facts.says_unchanged and facts.change_count:
        return Decision(
            False,
            f"名单与上月相比有 {facts.change_count} 家变化，不能按「本月无变化」确认。请核对变化后选择「核对后确认」。",
        )
    return ALLOWED


# Issuing


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What decides whether a close may be issued."""

    unit_count: int
    answered_count: int
    unexplained: tuple[str, ...] = ()
    undocumented: tuple[str, ...] = ()
    uneven: tuple[str, ...] = ()
    is_newest: bool = True
    corrected_since: int = 0


@dataclass(frozen=True, slots=True)
class Blocker:
    rule: str
    text: str


SHOWN = 5


def blockers(facts: IssueFacts) -> list[Blocker]:
    """Why a close cannot be issued, each with its remedy; empty when it can. Carried units are marked, not refused."""
    found = []
    if not facts.answered_count:
        found.append(
            Blocker(
                "X-21", f"{facts.unit_count} 个单位都没有确认名单，月报不能签发。请先催办，至少一个单位确认后再出稿。"
            )
        )
    if facts.uneven:
        found.append(Blocker("R-171", f"上月数加各项变动不等于本月数：{some(facts.uneven)}。请生成新版重新核对。"))
    if facts.unexplained:
        found.append(
            Blocker(
                "X-21",
                f"{len(facts.unexplained)} 家的变动没有原因：{some(facts.unexplained)}。"
                "请补登有日期的事实，或以文件更正，再生成新版。",
            )
        )
    if facts.undocumented:
        found.append(
            Blocker(
                "X-21",
                f"{len(facts.undocumented)} 家属于更正而没有文件：{some(facts.undocumented)}。"
                "请登记更正文件的文号并上传，再生成新版。",
            )
        )
    if facts.corrected_since:
        found.append(Blocker("X-21", f"本版生成后又登记了 {facts.corrected_since} 件更正。请生成新版，核对后签发。"))
    if not facts.is_newest:
        found.append(Blocker("X-21", "名单已由更新的一版重新留存，本版不能签发。请打开最新一版。"))
    return found


def some(names: Sequence[str]) -> str:
    """The first names, and how many there are."""
    more = f"等 {len(names)} 家" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more
