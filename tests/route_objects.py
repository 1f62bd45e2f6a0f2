"""The objects behind the URLs: each kwarg is the key of a guarded model, or one of a few named words."""

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db.models import Model, UUIDField

from tests.personas import PERSONAS, Personas
from tests.scope_reports import DRILL
from tests.scope_table import TABLE, fill

# URL kwarg → the model whose key it is; the rows and who reaches them are in the scope table.
KWARGS = {
    "association_pk": "associations.Association",
    "association_name_pk": "associations.AssociationName",
    "assignment_pk": "associations.Assignment",
    "department_pk": "associations.Department",
    "department_name_pk": "associations.DepartmentName",
    "organization_pk": "partybuilding.PartyOrganization",
    "close_pk": "partybuilding.Close",
    "correction_pk": "partybuilding.Correction",
    "close_unit_pk": "partybuilding.CloseUnit",
    "census_pk": "partybuilding.Census",
    "census_unit_pk": "partybuilding.CensusUnit",
    "census_row_pk": "partybuilding.CensusRow",
    "evaluation_batch_pk": "associations.EvaluationBatch",
    "library_document_pk": "associations.LibraryDocument",
    "officer_pk": "associations.Officer",
    "contact_pk": "associations.Contact",
    "member_unit_pk": "associations.MemberUnit",
    "party_member_pk": "partybuilding.PartyMember",
    "candidate_pk": "partybuilding.Candidate",
    "cultivation_pk": "partybuilding.Cultivation",
    "training_session_pk": "partybuilding.TrainingSession",
    "training_attendance_pk": "partybuilding.TrainingAttendance",
    "care_record_pk": "partybuilding.CareRecord",
    "floating_member_pk": "partybuilding.FloatingMember",
    "member_transfer_pk": "partybuilding.MemberTransfer",
    "member_review_pk": "partybuilding.MemberReview",
    "yearly_report_pk": "partybuilding.YearlyReport",
    "study_programme_pk": "partybuilding.StudyProgramme",
    "study_problem_pk": "partybuilding.StudyProblem",
    "pioneer_record_pk": "partybuilding.PioneerRecord",
    "life_record_pk": "partybuilding.LifeRecord",
    "life_file_pk": "partybuilding.LifeFile",
    "party_group_pk": "partybuilding.PartyGroup",
    "instructor_pk": "partybuilding.Instructor",
    "instructor_assignment_pk": "partybuilding.InstructorAssignment",
    "covered_association_pk": "partybuilding.CoveredAssociation",
    "checklist_pk": "associations.Checklist",
    "checklist_step_pk": "associations.ChecklistStep",
    "establishment_plan_pk": "partybuilding.EstablishmentPlan",
    "group_organization_pk": "partybuilding.GroupOrganization",
    "major_decision_pk": "partybuilding.MajorDecision",
    "interaction_pk": "partybuilding.Interaction",
    "agreement_pk": "partybuilding.Agreement",
    "yearly_check_pk": "partybuilding.YearlyCheck",
    "commission_member_pk": "partybuilding.CommissionMember",
    "commission_rule_pk": "partybuilding.CommissionRule",
    "meeting_pk": "partybuilding.Meeting",
    "agenda_item_pk": "partybuilding.AgendaItem",
    "linkage_pk": "partybuilding.Linkage",
    "membership_pk": "memberships.Membership",
    "slip_sheet_pk": "memberships.SlipSheet",
    "reset_request_pk": "memberships.ResetRequest",
    "task_pk": "notices.Task",
    "job_pk": "jobs.Job",
    "export_request_pk": "privacy.ExportRequest",
    "export_pk": "exporting.Export",
    "batch_pk": "importing.ImportBatch",
    "run_pk": "reporting.ReportRun",
    "schedule_pk": "reporting.Schedule",
    "campaign_pk": "campaigns.Campaign",
    "phase_pk": "campaigns.Phase",
    "step_pk": "campaigns.Step",
    "method_pk": "campaigns.Method",
    "steering_member_pk": "campaigns.SteeringMember",
    "unit_pk": "campaigns.Unit",
    "method_record_pk": "campaigns.MethodRecord",
    "entry_pk": "campaigns.Entry",
    "award_round_pk": "campaigns.AwardRound",
    "award_kind_pk": "campaigns.AwardKind",
    "quota_pk": "campaigns.Quota",
    "nomination_pk": "campaigns.Nomination",
    "publication_pk": "publishing.Publication",
    "topic_pk": "publishing.Topic",
    "objection_pk": "publishing.Objection",
    "pledge_pk": "campaigns.Pledge",
    "paper_count_pk": "campaigns.PaperCount",
    "ballot_pk": "campaigns.Ballot",
    "collection_pk": "campaigns.Collection",
    "unit_report_pk": "campaigns.UnitReport",
    "contact_point_pk": "campaigns.ContactPoint",
    "campaign_inspection_pk": "campaigns.CampaignInspection",
    "inspected_unit_pk": "campaigns.InspectedUnit",
    "rectification_notice_pk": "campaigns.RectificationNotice",
    "inspection_pk": "supervision.Inspection",
    "submission_pk": "supervision.Submission",
    "paper_pk": "supervision.FilingPaper",
    "attachment_pk": "supervision.Attachment",
    "round_pk": "supervision.Round",
    "track_pk": "supervision.RoundTrack",
    "event_pk": "audit.AuditEvent",
    "access_event_pk": "audit.AccessEvent",
}
# Words in URLs: the default, and what single routes need.
WORDS: dict[str, str | int] = {
    "key": "coverage",
    "format": "xlsx",
    "section": "basic",
    "stage": "evaluation",
    "method_number": 1,
    "kind": "matter",
    "part_number": 1,
}
ROUTE_WORDS = {
    "reporting:run_rows": {"key": DRILL},
    "importing:template": {"key": "associations"},
    "associations:department_names": {"key": "regulator"},
}
MISSING = 999_999_999
MISSING_UUID = UUID(int=MISSING)


