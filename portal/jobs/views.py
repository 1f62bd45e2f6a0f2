"""The page of a job: how far it is, and where its result lies."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from portal.access.policy import Policy, policy
from portal.access.roles import BUSINESS
from portal.access.scoping import scoped
from portal.jobs.models import Job, JobState
from portal.jobs.selectors import background_problems


@policy(Policy(BUSINESS))
def job_page(request: HttpRequest, job_pk: int) -> HttpResponse:
    """The whole page; asked for by htmx, only the part that changes, which asks again until the job has ended."""
    job = get_object_or_404(scoped(Job, request.actor), pk=job_pk)  # type: ignore[attr-defined]
    problems = [] if job.is_finished else background_problems(timezone.now())
    result = job.result or {}
    context = {
        "job": job,
        "problems": problems,
        "is_waiting": job.state == JobState.QUEUED,
        "has_failed": job.state == JobState.FAILED,
        "result_url": result.get("url", ""),
        "result_label": result.get("label", "查看结果"),
    }
    name = "jobs/progress.html" if request.htmx else "jobs/job.html"  # type: ignore[attr-defined]
    return render(request, name, context)
