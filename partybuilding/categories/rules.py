"""分类指导 (P-75): the situation of an association, the category that follows, and what a decision needs. Pure."""

from collections.abc import Mapping

from partybuilding.categories.enums import HIGH_GRADES, Situation
from partybuilding.coverage.rules import AssociationFacts, CoverageRules
from partybuilding.establishment.rules import why_not
from partybuilding.organizations.enums import Cover
from portal.access.decisions import ALLOWED, Decision


def situation(facts: AssociationFacts, rules: CoverageRules, grade: str = "", ground: str = "") -> Situation:
    """The one situation of an association in scope; why it has no organisation comes first (R-078, R-083)."""
    why = why_not(facts, rules, ground)
    if why is not None:
        return Situation(why.value)
    if facts.cover != Cover.OWN:
        return Situation.SHARED
    return Situation.OWN_HIGH if grade in HIGH_GRADES else Situation.OWN


def suggested(found: Situation, by_situation: Mapping[str, int]) -> int | None:
    """The category that follows from a situation by the reference data; None where it names none."""
    return by_situation.get(found.value)


def may_decide(category: int, proposal: int | None, current: int | None, reason: str) -> Decision:
    """A person may decide otherwise than the rule, but says why; the same again is no decision."""
    if category == current:
        return Decision(False, "已经是这一类别，不必重新确定。")
    if category != proposal and not reason.strip():
        return Decision(False, "与系统建议的类别不同，请写明理由。")
    return ALLOWED
