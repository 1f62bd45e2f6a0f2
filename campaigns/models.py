"""The face of the wing for Django: each subject keeps its own models."""

from campaigns.ballots.models import Ballot, BallotCode, BallotResult, BallotTally, PaperCount
from campaigns.commendations.models import AwardKind, AwardRound, Commendation, Nomination, Quota
from campaigns.ledgers.models import Entry, SelfRating
from campaigns.methods.models import MethodRecord
from campaigns.plans.models import (
    Campaign,
    CampaignItem,
    CampaignLink,
    Criterion,
    CriterionSet,
    Method,
    Phase,
    SteeringMember,
    Step,
    StepExtension,
    Unit,
)

__all__ = [
    "AwardKind",
    "AwardRound",
    "Ballot",
    "BallotCode",
    "BallotResult",
    "BallotTally",
    "Campaign",
    "CampaignItem",
    "CampaignLink",
    "Commendation",
    "Criterion",
    "CriterionSet",
    "Entry",
    "Method",
    "MethodRecord",
    "Nomination",
    "PaperCount",
    "Phase",
    "Quota",
    "SelfRating",
    "SteeringMember",
    "Step",
    "StepExtension",
    "Unit",
]
