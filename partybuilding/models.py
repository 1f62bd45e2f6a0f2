"""The face of the wing: Django finds every subject's models here."""

from partybuilding.affiliation.models import AffiliationRule
from partybuilding.appraisal.models import MemberGrade, MemberReview, ReportSection, YearlyReport
from partybuilding.care.models import CareRecord
from partybuilding.categories.models import CategoryDecision, GuidanceCategory
from partybuilding.census.models import (
    Census,
    CensusCall,
    CensusDifference,
    CensusProblem,
    CensusRow,
    CensusUnit,
    ProblemKind,
)
from partybuilding.closing.models import (
    Close,
    CloseChange,
    CloseEdition,
    CloseRow,
    CloseUnit,
    Correction,
    CorrectionItem,
    UnitCall,
)
from partybuilding.commissions.models import (
    AgendaItem,
    CommissionMember,
    CommissionProfile,
    CommissionRule,
    Meeting,
)
from partybuilding.coverage.models import (
    CoverageDay,
    CoverageMark,
    CoverageStanding,
    Instructor,
    InstructorAssignment,
)
from partybuilding.cultivation.models import Cultivation
from partybuilding.deliberation.models import Agreement, Interaction, MajorDecision
from partybuilding.development.models import Candidate, DevelopmentStage
from partybuilding.duties.models import CheckItem, YearlyCheck
from partybuilding.embedding.models import HookCheck
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.floating.models import FloatingMember
from partybuilding.life.models import LifeFile, LifeRecord, PartyGroup, PioneerRecord, StudyProblem, StudyProgramme
from partybuilding.linkages.models import Linkage
from partybuilding.members.models import MemberEvent, PartyMember, Secretary
from partybuilding.organizations.models import (
    CoveredAssociation,
    GroupOrganization,
    PartyOrganization,
    PartyOrganizationName,
)
from partybuilding.returns.models import MemberReturn
from partybuilding.terms.models import PartyElection, TermExtension
from partybuilding.training.models import Academy, TrainingAttendance, TrainingSession
from partybuilding.transfers.models import MemberTransfer

__all__ = [
    "Academy",
    "AffiliationRule",
    "AgendaItem",
    "Agreement",
    "Candidate",
    "CareRecord",
    "CategoryDecision",
    "Census",
    "CensusCall",
    "CensusDifference",
    "CensusProblem",
    "CensusRow",
    "CensusUnit",
    "CheckItem",
    "Close",
    "CloseChange",
    "CloseEdition",
    "CloseRow",
    "CloseUnit",
    "CommissionMember",
    "CommissionProfile",
    "CommissionRule",
    "Correction",
    "CorrectionItem",
    "CoverageDay",
    "CoverageMark",
    "CoverageStanding",
    "CoveredAssociation",
    "Cultivation",
    "DevelopmentStage",
    "EstablishmentPlan",
    "FloatingMember",
    "GroupOrganization",
    "GuidanceCategory",
    "HookCheck",
    "Instructor",
    "InstructorAssignment",
    "Interaction",
    "LifeFile",
    "LifeRecord",
    "Linkage",
    "MajorDecision",
    "Meeting",
    "MemberEvent",
    "MemberGrade",
    "MemberReturn",
    "MemberReview",
    "MemberTransfer",
    "PartyElection",
    "PartyGroup",
    "PartyMember",
    "PartyOrganization",
    "PartyOrganizationName",
    "PioneerRecord",
    "ProblemKind",
    "ReportSection",
    "Secretary",
    "StudyProblem",
    "StudyProgramme",
    "TermExtension",
    "TrainingAttendance",
    "TrainingSession",
    "UnitCall",
    "YearlyCheck",
    "YearlyReport",
]
