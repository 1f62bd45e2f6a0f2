"""How often a branch meets, and how that is counted (R-071, R-086 to R-088, R-100). Pure.

A duty is owed once in every calendar unit (month, quarter, year). A unit belongs to the period in which it ends. It is
owed when it is over, when the branch existed from its first day to its last, and when what meets (a committee, a
group) did so too; it is met by one record dated within it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from partybuilding.life.enums import BY_KIND, Duty, LifeKind, ProblemState, Standing
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.terms.enums import ElectionMethod
from portal.regulations.rules import Rate, add_months

YEAR_MONTHS = 12
ALWAYS_WITH_COMMITTEE = frozenset({OrganizationKind.GENERAL_BRANCH, OrganizationKind.COMMITTEE})


@dataclass(frozen=True, slots=True)
class Unit:
    """A calendar month, quarter or year: its first and last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; None is open."""

    first: date | None
    last: date | None

    def holds(self, unit: Unit) -> bool:
        """Whether a unit lies wholly within."""
        return (self.first is None or self.first <= unit.first) and (self.last is None or unit.last <= self.last)

    def has(self, day: date) -> bool:
        return self.holds(Unit(day, day))


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar quarter, or a year when `quarter` is 0."""

    year: int
    quarter: int = 0

    @property
    def first(self) -> date:
        return date(self.year, 3 * max(self.quarter, 1) - 2, 1)

    @property
    def last(self) -> date:
        return add_months(self.first, 3 if self.quarter else YEAR_MONTHS) - timedelta(days=1)

    @property
    def code(self) -> str:
        """2026, 2026Q2."""
        return f"{self.year}Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def label(self) -> str:
        return f"{self.year} 年第 {self.quarter} 季度" if self.quarter else f"{self.year} 年"

    def units(self, months: int) -> tuple[Unit, ...]:
        """The calendar units of so many months that end within the period, in order."""
        return _units(self, months)


@lru_cache(maxsize=256)
def _units(period: Period, months: int) -> tuple[Unit, ...]:
    """A province asks for the same few units thousands of times."""
    first, last = period.first, period.last
    found = []
    for index in range(YEAR_MONTHS // months):
        begins = date(first.year, 1 + index * months, 1)
        ends = add_months(begins, months) - timedelta(days=1)
        if first <= ends <= last:
            found.append(Unit(begins, ends))
    return tuple(found)


def period_from(code: str) -> Period | None:
    """「2026」 or 「2026Q2」; none for anything else."""
    year, _, quarter = code.partition("Q")
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and 1921 <= int(year) <= 9998):
        return None
    if code == year:
        return Period(int(year))
    return Period(int(year), int(quarter)) if quarter in ("1", "2", "3", "4") else None


