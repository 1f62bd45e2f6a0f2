"""The certificate of an honour as a PDF: asked for by POST, made in the background, kept; none for a revoked one."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from associations.registry.services import within_scope
from campaigns.commendations.models import Commendation
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record
from portal.files.services import store
from portal.jobs.models import Job
from portal.jobs.runner import JobContext
from portal.jobs.services import request
from portal.reporting.printing import PdfFailed, PdfUnavailable, document_date, html_to_pdf

TASK = "campaigns.build_certificate"
STYLESHEET = Path("static", "css", "certificate.css")
WHY = "the certificate of an honour that the caller has already reached"


def certificate_url(commendation: Commendation) -> str:
    return reverse("campaigns:certificate_file", args=[commendation.nomination_id])


def _check_valid(commendation: Commendation) -> None:
    if commendation.revoked_on is not None:
        raise Refused("award.revoked", f"「{commendation}」已于 {commendation.revoked_on} 撤销，不能生成证书。")


def ask_certificate(commendation: Commendation, *, actor: Actor, now: datetime) -> Job | None:
    """Have the certificate made; None when it lies there already. Raises `Refused` for a revoked honour."""
    within_scope(commendation, actor, "表彰")
    _check_valid(commendation)
    if commendation.certificate_id is not None:
        return None
    with transaction.atomic():
        job = request(
            TASK,
            kind="certificate",
            subject=commendation,
            label=f"证书 {commendation.number}",
            parameters={"commendation": commendation.pk},
            actor=actor,
            now=now,
        )
        record("campaigns.ask_certificate", actor=actor, subject=commendation, now=now)
    return job


def certificate_html(commendation: Commendation) -> str:
    """The whole certificate as one text with nothing outside it; the seal's place is left open (R-165)."""
    style = (Path(settings.BASE_DIR) / STYLESHEET).read_text(encoding="utf-8")
    one = commendation.nomination.kind.round
    context = {
        "one": commendation,
        "campaign": str(one.campaign),
        "period": one.period,
        "day": document_date(commendation.decided_on),
        "stylesheet": mark_safe(style),  # noqa: S308  our own file
    }
    return render_to_string("reports/certificate.html", context)


def build_certificate(context: JobContext) -> None:
    """The job: lay the certificate out and keep it; a second run finds it kept, a revoked honour gets none."""
    rows = Commendation.objects.unscoped(WHY)
    related = "nomination__kind__round__campaign"
    one = rows.select_related(related).get(pk=context.job.parameters["commendation"])
    _check_valid(one)
    done = {"url": certificate_url(one), "label": "下载证书"}
    if one.certificate_id is not None:
        context.complete(done)
        return
    context.progress(0, 0, "正在排版")
    try:
        content = html_to_pdf(certificate_html(one))
    except (PdfFailed, PdfUnavailable) as error:
        raise Refused("award.pdf", str(error)) from error
    with transaction.atomic():
        stored = store(
            content,
            name=f"证书-{one.number}.pdf",
            kind="certificate",
            actor=context.actor,
            now=context.now(),
            known_type="application/pdf",
        )
        Commendation.objects.unscoped(WHY).filter(pk=one.pk, revoked_on=None).update(certificate=stored)
        context.complete(done)
