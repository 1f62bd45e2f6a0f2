"""The third step: which column is which field."""

import datetime as dt
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from portal import importing
from portal.importing import jobs, learning, masks, services
from portal.importing.enums import BatchState
from portal.importing.forms import MappingForm
from portal.importing.layout import SHOWN_SAMPLES, samples_of
from portal.importing.mapping import Match
from portal.importing.models import ImportBatch
from portal.importing.parsers import shown
from portal.importing.views.wizard import BatchStep


class MappingStep(BatchStep):
    title = "列对应"
    step = "mapping"
    form_class = MappingForm
    submit_label = "校验全部行"
    template_name = "importing/mapping.html"
    states = frozenset({BatchState.UPLOADED, BatchState.PREVIEWED})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._back_to_sheet() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._back_to_sheet() or super().post(request, *args, **kwargs)

    def _back_to_sheet(self) -> HttpResponse | None:
        """Without rows or without a header there are no columns yet."""
        is_open = self.batch.state in self.states
        if is_open and not (services.is_read(self.batch) and self.batch.header_rows):
            return HttpResponseRedirect(reverse("importing:sheet", args=[self.batch.pk]))
        return None

    @cached_property
    def layout(self) -> Any:
        return services.current_layout(self.batch)

    @cached_property
    def declared(self) -> Any:
        return importing.resource_for(self.batch.kind).columns()

    @cached_property
    def guess(self) -> tuple[Match, ...]:
        """What the portal proposes by itself, and from what the sender decided before."""
        if not self.batch.given.get("columns"):
            return tuple(self.layout.matches)
        return services.current_layout(self.batch, is_decided=False).matches

    def form_kwargs(self) -> dict[str, Any]:
        return {"layout": self.layout, "guess": self.guess, "columns": self.declared}

    def context(self) -> dict[str, Any]:
        personal = {column.code for column in self.declared if column.personal}
        labels = {column.code: column.label for column in self.declared}
        head = samples_of(self.layout.parts[0])
        samples: dict[int, str] = {}
        for match in self.layout.matches:
            if match.is_sheet_name:
                samples[match.number] = "、".join(self.layout.sheet_names[:SHOWN_SAMPLES])
                continue
            found = [cells[match.number - 1] for cells in head if len(cells) >= match.number]
            texts = list(dict.fromkeys(masks.mask(shown(cell)) for cell in found if cell is not None))[:SHOWN_SAMPLES]
            samples[match.number] = "(个人信息，不显示)" if match.code in personal else "、".join(texts)
        return {
            "samples": samples,
            "batch": self.batch,
            "missing": [labels[code] for code in self.batch.missing_required],
            "notice": self.batch.notice,
            "rival": self.layout.rival,
            "remembered": self.remembered(),
            "metadata": self.layout.header.metadata,
            "open_count": len(self.layout.open_columns),
        }

    def remembered(self) -> dict[str, Any]:
        """Which version of the sender's own mapping the page starts from."""
        if not any(match.basis == "remembered" for match in self.layout.matches):
            return {}
        given = self.batch.given
        return {
            "version": given.get("remembered_version"),
            "on": dt.date.fromisoformat(given["remembered_on"]) if "remembered_on" in given else None,
        }

    def render_form(self, form: Any, *, status: int = 200) -> HttpResponse:
        samples = self.context()["samples"]
        rows = [(match, basis, bound, samples[match.number]) for match, basis, bound in form.rows()]
        return self.render(
            status=status,
            form=form,
            has_errors=bool(form.errors),
            version=self.version if form.is_bound else self.current_version(),
            mapping_rows=rows,
        )

    def save(self, form: Any) -> ImportBatch:
        given = services.decide(
            self.batch.given,
            sheet=self.batch.given.get("sheet", ""),
            header=self.batch.given.get("header", []),
            columns=form.decisions(),
        )
        now = timezone.now()
        with transaction.atomic():
            was_open = self.batch.state == BatchState.UPLOADED
            batch = services.propose(self.batch, given=given, actor=self.actor, version=self.version)
            version = self.version if was_open else batch.version
            batch = services.start(batch, actor=self.actor, version=version, now=now)
            learning.remember(batch.kind, services.current_layout(batch).matches, actor=self.actor, now=now)
            jobs.ask("stage", batch, actor=self.actor, now=now)
        return batch

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:preview", args=[result.pk])
