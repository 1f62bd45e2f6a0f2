"""Documents of the library for the scope table and the routes."""

from datetime import date
from itertools import count
from typing import Any

from django.db.models import Model
from django.utils import timezone

from associations.library.models import LibraryDocument
from portal.files.services import store
from tests.personas import Personas

_serial = count(1)


def make_document(**given: Any) -> LibraryDocument:
    file = store(b"%PDF-1.4", name="指引.pdf", kind="library", actor=None, now=timezone.now())
    fields = {
        "kind": "guide",
        "title": f"第{next(_serial)}份工作指引",
        "issuer": "省委社会工作部",
        "audience": "associations",
        "starts_on": date(2026, 1, 1),
        "file": file,
    }
    return LibraryDocument.objects.create(**fields | given)


def make_documents(personas: Personas) -> dict[str, Model]:
    return {"staff": make_document(audience="staff"), "all": make_document()}
