"""The five embedded checks as pure findings over the facts of one association (R-023, R-080, R-084).

Only the evaluation of 5A can block; purchase and awards decide nothing but the order 同等条件下 (R-026).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.rules import AssociationFacts, CoverageRules
from partybuilding.embedding.enums import Looked, Result, Stage
from partybuilding.organizations.enums import Cover
from portal.gates import Finding, Level

HIGHEST = "5A"


@dataclass(frozen=True, slots=True)
class CheckRules:
    """Parameters in force on the day of the check, in its jurisdiction."""

    coverage: CoverageRules
    is_strict: bool
    charter_days: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What the checks read beside the facts of coverage. `clause` is None when nobody has said so."""

    facts: AssociationFacts
    clause: bool | None
    term_ends_on: date | None = None
    grade_ends_on: date | None = None
    organization_term_ends_on: date | None = None
    representative_since: date | None = None
    representative_until: date | None = None


def findings(stage: str, subject: Subject, rules: CheckRules, on: date) -> list[Finding]:
    """What Party building says at one of the five stages."""
    return {
        Stage.INSPECTION: _inspection,
        Stage.EVALUATION: _evaluation,
        Stage.ELECTION: _election,
        Stage.PURCHASE: _precedence,
        Stage.AWARDS: _precedence,
    }[Stage(stage)](subject, rules, on)


def _inspection(subject: Subject, rules: CheckRules, on: date) -> list[Finding]:
    return [_founding(subject, rules), _charter(subject, "可借年检年报时机修改章程。")]


def _evaluation(subject: Subject, rules: CheckRules, on: date) -> list[Finding]:
    return [veto(subject.facts, rules), _charter(subject, "可借等级评估时机修改章程。")]


def veto(facts: AssociationFacts, rules: CheckRules) -> Finding:
    """R-023 for an application for 5A: no organisation where one is due is a veto; where none can be founded, a warning
    that asks for an explanation. The strict parameter makes it a veto in any case."""
    if coverage.is_covered(facts, rules.coverage):
        if coverage.is_should_not_built(facts, rules.coverage):
            return Finding(Level.WARN, "R-023", "由联合等党组织覆盖，党员人数已达到单独组建的要求。请说明组建安排。")
        return Finding(Level.OK, "R-023", f"已有党组织（{Cover(facts.cover).label}），可以申报 5A 级。")
    if coverage.is_should_not_built(facts, rules.coverage):
        return Finding(Level.BLOCK, "R-023", "符合条件而没有组建党组织，申报 5A 级一票否决。请先组建党组织，再行申报。")
    if rules.is_strict:
        return Finding(Level.BLOCK, "R-023", "没有党组织，当地规定不得参加 5A 级评选。请先组建或加入党组织。")
    return Finding(Level.WARN, "R-023", f"没有党组织（{_why(facts, rules)}）。申报 5A 级须书面说明原因。")


def _why(facts: AssociationFacts, rules: CheckRules) -> str:
    if coverage.is_deferred(facts, rules.coverage):
        return "经批准暂缓组建"
    if coverage.counts(Measure.UNREPORTED, facts, rules.coverage):
        return "党员人数未填报，不能判断是否应当组建"
    return "正式党员不足，暂不具备组建条件"


def _election(subject: Subject, rules: CheckRules, on: date) -> list[Finding]:
    found = [_founding(subject, rules)]
    ends_on = subject.organization_term_ends_on
    if ends_on is not None and ends_on < on:
        text = f"党组织本届任期已于{ends_on.isoformat()}届满，逾期{(on - ends_on).days}天。换届时请一并安排党组织换届。"
        found.append(Finding(Level.WARN, "R-074", text))
    elif ends_on is not None:
        found.append(Finding(Level.OK, "R-074", f"党组织本届任期到{ends_on.isoformat()}届满。"))
    return [*found, _charter(subject, "可借换届时机修改章程，提交会员大会表决。")]


def _precedence(subject: Subject, rules: CheckRules, on: date) -> list[Finding]:
    if coverage.is_covered(subject.facts, rules.coverage):
        return [Finding(Level.OK, "R-026", "已建立党组织，同等条件下优先。")]
    return [Finding(Level.WARN, "R-026", "没有党组织，同等条件下排在已建立党组织的之后；不影响参加资格。")]


def _founding(subject: Subject, rules: CheckRules) -> Finding:
    facts = subject.facts
    if coverage.is_should_not_built(facts, rules.coverage):
        return Finding(Level.WARN, "R-078", "应建未建党组织。请核对组建安排。")
    if coverage.is_blank_spot(facts, rules.coverage):
        return Finding(Level.WARN, "R-077", "没有党组织，党的工作也没有覆盖。")
    if coverage.is_covered(facts, rules.coverage):
        return Finding(Level.OK, "R-078", f"已有党组织（{Cover(facts.cover).label}）。")
    return Finding(Level.OK, "R-078", "没有应建未建党组织的情况。")


def _charter(subject: Subject, remedy: str) -> Finding:
    if subject.clause:
        return Finding(Level.OK, "R-080", "章程已写入党的建设内容。")
    if subject.clause is None:
        return Finding(Level.WARN, "R-080", "没有登记章程是否写入党的建设内容。请核对章程。")
    return Finding(Level.WARN, "R-080", f"章程没有写入党的建设内容。{remedy}")


def result_of(found: Iterable[Finding], *, stage: str, level: str = "", looked: Iterable[str] = ()) -> Result:
    """The gravest of what was found. A veto is one for 5A only; what was looked at and is weak is a warning (A-42)."""
    levels = {one.level for one in found}
    if Level.BLOCK in levels and stage == Stage.EVALUATION and level == HIGHEST:
        return Result.BLOCK
    if levels & {Level.BLOCK, Level.WARN} or set(looked) & {Looked.WEAK}:
        return Result.WARN
    return Result.OK


def charter_moments(subject: Subject, rules: CheckRules, on: date) -> list[str]:
    """A-45: which occasions to amend the charter lie near, for an association that lacks the clause.

    The yearly inspection says so by itself. A change of the legal representative is registered, and the charter with
    it: one that has just happened, or one that is to come because the present one's time ends.
    """
    if subject.clause:
        return []
    found = []
    for ends_on, what in ((subject.term_ends_on, "换届"), (subject.grade_ends_on, "等级到期复评")):
        if ends_on is None:
            continue
        if ends_on < on and what == "换届":
            found.append(f"{what}（已于{ends_on.isoformat()}届满）")
        elif 0 <= (ends_on - on).days <= rules.charter_days:
            found.append(f"{what}（{ends_on.isoformat()}）")
    since, until = subject.representative_since, subject.representative_until
    if since is not None and 0 <= (on - since).days <= rules.charter_days:
        found.append(f"变更法定代表人（{since.isoformat()}就任）")
    elif until is not None and 0 <= (until - on).days <= rules.charter_days:
        found.append(f"变更法定代表人（现任到{until.isoformat()}止）")
    return found


def precedence(level: str | None, has_organization: bool, has_passed: bool, name: str) -> tuple[int, bool, bool, str]:
    """R-026, the order 同等条件下: higher grade, then Party organisation, then last inspection 合格, then name."""
    grade = -int(level[0]) if level else 0
    return grade, not has_organization, not has_passed, name
