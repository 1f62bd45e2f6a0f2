"""The paper: activation slips as a PDF, made by a job, sealed at rest, handed out once."""

import io
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.accounts import activation
from portal.accounts.models import ActivationCode
from portal.audit.services import record
from portal.files import services as files
from portal.jobs import services as jobs
from portal.jobs.models import Job
from portal.jobs.runner import JobContext
from portal.memberships.models import SlipSheet
from portal.privacy.sealing import SealedReader, SealedWriter
from portal.reporting.printing import PdfFailed, PdfUnavailable, html_to_pdf

STYLESHEET = Path("static", "css", "slips.css")
FILE_KIND = "activation_slips"
A_PAGE = 8
WHY = "a sheet is printed by the installation itself, for whoever asked"


def print_sheet(sheet: SlipSheet, *, address: str, actor: Actor, now: datetime) -> Job:
    """Have a sheet printed; `address` is the page of activation as the person will type it."""
    return jobs.request(
        "memberships.print_slips",
        kind="slips",
        subject=sheet,
        label=sheet.title,
        parameters={"sheet": sheet.pk, "address": address},
        actor=actor,
        now=now,
    )


def build(context: JobContext) -> None:
    """Draw codes, lay out the pages, then keep hashes and file in one transaction. Run twice, it prints once."""
    parameters = context.job.parameters
    sheet = SlipSheet.objects.unscoped(WHY).get(pk=parameters["sheet"])
    done = {"url": reverse("memberships:slips", args=[sheet.pk]), "label": "领取激活单"}
    if sheet.file_id is not None:
        context.complete(done)
        return
    now = context.now()
    made = activation.draw_codes(sheet.pk, now=now)
    if not made:
        raise Refused("slips.none", "这些账号在排版前都已激活或作废，没有可打印的激活单。")
    context.progress(0, len(made), "正在排版")
    try:
        content = html_to_pdf(slips_html(made, address=parameters["address"]))
    except (PdfFailed, PdfUnavailable) as error:
        raise Refused("slips.pdf", str(error)) from error
    sealed = io.BytesIO()
    with SealedWriter(sealed, context=_context(sheet)) as writer:
        writer.write(content)
    stored = files.store(sealed.getvalue(), name=f"激活单-{sheet.pk}.pdf", kind=FILE_KIND, actor=context.actor, now=now)
    with transaction.atomic():
        activation.keep_codes(made)
        SlipSheet.objects.unscoped(WHY).filter(pk=sheet.pk).update(file=stored, slip_count=len(made), ready_at=now)
        context.complete(done)


def slips_html(made: list[tuple[ActivationCode, str]], *, address: str) -> str:
    """The document: eight slips a page, to be cut along the lines."""
    style = (Path(settings.BASE_DIR) / STYLESHEET).read_text(encoding="utf-8")
    slips = [
        {
            "name": one.account.display_name,
            "label": one.label,
            "username": one.account.username,
            "code": code,
            "valid_until": one.valid_until,
        }
        for one, code in made
    ]
    pages = [slips[start : start + A_PAGE] for start in range(0, len(slips), A_PAGE)]
    context = {"pages": pages, "address": address, "stylesheet": mark_safe(style)}  # noqa: S308 (our own file)
    return render_to_string("reports/slips.html", context)


def fetch(sheet: SlipSheet, *, actor: Actor, now: datetime) -> bytes:
    """The printout, once: it is deleted as it is handed out.

    Raises `Refused`: `slips.building` before it is made, `slips.fetched` after it was handed out.
    """
    if sheet.file is None:
        raise Refused("slips.building", "激活单还在生成，请稍后刷新本页。")
    fetched = f"这份激活单已于 {sheet.fetched_at:%Y-%m-%d} 取走，不能再次取用。" if sheet.fetched_at else ""
    if fetched:
        raise Refused("slips.fetched", f"{fetched}遗失的请重新打印，原激活单随即作废。")
    with files.open_file(sheet.file) as stored, SealedReader(stored, context=_context(sheet)) as reader:
        content = reader.read()
    with transaction.atomic():
        taken = SlipSheet.objects.unscoped(WHY).filter(pk=sheet.pk, fetched_at=None).update(fetched_at=now)
        if not taken:
            raise Refused("slips.fetched", "这份激活单刚刚已被取走。遗失的请重新打印，原激活单随即作废。")
        record("accounts.fetch_slips", actor=actor, subject=sheet, after={"slips": sheet.slip_count}, now=now)
    files.remove(sheet.file, now=now)
    return content


def _context(sheet: SlipSheet) -> str:
    return f"slips|{sheet.pk}"
