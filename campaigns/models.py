"""The face of the wing for Django: each subject keeps its own models."""

from campaigns.ballots.models import Ballot, BallotCode, BallotResult, BallotTally, PaperCount
from campaigns.collecting.models import Collection, UnitReport
from campaigns.commendations.models import AwardKind, AwardRound, Commendation, Nomination, Quota
from campaigns.commendations.scoring_models import Assessment, AssessmentScore, Recusal
from campaigns.guidance.models import (
    CampaignInspection,
    ContactPoint,
    InspectedUnit,
    RectificationNotice,
    ReportPart,
    Visit,
)
from campaigns.ledgers.models import Entry, GradeApplication, SelfRating, Signatory
from campaigns.methods.models import Comment, MethodRecord, Pledge, PledgeEdition, SelfReview
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
    "Assessment",
    "AssessmentScore",
    "AwardKind",
    "AwardRound",
    "Ballot",
    "BallotCode",
    "BallotResult",
    "BallotTally",
    "Campaign",
    "CampaignInspection",
    "CampaignItem",
    "CampaignLink",
    "Collection",
    "Commendation",
    "Comment",
    "ContactPoint",
    "Criterion",
    "CriterionSet",
    "Entry",
    "GradeApplication",
    "InspectedUnit",
    "Method",
    "MethodRecord",
    "Nomination",
    "PaperCount",
    "Phase",
    "Pledge",
    "PledgeEdition",
    "Quota",
    "RectificationNotice",
    "Recusal",
    "ReportPart",
    "SelfRating",
    "SelfReview",
    "Signatory",
    "SteeringMember",
    "Step",
    "StepExtension",
    "Unit",
    "UnitReport",
    "Visit",
]
