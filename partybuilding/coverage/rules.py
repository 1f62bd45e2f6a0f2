"""The two coverages and what follows from them (R-076…R-079, R-095).

Pure decisions over the facts of one association on one day; no database, no clock. Every figure and every list of
coverage is one `Measure`: `counts(measure, facts, rules)` decides it here, `selectors.measure_q` says the same in SQL,
and a test holds the two together.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import add, attrgetter

from partybuilding.coverage.enums import Measure, MemberBand
from partybuilding.organizations.enums import Cover
from partybuilding.organizations.rules import Finding
from portal.regulations.rules import Rate

RELATION_ONLY = "relation_only"
EMPLOYED = "employed"


@dataclass(frozen=True, slots=True)
class CoverageRules:
    """The parameters of coverage in force on a day."""

    count_functional: bool
    exclude_new_months: int
    member_count_basis: str
    should_establish_member_count: int


@dataclass(frozen=True, slots=True)
class AssociationFacts:
    """What coverage reads of one association on one day. A count of None is 未填报, which is not 0."""

    is_in_scope: bool
    cover: str = Cover.NONE
    has_instructor: bool = False
    relation_count: int | None = None
    working_count: int | None = None
    has_group: bool = False
    is_deferred: bool = False
    is_planned: bool = False
    has_clause: bool = False

    def band(self, rules: CoverageRules) -> MemberBand:
        """In which band the reported full members lie, by the basis that the parameter names (R-078)."""
        return member_band(self.relation_count, self.working_count, rules)


def member_band(relation_count: int | None, working_count: int | None, rules: CoverageRules) -> MemberBand:
    """The band of the larger count; only the organisational relation where the basis is `relation_only`."""
    given = [relation_count] if rules.member_count_basis == RELATION_ONLY else [relation_count, working_count]
    known = [count for count in given if count is not None]
    if not known:
        return MemberBand.UNREPORTED
    if max(known) >= rules.should_establish_member_count:
        return MemberBand.ENOUGH
    return MemberBand.FEW if max(known) else MemberBand.ZERO


def strongest(covers: Iterable[str]) -> Cover:
    """Of several organisations that cover one association the strongest: each association counts once (R-076)."""
    found = set(covers)
    return next((cover for cover in Cover if cover in found), Cover.NONE)


def is_covered(facts: AssociationFacts, rules: CoverageRules) -> bool:
    """R-076: in scope and covered by an own or a shared organisation, a functional one where it counts."""
    covering = {Cover.OWN, Cover.SHARED} | ({Cover.FUNCTIONAL} if rules.count_functional else set())
    return facts.is_in_scope and facts.cover in covering


def is_work_covered(facts: AssociationFacts, rules: CoverageRules) -> bool:
    """R-077: covered, or reached by a current instructor or liaison officer, or by a 群团组织 of its own."""
    return is_covered(facts, rules) or (facts.is_in_scope and (facts.has_instructor or facts.has_group))


def is_blank_spot(facts: AssociationFacts, rules: CoverageRules) -> bool:
    """R-077: in scope, and neither an organisation nor the work reaches it."""
    return facts.is_in_scope and not is_work_covered(facts, rules)


def should_establish(facts: AssociationFacts, rules: CoverageRules) -> bool:
    """R-078: in scope with enough full members for an organisation of its own, whether it has one or not."""
    return facts.is_in_scope and is_eligible(facts, rules)


def is_eligible(facts: AssociationFacts, rules: CoverageRules) -> bool:
    """Whether the reported full members suffice for an organisation of its own (R-073, R-078)."""
    return facts.band(rules) == MemberBand.ENOUGH


def is_should_not_built(facts: AssociationFacts, rules: CoverageRules) -> bool:
    """应建未建 (R-078): enough full members, no own organisation (a shared one settles nothing), no deferral."""
    return should_establish(facts, rules) and facts.cover != Cover.OWN and not facts.is_deferred


def is_deferred(facts: AssociationFacts, rules: CoverageRules) -> bool:
    """R-078: it should establish one, and a deferral in force was approved."""
    return should_establish(facts, rules) and facts.cover != Cover.OWN and facts.is_deferred


def is_not_built(facts: AssociationFacts, rules: CoverageRules) -> bool:
    """No organisation of its own where one is due, or none at all: what the list of reasons explains."""
    return facts.cover != Cover.OWN and (not is_covered(facts, rules) or is_eligible(facts, rules))


def counts(measure: str, facts: AssociationFacts, rules: CoverageRules) -> bool:
    """Whether the association is one of those that the figure `measure` counts."""
    return facts.is_in_scope and _DECISIONS[Measure(measure)](facts, rules)


def _uncovered_in(band: MemberBand, facts: AssociationFacts, rules: CoverageRules) -> bool:
    return not is_covered(facts, rules) and facts.band(rules) == band


_DECISIONS = {
    Measure.IN_SCOPE: lambda facts, rules: facts.is_in_scope,
    Measure.OWN: lambda facts, rules: facts.cover == Cover.OWN,
    Measure.SHARED: lambda facts, rules: facts.cover == Cover.SHARED,
    Measure.FUNCTIONAL: lambda facts, rules: facts.cover == Cover.FUNCTIONAL,
    Measure.COVERED: is_covered,
    Measure.UNCOVERED: lambda facts, rules: not is_covered(facts, rules),
    Measure.WORK_COVERED: is_work_covered,
    Measure.BLANK_SPOT: is_blank_spot,
    Measure.SHOULD_ESTABLISH: should_establish,
    Measure.SHOULD_NOT_BUILT: is_should_not_built,
    Measure.INFO_POOL: lambda facts, rules: _uncovered_in(MemberBand.FEW, facts, rules),
    Measure.NO_MEMBERS: lambda facts, rules: _uncovered_in(MemberBand.ZERO, facts, rules),
    Measure.UNREPORTED: lambda facts, rules: facts.band(rules) == MemberBand.UNREPORTED,
    Measure.NOT_BUILT: is_not_built,
    Measure.PLANNED: lambda facts, rules: is_should_not_built(facts, rules) and facts.is_planned,
    Measure.DEFERRED: is_deferred,
    Measure.CHARTER: lambda facts, rules: facts.has_clause,
    Measure.CHARTER_LACKING: lambda facts, rules: not facts.has_clause,
}


@dataclass(frozen=True, slots=True)
class CoverageCounts:
    """The figures of a group of associations; field names are the codes of `Measure`. Two groups add up."""

    in_scope: int = 0
    own: int = 0
    shared: int = 0
    functional: int = 0
    covered: int = 0
    uncovered: int = 0
    work_covered: int = 0
    blank_spot: int = 0
    should_establish: int = 0
    should_not_built: int = 0
    info_pool: int = 0
    no_members: int = 0
    unreported: int = 0
    not_built: int = 0
    planned: int = 0
    deferred: int = 0
    charter: int = 0
    charter_lacking: int = 0

    def __add__(self, other: "CoverageCounts") -> "CoverageCounts":
        return CoverageCounts(*map(add, _figures(self), _figures(other)))

    @property
    def organization_rate(self) -> Rate:
        """组织覆盖率 (R-076)."""
        return Rate(self.covered, self.in_scope)

    @property
    def work_rate(self) -> Rate:
        """工作覆盖率 (R-077)."""
        return Rate(self.work_covered, self.in_scope)

    @property
    def built_rate(self) -> Rate:
        """应建已建率 (R-078): own organisations of own organisations and 应建未建."""
        return Rate(self.own, self.own + self.should_not_built)

    @property
    def own_rate(self) -> Rate:
        """单独组建率 (R-079)."""
        return Rate(self.own, self.in_scope)

    @property
    def charter_rate(self) -> Rate:
        """党建入章率 (R-080): in scope with the clause in the charter."""
        return Rate(self.charter, self.in_scope)


_figures = attrgetter(*(one.name for one in fields(CoverageCounts)))


def measures(facts: AssociationFacts, rules: CoverageRules) -> tuple[Measure, ...]:
    """The figures that count an association with these facts."""
    return tuple(one for one in Measure if counts(one, facts, rules))


def added(groups: Iterable[tuple[tuple[Measure, ...], int]]) -> CoverageCounts:
    """The figures of several groups: what counts each of its associations, and how many they are."""
    figures: Counter[str] = Counter()
    for counting, times in groups:
        for measure in counting:
            figures[measure.value] += times
    return CoverageCounts(**figures)


def instructor_findings(association_count: int, *, limit: int) -> list[Finding]:
    """R-095: an instructor looks after at most `limit` associations in principle; more is a warning."""
    if association_count <= limit:
        return []
    return [
        Finding(
            "R-095",
            "warn",
            f"这名指导员将联系{association_count}家社会组织，原则上不超过{limit}家。请考虑改派其他指导员。",
        )
    ]
