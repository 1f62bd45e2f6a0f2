"""Rows of the wing for the scope table: everything hangs on a filing, and a filing on its association."""

from datetime import date
from itertools import count

from django.db.models import Model

from associations.registry.models import Association
from portal.files.services import store
from supervision.discipline.models import UrgeCall
from supervision.inspections.enums import Stage
from supervision.inspections.models import (
    Attachment,
    FilingPaper,
    Inspection,
    InspectionFigures,
    InspectionSection,
    SignaturePage,
)
from supervision.reviews.models import Opinion, Remark, Return
from supervision.rounds.enums import RoundState
from supervision.rounds.models import Extension, Round, RoundTrack
from tests.personas import Personas
from tests.supervision.makers import NOW, make_inspection, make_round, make_submission, make_track

_serial = count(1)


def inspection_of(association: Association) -> Inspection:
    return make_inspection(association)


def section_of(association: Association) -> InspectionSection:
    return InspectionSection.objects.create(inspection=make_inspection(association), code="basic")


def submission_of(association: Association) -> Model:
    return make_submission(make_inspection(association))


def figures_of(association: Association) -> InspectionFigures:
    return InspectionFigures.objects.create(inspection=make_inspection(association))


def attachment_of(association: Association) -> Attachment:
    stored = store(b"%PDF-1.7", name="a.pdf", kind="inspection", actor=None, now=NOW)
    return Attachment.objects.create(
        inspection=make_inspection(association), field="charter", file=stored, uploaded_at=NOW
    )


def paper_of(association: Association) -> FilingPaper:
    stored = store(b"%PDF-1.7", name="a.pdf", kind="filing_paper", actor=None, now=NOW)
    inspection = make_inspection(association)
    return FilingPaper.objects.create(
        inspection=inspection, kind="report", content_code="0" * 64, stored=stored, requested_at=NOW
    )


def signature_page_of(association: Association) -> SignaturePage:
    return SignaturePage.objects.create(inspection=make_inspection(association), content_code="0" * 64, made_at=NOW)


def extension_of(association: Association) -> Extension:
    return Extension.objects.create(
        inspection=make_inspection(association), until=date(2026, 6, 30), reason="换届", decided_at=NOW
    )


def return_of(association: Association) -> Return:
    inspection = make_inspection(association)
    return Return.objects.create(
        inspection=inspection,
        submission=make_submission(inspection),
        stage=Stage.SUPERVISOR,
        due_on=date(2026, 4, 10),
        returned_at=NOW,
    )


def opinion_of(association: Association) -> Opinion:
    return Opinion.objects.create(
        inspection=make_inspection(association), stage=Stage.SUPERVISOR, text="同意", given_at=NOW
    )


def sent_remark_of(association: Association) -> Remark:
    sent_in = return_of(association)
    return Remark.objects.create(
        inspection=sent_in.inspection,
        stage=Stage.SUPERVISOR,
        section="basic",
        text="请核对",
        sent_in=sent_in,
        written_at=NOW,
    )


def draft_remark_of(association: Association) -> Remark:
    return Remark.objects.create(
        inspection=make_inspection(association), stage=Stage.SUPERVISOR, section="basic", text="请核对", written_at=NOW
    )


def call_of(association: Association) -> UrgeCall:
    return UrgeCall.objects.create(inspection=make_inspection(association), result="informed", called_at=NOW)


def rounds(personas: Personas) -> dict[str, Round]:
    """One of each state."""
    return {str(state): make_round(state) for state in RoundState}


def tracks(personas: Personas) -> dict[str, RoundTrack]:
    return {name: make_track(one) for name, one in rounds(personas).items()}
