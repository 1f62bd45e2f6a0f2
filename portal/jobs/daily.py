"""Work of a day: from a set hour of the morning one job, however often the tick asks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from portal.jobs.models import Job
from portal.jobs.services import request

# The hour from which reminders of a day are sent: nobody is woken.
FROM_HOUR = 8


def request_daily(
    task: str,
    *,
    kind: str,
    label: str,
    now: datetime,
    subject: models.Model | None = None,
    parameters: Mapping[str, Any] | None = None,
    from_hour: int = FROM_HOUR,
) -> Job | None:
    """Ask for the day's job of a task, about one subject or about everything; None before the hour.

    The job finds its day as the parameter `on`.
    """
    local = timezone.localtime(now)
    if local.hour < from_hour:
        return None
    day = local.date().isoformat()
    about = f"-{subject.pk}" if subject is not None else ""
    return request(
        task,
        kind=kind,
        subject=subject,
        label=f"{label} {day}",
        parameters={"on": day, **(parameters or {})},
        actor=None,
        now=now,
        unique_key=f"{task}{about}-{day}",
    )
