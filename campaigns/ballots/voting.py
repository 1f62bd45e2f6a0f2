"""Casting a vote. Nothing here writes history, logs, or keeps an hour; every choice goes the same way."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from campaigns.ballots.codes import code_hash
from campaigns.ballots.enums import Answer, BallotState
from campaigns.ballots.models import Ballot, BallotCode, BallotTally
from campaigns.ballots.rules import at_the_time

NO_ACCOUNT = "a voter has no account: the code alone decides"


def ballot_for(typed: str, *, now: datetime) -> tuple[Answer, Ballot | None]:
    """The ballot that a code opens now, or why it opens none."""
    row = (
        BallotCode.objects.unscoped(NO_ACCOUNT)
        .filter(code_hash=code_hash(typed), ballot__state=BallotState.PREPARED)
        .select_related("ballot__unit__organization", "ballot__unit__campaign")
        .first()
    )
    if row is None:
        return Answer.WRONG, None
    answer = at_the_time(row.ballot.opens_at, row.ballot.closes_at, now)
    return answer, row.ballot if answer == Answer.TAKEN else None


def cast(typed: str, choice: str, *, now: datetime) -> Answer:
    """One vote: the code goes and the tally grows, both or neither. Of two with one code the second finds none."""
    answer, ballot = ballot_for(typed, now=now)
    if ballot is None:
        return answer
    with transaction.atomic():
        spent, _each = (
            BallotCode.objects.unscoped(NO_ACCOUNT).filter(code_hash=code_hash(typed), ballot=ballot).delete()
        )
        if not spent:
            return Answer.WRONG
        tally = BallotTally.objects.unscoped(NO_ACCOUNT).filter(ballot=ballot, choice=choice)
        if not tally.update(count=F("count") + 1):
            raise LookupError("A ballot without a tally for a choice on its slip.")
    return Answer.TAKEN
