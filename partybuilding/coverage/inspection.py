"""What Party building says of an association at its annual inspection (R-084): organisation, instructor, charter."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.listing import should_text
from partybuilding.coverage.selectors import coverage_rules, facts_of
from portal.gates import Finding, Level


def findings(association: Any, on: date) -> Iterable[Finding]:
    """Never a block: at the inspection these only inform (R-084)."""
    rules = coverage_rules(on)
    facts = facts_of(association.pk, as_of=on, rules=rules)
    yield _organization(facts, rules)
    if coverage.is_blank_spot(facts, rules):
        yield Finding(Level.WARN, "R-077", "没有党组织，没有党建工作指导员、联络员，也没有群团组织，党的工作没有覆盖。")
    elif not facts.has_instructor and not coverage.is_covered(facts, rules):
        yield Finding(Level.WARN, "R-095", "没有指派党建工作指导员。")
    yield charter(association)


def _organization(facts: coverage.AssociationFacts, rules: coverage.CoverageRules) -> Finding:
    if coverage.is_should_not_built(facts, rules):
        return Finding(Level.WARN, "R-078", should_text(facts, rules))
    if coverage.counts(Measure.UNREPORTED, facts, rules):
        return Finding(Level.WARN, "R-035", "党员人数未填报，不能判断是否应当组建党组织。没有党员的请填 0。")
    return Finding(Level.OK, "R-078", "没有应建未建党组织的情况。")


def charter(association: Any) -> Finding:
    """R-080: the charter has its Party-building clause, has none, or nobody has said so."""
    if association.charter_has_party_clause:
        return Finding(Level.OK, "R-080", "章程已写入党的建设内容。")
    if association.charter_has_party_clause is None:
        return Finding(Level.WARN, "R-080", "没有登记章程是否写入党的建设内容。请核对章程。")
    return Finding(Level.WARN, "R-080", "章程没有写入党的建设内容。可借年检、换届等时机修改章程。")
