"""Rows of what the portal remembers of senders, for the table of scopes."""

from itertools import count

from django.db.models import Model
from django.utils import timezone

from portal.importing.memory import sender_of
from portal.importing.models import RememberedMapping, RememberedReference
from tests.personas import Personas

MEMORIES = ("department_admin", "regional_office", "other_regional_office")
_serial = count(1)


def remembered_mappings(personas: Personas) -> dict[str, Model]:
    return {
        key: RememberedMapping.objects.create(
            sender=sender_of(personas[key].actor),
            kind=f"kind{next(_serial)}",
            headings="0" * 64,
            used_at=timezone.now(),
            user=personas[key].user,
        )
        for key in MEMORIES
    }


def remembered_references(personas: Personas) -> dict[str, Model]:
    return {
        key: RememberedReference.objects.create(
            sender=sender_of(personas[key].actor),
            domain="departments",
            key=f"name{next(_serial)}",
            text="省工信厅",
            object_pk=1,
            confirmed_by=personas[key].user,
            confirmed_at=timezone.now(),
        )
        for key in MEMORIES
    }