def usual_period(day: date) -> Period:
    """The quarter of the last month that is over: in it something is owed already."""
    before = day.replace(day=1) - timedelta(days=1)
    return Period(before.year, (before.month + 2) // 3)


def unit_of(day: date, months: int) -> Unit:
    """The calendar unit of so many months in which a day lies."""
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Unit(first, add_months(first, months) - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class LifeRules:
    """Parameters in force on a day: months of a unit by duty, the kinds of organisations that owe, R-071's number."""

    months: Mapping[str, int]
    subject_kinds: frozenset[str]
    committee_member_count: int


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A Party group and the days it existed."""

    key: int
    span: Span


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """What decides which duties a branch has: its kind, its days, its elections (day, method), its groups."""

    kind: str
    exists: Span
    full_member_count: int | None = None
    elections: Sequence[tuple[date, str]] = ()
    groups: Sequence[GroupFacts] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """One record: what, when, by which group, whether the secretary lectured."""

    kind: str
    on: date
    group: int | None = None
    by_secretary: bool = False


def committee_spans(facts: BranchFacts, rules: LifeRules) -> list[Span]:
    """The days on which an organisation has a committee (R-071).

    An election of a committee begins one, the next election ends it. Before the first known election the number of
    full members decides: who must have a committee is taken to have one; 总支 and 党委 always do.
    """
    number = facts.full_member_count
    assumed = facts.kind in ALWAYS_WITH_COMMITTEE or (number is not None and number >= rules.committee_member_count)
    known = sorted(facts.elections)
    spans = []
    if assumed:
        spans.append(Span(None, known[0][0] - timedelta(days=1) if known else None))
    for place, (day, method) in enumerate(known):
        if method == ElectionMethod.COMMITTEE:
            last = known[place + 1][0] - timedelta(days=1) if place + 1 < len(known) else None
            spans.append(Span(day, last))
    return _joined(spans)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, where one follows the other without a gap as one."""
    joined: list[Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        if before is not None and before.last is not None and before.last + timedelta(days=1) == span.first:
            joined[-1] = Span(before.first, span.last)
        else:
            joined.append(span)
    return joined


def has_committee(facts: BranchFacts, day: date, rules: LifeRules) -> bool:
    return any(span.has(day) for span in committee_spans(facts, rules))


@dataclass(frozen=True, slots=True)
class Count:
    """How often a duty was owed in a period, and in how many of those units it was met; `missed` are the others.
    `is_coming`: it is owed in a unit of the period that is not over yet."""

    required: int = 0
    done: int = 0
    missed: tuple[Unit, ...] = ()
    is_coming: bool = False

    @property
    def rate(self) -> Rate:
        return Rate(self.done, self.required)

    @property
    def is_behind(self) -> bool:
        return self.done < self.required


@dataclass(frozen=True, slots=True)
class Compliance:
    """A branch in a period: each duty's count, and how it stands with all of them."""

    is_subject: bool
    counts: Mapping[str, Count] = field(default_factory=dict)

    @property
    def required(self) -> int:
        return sum(one.required for one in self.counts.values())

    @property
    def done(self) -> int:
        return sum(one.done for one in self.counts.values())

    @property
    def missing(self) -> int:
        return self.required - self.done

    @property
    def standing(self) -> Standing:
        if not self.is_subject:
            return Standing.NOT_SUBJECT
        if not self.required:
            return Standing.NOTHING_DUE
        return Standing.BEHIND if self.missing else Standing.COMPLETE


# Which duties a kind of record may meet; one of a secretary's only when the secretary lectured.
DUTIES_OF: dict[str, tuple[str, ...]] = {
    **{kind: (kind,) for kind in BY_KIND.values()},
    LifeKind.LECTURE.value: (Duty.LECTURE.value, Duty.SECRETARY_LECTURE.value),
}


def meets(duty: str, record: Held) -> bool:
    """Whether a record is of a duty, whenever it was."""
    is_of = duty in DUTIES_OF.get(record.kind, ())
    return is_of and (duty != Duty.SECRETARY_LECTURE or record.by_secretary)


def compliance(facts: BranchFacts, held: Collection[Held], period: Period, as_of: date, rules: LifeRules) -> Compliance:
    """What a branch owed in a period up to a day, and what of it was held (R-086 to R-088)."""
    if facts.kind not in rules.subject_kinds:
        return Compliance(False)
    met = _met(held, as_of, rules)
    spans = committee_spans(facts, rules)
    counts = {
        duty.value: _count(duty, facts, met[duty.value], period.units(rules.months[duty]), as_of, spans)
        for duty in Duty
    }
    return Compliance(True, counts)


Met = set[tuple[int, int, int | None]]


def _met(held: Iterable[Held], as_of: date, rules: LifeRules) -> dict[str, Met]:
    """The units of each duty in which something was held up to a day: year, place in it, and group."""
    found: dict[str, Met] = {duty.value: set() for duty in Duty}
    for one in held:
        if one.on > as_of:
            continue
        for duty in DUTIES_OF.get(one.kind, ()):
            if duty != Duty.SECRETARY_LECTURE or one.by_secretary:
                year, place = _index(one.on, rules.months[duty])
                found[duty].add((year, place, one.group if duty == Duty.GROUP else None))
    return found


def _index(day: date, months: int) -> tuple[int, int]:
    """The calendar unit of so many months in which a day lies, as year and place in it."""
    return day.year, (day.month - 1) // months


def _count(duty: Duty, facts: BranchFacts, met: Met, units: Sequence[Unit], as_of: date, spans: list[Span]) -> Count:
    required, missed, is_coming = 0, [], False
    for unit in units:
        owing = _owing(duty, facts, unit, spans)
        if unit.last > as_of:
            is_coming = is_coming or bool(owing)
            continue
        required += len(owing)
        for key in owing:
            months = (unit.last.month - unit.first.month) + 1
            if (*_index(unit.first, months), key) not in met:
                missed.append(unit)
    return Count(required, required - len(missed), tuple(missed), is_coming)


def _owing(duty: Duty, facts: BranchFacts, unit: Unit, spans: list[Span]) -> list[int | None]:
    """Who owes a duty in a unit: the branch once (None), each of its groups, or nobody."""
    if not facts.exists.holds(unit):
        return []
    if duty == Duty.GROUP:
        return [group.key for group in facts.groups if group.span.holds(unit)]
    if duty == Duty.COMMITTEE and not any(span.holds(unit) for span in spans):
        return []
    return [None]


@dataclass(frozen=True, slots=True)
class Due:
    """A duty that is not met yet in the unit that runs on a day; `group` for a group's meeting."""

    duty: Duty
    due_on: date
    group: int | None = None


def due_now(facts: BranchFacts, held: Collection[Held], day: date, rules: LifeRules) -> list[Due]:
    """What is still to be held in the units that run on a day, the nearest end first."""
    if facts.kind not in rules.subject_kinds or not facts.exists.has(day):
        return []
    found = []
    spans = committee_spans(facts, rules)
    for duty in Duty:
        unit = unit_of(day, rules.months[duty])
        days = [one for one in held if meets(duty, one) and unit.first <= one.on <= unit.last]
        found += [
            Due(duty, unit.last, key)
            for key in _owing(duty, facts, unit, spans)
            if not any(key is None or one.group == key for one in days)
        ]
    return sorted(found, key=lambda one: one.due_on)


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What a person records: enough to say whether it can be."""

    kind: str
    held_on: date
    expected_count: int
    present_count: int
    mode: str = ""
    group: GroupFacts | None = None
    has_first_item: bool | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a record is refused: a word for programs, and cause, present value and remedy for people."""

    code: str
    text: str


def record_problem(one: RecordFacts, facts: BranchFacts, rules: LifeRules) -> Problem | None:
    """The first reason why a record cannot stand; none if it can."""
    day = one.held_on.isoformat()
    if facts.exists.first is not None and one.held_on < facts.exists.first:
        text = f"开展日期{day}早于党组织成立日期{facts.exists.first.isoformat()}。请核对日期。"
        return Problem("life.before", text)
    if facts.exists.last is not None and one.held_on > facts.exists.last:
        over = facts.exists.last + timedelta(days=1)
        return Problem("life.after", f"党组织已于{over.isoformat()}撤销，开展日期{day}不在存续期间。请核对日期。")
    if one.present_count > one.expected_count:
        text = f"实到{one.present_count}人，多于应到{one.expected_count}人。请核对两个数。"
        return Problem("life.present", text)
    if one.kind != LifeKind.COUNCIL and not one.present_count:
        return Problem("life.nobody", "实到党员是 0 人，不能作为已开展登记。请填写到会党员人数。")
    if one.kind == LifeKind.COMMITTEE and not has_committee(facts, one.held_on, rules):
        text = (
            f"{day}，这个党组织没有设支部委员会（正式党员{rules.committee_member_count}人以上的设委员会，"
            "不足的一般只设书记），不能登记支部委员会会议。已选举委员会的，请先登记换届选举。"
        )
        return Problem("life.no_committee", text)
    if one.kind == LifeKind.GROUP:
        return _group_problem(one)
    if one.kind == LifeKind.STUDY and not one.mode:
        return Problem("life.mode", "学习教育没有选择学习方式。请选择集中学、自主学或者共同学。")
    return None


def _group_problem(one: RecordFacts) -> Problem | None:
    if one.group is None:
        return Problem("life.no_group", "没有选择党小组。没有设党小组的不登记党小组会；已设的请先登记党小组。")
    if not one.group.span.has(one.held_on):
        return Problem("life.group_day", f"所选党小组在{one.held_on.isoformat()}还没有设立或者已经撤销。请核对日期。")
    return None


def problem_state(rectified_on: date | None, due_on: date, on: date) -> ProblemState:
    """How a problem stands on a day: its last day still belongs to it (P-55)."""
    if rectified_on is not None and rectified_on <= on:
        return ProblemState.RECTIFIED
    return ProblemState.OVERDUE if due_on < on else ProblemState.OPEN


def record_remarks(one: RecordFacts, full: int | None, probationary: int | None) -> list[str]:
    """What is remarked on a record that stands: advice, never a refusal."""
    found = []
    registered = (full or 0) + (probationary or 0)
    if full is not None and one.kind == LifeKind.CONGRESS and one.expected_count != registered:
        found.append(f"应到党员填的是{one.expected_count}人，登记的党员是{registered}人。两数不同，请核对。")
    if one.kind in (LifeKind.CONGRESS, LifeKind.LIFE_MEETING) and 2 * one.present_count <= one.expected_count:
        found.append(f"应到{one.expected_count}人，实到{one.present_count}人，到会没有超过半数，会议决定事项请慎重。")
    if one.kind == LifeKind.LIFE_MEETING and one.held_on.month < 10:
        found.append("组织生活会一般安排在第四季度，现在登记的日期更早。确属增开的不必修改。")
    return found
