"""The face of the wing: Django finds every subject's models here."""

from associations.checklists.models import Checklist, ChecklistStep, ChecklistTemplate, TemplateStep
from associations.evaluation.models import EvaluationApplication, EvaluationBatch, Grade, Indicator
from associations.governance.models import Contact, MemberUnit, Officer
from associations.library.models import LibraryDocument
from associations.registry.models import (
    Assignment,
    Association,
    AssociationName,
    Department,
    DepartmentName,
    PartyMemberCount,
    TreeLock,
)

__all__ = [
    "Assignment",
    "Association",
    "AssociationName",
    "Checklist",
    "ChecklistStep",
    "ChecklistTemplate",
    "Contact",
    "Department",
    "DepartmentName",
    "EvaluationApplication",
    "EvaluationBatch",
    "Grade",
    "Indicator",
    "LibraryDocument",
    "MemberUnit",
    "Officer",
    "PartyMemberCount",
    "TemplateStep",
    "TreeLock",
]
