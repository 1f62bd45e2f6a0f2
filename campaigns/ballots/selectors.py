"""Reading mass appraisal: the rule book's numbers, what a unit has, what may be shown."""

from datetime import date, datetime

from campaigns.ballots.enums import BallotState, Level
from campaigns.ballots.models import Ballot, BallotCode, BallotResult, PaperCount
from campaigns.ballots.rules import BallotRules, HandleFacts, satisfaction
from campaigns.methods.selectors import is_recorder
from campaigns.plans.models import Method, Unit
from portal.access.actor import Actor
from portal.regulations.rules import Rate
from portal.regulations.selectors import values

WHOLE = "the appraisal of one unit that the caller has reached"
TURNOUT = "how many codes of a ballot are left; never which"
MINIMUM, PART = "campaign.ballot_minimum", "campaign.ballot_minimum_part"
VOTERS, SMALLEST = "campaign.code_ballot_voters", "campaign.smallest_cell"


def ballot_rules(day: date) -> BallotRules:
    found = values((MINIMUM, PART, VOTERS, SMALLEST), on=day)
    return BallotRules(int(found[MINIMUM]), int(found[PART]), int(found[VOTERS]), int(found[SMALLEST]))


def counts_of(unit: Unit, method: Method) -> list[PaperCount]:
    """The paper counts of a unit, the one about itself first."""
    rows = PaperCount.objects.unscoped(WHOLE).filter(unit=unit, method=method).select_related("member__person")
    return sorted(rows, key=lambda row: (row.level != Level.ORGANIZATION, row.pk))


def ballots_of(unit: Unit, method: Method) -> list[Ballot]:
    """The ballots by code of a unit, the latest first."""
    return list(Ballot.objects.unscoped(WHOLE).filter(unit=unit, method=method).order_by("-created_at", "-pk"))


def results_of(ballot: Ballot) -> list[BallotResult]:
    """What was published of a ballot."""
    return list(BallotResult.objects.unscoped(WHOLE).filter(ballot=ballot).order_by("number"))


def has_result(unit: Unit, method: Method) -> bool:
    """Whether the unit itself was appraised, on paper or by code."""
    paper = PaperCount.objects.unscoped(WHOLE).filter(unit=unit, method=method, level=Level.ORGANIZATION)
    return paper.exists() or _ballots(unit, method).filter(state=BallotState.COUNTED).exists()


def has_open_ballot(unit: Unit, method: Method) -> bool:
    return _ballots(unit, method).filter(state=BallotState.PREPARED).exists()


def _ballots(unit: Unit, method: Method):  # type: ignore[no-untyped-def]
    return Ballot.objects.unscoped(WHOLE).filter(unit=unit, method=method)


def slips_left(ballot: Ballot) -> int:
    """How many codes have not been used."""
    return int(BallotCode.objects.unscoped(TURNOUT).filter(ballot=ballot).count())


def handle_facts(ballot: Ballot, actor: Actor, now: datetime) -> HandleFacts:
    return HandleFacts(is_recorder(ballot.unit, ballot.method, actor), ballot.opens_at, ballot.closes_at, now)


def paper_rate(row: PaperCount) -> Rate:
    return satisfaction(row.satisfied_count, row.basic_count, row.valid_count)


def ballot_rate(ballot: Ballot) -> str:
    """The published satisfaction in words: exact, or as a bound where a small cell is hidden."""
    if ballot.content_count is None or ballot.cast_count is None:
        return ""
    return f"{ballot.get_rate_kind_display()}{Rate(ballot.content_count, ballot.cast_count).display()}"
