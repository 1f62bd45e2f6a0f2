"""The face of the wing for Django: each subject keeps its own models."""

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
    "Campaign",
    "CampaignItem",
    "CampaignLink",
    "Criterion",
    "CriterionSet",
    "Entry",
    "Method",
    "MethodRecord",
    "Phase",
    "SelfRating",
    "SteeringMember",
    "Step",
    "StepExtension",
    "Unit",
]
