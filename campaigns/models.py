"""The face of the wing for Django: each subject keeps its own models."""

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
    "Phase",
    "Quota",
    "SelfRating",
    "SteeringMember",
    "Step",
    "StepExtension",
    "Unit",
]
