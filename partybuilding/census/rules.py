"""What a census compares, and who may say what (P-64). Pure: no database, no clock."""

from dataclasses import dataclass

from associations.registry.enums import AssociationStatus
from partybuilding.census.enums import Aspect, RowState
from partybuilding.organizations.enums import Cover
from portal.access.decisions import ALLOWED, Decision

UNKNOWN = "unknown"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Standing:
    """One association as the register has it, or as it was found; a number that nobody knows is None.

    `is_ours` says whether the unit that is asked answers for it.
    """

    status: str = AssociationStatus.ACTIVE
    cover: str = Cover.NONE
    has_instructor: bool = False
    has_group: bool = False
    relation_count: int | None = None
    working_count: int | None = None
    is_ours: bool = True


def code_of(one: Standing, aspect: str) -> str:
    """What a standing says of one aspect, as it is kept."""
    value = {
        Aspect.STATUS: one.status,
        Aspect.OURS: one.is_ours,
        Aspect.COVER: one.cover,
        Aspect.INSTRUCTOR: one.has_instructor,
        Aspect.GROUP: one.has_group,
        Aspect.RELATION: one.relation_count,
        Aspect.WORKING: one.working_count,
    }[Aspect(aspect)]
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def words(aspect: str, code: str) -> str:
    """What is kept of one aspect, as a person reads it."""
    if code == UNKNOWN:
        return "未填报"
    match Aspect(aspect):
        case Aspect.STATUS:
            return str(AssociationStatus(code).label)
        case Aspect.COVER:
            return str(Cover(code).label)
        case Aspect.OURS:
            return "由本单位负责" if code == YES else "不由本单位负责"
        case Aspect.INSTRUCTOR | Aspect.GROUP:
            return "有" if code == YES else "没有"
        case _:
            return f"{code} 人"


@dataclass(frozen=True, slots=True)
class Difference:
    """One aspect in which the register and what was found part."""

    aspect: Aspect
    registered: str
    found: str


def differences(registered: Standing, found: Standing) -> list[Difference]:
    """Every aspect in which the two part, in the order of the form.

    What is not the unit's own, or no longer stands in the register as active, is not asked about further: only that
    is the difference.
    """
    asked: tuple[Aspect, ...] = tuple(Aspect)
    if found.status != registered.status:
        asked = (Aspect.STATUS,)
    elif found.is_ours != registered.is_ours:
        asked = (Aspect.OURS,)
    pairs = ((aspect, code_of(registered, aspect), code_of(found, aspect)) for aspect in asked)
    return [Difference(aspect, before, after) for aspect, before, after in pairs if before != after]


def is_settled(aspect: str, found: str, now: Standing) -> bool:
    """Whether the register says today what was found."""
    return code_of(now, aspect) == found


def state_of(found: list[Difference]) -> RowState:
    return RowState.DIFFERS if found else RowState.AGREES


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """Who acts on a unit's list, and how far it is."""

    answers: bool
    urges: bool
    unit_label: str
    is_closed: bool
    unchecked_count: int = 0
    is_confirmed: bool = False


def may_check(facts: UnitFacts) -> Decision:
    """Associations are checked by the body that answers for them, as long as its list is not confirmed."""
    if facts.is_closed:
        return Decision(False, "本次摸底调查已经办结，结果不能再改。以后发现的变化请直接更正登记。")
    if not facts.answers:
        return Decision(False, f"这份名单由「{facts.unit_label}」核对，您可以查看和催办，不能代为填报。")
    if facts.is_confirmed:
        return Decision(False, "这份名单已经确认报送。需要修改的，请先撤回确认。")
    return ALLOWED


def may_confirm(facts: UnitFacts) -> Decision:
    """A list is confirmed when every association on it was checked."""
    may = may_check(facts)
    if may and facts.unchecked_count:
        return Decision(
            False,
            f"还有 {facts.unchecked_count} 家没有核对，不能确认报送。与登记一致的可以在名单中勾选后一并核对。",
        )
    return may


def may_reopen(facts: UnitFacts) -> Decision:
    """A confirmed list is taken back by the body itself, or returned by the department."""
    if facts.is_closed:
        return Decision(False, "本次摸底调查已经办结，名单不能再退回。")
    if not facts.answers and not facts.urges:
        return Decision(False, f"这份名单由「{facts.unit_label}」撤回，或由社会工作部退回。")
    return ALLOWED


@dataclass(frozen=True, slots=True)
class CloseFacts:
    """What decides whether a census may be ended."""

    unit_count: int
    waiting: tuple[str, ...] = ()


def may_close(facts: CloseFacts) -> Decision:
    """A census ends when every unit has confirmed; a partial one would pass for the whole."""
    if not facts.unit_count:
        return Decision(False, "名单还没有生成，不能办结。请稍候再试。")
    if facts.waiting:
        shown = "、".join(facts.waiting[:5]) + (f"等 {len(facts.waiting)} 个单位" if len(facts.waiting) > 5 else "")
        return Decision(False, f"{shown}还没有确认报送，不能办结。请先催报。")
    return ALLOWED
