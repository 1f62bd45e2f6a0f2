"""Reading rounds."""

from functools import lru_cache

from django.db.models import QuerySet

from portal.filing.definition import Form
from portal.filing.loading import load
from supervision.rounds.models import FormVersion


@lru_cache(maxsize=32)
def _form(pk: int, sha256: str, source: str) -> Form:
    return load(source)


def editions() -> QuerySet[FormVersion]:
    """Every edition that was taken in, without its text."""
    return FormVersion.objects.defer("source")


def form_of(version: FormVersion) -> Form:
    """The form of an edition, read once a process. It is shared: do not change it."""
    return _form(version.pk, version.sha256, version.source)
