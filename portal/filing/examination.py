"""What is missing, wrong or unusual in a filing, and what a reviewer should look at. Pure; nothing is stored.

An answer of a field that is not shown counts as not given: it is kept, so that nothing typed is lost, but it is
neither summed nor part of the content code.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple

from portal.filing import wording
from portal.filing.definition import (
    CarryCheck,
    CompareCheck,
    Condition,
    Field,
    FieldType,
    Form,
    Operator,
    Section,
    SumCheck,
)
from portal.filing.reading import Answers, Parsed, Raw, Value, canonical, display, parse, read

ERROR, EXPLAIN, NOTE = "error", "explain", "note"
# How two amounts stand to each other when one of them was typed in 万元: around 10,000.
UNIT_RATIO = Decimal(10_000)
UNIT_WINDOW = (Decimal(5_000), Decimal(20_000))


@dataclass(frozen=True)
class Given:
    """All that an examination looks at. `register` goes by source name, everything else by field code.

    `read` are the answers as `reading.read` reads them, where whoever asks has read them already.
    """

    form: Form
    answers: Answers
    register: Mapping[str, Value] = field(default_factory=dict)
    last_year: Mapping[str, Value] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    file_counts: Mapping[str, int] = field(default_factory=dict)
    read: Mapping[str, Parsed] | None = None


class Problem(NamedTuple):
    """`error`: to be mended; `explain`: to be mended or given a reason; `note`: for the reviewer to see."""

    section: str
    field: str
    code: str
    text: str
    level: str


class FieldState(NamedTuple):
    field: Field
    raw: Raw | None
    value: Value
    is_shown: bool
    is_required: bool
    problems: tuple[str, ...]
    last: Value
    change: str
    needs_reason: str
    reason: str
    is_locked: bool


@dataclass(frozen=True)
class SectionState:
    """`asked_count` counts the fields that must be answered here, `filled_count` those of them that are."""

    section: Section
    filled_count: int
    asked_count: int
    problems: tuple[Problem, ...]

    @property
    def is_complete(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Examination:
    """What was found; what a page shows of each field is put together when a page asks."""

    sections: dict[str, SectionState]
    problems: tuple[Problem, ...]
    flags: tuple[Problem, ...]
    examiner: "_Examiner" = field(repr=False, compare=False)

    @property
    def is_ready(self) -> bool:
        return not self.problems

    @cached_property
    def fields(self) -> dict[str, FieldState]:
        """The state of each field, by code, in the form's order."""
        return self.examiner.states(self.problems)

    def value(self, code: str) -> Value:
        """The value of a field; none where it is not shown."""
        return self.examiner.value(code)


def examine(given: Given) -> Examination:
    """Everything there is to say about the answers, in the form's order."""
    return _Examiner(given).run()


def visible(form: Form, answers: Answers, answers_read: Mapping[str, Parsed] | None = None) -> dict[str, Value]:
    """The values of the fields that are shown; one that cannot be read is there as typed."""
    examiner = _Examiner(Given(form, answers, read=answers_read))
    found: dict[str, Value] = {}
    for code, one in form.fields.items():
        if one.type is not FieldType.FILE and examiner.is_shown(code):
            value, problem = examiner.parsed[code]
            found[code] = f"\x00{json.dumps(answers.get(code), ensure_ascii=False)}" if problem else value
    return found


def _texts(form: Form, answers: Answers, answers_read: Mapping[str, Parsed] | None = None) -> dict[str, str]:
    found = {}
    for code, value in visible(form, answers, answers_read).items():
        is_unread = isinstance(value, str) and value.startswith("\x00")
        text = str(value) if is_unread else canonical(form.fields[code], value)
        if text:
            found[code] = text
    return found


def changed(form: Form, before: Answers, after: Answers) -> tuple[str, ...]:
    """The codes of the fields whose value differs, in the form's order; spelling alone is no change."""
    old, new = _texts(form, before), _texts(form, after)
    return tuple(code for code in form.fields if old.get(code, "") != new.get(code, ""))


