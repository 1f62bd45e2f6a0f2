"""The scan of minutes and of a signed agreement: kept sealed, replaced openly, read by the Party's bodies."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partybuilding.deliberation.models import Agreement, MajorDecision
from partybuilding.deliberation.services import attach_scan
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from tests.files.test_uploads import pdf
from tests.partybuilding.deliberation.makers import make_agreement, make_decision
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")
PDF = pdf()
READS = {
    "branch_secretary": 200,
    "party_committee": 200,
    "department_staff": 200,
    "other_committee": 404,
    "registrar": 403,
}


def paper(name: str = "协议.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def status_of(answer: Any) -> int:
    """Its status; a file that is being sent is closed by its last byte."""
    if answer.streaming:
        b"".join(answer)
    return int(answer.status_code)


@pytest.mark.parametrize(("make", "page"), [(make_decision, "decision"), (make_agreement, "agreement")])
def test_scan_is_uploaded_replaced_and_read_by_the_partys_bodies(
    personas: Personas, now: datetime, sign_in: Any, make: Any, page: str
) -> None:
    row = make(personas.province.tea_branch, personas.province.tea)
    browser = sign_in(personas.branch_secretary)
    own, scan, form = (reverse(f"partybuilding:{page}{end}", args=[row.pk]) for end in ("", "_scan", "_scan_new"))
    assert browser.get(scan).status_code == 404
    for name, version in (("协议.pdf", 1), ("盖章协议.pdf", 2)):
        answer = browser.post(form, {"scan": paper(name), "version": version})
        assert (answer.status_code, answer["Location"]) == (302, own)
    row.refresh_from_db()
    assert (row.scan.name, row.scan.is_sealed) == ("盖章协议.pdf", True)
    shown = browser.get(own).content.decode()
    assert f'<a href="{scan}">盖章协议.pdf</a>' in shown
    assert b"".join(browser.get(scan).streaming_content).startswith(b"%PDF")
    last = AuditEvent.objects.filter(action=f"{page}s.scan").latest("pk")
    assert (last.before["file"], last.after["file"]) == ("协议.pdf", "盖章协议.pdf")
    assert {key: status_of(sign_in(personas[key]).get(scan)) for key in READS} == READS


def test_other_files_other_people_and_stale_pages_are_refused(personas: Personas, now: datetime) -> None:
    row = make_agreement(personas.province.tea_branch, personas.province.tea)
    actor = personas.branch_secretary.actor
    with acting_as(actor):
        with pytest.raises(Refused) as refused:
            attach_scan(row, paper("协议.docx", b"PK\x03\x04 no"), actor=actor, now=now, version=row.version)
        assert refused.value.code.startswith("file.")
        with pytest.raises(Conflict):
            attach_scan(row, paper(), actor=actor, now=now, version=row.version + 1)
    assert Agreement.objects.get().scan is None
    other = personas.other_committee.actor
    decision: MajorDecision = make_decision(personas.province.tea_branch, personas.province.tea)
    with acting_as(other), pytest.raises(Refused) as refused:
        attach_scan(decision, paper(), actor=other, now=now, version=1)
    assert refused.value.code == "scope.outside"
