"""Affiliation routing (R-098): an order of rules as data, the first one that fits and has a body wins. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from partybuilding.affiliation.enums import BodyLevel, Otherwise, Standing, Target

STREET_BODY = "住所地街道（乡镇）党工委"


@dataclass(frozen=True, slots=True)
class Route:
    """One rule of an order. Empty conditions hold for everybody; `words`: one of them stands in the name."""

    number: int
    title: str
    target: str
    source: str
    kind: str = ""
    words: tuple[str, ...] = ()
    is_industry: bool | None = None
    body_words: tuple[str, ...] = ()
    body_level: str = ""
    otherwise: str = Otherwise.NEXT


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules read of an association; `path` are the codes of its place and those above, nearest last."""

    name: str
    kind: str
    is_industry: bool | None
    level: str
    path: tuple[str, ...]
    supervising: int | None = None
    regulator: int | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A committee of the directory: whom it is attached to, where it stands, above whom."""

    pk: int
    name: str
    level: str
    region: str | None
    hosted_by: int | None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an association belongs and why: `bodies` of the directory, or none for the subdistrict.

    `lacks_regulator`: a rule was passed over only because nobody recorded the 行业管理部门.
    """

    bodies: tuple[Body, ...]
    rule: Route
    reason: str
    is_fallback: bool
    lacks_regulator: bool = False

    @property
    def label(self) -> str:
        return "或".join(body.name for body in self.bodies) or STREET_BODY


def fits(rule: Route, subject: Subject) -> bool:
    """Whether a rule speaks of an association at all."""
    if rule.kind and rule.kind != subject.kind:
        return False
    if rule.words and not any(word in subject.name for word in rule.words):
        return False
    return rule.is_industry is None or rule.is_industry == bool(subject.is_industry)


class Bodies:
    """The committees of the directory, found by whom they are attached to and by where they stand."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        self._hosted: dict[int, list[Body]] = {}
        self._standing: dict[tuple[str, str | None], list[Body]] = {}
        for body in bodies:
            self._standing.setdefault((body.level, body.region), []).append(body)
            if body.hosted_by is not None:
                self._hosted.setdefault(body.hosted_by, []).append(body)

    def hosted_by(self, host: int | None) -> tuple[Body, ...]:
        return () if host is None else tuple(self._hosted.get(host, ()))

    def named(self, words: Collection[str], level: str, path: Iterable[str]) -> tuple[Body, ...]:
        """Those of a level at one of the places, with one of the words in the name."""
        here = (body for place in path for body in self._standing.get((level, place), ()))
        return tuple(body for body in here if any(word in body.name for word in words))


def bodies_of(rule: Route, subject: Subject, bodies: Bodies) -> tuple[Body, ...]:
    """The committees of the directory that a rule names for an association."""
    match Target(rule.target):
        case Target.SUPERVISING:
            return bodies.hosted_by(subject.supervising)
        case Target.REGULATOR:
            return bodies.hosted_by(subject.regulator)
        case Target.NAMED:
            level = subject.level if rule.body_level == BodyLevel.OWN else rule.body_level
            return bodies.named(rule.body_words, level, subject.path)
    return ()


def route(subject: Subject, order: Iterable[Route], bodies: Bodies) -> Answer | None:
    """The first rule that fits and has its body; none when the order is empty or leaves the association out."""
    passed: list[str] = []
    lacks_regulator = False
    for rule in sorted(order, key=lambda one: one.number):
        if not fits(rule, subject):
            continue
        found = bodies_of(rule, subject, bodies)
        if found:
            return Answer(found, rule, _reason(rule, passed), is_fallback=False, lacks_regulator=lacks_regulator)
        if rule.target == Target.STREET or rule.otherwise == Otherwise.STREET:
            if rule.target != Target.STREET:
                passed.append(rule.title)
            return Answer((), rule, _reason(rule, passed), is_fallback=True, lacks_regulator=lacks_regulator)
        passed.append(rule.title)
        lacks_regulator = lacks_regulator or (rule.target == Target.REGULATOR and subject.regulator is None)
    return None


def _reason(rule: Route, passed: Sequence[str]) -> str:
    """第 4 条「民办诊所」；「民办诊所」没有相应党委，由区域兜底."""
    text = f"第{rule.number}条「{rule.title}」"
    return f"{text}；按「{'」「'.join(passed)}」没有找到相应党委" if passed else text


def standing(answer: Answer, present: int | None, parents: Mapping[int, int | None]) -> Standing:
    """How the present committee compares; a committee below the one that is named is the same."""
    if not answer.bodies:
        return Standing.STREET
    if present is None:
        return Standing.UNASSIGNED
    wanted = {body.pk for body in answer.bodies}
    above: int | None = present
    seen: set[int] = set()
    while above is not None and above not in seen:
        if above in wanted:
            return Standing.SAME
        seen.add(above)
        above = parents.get(above)
    return Standing.UNCLEAR if answer.lacks_regulator else Standing.DIFFERENT


def overlaps(spans: Collection[tuple[date | None, date | None]]) -> bool:
    """Whether two orders of one place are in force on one day."""
    rows = sorted(spans, key=lambda span: span[0] or date.min)
    return any(earlier[1] is None or later[0] is None or later[0] <= earlier[1] for earlier, later in pairwise(rows))
