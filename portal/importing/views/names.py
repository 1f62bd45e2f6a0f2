"""Between two previews: names that the register does not know are matched to rows it has, once for every sender."""

from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from portal import importing
from portal.importing import jobs, learning, selectors, services
from portal.importing.enums import BatchState
from portal.importing.forms import NamesForm, OpenName
from portal.importing.models import ImportBatch
from portal.importing.views.wizard import BatchStep, url_of

SHOWN_NAMES = 30
SUGGESTIONS = 4


class NamesStep(BatchStep):
    title = "对照名称"
    step = "preview"
    form_class = NamesForm
    submit_label = "记住并重新校验"
    template_name = "importing/names.html"
    states = frozenset({BatchState.PREVIEWED})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.state in self.states and not self.names:
            return HttpResponseRedirect(url_of(self.batch))
        return super().get(request, *args, **kwargs)

    @cached_property
    def _open(self) -> list[Any]:
        return open_names(self.batch)

    @cached_property
    def names(self) -> list[OpenName]:
        found = []
        for number, (domain, text, count) in enumerate(self._open[:SHOWN_NAMES]):
            suggestions = domain.suggest(text, self.actor, SUGGESTIONS)
            found.append(OpenName(number, domain, text, count, suggestions))
        return found

    def cancel_url(self) -> str:
        return reverse("importing:preview", args=[self.batch.pk])

    def form_kwargs(self) -> dict[str, Any]:
        return {"names": self.names}

    def context(self) -> dict[str, Any]:
        return {"more": max(0, len(self._open) - SHOWN_NAMES)}

    def save(self, form: Any) -> ImportBatch:
        chosen, now = form.chosen(), timezone.now()
        with transaction.atomic():
            learning.confirm_references(self.batch, chosen, actor=self.actor, now=now)
            given = self.batch.given
            batch = services.propose(self.batch, given=given, actor=self.actor, version=self.version)
            batch = services.start(batch, actor=self.actor, version=batch.version, now=now)
            jobs.ask("stage", batch, actor=self.actor, now=now)
        return batch

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:preview", args=[result.pk])


def open_names(batch: ImportBatch) -> list[Any]:
    """``(domain, text, rows)`` of the names in the file that a person may match."""
    domains = importing.resource_for(batch.kind).references
    return learning.open_references(batch, domains, selectors.open_references(batch)) if domains else []
