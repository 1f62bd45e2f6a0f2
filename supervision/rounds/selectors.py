"""Reading rounds."""

from django.db.models import QuerySet

from portal.filing.definition import Form
from portal.filing.loading import load
from supervision.rounds.models import FormVersion

_forms: dict[str, Form] = {}  # by the hash of the text, which names exactly this form: nothing to become outdated


def editions() -> QuerySet[FormVersion]:
    """Every edition that was taken in, without its text."""
    return FormVersion.objects.defer("source")


def form_of(version: FormVersion) -> Form:
    """The form of an edition, read once a process. It is shared: do not change it."""
    form = _forms.get(version.sha256)
    if form is None:
        form = _forms[version.sha256] = load(version.source)
    return form
