"""An upload whose connection drops half-way: nothing of it is kept, neither file nor row nor text."""

import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from portal.files.models import StoredFile
from supervision.inspections.models import Attachment
from tests.files.test_fuzzed import pdf
from tests.personas import Persona, Personas
from tests.supervision.filled import begun, section_row

BOUNDARY = "cut-here"


def body_of(version: int) -> bytes:
    """A section with a typed figure and a document behind it."""
    plain = {"version": str(version), "fields": "fees", "fees": "12345", "action": "upload:audit"}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode() for name, text in plain.items()]
    head = (
        'Content-Disposition: form-data; name="file-audit"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    )
    parts.append(head.encode() + pdf() + b"%" * 200_000)
    mark = f"--{BOUNDARY}\r\n".encode()
    return b"".join(mark + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def send(url: str, path: str, cookies: str, body: bytes, share: float) -> bytes:
    """As much of the request as came through before the line was cut."""
    place = urlparse(url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=20) as line:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookies}\r\nX-CSRFToken: {'a' * 32}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        line.sendall(head.encode() + body[: int(len(body) * share)])
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    return answer


def test_upload_that_is_cut_off_leaves_nothing(
    personas: Personas, transactional_db: None, live_server: Any, sign_in: Any
) -> None:
    filer: Persona = personas.association_filer
    inspection = begun(personas.province.tea, filer)
    client: Client = sign_in(filer)
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}"
    path = reverse("supervision:filing_section", args=[inspection.pk, "money"])
    body = body_of(section_row(inspection, "money").version)
    acts = AuditEvent.objects.count()
    for share in (0.01, 0.4, 0.97):
        send(live_server.url, path, cookies, body, share)
    with everything("test data"):
        assert (Attachment.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert section_row(inspection, "money").answers == {}
    assert AuditEvent.objects.filter(result="success").count() == acts
    kept = [one for one in Path(settings.PORTAL_DATA).rglob("*") if one.is_file() and "tmp" in one.parts[-3:]]
    assert kept == []
    assert b"200 OK" in send(live_server.url, path, cookies, body, 1).split(b"\r\n")[0]
    with everything("test data"):
        assert Attachment.objects.get().file.media_type == "application/pdf"
    assert section_row(inspection, "money").answers == {"fees": "12345"}
