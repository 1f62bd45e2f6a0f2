"""The same scale and date give the same database; another date gives another one."""

import hashlib
from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import transaction

from portal.home.demonstration.load import load_demonstration
from portal.home.demonstration.world import SCALES

LABELS = ("associations", "partybuilding", "memberships", "accounts")


def fingerprint(today: date) -> str:
    """A hash over every row that the demonstration made, keys counted from the first; nothing is kept."""
    found = hashlib.sha256()
    with transaction.atomic():
        load_demonstration(SCALES["small"], today)
        for label in LABELS:
            for model in apps.get_app_config(label).get_models():
                rows = model.objects.order_by("pk")
                found.update(serialize("jsonl", rows).encode())
        transaction.set_rollback(True)
    return found.hexdigest()


@pytest.mark.django_db(reset_sequences=True, transaction=True)
def test_same_date_gives_the_same_database() -> None:
    call_command("load_reference", verbosity=0)
    first = fingerprint(date(2026, 6, 30))
    assert fingerprint(date(2026, 6, 30)) == first
    assert fingerprint(date(2026, 7, 1)) != first
