"""The face of the wing for Django: each subject keeps its own models."""

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
    "Method",
    "MethodRecord",
    "Phase",
    "SteeringMember",
    "Step",
    "StepExtension",
    "Unit",
]
