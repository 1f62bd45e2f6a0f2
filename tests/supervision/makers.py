"""Rounds and filings for tests, made through the models; as small a form as serves."""

import hashlib
from datetime import date, datetime
from itertools import count
from typing import Any

from django.utils import timezone

from associations.registry.enums import AssociationKind
from associations.registry.models import Association
from portal.access.scoping import everything
from supervision.inspections.enums import Conclusion, InspectionState, Stage
from supervision.inspections.models import Inspection, Submission
from supervision.rounds.enums import RoundState
from supervision.rounds.models import FormVersion, Round, RoundTrack
from tests.supervision.forms import SMALL

_serial = count(1)
NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.get_default_timezone())


def make_form_version(source: str = SMALL, **fields: Any) -> FormVersion:
    """An edition of a form; the source is a form file's text."""
    return FormVersion.objects.create(
        **{
            "code": f"form{next(_serial)}",
            "version": 1,
            "title": "社会团体年度检查报告书",
            "source": source,
            "sha256": hashlib.sha256(source.encode()).hexdigest(),
            "loaded_at": NOW,
        }
        | fields
    )


def make_round(state: str = RoundState.OPEN, **fields: Any) -> Round:
    """The round about 2025, filed in 2026; R-031: the supervising unit by 31 March, the registrar by 31 May."""
    return Round.objects.create(
        **{
            "report_year": 2025,
            "title": f"2025年度检查{next(_serial)}",
            "state": state,
            "opens_on": date(2026, 1, 1),
            "closes_on": date(2026, 12, 31),
            "help_office": "省民政厅社会组织管理局",
            "help_phone": "0731-84502000",
            "opened_at": None if state == RoundState.DRAFT else NOW,
            "closed_at": NOW if state == RoundState.CLOSED else None,
        }
        | fields
    )


def make_track(a_round: Round | None = None, form: FormVersion | None = None, **fields: Any) -> RoundTrack:
    return RoundTrack.objects.create(
        **{
            "round": a_round or make_round(),
            "kind": AssociationKind.SOCIAL_GROUP,
            "form": form or make_form_version(),
            "registered_by": date(2025, 6, 30),
            "to_supervisor_by": date(2026, 3, 31),
            "to_registrar_by": date(2026, 5, 31),
        }
        | fields
    )


def make_inspection(
    association: Association, track: RoundTrack | None = None, state: str = InspectionState.NOT_STARTED, **fields: Any
) -> Inspection:
    """A filing in a state, with the stamps that the state asks for."""
    track = track or make_track()
    stamps: dict[str, Any] = {}
    if state in {*_handed_in(), InspectionState.RETURNED}:
        stamps = {"started_at": NOW, "submitted_at": NOW, "first_submitted_at": NOW}
    if state == InspectionState.RETURNED:
        stamps |= {"returned_from": Stage.SUPERVISOR, "returned_at": NOW, "return_count": 1}
    if state == InspectionState.CONCLUDED:
        stamps |= {"concluded_at": NOW, "conclusion": Conclusion.PASSED, "conclusion_on": NOW.date()}
    with everything("test data"):
        return Inspection.objects.create(
            **{
                "round": track.round,
                "track": track,
                "form": track.form,
                "association": association,
                "number": f"NJ-2025-{next(_serial):06d}",
                "state": state,
                "filing_due_on": track.filing_due_on,
            }
            | stamps
            | fields
        )


def _handed_in() -> set[str]:
    return {
        InspectionState.WITH_SUPERVISOR,
        InspectionState.WITH_COMMITTEE,
        InspectionState.WITH_REGISTRAR,
        InspectionState.CONCLUDED,
        InspectionState.FILED_ELSEWHERE,
    }


def make_submission(inspection: Inspection, **fields: Any) -> Submission:
    """A hand-in of an inspection."""
    return Submission.objects.create(
        **{
            "inspection": inspection,
            "sequence": 1,
            "stage": Stage.SUPERVISOR,
            "content_code": "0" * 64,
            "check_code": "7F3A-91C2",
            "submitter_label": "填报人",
            "submitted_at": NOW,
        }
        | fields
    )
