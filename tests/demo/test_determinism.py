"""The same scale and date give the same database; another date gives another one."""

import hashlib
from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers import serialize
from django.db import connection, transaction
from django.db.models import AutoField

from portal.home.demonstration.load import make_province
from portal.home.demonstration.world import SCALES

LABELS = ("associations", "partybuilding", "memberships", "accounts", "supervision")


def fingerprint(today: date) -> str:
    """A hash over every row that the demonstration made, keys counted from the first; nothing is kept."""
    found = hashlib.sha256()
    with transaction.atomic():
        models = [model for label in LABELS for model in apps.get_app_config(label).get_models()]
        counted = [model for model in models if isinstance(model._meta.pk, AutoField)]
        sequences = [{"table": model._meta.db_table, "column": "id"} for model in counted]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_by_name_sql(no_style(), sequences):
                cursor.execute(statement)
        make_province(SCALES["small"], today)
        for model in models:
            found.update(serialize("jsonl", model._default_manager.order_by("pk")).encode())
        transaction.set_rollback(True)
    return found.hexdigest()


@pytest.mark.one_database
@pytest.mark.django_db
def test_same_date_gives_the_same_database() -> None:
    call_command("load_reference", verbosity=0)
    first = fingerprint(date(2026, 6, 30))
    assert fingerprint(date(2026, 6, 30)) == first
    assert fingerprint(date(2026, 7, 1)) != first