def content_code(
    form: Form,
    answers: Answers,
    reasons: Mapping[str, str],
    file_hashes: Mapping[str, list[str]],
    answers_read: Mapping[str, Parsed] | None = None,
) -> str:
    """64 hexadecimal digits that name exactly this content; the signed page is not part of what it signs."""
    files = {
        code: sorted(hashes)
        for code, hashes in file_hashes.items()
        if hashes and code in form.fields and form.fields[code].type is FieldType.FILE
    }
    said = {code: reason.strip() for code, reason in reasons.items() if reason.strip() and code in form.fields}
    content = [form.code, form.version, _texts(form, answers, answers_read), said, files]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def holds(condition: Condition, one: Field, value: Value) -> bool:
    """Whether a condition holds over a value. A comparison with nothing never holds."""
    if condition.operator in (Operator.FILLED, Operator.BLANK):
        return (value is None) is (condition.operator is Operator.BLANK)
    if value is None:
        return False
    if condition.operator in (Operator.IS, Operator.IS_NOT, Operator.IN):
        wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        codes = value if one.type is FieldType.CHOICES and isinstance(value, tuple) else (canonical(one, value),)
        is_among = any(code in wanted for code in codes)
        return is_among is not (condition.operator is Operator.IS_NOT)
    number = _number(value)
    return number is not None and compares(number, condition.operator, Decimal(str(condition.value)))


def compares(left: Any, operator: Operator, right: Any) -> bool:
    match operator:
        case Operator.EQUAL:
            return bool(left == right)
        case Operator.AT_MOST:
            return bool(left <= right)
        case Operator.LESS:
            return bool(left < right)
        case Operator.AT_LEAST:
            return bool(left >= right)
        case Operator.MORE:
            return bool(left > right)
    raise ValueError(f"{operator} compares nothing")


