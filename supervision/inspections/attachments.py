"""Files of a filing: taken, taken away again (kept, marked as removed), several photographs shown as one PDF."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.files import services as files
from portal.files.models import StoredFile
from portal.files.uploads import PICTURES, join_pictures, take_upload
from portal.filing.definition import FieldType
from supervision.inspections.enums import EDITABLE
from supervision.inspections.models import Attachment, Inspection, InspectionSection
from supervision.inspections.selectors import filing_of, signature_page_of
from supervision.inspections.services import closed
from supervision.rounds.selectors import form_of

KIND, PREVIEW_KIND = "inspection", "inspection_preview"
SIGNATURE_LABEL = "签章页"
SIGNATURE_FILES = 6
WHY = "the files of a filing that the caller has already reached"


def attach(inspection: Inspection, field: str, upload: UploadedFile, *, actor: Actor, now: datetime) -> Attachment:
    """Keep a file under a field of the form, or the signed page. Raises `Refused` with what to do instead.

    The signed page stands for the content that stands in the filing now; it is taken once its page was made.
    """
    form = form_of(inspection.form)
    is_signature = field == Attachment.SIGNATURE
    asked = form.fields.get(field)
    if not is_signature and (asked is None or asked.type is not FieldType.FILE):
        raise Refused("file.unknown", "本表没有要求这份附件。请从对应部分的页面上传。")
    label = SIGNATURE_LABEL if asked is None else asked.label
    most = SIGNATURE_FILES if asked is None else asked.max_files
    _check_open(inspection, field, form.section_of.get(field, ""))
    code = ""
    if is_signature:
        code = filing_of(inspection, timezone.localdate(now)).content_code
        if signature_page_of(inspection, code) is None:
            raise Refused("file.no_page", "还没有生成与当前内容一致的签章页。请先生成、打印并签字盖章，再上传照片。")
    if len(live(inspection, field, code)) >= most:
        raise Refused("file.count", f"{label}最多 {most} 个文件，现在已有 {most} 个。请先删除不要的，再上传。")
    stored = take_upload(upload, label=label, kind=KIND, actor=actor, now=now, only_shown=is_signature)
    try:
        with transaction.atomic():
            _touch(inspection, field, form.section_of.get(field, ""))
            made = Attachment.objects.create(
                inspection=inspection,
                field=field,
                file=stored,
                content_code=code,
                uploaded_by_id=actor.user_id,
                uploaded_at=now,
            )
            record(
                "supervision.attach",
                actor=actor,
                subject=inspection,
                after={"field": field, "size": stored.size, "media_type": stored.media_type},
                now=now,
            )
    except Refused:
        files.remove(stored, now=now)
        raise
    _join(inspection, field, code, actor=actor, now=now)
    return made


def detach(attachment: Attachment, *, actor: Actor, now: datetime) -> None:
    """Take a file out of the filing; doing it twice is harmless. What an earlier hand-in held is kept."""
    inspection = attachment.inspection
    form = form_of(inspection.form)
    with transaction.atomic():
        _touch(inspection, attachment.field, form.section_of.get(attachment.field, ""))
        with everything(WHY):
            removed = Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_at=now)
        if removed:
            record("supervision.detach", actor=actor, subject=inspection, after={"field": attachment.field}, now=now)
    if removed:
        _join(inspection, attachment.field, attachment.content_code, actor=actor, now=now)


def repeat_files(inspection: Inspection, sections: Iterable[str], *, actor: Actor, now: datetime) -> int:
    """What does not change by itself, such as a charter: last year's files under fields that have none yet."""
    form = form_of(inspection.form)
    codes = [
        one.code
        for section in sections
        for one in form.section(section).fields
        if one.type is FieldType.FILE and one.last_year
    ]
    with everything(WHY):
        own = set(Attachment.objects.filter(inspection=inspection, removed_at=None).values_list("field", flat=True))
        earlier = Attachment.objects.filter(
            inspection__association=inspection.association_id,
            inspection__round__report_year=inspection.round.report_year - 1,
            inspection__submitted_at__isnull=False,
            field__in=[code for code in codes if code not in own],
            removed_at=None,
            file__deleted_at=None,
        )
        made = [
            Attachment(
                inspection=inspection,
                field=one.field,
                file_id=one.file_id,
                preview_id=one.preview_id,
                uploaded_by_id=actor.user_id,
                uploaded_at=now,
            )
            for one in earlier.order_by("pk")
        ]
    if made:
        with transaction.atomic():
            for section in {form.section_of[one.field] for one in made}:
                _touch(inspection, made[0].field, section)
            Attachment.objects.bulk_create(made)
            record(
                "supervision.repeat_files",
                actor=actor,
                subject=inspection,
                after={"fields": sorted({one.field for one in made})},
                now=now,
            )
    return len(made)


def live(inspection: Inspection, field: str, content_code: str = "") -> list[Attachment]:
    """The files under a field; of the signed page, those that stand for this content."""
    with everything(WHY):
        rows = Attachment.objects.filter(inspection=inspection, field=field, removed_at=None)
        rows = rows.filter(content_code=content_code) if field == Attachment.SIGNATURE else rows
        return list(rows.select_related("file").order_by("pk"))


def _check_open(inspection: Inspection, field: str, section: str) -> None:
    with everything(WHY):
        if field == Attachment.SIGNATURE:
            is_open = Inspection.objects.filter(pk=inspection.pk, state__in=EDITABLE).exists()
        else:
            is_open = InspectionSection.objects.filter(inspection=inspection, code=section, is_open=True).exists()
    if not is_open:
        raise closed(inspection)


def _touch(inspection: Inspection, field: str, section: str) -> None:
    """Hold the row that a hand-in closes, so that a file and a hand-in cannot cross."""
    with everything(WHY):
        if field == Attachment.SIGNATURE:
            held = Inspection.objects.filter(pk=inspection.pk, state__in=EDITABLE).update(version=F("version"))
        else:
            rows = InspectionSection.objects.filter(inspection=inspection, code=section, is_open=True)
            held = rows.update(version=F("version"))
    if not held:
        raise closed(inspection)


def _join(inspection: Inspection, field: str, content_code: str, *, actor: Actor, now: datetime) -> None:
    """Two pictures or more get one PDF to look through; a failure leaves the single pictures to look at."""
    pictures = [one for one in live(inspection, field, content_code) if one.file.media_type in PICTURES]
    preview: StoredFile | None = None
    if len(pictures) > 1:
        name = f"{pictures[0].file.name.rpartition('.')[0] or '照片'}等{len(pictures)}张.pdf"
        try:
            preview = join_pictures([one.file for one in pictures], name=name, kind=PREVIEW_KIND, actor=actor, now=now)
        except Refused:
            preview = None
    with everything(WHY):
        Attachment.objects.filter(pk__in=[one.pk for one in pictures]).update(preview=preview)
