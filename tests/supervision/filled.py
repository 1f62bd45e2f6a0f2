"""Filings of the association's side in tests: begun, filled in, signed, handed in."""

import io
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from associations.registry.models import Association
from portal.access.scoping import everything
from portal.files.models import StoredFile
from supervision.inspections import services
from supervision.inspections.enums import SectionState
from supervision.inspections.models import Attachment, Inspection, InspectionSection, Submission
from supervision.inspections.selectors import filing_of
from supervision.rounds.models import RoundTrack
from tests.personas import Persona
from tests.supervision.forms import FULL, SMALL
from tests.supervision.makers import make_form_version, make_inspection, make_round, make_track

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.get_default_timezone())


def small_track(**fields: Any) -> RoundTrack:
    """A track with the small form, due on 31 March, closing on 31 December."""
    a_round = fields.pop("round", None) or make_round()
    return make_track(a_round, make_form_version(SMALL), **fields)


def begun(association: Association, filer: Persona, track: RoundTrack | None = None, **fields: Any) -> Inspection:
    """A filing that the association has just begun."""
    inspection = make_inspection(association, track or small_track(), **fields)
    return services.start(inspection, actor=filer.actor, version=inspection.version, now=NOW)


def section_row(inspection: Inspection, code: str) -> InspectionSection:
    with everything("test data"):
        return InspectionSection.objects.get(inspection=inspection, code=code)


def save(
    inspection: Inspection, code: str, answers: dict[str, Any], filer: Persona, **options: Any
) -> InspectionSection:
    """Save a section on top of what is there."""
    options.setdefault("version", section_row(inspection, code).version)
    options.setdefault("reasons", {})
    options.setdefault("now", NOW)
    return services.save_section(inspection, code, answers=answers, actor=filer.actor, **options)


def filled(association: Association, filer: Persona, track: RoundTrack | None = None, **fields: Any) -> Inspection:
    """A filing in which nothing is missing but the signature."""
    inspection = begun(association, filer, track, **fields)
    for code, answers in FULL.items():
        save(inspection, code, answers, filer, state=SectionState.DONE)
    return inspection


def sign(inspection: Inspection, filer: Persona, now: datetime = NOW) -> Attachment:
    """Its signature page made, and a signed one put there without looking into a picture."""
    page = services.make_signature_page(inspection, actor=filer.actor, now=now)
    stored = StoredFile.objects.create(
        name="签章页.jpg",
        stored_as=f"signed-{page.pk}-{inspection.pk}",
        kind="inspection",
        media_type="image/jpeg",
        size=1,
        sha256="1" * 64,
        created_at=now,
    )
    return Attachment.objects.create(
        inspection=inspection,
        field=Attachment.SIGNATURE,
        file=stored,
        content_code=page.content_code,
        uploaded_at=now,
    )


def hand_in(inspection: Inspection, filer: Persona, now: datetime = NOW) -> Submission:
    """Hand in what stands there."""
    code = filing_of(inspection, timezone.localdate(now)).content_code
    return services.submit(inspection, version=inspection.version, content_code=code, actor=filer.actor, now=now)


def handed_in(association: Association, filer: Persona, track: RoundTrack | None = None, **fields: Any) -> Inspection:
    inspection = filled(association, filer, track, **fields)
    sign(inspection, filer)
    hand_in(inspection, filer)
    return inspection


def photograph(
    width: int = 800, height: int = 1000, *, name: str = "签章页.jpg", exif: bytes | None = None
) -> SimpleUploadedFile:
    """A small photograph as an upload."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(stream, "JPEG", **({"exif": exif} if exif else {}))
    return SimpleUploadedFile(name, stream.getvalue(), content_type="image/jpeg")


def day(text: str, clock: str = "09:00:00") -> datetime:
    """An instant in Shanghai."""
    return datetime.fromisoformat(f"{text} {clock}").replace(tzinfo=timezone.get_default_timezone())