def change_text(one: Field, value: Value, last: Value) -> str:
    """「↑3」 for counts, 「↓33.3%」 for amounts; empty where nothing changed or one side is missing."""
    if value is None or last is None or not one.is_numeric:
        return ""
    now, before = _number(value), _number(last)
    if now is None or before is None or now == before:
        return ""
    arrow = "↑" if now > before else "↓"
    if one.type is FieldType.INTEGER or before == 0:
        return f"{arrow}{wording.plain(abs(now - before))}"
    share = (abs(now - before) / abs(before) * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{arrow}{share:,}%"


def _number(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Decimal(value)


def is_unit_apart(one: Decimal, other: Decimal) -> bool:
    """Whether two amounts differ about as much as 元 and 万元 do."""
    if not one or not other or (one > 0) is not (other > 0):
        return False
    ratio = max(abs(one), abs(other)) / min(abs(one), abs(other))
    return UNIT_WINDOW[0] <= ratio <= UNIT_WINDOW[1]


class _Examiner:
    def __init__(self, given: Given) -> None:
        self.given = given
        self.form = given.form
        self.parsed = dict(read(given.form, given.answers) if given.read is None else given.read)
        for code, one in self.form.fields.items():
            if one.is_locked:
                self.parsed[code] = self._owned(code, one)
        self.shown: dict[str, bool] = {}
        # By field, of those that have any: (name, text).
        self.errors: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.doubts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.notes: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)

    def _owned(self, code: str, one: Field) -> Parsed:
        """What the register owns is never mended by typing; spelling that our own checks dislike is no problem here."""
        value, problem = self.parsed[code]
        raw = self.given.answers.get(code)
        if value is None and one.source in self.given.register:
            value = _alike(one, self.given.register[one.source])
        elif problem and isinstance(raw, str):
            value = raw
        return Parsed(value, "")

    def is_shown(self, code: str) -> bool:
        if (known := self.shown.get(code)) is None:
            conditions = self.form.fields[code].shown_when
            known = self.shown[code] = not conditions or all(self._holds(one) for one in conditions)
        return known

    def value(self, code: str) -> Value:
        return self.parsed[code].value if self.is_shown(code) else None

    def number(self, code: str) -> Decimal | None:
        return _number(self.value(code))

    def _holds(self, condition: Condition) -> bool:
        return holds(condition, self.form.fields[condition.field], self.value(condition.field))

    def is_required(self, one: Field) -> bool:
        return one.is_required or (bool(one.required_when) and all(self._holds(each) for each in one.required_when))

    def run(self) -> Examination:
        for code, one in self.form.fields.items():
            if self.is_shown(code):
                self._single(code, one)
        for check in self.form.checks:
            match check:
                case SumCheck():
                    self._sum(check)
                case CompareCheck():
                    self._compare(check)
                case CarryCheck():
                    self._carry(check)
        for flag in self.form.flags:
            if all(self._holds(one) for one in flag.when):
                self.notes[flag.field].append((flag.code, flag.text))
        return self._gather()

    def _single(self, code: str, one: Field) -> None:
        value, problem = self.parsed[code]
        if one.type is FieldType.FILE:
            self._files(code, one)
        elif problem:
            self.errors[code].append(("unread", problem))
        elif value is None and self.is_required(one) and not one.is_locked:
            self.errors[code].append(("required", wording.missing(one)))
        self._register(code, one, value)
        if one.is_numeric and one.last_year and not one.is_locked:
            self._outlier(code, one)

    def _files(self, code: str, one: Field) -> None:
        count = self.given.file_counts.get(code, 0)
        if not count and self.is_required(one):
            self.errors[code].append(("required", wording.missing(one)))
        elif count > one.max_files:
            self.errors[code].append(("files", wording.too_many_files(one, count)))

    def _register(self, code: str, one: Field, value: Value) -> None:
        known = self.given.register.get(one.source) if one.source else None
        if one.is_locked and value is None:
            self.notes[code].append(("register_lacks", wording.register_lacks(one)))
        if value is None or known is None or canonical(one, value) == canonical(one, _alike(one, known)):
            return
        shown, held = (display(one, each, mask=True) for each in (value, _alike(one, known)))
        if one.is_locked:
            self.notes[code].append(("register_changed", wording.register_changed(one, shown, held)))
        elif one.explains_difference:
            self.doubts[code].append(("register", wording.differs_from_register(one, shown, held)))

    def _outlier(self, code: str, one: Field) -> None:
        last = _number(self.given.last_year.get(code))
        value = None if last is None else self.number(code)
        if value is None or last is None or value == last:
            return
        if one.type is FieldType.MONEY and is_unit_apart(value, last):
            self.doubts[code].append(("unit", wording.unit_doubt(one, value, last)))
        elif one.explain_change_over is not None:
            if last == 0:
                self.doubts[code].append(("outlier", wording.from_nothing(one, value)))
            elif abs(value - last) * 100 > abs(last) * one.explain_change_over:
                text = wording.changed_much(one, value, last, one.explain_change_over)
                self.doubts[code].append(("outlier", text))

    def _sum(self, check: SumCheck) -> None:
        stated = self.number(check.total)
        fields = [self.form.fields[code] for code in check.parts]
        if stated is None or any(one.code in self.errors and self.given.answers.get(one.code) for one in fields):
            return
        numbers = {one.code: self.number(one.code) for one in fields}
        if all(number is None for number in numbers.values()) and any(self.is_required(one) for one in fields):
            return
        known = {code: number for code, number in numbers.items() if number is not None}
        added = sum(known.values(), Decimal(0))
        if abs(stated - added) <= check.tolerance:
            return
        total = self.form.fields[check.total]
        text = self._unit_of_sum(check, total, stated, known) or wording.sum_differs(
            total, fields, stated, added, check.text
        )
        self.errors[check.total].append((check.code, text))

    def _unit_of_sum(self, check: SumCheck, total: Field, stated: Decimal, known: dict[str, Decimal]) -> str:
        """The one amount that was typed in 万元, if the sum holds once it is read so."""
        if total.type is not FieldType.MONEY:
            return ""
        added = sum(known.values(), Decimal(0))
        for other in (stated * UNIT_RATIO, stated / UNIT_RATIO):
            if stated and abs(other - added) <= check.tolerance:
                return wording.sum_unit(total, stated, total, other)
        for code, number in known.items():
            for other in (number * UNIT_RATIO, number / UNIT_RATIO):
                if number and abs(added - number + other - stated) <= check.tolerance:
                    return wording.sum_unit(self.form.fields[code], number, total, other)
        return ""

    def _compare(self, check: CompareCheck) -> None:
        left_field = self.form.fields[check.left]
        left = self.value(check.left)
        right_field = self.form.fields.get(check.right)
        right: Any = self.value(check.right) if right_field else Decimal(check.right)
        if left is None or right is None or compares(left, check.operator, right):
            return
        shown = f"{right_field.label}（{display(right_field, right)}）" if right_field else wording.plain(right)
        value = display(left_field, left)
        text = wording.does_not_compare(left_field, value, check.operator, shown, check.text)
        self.errors[check.left].append((check.code, text))

    def _carry(self, check: CarryCheck) -> None:
        value, last = self.number(check.field), _number(self.given.last_year.get(check.last))
        if value is not None and last is not None and value != last:
            here, there = self.form.fields[check.field], self.form.fields[check.last]
            self.doubts[check.field].append((check.code, wording.not_carried(here, value, there, last)))

    # Gathering

    def _gather(self) -> Examination:
        problems: list[Problem] = []
        flags: list[Problem] = []
        told = self.errors.keys() | self.doubts.keys() | self.notes.keys()
        for code, section in self.form.section_of.items():
            if code not in told or not self.is_shown(code):
                continue
            problems.extend(Problem(section, code, *error, ERROR) for error in self.errors.get(code, ()))
            doubts = (Problem(section, code, *doubt, EXPLAIN) for doubt in self.doubts.get(code, ()))
            (flags if self.given.reasons.get(code, "").strip() else problems).extend(doubts)
            flags.extend(Problem(section, code, *note, NOTE) for note in self.notes.get(code, ()))
        return Examination(self._sections(problems), tuple(problems), tuple(flags), self)

    def states(self, problems: Iterable[Problem]) -> dict[str, FieldState]:
        """What a page shows of each field."""
        own: defaultdict[str, list[str]] = defaultdict(list)
        for problem in problems:
            own[problem.field].append(problem.text)
        return {code: self._state(code, one, tuple(own.get(code, ()))) for code, one in self.form.fields.items()}

    def _state(self, code: str, one: Field, problems: tuple[str, ...]) -> FieldState:
        last = self.given.last_year.get(code) if one.last_year else None
        shown = self.is_shown(code)
        value = self.parsed[code].value
        return FieldState(
            field=one,
            raw=self.given.answers.get(code),
            value=value,
            is_shown=shown,
            is_required=shown and self.is_required(one),
            problems=problems,
            last=last,
            change=change_text(one, value, last) if shown else "",
            needs_reason="".join(text for _name, text in self.doubts.get(code, ())) if shown else "",
            reason=self.given.reasons.get(code, "").strip(),
            is_locked=one.is_locked,
        )

    def _sections(self, problems: list[Problem]) -> dict[str, SectionState]:
        found = {}
        for section in self.form.sections:
            asked = [
                one for one in section.fields if not one.is_locked and self.is_shown(one.code) and self.is_required(one)
            ]
            filled = sum(1 for one in asked if self._is_filled(one))
            own = tuple(problem for problem in problems if problem.section == section.code)
            found[section.code] = SectionState(section, filled, len(asked), own)
        return found

    def _is_filled(self, one: Field) -> bool:
        if one.type is FieldType.FILE:
            return self.given.file_counts.get(one.code, 0) > 0
        return self.parsed[one.code].value is not None


def _alike(one: Field, value: Value) -> Value:
    """What the register holds, as the field would have read it: a code for a label, a decimal for an integer."""
    if isinstance(value, str) or (one.type is FieldType.MONEY and isinstance(value, int)):
        read = parse(one, str(value))
        return value if read.value is None else read.value
    return value
