"""A filing beside last year's: what a reviewer reads, line by line. Pure; the queries are `selectors`'s."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.filing.definition import Field, FieldType, Form, Section
from portal.filing.examination import Examination, FieldState, Given, examine
from portal.filing.reading import Answers, Value, canonical, display, parse
from supervision.inspections.issues import ISSUE
from supervision.reviews.enums import Show

NOT_REPORTED = "未填报"
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Said:
    """A remark that was sent: in whose name and when."""

    text: str
    by: str
    on: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One field: last year, this year, what speaks of it. `key` names it in the page and in what is posted."""

    key: str
    section: str
    code: str
    label: str
    unit: str
    last: str
    this: str
    before: str  # what stood here in the hand-in that this stage returned
    change: str
    is_changed: bool
    is_since: bool
    is_personal: bool
    flags: tuple[str, ...]
    reason: str
    draft: str
    sent: tuple[Said, ...]
    files: tuple[Any, ...]

    @property
    def is_marked(self) -> bool:
        """Where J and K stop: a flag, or a remark of today."""
        return bool(self.flags or self.draft)


@dataclass(frozen=True, slots=True)
class LineGroup:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One section, with what of it is shown."""

    code: str
    title: str
    is_party: bool
    is_as_last_year: bool
    groups: tuple[LineGroup, ...]
    flag_count: int
    change_count: int
    shown_count: int
    line_count: int
    key: str
    draft: str
    sent: tuple[Said, ...]


@dataclass(frozen=True)
class Known:
    """All that a comparison looks at. Remarks go by (section, field); flags as they were kept at the hand-in."""

    form: Form
    answers: Answers
    last: Mapping[str, Value] = field(default_factory=dict)
    has_last: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)
    flags: Sequence[Mapping[str, str]] = ()
    as_last_year: Sequence[str] = ()
    files: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    drafts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sent: Mapping[tuple[str, str], Sequence[Said]] = field(default_factory=dict)
    since: Answers | None = None  # the answers of the hand-in that this stage returned
    since_codes: frozenset[str] = frozenset()


def key_of(section: str, code: str) -> str:
    """How a remark is called in the page; neither code holds a dot."""
    return f"{section}.{code}"


def examined(known: Known) -> Examination:
    """What the answers say by this form; done once where several views are drawn."""
    return examine(
        Given(
            form=known.form,
            answers=known.answers,
            last_year=known.last,
            reasons=known.reasons,
            file_counts={code: len(files) for code, files in known.files.items()},
        )
    )


def compare(known: Known, show: Show, *, party_first: bool, found: Examination | None = None) -> tuple[Part, ...]:
    """The sections in the reviewer's order, each with the lines that `show` asks for."""
    found = found or examined(known)
    parts = [_part(known, found, section, show) for section in known.form.sections]
    return tuple(sorted(parts, key=lambda one: not one.is_party)) if party_first else tuple(parts)


def meeting_count(known: Known, column: str) -> int | None:
    """A figure of the filing by its column; none when it was not reported."""
    for code, one in known.form.fields.items():
        if one.column == column:
            value = parse(one, known.answers.get(code)).value
            return value if isinstance(value, int) and not isinstance(value, bool) else None
    return None


def _part(known: Known, found: Examination, section: Section, show: Show) -> Part:
    groups, lines = [], []
    for group in section.groups:
        mine = [_line(known, found.fields[one.code], section.code) for one in group.fields if _asked(found, one)]
        lines += mine
        shown = tuple(one for one in mine if is_shown(one, show))
        if shown:
            groups.append(LineGroup(group.title, shown))
    return Part(
        code=section.code,
        title=section.title,
        is_party=section.is_party,
        is_as_last_year=section.code in known.as_last_year,
        groups=tuple(groups),
        flag_count=sum(bool(one.flags) for one in lines),
        change_count=sum(one.is_changed for one in lines),
        shown_count=sum(len(group.lines) for group in groups),
        line_count=len(lines),
        key=key_of(section.code, ""),
        draft=known.drafts.get((section.code, ""), ""),
        sent=tuple(known.sent.get((section.code, ""), ())),
    )


def is_shown(line: Line, show: Show) -> bool:
    """A line with a remark of today is always there: nobody should look for the own words."""
    match show:
        case Show.CHANGED:
            return bool(line.is_changed or line.is_marked or line.reason)
        case Show.FLAGGED:
            return line.is_marked
        case Show.SINCE:
            return bool(line.is_since or line.sent or line.draft)
    return True


def _asked(found: Examination, one: Field) -> bool:
    return found.fields[one.code].is_shown


def _line(known: Known, state: FieldState, section: str) -> Line:
    one = state.field
    files = tuple(known.files.get(one.code, ()))
    return Line(
        key=key_of(section, one.code),
        section=section,
        code=one.code,
        label=one.label,
        unit=one.unit,
        last=_last(known, state),
        this="" if one.type is FieldType.FILE else _words(one, state.raw, state.value),
        before=_before(known, one),
        change=state.change,
        is_changed=_is_changed(known, state),
        is_since=one.code in known.since_codes,
        is_personal=one.is_personal and state.value is not None,
        flags=tuple(flag["text"] for flag in known.flags if flag["field"] == one.code),
        reason=known.reasons.get(one.code, ""),
        draft=known.drafts.get((section, one.code), ""),
        sent=tuple(known.sent.get((section, one.code), ())),
        files=files,
    )


def _words(one: Field, raw: Any, value: Value) -> str:
    """An answer in words, a personal one masked; what cannot be read as it was typed."""
    if value is None and raw:
        return "已脱敏" if one.is_personal else str(raw)
    return display(one, value, mask=True) or NOT_REPORTED


def _last(known: Known, state: FieldState) -> str:
    one = state.field
    if one.type is FieldType.FILE or not known.has_last:
        return NOTHING
    return display(one, state.last, mask=True) or NOT_REPORTED


def _is_changed(known: Known, state: FieldState) -> bool:
    """Against last year, by value and not by spelling; without a last year nothing has changed."""
    one = state.field
    if not known.has_last or one.type is FieldType.FILE:
        return False
    return canonical(one, state.value) != canonical(one, state.last)


def _before(known: Known, one: Field) -> str:
    if known.since is None or one.code not in known.since_codes or one.type is FieldType.FILE:
        return ""
    raw = known.since.get(one.code)
    return _words(one, raw, parse(one, raw).value)


def flags_of_none(flags: Iterable[Mapping[str, str]], form: Form) -> tuple[str, ...]:
    """Flags that belong to no field: the years before, for one; not what the register is asked about anew (`ISSUE`)."""
    return tuple(flag["text"] for flag in flags if flag["field"] not in form.fields and flag["code"] != ISSUE)