def missing_key(kwarg: str) -> int | UUID:
    """A key that no row has."""
    return MISSING_UUID if isinstance(apps.get_model(KWARGS[kwarg])._meta.pk, UUIDField) else MISSING


@dataclass
class Objects:
    """The rows of each kwarg by name, and which names each persona reaches."""

    rows: dict[str, dict[str, Model]]

    def expected(self, kwarg: str, persona: str) -> set[str]:
        return TABLE[KWARGS[kwarg]].expected[persona] & set(self.rows[kwarg])

    def own(self, kwargs: list[str], persona: str) -> dict[str, int] | None:
        """Keys of objects that the persona reaches and that belong together; none if there are none."""
        names = set(self.expected(kwargs[0], persona))
        for kwarg in kwargs[1:]:
            names &= self.expected(kwarg, persona)
        return self._keys(kwargs, min(names)) if names else None

    def foreign(self, kwargs: list[str], persona: str) -> dict[str, int] | None:
        """Keys of objects beyond the persona's reach; none if it reaches everything."""
        first = kwargs[0]
        names = set(self.rows[first]) - self.expected(first, persona)
        for kwarg in kwargs[1:]:
            names &= set(self.rows[kwarg])
        return self._keys(kwargs, min(names)) if names else None

    def mixed(self, kwargs: list[str], persona: str) -> dict[str, int] | None:
        """The first object reached, the last one another's: they do not belong together."""
        names = sorted(self.expected(kwargs[0], persona))
        others = sorted(set(self.rows[kwargs[-1]]) - set(names[:1]))
        if len(kwargs) < 2 or not names or not others:
            return None
        return self._keys(kwargs[:1], names[0]) | self._keys(kwargs[1:], others[0])

    def _keys(self, kwargs: list[str], name: str) -> dict[str, int]:
        return {kwarg: self.rows[kwarg][name].pk for kwarg in kwargs}


def make_objects(kwargs: list[str], personas: Personas) -> Objects:
    """The rows that the kwargs of one route need, for all personas."""
    fill(personas)
    for key in PERSONAS:
        assert personas[key]
    return Objects({kwarg: TABLE[KWARGS[kwarg]].make(personas) for kwarg in kwargs})
