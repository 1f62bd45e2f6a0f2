"""The page of a job: how far it is, and where its result lies."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from portal.access.policy import Policy
from portal.access.roles import EVERYONE
from portal.jobs.models import Job, JobState
from portal.screens.screen import Screen


class JobScreen(Screen):
    """The whole page; asked for by htmx, only the part that changes, which asks again until the job has ended."""

    policy = Policy(EVERYONE)
    model = Job
    template_name = "jobs/job.html"

    def page_title(self) -> str:
        return str(self.object)

    def context(self) -> dict[str, Any]:
        job: Job = self.object
        result = job.result or {}
        return {
            "job": job,
            "is_waiting": job.state == JobState.QUEUED,
            "has_failed": job.state == JobState.FAILED,
            "result_url": result.get("url", ""),
            "result_label": result.get("label", "查看结果"),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(template="jobs/progress.html" if request.htmx else "")  # type: ignore[attr-defined]
