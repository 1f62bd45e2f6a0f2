"""Numbered issues as official documents: 简报 and 专刊 as PDF, made in the background and kept (C-29, W-05)."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record
from portal.files.services import store
from portal.jobs.models import Job
from portal.jobs.runner import JobContext
from portal.jobs.services import request
from portal.publishing.enums import NUMBERED, PublicationState
from portal.publishing.models import Publication
from portal.publishing.selectors import OWN, pieces_of
from portal.reporting.printing import PdfFailed, PdfUnavailable, document_date, html_to_pdf
from portal.reporting.titles import balanced_lines

TASK = "publishing.build_issue"
STYLESHEET = Path("static", "css", "bulletin.css")
# Characters of a long red head that fit one line.
MASTHEAD_CHARACTERS = 17


def _check_issued(publication: Publication) -> None:
    if publication.kind not in NUMBERED or publication.state != PublicationState.PUBLISHED:
        raise Refused("publication.no_document", f"「{publication}」不是已发布的简报或专刊，没有 PDF。")


def ask_document(publication: Publication, *, actor: Actor, now: datetime) -> Job | None:
    """Have the issue laid out; None when it lies there already. Raises `Refused` for what is not issued."""
    _check_issued(publication)
    if publication.document_id is not None:
        return None
    with transaction.atomic():
        job = request(
            TASK,
            kind="bulletin",
            subject=publication,
            label=f"PDF：{publication}",
            parameters={"publication": publication.pk},
            actor=actor,
            now=now,
        )
        record("publishing.ask_document", actor=actor, subject=publication, now=now)
    return job


def issue_html(publication: Publication) -> str:
    """The whole issue as one text with nothing outside it: red head, number, editor's note, texts, who edited and
    issued it."""
    assert publication.published_on is not None and publication.issuer is not None  # noqa: S101,PT018  it was issued
    topic = publication.topic
    masthead = f"{topic.title if topic else publication.holder_label}{publication.get_kind_display()}"
    context: dict[str, Any] = {
        "one": publication,
        "masthead": masthead,
        "masthead_lines": balanced_lines(masthead, MASTHEAD_CHARACTERS),
        "day": document_date(publication.published_on),
        "title_lines": balanced_lines(publication.title),
        "paragraphs": publication.body.splitlines(),
        "pieces": [(piece, balanced_lines(piece.title), piece.body.splitlines()) for piece in pieces_of(publication)],
        "editor": publication.editor.display_name,
        "issuer": publication.issuer.display_name,
        "stylesheet": mark_safe((Path(settings.BASE_DIR) / STYLESHEET).read_text(encoding="utf-8")),  # noqa: S308
    }
    return render_to_string("reports/bulletin.html", context)


def build_document(context: JobContext) -> None:
    """The job: lay the issue out and keep it; a second run finds it kept."""
    rows = Publication.objects.unscoped(OWN).select_related("topic", "editor", "issuer")
    one = rows.get(pk=context.job.parameters["publication"])
    _check_issued(one)
    done = {"url": reverse("publishing:document", args=[one.pk]), "label": "下载 PDF"}
    if one.document_id is not None:
        context.complete(done)
        return
    context.progress(0, 0, "正在排版")
    try:
        content = html_to_pdf(issue_html(one))
    except (PdfFailed, PdfUnavailable) as error:
        raise Refused("publication.pdf", str(error)) from error
    with transaction.atomic():
        stored = store(
            content,
            name=f"{one.get_kind_display()}第{one.issue_number}期-{one.title}.pdf",
            kind="bulletin",
            actor=context.actor,
            now=context.now(),
            known_type="application/pdf",
        )
        Publication.objects.unscoped(OWN).filter(pk=one.pk, state=PublicationState.PUBLISHED).update(document=stored)
        context.complete(done)
