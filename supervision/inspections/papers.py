"""PDFs of a filing, made in the background the first time they are asked for."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.audit.services import record
from portal.files.services import store
from portal.jobs.models import Job, JobState
from portal.jobs.runner import JobContext
from portal.jobs.services import request
from supervision.inspections import documents
from supervision.inspections.enums import PaperKind
from supervision.inspections.models import FilingPaper, Inspection, Submission
from supervision.inspections.selectors import RELATED, filing_of, receiver
from supervision.rounds.selectors import form_of

WHY = "a paper of a filing that the caller has already reached"
FILE_KIND = "filing_paper"
TASK = "supervision.build_paper"


def ask_draft(inspection: Inspection, kind: str, content_code: str, *, actor: Actor, now: datetime) -> FilingPaper:
    """The paper of a draft's present content; made once, then kept."""
    return _ask({"inspection": inspection, "submission": None, "kind": kind, "content_code": content_code}, actor, now)


def ask_submission(submission: Submission, kind: str, *, address: str, actor: Actor, now: datetime) -> FilingPaper:
    """The paper of a hand-in; made once, then kept."""
    key = {"inspection": submission.inspection, "submission": submission, "kind": kind}
    return _ask({**key, "content_code": submission.content_code}, actor, now, address)


def _ask(key: dict[str, Any], actor: Actor, now: datetime, address: str = "") -> FilingPaper:
    """One row a paper. Who asks while it is made for somebody else, or after a failure, gets a job to watch."""
    papers = FilingPaper.objects.unscoped(WHY)
    with transaction.atomic():
        paper, _ = papers.get_or_create(**key, defaults={"requested_at": now, "address": address})
        if paper.stored_id is not None or _is_watched(paper, actor):
            return paper
        paper.job = request(
            TASK,
            kind="filing_paper",
            subject=paper.inspection,
            label=f"{paper.inspection.number} {PaperKind(paper.kind).label}",
            parameters={"paper": paper.pk},
            actor=actor,
            now=now,
        )
        papers.filter(pk=paper.pk).update(job=paper.job)
        record("supervision.ask_paper", actor=actor, subject=paper.inspection, after={"kind": paper.kind}, now=now)
    return paper


def _is_watched(paper: FilingPaper, actor: Actor) -> bool:
    """Whether a job that this person may look at is at work on it."""
    job = Job.objects.unscoped(WHY).filter(pk=paper.job_id).first() if paper.job_id else None
    return job is not None and job.state != JobState.FAILED and job.user_id == actor.user_id


def build_paper(context: JobContext) -> None:
    """Lay the paper out and keep it; a second run finds it kept. Refuses a draft that has changed meanwhile."""
    paper = FilingPaper.objects.unscoped(WHY).select_related("submission").get(pk=context.job.parameters["paper"])
    done = {"url": reverse("supervision:filing_paper", args=[paper.pk]), "label": f"下载{paper.get_kind_display()}"}
    if paper.stored_id is None:
        context.progress(0, 0, "正在排版")
        made, now = _made(paper, context.now()), context.now()
        with transaction.atomic():
            stored = store(
                made.content,
                name=made.name,
                kind=FILE_KIND,
                actor=context.actor,
                now=now,
                is_sealed=True,
                known_type=made.media_type,
            )
            FilingPaper.objects.unscoped(WHY).filter(pk=paper.pk).update(stored=stored)
            context.complete(done)
    else:
        context.complete(done)


def _made(paper: FilingPaper, now: datetime) -> documents.Made:
    inspection = Inspection.objects.unscoped(WHY).select_related(*RELATED).get(pk=paper.inspection_id)
    if paper.submission is not None:
        paper.submission.inspection = inspection
        return documents.submission_paper(
            paper.submission,
            form_of(inspection.form),
            paper.kind,
            receiver=receiver(inspection, paper.submission),
            address=paper.address,
        )
    filing = filing_of(inspection, timezone.localdate(now))
    if filing.content_code != paper.content_code:
        raise Refused("filing.changed", "申请之后填报内容又有改动，这份材料没有制作。请回到填报页面重新申请。")
    return documents.draft_paper(filing, paper.kind, now)
