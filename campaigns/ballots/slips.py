"""The slips: codes on paper alone, made by a job, sealed at rest, handed out once, printed again before the opening."""

import io
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from associations.registry.services import require_role, within_scope
from campaigns.ballots.codes import code_hash, new_code
from campaigns.ballots.enums import BallotState
from campaigns.ballots.models import Ballot, BallotCode
from campaigns.ballots.rules import may_print
from campaigns.ballots.selectors import handle_facts
from campaigns.methods.services import RECORDERS
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record
from portal.files import services as files
from portal.jobs import services as jobs
from portal.jobs.models import Job
from portal.jobs.runner import JobContext
from portal.privacy.sealing import SealedReader, SealedWriter
from portal.reporting.printing import PdfFailed, PdfUnavailable, html_to_pdf
from portal.workflow.services import update_versioned

STYLESHEET = Path("static", "css", "slips.css")
FILE_KIND = "ballot_slips"
A_PAGE = 8
WHY = "slips are printed by the installation itself, for whoever asked"


def print_slips(ballot: Ballot, *, address: str, actor: Actor, now: datetime, version: int) -> Job:
    """Have a slip a voter printed, with fresh codes; earlier slips stop working. `address` is the page of voting.

    Raises `Refused` once the ballot has opened: a second slip could then be a second vote.
    """
    require_role(actor, RECORDERS, "打印选票")
    within_scope(ballot, actor, "投票")
    if ballot.state != BallotState.PREPARED:
        raise Refused("ballot.state", f"这场投票{ballot.get_state_display()}，不能打印选票。")
    decision = may_print(handle_facts(ballot, actor, now))
    if not decision:
        raise Refused("ballot.print", decision.reason)
    with transaction.atomic():
        changes = {"file": None, "printed_at": None, "fetched_at": None}
        update_versioned(ballot, version=version, changes=changes)
        BallotCode.objects.unscoped(WHY).filter(ballot=ballot).delete()
        record("campaigns.print_ballot", actor=actor, subject=ballot, after={"slips": ballot.voter_count}, now=now)
        job = jobs.request(
            "campaigns.print_ballot",
            kind="slips",
            subject=ballot,
            label=f"选票：{ballot}",
            parameters={"ballot": ballot.pk, "address": address, "version": ballot.version},
            actor=actor,
            now=now,
        )
    return job


def build(context: JobContext) -> None:
    """Draw codes, lay out the pages, then keep hashes and file in one transaction. Run twice, it prints once."""
    parameters = context.job.parameters
    ballot = Ballot.objects.unscoped(WHY).select_related("unit__organization").get(pk=parameters["ballot"])
    done = {"url": reverse("campaigns:ballot", args=[ballot.pk]), "label": "领取选票"}
    if ballot.printed_at is not None or ballot.version != parameters["version"]:
        context.complete(done)
        return
    now = context.now()
    if ballot.state != BallotState.PREPARED or now >= ballot.opens_at:
        raise Refused("ballot.opened", "选票在排版前投票已经开始或撤销，没有打印。")
    codes = [new_code() for _ in range(ballot.voter_count)]
    context.progress(0, len(codes), "正在排版")
    try:
        content = html_to_pdf(slips_html(ballot, codes, address=parameters["address"]))
    except (PdfFailed, PdfUnavailable) as error:
        raise Refused("ballot.pdf", str(error)) from error
    sealed = io.BytesIO()
    with SealedWriter(sealed, context=_context(ballot)) as writer:
        writer.write(content)
    stored = files.store(sealed.getvalue(), name=f"选票-{ballot.pk}.pdf", kind=FILE_KIND, actor=context.actor, now=now)
    with transaction.atomic():
        rows = [BallotCode(ballot=ballot, code_hash=hashed) for hashed in sorted(code_hash(code) for code in codes)]
        update_versioned(ballot, version=ballot.version, changes={"file": stored, "printed_at": now})
        BallotCode.objects.bulk_create(rows, batch_size=500)
        context.complete(done)


def slips_html(ballot: Ballot, codes: list[str], *, address: str) -> str:
    """The document: eight slips a page, to be cut along the lines. Nothing on a slip says whose it is."""
    style = (Path(settings.BASE_DIR) / STYLESHEET).read_text(encoding="utf-8")
    pages = [codes[start : start + A_PAGE] for start in range(0, len(codes), A_PAGE)]
    context = {"ballot": ballot, "pages": pages, "address": address, "stylesheet": mark_safe(style)}  # noqa: S308
    return render_to_string("reports/ballot_slips.html", context)


def fetch(ballot: Ballot, *, actor: Actor, now: datetime) -> bytes:
    """The printout, once: it is deleted as it is handed out.

    Raises `Refused`: `ballot.building` before it is made, `ballot.fetched` after it was handed out.
    """
    require_role(actor, RECORDERS, "领取选票")
    if not handle_facts(ballot, actor, now).is_recorder:
        raise Refused("ballot.foreign", "这场投票由其他单位组织，您只能查看。")
    again = "遗失的请在投票开始前重新打印，原选票随即作废。"
    if ballot.fetched_at is not None:
        raise Refused("ballot.fetched", f"选票已于 {ballot.fetched_at:%Y-%m-%d} 取走，不能再次取用。{again}")
    if ballot.file is None or ballot.state != BallotState.PREPARED:
        raise Refused("ballot.building", "选票还没有生成，请先打印，或稍后刷新本页。")
    with files.open_file(ballot.file) as stored, SealedReader(stored, context=_context(ballot)) as reader:
        content = reader.read()
    with transaction.atomic():
        taken = Ballot.objects.unscoped(WHY).filter(pk=ballot.pk, fetched_at=None).update(fetched_at=now)
        if not taken:
            raise Refused("ballot.fetched", f"选票刚刚已被取走。{again}")
        record("campaigns.fetch_ballot", actor=actor, subject=ballot, after={"slips": ballot.voter_count}, now=now)
    files.remove(ballot.file, now=now)
    return content


def _context(ballot: Ballot) -> str:
    return f"ballot|{ballot.pk}"
