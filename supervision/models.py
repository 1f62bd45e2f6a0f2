"""The face of the wing for Django: each subject keeps its own models."""

from supervision.discipline.models import UrgeCall
from supervision.inspections.models import (
    Attachment,
    FilingPaper,
    Inspection,
    InspectionFigures,
    InspectionSection,
    SignaturePage,
    Submission,
)
from supervision.reviews.models import Opinion, Remark, Return
from supervision.rounds.models import Extension, FormVersion, Round, RoundTrack

__all__ = [
    "Attachment",
    "Extension",
    "FilingPaper",
    "FormVersion",
    "Inspection",
    "InspectionFigures",
    "InspectionSection",
    "Opinion",
    "Remark",
    "Return",
    "Round",
    "RoundTrack",
    "SignaturePage",
    "Submission",
    "UrgeCall",
]
