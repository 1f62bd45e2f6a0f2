"""What the last minutes before a deadline ask of the database: last section, hand-in, receipt, counted exactly."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.scoping import everything
from supervision.inspections.models import Inspection, InspectionFigures
from supervision.inspections.selectors import filing_of
from tests.personas import Persona, Personas
from tests.supervision.filled import NOW, filled, section_row, sign

SAVE, HAND_IN, RECEIPT = 13, 22, 5


@pytest.fixture
def client(personas: Personas, sign_in: Callable[[Persona], Client], frozen: Callable[[datetime], None]) -> Client:
    frozen(NOW)
    return sign_in(personas.association_filer)


def counted(ask: Callable[[], Any]) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    return answer, len(captured)


def test_last_section_hand_in_and_receipt_ask_the_database_so_often(personas: Personas, client: Client) -> None:
    inspection = filled(personas.province.tea, personas.association_filer)
    where = reverse("supervision:filing_section", args=[inspection.pk, "basic"])
    typed = {"version": str(section_row(inspection, "basic").version), "fields": "members", "members": "13"}
    client.get(where)
    saved, save_count = counted(lambda: client.post(where, typed | {"action": "continue"}))
    assert saved.status_code == 302
    sign(inspection, personas.association_filer)
    code = filing_of(inspection, NOW.date()).content_code
    seen = {"version": inspection.version, "content_code": code, "confirmed": "1"}
    done, hand_in_count = counted(lambda: client.post(reverse("supervision:filing_submit", args=[inspection.pk]), seen))
    assert done.status_code == 302
    receipt, receipt_count = counted(lambda: client.get(done["Location"]))
    assert inspection.number in receipt.content.decode()
    assert (save_count, hand_in_count, receipt_count) == (SAVE, HAND_IN, RECEIPT)
    with everything("test data"):
        figures = InspectionFigures.objects.get(inspection=Inspection.objects.get(pk=inspection.pk))
    assert figures.unit_member_count == 13
